"""REINFORCE: the gradient of the term is, on average over the choices, that of the expected loss (Williams 1992)."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from attime.attention import Additive, Attention, ChoiceTerm, MultiHead, ReinforceHard
from attime.attention.terms import MovingBaseline
from attime.attention.weighing import NEVER


def with_baseline(value: float, *, entropy_bonus: float = 0.0) -> ReinforceHard:
    weigh = ReinforceHard(entropy_bonus=entropy_bonus).double()
    weigh.baseline.update(torch.tensor([value], dtype=torch.float64))
    return weigh


def gradient(of: Tensor, energy: Tensor) -> Tensor:
    return torch.autograd.grad(of, energy)[0]


@pytest.mark.parametrize("baseline", [0.0, 0.7])
@pytest.mark.parametrize("entropy_bonus", [0.0, 0.3])
@pytest.mark.parametrize("forbidden", [False, True])
def test_the_gradient_is_unbiased(baseline, entropy_bonus, forbidden, draw):
    """Every choice of two cases with two queries and three keys: Σ π(choice) ∇term = ∇(E[loss] − β H)."""
    energy = draw(2, 2, 3)
    if forbidden:
        energy[0, 1, 2] = NEVER
    energy.requires_grad_()
    cost = draw(2, 3, 3)  # of a case, for what its two queries chose: they matter together
    estimate, expected_loss = torch.zeros_like(energy), energy.new_zeros(())
    pi = energy.softmax(-1)
    for choice in itertools.product(range(3), repeat=4):
        (a, b), (c, d) = choice[:2], choice[2:]
        weights = F.one_hot(torch.tensor([[a, b], [c, d]]), 3).to(energy)
        probability = (pi * weights).sum(-1).prod()
        if probability == 0:
            continue
        losses = torch.stack([cost[0, a, b], cost[1, c, d]])
        (term,) = with_baseline(baseline, entropy_bonus=entropy_bonus).terms(energy, weights)
        estimate += probability.detach() * gradient(term(losses), energy)
        expected_loss = expected_loss + probability * losses.mean()
    possible = pi[pi > 0]
    bonus = -entropy_bonus * (possible * possible.log()).sum() / 2
    torch.testing.assert_close(estimate, gradient(expected_loss - bonus, energy), atol=1e-12, rtol=1e-12)


def test_drawing_and_learning_fit_together(draw):
    """Drawn by the weighing itself, as many cases with the same energies: the mean gradient is within 5 deviations."""
    torch.manual_seed(0)
    n, energy, cost = 20_000, draw(3), draw(3)
    each = energy.expand(n, 1, 3).clone().requires_grad_()
    weigh = with_baseline(0.4)
    weights = weigh(each)
    (term,) = weigh.terms(each, weights)
    per_case = n * gradient(term((weights * cost).sum((1, 2))), each).squeeze(1)
    energy.requires_grad_()
    error = per_case.mean(0) - gradient(energy.softmax(-1) @ cost, energy)
    assert (error.abs() <= 5 * per_case.std(0) / n**0.5).all()


def test_the_first_batch_is_judged_against_zero_and_later_ones_against_the_past(draw):
    weigh = ReinforceHard(entropy_bonus=0.0, momentum=0.75).double()
    energy, losses = draw(2, 1, 3), [torch.tensor([1.0, 3.0]).double(), torch.tensor([6.0, 6.0]).double()]
    weights = weigh(energy)
    (term,) = weigh.terms(energy, weights)
    log_pi = (weights * energy.log_softmax(-1)).sum((1, 2))
    torch.testing.assert_close(term(losses[0]), (losses[0] * log_pi).mean())
    assert weigh.baseline.value == 2
    torch.testing.assert_close(term(losses[1]), ((losses[1] - 2) * log_pi).mean())
    assert weigh.baseline.value == 0.75 * 2 + 0.25 * 6


def test_the_baseline_is_kept_with_the_weights_of_a_network():
    baseline, other = MovingBaseline(momentum=0.5), MovingBaseline(momentum=0.5)
    baseline.update(torch.tensor([4.0]))
    other.load_state_dict(baseline.state_dict())
    other.update(torch.tensor([2.0]))
    assert other.value == 3  # as after a first batch, and not as the first


def test_a_term_does_not_change_the_losses_gradient(draw):
    energy, losses = draw(2, 1, 3).requires_grad_(), draw(2).requires_grad_()
    weigh = ReinforceHard().double()
    (term,) = weigh.terms(energy, weigh(energy))
    term(losses).backward()
    assert losses.grad is None


@pytest.mark.parametrize("n_heads", [0, 2])
def test_queries_that_choose_nothing_add_nothing(n_heads, draw):
    """Padding among the queries, and a case without any key."""
    d = 2 if n_heads else 4
    attend = Attention(Additive(d, d), weigh=ReinforceHard())
    attend = (MultiHead(attend, d_model=4, n_heads=2) if n_heads else attend).double()
    x = draw(2, 5, 4)
    asking, present = torch.tensor([[True, False, True, False, True]] * 2), torch.tensor([[True] * 5, [False] * 5])
    (term,) = attend(x, x, present=present, asking=asking).terms
    chooses = (asking & present.any(1, keepdim=True)).unsqueeze(1) if n_heads else asking & present.any(1, keepdim=True)
    for of_query in (term.log_probability, term.entropy):
        assert torch.equal(of_query != 0, chooses.expand_as(of_query))


def test_a_choice_counts_every_query_and_head_of_a_case():
    log_probability, nothing = torch.arange(12.0).reshape(2, 2, 3), torch.zeros(2, 2, 3)
    term = ChoiceTerm(log_probability, nothing, MovingBaseline(), 0.0)
    assert term(torch.tensor([1.0, 2.0])) == (15 * 1 + 51 * 2) / 2
    one_query = ChoiceTerm(torch.tensor([3.0, 5.0]), torch.zeros(2), MovingBaseline(), 0.0)
    assert one_query(torch.tensor([1.0, 2.0])) == (3 + 10) / 2
