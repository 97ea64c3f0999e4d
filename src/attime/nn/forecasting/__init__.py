"""Networks that forecast."""

from __future__ import annotations

from attime.nn.forecasting.encoder_decoder import EncoderDecoderForecast
from attime.nn.forecasting.improved import Improved
from attime.nn.forecasting.linear import LinearForecast
from attime.nn.forecasting.patches import PatchForecast
from attime.nn.forecasting.recurrent import FromFirst, RecurrentForecast
from attime.nn.forecasting.reversible import Reversible
from attime.nn.forecasting.variates import VariateForecast

__all__ = [
    "EncoderDecoderForecast",
    "FromFirst",
    "Improved",
    "LinearForecast",
    "PatchForecast",
    "RecurrentForecast",
    "Reversible",
    "VariateForecast",
]
