"""Variational attention: what is drawn, what it costs in nats, and who pays."""

from __future__ import annotations

import pytest
import torch
from torch.distributions import Independent, Normal, kl_divergence

from attime.attention import Attention, MultiHead, ReinforceHard, ScaledDot, Variational
from attime.attention.terms import ChoiceTerm, DivergenceTerm


def make(*, n_heads: int = 0, d_context: int | None = None, weight: float = 1.0) -> Variational:
    torch.manual_seed(0)
    inner = Attention(ScaledDot(2, 2) if n_heads else ScaledDot(4, 4))
    inner = MultiHead(inner, d_model=4, n_heads=n_heads) if n_heads else inner
    return Variational(inner, d_value=4, d_context=d_context, weight=weight).double()


@pytest.fixture(params=[0, 2], ids=["alone", "2heads"])
def attend(request) -> Variational:
    """Give it over one attention and over several heads, with 3 features of context."""
    return make(n_heads=request.param, d_context=3)


def test_mean_and_variance_are_linear_in_the_inner_context(attend, draw):
    x = draw(2, 5, 4)
    inner, attended = attend.attention(x, x), attend(x, x)
    a = inner.values
    torch.testing.assert_close(attended.context.mean, a @ attend.mean.weight.T + attend.mean.bias)
    log_variance = a @ attend.log_variance.weight.T + attend.log_variance.bias
    torch.testing.assert_close(attended.context.variance, log_variance.exp())
    torch.testing.assert_close(attended.weights, inner.weights)


def test_divergence_is_the_closed_form_and_that_of_torch(attend, draw):
    """KL(N(μ, σ²) ‖ N(0, 1)) = ½ Σ (μ² + σ² − 1 − log σ²)."""
    attended = attend(draw(2, 5, 4), draw(2, 6, 4))
    mean, variance = attended.context.mean, attended.context.variance
    closed = (mean.square() + variance - 1 - variance.log()).sum(-1) / 2
    prior = Independent(Normal(torch.zeros(3, dtype=torch.float64), torch.ones(3, dtype=torch.float64)), 1)
    torch.testing.assert_close(attended.divergence, closed)
    torch.testing.assert_close(attended.divergence, kl_divergence(Independent(attended.context, 1), prior))
    assert (attended.divergence > 0).all()


def test_divergence_is_what_a_draw_tells_on_average(draw):
    """Monte Carlo: KL = E[log q(c) − log p(c)] over the draws themselves, to five deviations."""
    n, attend, x = 20_000, make(d_context=3), draw(1, 2, 4)
    attended = attend.train()(x.expand(n, 2, 4), x.expand(n, 2, 4))
    c = attended.values
    told = (attended.context.log_prob(c) - Normal(0.0, 1.0).log_prob(c)).sum(-1)
    error = (told.mean(0) - attended.divergence[0]).abs()
    assert (error <= 5 * told.std(0) / n**0.5).all()


def test_training_draws_around_the_mean_and_prediction_takes_it(draw):
    n, attend, x = 20_000, make(d_context=3), draw(1, 2, 4)
    many = x.expand(n, 2, 4)
    drawn = attend.train()(many, many)
    mean, deviation = drawn.context.mean[0], drawn.context.stddev[0]
    assert ((drawn.values.mean(0) - mean).abs() <= 5 * deviation / n**0.5).all()
    assert ((drawn.values.std(0) / deviation - 1).abs() <= 5 / (2 * n) ** 0.5).all()
    taken = attend.eval()(x, x)
    assert torch.equal(taken.values, taken.context.mean)


def test_gradients_pass_through_the_draw(draw):
    """Reparametrised: ∂c/∂μ = 1, ∂c/∂log σ² = (c − μ) / 2, so that the encoder learns from the loss of a draw."""
    attend, x = make().train(), draw(2, 5, 4)
    attended = attend(x, x)
    by_mean, by_deviation = torch.autograd.grad(attended.values.sum(), (attended.context.loc, attended.context.scale))
    torch.testing.assert_close(by_mean, torch.ones_like(by_mean))
    noise = (attended.values - attended.context.mean) / attended.context.stddev
    torch.testing.assert_close(by_deviation, noise)


def test_the_term_is_the_divergence_of_a_case(draw):
    attend, x = make(weight=0.25), draw(3, 5, 4)
    attended = attend(x, x)
    (term,) = attended.terms
    torch.testing.assert_close(term(draw(3)), 0.25 * attended.divergence.sum(1).mean())
    attend.weight = 0.5  # annealing
    torch.testing.assert_close(attend(x, x).terms[0](draw(3)), 0.5 * attended.divergence.sum(1).mean())


def test_the_gradient_of_the_term_pulls_to_the_prior(draw):
    """∂KL/∂μ = μ and ∂KL/∂σ = σ − 1/σ, divided by the number of cases and weighted."""
    attend, x = make(weight=0.5), draw(3, 5, 4)
    attended = attend(x, x)
    mean, deviation = attended.context.loc, attended.context.scale
    by_mean, by_deviation = torch.autograd.grad(attended.terms[0](draw(3)), (mean, deviation))
    torch.testing.assert_close(by_mean, 0.5 * mean / 3)
    torch.testing.assert_close(by_deviation, 0.5 * (deviation - 1 / deviation) / 3)


def test_who_does_not_ask_pays_nothing(attend, draw):
    x, asking = draw(2, 5, 4), torch.tensor([[True, False, True, True, False], [True] * 5])
    everybody, some = attend.eval()(x, x), attend(x, x, asking=asking)
    assert (some.divergence[~asking] == 0).all()
    torch.testing.assert_close(some.divergence[asking], everybody.divergence[asking])
    garbage = torch.where(asking.unsqueeze(-1), x, 1e6).requires_grad_()
    attend(garbage, x, asking=asking).terms[0](draw(2)).backward()
    assert (garbage.grad[~asking] == 0).all()


def test_padding_changes_nothing(attend, draw):
    x = draw(2, 5, 4)
    padded, present = torch.cat([x, 1e6 * draw(2, 3, 4)], dim=1), (torch.arange(8) < 5).expand(2, 8)
    plain, masked = attend.eval()(x, x), attend(padded, padded, present=present, asking=present)
    torch.testing.assert_close(masked.values[:, :5], plain.values)
    torch.testing.assert_close(masked.terms[0](draw(2)), plain.terms[0](draw(2)))


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_extreme_contexts_stay_finite(sign, draw):
    attend, x = make().train(), draw(2, 5, 4)
    torch.nn.init.constant_(attend.log_variance.bias, sign * 1e4)
    attended = attend(x, x)
    loss = attended.values.square().mean() + attended.terms[0](draw(2))
    loss.backward()
    assert torch.isfinite(loss)
    assert all(torch.isfinite(parameter.grad).all() for parameter in attend.parameters())


def test_terms_of_the_inner_attention_are_passed_on(draw):
    attend = Variational(Attention(ScaledDot(4, 4), weigh=ReinforceHard()), d_value=4).double()
    x = draw(2, 5, 4)
    assert [type(term) for term in attend(x, x).terms] == [ChoiceTerm, DivergenceTerm]
