"""The engine that spreads files over the processors of many machines; what it does to each is the same as anywhere.

A task is a file, or a share of the pieces of a large one. It reads the file itself and keeps each piece as the local
engine does, whole or not at all, so that a task whose worker was lost simply begins anew.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain
from pathlib import Path
from typing import Any, Literal

from attime.data import Shards
from attime.data.shards import Common
from attime.engines.keeping import FIRST, Job, Kept, Share, Told, keep
from attime.engines.local import Outcome, predict_by
from attime.engines.pieces import Work
from attime.engines.ray_cluster import RETRIES, cluster, n_processors, package, result_of
from attime.errors import OptionError
from attime.estimators import load
from attime.export import OnnxModel

#: Tasks that are given away at a time, for each processor: some are always waiting.
AHEAD = 3


def predict_on_ray(work: Work, out: str, *, resume: bool = False, progress: bool | Literal["auto"] = "auto") -> Outcome:
    """Predict all files on a cluster and write the results; see `attime.engines.predict_files`."""
    if isinstance(work.model, OnnxModel):
        raise OptionError("an ONNX model arrived for the engine 'ray', which takes .attime models; use engine='local'")
    with cluster():
        return predict_by(spread, work, out, resume=resume, progress=progress)


@dataclass(frozen=True)
class _Parcel:
    """What a worker needs: a model file, the files of series, and the folder from which their paths are told."""

    model: bytes
    shards: Shards
    folder: str


@dataclass(frozen=True)
class _Done:
    """What a task came to, and the warnings that it gave."""

    kept: Kept
    warnings: tuple[tuple[str, type[Warning]], ...]


def spread(work: Work, jobs: Iterable[Job], told: Told) -> Iterator[tuple[Job, Kept]]:
    """Do jobs in tasks on the cluster; each comes back as soon as it is done.

    What all files have in common is told by the first that can be used, so the first piece of that comes before all.
    """
    ray = package()
    parcel = ray.put(_Parcel(_as_file(work), work.shards, str(Path.cwd())))
    task = partial(ray.remote(num_cpus=1, max_retries=RETRIES)(_keep).remote, [parcel])
    common, n_shares = None, -(-n_processors() // len(work.shards.files))
    coming = iter(jobs)
    for job in coming:
        first = _received(task(job, None, FIRST), told)
        if first.error is not None:
            yield job, first
            continue
        common, coming = first.common, chain([job], coming)
        break
    running: dict[Any, tuple[Job, Share]] = {}
    parts: dict[str, list[Kept]] = defaultdict(list)

    def ended() -> Iterator[tuple[Job, Kept]]:
        ref = ray.wait([*running])[0][0]
        job, share = running.pop(ref)
        parts[job.path].append(_received(ref, told))
        if len(parts[job.path]) == share.count:
            yield job, _joined(parts.pop(job.path))

    try:
        for job in coming:
            count = max(1, min(n_shares, work.shards.of(job.path).n_pieces))
            for number in range(count):
                while len(running) >= AHEAD * n_processors():
                    yield from ended()
                share = Share(number, count)
                running[task(job, common, share)] = job, share
        while running:
            yield from ended()
    finally:
        for ref in running:
            ray.cancel(ref)


def _keep(parcel: Sequence[Any], job: Job, common: Common | None, share: Share) -> _Done:
    """Do a share of a job, in a worker."""
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        kept = keep(_opened(parcel[0]), job, common, lambda n_cases: None, share=share)
    return _Done(kept, tuple((str(warning.message), warning.category) for warning in given))


@lru_cache(maxsize=1)
def _opened(parcel: Any) -> Work:
    """Return the work that a parcel describes; each worker opens it once."""
    found = package().get(parcel)
    with suppress(OSError):  # then a file that is told from there is not found, and its path tells why
        os.chdir(found.folder)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.attime"
        path.write_bytes(found.model)
        model = load(path)
    return Work(model, found.shards)


def _as_file(work: Work) -> bytes:
    assert not isinstance(work.model, OnnxModel)  # which the engine of that name runs where the files are
    with tempfile.TemporaryDirectory() as folder:
        work.model.save(Path(folder) / "model.attime")
        return (Path(folder) / "model.attime").read_bytes()


def _received(ref: Any, told: Told) -> Kept:
    done: _Done = result_of(ref)
    for message, category in done.warnings:
        warnings.warn(message, category, stacklevel=2)
    told(done.kept.n_cases)
    return done.kept


def _joined(shares: Sequence[Kept]) -> Kept:
    """Return what came of all shares of a file: what is wrong with its first bad piece is wrong with it."""
    wrong = [kept for kept in shares if kept.error is not None]
    return min(wrong, key=lambda kept: len(kept.names)) if wrong else shares[0]
