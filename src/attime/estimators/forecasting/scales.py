"""By what series to be forecast are measured: each by its own mean and deviation, covariates by those of all."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from attime.data.forecasting import Panel, Record
from attime.errors import DataWarning


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
    """

    names: tuple[str, ...]
    mean: Float64[np.ndarray, " series"]
    deviation: Float64[np.ndarray, " series"]
    covariate_mean: Float64[np.ndarray, " covariate"]
    covariate_deviation: Float64[np.ndarray, " covariate"]

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
        return cls(panel.names, *np.array(targets).T, *measured.T)

    def features(self, record: Record) -> Float64[np.ndarray, "feature time_and_ahead"]:
        """Return the series and its covariates, scaled; after its end it is missing."""
        mean, deviation = self.of_series(record)
        target = np.full((1, len(record.stamps)), np.nan)
        target[0, : len(record)] = (record.target - mean) / deviation
        covariates = (_covariates(record) - self.covariate_mean[:, None]) / self.covariate_deviation[:, None]
        return np.concatenate([target, covariates])

    def of_series(self, record: Record) -> tuple[float, float]:
        """Return mean and deviation of a series; of its own values if it was not there in `fit`."""
        if record.name in self.names:
            number = self.names.index(record.name)
            return float(self.mean[number]), float(self.deviation[number])
        warnings.warn(
            f"series {record.name!r} was not there in fit; it is measured by its own mean and deviation, and its "
            "intervals are those of all series",
            DataWarning,
            stacklevel=2,
        )
        return _mean_and_deviation(record.target)


def _covariates(record: Record) -> Float64[np.ndarray, "covariate time_and_ahead"]:
    past = np.full((len(record.past), len(record.stamps)), np.nan)
    past[:, : len(record)] = record.past
    return np.concatenate([past, record.future])


def _mean_and_deviation(values: Float64[np.ndarray, " time"]) -> tuple[float, float]:
    there = values[~np.isnan(values)]
    if not len(there):
        return 0.0, 1.0
    deviation = float(there.std())
    return float(there.mean()), deviation if deviation > 1e-12 * max(1.0, float(np.abs(there).max())) else 1.0
