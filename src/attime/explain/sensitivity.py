"""Max-sensitivity: how far an explanation moves when the series are changed so little that nothing has happened."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from attime.data import SeriesSet
from attime.data.split import generator_of
from attime.estimators import AttentionClassifier
from attime.explain.arguments import number, whole
from attime.explain.explanation import Explanation
from attime.explain.methods import Method
from attime.explain.orders import check_fits
from attime.explain.replacing import mean_of_channels
from attime.explain.rerunning import explain_again, method_of


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """The largest relative change of each explanation under small noise, and what a shuffle changes.

    Attributes
    ----------
    values
        ‖changed − original‖ / ‖original‖, the largest over the draws; NaN where the original is 0 everywhere.
    random
        The same for the original with its values in random orders: a change that leaves nothing of the explanation.
    """

    values: Float[np.ndarray, " case"]
    random: Float[np.ndarray, " case"]


def max_sensitivity(
    estimator: AttentionClassifier,
    explanation: Explanation,
    *,
    method: Method | None = None,
    radius: float = 0.05,
    n_draws: int = 5,
    random_state: int | None = 0,
) -> Sensitivity:
    """Add small noise to the series, explain once more, and take the largest relative change over the draws.

    A network that truly changes its mind under small noise is sensitive itself; then so is an honest explanation.
    Low values are needed, not sufficient: a constant explanation has 0.

    Parameters
    ----------
    estimator
        The classifier that was explained.
    explanation
        By any method of ``METHODS``.
    method
        The method, if it is one of your own.
    radius
        Noise is uniform between ± this many standard deviations of the channel in its case.
    n_draws
        How many times to draw.
    random_state
        Seed of noise and shuffles; None for a new one each time.

    Raises
    ------
    OptionError
        If radius or number of draws are out of range, or the method is not known by name.
    DataError
        If classes or channels of explanation and estimator differ.

    References
    ----------
    Yeh et al. (2019), "On the (in)fidelity and sensitivity of explanations", NeurIPS, https://arxiv.org/abs/1901.09392.
    Divided by the norm of the original there in the experiments only, here always, for relevance has no unit.

    Examples
    --------
    >>> from attime import AttentionClassifier, SineConfig, make_sine
    >>> from attime.explain import explain
    >>> series = make_sine(SineConfig(n_series=100, n_steps=60))
    >>> clf = AttentionClassifier(random_state=0).fit(series)
    >>> found = max_sensitivity(clf, explain(clf, series[:5], method="random"), n_draws=2)
    >>> found.values  # the same random numbers, whatever the series
    array([0., 0., 0., 0., 0.])
    """
    radius, n_draws = number("radius", radius, low=0, above_low=True), whole("n_draws", n_draws)
    check_fits(estimator, explanation)
    chosen = method_of(explanation, method)
    rng = generator_of(random_state)
    seed = int(rng.integers(2**63))
    original = explain_again(estimator, explanation, chosen, random_state=seed).relevance
    seen = np.broadcast_to(explanation.seen, original.shape)
    moved, shuffled = [], []
    for _ in range(n_draws):
        series = _with_noise(explanation.series, radius, rng)
        changed = explain_again(estimator, explanation, chosen, series=series, random_state=seed).relevance
        moved.append(_relative_change(original, changed))
        shuffled.append(_relative_change(original, _shuffled(original, seen, rng)))
    return Sensitivity(np.max(moved, axis=0), np.max(shuffled, axis=0))


def _with_noise(series: SeriesSet, radius: float, rng: np.random.Generator) -> SeriesSet:
    observed = series.observed
    deviation = np.sqrt(
        np.divide(
            np.where(observed, (series.values - mean_of_channels(series)) ** 2, 0).sum(axis=2, keepdims=True),
            np.maximum(observed.sum(axis=2, keepdims=True), 1),
        )
    )
    noise = radius * deviation * rng.uniform(-1, 1, series.values.shape)
    return replace(series, values=(series.values + noise).astype(series.values.dtype))


def _relative_change(
    original: Float[np.ndarray, "case channel time"], changed: Float[np.ndarray, "case channel time"]
) -> Float[np.ndarray, " case"]:
    size = np.sqrt((original**2).sum(axis=(1, 2)))
    change = np.sqrt(((changed - original) ** 2).sum(axis=(1, 2)))
    return np.divide(change, size, out=np.full(len(size), np.nan), where=size > 0).astype(np.float64)


def _shuffled(
    relevance: Float[np.ndarray, "case channel time"], seen: np.ndarray, rng: np.random.Generator
) -> Float[np.ndarray, "case channel time"]:
    """Put the values of each case on its observed places in a random order."""
    mixed = relevance.copy()
    for case in range(len(relevance)):
        mixed[case][seen[case]] = rng.permutation(relevance[case][seen[case]])
    return mixed
