"""What is added as normal is normal from then on, and nothing else is."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from attime import AttentionDetector
from attime.nn.reference import ReferenceAttention

from .conftest import WINDOW


def with_fault(series):
    series[80:96, 0] = 0
    return series


@pytest.fixture
def updated(detector, later):
    return copy.deepcopy(detector).update(later)


def test_what_was_unusual_is_no_longer(detector, make_waves):
    *seen, new = (with_fault(make_waves(160, seed=seed)) for seed in range(1, 5))
    updated = copy.deepcopy(detector)
    for series in seen:
        updated.update(series)
    before, after = -detector.score_samples(new), -updated.score_samples(new)
    assert 80 <= before.argmax() < 96
    assert after[80:96].max() < 0.5 * before[80:96].max()
    assert (detector.predict(new) == -1).any()
    assert not (updated.predict(new)[80:96] == -1).any()


def test_another_fault_is_as_unusual_as_before(detector, updated, make_waves):
    other = make_waves(160, seed=5)
    other[40:56, 1] += 2
    before, after = -detector.score_samples(other), -updated.score_samples(other)
    assert after[40:56].max() > 0.9 * before[40:56].max()
    assert updated.predict(other)[25:56].min() == -1


def test_of_reference_attention_no_score_grows(detector, updated, make_waves):
    series = make_waves(160, seed=6)
    assert (-updated.score_samples(series) <= -detector.score_samples(series) + 1e-6).all()


def test_the_scores_join_those_of_calibration(detector, updated, later):
    before = len(detector.calibration_.scores)
    np.testing.assert_array_equal(updated.calibration_.scores[:before], detector.calibration_.scores)
    assert len(updated.calibration_.scores) == before + len(later)
    assert updated.offset_ == -updated.threshold_


def test_a_network_stays_as_it_is(fitted, later):
    if isinstance(fitted.module_, ReferenceAttention):
        pytest.skip("learns by keeping windows")
    series = later[::-1]
    expected = fitted.score_samples(series)
    np.testing.assert_array_equal(copy.deepcopy(fitted).update(later).score_samples(series), expected)


def test_it_goes_on_for_ever_with_as_many_windows(make_waves):
    detector = AttentionDetector(window=WINDOW).fit(make_waves(3000))
    n_keys = len(detector.module_.keys)
    assert n_keys < 3000 - WINDOW
    for seed in range(2):
        detector.update(make_waves(2000, seed=seed))
    assert len(detector.module_.keys) == n_keys
    assert len(detector.calibration_.scores) == 7000


def test_with_a_few_windows_for_many_a_fault_still_ranks_first(make_waves, later):
    detector = AttentionDetector(window=WINDOW).fit(make_waves(4000))
    assert len(detector.module_.keys) < 4000 - WINDOW
    assert 80 <= (-detector.score_samples(later)).argmax() < 96


@pytest.mark.parametrize("share", [0, 0.02, 0.05, 0.1])
def test_with_faults_among_what_it_learns_from_a_fault_still_ranks_first(make_waves, share):
    rng = np.random.default_rng(0)
    train, test = make_waves(2500, n_channels=1)[:, 0], make_waves(500, n_channels=1, seed=1)[:, 0]
    cycles = rng.permutation(100)[: round(share * 100)]
    for number, cycle in enumerate(cycles):
        part = train[25 * cycle : 25 * cycle + 12]
        part[:] = (np.zeros(12), part + 1.5, rng.normal(size=12))[number % 3]
    test[200:212] *= -1
    found = AttentionDetector(window=25).fit(train).detect(test)
    assert 200 <= found.scores.argmax() < 212
    assert found.alarms[200 - 25 : 212].any()
