"""The study behind a search: what Optuna keeps of the trials, in a file from which an interrupted search goes on."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from attime.errors import DataError
from attime.extras import imported
from attime.files import check_file
from attime.tuning.space import Between, Range

NAME = "attime"
MADE_FOR = "made_for"
DIRECTIONS = ("minimize", "maximize")


def optuna() -> Any:
    """Return the package Optuna (Akiba et al. 2019, https://arxiv.org/abs/1907.10902).

    Raises
    ------
    MissingExtraError
        If it is not installed.
    """
    return imported("optuna", who="tuning needs", extra="tune")


@contextmanager
def quiet() -> Iterator[None]:
    """Keep Optuna from telling of every trial."""
    logging = optuna().logging
    level = logging.get_verbosity()
    logging.set_verbosity(logging.WARNING)
    try:
        yield
    finally:
        logging.set_verbosity(level)


def open_study(path: str | os.PathLike[str] | None, *, more_is_better: bool, made_for: Mapping[str, str]) -> Any:
    """Return the study in a file, or a new one.

    Parameters
    ----------
    path
        The file; None for a study that is kept in memory alone.
    more_is_better
        Whether high scores are sought.
    made_for
        What the scores depend on, in words. The study of a file has to have been made for the same.

    Raises
    ------
    OutputError
        If the file cannot be written.
    DataError
        If the file is damaged, holds something else, or was made for another search.
    """
    direction = DIRECTIONS[more_is_better]
    if path is None:
        return optuna().create_study(direction=direction, study_name=NAME)
    check_file(path)
    place = Path(path)
    _look_for_damage(place, path)
    journal = import_module("optuna.storages.journal")
    try:
        storage = optuna().storages.JournalStorage(journal.JournalFileBackend(str(place), lock_obj=_NoLock()))
        names = [study.study_name for study in storage.get_all_studies()]
        if names not in ([], [NAME]):
            raise DataError(f"{path}: holds the study {names[0]!r} of another program; give another file")
        if names:
            study = optuna().load_study(storage=storage, study_name=NAME)
        else:
            study = optuna().create_study(storage=storage, study_name=NAME, direction=direction)
        known = study.user_attrs.get(MADE_FOR)
        if known is None and not study.trials:  # new, or interrupted before it was signed
            study.set_user_attr(MADE_FOR, dict(made_for))
        elif known != dict(made_for):
            raise DataError(f"{path}: {_difference(known, made_for)}; give another file, or what it was made with")
        return study
    except (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise _damaged(path, f"its entries do not fit together, {type(error).__name__}: {error}") from error


class _NoLock:
    """In place of Optuna's lock file, which a killed process leaves behind and Ctrl-C can catch half removed.

    Entries are short lines, each appended in one go, so that nothing is lost even if two processes write.
    """

    def acquire(self) -> bool:
        return True

    def release(self) -> None:
        pass


def finished(study: Any) -> list[Any]:
    """Return the trials that came to an end, whatever it was; not those that a killed process left behind."""
    return [trial for trial in study.get_trials(deepcopy=False) if trial.state.is_finished()]


def draw(
    known: Sequence[Any],
    space: Mapping[str, Range],
    *,
    own: Mapping[str, Any],
    seed: int,
    number: int,
    more_is_better: bool,
) -> Any:
    """Return the parameters of a trial: the estimator's own values at first, then what TPE proposes.

    They depend on the trials that are known, on the number of the trial, which counts from 0, and on nothing else: so a
    search that was interrupted draws what it would have drawn. TPE is by Bergstra et al. (2011).
    """
    chosen = np.random.SeedSequence([seed, number]).generate_state(1)
    sampler = optuna().samplers.TPESampler(seed=int(chosen[0]))
    study = optuna().create_study(direction=DIRECTIONS[more_is_better], sampler=sampler)
    study.add_trials(known)
    if number == 0:
        study.enqueue_trial(dict(own))
    return study.ask(_distributions(space))


def keep(study: Any, drawn: Any, *, state: str, scores: Sequence[float], begun: datetime, ended: datetime) -> None:
    """Keep what came of a trial, all of it in one entry."""
    trial = optuna().trial
    over = trial.create_trial(
        state=trial.TrialState[state],
        value=scores[-1] if scores and state != "FAIL" else None,
        params=drawn.params,
        distributions=drawn.distributions,
        intermediate_values=dict(enumerate(scores)),
    )
    over.datetime_start, over.datetime_complete = begun, ended
    study.add_trial(over)


def _distributions(space: Mapping[str, Range]) -> dict[str, Any]:
    """Return a space in Optuna's form; choices become their `repr`, because it stores text and numbers only."""
    known = optuna().distributions
    found = {}
    for name, values in space.items():
        if isinstance(values, Between):
            kind = known.IntDistribution if values.whole else known.FloatDistribution
            found[name] = kind(values.low, values.high, log=values.log)
        else:
            found[name] = known.CategoricalDistribution([*dict.fromkeys(map(repr, values))])
    return found


def _look_for_damage(place: Path, path: str | os.PathLike[str]) -> None:
    """See that every line is one of Optuna's journal, and cut off a last line that a killed process left unfinished."""
    content = place.read_bytes() if place.exists() else b""
    whole = content[: content.rfind(b"\n") + 1]
    for number, line in enumerate(whole.splitlines(), start=1):
        try:
            known = isinstance(json.loads(line), dict) and "op_code" in json.loads(line)
        except ValueError:
            known = False
        if not known:
            raise _damaged(path, f"line {number} is no entry of a study")
    if content and not whole:
        raise _damaged(path, "line 1 is no entry of a study")
    if whole != content:
        with place.open("r+b") as file:
            file.truncate(len(whole))


def _damaged(path: str | os.PathLike[str], reason: str) -> DataError:
    return DataError(f"{path}: no study, or a damaged one ({reason}); give another file, or remove this one")


def _difference(known: object, wanted: Mapping[str, str]) -> str:
    if not isinstance(known, Mapping):
        return "holds a study that does not say what it was made for"
    name = next((name for name in wanted if known.get(name) != wanted[name]), "version")
    return f"holds a study with {name} {_short(known.get(name))}, now {_short(wanted.get(name))} arrived"


def _short(text: object, most: int = 120) -> str:
    told = str(text)
    return told if len(told) <= most else f"{told[: most - 1]}…"
