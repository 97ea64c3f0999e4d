"""Masked reconstruction: what is hidden is not seen, everything is hidden once, and maps tell of just that time."""

from __future__ import annotations

import pytest
import torch

from attime.nn.networks.detection import MaskedTransformer

SMALL = MaskedTransformer(d_model=8, n_heads=2, patch=2, stretch=2, n_masks=3)


def whole(values):
    return values, torch.ones_like(values, dtype=torch.bool)


def test_no_step_is_judged_by_a_network_that_sees_it(build):
    """A step changes the reconstruction of others, never its own nor that of what is hidden with it."""
    values, observed = whole(torch.randn(1, 2, 24))
    values.requires_grad_()
    network = build(SMALL)
    for step in (0, 5, 13, 23):
        prediction = network(values, observed).prediction
        (gradient,) = torch.autograd.grad(prediction[:, :, step].sum(), values)
        steps = torch.arange(24)
        hidden = steps // 4 % 3 == step // 4 % 3
        assert (gradient[0, :, hidden] == 0).all()
        assert (gradient[0, :, ~hidden] != 0).all()


def test_in_training_a_share_is_hidden_and_the_rest_is_seen(build):
    torch.manual_seed(0)
    values, observed = whole(torch.randn(300, 2, 24))
    network = build(SMALL).train()
    output = network(values.requires_grad_(), observed)
    assert float(output.hidden.float().mean()) == pytest.approx(1 / 3, abs=0.05)
    (gradient,) = torch.autograd.grad(output.prediction.sum(), values)
    assert (gradient[output.hidden] == 0).all()
    assert (gradient[~output.hidden] != 0).float().mean() > 0.99  # dropout may leave out a feature


def test_in_use_nothing_is_left_out(build, windows):
    assert build(SMALL)(*windows).hidden is None


def test_maps_tell_where_each_token_looked_when_it_was_hidden(build, windows):
    values, observed = windows
    network = build(SMALL)
    maps = network(values, observed).maps
    assert [(map_.axes, map_.stride) for map_ in maps] == 2 * [(("case", "head", "query", "key"), 2)]
    within = observed.any(1).flip(1).cummax(1).values.flip(1)
    for turn in range(3):
        hidden = torch.arange(24) // 4 % 3 == turn
        encoded = network.encoder(network.embedding(values, observed & ~hidden), within)
        for map_, expected in zip(maps, encoded.maps, strict=True):
            assert map_.weights.shape == (5, 2, 12, 12)
            torch.testing.assert_close(map_.weights[:, :, hidden[::2]], expected.weights[:, :, hidden[::2]])


@pytest.mark.parametrize("n_cases", [1, 5])
def test_every_weight_learns(build, n_cases):
    network = build(SMALL).train()
    torch.manual_seed(1)
    values, observed = whole(torch.randn(n_cases, 2, 24))
    output = network(values, observed)
    (-output.distribution.log_prob(values)[output.hidden]).mean().backward()
    for name, weight in network.named_parameters():
        assert weight.grad is not None, name
        assert "W_key.bias" in name or (weight.grad != 0).any(), name
