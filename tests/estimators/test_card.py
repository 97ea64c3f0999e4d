"""A model card says what stands in the model file, whatever kind of model it is, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import attime
from attime.cli.main import main
from attime.cli.models import TAKEN_BY
from attime.errors import ModelFileError
from attime.estimators import ESTIMATORS, model_card
from attime.estimators.facts import KINDS
from attime.persistence import ModelFile, read_model, write_model

OLD = Path(__file__).parents[1] / "persistence" / "old"


def fact(card: str, label: str) -> str:
    found = re.search(rf"^\| {re.escape(label)} \| (.*) \|$", card, re.MULTILINE)
    assert found, label
    return found[1].replace("\\", "")


def test_every_kind_of_estimator_has_a_card_and_a_command():
    assert set(KINDS) == set(ESTIMATORS) == set(TAKEN_BY)


@pytest.fixture(scope="module")
def waves_file(tmp_path_factory):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 2, 20)), np.repeat(["a|b", "*c*"], 20)
    path = tmp_path_factory.mktemp("card") / "model.attime"
    training = {"max_epochs": 3, "validation_share": 0.25}
    model = attime.AttentionClassifier("convolutional", training=training, random_state=7).fit(X, y)
    model.save(path, card=True)
    return model, path


def test_the_card_of_a_classifier_tells_what_it_learnt_from_and_how_good_it_is(waves_file):
    model, path = waves_file
    card = path.with_suffix(".card.md").read_text()
    file = read_model(path)
    history = model.histories_[0]
    assert card == model_card(path)
    assert fact(card, "series") == "40"
    assert fact(card, "classes") == "2: *c*, a|b"
    assert fact(card, "random\\_state") == "7"
    assert fact(card, "network 1").startswith(f"3 epochs, {history.ended}; epoch {history.best_epoch + 1} was kept")
    assert fact(card, "network 1: loss on cases held out") == f"{history.validation_loss[history.best_epoch]:.4g}"
    assert fact(card, "SHA-256 of the content") == file.checksum
    assert fact(card, "torch") == file.versions["torch"]
    assert 'attime.load("model.attime")' in card


def test_every_fact_comes_from_the_file(waves_file, tmp_path):
    """What is changed in the file is changed in the card."""
    _, path = waves_file
    file = read_model(path)
    changed = {"n_cases_": 41, "n_channels_": 3, "n_steps_": 99, "reason_": "of a whim", "scaling_": "both"}
    told = file.specification | {"learnt": file.specification["learnt"] | changed}
    write_model(tmp_path / "other.attime", ModelFile(told, file.tensors))
    card = model_card(tmp_path / "other.attime")
    for label, value in {"series": "41", "channels": "3", "why this one": "of a whim", "scaling": "both"}.items():
        assert fact(card, label) == value
    assert "Series of more than 99 steps" in card.replace("\\", "")


def test_the_cards_of_forecaster_and_detector_tell_what_they_know_of_themselves(tmp_path):
    forecaster, detector = attime.load(OLD / "forecaster.attime"), attime.load(OLD / "detector.attime")
    told = model_card(OLD / "forecaster.attime").replace("\\", "")
    assert forecaster.verdict_.sentence in told
    assert fact(told, "why this one") == forecaster.reason_
    told = model_card(OLD / "detector.attime").replace("\\", "")
    assert fact(told, "window") == f"{detector.window_} steps"
    assert fact(told, "scores it rests on").startswith(f"{len(detector.calibration_.scores)},")


def test_words_in_a_file_mean_nothing_to_markdown(waves_file, tmp_path):
    _, path = waves_file
    file = read_model(path)
    learnt = file.specification["learnt"] | {"reason_": "<script>\n# [a](b) `c`"}
    write_model(tmp_path / "x.attime", ModelFile(file.specification | {"learnt": learnt}, file.tensors))
    assert r"\<script\> \# \[a\](b) \`c\`" in model_card(tmp_path / "x.attime")


def test_a_card_never_overwrites_its_model(tmp_path):
    attime.load(OLD / "detector.attime").save(tmp_path / "model.md", card=True)
    attime.load(tmp_path / "model.md")
    assert (tmp_path / "model.md.card.md").is_file()


def test_the_command_shows_or_writes_a_card(tmp_path, capsys):
    assert main(["card", str(OLD / "regressor.attime")]) == 0
    assert "AttentionRegressor" in capsys.readouterr().out
    assert main(["card", str(OLD / "regressor.attime"), "--out", str(tmp_path / "card.md")]) == 0
    assert (tmp_path / "card.md").read_text() == model_card(OLD / "regressor.attime")


def test_an_explanation_has_no_card(tmp_path):
    write_model(tmp_path / "explanation.attime", ModelFile({"estimator": "explanation"}, {}))
    for read in (model_card, attime.load):
        with pytest.raises(ModelFileError, match="holds the model explanation"):
            read(tmp_path / "explanation.attime")


@pytest.mark.parametrize("forged", [{"estimator": ["AttentionClassifier"]}, {"learnt": {"reason_": 5}}])
def test_what_does_not_fit_together_has_no_card(waves_file, tmp_path, forged):
    file = read_model(waves_file[1])
    learnt = file.specification["learnt"] | forged.get("learnt", {})
    write_model(tmp_path / "x.attime", ModelFile(file.specification | forged | {"learnt": learnt}, file.tensors))
    with pytest.raises(ModelFileError, match=r"x\.attime"):
        model_card(tmp_path / "x.attime")


@pytest.mark.parametrize(
    ("words", "kind", "remedy"),
    [
        (["predict", "MODEL", "x.csv"], "forecaster", "attime forecast DATA --load MODEL"),
        (["predict", "MODEL", "x.csv"], "detector", "attime detect DATA --load MODEL"),
        (["evaluate", "MODEL", "x.csv"], "detector", "attime detect DATA --load MODEL"),
        (["explain", "MODEL", "x.csv", "--out", "OUT"], "regressor", "attime predict MODEL DATA"),
        (["report", "MODEL", "x.csv", "--out", "OUT"], "forecaster", "attime forecast DATA --load MODEL"),
        (["forecast", "x.csv", "--model", "MODEL"], "classifier", "attime predict MODEL DATA"),
        (["detect", "x.csv", "--load", "MODEL"], "classifier", "attime predict MODEL DATA"),
    ],
)
def test_a_model_of_another_kind_is_answered_by_the_command_that_takes_it(words, kind, remedy, tmp_path, capsys):
    places = {"MODEL": str(OLD / f"{kind}.attime"), "OUT": str(tmp_path / "out.html")}
    assert main([places.get(word, word) for word in words]) == 2
    told = capsys.readouterr().err.strip().replace(places["MODEL"], "MODEL")
    assert f"a {kind} arrived, but 'attime {words[0]}' takes" in told
    assert told.endswith(f"use '{remedy}'")
    assert "\n" not in told
