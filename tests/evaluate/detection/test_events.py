"""Measures of events: pieces, places and distances count, and false alarms are counted one by one."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from attime.evaluate.detection import (
    affiliation,
    event_recall,
    point_adjusted_f1,
    range_f1,
    range_precision,
    range_recall,
    ucr_score,
)


def with_ones(n_steps: int, *stretches: tuple[int, int]) -> np.ndarray:
    found = np.zeros(n_steps, int)
    for first, stop in stretches:
        found[first:stop] = 1
    return found


EVENT = with_ones(40, (10, 20))


def test_front_bias_rewards_early_and_back_bias_late_alarms(draw):
    early, late = with_ones(40, (10, 13)), with_ones(40, (17, 20))
    assert range_recall(EVENT, early, bias="front") == pytest.approx((10 + 9 + 8) / 55)
    assert range_recall(EVENT, late, bias="front") == pytest.approx((1 + 2 + 3) / 55)
    assert range_recall(EVENT, late, bias="middle") == range_recall(EVENT, early, bias="middle")
    for seed in range(10):
        labels, _, predictions = draw(seed)
        for measure in (range_recall, range_precision, range_f1):
            mirrored = measure(labels[::-1], predictions[::-1], bias="back")
            assert mirrored == pytest.approx(measure(labels, predictions, bias="front"))


def test_pieces_cost_unless_they_do_not_count():
    whole, pieces = with_ones(40, (10, 14)), with_ones(40, (10, 12), (14, 16))
    assert range_recall(EVENT, whole) == 2 * range_recall(EVENT, pieces) == 0.4
    assert range_recall(EVENT, pieces, cardinality="one") == 0.4
    assert range_recall(EVENT, pieces, existence=1) == 1
    assert range_precision(EVENT, pieces) == 1
    assert range_precision(pieces, EVENT) == 0.2


def test_affiliation_agrees_with_an_integral_over_fine_steps(draw):
    fine = 40
    for seed in range(6):
        labels, _, predictions = (part[:120] for part in draw(seed))
        labels[30], predictions[35] = 1, 1
        time = (np.arange(120 * fine) + 0.5) / fine
        true, predicted = labels.repeat(fine) > 0, predictions.repeat(fine) > 0
        edges = np.flatnonzero(np.diff(labels, prepend=0, append=0)).reshape(-1, 2)
        distances = np.stack([np.maximum(np.maximum(first - time, time - stop), 0) for first, stop in edges])
        precisions, recalls = [], []
        for event, (first, stop) in enumerate(edges):
            zone = distances.argmin(axis=0) == event
            here, inside = time[zone & predicted], time[zone & true & (time > first) & (time < stop)]
            recalls.append(0.0)
            if len(here):
                own = np.sort(distances[event][zone])
                away = distances[event][zone & predicted]
                farther = 1 - np.searchsorted(own, away, "right") / zone.sum()
                precisions.append(np.where(away == 0, 1, farther).mean())
                to_nearest = abs(inside[:, None] - here).min(axis=1)
                recalls[-1] = (abs(time[zone] - inside[:, None]) > to_nearest[:, None]).mean()
        found = affiliation(labels, predictions)
        assert (found.precision, found.recall) == pytest.approx((np.mean(precisions), np.mean(recalls)), abs=5e-3)


def test_affiliation_falls_with_distance():
    labels = with_ones(100, (40, 50))
    found = [affiliation(labels, with_ones(100, (place, place + 4))) for place in (44, 52, 60, 90)]
    assert all(near.f1 > far.f1 for near, far in pairwise(found))


def test_the_highest_score_may_be_near_by_the_tolerance_or_the_length_of_the_event():
    labels = with_ones(1000, (400, 550))
    scores = np.arange(1000) == 550 + 150 - 1
    assert ucr_score(labels, scores * 1.0, tolerance=0) == 1
    assert ucr_score(labels, np.roll(scores, 1) * 1.0, tolerance=0) == 0
    assert ucr_score(labels, np.roll(scores, 1) * 1.0, tolerance=151) == 1


@pytest.mark.parametrize("seed", range(10))
def test_false_alarms_are_counted_as_described(seed, draw):
    labels, scores, _ = draw(seed)
    for rate, lasting in ((1, 100), (10, 5), (30, 20), (1000, 1)):
        found = 0.0
        for threshold in np.unique(scores)[::-1]:
            alarmed = scores >= threshold
            on = np.concatenate([[False], alarmed | (labels > 0), [False]])
            stretches = np.flatnonzero(np.diff(on.astype(int))).reshape(-1, 2)
            false_runs = sum(not labels[first:stop].any() for first, stop in stretches)
            outside = int((alarmed & (labels == 0)).sum())
            if false_runs + (outside - false_runs) / lasting > rate / 1000 * (labels == 0).sum() + 1e-9:
                break
            edges = np.flatnonzero(np.diff(labels, prepend=0, append=0)).reshape(-1, 2)
            found = np.mean([alarmed[first:stop].any() for first, stop in edges])
        assert event_recall(labels, scores, alarm_rate=rate, lasting=lasting) == pytest.approx(found)


def test_more_false_alarms_find_no_fewer_events(draw):
    for seed in range(10):
        labels, scores, _ = draw(seed)
        found = [event_recall(labels, scores, alarm_rate=rate) for rate in (0, 1, 5, 20, 100, 1000)]
        assert found == sorted(found)


def test_an_alarm_that_never_ends_is_no_detection():
    labels = with_ones(5000, (1000, 1100), (3000, 3100))
    assert event_recall(labels, np.ones(5000)) == 0
    assert event_recall(labels, np.ones(5000), lasting=10**9) == 1


def test_a_rate_may_be_given_by_the_month():
    """One in 30 days of 96 steps is the same as 1000 / 2880 in 1000 steps."""
    rng = np.random.default_rng(0)
    labels, scores = with_ones(20_000, (5000, 5010), (9000, 9005)), rng.normal(size=20_000)
    assert event_recall(labels, scores, per=30 * 96) == event_recall(labels, scores, alarm_rate=1000 / 2880)


def test_point_adjustment_lets_dice_win():
    """The longer the events, the better do dice: a reason not to use the measure."""
    by_dice = []
    for length in (1, 20, 200, 1000):
        labels = np.concatenate([with_ones(2000, (500, 500 + length))] * 10)
        dice = np.random.default_rng(0).random(20_000) < 0.02
        by_dice.append(point_adjusted_f1(labels, dice))
        assert range_f1(labels, dice) < 0.1
    assert by_dice == sorted(by_dice)
    assert by_dice[0] < 0.1
    assert by_dice[-1] > 0.95
