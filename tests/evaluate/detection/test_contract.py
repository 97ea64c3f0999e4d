"""What holds for every measure of detection: perfection, chance, symmetry, and one clear error for bad input."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from attime.errors import DataError, OptionError
from attime.evaluate.detection import (
    EVENT_METRICS,
    METRICS,
    affiliation,
    event_recall,
    point_adjusted_f1,
    range_precision,
    range_recall,
    reference_length,
    score_detection,
    ucr_score,
    vus_roc,
)
from attime.evaluate.detection.volume import volume

ALL = {**METRICS, **EVENT_METRICS, "point_adjusted_f1": point_adjusted_f1}
SEEDS = range(6)


@pytest.mark.parametrize("metric", ALL.values(), ids=ALL)
def test_labels_as_scores_or_predictions_give_1(metric, draw):
    for seed in SEEDS:
        labels, _, _ = draw(seed)
        assert metric(labels, labels) == pytest.approx(1)


@pytest.mark.parametrize("metric", ALL.values(), ids=ALL)
def test_every_measure_lies_between_0_and_1(metric, draw):
    for seed in SEEDS:
        labels, scores, predictions = draw(seed)
        given = scores if metric in METRICS.values() else predictions
        assert -1e-12 <= metric(labels, given) <= 1 + 1e-12


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_only_the_order_of_scores_counts(metric, draw):
    for seed in SEEDS:
        labels, scores, _ = draw(seed)
        assert metric(labels, np.exp(scores)) == metric(labels, 1000 * scores - 7) == metric(labels, scores)


@pytest.mark.parametrize("metric", ALL.values(), ids=ALL)
def test_time_may_run_backwards(metric, draw):
    for seed in SEEDS:
        labels, scores, predictions = draw(seed)
        given = scores if metric in METRICS.values() else predictions
        assert metric(labels[::-1], given[::-1]) == pytest.approx(metric(labels, given), abs=1e-12)


@pytest.mark.parametrize("name", ["auc_pr", "auc_roc"])
def test_measures_of_steps_know_no_neighbours(name, draw):
    labels, scores, _ = draw(0)
    order = np.random.default_rng(0).permutation(len(labels))
    assert METRICS[name](labels[order], scores[order]) == pytest.approx(METRICS[name](labels, scores))


@pytest.mark.parametrize("name", ["vus_pr", "vus_roc", "event_recall"])
def test_measures_of_events_know_neighbours(name, draw):
    labels, scores, _ = draw(0)
    order = np.random.default_rng(0).permutation(len(labels))
    assert METRICS[name](labels[order], scores[order]) != pytest.approx(METRICS[name](labels, scores))


def test_a_constant_score_gets_what_chance_gives():
    labels, constant = np.zeros(2000, int), np.zeros(2000)
    labels[500:520] = 1
    found = score_detection(labels, constant, length=6)
    buffers = [2 * sum(np.sqrt(1 - d / width) for d in range(1, width // 2 + 1)) for width in range(7)]
    assert found.vus_pr == pytest.approx(np.mean([(20 + buffer) / 2000 for buffer in buffers]))
    assert vus_roc(labels, constant, length=0) == found.auc_roc == 0.5
    assert 0.5 < found.vus_roc < 0.51
    assert found.auc_pr == pytest.approx(found.chance) == 0.01
    assert found.ucr_score == pytest.approx(220 / 2000)
    assert found.event_recall == 0


def test_the_summary_says_what_the_measures_say(draw):
    labels, scores, _ = draw(3)
    found = score_detection(labels, scores, length=30)
    lengths = {"vus_pr": 30, "vus_roc": 30}
    for name, metric in METRICS.items():
        options = {"length": lengths[name]} if name in lengths else {}
        assert getattr(found, name) == found.to_dict()[name] == metric(labels, scores, **options)
    assert score_detection(labels, scores).length == 100
    assert (found.n_steps, found.n_anomalous) == (len(labels), labels.sum())


@pytest.mark.parametrize("metric", {**EVENT_METRICS, "point_adjusted_f1": point_adjusted_f1}.values())
def test_who_predicts_nothing_has_0(metric, draw):
    labels, _, _ = draw(1)
    assert metric(labels, np.zeros(len(labels))) == 0


LABELS = np.array([0, 1, 1, 0, 0])
# Which function checks for it: only the outermost one can be freed of the checks of shapes, which have their own error.
ASKS = {
    "vus_pr": volume,
    "vus_roc": volume,
    "range_f1": range_precision,
    "affiliation_precision": affiliation,
    "affiliation_recall": affiliation,
    "affiliation_f1": affiliation,
}


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    ("labels", "given", "message"),
    [
        (np.zeros(5), LABELS, "0 of 5 steps are labelled anomalous, expected some of both kinds"),
        (np.ones(5), LABELS, "5 of 5 steps are labelled anomalous"),
        (LABELS * 2, LABELS, "labels are .*2.* at step 1, expected 1 .anomalous. or 0"),
        (LABELS * np.nan, LABELS, "labels are .*nan.* at step 0"),
        (np.zeros(0), np.zeros(0), "expected one for each step of one series"),
        (np.eye(2), np.eye(2), "expected one for each step of one series"),
        (LABELS, LABELS[:-1], r"of shape \(4,\) arrived, expected \(5,\)"),
        (LABELS, LABELS[:, np.newaxis], r"of shape \(5, 1\) arrived"),
        (LABELS, np.array([0.1, np.nan, 0.2, 0.3, 0.4]), "at step|first: step 1, nan"),
        (LABELS, np.array([0.1, np.inf, 0.2, 0.3, 0.4]), "at step|first: step 1, inf"),
        (LABELS, np.array(["a", "b", "c", "d", "e"]), "expected numbers|at step 0"),
    ],
)
def test_what_cannot_be_measured_is_told(name, labels, given, message):
    with pytest.raises(DataError, match=message):
        inspect.unwrap(ASKS.get(name, ALL[name]))(labels, given)


@pytest.mark.parametrize(
    ("metric", "options", "message"),
    [
        (volume, {"length": -1}, "length=-1 arrived, expected a whole number of steps; give 0 or more"),
        (volume, {"length": 2.5}, "length=2.5"),
        (volume, {"length": True}, "length=True"),
        (ucr_score, {"tolerance": -1}, "tolerance=-1"),
        (event_recall, {"alarm_rate": -1.0}, "alarm_rate=-1.0 arrived"),
        (event_recall, {"alarm_rate": float("nan")}, "alarm_rate=nan arrived"),
        (event_recall, {"per": 0}, "per=0 arrived"),
        (event_recall, {"lasting": 0}, "lasting=0 arrived"),
        (range_recall, {"existence": 1.5}, "existence=1.5 arrived"),
        (range_recall, {"bias": "side"}, "bias='side' arrived, expected one of: flat, front, middle, back"),
        (range_recall, {"cardinality": "two"}, "cardinality='two' arrived, expected one of: reciprocal, one"),
    ],
)
def test_options_out_of_range_are_told(metric, options, message):
    with pytest.raises(OptionError, match=message):
        inspect.unwrap(metric)(LABELS, LABELS, **options)


def test_a_series_without_a_length_is_told():
    find = inspect.unwrap(reference_length)
    with pytest.raises(DataError, match="pass one channel"):
        find(np.zeros((10, 2)))
    with pytest.raises(DataError, match="1 of 3 steps are not finite"):
        find(np.array([0.0, np.nan, 1.0]))
