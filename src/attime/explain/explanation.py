"""An explanation as a value: which steps of which series spoke for which class, and how that was found out."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
import torch
from jaxtyping import Bool, Float, Int, Shaped

from attime.attention import AttentionMap
from attime.data import SeriesSet
from attime.data.labels import positions
from attime.errors import DataError

ROUNDING = 1e-6


@dataclass(frozen=True, eq=False, repr=False)
class Explanation:
    """How relevant each step of each series was for one class; made by `explain`.

    Attributes
    ----------
    series
        What was explained, with labels and truth where they are known.
    relevance
        Shape (case, channel, time): high where a step speaks for the class `target`, negative where it speaks against
        it, zero where nothing was observed. The channel axis has one entry where the method does not divide among
        channels.
    target
        The class that was explained, one label for each case.
    probabilities
        What the estimator predicted, shape (case, class).
    classes
        The class of each column of `probabilities`.
    method
        The name of the method, such as ``"evidence"``.
    maps
        Attention maps of the network over these series, as far as the method looked at them.
    options
        The options of the method, as plain values.
    numbers
        What a regressor predicted, shape (case,); None for a classifier. The only class is then called "number", and
        relevance is in the unit of the numbers where the method gives it one.
    static_evidence
        What each static covariate, a column of ``series.static``, adds to the logit of the class or to the number,
        shape (case, covariate), whatever the method; None where the estimator knows none. With the bias and the
        evidence of the steps it is the logit.
    """

    series: SeriesSet
    relevance: Float[np.ndarray, "case channel time"]
    target: Shaped[np.ndarray, " case"]
    probabilities: Float[np.ndarray, "case class"]
    classes: Shaped[np.ndarray, " class"]
    method: str
    maps: tuple[AttentionMap, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    numbers: Float[np.ndarray, " case"] | None = None
    static_evidence: Float[np.ndarray, "case covariate"] | None = None

    def __post_init__(self) -> None:
        n_cases, n_channels, n_steps = self.series.values.shape
        shape = self.relevance.shape
        if shape not in {(n_cases, n_channels, n_steps), (n_cases, 1, n_steps)}:
            raise DataError(
                f"relevance of shape {shape} arrived for series of shape {self.series.values.shape}; expected "
                f"{(n_cases, n_channels, n_steps)}, or one channel for all"
            )
        for name, part, expected in (
            ("target", self.target, (n_cases,)),
            ("probabilities", self.probabilities, (n_cases, len(self.classes))),
            ("numbers", self.numbers, (n_cases,)),
            ("static_evidence", self.static_evidence, (n_cases, len(self.static_names))),
        ):
            if part is not None and part.shape != expected:
                raise DataError(f"{name} of shape {part.shape} arrived, expected {expected}; make them agree")
        positions(self.target.tolist(), self.classes.tolist())  # or `target_index` would fail, far from the cause

        wrong = np.flatnonzero((self.seen & ~np.isfinite(self.relevance)).any(axis=(1, 2)))
        if len(wrong):
            raise DataError(
                f"relevance of observed steps is NaN or infinite in {len(wrong)} cases (first: case {wrong[0]}); give "
                "a number for each"
            )

    @property
    def static_names(self) -> tuple[str, ...]:
        """The names of the static covariates; none if there are none."""
        return () if self.series.static is None else tuple(map(str, self.series.static.columns))

    @property
    def seen(self) -> Bool[np.ndarray, "case channel time"]:
        """Where there was something to be relevant: by channel, or in any where relevance is not divided."""
        if self.relevance.shape[1] == self.series.n_channels:
            return self.series.observed
        return self.present[:, np.newaxis]

    @property
    def by_step(self) -> Float[np.ndarray, "case time"]:
        """Relevance summed over channels."""
        return self.relevance.sum(axis=1)

    @property
    def by_channel(self) -> Float[np.ndarray, "case channel"]:
        """Absolute relevance summed over time: which channel mattered."""
        return np.abs(self.relevance).sum(axis=2)

    @property
    def present(self) -> Bool[np.ndarray, "case time"]:
        """Where anything was observed."""
        return np.asarray(self.series.observed.any(axis=1))

    @property
    def uniform(self) -> Bool[np.ndarray, " case"]:
        """In which cases relevance is the same at every step, but for rounding, so that it names none."""
        highest = np.where(self.present, self.by_step, -np.inf).max(axis=1, initial=-np.inf)
        lowest = np.where(self.present, self.by_step, np.inf).min(axis=1, initial=np.inf)
        return highest - lowest <= ROUNDING * np.abs(highest)

    @property
    def prediction(self) -> Shaped[np.ndarray, " case"]:
        """The predicted class of each case, or the predicted number."""
        return self.numbers if self.numbers is not None else self.classes[self.probabilities.argmax(axis=1)]

    @property
    def target_index(self) -> Int[np.ndarray, " case"]:
        """The number of the class that was explained."""
        return positions(self.target.tolist(), self.classes.tolist())

    def __len__(self) -> int:
        return len(self.series)

    def __getitem__(self, index: int | slice | Sequence[int] | Sequence[bool] | np.ndarray) -> Explanation:
        """Return some of the cases (one number, a slice, numbers or a mask) as an explanation of their own."""
        which: Any = index if isinstance(index, slice) else np.asarray(index, None if np.size(index) else np.intp)
        # Numbers in any case: torch, which holds the maps, knows no slices that run backwards.
        chosen = np.arange(len(self))[which].reshape(-1).copy()
        return replace(
            self,
            series=self.series[chosen],
            relevance=self.relevance[chosen],
            target=self.target[chosen],
            probabilities=self.probabilities[chosen],
            numbers=None if self.numbers is None else self.numbers[chosen],
            static_evidence=None if self.static_evidence is None else self.static_evidence[chosen],
            maps=tuple(
                AttentionMap(part.name, part.weights[torch.from_numpy(chosen)], part.axes, part.stride)
                for part in self.maps
            ),
        )

    def __repr__(self) -> str:
        uniform = "the same at every step, " if len(self) and self.uniform.all() else ""
        return f"Explanation({self.method}, {uniform}{self.series!r})"

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each step that was observed: case, channel, time, value, relevance, target, prediction.

        Where relevance is not divided among channels, the channel is "all" and each has a column of values of its own.
        The columns "truth" and "measured_at", the times of steps at unequal distances, are added where they are known.
        """
        divided = self.relevance.shape[1] == self.series.n_channels
        case, channel, time = np.nonzero(self.seen)
        names = np.array(self.series.channels if divided else ["all"], dtype=object)
        columns: dict[str, Any] = {"case": case, "channel": names[channel], "time": time}
        if self.series.times is not None:
            columns["measured_at"] = self.series.times[case, time]
        if divided:
            columns["value"] = self.series.values[case, channel, time]
        else:
            columns |= {
                f"value_{name}": self.series.values[case, number, time]
                for number, name in enumerate(self.series.channels)
            }
        columns |= {
            "relevance": self.relevance[case, channel, time],
            "target": self.target[case],
            "prediction": self.prediction[case],
        }
        if self.series.truth is not None:
            columns["truth"] = self.series.truth[case, time]
        return pd.DataFrame(columns)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the explanation, with its series, to one file (safetensors with a JSON specification, no pickle).

        Raises
        ------
        OutputError
            If the file cannot be written.
        OptionError
            If an option of the method, one of your own, has no form in a file.
        """
        from attime.explain.storage import write_explanation

        write_explanation(self, path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Explanation:
        """Read an explanation that was written by `save`.

        Raises
        ------
        ModelFileError
            If the file is no explanation, or is damaged.
        """
        from attime.explain.storage import read_explanation

        return read_explanation(path)
