"""Damaged and hostile files, a few of each kind: none is taken for sound, and nothing that happens is overlooked."""

from __future__ import annotations

import json
import os
import signal
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from common import Settings
from faults import archives, killed, model_files, ray_workers, requests, table
from faults.archives import ARCHIVES, hostile_archives
from faults.counts import CRASHED, LOST, SURVIVED, WRONG, Counts
from faults.isolated import outcomes

import attime
from attime.errors import ModelFileError, OptionError

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of forks, in later versions of Python
OLD = Path(__file__).parents[1] / "persistence" / "old"
LOAD = attime.load


@pytest.fixture(scope="module", params=["classifier", "forecaster", "detector"])
def file(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("faults") / "model.attime"
    attime.load(OLD / f"{request.param}.attime").save(path)
    return path


def test_a_damaged_model_file_is_refused(file):
    assert model_files.mutate(file, 200, seed=0) == Counts(survived=200, lost=0, wrong=0, crashed=0)


def test_a_forged_model_file_does_no_harm(file):
    assert model_files.forge(file, 30, seed=0) == Counts(survived=30, lost=0, wrong=0, crashed=0)


@pytest.mark.parametrize(
    ("fault", "column"),
    [
        (lambda path: LOAD(OLD / "reference_detector.attime"), "wrong"),
        (lambda path: (_ for _ in ()).throw(KeyError()), "crashed"),
        (lambda path: os._exit(1), "crashed"),
        (lambda path: bytearray(2**31), "crashed"),
        (lambda path: [path.write_bytes(b""), (_ for _ in ()).throw(ModelFileError())], "lost"),
        (lambda path: (_ for _ in ()).throw(ModelFileError("one line\nand another")), "wrong"),
    ],
)
def test_what_goes_wrong_is_counted(fault, column, monkeypatch):
    path = OLD / "detector.attime"
    model = attime.load(path)
    monkeypatch.setattr(attime, "load", lambda place: model if Path(place) == path else fault(place))
    assert getattr(model_files.mutate(path, 2, seed=0), column) == 2


def test_a_task_without_end_has_crashed(monkeypatch):
    monkeypatch.setattr("faults.isolated.SECONDS", 1)
    told = ["survived", "survived"]
    assert [*outcomes(lambda n: told[n] if n < 2 else told.extend(iter(int, 1)), 3, memory=2**20)][:2] == told


@pytest.mark.slow
def test_a_hostile_archive_is_refused():
    assert len(ARCHIVES) >= 30
    assert hostile_archives() == Counts(survived=len(ARCHIVES), lost=0, wrong=0, crashed=0)


def test_an_archive_that_is_read_or_runs_something_is_counted(monkeypatch, tmp_path):
    ran = tmp_path / "ran"
    monkeypatch.setattr(attime, "read", lambda path: np.load(path, allow_pickle=True))
    assert archives._read("zeros.csv", tmp_path, ran) == CRASHED
    assert (archives._read("pickled objects.npy", tmp_path, ran), ran.exists()) == (WRONG, True)


def test_a_model_that_is_gone_and_a_run_that_begins_anew_are_counted(monkeypatch, tmp_path):
    run = killed.Run(tmp_path, "")
    assert killed._what_is_left(run, -signal.SIGKILL, "") == LOST
    run.out.write_bytes(killed.OLD)
    assert killed._what_is_left(run, -signal.SIGKILL, "") == SURVIVED
    assert killed._what_is_left(run, -signal.SIGKILL, "0001-1") == LOST
    assert killed._what_is_left(run, 1, "") == CRASHED


@pytest.mark.parametrize(
    ("answer", "is_alive", "outcome"),
    [
        (lambda: (400, b"no"), True, SURVIVED),
        (lambda: (200, b"yes"), True, WRONG),
        (lambda: (307, b"elsewhere"), True, WRONG),
        (lambda: (500, b""), True, CRASHED),
        (lambda: (0, b""), True, CRASHED),
        (lambda: None, True, CRASHED),
        (lambda: (400, b"no"), False, CRASHED),
    ],
)
def test_what_requests_come_to_is_counted(answer, is_alive, outcome, monkeypatch):
    sound = {requests.post(json.dumps(target.sound).encode(), target.path) for target in requests.TARGETS}
    monkeypatch.setattr(requests, "KINDS", {"no body": lambda rng, target: b""})
    monkeypatch.setattr(requests, "_send", lambda _, told, **__: (200, b"same") if told in sound else answer())
    found = requests._outcomes(SimpleNamespace(is_alive=is_alive), 3, np.random.default_rng(0))
    assert [one for _, one in found] == [outcome] * 3


def test_other_answers_to_sound_requests_are_counted(monkeypatch):
    number = count()
    monkeypatch.setattr(requests, "KINDS", {"no body": lambda rng, target: b""})
    monkeypatch.setattr(requests, "_send", lambda _, told, **__: (200, b"%d" % next(number)) if told else (400, b""))
    found = requests._outcomes(SimpleNamespace(is_alive=True), 3, np.random.default_rng(0))
    assert [one for _, one in found] == [SURVIVED, SURVIVED, LOST]


def test_results_of_workers_are_compared(monkeypatch, tmp_path):
    monkeypatch.setattr(ray_workers, "N_FILES", 2)
    expected, found = tmp_path / "expected", tmp_path / "found"
    for folder in (expected, found):
        folder.mkdir()
    assert ray_workers._compared(expected, found) == LOST
    for folder in (expected, found):
        for name in "ab":
            (folder / f"{name}.csv").write_text(name)
    assert ray_workers._compared(expected, found) == SURVIVED
    (found / "a.csv").write_text("b")
    assert ray_workers._compared(expected, found) == WRONG
    (found / "a.csv").unlink()
    assert ray_workers._compared(expected, found) == LOST


@pytest.fixture
def run_faults(monkeypatch, tmp_path):
    """Run kinds of faults that do nothing but count how often they were run; write what they come to."""
    n_runs = dict.fromkeys(table.FAULTS, 0)

    def happen(name):
        def once(trials, seed):
            n_runs[name] += 1
            return Counts(n_runs[name], 0, 0, 0)

        return once

    faults = {name: table.Fault(name, 1, happen(name)) for name in table.FAULTS}
    monkeypatch.setattr(table, "FAULTS", faults)

    def run(only=None, *, resume=False):
        unused = {"data": tmp_path, "pictures": tmp_path, "seeds": None, "models": None, "threads": 1}
        settings = Settings(**unused, first_seed=0, quick=False, only=only, resume=resume, out=tmp_path / "faults.json")
        result = table.run(settings)
        settings.out.write_text(json.dumps({"benchmark": "faults", "rows": result.rows}))
        return {row["fault"]: row["survived"] for row in result.rows}

    return run


def test_every_kind_has_a_row_of_its_own(run_faults):
    assert run_faults() == dict.fromkeys(table.FAULTS, 1)


def test_parts_of_a_run_come_together(run_faults, tmp_path):
    run_faults("ray,Mutate")
    (tmp_path / "faults.jsonl").unlink()  # the file itself is enough
    assert list(run_faults("killed").items()) == [("killed", 1), ("mutate", 1), ("ray", 1)]
    assert run_faults("ray") == {"killed": 1, "mutate": 1, "ray": 2}
    assert run_faults("ray,disk", resume=True) == {"killed": 1, "disk": 1, "mutate": 1, "ray": 2}
    assert run_faults() == dict.fromkeys(table.FAULTS, 1) | {"killed": 2, "disk": 2, "mutate": 2, "ray": 3}


def test_a_kind_that_does_not_exist_is_refused(run_faults):
    with pytest.raises(OptionError, match="there are killed, disk"):
        run_faults("killed,nobody")
