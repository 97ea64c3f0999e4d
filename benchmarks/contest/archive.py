"""Data sets of the archives as they lie in a folder: NAME/NAME_TRAIN and NAME_TEST, or NAME/NAME.npz with both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from common import Settings

from attime import read
from attime.data import SeriesSet
from attime.errors import DataError

ENDINGS = (".tsv", ".txt", ".ts", ".arff", ".csv")  # each may be packed with gzip
# Named before any of them had been looked at by the benchmarks that use them.
TEN_SETS = (
    "CBF", "ECG200", "FaceFour", "Fish", "ItalyPowerDemand", "OSULeaf", "PowerCons", "SyntheticControl", "Trace",
    "TwoLeadECG",
)  # fmt: skip


@dataclass(frozen=True)
class Archived:
    """The archive's own split of one set, read when called; it can be sent to another process."""

    folder: Path

    def __call__(self) -> tuple[SeriesSet, SeriesSet]:
        """Return the training part and the test part."""
        return read_part(self.folder, "TRAIN"), read_part(self.folder, "TEST")


def find_sets(settings: Settings, archive: str, *, among: Sequence[str] | None = None) -> list[Path]:
    """Return the folders of the sets that were asked for and that can be read, all or those `among` some names."""
    root = settings.data / "classification" / archive
    parts = (settings.only or "").split(",")
    found = sorted(path for path in root.glob("*") if is_set(path) and (among is None or path.name in among))
    folders = [path for path in found if any(part in path.name for part in parts)]
    if not folders:
        raise DataError(
            f"{root}: no sets named NAME/NAME_TRAIN.tsv(.gz) found"
            f"{f' whose name contains {settings.only!r}' if settings.only else ''}; give their folder by --data"
        )
    return folders[:3] if settings.quick else folders


def is_set(folder: Path) -> bool:
    """Say whether a folder holds both parts of a set."""
    return folder.is_dir() and all(file_of(folder, part) for part in ("TRAIN", "TEST"))


def file_of(folder: Path, part: str) -> Path | None:
    """Return the file with one part of a set, packed or not."""
    names = [f"{folder.name}_{part}{ending}{packed}" for ending in ENDINGS for packed in ("", ".gz")]
    return next((folder / name for name in (*names, f"{folder.name}.npz") if (folder / name).is_file()), None)


def read_part(folder: Path, part: str) -> SeriesSet:
    """Read one part of a set."""
    path = file_of(folder, part)
    if path is None:
        raise DataError(f"{folder}: no {part} part beside the other one; complete the set or leave it out by --only")
    if path.suffix == ".npz":
        return read(path, part=part.lower())
    return read(path)
