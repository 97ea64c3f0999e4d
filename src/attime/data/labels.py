"""Class names: their positions among the classes of a model, and their form in JSON."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from jaxtyping import Int

from attime.errors import DataError

#: From the kind of an array of labels, as numpy names it, to the type it is read back as.
LABEL_KINDS = {"b": np.bool_, "i": np.int64, "u": np.uint64, "f": np.float64, "U": np.str_, "O": np.object_}

JSON = str | int | float | bool | None | list["JSON"]


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
