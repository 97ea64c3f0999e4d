"""The headline experiment in small: what it measures, what it writes, and that it can be run again."""

from __future__ import annotations

import json

import numpy as np
import pytest

from attime import AttentionClassifier, SineConfig
from attime.errors import OptionError, OutputError
from attime.experiments import PUBLISHED, run_sine, write_sine
from attime.experiments.sine import metrics_of

CONFIG = SineConfig(n_series=300, n_steps=100)


@pytest.fixture(scope="module", params=["default", "convolutional"])
def done(request):
    """Run it with dictionaries, which the default makes of so few cases, and with a network."""
    options = {"quality": "fast", "training": {"max_epochs": 20}, "random_state": 0}
    return run_sine(CONFIG, AttentionClassifier(request.param, **options))


def test_it_learns_and_looks_better_than_chance(done):
    assert done.report.f1 > 0.85
    assert done.report.positive == "flattened"
    assert done.evidence.average_precision > done.evidence.chance_average_precision + 0.2
    assert done.evidence.n_cases == np.sum(done.test.labels == "flattened")


def test_the_metrics_have_the_names_that_users_read(done):
    metrics = metrics_of(done)
    assert {"accuracy", "precision", "recall", "f1", "roc_auc", "confusion_matrix"} <= set(metrics)
    assert set(metrics["localisation"]) == {"mass", "average_precision", "pointing", "iou", "ndcg"}
    assert set(metrics["seconds"]) == {"data", "train", "evaluate"}
    assert metrics["published"] == dict(PUBLISHED)
    json.dumps(metrics, allow_nan=False)


def test_the_published_figures_agree_with_each_other():
    (hits, missed), (false_alarms, passed) = PUBLISHED["confusion_matrix"]
    assert hits / (hits + false_alarms) == pytest.approx(PUBLISHED["precision"], abs=1e-4)
    assert hits / (hits + missed) == pytest.approx(PUBLISHED["recall"], abs=1e-4)
    assert (hits + passed) / 2000 == PUBLISHED["accuracy"]


def test_everything_is_written(done, tmp_path):
    write_sine(done, tmp_path / "new" / "folder")
    written = {path.name: path.stat().st_size for path in (tmp_path / "new" / "folder").iterdir()}
    expected = {
        "metrics.json",
        "configuration.json",
        "model.attime",
        "cases.png",
        "confusion.png",
        "roc.png",
        "report.html",
    }
    assert set(written) == expected | ({"learning.png"} if done.classifier.history_.n_epochs else set())
    assert all(written.values())
    loaded = AttentionClassifier.load(tmp_path / "new" / "folder" / "model.attime")
    np.testing.assert_array_equal(loaded.predict_proba(done.test), done.classifier.predict_proba(done.test))


def test_a_folder_that_is_a_file_is_refused(done, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="cannot be used as a folder"):
        write_sine(done, tmp_path / "file")
    assert (tmp_path / "file").read_text() == "in the way"


def test_a_share_without_cases_is_named():
    with pytest.raises(OptionError, match="leave no validation cases"):
        run_sine(SineConfig(n_series=20, n_steps=50, shares=(0.8, 0.0, 0.2)), AttentionClassifier())


@pytest.mark.slow
@pytest.mark.parametrize(("noise", "f1"), [(0.0, 0.998), (0.1, 0.99)])
def test_the_headline_figures_hold(noise, f1):
    done = run_sine(SineConfig(noise=noise), AttentionClassifier(random_state=0))
    assert done.report.f1 >= f1
    assert done.evidence.average_precision > 0.8


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 5))
def test_they_hold_for_other_seeds(seed):
    done = run_sine(SineConfig(random_state=seed), AttentionClassifier(random_state=seed))
    assert done.report.f1 >= 0.998
    assert done.evidence.average_precision > 0.8
