"""The container: a set of series as one array of cases, channels and time steps, in which NaN means missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int, Shaped
from numpy.typing import ArrayLike

from attime.data.arrays import as_labels, as_times, as_truth, as_values
from attime.data.static import as_static
from attime.errors import DataError


@dataclass(frozen=True, eq=False, repr=False)
class SeriesSet:
    """Series of one or several channels, with their labels where these are known.

    Build it with `SeriesSet.of`, which accepts many forms and checks what is in them; the constructor itself only
    checks that the shapes agree.

    Parameters
    ----------
    values
        The series, of shape (case, channel, time). NaN means missing; shorter series end in NaN.
    labels
        One label per case, in any dtype, or None where nobody knows them.
    truth
        Of shape (case, time): the steps that make the class, where they are known.
    channels
        One name per channel; "0", "1", … where none are given.
    source
        Where the series came from, for messages.
    times
        Of shape (case, time), in any unit: when each step was measured, or None where the steps are at equal distances.
    steps
        Of shape (case, time): which step of the whole series each one is, where some were cut out of it; else None.
    static
        What is known of each case beside its series, a row for each: columns of numbers, where NaN is missing, and of
        words, where None is.

    Raises
    ------
    DataError
        If the shapes do not agree.

    Examples
    --------
    >>> series = SeriesSet.of([[1.0, 2.0, 3.0], [4.0, 5.0]], labels=["up", "down"])
    >>> series
    SeriesSet(2 cases, 1 channel, 3 steps, labelled)
    >>> series.lengths.tolist()
    [3, 2]
    >>> series[1].labels.tolist()
    ['down']
    """

    values: Float[np.ndarray, "case channel time"]
    labels: Shaped[np.ndarray, " case"] | None = None
    truth: Bool[np.ndarray, "case time"] | None = None
    channels: tuple[str, ...] = ()
    source: str = ""
    times: Float[np.ndarray, "case time"] | None = None
    steps: Float[np.ndarray, "case time"] | None = None
    static: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        if self.values.ndim != 3:
            raise DataError(f"values of shape {self.values.shape} arrived, expected (case, channel, time); use of()")
        n_cases, n_channels, n_steps = self.values.shape
        if not self.channels:
            object.__setattr__(self, "channels", tuple(str(number) for number in range(n_channels)))
        for name, part, expected in (
            ("labels", self.labels, (n_cases,)),
            ("truth", self.truth, (n_cases, n_steps)),
            ("times", self.times, (n_cases, n_steps)),
            ("steps", self.steps, (n_cases, n_steps)),
            ("channels", np.array(self.channels), (n_channels,)),
            ("static", self.static, (n_cases, 0 if self.static is None else self.static.shape[1])),
        ):
            if part is not None and part.shape != expected:
                raise DataError(
                    f"{name} of shape {part.shape} arrived, expected {expected} to go with values of shape "
                    f"{self.values.shape}; make them agree"
                )

    @classmethod
    def of(
        cls,
        X: ArrayLike | pd.DataFrame | SeriesSet,
        labels: ArrayLike | None = None,
        *,
        truth: ArrayLike | None = None,
        channels: Sequence[str] | None = None,
        source: str = "",
        times: ArrayLike | None = None,
        static: ArrayLike | pd.DataFrame | None = None,
    ) -> SeriesSet:
        """Make a set of series out of what the caller has, or say what is wrong with it.

        Parameters
        ----------
        X
            An array (case, time) of one channel or (case, channel, time); a list of arrays (time,) or
            (channel, time) whose lengths may differ; a data frame with one row per case and one column per time
            step; or a `SeriesSet`. NaN means missing. Values stay float32 if they are, all others become float64; an
            array of three dimensions of either kind is not copied.
        labels
            One label per case; kept as given.
        truth
            Of shape (case, time), true or 1 where a step makes the class.
        channels
            One name per channel.
        source
            Where the series came from, for messages.
        times
            Of shape (case, time), in any unit: when each step was measured, for steps at unequal distances. It may
            hold anything after the end of a series.
        static
            What is known of each case and does not change over time, of shape (case, column): a data frame with columns
            of numbers, truth values, or text, or an array. Its rows go with the cases in their order, whatever its
            index says.

        Returns
        -------
        SeriesSet

        Raises
        ------
        DataError
            If values are not numbers, infinite or too large for float32; if there are no cases, no time steps, or
            nothing is observed in a case; if a label is missing; if times do not increase; if shapes do not agree; if
            a static column holds anything but finite numbers, truth values or text.

        Examples
        --------
        >>> import numpy as np
        >>> SeriesSet.of(np.zeros((5, 2, 30)), channels=["x", "y"])
        SeriesSet(5 cases, 2 channels, 30 steps)
        >>> SeriesSet.of([[1.0, float("inf")]])
        Traceback (most recent call last):
        ...
        attime.errors.DataError: case 0, channel 0, step 1 (counting from 0) holds inf, expected a finite number; \
