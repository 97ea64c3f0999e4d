"""Which keys each scope leaves to a query, against the papers' equations written out for one pair at a time."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from attime.attention import Attention, Causal, Dot, Gate, Global, LocalM, LocalP, Softmax, Sparsemax
from attime.attention.weighing import NEVER


def prior(scope: torch.nn.Module, query: Tensor, key: Tensor, *, at=None, present=None) -> Tensor:
    return scope(query, key, at=torch.arange(query.shape[-2]) if at is None else at, present=present)


def by_hand(n_queries: int, n_keys: int, log_prior) -> Tensor:
    return torch.tensor([[log_prior(i, j) for j in range(n_keys)] for i in range(n_queries)], dtype=torch.float64)


def test_global_knows_nothing_beforehand(draw):
    assert prior(Global(), draw(6, 2), draw(6, 2)) is None


def test_causal_hides_the_future(draw):
    expected = by_hand(4, 6, lambda i, j: 0.0 if j <= i else NEVER)
    assert torch.equal(prior(Causal(), draw(4, 2), draw(6, 2)), expected)


def test_local_m_keeps_the_keys_within_the_window(draw):
    expected = by_hand(6, 6, lambda i, j: 0.0 if i - 2 <= j <= i + 2 else NEVER)
    assert torch.equal(prior(LocalM(window=2), draw(6, 2), draw(6, 2)), expected)


@pytest.mark.parametrize("scope", [Causal(), LocalM(window=2)])
def test_positions_of_the_queries_may_be_given(scope, draw):
    query, key = draw(6, 2), draw(6, 2)
    at = torch.tensor([5, 0, 3])
    assert torch.equal(prior(scope, query[:3], key, at=at), prior(scope, query, key)[at])


@pytest.mark.parametrize("weigh", [Softmax(), Sparsemax(), Gate()])
def test_only_keys_within_the_scope_are_weighed(weigh, draw):
    """As if there were no others: Luong's window of 2 D + 1 keys, cut off at both ends."""
    x = draw(6, 2)
    attended = Attention(Dot(2, 2), weigh=weigh, scope=LocalM(window=2))(x, x)
    for i in range(6):
        window = slice(max(i - 2, 0), i + 3)
        alone = Attention(Dot(2, 2), weigh=weigh)(x[i : i + 1], x[window])
        torch.testing.assert_close(attended.values[i : i + 1], alone.values)
        torch.testing.assert_close(attended.weights[i : i + 1, window], alone.weights)
        assert attended.weights[i].count_nonzero() <= len(x[window])


def local_p(d_query: int, *, window: int, draw) -> LocalP:
    scope = LocalP(d_query, window=window, d_hidden=3).double()
    with torch.no_grad():
        scope.W.weight.copy_(draw(3, d_query))
        scope.v.weight.copy_(2 * draw(1, 3))
    return scope


@pytest.mark.parametrize("window", [1, 2, 3])
def test_local_p_is_a_gaussian_around_the_predicted_centre_cut_off_at_the_window(window, draw):
    """Luong's equations 9 and 10: p = S · sigmoid(vᵀ tanh(W q)), σ = D / 2."""
    query, key, scope = draw(5, 2), draw(8, 2), local_p(2, window=window, draw=draw)

    def equation(i: int, j: int) -> float:
        p = 7 / (1 + math.exp(-(scope.v.weight[0] @ torch.tanh(scope.W.weight @ query[i])).item()))
        return math.log(math.exp(-((j - p) ** 2) / (2 * (window / 2) ** 2))) if abs(j - p) <= window else NEVER

    expected = by_hand(5, 8, equation)
    torch.testing.assert_close(prior(scope, query, key), expected)
    assert (expected == NEVER).any(-1).all()  # or the test saw no key that is cut off


def test_local_p_weighs_as_the_paper_does_but_for_the_sum(draw):
    """The paper multiplies softmax weights by the Gaussian; here they are divided by their sum afterwards."""
    query, key, scope = draw(5, 2), draw(8, 2), local_p(2, window=2, draw=draw)
    weights = Attention(Dot(2, 2), scope=scope)(query, key).weights
    papers = torch.softmax(query @ key.T, dim=-1) * prior(scope, query, key).exp()
    torch.testing.assert_close(weights, papers / papers.sum(-1, keepdim=True))


@pytest.mark.parametrize(("direction", "centre"), [(1.0, 4), (-1.0, 0), (0.0, 2)])
def test_local_p_looks_between_the_first_and_the_last_present_key(direction, centre):
    """S comes from the mask: keys that are missing before the last one do not count, padding after it does."""
    scope, query = LocalP(1, window=1), torch.ones(1, 1)
    with torch.no_grad():
        scope.W.weight.fill_(100.0)
        scope.v.weight.fill_(100.0 * direction)
    present = torch.tensor([False, True, False, True, True, False, False, False])
    log_prior = prior(scope, query, torch.zeros(8, 1), present=present)
    assert log_prior.argmax() == centre
    torch.testing.assert_close(log_prior[0, centre], torch.tensor(0.0))


def test_each_case_has_its_own_last_key(draw):
    query, key, scope = draw(2, 5, 2), draw(2, 8, 2), local_p(2, window=2, draw=draw)
    present = torch.arange(8) < torch.tensor([[8], [5]])
    both = prior(scope, query, key, present=present)
    torch.testing.assert_close(both[0], prior(scope, query[0], key[0]))
    torch.testing.assert_close(both[1, :, :5], prior(scope, query[1], key[1, :5]))


def test_the_centre_learns(draw):
    scope, query, key = local_p(2, window=3, draw=draw), draw(5, 2), draw(8, 2)
    attend = Attention(Dot(2, 2), scope=scope)
    assert torch.autograd.gradcheck(lambda *_: attend(query, key).values, (scope.W.weight, scope.v.weight))
