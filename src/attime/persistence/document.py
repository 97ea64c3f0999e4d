"""Plain values as strict JSON and back: no surprise survives, and nothing hostile costs much."""

from __future__ import annotations

import json
import math
from typing import Any

MOST_CHARACTERS = 64 * 2**20
MOST_VALUES = 4_000_000  # in one document: Python keeps some 60 bytes for each
#: What JSON has no number for stands in a mapping with this one key.
NOT_FINITE = "not a finite number"


def to_document(value: object) -> str:
    """Return a plain value as JSON; NaN and infinities, which it does not know, as mappings that say so.

    Raises
    ------
    TypeError
        If something in it is not plain.

    Examples
    --------
    >>> to_document({"scale": [1.5, float("inf")]})
    '{"scale": [1.5, {"not a finite number": "inf"}]}'
    """
    return json.dumps(_finite(value), allow_nan=False)


def from_document(document: str | bytes) -> Any:
    """Return what `to_document` wrote.

    Raises
    ------
    ValueError
        If it is no JSON, names something twice, or is too large.
    RecursionError
        If it is nested too deeply.

    Examples
    --------
    >>> from_document('{"scale": [1.5, {"not a finite number": "inf"}]}')
    {'scale': [1.5, inf]}
    >>> from_document('{"width": 8, "width": 9}')
    Traceback (most recent call last):
    ValueError: 'width' stands in it twice
    """
    comma, bracket, brace = (",", "[", "{") if isinstance(document, str) else (b",", b"[", b"{")
    n_values = document.count(comma) + document.count(bracket) + document.count(brace)  # type: ignore[arg-type]
    if len(document) > MOST_CHARACTERS or n_values > MOST_VALUES:
        raise ValueError(f"{len(document):,} characters that tell of {n_values:,} values are more than a model needs")
    return json.loads(document, object_pairs_hook=_mapping)


def _finite(value: object) -> object:
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return {NOT_FINITE: str(value)}
    return value


def _mapping(pairs: list[tuple[str, Any]]) -> Any:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)[:40]!r} stands in it twice")
    return float(found[NOT_FINITE]) if NOT_FINITE in found else found