correct it, or write NaN where nothing was measured
        """
        if isinstance(X, SeriesSet):
            labels = X.labels if labels is None else labels
            truth = X.truth if truth is None else truth
            channels = X.channels if channels is None else channels
            source = source or X.source
            times = X.times if times is None else times
            static = X.static if static is None else static
        values = as_values(X.values if isinstance(X, SeriesSet) else X, source)
        n_cases, _, n_steps = values.shape
        return cls(
            values=values,
            labels=None if labels is None else as_labels(labels, n_cases, source),
            truth=None if truth is None else as_truth(truth, (n_cases, n_steps), source),
            channels=tuple(map(str, channels)) if channels is not None else (),
            source=source,
            times=None if times is None else as_times(times, values, source),
            steps=X.steps if isinstance(X, SeriesSet) else None,
            static=None if static is None else as_static(static, n_cases, source),
        )

    @property
    def observed(self) -> Bool[np.ndarray, "case channel time"]:
        """True where a value was measured."""
        return ~np.isnan(self.values)

    @property
    def lengths(self) -> Int[np.ndarray, " case"]:
        """The number of time steps of each case up to the last one at which any channel was measured."""
        return np.concatenate([_lengths(block.values) for block in self.blocks()])

    @property
    def gaps(self) -> Bool[np.ndarray, "case channel time"]:
        """True where a value is missing before the end of its series; what is missing after it is padding."""
        within = np.arange(self.n_steps) < self.lengths[:, np.newaxis]
        return ~self.observed & within[:, np.newaxis]

    @property
    def n_channels(self) -> int:
        """The number of channels."""
        return int(self.values.shape[1])

    @property
    def n_steps(self) -> int:
        """The number of time steps of the longest series."""
        return int(self.values.shape[2])

    @property
    def from_where(self) -> str:
        """What complaints about the series begin with: the file they came from, if they did from one."""
        return f"{self.source}: " if self.source else ""

    def blocks(self, n_numbers: int = 2**21) -> Iterator[SeriesSet]:
        """Yield the cases in their order, about `n_numbers` values at a time, or one case.

        What is made of a block takes little memory beside a set of many cases. Blocks have multiples of 256 cases where
        cases are that short.
        """
        size = n_numbers // max(1, self.n_channels * self.n_steps)
        size = max(1, size // 256 * 256 or size)
        if len(self) <= size:
            yield self
            return
        for start in range(0, len(self), size):
            yield self[start : start + size]

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, index: int | slice | Sequence[int] | Sequence[bool] | np.ndarray) -> SeriesSet:
        """Return the chosen cases (one number, a slice, numbers or a mask) as a set of their own."""
        chosen: slice | np.ndarray
        if isinstance(index, slice):
            chosen = index
        else:
            chosen = np.atleast_1d(np.asarray(index, dtype=None if np.size(index) else np.intp))
        return replace(
            self,
            values=self.values[chosen],
            labels=None if self.labels is None else self.labels[chosen],
            truth=None if self.truth is None else self.truth[chosen],
            times=None if self.times is None else self.times[chosen],
            steps=None if self.steps is None else self.steps[chosen],
            static=None if self.static is None else self.static.iloc[chosen].reset_index(drop=True),
        )

    def __repr__(self) -> str:
        sizes = ((len(self), "case"), (self.n_channels, "channel"), (self.n_steps, "step"))
        told = [f"{size} {name}{'' if size == 1 else 's'}" for size, name in sizes]
        told += ["labelled"] * (self.labels is not None) + ["with truth"] * (self.truth is not None)
        told += ["with times"] * (self.times is not None)
        told += [f"{self.static.shape[1]} static"] if self.static is not None else []
        return f"SeriesSet({', '.join(told)}{f', from {self.source}' if self.source else ''})"


def _lengths(values: Float[np.ndarray, "case channel time"]) -> Int[np.ndarray, " case"]:
    steps = np.arange(1, values.shape[2] + 1)
    return np.max((~np.isnan(values)).any(axis=1) * steps, axis=1, initial=0)
