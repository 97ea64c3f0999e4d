"""What cannot be used is one clear error, what looks wrong one warning in words."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from sklearn.exceptions import NotFittedError

from attime import AttentionDetector
from attime.errors import DataError, DataWarning, OptionError

from .conftest import WINDOW


def at(series, value, place=(7, 1)):
    series = series.astype(object if isinstance(value, str) else type(value))
    series[place] = value
    return series


class TestSeries:
    @pytest.mark.parametrize(
        ("of", "message"),
        [
            (lambda x: x[:10], "series of 10 to 10 steps arrived, expected 16 at least"),
            (lambda x: x[:17], "too few to set some apart"),
            (lambda x: x[:0], "0 sample"),
            (lambda x: x[:, :0], "0 feature"),
            (lambda x: np.empty((0, 2, 30)), "no cases"),
            (lambda x: [], "."),
            (lambda x: x[None, None], "4"),
            (lambda x: at(x, np.inf), "channel 1, step 7 .* holds inf"),
            (lambda x: at(x, -np.inf), "holds -inf"),
            (lambda x: at(x, 1e300), "expected at most 3.4e\\+38 in size"),
            (lambda x: np.full_like(x, np.nan), "holds no observed value"),
            (lambda x: at(x, "much"), "could not convert string to float: 'much'"),
            (lambda x: x * 1j, "Complex data not supported"),
            (lambda x: pd.DataFrame({"a": x[:, 0], "b": "word"}), "column 'b' holds .*numbers"),
            (lambda x: pd.DataFrame(x)[::-1], "the index does not increase"),
            (lambda x: pd.DataFrame(x, index=np.zeros(len(x))), "the index does not increase"),
            (lambda x: [x.T, x.T[:1]], "channel"),
        ],
    )
    def test_fit_says_what_cannot_be_used(self, normal, of, message):
        with pytest.raises(DataError, match=message):
            AttentionDetector(window=WINDOW).fit(of(normal))

    def test_a_sparse_matrix_is_refused_as_everywhere_in_scikit_learn(self, normal):
        with pytest.raises(TypeError, match="dense data is required"):
            AttentionDetector(window=WINDOW).fit(scipy.sparse.csr_array(normal))

    @pytest.mark.parametrize(
        ("of", "message"),
        [
            (lambda x: x[:5], "5 steps arrived, expected half a window of 16"),
            (lambda x: x[:, :1], "1 features, but AttentionDetector is expecting 2"),
            (lambda x: x[:, [0, 1, 1]], "3 features, but AttentionDetector is expecting 2"),
            (lambda x: x[:, 0], "Reshape your data"),
            (lambda x: x.T[None, :1], "1 channels arrived, the detector was fitted to 2"),
            (lambda x: at(x, np.inf), "holds inf"),
        ],
    )
    def test_a_fitted_detector_says_what_cannot_be_used(self, detector, later, of, message):
        for method in (detector.score_samples, detector.predict, detector.detect, detector.update):
            with pytest.raises(DataError, match=message):
                method(of(later))

    def test_names_of_channels_must_be_those_of_fit(self, normal, later):
        detector = AttentionDetector(window=WINDOW).fit(pd.DataFrame(normal, columns=["left", "right"]))
        detector.score_samples(pd.DataFrame(later, columns=["left", "right"]))
        with pytest.raises(DataError, match="same order"):
            detector.score_samples(pd.DataFrame(later, columns=["right", "left"]))
        with pytest.raises(DataError, match="unseen at fit time:\n- up"):
            detector.score_samples(pd.DataFrame(later, columns=["left", "up"]))

    def test_constant_training_data_are_warned_of_and_any_change_then_counts(self):
        with pytest.warns(DataWarning, match="nothing ever changes"):
            detector = AttentionDetector(window=WINDOW).fit(np.full(300, 5.0))
        changed = np.full(200, 5.0)
        changed[100:110] = 5.5
        found = detector.detect(changed)
        assert 100 <= found.scores.argmax() < 110
        assert any(event.start <= 100 and event.end >= 110 for event in found.events)
        assert not found.alarms[: 100 - WINDOW].any()

    def test_a_constant_channel_beside_others_is_no_matter(self, normal, later):
        beside = np.column_stack([normal, np.full(len(normal), 3.0)])
        found = AttentionDetector(window=WINDOW).fit(beside).detect(np.column_stack([later, np.full(len(later), 3.0)]))
        assert 80 <= found.scores.argmax() < 96

    def test_another_unit_is_told_in_words(self, normal, later):
        detector = AttentionDetector(window=WINDOW).fit(pd.DataFrame(20 + normal, columns=["left", "right"]))
        with pytest.warns(DataWarning, match="'right' lies around 1.999e\\+04, in training .* look whether its unit"):
            detector.score_samples(pd.DataFrame((20 + later) * [1, 1000], columns=["left", "right"]))

    def test_a_fault_is_no_other_unit(self, detector, later):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            detector.score_samples(later + np.array([0, 2.0]))

    def test_a_fit_that_fails_leaves_nothing_behind(self, normal):
        detector = AttentionDetector(window=WINDOW).fit(normal)
        with pytest.raises(DataError):
            detector.fit(normal[:10])
        with pytest.raises(NotFittedError):
            detector.predict(normal)


class TestOptions:
    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"alarm_rate": 0}, "alarm_rate=0 arrived, expected alarms per 1,000 steps"),
            ({"alarm_rate": 1000}, "alarm_rate=1000"),
            ({"alarm_rate": -5}, "alarm_rate=-5"),
            ({"alarm_rate": float("nan")}, "alarm_rate=nan"),
            ({"alarm_rate": "few"}, "alarm_rate='few'"),
            ({"window": 1}, "window=1 arrived, expected a whole number of steps, 2 at least"),
            ({"window": 2.5}, "window=2.5"),
            ({"unit": "day"}, "unit='day' arrived, expected 'step' or 'series'"),
            ({"model": "mask"}, "masked"),
            ({"model": 3}, "3"),
            ({"model": "recurrent", "training": {"max_epoch": 3}}, "max_epoch"),
            ({"random_state": "seed", "model": "nearest"}, "random_state='seed'"),
        ],
    )
    def test_a_wrong_one_is_told_by_name(self, normal, options, message):
        with pytest.raises(OptionError, match=message):
            AttentionDetector(**{"window": WINDOW, **options}).fit(normal)

    def test_a_window_longer_than_the_series_is_told(self, normal):
        with pytest.raises(DataError, match="series of 240 to 240 steps arrived, expected 500 at least"):
            AttentionDetector(window=500).fit(normal)

    def test_events_are_of_steps_only(self, make_waves):
        detector = AttentionDetector(unit="series").fit(make_waves(500, n_channels=1).reshape(20, 25))
        with pytest.raises(OptionError, match="expected 'step'"):
            detector.detect(make_waves(50, n_channels=1).reshape(2, 25))

    @pytest.mark.parametrize("ask", ["score_samples", "predict", "detect", "update", "stream", "save"])
    def test_before_fit_nothing_can_be_asked(self, ask, later, tmp_path):
        detector = AttentionDetector()
        arguments = {"stream": (), "save": (tmp_path / "x",)}.get(ask, (later,))
        with pytest.raises(NotFittedError):
            getattr(detector, ask)(*arguments)
