"""Positions against their equations, and what all of them keep to."""

from __future__ import annotations

import math

import pytest
import torch

from attime.attention import (
    POSITIONS,
    Attention,
    Learned,
    MultiHead,
    Place,
    RelativeBias,
    ScaledDot,
    Sinusoidal,
    TimeStamps,
)


def two_heads() -> MultiHead:
    torch.manual_seed(0)
    return MultiHead(Attention(ScaledDot(4, 4)), d_model=8, n_heads=2).double()


def told(heads: MultiHead, x: torch.Tensor, place: Place) -> torch.Tensor:
    """Attend as a transformer's layer does, told of the place in whichever way."""
    x = x if place.shift is None else x + place.shift
    return heads(x, x, place=place).values


@pytest.mark.parametrize("name", POSITIONS)
class TestEveryPosition:
    def make(self, name):
        torch.manual_seed(0)
        position = POSITIONS[name].sized(d_model=8, n_heads=2, n_tokens=6).double()
        for parameter in position.parameters():
            torch.nn.init.normal_(parameter)  # a relative bias starts from zero
        return position

    def test_times_of_all_cases_are_times_of_each(self, name, draw):
        """One row of times for all cases, the same row for each, and two cases told apart."""
        position, heads, x = self.make(name), two_heads(), draw(2, 6, 8)  # as many cases as heads: axes may be mixed up
        times = torch.arange(6.0, dtype=torch.float64)
        shared = told(heads, x, position(times))
        torch.testing.assert_close(told(heads, x, position(times.expand(2, 6))), shared)
        other = told(heads, x, position(torch.stack([times, times.flip(0)])))
        torch.testing.assert_close(other[0], shared[0])
        if name != "none":
            assert not torch.allclose(other[1], shared[1])

    def test_order_matters_but_for_none(self, name, draw):
        position, heads, x = self.make(name), two_heads(), draw(2, 6, 8)
        order, times = torch.tensor([3, 1, 5, 4, 0, 2]), torch.arange(6.0, dtype=torch.float64)
        ordered, shuffled = told(heads, x, position(times)), told(heads, x[:, order], position(times))
        assert torch.allclose(shuffled, ordered[:, order]) == (name == "none")
        carried_along = told(heads, x[:, order], position(times[order]))  # order tells nothing that times do not
        torch.testing.assert_close(carried_along, ordered[:, order])

    def test_gradients_reach_what_is_learnt(self, name, draw):
        position, x = self.make(name), draw(2, 6, 8)
        told(two_heads(), x, position(torch.arange(6.0, dtype=torch.float64))).square().sum().backward()
        for parameter in position.parameters():
            assert parameter.grad.abs().sum() > 1e-9
            assert torch.isfinite(parameter.grad).all()


def test_sinusoidal_is_vaswanis():
    times = torch.tensor([0.0, 1.0, 2.5, 300.0], dtype=torch.float64)
    shift = Sinusoidal(6).double()(times).shift
    for row, t in zip(shift, times.tolist(), strict=True):
        for i in range(3):
            angle = t / 10_000 ** (2 * i / 6)
            # The frequencies are stored in single precision: at t = 300 an angle is known to about 2e-5.
            assert float(row[2 * i]) == pytest.approx(math.sin(angle), abs=1e-4)
            assert float(row[2 * i + 1]) == pytest.approx(math.cos(angle), abs=1e-4)


def test_learned_is_a_table():
    position = Learned(3, n_tokens=5)
    shift = position(torch.tensor([[4.0, 0.0], [1.0, 1.0]])).shift
    assert torch.equal(shift, torch.stack([position.E[[4, 0]], position.E[[1, 1]]]))


def bias(*, n_heads: int = 2, farthest: int = 3) -> RelativeBias:
    position = RelativeBias(n_heads, farthest=farthest)
    torch.nn.init.normal_(position.b, generator=torch.Generator().manual_seed(0))
    return position


def test_a_relative_bias_is_one_number_for_each_head_and_distance():
    position = bias()
    energies = position(torch.arange(4.0)).bias
    for head in range(2):
        for t in range(4):
            for s in range(4):
                assert energies[head, t, s] == position.b[head, (t - s) + 3]


def test_a_relative_bias_knows_distances_alone():
    times = torch.tensor([[0.0, 1.0, 2.0, 5.0]])
    assert torch.equal(bias()(times + 1000).bias, bias()(times).bias)


def test_far_distances_share_a_bias():
    energies = bias(farthest=3)(torch.arange(9.0)).bias
    for offset in range(4, 9):
        for sign in (-1, 1):
            far, last = (energies.diagonal(sign * at, 1, 2)[:, :1] for at in (offset, 3))
            assert torch.equal(far, last)
    assert energies.unique().numel() == 2 * 7


def test_a_relative_bias_is_added_to_the_energies(draw):
    heads, position, x = two_heads(), bias().double(), draw(3, 5, 8)
    q, k = (W(x).unflatten(-1, (2, 4)).transpose(1, 2) for W in (heads.W_query, heads.W_key))
    place = position(torch.arange(5.0, dtype=torch.float64))
    expected = torch.softmax(q @ k.mT / 2 + place.bias, dim=-1)
    torch.testing.assert_close(heads(x, x, place=place).weights, expected)


def test_time_stamps_are_sines_of_learned_frequencies():
    position = TimeStamps(4, longest=10.0)
    torch.nn.init.normal_(position.phi)
    t = 3.7
    parts = [
        t / 10,
        *(math.sin(w * t + phi) for w, phi in zip(position.omega.tolist(), position.phi.tolist(), strict=True)),
    ]
    shift = position(torch.tensor([t])).shift
    torch.testing.assert_close(shift[0], position.W.weight @ torch.tensor(parts), atol=1e-5, rtol=1e-5)


def test_time_stamps_begin_with_one_to_a_hundred_turns_in_the_longest_stretch():
    turns = TimeStamps(4, longest=10.0).omega * 10 / (2 * math.pi)
    torch.testing.assert_close(turns, torch.tensor([1.0, 10.0, 100.0]))


def test_time_stamps_tell_irregular_times_apart():
    times = torch.tensor([0.0, 0.01, 0.5, 3.25, 3.3, 9.99, 123.4])
    shift = TimeStamps(8, longest=10.0)(times).shift
    assert (torch.cdist(shift, shift) + torch.eye(7) > 1e-3).all()
