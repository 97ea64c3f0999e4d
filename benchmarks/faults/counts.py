"""What came of faults, counted: survived, or in one of the three ways that must not be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

SURVIVED, LOST, WRONG, CRASHED = NAMES = ("survived", "lost", "wrong", "crashed")
LONGEST = 5000  # letters of an error


@dataclass(frozen=True)
class Counts:
    """How many faults came to what.

    Attributes
    ----------
    survived
        Refused with one clear error, or without any consequence.
    lost
        What was there before is gone or changed.
    wrong
        Taken for sound, with another result.
    crashed
        Any other error, the end of the process, no end, or more memory than allowed.
    examples
        The first few that did not survive.
    note
        What else there is to know of them.
    """

    survived: int
    lost: int
    wrong: int
    crashed: int
    examples: tuple[str, ...] = ()
    note: str = ""

    @classmethod
    def of(cls, outcomes: Iterable[tuple[str, str]]) -> Counts:
        """Count pairs of what was done and what it came to."""
        pairs = list(outcomes)
        found = Counter(outcome for _, outcome in pairs)
        bad = [f"{what}: {outcome}" for what, outcome in pairs if outcome != SURVIVED]
        return cls(*(found[name] for name in NAMES), tuple(bad[:10]))


def is_clear(error: Exception) -> bool:
    """Whether an error says something, in one line that can be read."""
    told = str(error)
    return bool(told.strip()) and "\n" not in told and len(told) <= LONGEST
