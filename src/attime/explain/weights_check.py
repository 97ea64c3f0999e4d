"""The check with randomised weights: an explanation that stays the same cannot show what the model has learnt.

An explanation may look convincing because it follows the series alone, its peaks or edges. Such a one survives when the
model's weights, or what its words are worth, are thrown together, so that it knows nothing any more.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import nn

from attime.data.split import generator_of
from attime.estimators import AttentionClassifier
from attime.explain.agreement import rank_correlation
from attime.explain.arguments import number, whole
from attime.explain.explanation import Explanation
from attime.explain.methods import Method
from attime.explain.orders import check_fits
from attime.explain.rerunning import explain_again, method_of
from attime.training import seeded

LIMIT = 0.5  # more than a quarter (.5²) of the ranks' variance would come without anything learnt


@dataclass(frozen=True, eq=False)
class WeightsCheck:
    """How much an explanation resembles those from randomised weights.

    Attributes
    ----------
    correlation
        Spearman's rank correlation over the steps of each case, the mean over the draws of weights; about 0 for an
        explanation that hangs on the weights.
    limit
        The mean correlation above which the explanation counts as unchanged.
    """

    correlation: Float[np.ndarray, " case"]
    limit: float

    @property
    def unchanged(self) -> bool:
        """True if the explanation does not show what the model has learnt."""
        return bool(self.correlation.mean() > self.limit)


def randomised_weights_check(
    estimator: AttentionClassifier,
    explanation: Explanation,
    *,
    method: Method | None = None,
    n_draws: int = 5,
    limit: float = LIMIT,
    random_state: int | None = 0,
) -> WeightsCheck:
    """Explain copies of the estimator whose weights are randomised, and compare with the original explanation.

    Weights are randomised by permuting them within each tensor: this works for every module, whatever it is made of,
    and keeps the size of the weights, hence of what the layers put out, so that only what has been learnt is lost.
    One random network alone may turn an explanation upside down or keep it by luck, so correlations keep their sign
    and are averaged over several draws. The estimator itself is not changed.

    Parameters
    ----------
    estimator
        The classifier that was explained.
    explanation
        By any method of ``METHODS``; it is made anew with the same draws as the others, so that chance alone cannot
        make a difference.
    method
        The method, if it is one of your own.
    n_draws
        How many copies to make.
    limit
        Mean correlation above which the explanation counts as unchanged. By default .5: more than a quarter of the
        ranks' variance is then there without anything learnt.
    random_state
        Seed of the permutations; None for a new one each time.

    Raises
    ------
    OptionError
        If there are no draws, the limit is not between -1 and 1, or the method is not known by name.
    DataError
        If classes or channels of explanation and estimator differ.

    References
    ----------
    Adebayo et al. (2018), "Sanity checks for saliency maps", NeurIPS, https://arxiv.org/abs/1810.03292. There weights
    are drawn anew, layer after layer; here all at once.

    Examples
    --------
    >>> from attime import AttentionClassifier, SineConfig, make_sine
    >>> from attime.explain import explain
    >>> series = make_sine(SineConfig(n_series=100, n_steps=60))
    >>> clf = AttentionClassifier(random_state=0).fit(series)
    >>> randomised_weights_check(clf, explain(clf, series[:5], method="random"), n_draws=1).unchanged
    True
    """
    n_draws, limit = whole("n_draws", n_draws), number("limit", limit, low=-1, high=1)
    check_fits(estimator, explanation)
    chosen = method_of(explanation, method)
    rng = generator_of(random_state)
    seed = int(rng.integers(2**63))
    original = explain_again(estimator, explanation, chosen, random_state=seed).by_step
    correlations = []
    for _ in range(n_draws):
        ignorant = randomised(estimator, int(rng.integers(2**63)))
        by_step = explain_again(ignorant, explanation, chosen, random_state=seed).by_step
        correlations.append(rank_correlation(original, by_step, explanation.present))
    return WeightsCheck(np.mean(correlations, axis=0), limit)


def randomised(estimator: AttentionClassifier, seed: int) -> AttentionClassifier:
    """Return a copy of the estimator whose weights are permuted within each tensor.

    Examples
    --------
    >>> from attime import AttentionClassifier, SineConfig, make_sine
    >>> series = make_sine(SineConfig(n_series=100, n_steps=60))
    >>> clf = AttentionClassifier(random_state=0).fit(series)
    >>> bool((randomised(clf, 0).logits(series) != clf.logits(series)).any())
    True
    """
    ignorant = copy.deepcopy(estimator)
    module: nn.Module = ignorant.module_
    with seeded(seed, torch.device("cpu")), torch.no_grad():
        for weights in module.parameters():
            order = torch.randperm(weights.numel()).to(weights.device)
            weights.copy_(weights.flatten()[order].view_as(weights))
    return ignorant
