"""What single forecasting networks keep to, beside what all of them do."""

from __future__ import annotations

import pytest
import torch

from attime.errors import OptionError
from attime.nn.forecasting.patches import patch_shares, patched
from attime.nn.forecasting.recurrent import FromFirst, turned
from attime.nn.networks.forecasting import EncoderDecoderForecaster, PatchForecaster
from attime.nn.recurrent import RecurrentEncoder


def windows(n_steps=20):
    values = torch.randn(4, 1, n_steps, generator=torch.Generator().manual_seed(0))
    return values, torch.ones_like(values, dtype=torch.bool)


def build(network, **sizes):
    torch.manual_seed(0)
    return network.build(**{"look_back": 20, "horizon": 6, "n_features": 1, **sizes})


def test_a_decoder_runs_free_in_training_as_in_use():
    network = build(EncoderDecoderForecaster(hidden=8))
    assert torch.equal(network.train()(*windows()).prediction, network.eval()(*windows()).prediction)


def test_each_step_ahead_is_fed_to_the_next():
    network = build(EncoderDecoderForecaster(hidden=8, centre="none", spread=False))
    before = network(*windows()).prediction
    with torch.no_grad():
        network.model.outcome.head.bias.add_(1.0)
    moved = network(*windows()).prediction - before
    torch.testing.assert_close(moved[:, 0], torch.ones(4))
    assert (moved[:, 1:] != 1).all()


def test_without_attention_there_is_no_look_back():
    assert build(EncoderDecoderForecaster(score=None))(*windows()).maps == ()


def test_a_local_window_goes_over_the_last_steps_in_their_order():
    network = build(EncoderDecoderForecaster(hidden=8, scope="local_m", window=2))
    looked = network(*windows()).maps[0].weights > 0
    for step in range(6):
        assert looked[0, step].nonzero().flatten().tolist() == [t for t in range(12 + step, 17 + step) if t < 20]


def test_a_local_window_of_more_steps_ahead_than_were_read_stays_inside():
    looked = build(EncoderDecoderForecaster(hidden=8, scope="local_m", window=2), horizon=25)(*windows()).maps[0]
    torch.testing.assert_close(looked.weights.sum(-1), torch.ones(4, 25))


@pytest.mark.parametrize(("n_steps", "patch", "stride"), [(20, 6, 3), (20, 5, 5), (7, 16, 8), (1, 1, 1)])
def test_patches_end_where_the_series_does_and_leave_out_no_step(n_steps, patch, stride):
    series = torch.arange(1.0, n_steps + 1)
    patches = patched(series[None, None], patch=patch, stride=stride)[0].mT
    shares = patch_shares(torch.ones(1, n_steps, dtype=torch.bool), patch=patch, stride=stride)[0]
    for number, (own, share) in enumerate(zip(patches.flip(0), shares.flip(0), strict=True)):
        expected = series[max(n_steps - number * stride - patch, 0) : n_steps - number * stride]
        assert own[own > 0].tolist() == expected.tolist()
        torch.testing.assert_close(series[share > 0], expected)
        torch.testing.assert_close(share[share > 0], torch.full_like(expected, 1 / len(expected)))
    assert (shares.sum(0) > 0).all()


def test_a_patch_that_lies_in_a_gap_is_not_attended_to():
    values, observed = windows()
    observed[:, :, 4:12] = False
    network = build(PatchForecaster(d_model=8, n_heads=2, patch=4, stride=4))
    layer = network(values, observed).maps[1].weights
    assert (layer[..., 1:3] == 0).all()
    assert (layer[:, :, 1:3] == 0).all()


def test_a_start_at_zero_is_the_last_value():
    values, observed = windows()
    prediction = build(PatchForecaster(zero_start=True))(values, observed).prediction
    torch.testing.assert_close(prediction, values[:, 0, -1:].expand(-1, 6))


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (PatchForecaster(patch=4, stride=5), "stride is 5 and patch 4"),
        (PatchForecaster(d_model=9), "does not divide"),
        (EncoderDecoderForecaster(score="adictive"), "did you mean 'additive'"),
    ],
)
def test_options_that_do_not_fit_are_refused(network, message):
    with pytest.raises(OptionError, match=message):
        build(network)


def test_a_series_is_encoded_from_its_first_step_on():
    torch.manual_seed(0)
    encoder = RecurrentEncoder(2, hidden=3)
    x, present = torch.randn(2, 2, 9), torch.ones(2, 9, dtype=torch.bool)
    present[1, :4] = False
    tokens = FromFirst(encoder)(x, present).tokens
    torch.testing.assert_close(tokens[:1], encoder(x[:1], present[:1]).tokens)
    torch.testing.assert_close(tokens[1:, 4:], encoder(x[1:, :, 4:], present[1:, 4:]).tokens)
    assert (tokens[1, :4] == 0).all()


def test_turning_back_undoes_turning():
    x, by = torch.randn(3, 7, 2), torch.tensor([0, 3, 6])
    assert torch.equal(turned(turned(x, by), -by), x)
