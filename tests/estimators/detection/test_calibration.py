"""P-values mean what they say, alarms keep the rate that was asked for, and all that tells of alarms tells the same."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from attime import AttentionDetector
from attime.estimators.detection import Calibration, Level
from attime.estimators.detection.events import events_of

P_VALUES = arrays(np.float64, st.integers(1, 300), elements=st.floats(0.001, 1.0))
SCORES = arrays(np.float64, st.integers(1, 60), elements=st.integers(0, 20).map(float))


class TestPValues:
    def test_those_of_exchangeable_scores_are_uniform(self):
        rng = np.random.default_rng(0)
        shares = []
        for _ in range(400):
            calibration = Calibration(rng.exponential(size=99))
            shares.append([(calibration.p_values(rng.exponential(size=1)) <= level)[0] for level in (0.05, 0.2, 0.5)])
        expected = np.array([0.05, 0.2, 0.5])
        assert (abs(np.mean(shares, axis=0) - expected) < 3 * np.sqrt(expected * (1 - expected) / 400)).all()

    def test_ties_make_them_larger_never_smaller(self):
        assert Calibration(np.zeros(9)).p_values(np.zeros(1)) == 1

    @settings(max_examples=50, deadline=None)
    @given(SCORES, SCORES)
    def test_a_higher_score_never_has_a_higher_one(self, known, asked):
        p_values = Calibration(known).p_values(np.sort(asked))
        assert (np.diff(p_values) <= 0).all()
        assert (p_values > 0).all()
        assert (p_values <= 1).all()

    @settings(max_examples=200, deadline=None)
    @given(SCORES, SCORES, st.one_of(st.floats(-0.1, 1.1), st.integers(0, 60).map(lambda number: number / 61)))
    def test_scores_above_the_threshold_are_those_with_a_p_value_as_low(self, known, asked, level):
        calibration = Calibration(known)
        np.testing.assert_array_equal(asked > calibration.threshold(level), calibration.p_values(asked) <= level)

    def test_of_too_many_scores_all_parts_keep_as_many(self):
        kept = Calibration.of([np.zeros(30_000), np.array([np.nan]), np.ones(30_000)]).scores
        assert len(kept) <= 20_000
        assert kept.mean() == pytest.approx(0.5, abs=1e-3)

    def test_later_scores_push_out_the_earliest(self):
        kept = Calibration(np.zeros(20_000)).with_later([np.ones(5_000)]).scores
        assert (len(kept), kept.sum()) == (20_000, 5_000)


class TestLevel:
    @settings(max_examples=100, deadline=None)
    @given(P_VALUES, st.sampled_from([0.01, 0.1, 0.3]))
    def test_alarms_never_exceed_the_rate_asked_for_by_more_than_a_few(self, p_values, asked):
        flagged = p_values <= Level(asked, asked).follow(p_values)
        assert flagged.sum() <= asked * len(p_values) + asked / 0.1 + 1 + 1e-6  # Gibbs & Candès 2021, proposition 4.1

    def test_the_rate_holds_where_normal_behaviour_drifts_away(self):
        p_values = np.random.default_rng(0).uniform(0, np.linspace(1, 0.02, 20_000))
        followed, fixed = ((p_values <= Level(0.01, 0.01, step).follow(p_values)).mean() for step in (0.1, 0.0))
        assert 0.0095 < followed < 0.0105
        assert fixed > 0.03

    def test_without_steps_it_stays(self):
        assert (Level(0.05, 0.05, step=0.0).follow(np.linspace(0, 1, 50)) == 0.05).all()

    def test_an_alarm_does_not_hide_the_next_fault(self):
        p_values, level = np.full(2000, 0.5), Level(0.01, 0.01)
        p_values[[500, 600]] = 0.0005
        alarms = p_values <= level.follow(p_values)
        found = events_of(
            np.zeros((2000, 1)),
            p_values,
            alarms,
            level=0.01,
            rarest=0.0005,
            near=10,
            times=np.arange(2000),
            groups=("0",),
        )
        assert [event.start for event in found] == [500, 600]

    def test_what_is_more_usual_than_all_of_calibration_is_never_flagged(self):
        assert not (np.ones(5000) <= Level(0.01, 0.01).follow(np.ones(5000))).any()

    def test_an_interruption_earns_no_alarms(self):
        level = Level(0.01, 0.01)
        level.follow(np.full(5000, np.nan))
        assert level.now == 0.01


class TestAlarms:
    @pytest.mark.parametrize("adaptive", [True, False])
    def test_every_method_tells_of_the_same(self, fitted, later, adaptive):
        fitted = copy.deepcopy(fitted).set_params(adaptive=adaptive)
        later = later.copy()
        later[120:140] = np.nan
        found = fitted.detect(later)
        np.testing.assert_array_equal(fitted.decision_function(later) < 0, found.alarms)
        np.testing.assert_array_equal(fitted.predict(later) == -1, found.alarms)
        np.testing.assert_array_equal(fitted.score_samples(later), -found.scores)
        within = np.zeros(len(later), dtype=bool)
        for event in found.events:
            within[event.start : event.end] = True
        assert within[found.alarms & (found.p_values <= fitted.alarm_rate / 1000)].all()

    def test_a_threshold_that_stays_is_what_is_taken_off(self, normal, later):
        detector = AttentionDetector(window=16, adaptive=False, alarm_rate=50).fit(normal)
        difference = detector.score_samples(later) - detector.decision_function(later)
        np.testing.assert_allclose(difference, detector.offset_)
        assert detector.offset_ == -detector.threshold_
        found = detector.detect(later)
        assert (found.levels == 0.05).all()
        np.testing.assert_array_equal(found.alarms, found.scores > found.threshold)

    def test_more_are_raised_the_more_are_allowed(self, normal, later):
        counts = []
        for alarm_rate in (1, 5, 20, 50, 100, 300, 900):
            detector = AttentionDetector(window=16, adaptive=False, alarm_rate=alarm_rate).fit(normal)
            counts.append(int((detector.predict(later) == -1).sum()))
        assert counts == sorted(counts)
        assert counts[0] < counts[-1]

    @pytest.mark.parametrize("adaptive", [True, False])
    def test_on_normal_data_there_are_no_more_than_were_asked_for(self, make_waves, adaptive):
        detector = AttentionDetector(window=16, adaptive=adaptive, alarm_rate=50).fit(make_waves(1500))
        share = (detector.predict(make_waves(3000, seed=1)) == -1).mean()
        assert share < 0.075
        assert share > (0.033 if adaptive else 0.005)

    def test_the_rate_holds_on_a_series_that_drifts(self, make_waves):
        detector = AttentionDetector(window=16, alarm_rate=20).fit(make_waves(600))
        drifting = make_waves(3000, seed=1) + np.linspace(0, 3, 3000)[:, np.newaxis]
        assert 0.015 < (detector.predict(drifting) == -1).mean() < 0.025
        assert (detector.set_params(adaptive=False).predict(drifting) == -1).mean() > 0.5
