"""The engine that is always there: file after file and piece after piece, in this process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

from attime.data.shards import Common
from attime.engines.forms import Csv, Form, form_of
from attime.engines.keeping import Doing, Job, Kept, Told, keep
from attime.engines.ledger import Ledger, state_of
from attime.engines.pieces import Work, predicted_pieces
from attime.engines.places import results_of
from attime.engines.results import KEY, Pieces, is_same
from attime.engines.table import digest_of
from attime.errors import DataError, OptionError
from attime.files import output_folder
from attime.training.progress import Tick, progress_bar

MOST_TOLD = 3  # files that could not be used, where none could


@dataclass(frozen=True)
class Outcome:
    """What came of a prediction.

    Attributes
    ----------
    n_cases
        Cases that were predicted now.
    n_files
        Files whose results are there.
    n_skipped
        How many of these were there before.
    damaged
        What was wrong with each file that could not be used; nothing of it is in the result.
    """

    n_cases: int
    n_files: int
    n_skipped: int
    damaged: tuple[str, ...]


def predict_locally(
    work: Work, out: str, *, resume: bool = False, progress: bool | Literal["auto"] = "auto"
) -> Outcome:
    """Predict all files and write the results; see `attime.engines.predict_files`."""
    return predict_by(one_by_one, work, out, resume=resume, progress=progress)


def predict_by(
    doing: Doing, work: Work, out: str, *, resume: bool, progress: bool | Literal["auto"] = "auto"
) -> Outcome:
    """Let jobs be done, and make the results of what was kept, which are the same in whatever order they were done."""
    target = Path(out)
    form = form_of(target)
    with progress_bar("predicting", work.shards.n_pieces, show=progress) as tick:
        run = _Run(work, doing, resume, tick)
        return run.into_folder(target) if form is None else run.into_file(target, form)


def one_by_one(work: Work, jobs: Iterable[Job], told: Told) -> Iterator[tuple[Job, Kept]]:
    """Do jobs in this process."""
    common: Common | None = None
    for job in jobs:
        kept = keep(work, job, common, told)
        common = common or kept.common
        yield job, kept


class _Run:
    """One prediction of all files."""

    def __init__(self, work: Work, doing: Doing, resume: bool, tick: Tick) -> None:
        self.work, self.doing, self.resume, self.tick = work, doing, resume, tick
        self.n_cases = self.n_skipped = 0
        self.damaged: dict[str, DataError | OptionError] = {}
        self.digest = digest_of(work.model)

    def into_folder(self, folder: Path) -> Outcome:
        """Write a result for each file; one that this run has made before is left as it is when it goes on."""
        places = results_of(self.work.shards.files, folder)
        run = {"model": self.digest, "columns": repr(self.work.shards.columns)}
        ledger = Ledger(output_folder(folder), run, resume=self.resume)
        states = {path: state_of(path) for path in places}
        for job, names in self._kept(self._jobs(places, ledger)):
            self._finish(job.pieces, names)
            if names:
                ledger.add(job.pieces.target, states[job.path])
            else:  # an older result is of a file that was not damaged
                job.pieces.target.unlink(missing_ok=True)
        return self._outcome()

    def into_file(self, target: Path, form: Form) -> Outcome:
        """Write one result for all files."""
        files = self.work.shards.files
        results_of(files, target)
        pieces = Pieces(target, form)
        pieces.begin(self._run(files), resume=self.resume)
        kept = {job.path: names for job, names in self._kept(Job(path, pieces) for path in files)}
        self._finish(pieces, [name for path in files for name in kept[path]])
        return self._outcome()

    def _jobs(self, places: Mapping[str, Path], ledger: Ledger) -> Iterator[Job]:
        for path, target in places.items():
            if ledger.has(target, path):
                self.n_skipped += 1
                continue
            output_folder(target.parent)
            pieces, run = Pieces(target, Csv()), self._run((path,))
            pieces.begin(run, resume=self.resume and is_same(pieces.folder / KEY, run))
            yield Job(path, pieces)

    def _kept(self, jobs: Iterable[Job]) -> Iterator[tuple[Job, Sequence[str]]]:
        """Yield each job when it is done, and the names of its pieces; none if the file is damaged."""
        for job, kept in self.doing(self.work, jobs, self._told):
            if kept.error is not None:
                self.damaged[job.path] = kept.error
            yield job, () if kept.error is not None else kept.names

    def _told(self, n_cases: int) -> None:
        self.n_cases += n_cases
        self.tick(f"{self.n_cases:,} cases")

    def _finish(self, pieces: Pieces, names: Sequence[str]) -> None:
        if names:
            pieces.finish(names)
        else:
            pieces.forget()

    def _run(self, files: tuple[str, ...]) -> dict[str, object]:
        """Return what has to be the same if a run goes on."""
        return {
            "model": self.digest,
            "pieces": self.work.shards.n_numbers,
            "columns": repr(self.work.shards.columns),
            "files": [state_of(path) for path in files],
        }

    def _outcome(self) -> Outcome:
        files = self.work.shards.files
        errors = [self.damaged[path] for path in files if path in self.damaged]
        if len(errors) == len(files):
            raise errors[0] if len(files) == 1 else DataError(_told(errors))
        return Outcome(self.n_cases, len(files) - len(errors), self.n_skipped, tuple(map(str, errors)))


def _told(errors: Sequence[Exception]) -> str:
    """Return what is wrong with files of which none can be used: the first few of them."""
    reasons = list(map(str, errors[:MOST_TOLD]))
    rest = f"; and {len(errors) - MOST_TOLD} more" if len(errors) > MOST_TOLD else ""
    return f"none of {len(errors)} files could be used: {'; '.join(reasons)}{rest}"


def rows_of(work: Work) -> Iterator[pd.DataFrame]:
    """Yield the rows of all files, piece by piece; what is wrong with one of them ends it."""
    common: Common | None = None
    for path in work.shards.files:
        for _, rows, found in predicted_pieces(work, path, common):
            assert rows is not None
            common = found
            yield rows
