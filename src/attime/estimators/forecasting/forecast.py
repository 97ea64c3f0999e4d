"""`Forecast`: what is expected, between which limits, and which steps of the past it was made from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
import torch
from jaxtyping import Bool, Float, Float64, Shaped

from attime.attention import AttentionMap


@dataclass(frozen=True, eq=False)
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
        Where the network looked; the first has the axes (case, step ahead, time), if it attends at all.
    columns
        What the columns of series and time are called in a frame.
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

    def __len__(self) -> int:
        return len(self.series)

    def some(self, which: Bool[np.ndarray, " case"]) -> Forecast:
        """Return some of the cases."""
        maps = tuple(
            AttentionMap(each.name, partial(_rows, each, torch.from_numpy(which)), each.axes, each.stride)
            for each in self.maps
        )
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
            maps=maps,
        )

    @property
    def look_back(self) -> Float[np.ndarray, "case step time"] | None:
        """How much each step of the past counts for each step ahead; None where the network does not attend."""
        for each in self.maps:
            if each.axes == ("case", "step ahead", "time"):
                return each.weights.float().cpu().numpy()
        return None

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each series and step ahead: its name, when, the forecast, and the limits."""
        n_steps = self.values.shape[1]
        columns = {
            self.columns[0]: np.repeat(np.array(self.series), n_steps),
            self.columns[1]: self.stamps.reshape(-1),
            "forecast": self.values.reshape(-1),
        }
        for number, share in enumerate(self.coverage):
            columns[f"low_{100 * share:g}"] = self.low[number].reshape(-1)
            columns[f"high_{100 * share:g}"] = self.high[number].reshape(-1)
        return pd.DataFrame(columns)

    def look_back_frame(self) -> pd.DataFrame:
        """Return a row for each series, step ahead and step of the past: when these are, and the weight.

        Empty where the network does not attend.
        """
        weights = self.look_back
        series, time = self.columns
        if weights is None:
            return pd.DataFrame({series: [], f"{time}_ahead": [], f"{time}_past": [], "weight": []})
        _, n_steps, n_past = weights.shape
        return pd.DataFrame(
            {
                series: np.repeat(np.array(self.series), n_steps * n_past),
                f"{time}_ahead": np.repeat(self.stamps.reshape(-1), n_past),
                f"{time}_past": np.broadcast_to(self.past_stamps[:, np.newaxis], weights.shape).reshape(-1),
                "weight": weights.reshape(-1),
            }
        )


def _rows(attention: AttentionMap, which: torch.Tensor) -> torch.Tensor:
    return attention.weights[which.to(attention.weights.device)]
