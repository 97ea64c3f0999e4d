"""The job of which all predicting consists: the pieces of one file, or a share of them, are predicted and kept."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass

from attime.data.shards import Common
from attime.engines.pieces import Work, predicted_pieces
from attime.engines.results import Pieces
from attime.errors import DataError, OptionError

#: Is told of each piece with how many cases it has that were predicted now.
Told = Callable[[int], None]


@dataclass(frozen=True)
class Job:
    """A file, and where its results are kept.

    Attributes
    ----------
    path
        The file.
    pieces
        Where its results are kept.
    """

    path: str
    pieces: Pieces


@dataclass(frozen=True)
class Share:
    """Every so manieth piece of a file.

    Attributes
    ----------
    number
        Which share this is, from 0.
    count
        How many there are; 0 for the share that is the first piece alone.
    """

    number: int = 0
    count: int = 1

    def has(self, piece: int) -> bool:
        """Whether a piece belongs to it."""
        return piece % self.count == self.number if self.count else piece == 0


WHOLE, FIRST = Share(), Share(count=0)


@dataclass(frozen=True)
class Kept:
    """What came of a job.

    Attributes
    ----------
    names
        Of the pieces of the file in their order, as far as it was read.
    n_cases
        How many cases were predicted now.
    common
        What other files must have in common with it; None if not even its first piece can be used.
    error
        What was wrong with the file.
    """

    names: tuple[str, ...]
    n_cases: int
    common: Common | None
    error: DataError | OptionError | None


#: What does jobs, in whatever order; each of them comes back with what came of it.
Doing = Callable[[Work, Iterable[Job], Told], Iterator[tuple[Job, Kept]]]


def keep(work: Work, job: Job, common: Common | None, told: Told, *, share: Share = WHOLE) -> Kept:
    """Predict what is not kept yet, and keep it."""
    prefix = f"{work.places[job.path]:06}"
    others = _Others(share, lambda piece: job.pieces.path(f"{prefix}-{piece:06}").exists())
    names: list[str] = []
    n_cases = 0
    try:
        for number, rows, found in predicted_pieces(work, job.path, common, without=others):
            common = found
            names.append(f"{prefix}-{number:06}")
            if rows is not None:
                job.pieces.write(names[-1], rows)
                n_cases += len(rows)
            told(0 if rows is None else len(rows))
            if share == FIRST:
                break
    except (DataError, OptionError) as error:  # an array that one archive lacks is an option that does not fit
        return Kept(tuple(names), n_cases, common, error)
    return Kept(tuple(names), n_cases, common, None)


@dataclass(frozen=True)
class _Others(Container[int]):
    """The pieces that are there already, or are somebody else's."""

    share: Share
    is_there: Callable[[int], bool]

    def __contains__(self, piece: object) -> bool:
        return not (isinstance(piece, int) and self.share.has(piece)) or self.is_there(piece)
