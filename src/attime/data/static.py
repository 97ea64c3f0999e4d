"""Static covariates: what is known of a case beside its series and does not change over time, such as age or type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Shaped
from numpy.typing import ArrayLike
from pandas.api.types import infer_dtype

from attime.data.arrays import LARGEST
from attime.data.cells import MISSING, number_in
from attime.data.text import shown
from attime.errors import DataError

#: What pandas calls the columns that are numbers here; a column with nothing in it may become either.
NUMBERS = ("floating", "integer", "mixed-integer-float", "boolean", "empty")


def as_static(static: ArrayLike | pd.DataFrame, n_cases: int, source: str = "") -> pd.DataFrame:
    """Return one row per case, with columns of numbers (float64, NaN is missing) or of words (None is missing).

    True and false are the numbers 1 and 0. What is categorical is words, also where the categories are numbers. An
    array of text is read as files are: a column is numbers if all its cells are.

    Raises
    ------
    DataError
        If there is not one row per case, two columns have the same name, or a column holds anything else.

    Examples
    --------
    >>> as_static(pd.DataFrame({"age": [61, None], "sex": ["f", "m"]}), 2)
        age sex
    0  61.0   f
    1   NaN   m
    """
    where = f"{source}: " if source else ""
    try:
        frame = static if isinstance(static, pd.DataFrame) else pd.DataFrame(np.asarray(static))
    except (TypeError, ValueError) as error:
        raise DataError(
            f"{where}static covariates cannot be read as a table ({error}); give a data frame, or (case, column)"
        ) from error
    names = [str(name) for name in frame.columns]
    if frame.shape[0] != n_cases or not names:
        raise DataError(
            f"{where}static covariates of shape {frame.shape} arrived, expected a row for each of the {n_cases} cases "
            "and one column at least; make them agree"
        )
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise DataError(f"{where}two static columns are called {shown(twice)}, expected different names; rename one")
    text = not isinstance(static, pd.DataFrame) and np.asarray(static).dtype.kind == "U"
    columns = {
        name: from_words(frame.iloc[:, place].tolist()) if text else _column(frame.iloc[:, place], name, where)
        for place, name in enumerate(names)
    }
    return frame_of(columns)


def frame_of(columns: dict[str, Shaped[np.ndarray, " case"]]) -> pd.DataFrame:
    """Return columns as a frame whose rows are counted from 0; words stay objects, whatever pandas thinks of them."""
    return pd.DataFrame({name: pd.Series(column, dtype=column.dtype) for name, column in columns.items()})


def from_words(words: Sequence[str]) -> Shaped[np.ndarray, " case"]:
    """Return a column as a file holds it: as numbers if all its words are, else as words; some words mean missing.

    Examples
    --------
    >>> from_words(["61", "", "True"]), from_words(["f", "NA", "m"])
    (array([61., nan,  1.]), array(['f', None, 'm'], dtype=object))
    """
    missing = [word.strip() in MISSING for word in words]
    numbers = [np.nan if gone else number_in(word.strip()) for word, gone in zip(words, missing, strict=True)]
    if None not in numbers:
        return np.array(numbers, dtype=np.float64)
    return np.array([None if gone else word.strip() for word, gone in zip(words, missing, strict=True)], dtype=object)


def to_words(static: pd.DataFrame, path: str) -> dict[str, list[str]]:
    """Return columns as words that `from_words` makes the same columns of.

    Raises
    ------
    DataError
        If that cannot be done; `path` names the file that they were meant for.

    Examples
    --------
    >>> to_words(pd.DataFrame({"age": [61.0, np.nan]}), "walks.csv")
    {'age': ['61.0', '']}
    """
    columns = {}
    for name, column in static.items():
        words = ["" if pd.isna(value) else str(value) for value in column]
        back = pd.Series(from_words(words))
        same = (back.isna() & column.isna()) | (back.astype(object) == column.astype(object))
        strange = ~(same.to_numpy() & np.array([(word + str(name)).isprintable() for word in words]))
        if strange.any():
            raise DataError(
                f"{path}: {shown(words[strange.argmax()])} in the static column {shown(name)} would not come back as "
                "it is; rename it"
            )
        columns[str(name)] = words
    return columns


def _column(column: pd.Series[Any], name: str, where: str) -> Shaped[np.ndarray, " case"]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.cat.rename_categories([*map(str, column.cat.categories)]).astype(object)
    kind = infer_dtype(column, skipna=True)
    if kind == "string":
        return column.astype(object).where(column.notna(), None).to_numpy(dtype=object)
    if kind not in NUMBERS:
        raise DataError(
            f"{where}the static column {shown(name)} holds {kind} values, expected numbers, truth values or text; "
            "convert them"
        )
    numbers = column.astype(object).to_numpy(dtype=np.float64, na_value=np.nan)
    strange = np.abs(numbers) > LARGEST
    if strange.any():
        case = int(strange.argmax())
        raise DataError(
            f"{where}the static column {shown(name)} holds {numbers[case]:g} in case {case} (counting from 0), "
            f"expected a finite number of at most {LARGEST:.3g} in size; correct it, or leave it missing"
        )
    return numbers
