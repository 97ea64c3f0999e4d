"""The parts of a report before they become a page: which cases, which steps, which words."""

from __future__ import annotations

import numpy as np
import pytest

from attime.errors import OptionError
from attime.evaluate import classification_report
from attime.report.gallery import FEWEST_BINS, MOST_NUMBERS, room_for
from attime.report.pack import pack, unpack
from attime.report.sample import choose_cases
from attime.report.thin import extremes, means, sums, width_for
from attime.report.words import merits_of


@pytest.fixture
def answers():
    """True and predicted classes of 5,000 cases, few of them wrong, and one of a kind that occurs once."""
    rng = np.random.default_rng(0)
    true = rng.integers(0, 3, 5000)
    predicted = np.where(rng.random(5000) < 0.01, (true + 1) % 3, true)
    predicted[np.flatnonzero(true == 0)[0]] = 2
    return true, predicted


class TestChoice:
    def test_every_cell_is_there(self, answers):
        true, predicted = answers
        chosen = choose_cases(true, predicted, 200)
        cells = set(zip(true.tolist(), predicted.tolist(), strict=True))
        assert set(zip(true[chosen].tolist(), predicted[chosen].tolist(), strict=True)) == cells

    def test_all_the_wrong_ones_are_there_if_they_fill_no_more_than_half(self, answers):
        true, predicted = answers
        wrong = np.flatnonzero(true != predicted)
        assert len(wrong) <= 100
        assert set(wrong) <= set(choose_cases(true, predicted, 200))

    def test_many_wrong_ones_leave_half_of_the_places(self):
        true, predicted = np.zeros(1000, int), np.repeat([0, 1], 500)
        assert np.sum(predicted[choose_cases(true, predicted, 100)] == 1) == 50

    def test_few_right_ones_leave_their_places(self):
        true, predicted = np.zeros(1000, int), np.repeat([0, 1], [10, 990])
        chosen = choose_cases(true, predicted, 100)
        assert len(chosen) == 100
        assert set(range(10)) <= set(chosen)

    def test_cells_count_the_same_however_frequent(self):
        true = np.repeat([0, 1], [9900, 100])
        chosen = choose_cases(true, true, 50)
        assert np.bincount(true[chosen]).tolist() == [25, 25]

    def test_equal_seeds_choose_equal_cases(self, answers):
        first, second, other = (choose_cases(*answers, 50, random_state=seed) for seed in (1, 1, 2))
        np.testing.assert_array_equal(first, second)
        assert first.tolist() != other.tolist()

    @pytest.mark.parametrize("at_most", [1, 2, 7, 200, 5000, 9000])
    def test_as_many_as_there_is_room_for(self, answers, at_most):
        chosen = choose_cases(*answers, at_most)
        assert len(chosen) == len(set(chosen.tolist())) == min(at_most, 5000)
        assert (np.diff(chosen) > 0).all()

    def test_those_that_are_named_are_among_them(self, answers):
        named = [3, 10, 4000]
        chosen = choose_cases(*answers, 20, always=named)
        assert set(named) <= set(chosen.tolist())
        assert len(chosen) == 20

    def test_without_labels_every_answer_is_there(self, answers):
        _, predicted = answers
        assert set(predicted[choose_cases(None, predicted, 10)]) == {0, 1, 2}


class TestThinning:
    @pytest.mark.parametrize(("n_steps", "at_most"), [(1, 500), (500, 500), (501, 500), (10_000, 500), (7, 3)])
    def test_no_more_bins_than_there_is_room_for(self, n_steps, at_most):
        values = np.random.default_rng(0).standard_normal((2, n_steps))
        assert extremes(values, width_for(n_steps, at_most)).shape[1] <= at_most

    def test_the_highest_and_the_lowest_value_stay(self):
        values = np.random.default_rng(0).standard_normal((3, 2, 1003))
        kept = extremes(values, 7)
        np.testing.assert_array_equal(kept.max(axis=(2, 3)), values.max(axis=2))
        np.testing.assert_array_equal(kept.min(axis=(2, 3)), values.min(axis=2))

    def test_a_peak_of_one_step_stays(self):
        values = np.zeros((1, 1000))
        values[0, 777] = 5.0
        assert extremes(values, 10).max() == 5.0

    def test_missing_values_do_not_hide_their_neighbours(self):
        kept = extremes(np.array([[np.nan, 1.0, np.nan, 3.0, np.nan, np.nan]]), 2)
        np.testing.assert_array_equal(kept, [[[1.0, 1.0], [3.0, 3.0], [np.nan, np.nan]]])

    def test_sums_still_add_up(self):
        values = np.random.default_rng(0).standard_normal((4, 101))
        np.testing.assert_allclose(sums(values, 8).sum(axis=1), values.sum(axis=1))

    def test_one_step_a_bin_changes_nothing(self):
        values = np.array([[1.0, np.nan, 3.0]])
        np.testing.assert_array_equal(extremes(values, 1)[..., 0], values)
        np.testing.assert_array_equal(means(values, 1), values)


class TestPacking:
    def test_numbers_come_back_to_a_part_of_their_range(self):
        values = np.random.default_rng(0).standard_normal((5, 40)) * 10.0 ** np.arange(-3, 2)[:, None] + 1000
        error = np.abs(unpack(pack(values)) - values).max(axis=1)
        assert (error <= np.ptp(values, axis=1) / 65_000).all()

    def test_zero_stays_zero(self):
        values = np.array([[0.0, 1e-9, -3.0], [0.0, 0.0, 0.0]])
        assert (unpack(pack(values, around_zero=True))[:, 0] == 0).all()

    def test_missing_stays_missing(self):
        values = np.array([[np.nan, np.nan], [1.0, np.nan]])
        np.testing.assert_array_equal(np.isnan(unpack(pack(values))), np.isnan(values))


@pytest.mark.parametrize(("n_classes", "n_channels"), [(2, 1), (30, 1), (12, 3), (200, 9)])
def test_a_page_stays_small_whatever_it_shows(n_classes, n_channels):
    room = room_for(10_000, n_classes, n_channels)
    assert room >= 1
    assert room * FEWEST_BINS * n_classes * n_channels <= MOST_NUMBERS


def test_of_two_classes_the_page_names_one_and_gives_the_mean_of_both():
    labels, probabilities = np.array(["no", "no", "yes"]), np.array([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]])
    merits = {one.name: one for one in merits_of(classification_report(labels, probabilities, np.array(["no", "yes"])))}
    assert (merits["Precision"].value, merits["Precision"].note) == ("50.0 %", "of class yes; mean of both: 75.0 %")
    assert (merits["Recall"].value, merits["Recall"].note) == ("100 %", "of class yes; mean of both: 75.0 %")
    assert (merits["F1"].value, merits["F1"].note) == ("0.667", "of class yes; mean of both: 0.667")


def test_a_page_shows_one_case_at_least():
    with pytest.raises(OptionError, match="0 cases were asked for"):
        room_for(0, 2, 1)
