"""What every member of the tables must keep to, over the whole product score × weighing × scope."""

from __future__ import annotations

import itertools

import pytest
import torch

from attime.attention import SCOPES, SCORES, WEIGHINGS, Additive, Attention, Capped, MultiHead
from attime.attention.weighing import NEVER

EVERY_SCORE = {**SCORES, "capped": lambda d_query, d_key: Capped(Additive(d_query, d_key))}
PRODUCT = [
    pytest.param(score, weigh, scope, id=f"{score}-{weigh}-{scope}")
    for score, weigh, scope in itertools.product(EVERY_SCORE, WEIGHINGS, SCOPES)
]


def make(score: str, weigh: str, scope: str, d: int = 6) -> Attention:
    torch.manual_seed(0)
    attention = Attention(EVERY_SCORE[score](d, d), weigh=WEIGHINGS[weigh](), scope=SCOPES[scope]())
    return attention.double()


def draw(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize(("score", "weigh", "scope"), PRODUCT)
class TestEveryAttention:
    def test_weights_are_a_share_of_each_key(self, score, weigh, scope):
        x = draw(3, 5, 6)
        weights = make(score, weigh, scope)(x, x).weights
        assert weights.shape == (3, 5, 5)
        assert (weights >= 0).all()
        total = weights.sum(-1)
        if WEIGHINGS[weigh].sums_to_one:
            torch.testing.assert_close(total, torch.ones_like(total))
        else:
            assert (total <= 1 + 1e-12).all()

    def test_values_are_the_weighted_sum(self, score, weigh, scope):
        x, value = draw(3, 5, 6), draw(3, 5, 4)
        attended = make(score, weigh, scope)(x, x, value)
        torch.testing.assert_close(attended.values, torch.einsum("cqk,ckd->cqd", attended.weights, value))

    def test_absent_keys_weigh_nothing_and_change_nothing(self, score, weigh, scope):
        x = draw(2, 5, 6)
        attention = make(score, weigh, scope)
        padded = torch.cat([x, draw(2, 3, 6) * 100], dim=1)
        present = torch.tensor([[True] * 5 + [False] * 3] * 2)
        plain, masked = attention(x, x), attention(x, padded, present=present)
        assert (masked.weights[..., 5:] == 0).all()
        torch.testing.assert_close(masked.values, plain.values)

    @pytest.mark.parametrize("pattern", list(itertools.product([True, False], repeat=3)))
    def test_no_mask_makes_nan_and_no_key_makes_zero(self, score, weigh, scope, pattern):
        x = draw(1, 3, 6).requires_grad_()
        attended = make(score, weigh, scope)(x, x, present=torch.tensor([pattern]))
        attended.values.sum().backward()
        assert torch.isfinite(attended.values).all()
        assert torch.isfinite(x.grad).all()
        if not any(pattern):
            assert (attended.weights == 0).all()
            assert (attended.values == 0).all()

    def test_cases_do_not_see_each_other(self, score, weigh, scope):
        x = draw(4, 5, 6)
        attention = make(score, weigh, scope)
        torch.testing.assert_close(attention(x, x).values[2:3], attention(x[2:3], x[2:3]).values)

    def test_order_of_the_keys_does_not_matter(self, score, weigh, scope):
        if scope != "global":
            pytest.skip("a scope other than global knows positions")
        x, order = draw(2, 5, 6), torch.tensor([3, 1, 4, 0, 2])
        attention = make(score, weigh, scope)
        torch.testing.assert_close(attention(x[:, order], x[:, order]).values, attention(x, x).values[:, order])

    def test_gradients_reach_the_score(self, score, weigh, scope):
        attention = make(score, weigh, scope)
        x = draw(2, 4, 6).requires_grad_()
        attention(x, x, draw(2, 4, 3)).values.square().sum().backward()
        assert x.grad.abs().sum() > 0
        for parameter in attention.parameters():
            assert parameter.grad is not None
            assert torch.isfinite(parameter.grad).all()

    def test_gradients_are_right(self, score, weigh, scope):
        attention = make(score, weigh, scope, d=2)
        present = torch.tensor([[True, False, True]])
        x = draw(1, 3, 2).requires_grad_()
        assert torch.autograd.gradcheck(lambda x: attention(x, x, present=present).values, x)

    def test_works_in_several_heads(self, score, weigh, scope):
        heads = MultiHead(make(score, weigh, scope, d=3), d_model=6, n_heads=2).double()
        x = draw(2, 5, 6)
        attended = heads(x, x, present=torch.tensor([[True] * 5, [True] * 3 + [False] * 2]))
        assert attended.values.shape == (2, 5, 6)
        assert attended.weights.shape == (2, 2, 5, 5)
        assert (attended.weights[1, ..., 3:] == 0).all()


@pytest.mark.parametrize("weigh", WEIGHINGS)
def test_a_forbidden_key_is_left_out_of_the_weighing(weigh):
    energy = torch.tensor([[1.0, NEVER, 2.0]])
    torch.testing.assert_close(WEIGHINGS[weigh]()(energy)[:, [0, 2]], WEIGHINGS[weigh]()(energy[:, [0, 2]]))
