"""`Importance`: how much worse forecasts are without what is known of a covariate, or of the series itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float64, Int, Shaped

from attime.data.forecasting import in_zone


@dataclass(frozen=True, eq=False)
class Importance:
    """By how much the mean absolute error rises where what was read is replaced; made by `importance`.

    Attributes
    ----------
    names
        The series itself, then each covariate.
    error
        Mean absolute error of the forecasts as they are, in the unit of the series.
    rise, low, high
        For each name by how much it rises, and the 95 % interval of that mean over origins.
    p_value
        How often chance makes such a difference.
    blocks
        Steps of the past, as the first and the last step before the origin of each block; the nearest block last.
    rise_by_block, low_by_block, high_by_block
        The same where only these steps are replaced.
    rise_by_window
        For each name and window by how much its error rises.
    series, stamps
        For each window the series it is from, and when its first step ahead is.
    columns
        What the columns of series and time are called in a frame.
    zone, by_day
        The time zone of the times in frames, as of a `Forecast`.
    """

    names: tuple[str, ...]
    error: float
    rise: Float64[np.ndarray, " name"]
    low: Float64[np.ndarray, " name"]
    high: Float64[np.ndarray, " name"]
    p_value: Float64[np.ndarray, " name"]
    blocks: Int[np.ndarray, "block 2"]
    rise_by_block: Float64[np.ndarray, "name block"]
    low_by_block: Float64[np.ndarray, "name block"]
    high_by_block: Float64[np.ndarray, "name block"]
    rise_by_window: Float64[np.ndarray, "name window"]
    series: tuple[str, ...]
    stamps: Shaped[np.ndarray, " window"]
    columns: tuple[str, str] = ("unique_id", "ds")
    zone: str = ""
    by_day: bool = False

    @property
    def sentence(self) -> str:
        """What it comes to."""
        chances = ["p < .001" if p < 0.001 else f"p = {p:.2g}".replace("0.", ".") for p in self.p_value]
        shares = (100 * self.rise / self.error).tolist()
        told = [
            f"{name} {share:+.0f} % ({chance})" for name, share, chance in zip(self.names, shares, chances, strict=True)
        ]
        return f"Mean absolute error {self.error:.4g}; replaced by that of other windows: {', '.join(told)}."

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each name: rise, low, high, share (of the error), p_value."""
        columns = {"covariate": list(self.names), "rise": self.rise, "low": self.low, "high": self.high}
        return pd.DataFrame(columns | {"share": self.rise / self.error, "p_value": self.p_value})

    def by_step_frame(self) -> pd.DataFrame:
        """Return a row for each name and block of steps of the past: first and last step before the origin, rise."""
        n_names, n_blocks = self.rise_by_block.shape
        columns = {"covariate": np.repeat(np.array(self.names, dtype=object), n_blocks)}
        columns |= {"first": np.tile(self.blocks[:, 0], n_names), "last": np.tile(self.blocks[:, 1], n_names)}
        parts = {"rise": self.rise_by_block, "low": self.low_by_block, "high": self.high_by_block}
        return pd.DataFrame(columns | {name: part.reshape(-1) for name, part in parts.items()})

    def by_origin_frame(self) -> pd.DataFrame:
        """Return a row for each name and window: its series, when its first step ahead is, and the rise."""
        n_names, n_windows = self.rise_by_window.shape
        series, time = self.columns
        return pd.DataFrame(
            {
                "covariate": np.repeat(np.array(self.names, dtype=object), n_windows),
                series: np.tile(np.array(self.series, dtype=object), n_names),
                time: in_zone(np.tile(self.stamps, n_names), self.zone, by_day=self.by_day),
                "rise": self.rise_by_window.reshape(-1),
            }
        )
