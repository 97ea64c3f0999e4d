"""Descriptions of networks that reconstruct: small dataclasses that say what to build."""

from __future__ import annotations

from attime.nn.networks.detection.forecast import ForecastAttention
from attime.nn.networks.detection.masked import MaskedTransformer
from attime.nn.networks.detection.network import Reconstructor
from attime.nn.networks.detection.recurrent import PlainRecurrent
from attime.nn.networks.detection.variational import VariationalRecurrent

RECONSTRUCTORS: dict[str, Reconstructor] = {
    "variational": VariationalRecurrent(),
    "recurrent": PlainRecurrent(),
    "masked": MaskedTransformer(),
    "forecast": ForecastAttention(),
}

__all__ = [
    "RECONSTRUCTORS",
    "ForecastAttention",
    "MaskedTransformer",
    "PlainRecurrent",
    "Reconstructor",
    "VariationalRecurrent",
]
