"""What module a forecaster is made of: what is fitted, and what a model file is read into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from torch import nn

from attime.nn.forecasting import Improved, LinearForecast, Reversible
from attime.nn.networks.forecasting import Forecaster

RECENT = 24  # steps of covariates that a linear forecast reads


@dataclass(frozen=True)
class Plan:
    """A module before its weights are known.

    Attributes
    ----------
    look_back, horizon
        Steps that are read, and steps ahead.
    n_features, n_ahead
        Rows of a window, and how many of them are known ahead.
    linear
        Whether there is a linear forecast.
    network
        The network by itself, or what improves on the linear forecast; None if there is only the latter.
    period
        Steps of a season; None if there is none.
    """

    look_back: int
    horizon: int
    n_features: int
    n_ahead: int
    linear: bool
    network: Forecaster | None
    period: int | None = None

    def build(self) -> nn.Module:
        """Return a new module."""
        if self.network is None:
            return self.linear_part()
        network = self.network.checked().build(
            look_back=self.look_back,
            horizon=self.horizon,
            n_features=self.n_features,
            n_ahead=self.n_ahead,
            period=self.period,
        )
        return Improved(self.linear_part(), cast(Reversible, network)) if self.linear else network

    def linear_part(self) -> LinearForecast:
        """Return a linear forecast that reads all covariates."""
        n_beside = self.n_features - 1
        return LinearForecast(
            look_back=self.look_back,
            horizon=self.horizon,
            n_covariates=self.n_ahead,
            n_beside=n_beside,
            recent=min(self.look_back, RECENT) if n_beside else 0,
        )

    def ridge(self) -> LinearForecast:
        """Return a linear forecast that reads the series alone."""
        return LinearForecast(look_back=self.look_back, horizon=self.horizon)
