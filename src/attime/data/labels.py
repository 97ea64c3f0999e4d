"""Class names: numbers or words in a file, positions among the classes of a model, and their form in JSON."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Hashable, Iterable, Sequence

import numpy as np
from jaxtyping import Int, Shaped

from attime.data.text import shown
from attime.errors import DataError

#: From the kind of an array of labels, as numpy names it, to the type it is read back as.
LABEL_KINDS = {"b": np.bool_, "i": np.int64, "u": np.uint64, "f": np.float64, "U": np.str_, "O": np.object_}

#: Words that stand for a label that nobody wrote; "None" and "NA" may well be names of classes.
NO_LABEL = ("", "nan", "NaN", "?")

JSON = str | int | float | bool | None | list["JSON"]


def from_words(words: Sequence[str], known: Iterable[str] = ()) -> Shaped[np.ndarray, " case"]:
    """Return labels that were written as words: whole numbers if all are, else numbers if all are, else words.

    ``1.0000000e+00`` is the whole number 1. Classes that a file declares (`known`) have a say, too, so that its parts
    agree.

    Examples
    --------
    >>> from_words(["1", "2.0"]), from_words(["1", "0.5"]), from_words(["1", "up"])
    (array([1, 2]), array([1. , 0.5]), array(['1', 'up'], dtype='<U2'))
    >>> from_words(["1", "2"], known=["1", "2", "other"])
    array(['1', '2'], dtype='<U1')
    """
    different = dict.fromkeys(words)
    kind = max((_kind(word) for word in (*different, *known)), default=0)
    if kind == 0:
        return np.array([int(word) for word in words], dtype=np.int64)
    if kind == 3:
        return np.array(words, dtype=np.str_)
    numbers = np.array([float(word) for word in words], dtype=np.float64)
    return numbers.astype(np.int64) if kind == 1 else numbers


def to_words(labels: Shaped[np.ndarray, " case"], path: str) -> list[str]:
    """Return labels as words that `from_words` makes the same labels of.

    Raises
    ------
    DataError
        If that cannot be done; `path` names the file that they were meant for.

    Examples
    --------
    >>> to_words(np.array([1.5, 2.0]), "walks.csv")
    ['1.5', '2.0']
    >>> to_words(np.array(["1", "2"]), "walks.csv")
    Traceback (most recent call last):
    attime.errors.DataError: walks.csv: label '1' would come back as 1; give it another name or kind, or write .npz
    """
    values = labels.tolist()
    words = [value if isinstance(value, str) else repr(value) for value in values]
    for value, word, back in zip(values, words, from_words(words).tolist(), strict=True):
        if value != back or word != word.strip() or not word.isprintable() or word in NO_LABEL:
            told = (
                f"would come back as {shown(back)}"
                if value != back
                else "cannot be told from a missing one or its neighbours"
            )
            raise DataError(f"{path}: label {shown(value)} {told}; give it another name or kind, or write .npz")
    return words


def labels_from(
    words: Sequence[str],
    error: Callable[[int, str], DataError],
    *,
    classes: Sequence[str] = (),
    needed: bool = True,
    where: str = "",
) -> Shaped[np.ndarray, " case"] | None:
    """Return the labels of a file, None if all are missing and not `needed`.

    Parameters
    ----------
    words
        The labels as they were written.
    error
        What makes an error out of the number of a word and a message: it knows the place.
    classes
        Those that the file declares, if it does.
    needed
        Whether there have to be labels.
    where
        What else to say about the place.

    Raises
    ------
    DataError
        If a label is missing, or is none of `classes`.
    """
    missing = [word in NO_LABEL for word in words]
    if all(missing) and not needed:
        return None
    if any(missing):
        raise error(missing.index(True), f"no label arrived{where}, expected one for every case; add it")
    labels = from_words(words, classes)
    strange = ~np.isin(labels, from_words(classes, words))
    if len(classes) and strange.any():
        row = int(strange.argmax())
        raise error(
            row, f"label {shown(words[row])} arrived{where}, expected one of those that the header lists, "
            f"{_listed([*map(shown, classes)], 10)}; correct it, or list it there"
        )  # fmt: skip
    return labels


def _kind(word: str) -> int:
    """Return 0 for digits, 1 for another spelling of a whole number, 2 for a number, 3 for a word."""
    if re.fullmatch(r"[+-]?[0-9]{1,18}", word):
        return 0
    try:
        number = float(word)
    except ValueError:
        return 3
    if not math.isfinite(number) or "_" in word:
        return 3
    return 1 if number.is_integer() and abs(number) < 2**53 else 2


def positions(labels: Sequence[Hashable], classes: Sequence[Hashable]) -> Int[np.ndarray, " case"]:
    """Return where each label stands among `classes`.

    Raises
    ------
    DataError
        If there are labels that are not among `classes`; it names them.

    Examples
    --------
    >>> positions(["b", "a"], ["a", "b"])
    array([1, 0])
    >>> positions(["b", "d"], ["a", "b"])
    Traceback (most recent call last):
    attime.errors.DataError: the labels contain classes that the model does not know: 'd'; it knows 'a', 'b'; leave \
these cases out, or train with examples of them
    """
    position = {name: index for index, name in enumerate(classes)}
    unknown = sorted({repr(label) for label in labels if label not in position})
    if unknown:
        raise DataError(
            f"the labels contain classes that the model does not know: {_listed(unknown, 5)}; it knows "
            f"{_listed([repr(name) for name in classes], 10)}; leave these cases out, or train with examples of them"
        )
    return np.array([position[label] for label in labels], dtype=np.int64)


def plain(name: Hashable) -> str | int | float | bool | None:
    """Return a class name as JSON can hold it; dates and other objects become text.

    Examples
    --------
    >>> plain(np.int64(3)), plain((1, 2))
    (3, '(1, 2)')
    """
    name = name.item() if isinstance(name, np.generic) else name
    return name if isinstance(name, (str, int, float, bool, type(None))) else str(name)


def _listed(names: Sequence[str], most: int) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
