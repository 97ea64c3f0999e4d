"""Hard attention: what is drawn, how often, and what the straight-through estimate pretends."""

from __future__ import annotations

import pytest
import torch

from attime.attention import GumbelHard, ReinforceHard, Weighing
from attime.attention.weighing import NEVER

N_DRAWS = 20_000
ENERGY = torch.tensor([0.3, -1.0, 1.2, NEVER, 0.0], dtype=torch.float64)


@pytest.mark.parametrize("weigh", [GumbelHard(), GumbelHard(temperature=0.2), ReinforceHard()])
def test_keys_are_drawn_as_often_as_a_softmax_says(weigh: Weighing):
    torch.manual_seed(0)
    frequency = weigh(ENERGY.expand(N_DRAWS, -1)).mean(0)
    expected = ENERGY.softmax(-1)
    deviation = (expected * (1 - expected) / N_DRAWS).sqrt()
    assert ((frequency - expected).abs() <= 5 * deviation).all()
    assert frequency[3] == 0  # never, and not just seldom


@pytest.mark.parametrize("weigh", [GumbelHard(), ReinforceHard()])
def test_draws_are_new_in_each_row_and_the_same_for_the_same_seed(weigh: Weighing):
    energy = torch.zeros(50, 4)
    torch.manual_seed(0)
    first, second = weigh(energy), weigh(energy)
    torch.manual_seed(0)
    assert torch.equal(weigh(energy), first)
    assert not torch.equal(first, second)
    assert (first.sum(0) > 0).all()


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_gumbel_is_hard_forwards_and_soft_backwards(temperature, draw):
    energy, same = (ENERGY.expand(7, -1).clone().requires_grad_() for _ in range(2))
    of_each_key = draw(7, 5)
    torch.manual_seed(3)
    hard = GumbelHard(temperature=temperature)(energy)
    torch.manual_seed(3)
    noise = -torch.empty_like(same).exponential_().log()
    soft = torch.softmax((same + noise) / temperature, dim=-1)
    (hard * of_each_key).sum().backward()
    (soft * of_each_key).sum().backward()
    assert ((hard == 0) | (hard == 1)).all()
    assert torch.equal(hard.argmax(-1), soft.argmax(-1))
    torch.testing.assert_close(energy.grad, same.grad)


def test_a_reinforced_choice_lets_no_gradient_through():
    assert not ReinforceHard()(torch.zeros(2, 3, requires_grad=True)).requires_grad


@pytest.mark.parametrize("weigh", [GumbelHard(), ReinforceHard()])
def test_after_training_the_first_of_the_best_keys_is_taken(weigh: Weighing):
    energy = torch.tensor([[0.0, 2.0, 1.0], [NEVER, NEVER, -5.0], [1.0, 1.0, 0.0]])
    assert weigh.eval()(energy).tolist() == [[0, 1, 0], [0, 0, 1], [1, 0, 0]]
    assert weigh.terms(energy, weigh(energy)) == ()
