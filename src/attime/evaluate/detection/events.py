"""Events: neighbouring anomalous steps are one event, with a first and a last step."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int


class Events(NamedTuple):
    """Runs of anomalous steps, in order of time.

    Attributes
    ----------
    first, last
        Steps at which each event begins and ends; both belong to it.
    """

    first: Int[np.ndarray, " event"]
    last: Int[np.ndarray, " event"]

    @property
    def lengths(self) -> Int[np.ndarray, " event"]:
        """Number of steps of each event."""
        return self.last - self.first + 1


def events_of(anomalous: Bool[np.ndarray, " time"]) -> Events:
    """Gather neighbouring anomalous steps into events.

    Examples
    --------
    >>> events_of(np.array([True, True, False, True]))
    Events(first=array([0, 3]), last=array([1, 3]))
    """
    edges = np.diff(anomalous.astype(np.int8), prepend=0, append=0)
    return Events(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1)
