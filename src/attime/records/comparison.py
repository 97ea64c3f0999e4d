"""Runs side by side: what differs between them, and what came of each."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from attime.errors import DataError
from attime.records.folder import MANIFEST, Run, read_run
from attime.records.manifest import WRITTEN

#: Options that only say where something is: of course they differ.
PLACES = WRITTEN | {"config"}


@dataclass(frozen=True, eq=False)
class Comparison:
    """Runs side by side.

    Attributes
    ----------
    runs
        In the order in which they were given.
    differences
        A column for each run, a row for each option, file or version in which they differ.
    results
        A column for each run, a row for each number; NaN where a run has none of that name.
    """

    runs: tuple[Run, ...]
    differences: pd.DataFrame
    results: pd.DataFrame

    def losses(self, run: Run) -> dict[str, Float[np.ndarray, " epoch"]]:
        """Return the validation loss of each training of a run, or the training loss where there was none.

        Of a run that was begun again, and tells some epochs twice, what was told last counts from there on.
        """
        found: dict[str, dict[int, float]] = {}
        for event in run.events:
            number = event.facts.get("number")
            if event.kind == "epoch" and isinstance(number, int):
                loss = event.facts.get("validation_loss")
                told = event.facts.get("train_loss") if loss is None else loss
                losses = found.setdefault(str(event.facts.get("training", 1)), {})
                for replaced in [earlier for earlier in losses if earlier >= number]:
                    del losses[replaced]
                losses[number] = np.nan if told is None else told
        return {name: np.array(list(losses.values())) for name, losses in found.items()}


def compare_runs(paths: Iterable[str | os.PathLike[str]]) -> Comparison:
    """Read runs, and see in what they differ.

    Parameters
    ----------
    paths
        Folders of runs, or folders with such folders in them, at whatever depth.

    Raises
    ------
    DataError
        If there is no run at one of the places, or a damaged one.
    """
    runs = tuple(read_run(folder) for path in paths for folder in _folders(Path(path)))
    if not runs:
        raise DataError("no run arrived, expected folders that '--record' has written; give at least one")
    names = _unique([run.name for run in runs])
    told = pd.DataFrame([_told(run) for run in runs], index=names, dtype=object).T
    differ = [len({repr(value) for value in row}) > 1 for row in told.to_numpy()]
    results = pd.DataFrame([dict(run.manifest.result) for run in runs], index=names).T
    return Comparison(runs, told[differ], results)


def _folders(path: Path) -> Sequence[Path]:
    """Return the folders of runs that a path stands for; its own where there are none, so that reading it tells why."""
    if path.name == MANIFEST:
        return [path.parent]
    return sorted(part.parent for part in path.rglob(MANIFEST)) or [path]


def _told(run: Run) -> Mapping[str, Any]:
    """Return all that may distinguish a run, flat."""
    manifest = run.manifest
    options = {name: value for name, value in _flat(manifest.configuration) if name.split(".")[0] not in PLACES}
    names = _unique([f"content of {Path(path).name}" for path in manifest.inputs])
    files = {name: facts.sha256[:12] for name, facts in zip(names, manifest.inputs.values(), strict=True)}
    versions = {f"version of {name}": told for name, told in manifest.versions.items()}
    return {"command": " ".join(manifest.command[:1]), **options, **files, **versions, "ended": manifest.state}


def _flat(values: Mapping[str, Any], before: str = "") -> Iterable[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _unique(names: Sequence[str]) -> list[str]:
    """Return names that can be told apart: those that come again are numbered."""
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
    counts: dict[str, int] = {}
    result = []
    for name in names:
        counts[name] = counts.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name} ({counts[name]})")
    return result
