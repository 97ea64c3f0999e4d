"""Series to begin with are the numbers that they are, no longer than the model takes, and of the file meant for it."""

from __future__ import annotations

import numpy as np
import pytest

from attime import AttentionForecaster, SeriesSet
from attime.errors import OptionError
from attime.service import Limits, make_app, read_examples

pytestmark = pytest.mark.filterwarnings("ignore::attime.errors.DataWarning")  # of series shorter than in fit


def begin_with(client, name: str) -> list:
    return [one["series"] for one in client.get(f"/models/{name}/examples").json()["examples"]]


def test_examples_are_exact(models, ask_app):
    exact = np.array([[[1 / 3, 1e6 / 3, 1e-6 / 3]]])
    client = ask_app(make_app(models, examples={"shapes": SeriesSet.of(exact)}))
    assert begin_with(client, "shapes") == exact.tolist()


def test_a_model_takes_its_own_examples(models, ask_app):
    client = ask_app(make_app(models, Limits(steps=models["pump"].window_)))
    for name, asked in (("wave", "forecast"), ("pump", "detect")):
        for one in begin_with(client, name):
            answer = client.post(f"/{asked}", json={"model": name, "series": [one]})
            assert answer.status_code == 200, answer.text


def test_a_series_that_is_too_long_is_cut_to_its_last_steps(ask_app):
    seen = np.sin(np.arange(100) / 3)
    forecaster = AttentionForecaster(3, "linear").fit(seen)
    (found,) = begin_with(ask_app(make_app({"wave": forecaster}, Limits(steps=20))), "wave")
    assert found == [seen[-20:].tolist()]


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Files of series in the working folder: a.csv, b.csv and day=3/c.csv, which hold 1, 2 and 3."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "day=3").mkdir()
    for number, name in enumerate(("a.csv", "b.csv", "day=3/c.csv"), start=1):
        (tmp_path / name).write_text("id,time,value\n" + "".join(f"0,{step},{number}\n" for step in range(5)))


@pytest.mark.parametrize("given", [["m=a.csv", "b.csv"], ["b.csv", "m=a.csv"]])
def test_a_file_for_one_model_goes_before_one_for_all(files, given):
    found = read_examples(given, {"m": ..., "n": ...})
    assert {name: one.values.max() for name, one in found.items()} == {"m": 1, "n": 2}


def test_a_path_may_have_an_equals_sign(files, tmp_path):
    assert read_examples(["day=3/c.csv"], {"m": ...})["m"].values.max() == 3
    assert read_examples([f"m={tmp_path}/day=3/c.csv"], {"m": ...})["m"].values.max() == 3
    with pytest.raises(OptionError, match="model 'day' is unknown"):
        read_examples(["day=a.csv"], {"m": ...})
