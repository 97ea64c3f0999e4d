"""How much a file may grow on its way into memory, so that a small hostile one cannot fill it."""

from __future__ import annotations

from attime.errors import DataError

#: Bytes that nobody asks about.
UNASKED = 2**30

#: How many times its size a file may grow beyond that.
GROWTH = 100


def allowed(size: int) -> int:
    """Return to how many bytes `size` bytes of a file may grow.

    Examples
    --------
    >>> allowed(1000) == UNASKED
    True
    >>> allowed(2**30) // 2**30
    100
    """
    return max(UNASKED, GROWTH * size)


def refuse_growth(path: str, size: int, grown: int, *, remedy: str) -> None:
    """Raise a DataError if `size` bytes of the file at `path` would become too many in memory."""
    if grown > allowed(size):
        raise DataError(
            f"{path}: {size:,} bytes would become {grown:,} in memory, expected {GROWTH} times as many at most; "
            f"{remedy}"
        )


def refuse_padding(path: str, n_numbers: int, shape: tuple[int, int, int]) -> None:
    """Raise a DataError if filling series up to the length of the longest would take too much memory.

    Parameters
    ----------
    path
        The file, for the message.
    n_numbers
        How many numbers it holds.
    shape
        Cases, channels and time steps of the array that is to hold them.
    """
    n_cases, n_channels, n_steps = shape
    remedy = f"one series has {n_steps:,} steps and most have few: cut it, or keep it in a file of its own"
    refuse_growth(path, 8 * n_numbers, 8 * n_cases * n_channels * n_steps, remedy=remedy)
