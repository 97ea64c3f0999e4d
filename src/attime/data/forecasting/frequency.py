"""The grid that time stamps lie on: so many steps, seconds, business days or months from stamp to stamp."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from jaxtyping import Int, Shaped

from attime.errors import OptionError

#: Seconds of a day, an hour, a minute, for the names of frequencies and their cycles.
DAY, HOUR, MINUTE = 86_400, 3_600, 60
ALIASES = {"s": 1, "min": MINUTE, "h": HOUR, "D": DAY, "W": 7 * DAY}
MONTHS = {"MS": 1, "ME": 1, "M": 1, "QS": 3, "QE": 3, "Q": 3, "YS": 12, "YE": 12, "Y": 12}


@dataclass(frozen=True)
class Frequency:
    """How far it is from one time stamp to the next.

    Attributes
    ----------
    kind
        ``"step"`` (stamps are numbers), ``"second"``, ``"business day"`` or ``"month"``.
    size
        So many of these.
    at_end
        Whether stamps of months stand on their last day.

    Examples
    --------
    >>> Frequency("month", 3).ahead(np.datetime64("2024-01-01", "ns"), 2).astype("datetime64[D]").tolist()
    [datetime.date(2024, 4, 1), datetime.date(2024, 7, 1)]
    >>> str(Frequency("second", 900)), Frequency("second", 900).periods
    ('15min', (96, 672))
    """

    kind: Literal["step", "second", "business day", "month"]
    size: float = 1
    at_end: bool = False

    def __str__(self) -> str:
        number = "" if self.size == 1 else f"{self.size:g}"
        if self.kind == "step":
            return f"{self.size:g}"
        if self.kind == "business day":
            return f"{number}B"
        if self.kind == "month":
            letter, months = next((name, n) for name, n in (("Y", 12), ("Q", 3), ("M", 1)) if self.size % n == 0)
            return f"{'' if self.size == months else int(self.size // months)}{letter}{'E' if self.at_end else 'S'}"
        name, seconds = next(
            (name, n) for name, n in (*reversed(ALIASES.items()), ("s", 1)) if self.size % n == 0 or n == 1
        )
        return f"{'' if self.size == seconds else f'{self.size / seconds:g}'}{name}"

    @property
    def periods(self) -> tuple[int, ...]:
        """Steps of the cycles that series of this frequency may have, the shortest first: a day and a week of hours."""
        if self.kind == "month":
            cycles = [12 / self.size]
        elif self.kind == "business day":
            cycles = [5 / self.size]
        elif self.kind == "second":
            cycles = [DAY / self.size, 7 * DAY / self.size] if self.size <= DAY else [365.25 * DAY / self.size]
        else:
            cycles = []
        return tuple(round(cycle) for cycle in cycles if round(cycle) > 1)

    def positions(self, stamps: Shaped[np.ndarray, " time"], start: object) -> Int[np.ndarray, " time"] | None:
        """Return how many steps after `start` each stamp lies; None if one lies between two steps."""
        if self.kind == "month":
            months, first = stamps.astype("datetime64[M]").astype(int), np.datetime64(start, "M").astype(int)  # type: ignore[call-overload]
            counted = (months - first) / self.size
        elif self.kind == "business day":
            days = stamps.astype("datetime64[D]")
            if not np.is_busday(days).all():
                return None
            counted = np.busday_count(np.datetime64(start, "D"), days) / self.size  # type: ignore[call-overload]
        elif self.kind == "second":
            counted = (stamps - np.datetime64(start, "ns")).astype(np.int64) / (self.size * 1e9)  # type: ignore[call-overload]
        else:
            counted = (stamps - start) / self.size
        whole = np.round(counted)
        if not np.allclose(counted, whole, atol=1e-6, rtol=0) or not self._matches(stamps, start, whole.astype(int)):
            return None
        return whole.astype(int)

    def stamps(self, start: object, positions: Int[np.ndarray, " time"]) -> Shaped[np.ndarray, " time"]:
        """Return the stamps that lie so many steps after `start`."""
        if self.kind == "step":
            return np.asarray(start) + positions * self.size
        first = pd.Timestamp(start)  # type: ignore[arg-type]
        if self.kind == "second":
            elapsed = np.round(positions * self.size * 1e9).astype("timedelta64[ns]")
            return first.to_datetime64().astype("datetime64[ns]") + elapsed
        if self.kind == "business day":
            days = np.busday_offset(np.datetime64(first, "D"), (positions * self.size).astype(int), roll="forward")
            return days.astype("datetime64[ns]") + (first - first.normalize()).to_timedelta64()
        if self.at_end:
            first = first + pd.offsets.MonthEnd(0)
        moved = [first + pd.DateOffset(months=int(position * self.size)) for position in positions]
        if self.at_end:
            moved = [stamp + pd.offsets.MonthEnd(0) for stamp in moved]
        return np.array(moved, dtype="datetime64[ns]")

    def anchor(self, stamps: Shaped[np.ndarray, " time"], positions: Int[np.ndarray, " time"]) -> tuple[object, int]:
        """Return the stamp to count from and its position: the first, and of months the one on the latest day.

        A 30th of January is followed by a 28th of February, and that by a 30th of March.
        """
        months = stamps.astype("datetime64[M]") if self.kind == "month" else stamps
        place = int((stamps - months).argmax())
        return stamps[place], int(positions[place])

    def ahead(self, past: object, n_steps: int) -> Shaped[np.ndarray, " step"]:
        """Return the stamps of the next steps after `past`: the last stamp, or all of them without gaps."""
        stamps = np.atleast_1d(np.asarray(past))
        start, place = self.anchor(stamps, np.arange(len(stamps)))
        return self.stamps(start, len(stamps) + np.arange(n_steps) - place)

    def _matches(self, stamps: Shaped[np.ndarray, " time"], start: object, positions: Int[np.ndarray, " time"]) -> bool:
        """Whether stamps of days and months are on the day that the start is on."""
        if self.kind not in ("month", "business day"):
            return True
        start, place = self.anchor(np.append(np.datetime64(start, "ns"), stamps), np.append(0, positions))  # type: ignore[call-overload]
        return bool((self.stamps(start, positions - place) == stamps.astype("datetime64[ns]")).all())


def frequency_of(name: str | float | Frequency) -> Frequency:
    """Return the frequency of that name, as pandas writes it: ``"15min"``, ``"h"``, ``"D"``, ``"B"``, ``"MS"``.

    Raises
    ------
    OptionError
        If there is no such frequency.

    Examples
    --------
    >>> frequency_of("15min")
    Frequency(kind='second', size=900, at_end=False)
    """
    if isinstance(name, Frequency):
        return name
    if isinstance(name, int | float):
        if name > 0:
            return Frequency("step", name)
        raise OptionError(f"frequency={name} arrived, expected a number above 0: the distance of two time stamps")
    letters = name.lstrip("0123456789")
    number = int(name[: len(name) - len(letters)] or 1)
    stem = letters.split("-")[0]
    if stem == "B" and number:
        return Frequency("business day", number)
    if stem in MONTHS and number:
        return Frequency("month", number * MONTHS[stem], at_end="S" not in stem)
    if stem in ALIASES and number:
        return Frequency("second", number * ALIASES[stem])
    raise OptionError(
        f"frequency={name!r} arrived, expected a name as pandas has it ('s', '15min', 'h', 'D', 'B', 'W', 'MS', 'QS', "
        "'YS'), or a number where time stamps are numbers"
    )
