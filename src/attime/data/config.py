"""The sine task as a JSON file that a user can edit, and what is said when an entry cannot be."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from importlib import resources
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from attime.data.text import TextFile
from attime.errors import DataError, OptionError
from attime.names import name_hint

Share = Annotated[float, Field(ge=0, le=1)]
Number = Annotated[float, Field(ge=-1e9, le=1e9)]  # so that no product of two is too large for float32


class Entry(BaseModel):
    """What all parts of a configuration share: no entry that nobody knows, no infinity, no change afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Grid(Entry):
    """The numbers low, low + step, … up to high, each as likely as the other.

    Examples
    --------
    >>> Grid(low=1, high=4, step=0.01).high
    4.0
    """

    low: Number
    high: Number
    step: float = Field(gt=1e-9)

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"low should not be above high, but {self.low:g} > {self.high:g}")
        return self


class SineConfig(Entry):
    """All that defines the sine task; see `make_sine`.

    Parameters
    ----------
    n_series, n_steps
        How many series, of how many time steps.
    interval
        The first and the last time, in radians at frequency 1.
    share_normal
        The share of series without a flat part.
    frequency, amplitude
        Where these are drawn from.
    flat_start, flat_length
        Where the flat part starts and how long it lasts, as shares of the series.
    noise
        The standard deviation of what is added to every step, as a share of the amplitude.
    shares
        Of training, validation and test, for `split`.
    random_state
        The seed.

    Raises
    ------
    pydantic.ValidationError
        A ValueError, if an entry is unknown or out of range.

    Examples
    --------
    >>> SineConfig(n_series=100).n_steps
    500
    """

    n_series: int = Field(default=10_000, gt=0)
    n_steps: int = Field(default=500, ge=2)
    interval: tuple[Number, Number] = (0.0, 2 * math.pi)
    share_normal: Share = 0.5
    frequency: Grid = Grid(low=1, high=4, step=0.01)
    amplitude: Grid = Grid(low=1, high=10, step=0.01)
    flat_start: Grid = Grid(low=0, high=0.9, step=0.01)
    flat_length: Grid = Grid(low=0.1, high=0.5, step=0.01)
    noise: float = Field(default=0.0, ge=0)
    shares: tuple[Share, Share, Share] = (0.7, 0.1, 0.2)
    random_state: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _in_range(self) -> Self:
        if not self.interval[0] < self.interval[1]:
            raise ValueError(f"interval should ascend, but is {list(self.interval)}")
        for name in ("frequency", "amplitude"):
            if getattr(self, name).low <= 0:
                raise ValueError(f"{name}.low should be above 0, but is {getattr(self, name).low:g}")
        for name in ("flat_start", "flat_length"):
            grid: Grid = getattr(self, name)
            if grid.low < 0 or grid.high > 1:
                raise ValueError(f"{name} should lie within 0…1, but is {grid.low:g}…{grid.high:g}")
        if abs(sum(self.shares) - 1) > 1e-9:
            raise ValueError(f"shares should have the sum 1, but have {sum(self.shares):g}")
        return self

    @classmethod
    def from_json(cls, path: str | os.PathLike[str]) -> SineConfig:
        """Read a configuration; what the file does not mention keeps its default.

        Raises
        ------
        DataError
            If the file cannot be read or is not a JSON object.
        OptionError
            If an entry is unknown or out of range; the message names it.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "small.json"
        >>> _ = path.write_text('{"n_series": 100}')
        >>> SineConfig.from_json(path).n_series
        100
        """
        return cls.of(read_entries(path), source=f"{os.fspath(path)}: ")

    @classmethod
    def of(cls, entries: Mapping[str, object], *, source: str = "") -> SineConfig:
        """Make a configuration of single entries; what is not mentioned keeps its default.

        Raises
        ------
        OptionError
            If an entry is unknown or out of range; the message has one line, which begins with `source`.

        Examples
        --------
        >>> SineConfig.of({"n_series": 0})
        Traceback (most recent call last):
        ...
        attime.errors.OptionError: n_series: 0 arrived, should be greater than 0; correct the entry
        """
        try:
            return cls.model_validate(entries)
        except ValidationError as error:
            raise OptionError(source + _in_one_line(error)) from error

    @classmethod
    def default(cls) -> SineConfig:
        """Return the packaged configuration, which is also the one to copy and edit.

        Examples
        --------
        >>> SineConfig.default() == SineConfig()
        True
        """
        with resources.as_file(resources.files("attime.data") / "sine.json") as path:
            return cls.from_json(path)


def read_entries(path: str | os.PathLike[str]) -> dict[str, object]:
    """Read a JSON object from a file.

    Raises
    ------
    DataError
        If the file cannot be read or holds no JSON object; the message names file, line and column.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "small.json"
    >>> _ = path.write_text('{"n_series": 100}')
    >>> read_entries(path)
    {'n_series': 100}
    """
    file = TextFile.open(path)
    try:
        entries = json.loads(file.content)
    except json.JSONDecodeError as error:
        raise DataError(
            f"{file.path}, line {error.lineno}, column {error.colno}: no JSON arrived ({error.msg}); correct it"
        ) from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, brackets in brackets
        raise DataError(f"{file.path}: no JSON of sensible size arrived ({error}); correct it") from error
    if not isinstance(entries, dict):
        raise DataError(
            f'{file.path}: a {type(entries).__name__} arrived, expected a JSON object; write {{"n_series": 100}}'
        )
    return entries


def _in_one_line(error: ValidationError) -> str:
    """Return the first of pydantic's complaints: the entry, what arrived and what is allowed."""
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"]))
    if first["type"] == "extra_forbidden":
        known = (Grid if len(first["loc"]) > 1 else SineConfig).model_fields
        return f"the entry {where!r} is not known, expected one of {', '.join(known)}; " + name_hint(
            str(first["loc"][-1]), known
        )
    message = first["msg"].removeprefix("Value error, ").removeprefix("Input ")
    arrived = "" if isinstance(first["input"], dict) else f"{first['input']!r} arrived, "
    return f"{where or 'entries'}: {arrived}{message}; correct the entry".replace("\n", " ")
