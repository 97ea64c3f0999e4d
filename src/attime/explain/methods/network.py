"""What the network itself hands out: its evidence, its attention, and attention followed through its layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from attime.attention import AttentionMap, rollout
from attime.data import SeriesSet
from attime.errors import OptionError, UnsuitableError
from attime.estimators import AttentionEstimator
from attime.explain.methods.method import Found, Method, Relevance
from attime.nn.output import tokens_to_steps


@dataclass
class Evidence(Method):
    """What each step adds to the logit of the class: with the bias the sum is the logit, exactly.

    Evidence is what speaks for the class against the average of the classes, so that it does not hang on a number that
    is added to all logits alike. Of a regressor it is what each step adds to the number, in its unit.
    """

    def relevance(
        self,
        estimator: AttentionEstimator,
        series: SeriesSet,
        targets: Int[np.ndarray, " case"],
        rng: np.random.Generator,
    ) -> Relevance:
        """Return the evidence for the class; see `Method.relevance`."""
        return self.find(estimator, series, targets, rng).relevance

    def find(
        self,
        estimator: AttentionEstimator,
        series: SeriesSet,
        targets: Int[np.ndarray, " case"] | None,
        rng: np.random.Generator,
    ) -> Found:
        """Predict and explain in one, since evidence adds up to the prediction; see `Method.find`."""
        parts: list[Found] = []
        for output in estimator.outputs(series):
            assert output.evidence is not None
            outcomes = output.prediction.double().cpu().numpy()
            start = sum(len(part.targets) for part in parts)
            chosen = outcomes.argmax(axis=1) if targets is None else targets[start : start + len(outcomes)]
            evidence = output.evidence[torch.arange(len(chosen)), torch.from_numpy(chosen)]  # not that of all classes
            parts.append(Found(Relevance(evidence.float().cpu().numpy()), chosen, outcomes))
        return Found(
            Relevance(np.concatenate([part.relevance.values for part in parts])),
            np.concatenate([part.targets for part in parts]),
            np.concatenate([part.outcomes for part in parts]),
        )


@dataclass
class PoolingAttention(Method):
    """How much each step counted when the steps were pooled; the same for every class, and never negative.

    Dictionaries, and networks that pool by the mean, count every step alike: then it names none (``uniform`` in an
    `Explanation`), and what matters about a step is in its evidence.
    """

    def relevance(
        self,
        estimator: AttentionEstimator,
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
    Where there are several networks, each is rolled out by itself, and the mean is taken.
    """

    def relevance(
        self,
        estimator: AttentionEstimator,
        series: SeriesSet,
        targets: Int[np.ndarray, " case"],
        rng: np.random.Generator,
    ) -> Relevance:
        """Return attention of the pooling times rollout; see `Method.relevance`."""
        networks = _by_network(estimator.attention_maps(series))
        try:
            rolled = [rollout(maps) for maps in networks]
        except OptionError as error:
            raise UnsuitableError(
                f"the network {type(estimator.network_).__name__} has no layers of self-attention to roll out; "
                "use the method 'attention' or 'evidence', or a network such as 'transformer'"
            ) from error
        present = torch.from_numpy(series.observed.any(axis=1))
        steps = torch.stack(
            [_to_steps(maps[0].weights, through, present) for maps, through in zip(networks, rolled, strict=True)]
        )
        through = replace(rolled[0], source=torch.stack([part.weights for part in rolled]).mean(0))
        return Relevance(steps.mean(0).numpy()[:, np.newaxis], (through,))


def _by_network(maps: Sequence[AttentionMap]) -> list[list[AttentionMap]]:
    """Return the maps of each network, its pooling first; an `Ensemble` puts its number before the names."""
    networks: dict[str, list[AttentionMap]] = {}
    for part in maps:
        networks.setdefault(part.name.rpartition(", ")[0], []).append(part)
    return [networks[name] for name in networks if name] or [list(maps)]


def _to_steps(
    pooled: Float[Tensor, "case time"], through: AttentionMap, present: Bool[Tensor, "case time"]
) -> Float[Tensor, "case time"]:
    """Follow the pooling's attention back through the layers of its network."""
    padding = -pooled.shape[-1] % through.stride
    tokens = torch.nn.functional.pad(pooled, (0, padding)).unflatten(-1, (-1, through.stride)).sum(-1)
    return tokens_to_steps((tokens.unsqueeze(1) @ through.weights).squeeze(1), present, through.stride)
