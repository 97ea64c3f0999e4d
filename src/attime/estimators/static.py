"""Static covariates as a network gets them: numbers in deviations from the mean, and one number for each known word."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import pandas as pd
from jaxtyping import Float, Float32, Float64

from attime.data import SeriesSet
from attime.data.text import shown
from attime.errors import DataError, DataWarning

MANY_WORDS = 10  # from how many on it is asked whether they are categories at all


@dataclass(frozen=True)
class Covariate:
    """How one column is coded: so that what is missing, or was never seen in `fit`, is 0, which is the average case.

    Attributes
    ----------
    name
        Of the column.
    words
        Those of the training cases, each with a number of its own: 1 where it is there, else 0, less `centre`. None for
        a column of numbers, which become (number − centre) / unit.
    centre
        The mean of the numbers, or the share of each word.
    unit
        The deviation of the numbers; 0 if all are the same, which says nothing.
    """

    name: str
    words: tuple[str, ...] | None
    centre: tuple[float, ...]
    unit: float = 1.0

    @classmethod
    def learn(cls, column: pd.Series[Any], name: str, where: str) -> Self:
        """Learn from the training cases.

        Raises
        ------
        DataError
            If all of them lack it.
        """
        seen = column.dropna()
        if seen.empty:
            raise DataError(f"{where}nothing stands in the static column {shown(name)} of any training case; remove it")
        if seen.dtype != object:
            constant = seen.min() == seen.max()  # whatever rounding makes of the deviation
            return cls(name, None, (float(seen.mean()),), 0.0 if constant else float(seen.std(ddof=0)))
        shares = seen.value_counts(normalize=True).sort_index()
        if len(shares) > max(MANY_WORDS, len(seen) / 2):
            warnings.warn(
                f"{where}the static column {shown(name)} holds {len(shares)} words in {len(seen)} cases, most of which "
                "no other case will share; leave it out if it names the cases, or correct it if it should hold numbers",
                DataWarning,
                stacklevel=5,
            )
        return cls(name, tuple(shares.index), tuple(shares.tolist()))

    def code(self, column: pd.Series[Any], where: str) -> Float64[np.ndarray, "case feature"]:
        """Return the numbers that stand for a column.

        Raises
        ------
        DataError
            If it holds words and not numbers as in `fit`, or the other way about.
        """
        centre, missing = np.array(self.centre), column.isna().to_numpy()
        kinds = ("numbers", "words")
        arrived = column.dtype == object
        if not missing.all() and arrived != (self.words is not None):
            raise DataError(
                f"{where}the static column {shown(self.name)} holds {kinds[arrived]}, the model was fitted on "
                f"{kinds[not arrived]} there; give the same kind"
            )
        if self.words is None:
            numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)[:, np.newaxis]
            return np.where(missing[:, np.newaxis], 0.0, (numbers - centre) / (self.unit or np.inf))
        found = column.to_numpy(dtype=object)[:, np.newaxis] == np.array(self.words, dtype=object)
        return np.where(found.any(axis=1, keepdims=True), found - centre, 0.0)


@dataclass(frozen=True)
class StaticCode:
    """How the static covariates of a case become numbers, each 0 for the average training case.

    Attributes
    ----------
    covariates
        One for each column, in the order of `fit`.

    Examples
    --------
    >>> static = pd.DataFrame({"age": [50.0, 70.0, 50.0, 70.0], "sex": ["f", "m", "f", "f"]})
    >>> code = StaticCode.learn(SeriesSet.of(np.eye(4), static=static))
    >>> code.apply(SeriesSet.of(np.eye(2), static=pd.DataFrame({"age": [80.0, None], "sex": ["f", "other"]})))
    array([[ 2.  ,  0.25, -0.25],
           [ 0.  ,  0.  ,  0.  ]], dtype=float32)
    """

    covariates: tuple[Covariate, ...]

    @classmethod
    def learn(cls, series: SeriesSet) -> StaticCode | None:
        """Learn from training cases how to code; None if nothing is known of them beside their series."""
        return None if series.static is None else cls.of(series.static, series.from_where)

    @classmethod
    def of(cls, static: pd.DataFrame, where: str = "") -> StaticCode:
        """Learn from a frame with a row for each training case; `where` it came from stands before complaints."""
        return cls(tuple(Covariate.learn(column, str(name), where) for name, column in static.items()))

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the covariates."""
        return tuple(covariate.name for covariate in self.covariates)

    @property
    def n_features(self) -> int:
        """How many numbers a case becomes."""
        return sum(len(covariate.centre) for covariate in self.covariates)

    def apply(self, series: SeriesSet) -> Float32[np.ndarray, "case feature"]:
        """Return the numbers of each case; its columns are those of `with_columns_of`."""
        assert series.static is not None
        return self.code(series.static, series.from_where)

    def code(self, static: pd.DataFrame, where: str = "") -> Float32[np.ndarray, "case feature"]:
        """Return the numbers of each row of a frame that has all the columns."""
        parts = [covariate.code(static[covariate.name], where) for covariate in self.covariates]
        with np.errstate(over="ignore"):  # what is infinite then is refused with the cases
            return np.concatenate(parts, axis=1).astype(np.float32)

    def by_covariate(
        self, evidence: Float[np.ndarray, "case class feature"]
    ) -> Float[np.ndarray, "case class covariate"]:
        """Add up what belongs to one covariate."""
        sizes = [len(covariate.centre) for covariate in self.covariates]
        return np.add.reduceat(evidence, np.cumsum([0, *sizes[:-1]]), axis=2)


def with_columns_of(code: StaticCode | None, series: SeriesSet) -> SeriesSet:
    """Return series with the static columns in the order of `fit`, whatever the order in which they came.

    Raises
    ------
    DataError
        If a column is missing, or there are others: what the model has not learnt to use should not look as if it did.
    """
    wanted = () if code is None else code.columns
    arrived = () if series.static is None else tuple(map(str, series.static.columns))
    if arrived and not wanted:
        raise DataError(
            f"{series.from_where}{_listed(arrived)} arrived as static covariates, but the model was fitted without "
            f"static covariates: leave out {_listed(arrived)}, or fit a model with them"
        )
    lacking = [name for name in wanted if name not in arrived]
    others = [name for name in arrived if name not in wanted]
    if lacking or others:
        remedy = (
            f"lacking {_listed(lacking)}; add them, NaN where unknown" if lacking else f"leave out {_listed(others)}"
        )
        raise DataError(
            f"{series.from_where}{_listed(arrived)} arrived as static covariates, the model was fitted on "
            f"{_listed(wanted)}: {remedy} (SeriesSet.of(series, static=…))"
        )
    return series if series.static is None else replace(series, static=series.static[[*wanted]])


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(shown, names)) if len(names) else "nothing"
