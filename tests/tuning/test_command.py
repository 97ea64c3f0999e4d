"""`attime tune` from the outside: what it prints and writes, and one line with exit code 2 for what is wrong."""

from __future__ import annotations

import pandas as pd
import pytest

from attime import AttentionClassifier
from attime.cli.main import main

QUICK = ["--training.max_epochs", "1", "--training.local", "0", "--training.complete", "0", "--folds", "2"]


@pytest.fixture(scope="module")
def table(levels, tmp_path_factory):
    path = tmp_path_factory.mktemp("tune") / "levels.csv"
    pd.DataFrame(levels.values[:, 0]).assign(label=levels.labels).to_csv(path, index=False)
    return path


def run(capsys, *arguments: object) -> tuple[int, str, str]:
    code = main([str(argument) for argument in arguments])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_it_tells_the_best_trials_and_writes_the_best_model(table, levels, tmp_path, capsys):
    places = ["--study", tmp_path / "study.jsonl", "--model", tmp_path / "best.attime"]
    code, out, _ = run(capsys, "tune", table, "--target", "label", "--trials", 2, *places, *QUICK)
    assert code == 0
    for expected in (
        "the default picks for itself; searched was",
        "the best of 2 trials",
        "as it was",
        "network__width",
        "fitted on all 30 cases",
    ):
        assert expected in out
    model = AttentionClassifier.load(tmp_path / "best.attime")
    assert model.predict_proba(levels.values).shape == (30, 2)
    assert (tmp_path / "study.jsonl").exists()


def test_the_same_command_goes_on(table, tmp_path, capsys):
    words = ["tune", table, "--target", "label", "--study", tmp_path / "study.jsonl", *QUICK]
    run(capsys, *words, "--trials", 1)
    before = (tmp_path / "study.jsonl").read_bytes()
    code, out, _ = run(capsys, *words, "--trials", 2)
    assert code == 0
    assert "the best of 2 trials" in out
    assert (tmp_path / "study.jsonl").read_bytes().startswith(before)


def test_nothing_is_written_without_a_place(table, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(capsys, "tune", table, "--target", "label", "--trials", 1, *QUICK)[0] == 0
    assert not list(tmp_path.iterdir())


def test_the_search_starts_from_the_classifier_described(table, tmp_path, capsys):
    words = ["--network", "bilstm", "--training.max_epochs", 1, "--folds", 2, "--trials", 1]
    code, out, _ = run(capsys, "tune", table, "--target", "label", *words)
    assert code == 0
    assert "network__hidden" in out


BAD = {
    "no such metric": (["--metric", "f1"], "metric 'f1' is unknown"),
    "no trials": (["--trials", "0"], "n_trials=0 arrived"),
    "no target": (["--target", "lable"], "did you mean 'label'"),
    "too many folds": (["--folds", "99"], "99 folds were asked for"),
    "a study that is the data": (["--study", "DATA"], "arrived, which is read"),
    "an unwritable study": (["--study", "/dev/null/study.jsonl"], "/dev/null/study.jsonl: cannot be written"),
    "an unwritable model": (["--model", "/dev/null/best.attime"], "/dev/null/best.attime: cannot be written"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_gets_one_line(name, table, capsys):
    words, expected = BAD[name]
    given = [table if word == "DATA" else word for word in words]
    code, out, err = run(capsys, "tune", table, "--target", "label", "--trials", 1, *QUICK, *given)
    assert code == 2
    assert len(err.splitlines()) == 1
    assert expected in err
    assert out == ""


def test_a_file_without_labels_is_refused(table, capsys):
    code, _, err = run(capsys, "tune", table, "--trials", 1, *QUICK)
    assert code == 2
    assert len(err.splitlines()) == 1
