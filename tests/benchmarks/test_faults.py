"""Damaged and hostile files, a few of each kind: none is taken for sound, and nothing that happens is overlooked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from faults import model_files
from faults.archives import ARCHIVES, hostile_archives
from faults.counts import Counts
from faults.isolated import outcomes

import attime
from attime.errors import ModelFileError

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
