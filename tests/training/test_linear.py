"""Linear forecasts in closed form are what regression by hand gives, whatever level and unit the series have."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from attime.errors import DataError
from attime.nn.forecasting.linear import LinearForecast
from attime.training import Windows
from attime.training.beside import fit_beside
from attime.training.linear import fit_linear, simplex_shares
from attime.training.members import Member, members_for, naive_weights
from attime.training.moments import Moments

NONE = torch.zeros(0, dtype=torch.float64)


def windows_of(series, *, look_back=24, horizon=6, first=0, n_ahead=0):
    series = np.atleast_2d(series)
    origins = [range(max(first, look_back), series.shape[1] - horizon + 1)]
    return Windows.of([series], look_back=look_back, horizon=horizon, origins=origins, n_ahead=n_ahead)


def parts(series, *, n_held_out=100, **options):
    series = np.atleast_2d(series)
    n_learnt = series.shape[1] - n_held_out
    return windows_of(series[:, :n_learnt], **options), windows_of(series, first=n_learnt, **options)


def fitted(series, *, period=None, **options):
    training, held_out = parts(series, **options)
    network = LinearForecast(look_back=training.look_back, horizon=training.horizon, n_covariates=training.n_ahead)
    return network, fit_linear(network, training, held_out, period=period), held_out


def season(n_steps=500, period=12, noise=0.0, seed=0):
    steps = np.arange(n_steps)
    return np.sin(2 * np.pi * steps / period) + noise * np.random.default_rng(seed).normal(size=n_steps)


def errors(network, windows):
    with torch.no_grad():
        return (network(*windows.inputs).prediction - windows.targets.steps).square()


class TestForecasts:
    def test_a_season_without_noise_is_forecast(self):
        network, _, held_out = fitted(season(), period=12)
        assert errors(network, held_out).max() < 1e-4

    def test_the_weights_of_each_step_ahead_sum_to_one(self):
        network, _, _ = fitted(season(noise=0.3), period=12)
        torch.testing.assert_close(network.weights.sum(0), torch.ones(6))

    def test_of_a_random_walk_the_last_value_is_expected(self):
        walk = np.random.default_rng(0).normal(size=1000).cumsum()
        network, _, held_out = fitted(walk / walk.std())
        last = naive_weights(24, 6, None)[0]
        naive = Moments.of(held_out, NONE).error(last)
        assert errors(network, held_out).mean() <= 1.01 * naive

    def test_level_and_unit_of_a_series_go_through_to_its_forecast(self):
        plain = season(noise=0.2)
        network, _, held_out = fitted(plain, period=12)
        other, _, moved = fitted(3 * plain + 5, period=12)
        expected = 3 * network(*held_out.inputs).prediction + 5
        torch.testing.assert_close(other(*moved.inputs).prediction, expected, atol=1e-3, rtol=0)

    def test_values_that_are_not_observed_do_not_matter(self):
        network, _, held_out = fitted(season(noise=0.2))
        values, observed = held_out.inputs
        observed = observed.clone()
        observed[:, :, 3:9] = False
        changed = torch.where(observed, values, 1e6)
        torch.testing.assert_close(network(changed, observed).prediction, network(values, observed).prediction)

    def test_without_a_window_whose_future_is_known_there_is_one_clear_error(self):
        gaps = np.where(np.arange(300) % 7 != 0, np.nan, season(300))
        with pytest.raises(DataError, match="a quarter of its 6 steps ahead"):
            fitted(gaps)

    def test_a_third_of_the_values_missing_costs_little(self):
        whole = season(600, noise=0.1)
        gaps = np.where(np.random.default_rng(0).random(600) < 0.3, np.nan, whole)
        gaps[-60:] = whole[-60:]
        errors = []
        for series in (whole, gaps):
            network, _, held_out = fitted(series)
            last = held_out.take(slice(-20, None), held_out.values.device)
            errors.append(float((network(*last.inputs).prediction - last.targets.steps).square().mean()))
        assert errors[1] < 1.5 * errors[0]


class TestCovariates:
    def test_one_that_makes_the_series_is_found_with_its_slope(self):
        rng = np.random.default_rng(0)
        known = rng.normal(size=600)
        network, _, held_out = fitted(np.stack([2 * known + 0.1 * rng.normal(size=600), known]), n_ahead=1)
        assert network.slopes.tolist() == pytest.approx([2.0], abs=0.05)
        assert errors(network, held_out).mean() < 0.05

    def test_noise_does_no_harm(self):
        series = season(noise=0.3)
        without, _, held_out = fitted(series, period=12)
        noise = np.random.default_rng(1).normal(size=len(series))
        network, _, with_noise = fitted(np.stack([series, noise]), period=12, n_ahead=1)
        assert errors(network, with_noise).mean() <= 1.02 * errors(without, held_out).mean()

    def test_the_plain_ridge_beside_it_learns_from_the_series_itself(self):
        rng = np.random.default_rng(0)
        known = rng.normal(size=600)
        series = season(600, noise=0.1) + 2 * known
        alone = fitted(series, period=12)[1].ridge
        found = fitted(np.stack([series, known]), period=12, n_ahead=1)[1].ridge
        torch.testing.assert_close(found, alone)

    def test_what_they_were_lately_is_left_out_where_nothing_held_out_can_judge_it(self):
        rng = np.random.default_rng(0)
        series = np.stack([season(noise=0.3), rng.normal(size=500)])
        series[0, 400::4] = np.nan
        training, held_out = parts(series)
        network = LinearForecast(look_back=24, horizon=6, n_beside=1, recent=5)
        fit_linear(network, training, held_out, period=12)
        assert fit_beside(network, training, held_out) == 0
        assert not network.beside.any()


class TestMoments:
    @pytest.mark.parametrize("member", members_for(24, 6), ids=str)
    def test_the_error_they_tell_is_that_of_the_forecasts(self, member):
        training, held_out = parts(season(noise=0.3))
        weights = member.fit(Moments.of(training, NONE))(0.01)
        network = LinearForecast(look_back=24, horizon=6)
        network.weights.copy_(weights)
        told = Moments.of(held_out, NONE).error(weights)
        assert told == pytest.approx(errors(network, held_out).mean().item(), rel=1e-3)

    def test_a_regression_is_that_by_hand(self):
        training, _ = parts(season(noise=0.3))
        past, steps = training.inputs[0][:, 0].double(), training.targets.steps.double()
        x, y = past - past[:, -1:], steps - past[:, -1:]
        gram = x.T @ x
        by_hand = torch.linalg.solve(gram + 0.1 * gram.trace() / 24 * torch.eye(24, dtype=torch.float64), x.T @ y)
        found = Member(24, "last").fit(Moments.of(training, NONE))(0.1)
        torch.testing.assert_close(found[:-1], by_hand[:-1], atol=1e-5, rtol=1e-3)

    def test_phases_share_their_weights(self):
        training, _ = parts(season(noise=0.3))
        found = Member(24, "mean", 6).fit(Moments.of(training, NONE))(0.1) - 1 / 24
        shared = found.view(4, 6, 6)
        for phase in range(6):
            torch.testing.assert_close(
                shared[:, phase, phase] - shared[:, phase - 1, phase], shared[:, 0, 0] - shared[:, -1, 0]
            )


@given(st.lists(st.floats(0.1, 5), min_size=2, max_size=5), st.integers(0, 100))
def test_a_mixture_is_no_worse_than_its_best_part(sizes, seed):
    draws = np.random.default_rng(seed).normal(size=(50, len(sizes))) * sizes
    products = draws.T @ draws
    shares = simplex_shares(products)
    assert shares.min() >= 0
    assert shares.sum() == pytest.approx(1)
    assert shares @ products @ shares <= products.diagonal().min() * 1.001
