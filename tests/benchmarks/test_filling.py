"""What peers get where they refuse gaps, and what is deleted."""

from __future__ import annotations

import numpy as np
from contest.filling import deleted, filled, filled_values, is_whole

from attime.data import SeriesSet


class TestFilling:
    def test_gaps_lie_on_a_straight_line_and_ends_on_the_nearest_value(self):
        values = np.array([[[np.nan, 1.0, np.nan, 3.0, np.nan]]])
        assert filled_values(values, 6).tolist() == [[[1.0, 1.0, 2.0, 3.0, 3.0, 3.0]]]

    def test_a_channel_of_which_nothing_is_known_is_zero(self):
        assert filled_values(np.full((1, 2, 3), np.nan), 3).tolist() == [[[0.0] * 3] * 2]

    def test_both_parts_come_out_whole_whatever_their_lengths(self):
        train = SeriesSet.of([[1.0, 2.0], [1.0, np.nan, 4.0]], labels=["a", "b"])
        test = SeriesSet.of([[1.0] * 12], labels=["a"])
        assert not is_whole(train, test)
        assert is_whole(*filled(train, test))
        assert filled(train, test)[0].labels.tolist() == ["a", "b"]

    def test_what_is_whole_stays_as_it_is(self):
        series = SeriesSet.of(np.random.default_rng(0).normal(size=(3, 2, 20)))
        assert all(np.array_equal(part.values, series.values) for part in filled(series, series))


class TestDeleted:
    def test_about_the_share_that_was_asked_for_is_gone(self):
        series = SeriesSet.of(np.ones((20, 2, 100)), labels=[0] * 20)
        lost = ~deleted(series, 0.4, np.random.default_rng(0)).observed
        assert 0.37 < lost.mean() < 0.43

    def test_every_case_keeps_a_value(self):
        series = SeriesSet.of(np.ones((50, 1, 3)))
        assert deleted(series, 1.0, np.random.default_rng(0)).observed.any(axis=(1, 2)).all()

    def test_nothing_is_invented(self):
        series = SeriesSet.of([[1.0, np.nan, 3.0]] * 5)
        left = deleted(series, 0.5, np.random.default_rng(0))
        assert np.array_equal(left.values[left.observed], series.values[left.observed])
