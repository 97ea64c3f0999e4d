"""`Limits`: how much a service takes on at once; what is beyond is refused in words, before any work is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from attime.options import Count, NonNegative, Options, PositiveNumber

LARGEST = 1e15  # no value is larger in size, so that the squares of many still have a place in 32 bits


@dataclass(frozen=True)
class Limits(Options):
    """How much a service takes on.

    Parameters
    ----------
    body_mb
        Megabytes (10⁶ bytes) of a request, counted while it is read; 4096 at most.
    series
        Series in one request.
    steps
        Time steps of a series. Classifiers and regressors take no more than they were fitted on in any case.
    measured_steps
        Time steps, over all series of a request, of which the faithfulness of explanations is measured.
    concurrent
        Requests in work at once; others are told to come back (429).
    seconds
        That a request may take to arrive, and its answer to be found. After that nobody waits for it, and the work ends
        before the next part of the network begins.
    batch_ms
        Milliseconds that a request waits for others of the same shape, to be answered together.
    batch
        Series that are answered together at most.

    Examples
    --------
    >>> Limits(series=10).checked().series
    10
    >>> Limits(concurrent=0).checked()
    Traceback (most recent call last):
    attime.errors.OptionError: Limits.concurrent is 0; input should be greater than or equal to 1
    """

    body_mb: Annotated[float, Field(gt=0, le=4096)] = 8.0
    series: Count = 256
    steps: Count = 10_000
    measured_steps: Count = 5_000
    concurrent: Count = 128
    seconds: PositiveNumber = 30.0
    batch_ms: NonNegative = 2.0
    batch: Count = 64
