"""The volumes are what their formula says, step by step and threshold by threshold."""

from __future__ import annotations

import numpy as np
import pytest

from attime.evaluate.detection import auc_roc, reference_length, vus_pr, vus_roc


def runs(steps: np.ndarray) -> list[np.ndarray]:
    """Return the steps of each run of true ones."""
    where = np.flatnonzero(steps)
    return np.split(where, np.flatnonzero(np.diff(where) > 1) + 1)


def plain_areas(labels: np.ndarray, scores: np.ndarray, width: int) -> tuple[float, float]:
    """Compute both areas for one width of the buffer, as slowly as the formula is read."""
    steps, n_positive = np.arange(len(labels)), labels.sum()
    soft, reached = labels.astype(float), []
    for event in runs(labels):
        distance = np.maximum(event[0] - steps, steps - event[-1])
        buffer = steps[(distance > 0) & (distance <= width // 2)]
        soft[buffer] = np.minimum(1, soft[buffer] + np.sqrt(1 - distance[buffer] / max(width, 1)))
        whole = {*event.tolist(), *buffer.tolist()}
        if reached and reached[-1] & whole:
            reached[-1] |= whole
        else:
            reached.append(whole)
    recall, fall_out, precision = [0.0], [0.0], []
    for rank in np.linspace(0, len(scores) - 1, 250).astype(int):
        above = scores >= np.sort(scores)[::-1][rank]
        true = soft[above].sum()
        positive = n_positive + (true - labels[above].sum()) / 2
        found = np.mean([above[list(event)].any() for event in reached])
        recall.append(min(1, true / positive) * found)
        fall_out.append((above.sum() - true) / (len(labels) - positive))
        precision.append(true / above.sum())
    return np.sum(np.diff(recall) * precision), np.trapezoid([*recall, 1], [*fall_out, 1])


@pytest.mark.parametrize("seed", range(8))
def test_volumes_are_what_the_formula_says(seed, draw):
    labels, scores, _ = draw(seed)
    labels, scores = labels[:150], scores[:150]
    labels[20] = 1
    length = int(np.random.default_rng(seed).integers(0, 20))
    expected = np.mean([plain_areas(labels, scores, width) for width in range(length + 1)], axis=0)
    found = vus_pr(labels, scores, length=length), vus_roc(labels, scores, length=length)
    np.testing.assert_allclose(found, expected)


def test_without_a_buffer_and_with_all_thresholds_a_single_event_has_the_usual_area():
    labels, scores = np.zeros(200, int), np.random.default_rng(0).normal(size=200)
    labels[90:110] = 1  # one event, found by the first step above the threshold: no other reward than recall
    assert vus_roc(labels, scores, length=0) == pytest.approx(auc_roc(labels, scores))


def test_a_near_miss_is_worth_something_with_a_buffer():
    labels, scores = np.zeros(1000), np.zeros(1000)
    labels[500:520], scores[525:530] = 1, 1
    without, near = vus_pr(labels, scores, length=0), vus_pr(labels, scores, length=40)
    assert near > 2 * without
    assert vus_pr(labels, np.roll(scores, 300), length=40) < near


@pytest.mark.parametrize("period", [6, 24, 100, 288])
def test_the_reference_length_is_the_period(period):
    rng = np.random.default_rng(period)
    series = np.sin(2 * np.pi * np.arange(5000) / period) + rng.normal(scale=0.1, size=5000)
    assert abs(reference_length(series) - period) <= 1
    assert reference_length(5 - 100 * series) == reference_length(series)


@pytest.mark.parametrize(
    "series",
    [
        np.sin(2 * np.pi * np.arange(3000) / 350),  # too long a period to be believed
        np.arange(50.0),
        np.ones(100),
        np.ones(1),
    ],
)
def test_where_no_lag_stands_out_the_length_is_125(series):
    assert reference_length(series) == 125
