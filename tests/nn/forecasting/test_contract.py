"""What every forecasting network keeps to, whatever its description."""

from __future__ import annotations

import copy
import dataclasses

import pytest
import torch
from torch import nn

from attime.attention import SCORES, WEIGHINGS
from attime.nn.networks.forecasting import (
    FORECASTERS,
    EncoderDecoderForecaster,
    Forecaster,
    PatchForecaster,
    VariateForecaster,
)

LOOK_BACK, HORIZON, N_FEATURES = 20, 5, 3
HEADS = {"d_model": 8, "n_heads": 2}
SCALED = [network for network in FORECASTERS.values() if isinstance(network, Forecaster)]
NETWORKS = [
    *FORECASTERS.values(),
    *(EncoderDecoderForecaster(hidden=8, score=score) for score in SCORES),
    *(EncoderDecoderForecaster(hidden=8, scope=scope, window=4) for scope in ("local_m", "local_p")),
    *(EncoderDecoderForecaster(hidden=8, weigh=weigh) for weigh in WEIGHINGS),
    EncoderDecoderForecaster(hidden=8, score=None, cell="lstm"),
    PatchForecaster(**HEADS, score="additive"),
    *(PatchForecaster(**HEADS, weigh=weigh) for weigh in WEIGHINGS),
    *(PatchForecaster(**HEADS, patch=patch, stride=stride) for patch, stride in [(1, 1), (7, 3), (30, 6)]),
    *(VariateForecaster(**HEADS, weigh=weigh) for weigh in WEIGHINGS),
    *(dataclasses.replace(network, centre="none", spread=False) for network in SCALED),
    dataclasses.replace(FORECASTERS["gru"], centre="mean"),
]
every_network = pytest.mark.parametrize("network", NETWORKS, ids=str)
with_and_without_ahead = pytest.mark.parametrize("n_ahead", [0, 2])


def build(network, *, n_ahead=2, n_features=N_FEATURES) -> nn.Module:
    torch.manual_seed(0)
    module = network.build(look_back=LOOK_BACK, horizon=HORIZON, n_features=n_features, n_ahead=n_ahead)
    return module.eval()


def draw(*, n_ahead=2, n_features=N_FEATURES):
    """Return windows: whole, a short past, a gap in one feature, gaps in all, nothing at all."""
    generator = torch.Generator().manual_seed(1)
    values = 3 + torch.randn(5, n_features, LOOK_BACK, generator=generator)
    observed = torch.ones(5, n_features, LOOK_BACK, dtype=torch.bool)
    observed[1, :, :9] = False
    observed[2, 0, 3:9] = False
    observed[3, :, 10:12] = False
    observed[3, :, 17:] = False
    observed[4] = False
    ahead = torch.randn(5, n_ahead, HORIZON, generator=generator) if n_ahead else None
    return values, observed, ahead


def looks_back(output) -> bool:
    return bool(output.maps) and output.maps[0].name == "look back"


@every_network
@pytest.mark.parametrize(("n_features", "n_ahead"), [(1, 0), (3, 2)])
def test_a_forecast_is_a_number_for_each_step_ahead(network, n_features, n_ahead):
    module = build(network, n_features=n_features, n_ahead=n_ahead)
    prediction = module(*draw(n_features=n_features, n_ahead=n_ahead)).prediction
    assert prediction.shape == (5, HORIZON)
    assert torch.isfinite(prediction).all()


@every_network
def test_what_stands_in_place_of_a_missing_value_does_not_matter(network):
    values, observed, ahead = draw()
    module = build(network)
    others = torch.where(observed, values, torch.tensor(1e3))
    nothing = torch.where(observed, values, torch.tensor(torch.nan))
    expected = module(values, observed, ahead).prediction
    torch.testing.assert_close(module(others, observed, ahead).prediction, expected)
    torch.testing.assert_close(module(nothing, observed, ahead).prediction, expected)


@every_network
def test_every_value_that_was_observed_matters(network):
    if getattr(network, "weigh", "softmax") != "softmax" or "local" in str(network):
        pytest.skip("leaves some steps out")
    values, observed, ahead = draw()
    values.requires_grad_()
    build(network)(values, observed, ahead).prediction.square().sum().backward()
    assert torch.equal(values.grad != 0, observed)


