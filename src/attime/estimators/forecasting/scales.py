"""What a network reads of series: each measured by its own mean and deviation, and beside it what else is known."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from attime.data.forecasting import Panel, Record, Roles, calendar_features
from attime.data.forecasting.calendar import HARMONICS
from attime.errors import DataWarning
from attime.estimators.static import StaticCode


@dataclass(frozen=True, eq=False)
class Scale:
    """What series are measured by.

    Attributes
    ----------
    names
        The series that were fitted.
    mean, deviation
        Of what is to be forecast, for each of them.
    covariate_mean, covariate_deviation
        Of each covariate over all series, those known up to now first.
    distance
        The usual time from step to step, where times lie on no grid: how long it took then stands beside the values.
        None on a grid.
    static
        How static covariates are coded; None without.
    """

    names: tuple[str, ...]
    mean: Float64[np.ndarray, " series"]
    deviation: Float64[np.ndarray, " series"]
    covariate_mean: Float64[np.ndarray, " covariate"]
    covariate_deviation: Float64[np.ndarray, " covariate"]
    distance: float | None = None
    static: StaticCode | None = None

    @classmethod
    def of(cls, panel: Panel, n_learnt: Sequence[int]) -> Scale:
        """Learn from the first steps of each series."""
        cut = panel.until(n_learnt)
        targets = [_mean_and_deviation(record.target) for record in cut]
        covariates = [
            np.concatenate([_covariates(record)[number, : len(record)] for record in cut])
            for number in range(len(panel.roles.past) + len(panel.roles.future))
        ]
        measured = np.array([_mean_and_deviation(values) for values in covariates]).reshape(-1, 2)
        distances = np.concatenate([_elapsed(record)[1:] for record in cut])
        irregular = panel.frequency is None and len(distances) > 0
        mean, deviation = np.array(targets).T
        covariate_mean, covariate_deviation = measured.T
        return cls(
            panel.names,
            mean,
            deviation,
            covariate_mean,
            covariate_deviation,
            distance=float(np.median(distances)) if irregular else None,
            static=None if panel.static is None else StaticCode.of(panel.static),
        )

    def measures(self, panel: Panel, n_steps: Sequence[int]) -> Float64[np.ndarray, "series two"]:
        """Return mean and deviation of each series, those of its first steps if it was not there in `fit`."""
        return np.array([self._of_series(record.until(n)) for record, n in zip(panel, n_steps, strict=True)])

    def tell_of_others(self, panel: Panel) -> None:
        """Warn of series that were not there in `fit`."""
        others = [name for name in panel.names if name not in self.names]
        if others:
            more = f" and {len(others) - 1} more" if len(others) > 1 else ""
            warnings.warn(
                f"series {others[0]!r}{more} was not there in fit; it is measured by its own mean and deviation, and "
                "its intervals are those of all series",
                DataWarning,
                stacklevel=2,
            )

    def features(
        self, panel: Panel, measures: Float64[np.ndarray, "series two"], n_ahead: int
    ) -> list[Float64[np.ndarray, "feature time_and_ahead"]]:
        """Return for each series all that a network reads of it, and of so many steps after its end what is known.

        The series comes first, then what is known up to now (covariates, how long a step took, static covariates),
        then what is known ahead (covariates, where one that is missing is like the one before, and the calendar).
        """
        static = None if self.static is None or panel.static is None else self.static.code(panel.static)
        rows = []
        for number, record in enumerate(panel):
            n_steps = max(len(record.stamps), len(record) + n_ahead)
            past, future = np.split(self._covariates(record, n_steps), [len(record.past)])
            future = _carried_on(future)
            beside = [] if self.distance is None else [np.log1p(_elapsed(record) / self.distance)[np.newaxis]]
            mean, deviation = measures[number]
            target, *more = (
                _filled_up(part, n_steps) for part in (((record.target - mean) / deviation)[np.newaxis], *beside)
            )
            more += [] if static is None else [np.repeat(static[number][:, np.newaxis], n_steps, axis=1)]
            rows.append(np.concatenate([target, past, *more, future, *self._calendar(panel, record, n_steps)]))
        return rows

    def _of_series(self, record: Record) -> tuple[float, float]:
        if record.name not in self.names:
            return _mean_and_deviation(record.target)
        number = self.names.index(record.name)
        return float(self.mean[number]), float(self.deviation[number])

    def _covariates(self, record: Record, n_steps: int) -> Float64[np.ndarray, "covariate time_and_ahead"]:
        covariates = (_covariates(record) - self.covariate_mean[:, None]) / self.covariate_deviation[:, None]
        return _filled_up(covariates, n_steps)

    def _calendar(self, panel: Panel, record: Record, n_steps: int) -> list[Float64[np.ndarray, "feature time"]]:
        if not panel.roles.calendar:
            return []
        more = panel.stamps_ahead(record, max(0, n_steps - len(record)))
        stamps = np.concatenate([record.stamps[: len(record)], more])
        return [calendar_features(stamps[:n_steps], panel.roles.calendar)]


def n_known_ahead(roles: Roles) -> int:
    """Return how many rows of what a network reads, the last ones, are known ahead."""
    return len(roles.future) + 2 * len(HARMONICS) * len(roles.calendar)


def _covariates(record: Record) -> Float64[np.ndarray, "covariate time_and_ahead"]:
    return np.concatenate([_filled_up(record.past, len(record.stamps)), record.future])


def _filled_up(rows: Float64[np.ndarray, "row _"], n_steps: int) -> Float64[np.ndarray, "row time"]:
    """Return rows of so many steps, the last of them missing."""
    return np.pad(rows, ((0, 0), (0, n_steps - rows.shape[1])), constant_values=np.nan)


def _carried_on(rows: Float64[np.ndarray, "row time"]) -> Float64[np.ndarray, "row time"]:
    """Return rows in which what is missing is like the last value before it."""
    places = np.where(np.isnan(rows), 0, np.arange(rows.shape[1]))
    return np.take_along_axis(rows, np.maximum.accumulate(places, axis=1), axis=1)


def _elapsed(record: Record) -> Float64[np.ndarray, " time"]:
    """Return the time from the step before to each step, in seconds if times are dates; zero for the first one."""
    stamps = record.stamps[: len(record)]
    steps = np.diff(stamps, prepend=stamps[:1])
    return steps.astype(np.float64) / 1e9 if steps.dtype.kind == "m" else steps.astype(np.float64)


def _mean_and_deviation(values: Float64[np.ndarray, " time"]) -> tuple[float, float]:
    there = values[~np.isnan(values)]
    if not len(there):
        return 0.0, 1.0
    deviation = float(there.std())
    return float(there.mean()), deviation if deviation > 1e-12 * max(1.0, float(np.abs(there).max())) else 1.0
