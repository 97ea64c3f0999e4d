"""The commands read static columns where they are named, and a fitted model knows its own."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from attime import SeriesSet, write
from attime.cli.main import main


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with series that say little, and a sex that is the class; a model of both."""
    folder = tmp_path_factory.mktemp("static")
    rng = np.random.default_rng(0)
    static = pd.DataFrame({"sex": rng.choice(["f", "m"], 60), "age": rng.normal(50, 10, 60)})
    labels = np.where(static["sex"] == "f", "ill", "well")
    write(SeriesSet.of(rng.normal(size=(60, 30)), labels, static=static), folder / "walks.csv")
    data = str(folder / "walks.csv")
    told = ["--target", "label", "--static", "age,sex", "--quality", "fast"]
    assert main(["fit", data, *told, "--out", str(folder / "model.attime"), "--report", str(folder / "report")]) == 0
    return folder


@pytest.mark.parametrize("named", [[], ["--static", "sex, age"]])
def test_a_model_needs_no_names(folder, capsys, named):
    files = [str(folder / "model.attime"), str(folder / "walks.csv"), "--target", "label", *named]
    assert main(["evaluate", *files]) == 0
    assert "accuracy" in capsys.readouterr().out
    assert main(["predict", *files, "--out", str(folder / "table.csv")]) == 0
    assert pd.read_csv(folder / "table.csv")["predicted"].isin(["ill", "well"]).all()


def test_what_is_known_is_told_beside_the_verdict(folder, capsys):
    files = [str(folder / "model.attime"), str(folder / "walks.csv"), "--target", "label"]
    assert main(["explain", *files, "--out", str(folder / "relevance.csv")]) == 0
    told = capsys.readouterr().out
    assert re.search(r"^What is known .* on average: age by \d\S*, sex by \d\S*; the series moves it by \d", told, re.M)


def test_the_page_shows_what_is_known(folder):
    files = [str(folder / "model.attime"), str(folder / "walks.csv"), "--target", "label", "--methods", ""]
    assert main(["report", *files, "--out", str(folder / "page.html")]) == 0
    page = (folder / "page.html").read_text()
    assert 'id="case-known"' in page
    assert '"names":["age","sex"]' in page


def test_numbers_are_learnt_with_it(folder, tmp_path, capsys):
    data = str(folder / "walks.csv")
    frame = pd.read_csv(data).drop(columns="label")
    frame.to_csv(tmp_path / "ages.csv", index=False)
    told = ["--task", "regression", "--target", "age", "--static", "sex", "--training.max_epochs", "1"]
    assert main(["fit", str(tmp_path / "ages.csv"), *told, "--out", str(tmp_path / "age.attime")]) == 0
    assert main(["predict", str(tmp_path / "age.attime"), str(tmp_path / "ages.csv"), "--target", "age"]) == 0


def test_a_wrong_name_is_one_line(folder, capsys):
    assert main(["fit", str(folder / "walks.csv"), "--target", "label", "--static", "agee,sex"]) == 2
    told = capsys.readouterr().err
    assert "did you mean 'age'" in told
    assert told.count("\n") == 1


def test_tuning_takes_it(folder, capsys):
    pytest.importorskip("optuna")
    words = ["--target", "label", "--static", "age,sex", "--trials", "1", "--folds", "2", "--network", "lstm"]
    assert main(["tune", str(folder / "walks.csv"), *words, "--training.max_epochs", "1"]) == 0
