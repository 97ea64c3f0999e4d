"""Series in requests: what is accepted, as the specification says it, and what becomes of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
from jaxtyping import Float64
from pydantic import AfterValidator, Discriminator, Field, GetJsonSchemaHandler, Tag
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from attime.service.limits import LARGEST
from attime.service.served import Served

Channels = Float64[np.ndarray, "channel time"]
STEPS = 8  # of the series in examples
NUMBER = {"type": "number"}

Value = Annotated[float, Field(ge=-LARGEST, le=LARGEST)] | None  # null is missing


class _Holds:
    """Says in the specification that a list holds an entry of a kind, at least one."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.schema = schema

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(core) | {"contains": self.schema}


def _measured(series: list[Any]) -> list[Any]:
    """Refuse series of which nothing was measured."""
    channels = series if isinstance(series[0], list) else [series]
    if all(value is None for channel in channels for value in channel):
        raise ValueError("one number at least, null only where nothing was measured")
    return series


def _form_of(series: object) -> str:
    """Tell a list of numbers from a list of channels."""
    return "channels" if isinstance(series, list) and series and isinstance(series[0], list) else "one"


def series_type(model: Served) -> Any:
    """Return the type of a series that a model takes: a list of channels; of one channel the list alone will do."""
    steps = Field(min_length=model.fewest, max_length=model.most, fail_fast=True)
    channel = Annotated[list[Value], steps]
    n_channels = len(model.channels)
    channels = Annotated[
        list[channel],
        Field(min_length=n_channels, max_length=n_channels, fail_fast=True),
        AfterValidator(_measured),
        _Holds({"type": "array", "contains": NUMBER}),
    ]
    if n_channels > 1:
        return channels
    one = Annotated[list[Value], steps, AfterValidator(_measured), _Holds(NUMBER)]
    return Annotated[Annotated[one, Tag("one")] | Annotated[channels, Tag("channels")], Discriminator(_form_of)]


def example_of(model: Served) -> dict[str, Any]:
    """Return a request that the model answers."""
    if not model.channels:
        return {"model": model.name}
    n_steps = min(max(STEPS, model.fewest), model.most)
    wave = [round(math.sin(step), 3) for step in range(n_steps)]
    gap = n_steps // 2
    series = [*wave[:gap], None, *wave[gap + 1 :]] if n_steps > 1 else wave
    return {"model": model.name, "series": [series if len(model.channels) == 1 else [series] * len(model.channels)]}


def arrays_of(series: Sequence[Any]) -> list[Channels]:
    """Return the series of a request as arrays; what is missing, and what is shorter than the longest, is NaN."""
    arrays = []
    for one in series:
        channels = one if isinstance(one[0], list) else [one]
        longest = max(map(len, channels))
        array = np.full((len(channels), longest), np.nan)
        for row, channel in zip(array, channels, strict=True):
            row[: len(channel)] = [math.nan if value is None else value for value in channel]
        arrays.append(array)
    return arrays
