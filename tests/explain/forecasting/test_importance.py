"""Importance finds the covariate that matters, at the step at which it does, and passes over one that says nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from attime.errors import DataError, OptionError
from attime.estimators.forecasting import AttentionForecaster
from attime.explain.forecasting import importance

DELAY, N_STEPS = 3, 500


def data(n_steps=N_STEPS, seed=0):
    """Wind counts three steps later, price at once, noise never."""
    rng = np.random.default_rng(seed)
    wind, price, noise = rng.normal(size=(3, n_steps))
    y = 20 + 2 * np.roll(wind, DELAY) + 3 * price + 0.3 * rng.normal(size=n_steps)
    return pd.DataFrame({"ds": np.arange(n_steps), "y": y, "wind": wind, "noise": noise, "price": price})


@pytest.fixture(scope="module")
def fitted():
    return AttentionForecaster(2, "linear", look_back=8).fit(data(), future=["price"], look_for_leaks=False)


@pytest.fixture(scope="module")
def found(fitted):
    return importance(fitted, n_blocks=8)


def of(found, name):
    return found.names.index(name)


def test_what_matters_matters_and_what_does_not_cannot_be_told_from_nothing(found):
    assert found.names == ("y", "wind", "noise", "price")
    assert found.low[of(found, "wind")] > 0
    assert found.low[of(found, "price")] > found.high[of(found, "wind")]
    assert found.low[of(found, "noise")] <= 0 <= found.high[of(found, "noise")]
    assert found.p_value[of(found, "noise")] > 0.05 > found.p_value[of(found, "wind")]


def test_the_steps_at_which_it_matters_are_found(found):
    blocks = found.rise_by_block[of(found, "wind")]
    assert found.blocks[:, 0].tolist() == list(range(8, 0, -1))
    assert set(np.argsort(blocks)[-2:]) == {5, 6}  # three and two steps before: what comes 1 and 2 steps ahead


def test_the_interval_holds_the_mean_over_windows(found):
    np.testing.assert_allclose(np.nanmean(found.rise_by_window, axis=1), found.rise, rtol=1e-6)
    assert ((found.low <= found.rise) & (found.rise <= found.high)).all()


def test_equal_seeds_give_equal_numbers_and_windows_of_other_data_are_those_after_fit(fitted):
    later = data(560)
    one, other = (importance(fitted, later, random_state=3) for _ in range(2))
    np.testing.assert_array_equal(one.rise, other.rise)
    assert one.stamps.min() >= N_STEPS


def test_series_do_not_get_what_was_read_of_others():
    one = data()
    both = pd.concat([one.assign(unique_id="low"), one.assign(unique_id="high", y=one.y + 1e4)])
    forecaster = AttentionForecaster(2, "linear", look_back=8).fit(both, future=["price"], look_for_leaks=False)
    assert importance(forecaster).rise.max() < 20


def test_static_covariates_are_measured_together():
    rng = np.random.default_rng(0)
    parts = [
        pd.DataFrame({"unique_id": str(n), "ds": np.arange(80), "y": n + rng.normal(size=80), "kind": "ab"[n % 2]})
        for n in range(4)
    ]
    forecaster = AttentionForecaster(2, "linear", look_back=8).fit(pd.concat(parts), static=["kind"])
    assert importance(forecaster).names == ("y", "static")


def test_a_covariate_may_be_called_static_beside_static_ones():
    one = data().rename(columns={"wind": "static"})
    both = pd.concat([one.assign(unique_id=name, kind=name) for name in "ab"])
    forecaster = AttentionForecaster(2, "linear", look_back=8).fit(both, static=["kind"], look_for_leaks=False)
    found = importance(forecaster, n_repeats=1, n_blocks=1)
    assert found.names == ("y", "static", "noise", "price", "static covariates")
    assert found.low[of(found, "static")] > 0 >= found.low[of(found, "static covariates")]


def test_windows_are_those_of_a_backtest(fitted):
    for asked in ({"n_windows": 4}, {"n_windows": None}):
        backtest = fitted.backtest(step=2, **asked)
        found = importance(fitted, n_repeats=1, n_blocks=1, **asked)
        np.testing.assert_array_equal(found.stamps, backtest.forecast.stamps[:, 0])


def test_the_error_of_a_model_that_reads_nothing_does_not_change(fitted):
    noise = np.random.default_rng(0).normal(size=300)
    forecaster = AttentionForecaster(2, "linear", look_back=8).fit(noise)
    forecaster.module_.weights.data[:] = 0.0
    found = importance(forecaster, np.concatenate([noise, noise[:50]]))
    assert found.rise.tolist() == [0.0]
    assert found.p_value.tolist() == [1.0]


def test_frames_have_a_row_for_each_name_block_and_window(found):
    assert len(found.to_frame()) == 4
    assert len(found.by_step_frame()) == 4 * 8
    assert len(found.by_origin_frame()) == 4 * len(found.stamps)
    assert found.sentence.startswith(f"Mean absolute error {found.error:.4g}")


def test_too_few_windows_or_repetitions_are_refused(fitted):
    with pytest.raises(DataError, match="two at least"):
        importance(fitted, data(N_STEPS + 2, seed=1), n_windows=1)
    with pytest.raises(OptionError, match="n_repeats=0"):
        importance(fitted, n_repeats=0)
    with pytest.raises(OptionError, match="step=0"):
        importance(fitted, step=0)


def test_a_series_that_is_too_short_for_two_windows_does_not_keep_others_from_being_measured():
    both = pd.concat([data().assign(unique_id="a"), data(60, seed=1).assign(unique_id="b")])
    forecaster = AttentionForecaster(10, "linear", look_back=8).fit(both, future=["price"], look_for_leaks=False)
    found = importance(forecaster, n_repeats=1, n_blocks=1)
    assert found.series.count("b") == 1
    assert np.isfinite(found.rise_by_window).all()
