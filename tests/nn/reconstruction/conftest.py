"""What the tests of networks that reconstruct share: small networks, and windows of which much is missing."""

from __future__ import annotations

import pytest
import torch

from attime.nn.networks.detection import MaskedTransformer, PlainRecurrent, VariationalRecurrent

DESCRIPTIONS = {
    "variational": VariationalRecurrent(hidden=4, d_code=3, d_context=2),
    "recurrent": PlainRecurrent(hidden=4, d_code=3),
    "masked": MaskedTransformer(d_model=8, n_heads=2, patch=2, stretch=2, n_masks=3),
}


@pytest.fixture(params=DESCRIPTIONS)
def description(request):
    return DESCRIPTIONS[request.param]


@pytest.fixture
def build():
    """Return a function that builds a small network, in the mode of use."""

    def make(description, *, n_channels=2, n_steps=24):
        torch.manual_seed(0)
        return description.build(n_channels=n_channels, n_steps=n_steps).eval()

    return make


@pytest.fixture
def windows():
    """Windows of two channels: whole, a gap in one channel, one in both, ended early, one with nothing at all."""
    generator = torch.Generator().manual_seed(1)
    values = torch.randn(5, 2, 24, generator=generator)
    observed = torch.ones(5, 2, 24, dtype=torch.bool)
    observed[1, 0, 3:9] = False
    observed[2, :, 10:13] = False
    observed[3, :, 17:] = False
    observed[4] = False
    return values, observed
