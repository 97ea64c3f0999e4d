"""What reversible scaling takes off, and that it puts it back."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from attime.nn.forecasting import Reversible
from attime.nn.output import Output


class Spy(nn.Module):
    """Forecasts zero, and keeps what it was given."""

    def forward(self, values, observed, ahead=None):
        self.values, self.ahead = values, ahead
        return Output(values.new_zeros(len(values), 4))


def draw():
    generator = torch.Generator().manual_seed(0)
    values = 5 + 2 * torch.randn(3, 3, 30, generator=generator)
    observed = torch.rand(3, 3, 30, generator=generator) > 0.2
    return values, observed, 7 + torch.randn(3, 1, 4, generator=generator)


def test_a_network_that_says_nothing_forecasts_what_was_taken_off():
    values, observed, ahead = draw()
    lasts = torch.stack([row[there][-1] for row, there in zip(values[:, 0], observed[:, 0], strict=True)])
    means = torch.stack([row[there].mean() for row, there in zip(values[:, 0], observed[:, 0], strict=True)])
    for centre, expected in (("last", lasts), ("mean", means), ("none", torch.zeros(3))):
        prediction = Reversible(Spy(), centre=centre)(values, observed, ahead).prediction
        torch.testing.assert_close(prediction, expected[:, None].expand(3, 4))


def test_a_season_that_is_taken_off_goes_on_in_the_forecast():
    season = torch.tensor([3.0, -1.0, 8.0, 0.0, 2.0])
    values, spy = season.repeat(5)[None, None, :23], Spy()
    observed = torch.ones_like(values, dtype=torch.bool)
    observed[..., [4, 11]] = False
    prediction = Reversible(spy, centre="season", period=5)(values, observed).prediction
    torch.testing.assert_close(prediction, season.repeat(6)[None, 23:27])
    torch.testing.assert_close(spy.values, torch.zeros_like(values))


def test_a_phase_that_was_never_observed_is_like_the_mean():
    values = torch.tensor([[[1.0, 5.0, 9.0, 1.0, 5.0, 9.0]]])
    observed = torch.tensor([[[True, True, False, True, True, False]]])
    prediction = Reversible(Spy(), centre="season", period=3)(values, observed).prediction
    torch.testing.assert_close(prediction, torch.tensor([[1.0, 5.0, 3.0, 1.0]]))


@pytest.mark.parametrize("centre", ["last", "mean", "season"])
def test_level_and_size_of_a_window_make_no_difference_to_the_network(centre):
    values, observed, ahead = draw()
    spy = Spy()
    network = Reversible(spy, centre=centre, period=7)
    network(values, observed, ahead)
    first, first_ahead = spy.values, spy.ahead
    network(100 + 10 * values, observed, 100 + 10 * ahead)
    torch.testing.assert_close(spy.values, first, atol=1e-3, rtol=1e-3)
    torch.testing.assert_close(spy.ahead, first_ahead, atol=1e-3, rtol=1e-3)
    assert (first[~observed] == 0).all()


def test_a_covariate_that_does_not_change_is_left_as_it_is():
    values, observed, _ = draw()
    values[:, 1] = torch.tensor([[0.5], [-2.0], [0.0]])
    spy = Spy()
    Reversible(spy)(values, observed)
    torch.testing.assert_close(spy.values[:, 1], values[:, 1] * observed[:, 1])


def test_a_window_has_a_deviation_of_one_over_what_was_observed():
    values, observed, _ = draw()
    spy = Spy()
    Reversible(spy, centre="mean")(values, observed)
    for scaled, there in zip(spy.values.flatten(0, 1), observed.flatten(0, 1), strict=True):
        torch.testing.assert_close(scaled[there].mean(), torch.tensor(0.0), atol=1e-5, rtol=0)
        torch.testing.assert_close(scaled[there].std(correction=0), torch.tensor(1.0), atol=1e-3, rtol=0)


def test_without_centre_and_spread_nothing_is_changed():
    values, observed, ahead = draw()
    spy = Spy()
    Reversible(spy, centre="none", spread=False)(values, observed, ahead)
    assert torch.equal(spy.values[observed], values[observed])
    assert torch.equal(spy.ahead, ahead)


def test_a_covariate_that_changes_for_the_first_time_ahead_stays_in_bounds():
    spy, holiday = Spy(), torch.tensor([[[0.0, 0, 1, 0]]])
    Reversible(spy)(torch.zeros(1, 2, 30), torch.ones(1, 2, 30, dtype=torch.bool), holiday)
    assert 1 < spy.ahead.max() < 6


def test_a_constant_window_is_forecast_as_constant():
    values = torch.full((1, 1, 30), 3.0)

    class One(nn.Module):
        def forward(self, values, observed, ahead=None):
            return Output(values.new_ones(1, 4))

    prediction = Reversible(One())(values, torch.ones_like(values, dtype=torch.bool)).prediction
    torch.testing.assert_close(prediction, torch.full((1, 4), 3.0), atol=1e-3, rtol=0)
