"""Descriptions of forecasting networks: small dataclasses that say what to build."""

from __future__ import annotations

from attime.nn.networks.forecasting.encoder_decoder import EncoderDecoderForecaster
from attime.nn.networks.forecasting.network import Forecaster
from attime.nn.networks.forecasting.patch import PatchForecaster
from attime.nn.networks.forecasting.recurrent import RecurrentForecaster
from attime.nn.networks.forecasting.rim import RIM
from attime.nn.networks.forecasting.variate import VariateForecaster

FORECASTERS: dict[str, Forecaster] = {
    "rnn": RecurrentForecaster(cell="rnn"),
    "gru": RecurrentForecaster(cell="gru"),
    "lstm": RecurrentForecaster(cell="lstm"),
    "encoder_decoder": EncoderDecoderForecaster(),
    "patch": PatchForecaster(),
    "variate": VariateForecaster(),
    "rim": RIM(),
}

__all__ = [
    "FORECASTERS",
    "RIM",
    "EncoderDecoderForecaster",
    "Forecaster",
    "PatchForecaster",
    "RecurrentForecaster",
    "VariateForecaster",
]
