"""Ranks, wins and Holm's correction, on cases that can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from contest.ranks import duel, holm, rank


class TestDuel:
    def test_wins_draws_and_losses_are_counted_from_the_first(self):
        found = duel("a", "b", np.array([0.9, 0.8, 0.5, 0.7]), np.array([0.8, 0.8, 0.6, 0.1]))
        assert (found.wins, found.draws, found.losses) == (2, 1, 1)
        assert found.mean_difference == pytest.approx(0.15)

    def test_a_last_digit_is_no_win(self):
        assert duel("a", "b", np.array([0.1 + 0.2]), np.array([0.3])).draws == 1

    def test_equals_differ_by_chance_alone(self):
        assert duel("a", "b", np.ones(5), np.ones(5)).p_value == 1.0

    def test_the_order_of_the_two_does_not_change_the_p_value(self):
        rng = np.random.default_rng(0)
        first, second = rng.random(20), rng.random(20)
        assert duel("a", "b", first, second).p_value == pytest.approx(duel("b", "a", second, first).p_value)


class TestHolm:
    def test_each_step_has_its_own_level(self):
        # .01 ≤ .05/4, .015 ≤ .05/3, .02 ≤ .05/2, .04 ≤ .05/1
        assert holm([0.04, 0.01, 0.02, 0.015]) == [True, True, True, True]

    def test_nothing_is_rejected_after_the_first_that_is_not(self):
        # .02 > .05/3, so that .03 is not asked any more, though it is below .05.
        assert holm([0.02, 0.03, 0.001, 0.6]) == [False, False, True, False]

    def test_no_hypotheses_are_no_rejections(self):
        assert holm([]) == []


class TestRank:
    def test_the_best_has_the_lowest_mean_rank_and_equals_share_places(self):
        ranking = rank(["worst", "best", "equal"], np.array([[0.1, 0.9, 0.9], [0.2, 0.8, 0.7]]))
        assert ranking.names == ("best", "equal", "worst")
        assert ranking.mean_ranks == pytest.approx((1.25, 1.75, 3.0))
        assert ranking.n_sets == 2

    def test_a_bar_joins_those_that_chance_may_have_ordered_and_no_others(self):
        rng = np.random.default_rng(0)
        good = rng.random(40)
        scores = np.stack([good, good + rng.normal(scale=1e-3, size=40), good - 0.5], axis=1)
        ranking = rank(["good", "as good", "bad"], scores)
        assert ranking.names[2] == "bad"
        assert ranking.cliques == ((0, 1),)

    def test_where_all_differ_there_is_no_bar(self):
        base = np.random.default_rng(0).random(40)
        assert rank(["a", "b", "c"], np.stack([base + 2, base + 1, base], axis=1)).cliques == ()

    def test_a_bar_within_another_is_left_out(self):
        scores = np.random.default_rng(0).random((6, 4))
        assert rank(list("abcd"), scores).cliques == ((0, 3),)
