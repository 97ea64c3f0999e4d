"""Rotary positions: once queries and keys are turned, products know distances and nothing else (Su et al. 2021)."""

from __future__ import annotations

import math

import pytest
import torch

from attime.attention import Attention, MultiHead, Rotary, ScaledDot
from attime.attention.positions import turn

WHOLE = torch.tensor([0.0, 1.0, 2.0, 3.0, 4.0], dtype=torch.float64)
REAL = torch.tensor([0.0, 0.25, 1.7, 1.9, 30.4], dtype=torch.float64)


def test_each_pair_is_turned_by_its_angle(draw):
    x, times = draw(3, 4), [0.0, 1.5, 20.0]
    turned = turn(x, Rotary(4).double()(torch.tensor(times, dtype=torch.float64)).angle)
    for row, t in enumerate(times):
        for pair in range(2):
            angle = t / 10_000 ** (2 * pair / 4)
            rotation = torch.tensor([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]).double()
            expected = rotation @ x[row, 2 * pair : 2 * pair + 2]
            torch.testing.assert_close(turned[row, 2 * pair : 2 * pair + 2], expected, atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("times", [WHOLE, REAL])
def test_a_turned_vector_is_as_long_as_before(times, draw):
    x = draw(5, 6)
    torch.testing.assert_close(turn(x, Rotary(6).double()(times).angle).norm(dim=-1), x.norm(dim=-1))


@pytest.mark.parametrize("times", [WHOLE, REAL])
def test_products_know_the_difference_of_times_alone(times, draw):
    """The same query and the same key at every pair of times: R_t q · R_s k = q · R_{s−t} k."""
    rotary, q, k = Rotary(6).double(), draw(6), draw(6)
    turned_q, turned_k = (turn(x.expand(5, 6), rotary(times).angle) for x in (q, k))
    for i, t in enumerate(times):
        for j, s in enumerate(times):
            difference = turn(k.unsqueeze(0), rotary((s - t).unsqueeze(0)).angle)[0]
            torch.testing.assert_close(turned_q[i] @ turned_k[j], q @ difference)


@pytest.mark.parametrize("times", [WHOLE, REAL])
@pytest.mark.parametrize("shift", [1.0, -7.0, 0.123, 1000.5])
def test_heads_do_not_notice_a_shift_of_all_times(times, shift, draw):
    torch.manual_seed(0)
    heads, rotary = MultiHead(Attention(ScaledDot(4, 4)), d_model=8, n_heads=2).double(), Rotary(4).double()
    x = draw(3, 5, 8)
    here, there = (heads(x, x, place=rotary(t)) for t in (times, times + shift))
    torch.testing.assert_close(there.weights, here.weights)
    torch.testing.assert_close(there.values, here.values)
    nowhere = heads(x, x)
    assert not torch.allclose(nowhere.weights, here.weights)


def test_cases_may_have_times_of_their_own(draw):
    torch.manual_seed(0)
    heads, rotary = MultiHead(Attention(ScaledDot(4, 4)), d_model=8, n_heads=2).double(), Rotary(4).double()
    x = draw(2, 5, 8)
    both = heads(x, x, place=rotary(torch.stack([WHOLE, REAL])))
    for case, times in enumerate((WHOLE, REAL)):
        alone = heads(x[case : case + 1], x[case : case + 1], place=rotary(times))
        torch.testing.assert_close(both.values[case : case + 1], alone.values)
