"""One series or many, with gaps, of unequal lengths, or judged as a whole: each step is judged by what is there."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from attime import AttentionDetector, SeriesSet
from attime.estimators.detection import Detected, Detection

from .conftest import WINDOW

KNOWN = slice(WINDOW, None)  # a forecast needs something to begin with


class TestOneSeries:
    def test_every_step_gets_a_finite_score(self, fitted, later):
        scores = fitted.score_samples(later)
        assert scores.shape == (160,)
        assert np.isfinite(scores[KNOWN]).all()

    def test_an_array_a_list_and_a_frame_get_the_same(self, make_waves):
        series = make_waves(160)[:, 0]
        forms = series, series[:, None], series.tolist(), pd.Series(series), pd.DataFrame({"load": series})
        found = [AttentionDetector(window=WINDOW).fit(form).score_samples(form) for form in forms]
        for scores in found[1:]:
            np.testing.assert_array_equal(scores, found[0])

    def test_lists_of_rows_are_a_table(self, detector, later):
        np.testing.assert_array_equal(detector.score_samples(later.tolist()), detector.score_samples(later))

    def test_events_have_the_times_of_a_frame(self, normal, later):
        stamps = pd.date_range("2024-01-01", periods=400, freq="h")
        train, test = (
            pd.DataFrame(part, index=own, columns=["a", "b"])
            for part, own in ((normal, stamps[:240]), (later, stamps[240:]))
        )
        found = AttentionDetector(window=WINDOW).fit(train).detect(test)
        event = max(found.events, key=lambda event: event.severity)
        assert event.begins == stamps[240 + event.start]
        assert event.ends == stamps[240 + event.end - 1]
        assert found.to_frame().time.tolist() == stamps[240:].tolist()
        assert found.channels == ("a", "b")

    @pytest.mark.parametrize("model", ["default", "nearest"])
    def test_a_planted_fault_ranks_first_and_its_channel_is_named(self, model, normal, later):
        found = AttentionDetector(model, window=WINDOW).fit(normal).detect(later)
        assert 80 <= found.scores.argmax() < 96
        assert max(found.events, key=lambda event: event.severity).channel == "0"

    def test_a_second_fit_gives_the_same_bits(self, fitted, make_detector, model, normal, later):
        again = make_detector(model).fit(normal)
        np.testing.assert_array_equal(again.score_samples(later), fitted.score_samples(later))
        assert again.threshold_ == fitted.threshold_

    def test_a_second_fit_forgets_the_first(self, make_detector, model, normal, later):
        detector = make_detector(model).fit(later[:, :1]).fit(normal)
        np.testing.assert_array_equal(
            detector.score_samples(later), make_detector(model).fit(normal).score_samples(later)
        )

    def test_scoring_changes_neither_the_detector_nor_the_series(self, fitted, later):
        before, copy = fitted.score_samples(later), later.copy()
        fitted.detect(later[::-1])
        np.testing.assert_array_equal(fitted.score_samples(later), before)
        np.testing.assert_array_equal(later, copy)

    def test_fit_predict_finds_what_stands_out_of_the_rest(self, make_waves):
        series = make_waves(600)
        series[300:312] *= -1
        found = AttentionDetector(window=WINDOW).fit_predict(series)
        assert found.shape == (600,)
        assert (found[300:312] == -1).any()
        assert (found == -1).mean() < 0.05


class TestManySeries:
    def test_each_is_judged_as_if_it_came_alone(self, fitted, later):
        together = fitted.score_samples([later.T, later[:100].T])
        np.testing.assert_allclose(together[0], fitted.score_samples(later), atol=1e-5)
        np.testing.assert_allclose(together[1, :100], fitted.score_samples(later[:100]), atol=1e-5)
        assert np.isnan(together[1, 100:]).all()

    def test_unequal_lengths_are_padding_with_nan(self, model, make_detector, make_waves):
        series = [make_waves(length, seed=length).T for length in (120, 90, 150)]
        padded = np.full((3, 2, 150), np.nan)
        for row, values in zip(padded, series, strict=True):
            row[:, : values.shape[1]] = values
        one, other = make_detector(model).fit(series), make_detector(model).fit(padded)
        np.testing.assert_array_equal(one.score_samples(series), other.score_samples(padded))

    def test_a_series_set_names_the_channels(self, make_waves):
        series = SeriesSet.of([make_waves(120).T, make_waves(90, seed=1).T], channels=["left", "right"])
        assert AttentionDetector(window=WINDOW).fit(series).channels_ == ("left", "right")

    def test_one_gives_what_was_detected_and_several_a_sequence_of_it(self, detector, later):
        assert isinstance(detector.detect(later), Detected)
        found = detector.detect([later.T, later.T])
        assert isinstance(found, Detection)
        assert [part.scores.shape for part in found] == [(160,), (160,)]
        assert {event.series for event in found.events} == {0, 1}
        assert len(found.to_frame()) == 320
        assert len(found.to_events()) == len(found.events)


class TestWholeSeries:
    @pytest.fixture
    def days(self, make_waves):
        days = make_waves(40 * 25, n_channels=1).reshape(40, 25)
        days[33] = days[33, ::-1] * 0.5
        return days

    def test_the_odd_one_has_the_highest_score_and_is_flagged(self, days):
        detector = AttentionDetector(unit="series", alarm_rate=50).fit(days[:30])
        scores = detector.score_samples(days[30:])
        assert scores.shape == (10,)
        assert scores.argmin() == 3
        assert detector.predict(days[30:])[3] == -1

    def test_every_model_gives_each_series_one_score(self, model, make_detector, days):
        detector = make_detector(model, window=None, unit="series").fit(days[:30, None])
        assert detector.window_ == 25
        assert np.isfinite(detector.score_samples(days[30:, None])).all()

    def test_order_does_not_matter(self, days):
        detector = AttentionDetector(unit="series").fit(days[:30])
        np.testing.assert_allclose(detector.score_samples(days[::-1]), detector.score_samples(days)[::-1], atol=1e-6)


class TestMissingValues:
    def test_a_gap_changes_nothing_that_is_a_window_away(self, fitted, later):
        with_gap = later.copy()
        with_gap[40:44] = np.nan
        far = np.abs(np.arange(160) - 42) > WINDOW + 3
        np.testing.assert_allclose(fitted.score_samples(with_gap)[far], fitted.score_samples(later)[far], atol=1e-3)

    def test_what_was_missing_in_training_teaches_nothing(self, model, make_detector, make_waves, later):
        series = make_waves(240)
        series[100:104, 0] = np.nan
        assert np.isfinite(make_detector(model).fit(series).score_samples(later)[KNOWN]).all()

    def test_a_fault_beside_a_gap_is_found(self, detector, later):
        with_gap = later.copy()
        with_gap[98:102] = np.nan
        assert 80 <= np.nanargmax(-detector.score_samples(with_gap)) < 96

    def test_a_channel_missing_for_long_leaves_the_judgement_to_the_others(self, fitted, later):
        without = later.copy()
        without[:, 1] = np.nan
        assert np.isfinite(fitted.score_samples(without)[KNOWN]).all()

    def test_a_channel_missing_in_all_of_training_leaves_the_judgement_to_the_others(
        self, model, make_detector, normal, later
    ):
        without = normal.copy()
        without[:, 1] = np.nan
        assert np.isfinite(make_detector(model).fit(without).score_samples(later)[KNOWN]).all()

    def test_where_nothing_was_measured_there_is_neither_score_nor_alarm(self, detector, later):
        with_gap = later.copy()
        with_gap[20:70] = np.nan
        found = detector.detect(with_gap)
        assert np.isnan(found.scores[40:50]).all()
        assert np.isnan(found.p_values[40:50]).all()
        assert not found.alarms[40:50].any()
        assert detector.predict(with_gap)[45] == 1
