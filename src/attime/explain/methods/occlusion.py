"""Occlusion: what the class loses when a window of the series is made to say nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int

from attime.data import SeriesSet
from attime.errors import OptionError
from attime.estimators import AttentionEstimator
from attime.explain.methods.method import Method, Relevance
from attime.explain.replacing import REPLACEMENTS, Replacement
from attime.names import pick
from attime.options import Count
from attime.training.run import PREDICTION_BATCH

WINDOWS_IN_A_SERIES = 20


@dataclass(frozen=True, eq=False)
class Covered:
    """One window over all cases.

    Attributes
    ----------
    steps
        The steps that it covers.
    channel
        The only channel that it covers, or None for all.
    cases
        The numbers of the cases that have anything there.
    occluded
        These cases with something else there.
    """

    steps: Bool[np.ndarray, " time"]
    channel: int | None
    cases: Int[np.ndarray, " kept"]
    occluded: SeriesSet


@dataclass
class Occlusion(Method):
    """relevance_t = mean over the windows w that cover t of F(x) − F(x without w).

    F is the logit of the class less the mean of all logits, or the number of a regressor; x the series as they came:
    the estimator is asked again, its scaling included. Zeiler & Fergus 2014 (https://arxiv.org/abs/1311.2901) cover
    parts of images so.

    Parameters
    ----------
    window
        Steps in a window; a twentieth of the longest series in `fit` if not given.
    stride
        Steps from one window to the next, `window` at most; half a window if not given.
    replacement
        What stands in a window: a name in ``attime.explain.REPLACEMENTS`` other than ``"delete"``. With ``"missing"``
        the masks of the network leave the window out; whatever else is put there may speak itself, as the edges of a
        short flat piece do.
    per_channel
        Cover each channel alone, which divides relevance among channels and takes as many times longer.

    Raises
    ------
    OptionError
        If there is no such replacement, or windows leave steps between them that none covers.

    Examples
    --------
    >>> from attime import AttentionClassifier, SineConfig, explain, make_sine
    >>> series = make_sine(SineConfig(n_series=100, n_steps=60))
    >>> clf = AttentionClassifier(training={"max_epochs": 2}, random_state=0).fit(series)
    >>> explain(clf, series[:5], method=Occlusion(window=10, replacement="interpolation")).relevance.shape
    (5, 1, 60)
    """

    window: Count | None = None
    stride: Count | None = None
    replacement: str = "missing"
    per_channel: bool = False

    def relevance(
        self,
        estimator: AttentionEstimator,
        series: SeriesSet,
        targets: Int[np.ndarray, " case"],
        rng: np.random.Generator,
    ) -> Relevance:
        """Return mean falls of the logit, shape (case, channel or 1, time); see `Method.relevance`."""
        put = self._replacement()
        of_target = np.arange(len(series)), targets
        whole = _centred(estimator.outcomes(series))[of_target]
        nothing = _centred(estimator.bias_ + estimator.static_evidence(series).sum(axis=2))
        shape = (len(series), series.n_channels if self.per_channel else 1, series.n_steps)
        falls, n_windows = np.zeros(shape), np.zeros(shape)
        for group in _grouped(self._windows(series, estimator.n_steps_, put, rng)):
            left = np.concatenate([part.occluded.observed.any(axis=(1, 2)) for part in group])
            cases = np.concatenate([part.cases for part in group])
            logits = nothing[cases, targets[cases]]  # what is said where nothing is left of a series
            if left.any():
                found = _centred(estimator.outcomes(_joined([part.occluded for part in group])[left]))
                logits[left] = found[np.arange(len(found)), targets[cases[left]]]
            n_done = 0
            for part in group:
                fall = whole[part.cases] - logits[n_done : n_done + len(part.cases)]
                n_done += len(part.cases)
                place = np.ix_(part.cases, np.array([part.channel or 0]), np.flatnonzero(part.steps))
                falls[place] += fall[:, np.newaxis, np.newaxis]
                n_windows[place] += 1
        values = falls / np.maximum(n_windows, 1)
        observed = series.observed if self.per_channel else series.observed.any(axis=1, keepdims=True)
        return Relevance(np.where(observed, values, 0.0))

    def _replacement(self) -> Replacement:
        if self.replacement == "delete":
            raise OptionError(
                "replacement 'delete' arrived, but occlusion needs the steps to stay where they are; expected one of "
                f"{', '.join(name for name in REPLACEMENTS if name != 'delete')}; use 'missing' to say that nothing "
                "was measured"
            )
        return pick(REPLACEMENTS, self.replacement, what="replacement")

    def _windows(
        self, series: SeriesSet, n_steps: int, put: Replacement, rng: np.random.Generator
    ) -> Iterator[Covered]:
        """Go through all windows, over all channels or each alone; one set of occluded series is in memory at a time.

        The lengths come from `fit` and not from these series, so that a case is explained alike in any company.
        """
        window = self.window or max(1, round(n_steps / WINDOWS_IN_A_SERIES))
        stride = self.stride or max(1, round(window / 2))
        if stride > window:
            raise OptionError(
                f"stride={stride} with window={window} leaves steps between the windows; give a stride of {window} "
                "at most"
            )
        seed = int(rng.integers(2**63))
        steps = np.arange(series.n_steps)
        # The first windows begin before the series, so that its ends are covered as often as its middle.
        for start in range(stride - window, int(series.lengths.max()), stride):
            covered = (steps >= start) & (steps < start + window)
            # From the same seed, so that what another series has is taken from the same one for all windows.
            occluded = put(series, np.tile(covered, (len(series), 1)), np.random.default_rng(seed))
            for channel in range(series.n_channels) if self.per_channel else [None]:
                here = series.observed if channel is None else series.observed[:, [channel]]
                cases = np.flatnonzero((here & covered).any(axis=(1, 2)))
                if len(cases):
                    yield Covered(covered, channel, cases, _only(series, occluded, channel, cases))


def _centred(logits: Float[np.ndarray, "case class"]) -> Float[np.ndarray, "case class"]:
    """Return how far each class stands above the average of the classes; a single outcome as it is."""
    logits = logits.astype(np.float64)
    return logits - logits.mean(axis=1, keepdims=True) if logits.shape[1] > 1 else logits


def _only(series: SeriesSet, occluded: SeriesSet, channel: int | None, cases: Int[np.ndarray, " kept"]) -> SeriesSet:
    """Return some of the occluded series, all channels but one as they were, without labels and truth."""
    values = occluded.values[cases]
    if channel is not None:
        alone = values[:, channel]
        values = series.values[cases]
        values[:, channel] = alone
    return replace(occluded[cases], values=values, labels=None, truth=None)


def _grouped(windows: Iterator[Covered]) -> Iterator[list[Covered]]:
    """Put windows together until their cases fill a batch: many windows of a few series cost as few calls."""
    group: list[Covered] = []
    for covered in windows:
        group.append(covered)
        if sum(len(part.cases) for part in group) >= PREDICTION_BATCH:
            yield group
            group = []
    if group:
        yield group


def _joined(sets: list[SeriesSet]) -> SeriesSet:
    """Return the cases of several sets in one."""
    times = [part.times for part in sets if part.times is not None]
    steps = [part.steps for part in sets if part.steps is not None]
    static = [part.static for part in sets if part.static is not None]
    return replace(
        sets[0],
        values=np.concatenate([part.values for part in sets]),
        times=np.concatenate(times) if times else None,
        steps=np.concatenate(steps) if steps else None,
        static=pd.concat(static, ignore_index=True) if static else None,
    )
