"""A linear forecast, and attention for what it leaves over."""

from __future__ import annotations

from dataclasses import replace

from jaxtyping import Bool, Float
from torch import Tensor, nn

from attime.nn.forecasting.linear import LinearForecast, last_observed
from attime.nn.forecasting.reversible import Reversible
from attime.nn.output import Output


class Improved(nn.Module):
    """ŷ = linear(x) + d · attention((x − last) / d), where d is the deviation of the window.

    The attention begins at zero (``PatchForecaster(zero_start=True)``), so that training goes on from the linear
    forecast, which stays as it was fitted.

    Parameters
    ----------
    linear
        What was fitted in closed form.
    attention
        What is trained; its `centre` is ``"last"``.
    """

    def __init__(self, linear: LinearForecast, attention: Reversible) -> None:
        super().__init__()
        self.linear, self.attention = linear, attention

    def forward(
        self,
        values: Float[Tensor, "case feature time"],
        observed: Bool[Tensor, "case feature time"],
        ahead: Float[Tensor, "case covariate step"] | None = None,
    ) -> Output:
        """Forecast; arguments as in `LinearForecast.forward`."""
        start: Output = self.linear(values, observed, ahead)
        more: Output = self.attention(values, observed, ahead)
        added = more.prediction - last_observed(values[:, 0], observed[:, 0])
        return replace(more, prediction=start.prediction + added, maps=(*start.maps, *more.maps))
