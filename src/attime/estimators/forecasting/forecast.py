"""`Forecast`: what is expected, between which limits, and which steps of the past it was made from."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Float64, Shaped

from attime.attention import AttentionMap
from attime.data.forecasting import in_zone
from attime.errors import OptionError
from attime.estimators.forecasting.looks import by_step, first_steps, some_cases
from attime.names import pick


@dataclass(frozen=True, eq=False, repr=False)
class Forecast:
    """Forecasts of several series, or of one from several origins, each of the same number of steps.

    Attributes
    ----------
    series
        The name of each case.
    stamps
        When each step ahead is.
    values
        What is expected, in the unit of the series.
    low, high
        Limits between which the actual value should lie with the probability in `coverage`, for each of these.
    coverage
        The probabilities, such as 0.8 and 0.95.
    past, past_stamps
        What was read, NaN where a value is missing; and when.
    mean, deviation
        Those of each series, less and in units of which it came to the network.
    maps
        Where the network looked: see `look` and `activation`.
    columns
        What the columns of series and time are called in a frame.
    numbered
        Whether series are named by whole numbers, which then stand in frames.
    zone, by_day
        The time zone of the times in frames, empty if they have none, and whether they are days there. `stamps` are in
        UTC, or such days, without a zone.
    """

    series: tuple[str, ...]
    stamps: Shaped[np.ndarray, "case step"]
    values: Float64[np.ndarray, "case step"]
    low: Float64[np.ndarray, "interval case step"]
    high: Float64[np.ndarray, "interval case step"]
    coverage: tuple[float, ...]
    past: Float64[np.ndarray, "case time"]
    past_stamps: Shaped[np.ndarray, "case time"]
    mean: Float64[np.ndarray, " case"]
    deviation: Float64[np.ndarray, " case"]
    maps: tuple[AttentionMap, ...] = ()
    columns: tuple[str, str] = ("unique_id", "ds")
    numbered: bool = False
    zone: str = ""
    by_day: bool = False

    def __len__(self) -> int:
        return len(self.series)

    def __repr__(self) -> str:
        return f"Forecast({len(self)} cases of {self.values.shape[1]} steps ahead, limits of {self.coverage})"

    def some(self, which: Bool[np.ndarray, " case"]) -> Forecast:
        """Return some of the cases."""
        return replace(
            self,
            series=tuple(name for name, kept in zip(self.series, which, strict=True) if kept),
            stamps=self.stamps[which],
            values=self.values[which],
            low=self.low[:, which],
            high=self.high[:, which],
            past=self.past[which],
            past_stamps=self.past_stamps[which],
            mean=self.mean[which],
            deviation=self.deviation[which],
            maps=some_cases(self.maps, which),
        )

    def until(self, n_steps: int) -> Forecast:
        """Return the first steps ahead."""
        return replace(
            self,
            stamps=self.stamps[:, :n_steps],
            values=self.values[:, :n_steps],
            low=self.low[:, :, :n_steps],
            high=self.high[:, :, :n_steps],
            maps=first_steps(self.maps, n_steps),
        )

    @property
    def look_names(self) -> tuple[str, ...]:
        """What `look` can tell, the best known first.

        ``"linear"``: the weights of the linear forecast, which have signs and sum to one. ``"look back"``: attention as
        a mean over heads; its weights are not negative and sum to one (what they weigh is what a network made of the
        past, which beside a linear forecast is the smaller part). ``"gradient"``: by how much each step ahead moves
        when a step of the past does, of any network; no attention, and of a linear forecast just its weights.
        """
        return tuple(by_step(self.maps))

    def look(self, name: str | None = None) -> Float[np.ndarray, "case step time"]:
        """Return how much each step of the past counts for each step ahead.

        Parameters
        ----------
        name
            Which of `look_names`; the first if not given.

        Raises
        ------
        OptionError
            If there is none of that name, or none at all.
        """
        found = by_step(self.maps)
        if not found:
            raise OptionError(
                "nothing is known of where this forecast looked, for it goes beyond the horizon that was fitted; "
                "forecast no further than that"
            )
        each = pick(found, name or next(iter(found)), what="look back")
        weights = each.weights.float().cpu().numpy()
        return weights.mean(axis=each.axes.index("head")) if "head" in each.axes else weights

    @property
    def looks(self) -> dict[str, Float[np.ndarray, "case step time"]]:
        """All that `look` can tell, by name."""
        return {name: self.look(name) for name in self.look_names}

    @property
    def look_back(self) -> Float[np.ndarray, "case step time"] | None:
        """How much each step of the past counts for each step ahead, as best known; None beyond the horizon."""
        return self.look() if self.look_names else None

    @property
    def _names(self) -> Shaped[np.ndarray, " case"]:
        return np.array(self.series, dtype=np.int64) if self.numbered else np.array(self.series)

    def _times(self, stamps: Shaped[np.ndarray, " row"]) -> Shaped[np.ndarray, " row"] | pd.DatetimeIndex:
        return in_zone(stamps, self.zone, by_day=self.by_day)

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each series and step ahead: its name, when, the forecast, and the limits."""
        n_steps = self.values.shape[1]
        columns = {
            self.columns[0]: np.repeat(self._names, n_steps),
            self.columns[1]: self._times(self.stamps.reshape(-1)),
            "forecast": self.values.reshape(-1),
        }
        for number, share in enumerate(self.coverage):
            columns[f"low_{100 * share:g}"] = self.low[number].reshape(-1)
            columns[f"high_{100 * share:g}"] = self.high[number].reshape(-1)
        return pd.DataFrame(columns)

    def look_back_frame(self, name: str | None = None) -> pd.DataFrame:
        """Return a row for each case, step ahead and step of the past: when these are, and the weight.

        Parameters
        ----------
        name
            Which of `look_names`; the first if not given.

        Raises
        ------
        OptionError
            If there is none of that name, or none at all.
        """
        series, time = self.columns
        weights = self.look(name)
        n_cases, n_steps, n_past = weights.shape
        return pd.DataFrame(
            {
                "case": np.repeat(np.arange(n_cases), n_steps * n_past),
                series: np.repeat(self._names, n_steps * n_past),
                f"{time}_ahead": self._times(np.repeat(self.stamps.reshape(-1), n_past)),
                f"{time}_past": self._times(
                    np.broadcast_to(self.past_stamps[:, np.newaxis], weights.shape).reshape(-1)
                ),
                "weight": weights.reshape(-1),
            }
        )

    def activation(self, name: str = "activation") -> Float[np.ndarray, "case time module"] | None:
        """Return which module was active when: 1 where it was; None where the network has no modules.

        ``activation("input")`` is how much each module looked at the step, active or not.
        """
        for each in self.maps:
            if each.name == name and each.axes == ("case", "time", "module"):
                return each.weights.float().cpu().numpy()
        return None

    def activation_frame(self) -> pd.DataFrame:
        """Return a row for each case, step of the past and module: whether it was active, and how much it looked.

        Empty where the network has no modules.
        """
        active, looked = self.activation(), self.activation("input")
        series, time = self.columns
        if active is None or looked is None:
            return pd.DataFrame({"case": [], series: [], time: [], "module": [], "active": [], "input": []})
        n_cases, n_past, n_modules = active.shape
        return pd.DataFrame(
            {
                "case": np.repeat(np.arange(n_cases), n_past * n_modules),
                series: np.repeat(self._names, n_past * n_modules),
                time: self._times(np.repeat(self.past_stamps.reshape(-1), n_modules)),
                "module": np.tile(np.arange(n_modules), n_cases * n_past),
                "active": active.reshape(-1) > 0,
                "input": looked.reshape(-1),
            }
        )
