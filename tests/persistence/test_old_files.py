"""Files that earlier versions wrote still load, and predict what they predicted then."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import attime
from attime.persistence import read_model

OLD = Path(__file__).parent / "old"  # written by version 0.1.0 in format 2; answers.json holds what they predicted
INPUTS = dict(np.load(OLD / "inputs.npz"))
ANSWERS = {
    "classifier": lambda model: model.predict_proba(INPUTS["X"]),
    "regressor": lambda model: model.predict(INPUTS["X"]),
    "forecaster": lambda model: model.predict()["forecast"],
    "detector": lambda model: model.score_samples(INPUTS["s"])[:20],
    "reference_detector": lambda model: model.score_samples(INPUTS["s"])[:20],
}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_file_of_format_2_predicts_what_it_did(name, tmp_path):
    expected = json.loads((OLD / "answers.json").read_text())[name]
    model = attime.load(OLD / f"{name}.attime")
    np.testing.assert_allclose(ANSWERS[name](model), expected, rtol=1e-5)
    model.save(tmp_path / "new.attime", card=True)
    assert read_model(tmp_path / "new.attime").checksum
    np.testing.assert_array_equal(ANSWERS[name](attime.load(tmp_path / "new.attime")), ANSWERS[name](model))
