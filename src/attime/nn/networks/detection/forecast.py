"""The description of a network that forecasts the end of a window from its beginning."""

from __future__ import annotations

from dataclasses import dataclass, field

from attime.errors import OptionError
from attime.nn.networks.detection.network import Reconstructor
from attime.nn.networks.forecasting import Forecaster, PatchForecaster
from attime.nn.reconstruction import ForecastReconstruction
from attime.options import Count

SHARE = 4  # one of so many parts of a window is forecast


@dataclass
class ForecastAttention(Reconstructor):
    """Attention that forecasts the last quarter of a window from the rest; see `ForecastReconstruction`.

    Parameters
    ----------
    forecaster
        The description of the network that forecasts.
    horizon
        Steps that are forecast; a quarter of the window if not given.
    likelihood, least_scale
        See `Reconstructor`.

    Examples
    --------
    >>> ForecastAttention().build(n_channels=2, n_steps=96).horizon
    24
    """

    forecaster: Forecaster = field(default_factory=lambda: PatchForecaster(d_model=32, zero_start=True))
    horizon: Count | None = None

    def build(self, *, n_channels: int, n_steps: int) -> ForecastReconstruction:
        """Return a new network with random weights.

        Raises
        ------
        OptionError
            If the window leaves nothing to forecast from.
        """
        horizon = self.horizon or max(1, n_steps // SHARE)
        if horizon >= n_steps:
            raise OptionError(f"horizon={horizon} and a window of {n_steps} steps arrived, expected a longer window")
        look_back = n_steps - horizon
        forecaster = self.forecaster.build(look_back=look_back, horizon=horizon, n_features=1)
        return ForecastReconstruction(
            forecaster,
            n_channels=n_channels,
            look_back=look_back,
            horizon=horizon,
            kind=self.likelihood,
            least_scale=self.least_scale,
        )
