"""A view sees what it says and is blind to the rest, and to what stands where nothing was measured."""

from __future__ import annotations

import pytest
import torch

from attime.nn.reference import VIEWS


@pytest.fixture
def windows():
    return torch.randn(8, 20, generator=torch.Generator().manual_seed(0))


@pytest.fixture(params=[False, True], ids=["complete", "with gaps"])
def present(request):
    mask = torch.ones(8, 20, dtype=torch.bool)
    if request.param:
        mask = torch.rand(8, 20, generator=torch.Generator().manual_seed(1)) > 0.3
    return mask


def seen(view, windows, present):
    return VIEWS[view](windows.masked_fill(~present, 0), present)[0]


@pytest.mark.parametrize("view", VIEWS)
def test_what_is_missing_is_zero_and_said_to_be(view, windows, present):
    values, there = VIEWS[view](windows.masked_fill(~present, 0), present)
    assert values.shape == there.shape == windows.shape
    assert not values[~there].any()
    assert not (there & ~present).any()


@pytest.mark.parametrize("view", VIEWS)
def test_every_window_is_seen_by_itself(view, windows, present):
    alone = torch.cat([seen(view, windows[i : i + 1], present[i : i + 1]) for i in range(8)])
    torch.testing.assert_close(seen(view, windows, present), alone)


@pytest.mark.parametrize("view", ["centred", "shape"])
def test_the_level_does_not_count(view, windows, present):
    torch.testing.assert_close(seen(view, windows + 5, present), seen(view, windows, present), atol=1e-5, rtol=1e-4)


def test_of_changes_the_level_counts_only_in_what_is_seen_at_the_first_step(windows, present):
    higher, as_it_is = seen("change", windows + 5, present), seen("change", windows, present)
    torch.testing.assert_close(higher[:, 1:], as_it_is[:, 1:], atol=1e-5, rtol=1e-4)
    assert not seen("change", windows, torch.ones_like(present))[:, 0].any()


def test_the_size_of_a_shape_does_not_count(windows, present):
    torch.testing.assert_close(seen("shape", windows * 3, present), seen("shape", windows, present))


def test_a_flat_window_stays_flat(present):
    noise = torch.randn(8, 20, generator=torch.Generator().manual_seed(2)) * 0.01
    assert seen("shape", noise, present).abs().max() < 0.5


@pytest.mark.parametrize("view", ["level", "centred", "change"])
def test_size_counts_in_all_others(view, windows, present):
    torch.testing.assert_close(seen(view, windows * 3, present), 3 * seen(view, windows, present))
