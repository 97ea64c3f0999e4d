"""A series as it arrives: point by point, in bounded memory, with the scores that it would have got at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float64, Int64

from attime.errors import DataError
from attime.estimators.detection.calibration import Calibration, Level
from attime.estimators.detection.fusion import Fusion
from attime.estimators.detection.scale import ChannelScale
from attime.estimators.detection.scoring import Scorer, WindowEnergies, over_steps, windows_of


@dataclass(frozen=True, eq=False)
class Scored:
    """Steps whose scores have become final.

    Attributes
    ----------
    steps
        Their numbers, counted from 0 at the first value.
    scores, p_values, alarms
        As `Detected` has them.
    """

    steps: Int64[np.ndarray, " step"]
    scores: Float64[np.ndarray, " step"]
    p_values: Float64[np.ndarray, " step"]
    alarms: Bool[np.ndarray, " step"]

    def __len__(self) -> int:
        return len(self.steps)


class Stream:
    """Score a series as it arrives; made by `AttentionDetector.stream`.

    The score of a step is final once all windows that cover it are complete: a window later. Of the past no more is
    kept than two windows.

    Examples
    --------
    >>> from attime import AttentionDetector
    >>> series = np.sin(np.arange(500) / 4)
    >>> detector = AttentionDetector(window=25).fit(series[:300])
    >>> stream = detector.stream()
    >>> first = stream.push(series[300:400])
    >>> first.steps[[0, -1]].tolist()
    [0, 75]
    >>> rest = stream.push(series[400:]), stream.finish()
    >>> scores = np.concatenate([part.scores for part in (first, *rest)])
    >>> bool(np.allclose(scores, -detector.score_samples(series[300:]), atol=1e-5))
    True
    """

    def __init__(
        self, scorer: Scorer, scale: ChannelScale, fusion: Fusion, calibration: Calibration, level: Level
    ) -> None:
        self._scorer, self._scale, self._fusion, self._calibration = scorer, scale, fusion, calibration
        self._level = level
        self._values = np.empty((len(scale.mean), 0))  # from the first window on that is not complete
        self._starts = np.empty(0, dtype=np.int64)  # of the windows that cover steps which are not final yet,
        self._energies: WindowEnergies | None = None  # and their energies
        self._n_seen = self._n_final = self._next_start = 0
        self._finished = False

    def push(self, values: Float[np.ndarray, ...] | float) -> Scored:
        """Take the next values, and return the steps that have become final.

        Parameters
        ----------
        values
            One value, or an array (time,) of one channel, or (time, channel). NaN is missing.

        Raises
        ------
        DataError
            If they are not of these channels, or infinite, or the stream was finished.
        """
        if self._finished:
            raise DataError("values arrived after finish(), expected none; begin a new stream")
        table = np.atleast_1d(np.asarray(values, dtype=np.float64))
        table = table[:, np.newaxis] if table.ndim == 1 and len(self._values) == 1 else table
        table = table[np.newaxis] if table.ndim == 1 else table
        if table.ndim != 2 or table.shape[1] != len(self._values):
            raise DataError(
                f"values of shape {np.shape(values)} arrived, expected (time, {len(self._values)}): a row for each step"
            )
        if np.isinf(table).any():
            raise DataError("an infinite value arrived, expected finite numbers; write NaN where nothing was measured")
        self._values = np.concatenate([self._values, self._scale.transform(table.T)], axis=1)
        self._n_seen += len(table)
        return self._advance(last=False)

    def finish(self) -> Scored:
        """Return the last steps: those that no further window will cover."""
        self._finished = True
        return self._advance(last=True)

    def _advance(self, *, last: bool) -> Scored:
        window, stride = self._scorer.window, self._scorer.stride
        n_windows = max(self._n_seen - window + 1, 1 if last and self._n_seen else 0)
        first = self._n_seen - self._values.shape[1]
        starts = np.arange(self._next_start, n_windows, stride)
        if last and n_windows and (n_windows - 1) % stride:
            starts = np.append(starts, n_windows - 1)
        if len(starts):
            windows, present = windows_of(self._values, window)
            own = starts - first
            found = self._scorer.ask(windows[own], present[own])
            self._starts = np.concatenate([self._starts, starts])
            self._energies = found if self._energies is None else np.concatenate([self._energies, found])
            self._next_start = int(starts[-1]) + stride
        beyond = (n_windows - 1) % stride != 0  # the last window now may not be the last in the end
        n_final = self._n_seen if last else min(self._next_start, max(n_windows - beyond, 0))
        return self._released(n_final)

    def _released(self, n_final: int) -> Scored:
        """Score the steps up to this one, and forget what no later step needs."""
        first, n_steps = self._n_final, n_final - self._n_final
        if not n_steps or self._energies is None:
            return Scored(np.empty(0, dtype=np.int64), np.empty(0), np.empty(0), np.empty(0, dtype=bool))
        window = self._scorer.window
        begin, length = int(self._starts[0]), int(self._starts[-1]) + window
        by_step = over_steps(self._energies, self._starts - begin, length - begin, window)[first - begin :][:n_steps]
        scores = self._fusion.scores(by_step)
        p_values = self._calibration.p_values(scores)
        alarms = p_values <= self._level.follow(p_values)
        self._n_final = n_final
        needed = self._starts + window > n_final
        self._starts, self._energies = self._starts[needed], self._energies[needed]
        keep = min(self._next_start, self._n_seen - window) if self._n_seen > window else 0
        self._values = self._values[:, max(keep - (self._n_seen - self._values.shape[1]), 0) :]
        return Scored(np.arange(first, n_final), scores, p_values, alarms)
