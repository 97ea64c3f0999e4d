"""A path as a sequence of pieces: files in the order of their names, each read so many numbers at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool

from attime.data.header import Columns
from attime.data.read import BINARY_READERS, TEXT_READERS, static_names, without_part
from attime.data.series import SeriesSet
from attime.data.shards.arrays import open_npy, open_npz
from attime.data.shards.file import Common, ShardFile
from attime.data.shards.paths import files_of, one_layout
from attime.data.shards.tables import open_parquet
from attime.data.shards.text import open_text
from attime.errors import OptionError
from attime.names import pick

#: Numbers that are held at a time: 16 MiB of series, and a few times that on their way out of a file.
NUMBERS = 2**21

#: What opens files that are no text.
OPENERS = {"npz": open_npz, "npy": open_npy, "parquet": open_parquet}


@dataclass(frozen=True, eq=False)
class Shards:
    """Series in files, read one piece at a time; made by `shards`.

    Iterate over it as often as you like: each time the files are read from the first to the last.

    Attributes
    ----------
    path
        What was asked for, for messages.
    files
        The files, in the order in which they are read.
    layout
        The form of all of them.
    columns
        Which columns of a table hold what.
    n_numbers
        How many numbers are read at a time, about.
    only
        Which of all cases, in their order, are given; all if None.
    """

    path: str
    files: tuple[str, ...]
    layout: str
    columns: Columns
    n_numbers: int = NUMBERS
    only: Bool[np.ndarray, " case"] | None = None

    def __iter__(self) -> Iterator[SeriesSet]:
        """Yield all pieces; times stand in them also where they are at equal distances.

        Raises
        ------
        DataError
            If a file cannot be used, or differs from those before it; the message names it.
        """
        common: Common | None = None
        n_seen = 0
        for path in self.files:
            file = self.open(path)
            for piece in file.read():
                found = Common.of(file, piece)
                common = common or found
                common.refuse(found)
                chosen = slice(None) if self.only is None else np.flatnonzero(self.only[n_seen : n_seen + len(piece)])
                n_seen += len(piece)
                if isinstance(chosen, slice) or len(chosen):
                    yield piece[chosen]

    def open(self, file: str) -> ShardFile:
        """Return how one of the files is read; its head is looked at.

        Raises
        ------
        DataError
            If it cannot be used.
        """
        if self.layout in OPENERS:
            return OPENERS[self.layout](file, self.columns, self.n_numbers)
        return open_text(file, self.layout, self.columns, self.n_numbers)

    @property
    def n_cases(self) -> int | None:
        """The number of cases, where files tell it without being read: wide .parquet, .npz and .npy; else None."""
        counts = [self.open(file).n_cases for file in self.files] if self.layout in OPENERS else [None]
        return None if None in counts else sum(count for count in counts if count is not None)

    @property
    def n_pieces(self) -> int:
        """About how many pieces there are, by the sizes of the files."""
        return sum(1 + os.path.getsize(file) // (8 * self.n_numbers) for file in self.files if os.path.exists(file))

    def of(self, file: str) -> Shards:
        """Return one of the files as shards of its own."""
        return replace(self, path=file, files=(file,))


def shards(
    path: str | os.PathLike[str],
    *,
    target: str | None = None,
    case: str = "id",
    time: str = "time",
    layout: str = "auto",
    part: str | None = None,
    need_target: bool = True,
    static: Sequence[str] = (),
    n_numbers: int = NUMBERS,
) -> Shards:
    r"""Read series in pieces, each a `SeriesSet`: from a folder, from the files of a pattern, or from one large file.

    What a file means is the same as for `read`. Files of a folder are taken in the order of their names; a case lies
    in one file. Memory is bounded by a piece, or by the largest case: text is read by lines, parquet by rows, arrays
    by cases, compressed or not. In a long table rows of a case stand below each other, unless it is small enough to be
    one piece.

    Parameters
    ----------
    path
        A folder, a pattern such as ``"days/*.parquet"`` or ``"**/*.csv"``, or a file.
    target, case, time, layout, part, need_target, static
        As for `read`; the same for all files.
    n_numbers
        How many numbers to hold at a time, about.

    Returns
    -------
    Shards

    Raises
    ------
    DataError
        If there are no such files, or they are of different forms.
    OptionError
        If an option does not fit the form, or `n_numbers` is below 1.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "monday.csv").write_text("class,0,1,2\nup,1,2,3\ndown,3,2,1\n")
    >>> _ = (folder / "tuesday.csv").write_text("class,0,1,2\nup,2,,4\n")
    >>> [piece.labels.tolist() for piece in shards(folder, target="class")]
    [['up', 'down'], ['up']]
    """
    if n_numbers < 1:
        raise OptionError(f"n_numbers={n_numbers} arrived, expected 1 at least; leave it out")
    name, part = without_part(os.fspath(path), part)
    files = files_of(name)
    chosen = one_layout(files) if layout == "auto" else layout
    pick({**TEXT_READERS, **BINARY_READERS}, chosen, what="layout")
    if part is not None and chosen != "npz":
        raise OptionError(f"{name}: part={part!r} arrived, but only .npz files have parts; leave it out")
    columns = Columns(
        target=target, case=case, time=time, need_target=need_target, part=part,
        static=static_names(name, static, chosen), keep_times=True,
    )  # fmt: skip
    return Shards(name, files, chosen, columns, n_numbers)
