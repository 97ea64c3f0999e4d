"""A detector that was saved finds the same in another process, and a file that is damaged is one error."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from attime import AttentionClassifier, AttentionDetector
from attime.errors import ModelFileError, OptionError
from attime.estimators.detection import MODELS

IN_ANOTHER_PROCESS = """
import sys
import numpy as np
import torch
from attime import AttentionDetector
torch.set_num_threads(1)
for path in sys.argv[2:]:
    np.save(path + ".npy", AttentionDetector.load(path).score_samples(np.load(sys.argv[1])))
"""


@pytest.fixture
def file(detector, tmp_path):
    detector.save(tmp_path / "detector.attime")
    return tmp_path / "detector.attime"


@pytest.fixture(scope="package")
def saved(make_detector, normal, later, tmp_path_factory):
    """Save a detector of each model, and let one other process score by all of them."""
    folder = tmp_path_factory.mktemp("saved")
    np.save(folder / "series.npy", later)
    found = {name: (make_detector(name).fit(normal), folder / name) for name in MODELS}
    for detector, path in found.values():
        detector.save(path)
    paths = [str(path) for _, path in found.values()]
    subprocess.run(
        [sys.executable, "-c", IN_ANOTHER_PROCESS, str(folder / "series.npy"), *paths],
        check=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    return found


def test_another_process_finds_the_same_bits(model, later, saved):
    detector, path = saved[model]
    np.testing.assert_array_equal(np.load(f"{path}.npy"), detector.score_samples(later))


def test_everything_that_was_learnt_comes_back(fitted, later, tmp_path):
    fitted.save(tmp_path / "detector.attime")
    loaded = AttentionDetector.load(tmp_path / "detector.attime")
    one, other = fitted.detect(later), loaded.detect(later)
    for name in ("scores", "by_group", "p_values", "levels", "alarms"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert one.events == other.events
    assert (one.threshold, one.channels, one.groups) == (other.threshold, other.channels, other.groups)
    assert str(loaded.get_params()) == str(fitted.get_params())


def test_it_can_be_updated_and_saved_again(file, later, tmp_path):
    loaded = AttentionDetector.load(file).update(later)
    loaded.save(tmp_path / "again.attime")
    again = AttentionDetector.load(tmp_path / "again.attime")
    np.testing.assert_array_equal(again.score_samples(later), loaded.score_samples(later))


def test_names_of_channels_come_back(normal, later, tmp_path):
    frame = pd.DataFrame(normal, columns=["left", "right"])
    AttentionDetector(window=16).fit(frame).save(tmp_path / "detector.attime")
    loaded = AttentionDetector.load(tmp_path / "detector.attime")
    loaded.score_samples(pd.DataFrame(later, columns=["left", "right"]))
    with pytest.raises(ValueError, match="same order"):
        loaded.score_samples(pd.DataFrame(later, columns=["right", "left"]))


@pytest.mark.parametrize("damage", [lambda b: b[:-7], lambda b: b[:40], lambda b: b"", lambda b: b"\0" * 99 + b[99:]])
def test_a_damaged_file_is_one_error(file, damage):
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(ModelFileError, match=r"detector\.attime"):
        AttentionDetector.load(file)


def test_a_file_of_another_model_is_one_error(file):
    with pytest.raises(ModelFileError, match="AttentionDetector"):
        AttentionClassifier.load(file)


def test_a_model_that_cannot_be_saved_leaves_no_file(normal, tmp_path):
    detector = AttentionDetector(window=16).fit(normal).set_params(training=object())
    with pytest.raises(OptionError, match="cannot be saved"):
        detector.save(tmp_path / "detector.attime")
    assert not list(tmp_path.iterdir())
