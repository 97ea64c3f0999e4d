"""`LabelledSeries`: one long series, with what of it is known to be anomalous, and how much of it is for learning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float64, Int8, Shaped
from numpy.typing import ArrayLike

from attime.data.arrays import LARGEST
from attime.data.text import shown
from attime.errors import DataError


@dataclass(frozen=True, eq=False, repr=False)
class LabelledSeries:
    """One long series with labels.

    Build it with `LabelledSeries.of`, which checks what is in it.

    Attributes
    ----------
    name
        What tells it from others.
    values
        Shape (time, channel); NaN means missing.
    labels
        1 where a step is anomalous, else 0; shape (time,).
    n_train
        How many steps at the start may be learnt from.
    times
        When each step was, as dates or numbers; None where nothing tells.
    channels
        One name for each channel.

    Examples
    --------
    >>> series = LabelledSeries.of([1.0, 2.0, 9.0, 2.0], [0, 0, 1, 0], name="tiny", n_train=2)
    >>> series
    LabelledSeries('tiny', 4 steps, 1 channel, 2 for training, 1 anomalous)
    >>> series.test.tolist()
    [[9.0], [2.0]]
    """

    name: str
    values: Float64[np.ndarray, "time channel"]
    labels: Int8[np.ndarray, " time"]
    n_train: int
    times: Shaped[np.ndarray, " time"] | None
    channels: tuple[str, ...]

    @classmethod
    def of(
        cls,
        values: ArrayLike,
        labels: ArrayLike,
        *,
        name: str,
        n_train: int,
        times: Shaped[np.ndarray, " time"] | None = None,
        channels: Sequence[str] | None = None,
    ) -> LabelledSeries:
        """Make a labelled series of what the caller has, or say what is wrong with it.

        Parameters
        ----------
        values
            Shape (time,) or (time, channel); NaN means missing.
        labels
            0 or 1, or truth values, shape (time,).
        name
            Of the series; messages begin with it.
        n_train
            How many steps at the start may be learnt from: 0 or more, and fewer than there are.
        times
            When each step was.
        channels
            One name for each channel; "0", "1", … if not given.

        Raises
        ------
        DataError
            If lengths do not agree, a value is infinite or none is there, a label is not 0 or 1, or `n_train` does not
            fit.
        """
        array = _as_numbers(values, name)
        n_steps, n_channels = array.shape
        names = tuple(map(str, range(n_channels) if channels is None else channels))
        for what, length, expected in (
            ("times", n_steps if times is None else len(times), n_steps),
            ("names of channels", len(names), n_channels),
        ):
            if length != expected:
                raise DataError(f"{name}: {length} {what} arrived, expected {expected}; give one for each")
        if not 0 <= n_train < n_steps:
            raise DataError(
                f"{name}: n_train={n_train} arrived for a series of {n_steps} steps, expected 0 to {n_steps - 1}, so "
                "that steps are left to be judged; correct it, in the name of the file if it came from there"
            )
        return cls(name, array, _as_labels(labels, n_steps, name), int(n_train), times, names)

    @property
    def train(self) -> Float64[np.ndarray, "train_time channel"]:
        """The values that may be learnt from."""
        return self.values[: self.n_train]

    @property
    def test(self) -> Float64[np.ndarray, "test_time channel"]:
        """The values after them."""
        return self.values[self.n_train :]

    def __len__(self) -> int:
        return len(self.values)

    def __repr__(self) -> str:
        sizes = ((len(self), "step"), (self.values.shape[1], "channel"))
        told = [f"{size} {what}{'' if size == 1 else 's'}" for size, what in sizes]
        told += [f"{self.n_train} for training", f"{int(self.labels.sum())} anomalous"]
        return f"LabelledSeries({self.name!r}, {', '.join(told)})"


def _as_numbers(values: ArrayLike, name: str) -> Float64[np.ndarray, "time channel"]:
    array = np.asarray(values)
    if array.dtype.kind not in "fiub" or array.ndim not in (1, 2) or not array.size:
        raise DataError(
            f"{name}: values of shape {array.shape} and type {array.dtype} arrived, expected numbers of shape (time,) "
            "or (time, channel), NaN where nothing was measured; convert them"
        )
    array = (array[:, np.newaxis] if array.ndim == 1 else array).astype(np.float64)
    if np.isnan(array).all():
        raise DataError(f"{name}: no value was measured, expected at least one; check how the series was written")
    too_large = np.abs(array) > LARGEST
    if too_large.any():
        step, channel = np.argwhere(too_large)[0]
        raise DataError(
            f"{name}: step {step}, channel {channel} (counting from 0) holds {array[step, channel]:g}, expected at "
            f"most {LARGEST:.3g} in size; correct it, or write NaN where nothing was measured"
        )
    return array


def _as_labels(labels: ArrayLike, n_steps: int, name: str) -> Int8[np.ndarray, " time"]:
    array = np.asarray(labels)
    if array.shape != (n_steps,):
        raise DataError(f"{name}: labels of shape {array.shape} arrived, expected one for each step, ({n_steps},)")
    numbers = pd.to_numeric(pd.Series(array), errors="coerce").to_numpy()
    wrong = ~np.isin(numbers, (0, 1))
    if wrong.any():
        step = int(wrong.argmax())
        raise DataError(
            f"{name}: the label of step {step} (counting from 0) is {shown(array.tolist()[step])}, expected 0 (normal) "
            "or 1 (anomalous) for every step; correct it"
        )
    return numbers.astype(np.int8)
