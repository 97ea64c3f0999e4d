"""Commands where numbers are learnt: fit, evaluate and predict, beside the mean of the training cases."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from attime import AttentionRegressor
from attime.cli.main import main

QUICK = ["--training.max_epochs", "2", "--training.local", "0", "--training.complete", "0"]
AS_NUMBERS = ["--task", "regression", "--target", "height"]


@pytest.fixture(scope="module")
def files(tmp_path_factory, bumps, regressor):
    """A folder with a table of bumps, their height in the column "height", and a model that was fitted on them."""
    folder = tmp_path_factory.mktemp("bumps")
    pd.DataFrame(bumps.values[:, 0]).assign(height=bumps.labels).to_csv(folder / "bumps.csv", index=False)
    pd.DataFrame(bumps.values[:, 0]).assign(height=bumps.labels).set_index("height").to_csv(
        folder / "bumps.tsv", sep="\t", header=False
    )
    pd.DataFrame(bumps.values[:, 0]).assign(height="high").to_csv(folder / "words.csv", index=False)
    regressor.save(folder / "model.attime")
    return folder


def run(capsys, *arguments: object) -> tuple[int, str, str]:
    code = main([str(argument) for argument in arguments])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_fit_judges_saves_and_draws(files, tmp_path, capsys):
    model, folder = tmp_path / "model.attime", tmp_path / "report"
    words = [*AS_NUMBERS, "--out", model, "--report", folder, *QUICK]
    code, out, _ = run(capsys, "fit", files / "bumps.csv", *words)
    assert code == 0
    assert "24 unseen cases" in out
    assert "mean of the training cases" in out
    assert AttentionRegressor.load(model).target_mean_ == pytest.approx(3, abs=0.3)
    written = {path.name for path in folder.iterdir()}
    assert written == {"metrics.json", "numbers.png", "cases.png", "learning.png"}
    metrics = json.loads((folder / "metrics.json").read_text())
    assert metrics["n_cases"] == 24
    assert metrics["n_train"] == 96
    assert metrics["naive_mean_absolute_error"] > 0


def test_fit_is_judged_by_another_file_whose_first_column_is_the_number(files, capsys):
    words = ["--task", "regression", "--test", files / "bumps.tsv", *QUICK]
    code, out, _ = run(capsys, "fit", files / "bumps.tsv", *words)
    assert code == 0
    assert "120 cases" in out
    assert "unseen" not in out


def test_evaluate_says_how_far_the_mean_is_beaten(files, tmp_path, capsys):
    words = ["--target", "height", "--report", tmp_path / "report"]
    code, out, _ = run(capsys, "evaluate", files / "model.attime", files / "bumps.csv", *words)
    assert code == 0
    assert "Beats the mean of the training cases by" in out
    assert "R²" in out
    assert (tmp_path / "report" / "metrics.json").exists()


@pytest.mark.parametrize("target", [[], ["--target", "height"]])
def test_predict_writes_a_number_for_each_case(target, files, tmp_path, capsys, regressor, bumps):
    data = files / "bumps.csv"
    if not target:
        data = tmp_path / "bare.csv"
        pd.read_csv(files / "bumps.csv").drop(columns="height").to_csv(data, index=False)
    code, _, _ = run(capsys, "predict", files / "model.attime", data, "--out", tmp_path / "out.csv", *target)
    assert code == 0
    table = pd.read_csv(tmp_path / "out.csv")
    assert list(table) == ["case", "predicted"]
    np.testing.assert_allclose(table["predicted"], regressor.predict(bumps), rtol=1e-3)


BAD = {
    "no such task": (["fit", "bumps.csv", "--task", "regresion"], "did you mean 'regression'"),
    "words": (["fit", "words.csv", *AS_NUMBERS], "words.csv: the targets are no numbers, the first is 'high'"),
    "no target": (["fit", "bumps.csv", "--task", "regression"], "without numbers"),
    "numbers as classes": (["fit", "bumps.csv", "--target", "height"], "attime fit --task regression"),
    "a positive class": (["fit", "bumps.csv", *AS_NUMBERS, "--positive", "3"], "--positive 3 is about classes"),
    "class weights": (["fit", "bumps.csv", *AS_NUMBERS, "--class_weight", "balanced"], "--class_weight balanced is"),
    "words to judge by": (["evaluate", "model.attime", "words.csv", "--target", "height"], "are no numbers"),
    "a positive class to judge by": (
        ["evaluate", "model.attime", "bumps.csv", "--target", "height", "--positive", "3"],
        "--positive 3 is about classes",
    ),
    "a page about a regressor": (
        ["report", "model.attime", "bumps.csv", "--target", "height", "--out", "report.html"],
        "a regressor arrived, but 'attime report' takes a classifier",
    ),
    "a table about a regressor": (
        ["explain", "model.attime", "bumps.csv", "--target", "height", "--out", "relevance.csv"],
        "a regressor arrived, but 'attime explain' takes a classifier",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_done_gets_one_line(name, files, capsys, monkeypatch):
    words, expected = BAD[name]
    monkeypatch.chdir(files)
    code, out, err = run(capsys, *words)
    assert code == 2
    assert len(err.splitlines()) == 1
    assert expected in err
    assert out == ""