@every_network
def test_covariates_ahead_matter(network):
    if isinstance(network, VariateForecaster) and not WEIGHINGS[network.weigh].differentiable:
        pytest.skip("leaves some features out")
    values, observed, ahead = draw()
    ahead.requires_grad_()
    build(network)(values, observed, ahead).prediction.square().sum().backward()
    assert (ahead.grad != 0).all()


@every_network
@pytest.mark.parametrize("padding", [1, 30])
def test_padding_before_a_short_series_changes_nothing(network, padding):
    if isinstance(network, VariateForecaster):
        pytest.skip("reads look-backs of one length")
    if "location" in str(network) or "local_p" in str(network):
        pytest.skip("counts positions from the first")
    values, observed, ahead = draw()
    module = build(network)
    plain = module(values, observed, ahead)
    padded = module(nn.functional.pad(values, (padding, 0)), nn.functional.pad(observed, (padding, 0)), ahead)
    torch.testing.assert_close(padded.prediction, plain.prediction)
    if looks_back(plain):
        torch.testing.assert_close(padded.maps[0].weights[..., padding:], plain.maps[0].weights)


@every_network
def test_cases_do_not_see_each_other(network):
    values, observed, ahead = draw()
    module = build(network)
    torch.testing.assert_close(
        module(values[1:2], observed[1:2], ahead[1:2]).prediction, module(values, observed, ahead).prediction[1:2]
    )


@every_network
def test_a_look_back_is_a_share_of_each_step_that_was_observed(network):
    values, observed, ahead = draw()
    output = build(network)(values, observed, ahead)
    if not looks_back(output):
        pytest.skip("does not look back")
    look = output.maps[0]
    heads = ("head",) if isinstance(network, PatchForecaster) else ()
    assert look.axes == ("case", *heads, "step ahead", "time")
    assert look.weights.shape[-2:] == (HORIZON, LOOK_BACK)
    assert (look.weights >= 0).all()
    seen = observed.any(1)
    assert (look.weights.movedim(-1, 1)[~seen] == 0).all()
    if WEIGHINGS[network.weigh].sums_to_one and "local" not in str(network):
        torch.testing.assert_close(look.weights[:4].sum(-1), torch.ones(look.weights[:4].shape[:-1]))
    assert (look.weights[4] == 0).all()


def test_features_attend_to_each_other():
    values, observed, _ = draw()
    observed[0, 1] = False
    layer = build(FORECASTERS["variate"], n_ahead=0)(values, observed).maps[0]
    assert layer.axes == ("case", "head", "feature", "feature")
    torch.testing.assert_close(layer.weights[1:4].sum(-1), torch.ones(3, 4, N_FEATURES))
    assert (layer.weights[0, :, :, 1] == 0).all()


@every_network
@with_and_without_ahead
def test_every_weight_learns(network, n_ahead):
    module = build(network, n_ahead=n_ahead).train()
    output = module(*draw(n_ahead=n_ahead))
    losses = output.prediction.square()
    (losses.mean() + sum(term(losses) for term in output.terms)).backward()
    hard = not WEIGHINGS[getattr(network, "weigh", "softmax")].differentiable
    for name, weight in module.named_parameters():
        assert weight.grad is not None, name
        assert hard or "attention.score" in name or "W_key.bias" in name or (weight.grad != 0).any(), name


@every_network
def test_equal_seeds_give_equal_bits(network):
    def trained() -> torch.Tensor:
        module = build(network).train()
        optimiser = torch.optim.Adam(module.parameters())
        for _ in range(2):
            output = module(*draw())
            losses = output.prediction.square()
            optimiser.zero_grad()
            (losses.mean() + sum(term(losses) for term in output.terms)).backward()
            optimiser.step()
        return module.eval()(*draw()).prediction

    assert torch.equal(trained(), trained())


@every_network
def test_descriptions_are_checked_and_copied(network):
    assert network.checked() == copy.deepcopy(network) == network
    assert set(network.get_params()) == {field.name for field in dataclasses.fields(network)}
