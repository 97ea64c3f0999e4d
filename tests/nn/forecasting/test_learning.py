"""What forecasting networks learn in a few seconds."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from attime.nn.networks.forecasting import FORECASTERS, EncoderDecoderForecaster

LOOK_BACK, HORIZON = 24, 6


def learn(network: nn.Module, values: torch.Tensor, steps: torch.Tensor, *, n_updates: int) -> float:
    """Train on all cases but the last 200, and return the mean squared error on these."""
    observed = torch.ones_like(values, dtype=torch.bool)
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 1e-2, total_steps=n_updates)
    generator = torch.Generator().manual_seed(0)
    for _ in range(n_updates):
        batch = torch.randint(len(values) - 200, (64,), generator=generator)
        output = network(values[batch], observed[batch])
        optimiser.zero_grad()
        (output.prediction - steps[batch]).square().mean().backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
    network.eval()
    with torch.no_grad():
        return float((network(values[-200:], observed[-200:]).prediction - steps[-200:]).square().mean())


@pytest.mark.parametrize("name", FORECASTERS)
def test_a_sine_of_changing_frequency_is_learnt_better_than_its_mean(name):
    time = torch.arange(1400.0)
    sine = torch.sin(0.4 * time + 3 * torch.sin(0.02 * time))  # 0.34 to 0.46 radians a step
    windows = sine.unfold(0, LOOK_BACK + HORIZON, 1)
    torch.manual_seed(0)
    network = FORECASTERS[name].build(look_back=LOOK_BACK, horizon=HORIZON, n_features=1)
    error = learn(network, windows[:, None, :LOOK_BACK], windows[:, LOOK_BACK:], n_updates=80)
    assert error < 0.1 * float(windows[-200:, LOOK_BACK:].var())


def test_attention_copies_from_far_back_what_does_not_fit_into_one_state():
    values = torch.randn(1400, 1, 30, generator=torch.Generator().manual_seed(1))
    errors = {}
    for score in ("location", None):
        torch.manual_seed(0)
        described = EncoderDecoderForecaster(score=score, centre="none", spread=False)
        network = described.build(look_back=30, horizon=4, n_features=1)
        errors[score] = learn(network, values, values[:, 0, 10:14], n_updates=100)
    assert errors["location"] < 0.3 * errors[None]
