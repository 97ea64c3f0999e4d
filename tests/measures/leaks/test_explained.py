"""What is computed once for many columns, or not to its end, comes to what it would for each column by itself."""

from __future__ import annotations

import numpy as np
import pytest

from attime.measures.leaks.explained import Lags, unexplained

PAST, FUTURE = range(-4, 1), range(1, 5)
N = 400
RNG = np.random.default_rng(0)
Y = RNG.normal(size=N).cumsum()
ONE_STRETCH = np.zeros(N, np.int64)
GAPS = np.where(RNG.random(N) < 0.05, np.nan, np.roll(Y, -2))
COLUMNS = {
    "a later value": np.roll(Y, -2),
    "with gaps": GAPS,
    "an earlier value": np.roll(Y, 2),
    "noise": RNG.normal(size=N),
    "both": np.roll(Y, -1) + 0.1 * RNG.normal(size=N),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_lags_that_serve_for_several_columns_explain_each_as_if_it_were_the_only_one(name):
    shared = Lags.of(Y, ONE_STRETCH, past=PAST, future=FUTURE)
    for column in COLUMNS.values():
        shared.explain(column)
    alone = unexplained(COLUMNS[name], Y, ONE_STRETCH, past=PAST, future=FUTURE)
    assert shared.explain(COLUMNS[name]) == alone


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("gain", [0.5, 0.99])
def test_work_that_is_spared_changes_no_answer_to_whether_the_gain_is_reached(name, gain):
    lags = Lags.of(Y, ONE_STRETCH, past=PAST, future=FUTURE)
    whole, spared = lags.explain(COLUMNS[name]), lags.explain(COLUMNS[name], gain=gain)
    assert (whole.past, whole.past_own) == (spared.past, spared.past_own)
    for one, other, both in (
        (whole.gain, spared.gain, whole.both == spared.both),
        (whole.gain_own, spared.gain_own, whole.both_own == spared.both_own),
    ):
        assert (one > gain) == (other > gain)
        assert both or one <= gain


def test_the_blocks_of_time_that_were_not_fitted_are_those_of_least_squares():
    found = unexplained(COLUMNS["both"], Y, ONE_STRETCH, past=PAST, future=FUTURE, own=0)
    now = np.arange(4, N - 4)
    table = np.column_stack([Y[now[:, None] + np.array([*PAST, *FUTURE])], np.ones(len(now))])
    column, left = COLUMNS["both"][now], 0.0
    for block in np.array_split(np.arange(len(now)), 4):
        others = np.setdiff1d(np.arange(len(now)), block)
        weights = np.linalg.lstsq(table[others], column[others], rcond=None)[0]
        left += ((column[block] - table[block] @ weights) ** 2).sum()
    assert found.both == pytest.approx(left / ((column - column.mean()) ** 2).sum(), rel=1e-6)
