"""Points that arrive one by one get the scores that they would have got at once, in bounded memory."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attime import AttentionDetector
from attime.errors import DataError

CHUNKS = st.lists(st.integers(0, 50), min_size=1, max_size=12)


def streamed(detector, series, sizes):
    """Push a series in pieces of these sizes, then the rest, and return all that became final."""
    stream, parts, first = detector.stream(), [], 0
    for size in (*sizes, len(series)):
        parts.append(stream.push(series[first : first + size]))
        first += size
    parts.append(stream.finish())
    return tuple(np.concatenate([getattr(part, name) for part in parts]) for name in ("steps", "scores", "alarms"))


def assert_same(detector, series, sizes, *, atol=1e-3):
    steps, scores, alarms = streamed(detector, series, sizes)
    found = detector.detect(series)
    np.testing.assert_array_equal(steps, np.arange(len(series)))
    np.testing.assert_allclose(scores, found.scores, atol=atol)
    assert (alarms == found.alarms).mean() > 0.99


@pytest.fixture(scope="module")
def with_gaps(later):
    series = later.copy()
    series[30:33] = np.nan
    series[50:110, 1] = np.nan
    return series


class TestEveryModel:
    @settings(max_examples=4, deadline=None)
    @given(sizes=CHUNKS)
    def test_pieces_of_any_size_give_what_the_whole_gives(self, fitted, with_gaps, sizes):
        assert_same(fitted, with_gaps, sizes)

    def test_single_points_give_what_the_whole_gives(self, fitted, with_gaps):
        assert_same(fitted, with_gaps[:60], [1] * 60)

    @pytest.mark.parametrize("n_steps", [81, 82, 83, 84])
    def test_windows_that_do_not_fit_into_the_length_give_it_too(self, fitted, with_gaps, n_steps):
        assert_same(fitted, with_gaps[:n_steps], [30, 1, 1])

    def test_a_series_shorter_than_a_window_is_scored_at_its_end(self, fitted, later):
        assert_same(fitted, later[:11], [4, 4])


class TestReference:
    @settings(max_examples=20, deadline=None)
    @given(sizes=CHUNKS, n_steps=st.integers(8, 160))
    def test_the_default_gives_the_same_to_the_last_digits(self, detector, with_gaps, sizes, n_steps):
        assert_same(detector, with_gaps[:n_steps], sizes, atol=1e-5)

    def test_of_one_channel_numbers_will_do(self, make_waves):
        series = make_waves(300, n_channels=1)[:, 0]
        detector = AttentionDetector(window=16).fit(series[:200])
        stream = detector.stream()
        parts = [stream.push(float(value)) for value in series[200:]] + [stream.finish()]
        scores = np.concatenate([part.scores for part in parts])
        np.testing.assert_allclose(scores, -detector.score_samples(series[200:]), atol=1e-5)

    def test_a_score_is_final_a_window_later(self, detector, later):
        stream = detector.stream()
        assert len(stream.push(later[:15])) == 0
        assert stream.push(later[15:16]).steps.tolist() == [0]
        assert stream.push(later[16:20]).steps.tolist() == [1, 2, 3, 4]

    def test_memory_does_not_grow_with_the_points(self, detector, make_waves):
        stream, series, sizes = detector.stream(), make_waves(20_000), []
        for first in range(0, len(series), 1000):
            stream.push(series[first : first + 1000])
            sizes.append(len(pickle.dumps(stream)))
        assert len(set(sizes[1:])) <= 2
        assert max(sizes[1:]) - min(sizes[1:]) < 100

    def test_streams_know_nothing_of_each_other(self, detector, later):
        one, other = detector.stream(), detector.stream()
        one.push(later)
        assert other.push(later[:16]).steps.tolist() == [0]

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            (np.zeros(3), "expected \\(time, 2\\)"),
            (np.zeros((4, 3)), "expected \\(time, 2\\)"),
            (1.0, "expected \\(time, 2\\)"),
            (np.array([[0.0, np.inf]]), "an infinite value arrived"),
        ],
    )
    def test_values_of_other_channels_are_refused(self, detector, values, message):
        with pytest.raises(DataError, match=message):
            detector.stream().push(values)

    def test_after_its_end_nothing_can_follow(self, detector, later):
        stream = detector.stream()
        stream.push(later)
        stream.finish()
        with pytest.raises(DataError, match="begin a new stream"):
            stream.push(later)
