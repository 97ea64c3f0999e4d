"""What all descriptions of forecasting networks share: they build a network once the sizes of a window are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from torch import nn

from attime.nn.forecasting.reversible import Reversible
from attime.options import Options


@dataclass(kw_only=True)
class Forecaster(Options):
    """What all descriptions of forecasting networks share.

    Parameters
    ----------
    centre
        What is taken off each window before it is read, and put back on the forecast: the ``"last"`` value, the
        ``"mean"``, that of each phase of the ``"season"``, or ``"none"``. See ``attime.nn.forecasting.Reversible``.
    spread
        Whether each window is divided by its deviation as well.
    """

    centre: Literal["last", "mean", "season", "none"] = "last"
    spread: bool = True

    def build(
        self, *, look_back: int, horizon: int, n_features: int, n_ahead: int = 0, period: int | None = None
    ) -> nn.Module:
        """Return a new network with random weights.

        Parameters
        ----------
        look_back, horizon
            Steps that are read, and steps ahead.
        n_features
            Rows of a window: what is to be forecast, and all covariates.
        n_ahead
            How many of them, the last ones, are known ahead.
        period
            Steps of a season, if there is one.
        """
        network = self.network(look_back=look_back, horizon=horizon, n_features=n_features, n_ahead=n_ahead)
        if self.centre == "none" and not self.spread:
            return network
        return Reversible(network, centre=self.centre, spread=self.spread, period=period or 1)

    def network(self, *, look_back: int, horizon: int, n_features: int, n_ahead: int) -> nn.Module:
        """Return what `build` builds, less the scaling."""
        raise NotImplementedError
