"""Recurrent independent mechanisms: modules that compete for the input, and read each other, by attention."""

from __future__ import annotations

from attime.nn.rim.cells import CELLS, AlphaCell, Cell, GRUCell, LSTMCell, State
from attime.nn.rim.communication import Communication
from attime.nn.rim.input_attention import InputAttention, Taken
from attime.nn.rim.mechanisms import Mechanisms, Step
from attime.nn.rim.modulewise import ModulewiseLinear
from attime.nn.rim.network import RIMForecast

__all__ = [
    "CELLS",
    "AlphaCell",
    "Cell",
    "Communication",
    "GRUCell",
    "InputAttention",
    "LSTMCell",
    "Mechanisms",
    "ModulewiseLinear",
    "RIMForecast",
    "State",
    "Step",
    "Taken",
]
