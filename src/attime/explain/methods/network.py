"""What the network itself hands out: its evidence, its attention, and attention followed through its layers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Int

from attime.attention import rollout
from attime.data import SeriesSet
from attime.errors import OptionError
from attime.estimators import AttentionClassifier
from attime.explain.methods.method import Method, Relevance
from attime.nn.output import tokens_to_steps


@dataclass
class Evidence(Method):
    """What each step adds to the logit of the class: with the bias the sum is the logit, exactly.

    Evidence is what speaks for the class against the average of the classes, so that it does not hang on a number that
    is added to all logits alike.
    """

    def relevance(
        self,
        estimator: AttentionClassifier,
        series: SeriesSet,
        targets: Int[np.ndarray, " case"],
        rng: np.random.Generator,
    ) -> Relevance:
        """Return the evidence for the class; see `Method.relevance`."""
        evidence = estimator.evidence(series)
        return Relevance(evidence[np.arange(len(series)), targets])


@dataclass
class PoolingAttention(Method):
    """How much each step counted when the steps were pooled; the same for every class, and never negative."""

    def relevance(
        self,
        estimator: AttentionClassifier,
        series: SeriesSet,
        targets: Int[np.ndarray, " case"],
        rng: np.random.Generator,
    ) -> Relevance:
        """Return the weights of the pooling; see `Method.relevance`."""
        return Relevance(estimator.attention(series)[:, np.newaxis])


@dataclass
class Rollout(Method):
    """The pooling's attention, followed back through the layers of self-attention to the steps that came in.

    Abnar & Zuidema 2020 (https://arxiv.org/abs/2005.00928); only for networks with layers that attend.
    """

    def relevance(
        self,
        estimator: AttentionClassifier,
        series: SeriesSet,
        targets: Int[np.ndarray, " case"],
        rng: np.random.Generator,
    ) -> Relevance:
        """Return attention of the pooling times rollout; see `Method.relevance`."""
        maps = estimator.attention_maps(series)
        try:
            through = rollout(maps)
        except OptionError as error:
            raise OptionError(
                f"the network {estimator.network_!r} has no layers of self-attention to roll out; "
                "use the method 'attention' or 'evidence', or a network such as 'transformer'"
            ) from error
        present = torch.from_numpy(series.observed.any(axis=1))
        pooled = maps[0].weights
        padding = -pooled.shape[-1] % through.stride
        tokens = torch.nn.functional.pad(pooled, (0, padding)).unflatten(-1, (-1, through.stride)).sum(-1)
        steps = tokens_to_steps((tokens.unsqueeze(1) @ through.weights).squeeze(1), present, through.stride)
        return Relevance(steps.numpy()[:, np.newaxis], (*maps, through))
