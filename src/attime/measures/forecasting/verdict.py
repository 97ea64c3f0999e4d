"""The verdict: does the forecast beat the best naive one, by how much, and by more than chance?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from attime.measures.forecasting.errors import ForecastErrors
from attime.measures.forecasting.losses import MEASURES
from attime.measures.forecasting.missing import plain
from attime.measures.forecasting.significance import DieboldMariano

MODEL = "model"
SIGNIFICANT = 0.05


@dataclass(frozen=True, eq=False)
class ForecastVerdict:
    """A forecast beside the naive ones, on the same steps of the same windows; made by `forecast_verdict`.

    Attributes
    ----------
    errors
        By name: of ``"model"``, then of each naive forecast.
    by
        The measure that decides, such as ``"mae"``.
    best_naive
        The naive forecast with the lowest such error on these very windows: the model stands beside it, which is
        harder than to stand beside one chosen beforehand.
    improvement
        By how many percent the error of the model is lower than that of `best_naive`; negative if it is higher, NaN if
        that of `best_naive` is zero.
    test
        Whether the difference of the two may be chance.
    n_left_out
        Steps with an actual value that are left out of all errors, because one of the forecasts is missing.
    naive
        The naive forecasts that `best_naive` is the best of; what stands beside them does not count.
    """

    errors: dict[str, ForecastErrors]
    by: str
    best_naive: str
    improvement: float
    test: DieboldMariano
    n_left_out: int
    naive: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """What it comes to."""
        naive, measure = f"the naive forecast ({_words(self.best_naive)})", MEASURES[self.by]
        model_error, naive_error = (getattr(self.errors[name], self.by) for name in (MODEL, self.best_naive))
        both = f"{measure} {model_error:.4g} against {naive_error:.4g}"
        if not (self.improvement > 0 and self.test.mean_difference < 0):
            return f"Does not beat {naive}: use that ({both}, {self._chance})."
        if self.test.p_value < SIGNIFICANT:
            return f"Beats {naive} by {_percent(self.improvement)} in {measure} ({self._chance})."
        return f"Cannot be told from {naive}: {_percent(self.improvement)} less may be chance ({both}, {self._chance})."

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the table should know, a sentence each."""
        harder = (
            f"It is the best of {len(self.naive)} naive forecasts on these same windows, "
            "which is harder to beat than one chosen beforehand."
        )
        steps = "1 step is" if self.n_left_out == 1 else f"{self.n_left_out} steps are"
        left_out = f"{steps} left out because one of the forecasts is missing."
        return (
            *((harder,) if len(self.naive) > 1 else ()),
            *self._better,
            *((left_out,) if self.n_left_out else ()),
            *self.errors[MODEL].notes,
        )

    @property
    def _better(self) -> tuple[str, ...]:
        """What stands beside the model, is not naive, and has a lower error."""
        measure, own = MEASURES[self.by], getattr(self.errors[MODEL], self.by)
        found = {name: getattr(errors, self.by) for name, errors in self.errors.items() if name not in self.naive}
        return tuple(
            f"{_words(name).capitalize()} has a lower {measure} on these windows: {error:.4g} against {own:.4g}."
            for name, error in found.items()
            if error < own
        )

    @property
    def _chance(self) -> str:
        if math.isnan(self.test.p_value):
            n = self.test.n_origins
            return f"{n} {'origin is' if n == 1 else 'origins are'} too few for a test"
        return "p < .001" if self.test.p_value < 0.001 else f"p = {self.test.p_value:.2g}".replace("0.", ".")

    def to_frame(self) -> pd.DataFrame:
        """Return a row for the model and for each naive forecast, a column for each measure, intervals included."""
        rows = {name: errors.to_row() for name, errors in self.errors.items()}
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("forecast")

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types; what is not finite becomes None."""
        return {
            "sentence": self.sentence,
            "notes": list(self.notes),
            "by": self.by,
            "best_naive": self.best_naive,
            "improvement": plain(self.improvement),
            "test": {name: plain(value) for name, value in vars(self.test).items()},
            "n_left_out": self.n_left_out,
            "naive": list(self.naive),
            "errors": {name: errors.to_dict() for name, errors in self.errors.items()},
        }

    def __str__(self) -> str:
        table = self.to_frame().dropna(axis="columns", how="all").rename(index=_words, columns=_heading)
        text = table.rename_axis(None).to_string(float_format=lambda number: f"{number:.4g}", na_rep="–")
        return "\n".join([text, self.sentence, *self.notes])


def _words(name: str) -> str:
    return name.replace("_", " ")


def _heading(column: str) -> str:
    return MEASURES.get(column, f"{_words(column)} %")


def _percent(number: float) -> str:
    return f"{number:.0f} %" if number >= 1 else f"{number:.1g} %"
