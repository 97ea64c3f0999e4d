"""Events: what the library tells of itself while it works, through Python's logging, to whoever listens.

Nobody listens unless asked to, and then telling costs next to nothing. ``logging.basicConfig(level="INFO")`` shows the
events as text; ``attime.records`` keeps them as they are.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import fields, is_dataclass

LOGGER = logging.getLogger("attime")


def announce(event: str, facts: Mapping[str, object]) -> None:
    """Tell that something happened.

    Parameters
    ----------
    event
        What: ``"epoch"``, ``"trained"``, ``"trial"``, ``"result"``, …
    facts
        What is to be known of it: text and numbers by name.

    Examples
    --------
    >>> announce("result", {"accuracy": 0.9})  # nobody listens
    """
    if LOGGER.isEnabledFor(logging.INFO):
        told = ", ".join(f"{name} {value}" for name, value in facts.items())
        LOGGER.info("%s: %s", event, told, extra={"event": event, "facts": dict(facts)})


def numbers_of(value: object) -> dict[str, float]:
    """Return the fields of a dataclass that are single numbers, by name.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass
    ... class Judged:
    ...     accuracy: float
    ...     words: str
    >>> numbers_of(Judged(0.9, "well done"))
    {'accuracy': 0.9}
    """
    assert is_dataclass(value)
    found = {field.name: getattr(value, field.name) for field in fields(value)}
    numbers = {name: part for name, part in found.items() if isinstance(part, float | int)}
    return {name: float(part) for name, part in numbers.items() if not isinstance(part, bool)}
