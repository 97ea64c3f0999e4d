"""The fused path gives the numbers of the plain equation, and computes weights only for those who read them."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import Tensor

from attime.attention import SCOPES, Additive, Attended, Attention, Dot, Gate, MultiHead, ScaledDot

# Two cases and two heads as well: there a bias of the heads could pass for one of the cases.
BATCHES = [(), (2,), (2, 2), (3, 2), (2, 1, 3)]
N_QUERIES, N_KEYS, D = 5, 6, 4


def gradients(of: Tensor, parts: list[Tensor], along: Tensor) -> list[Tensor]:
    found = torch.autograd.grad(of, parts, along, retain_graph=True, allow_unused=True, materialize_grads=True)
    return list(found)


def options(batch: tuple[int, ...], draw, dtype: torch.dtype) -> list[dict[str, Tensor | None]]:
    """Return every mixture of masks and biases, of each case and head or shared among them."""
    present = draw(*batch, N_KEYS) > -0.8
    present[..., 0] = True
    if batch:
        present[0, ...] = False  # the first case has no key at all
    biases = [None, draw(*batch, N_QUERIES, N_KEYS), draw(N_QUERIES, N_KEYS), draw(*batch[-1:], N_QUERIES, N_KEYS)]
    return [
        {"present": present, "asking": asking, "bias": None if bias is None else bias.to(dtype).requires_grad_()}
        for present, asking, bias in itertools.product(
            [None, present, present[..., :1, :]] if batch else [None, present],
            [None, draw(*batch, N_QUERIES) > -0.5],
            biases,
        )
    ]


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-6), (torch.float64, 1e-12)], ids=str)
@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("batch", BATCHES, ids=str)
def test_fused_is_plain_in_value_and_gradient(batch, scope, dtype, tolerance, draw):
    torch.manual_seed(0)
    for given, (score, d_value) in itertools.product(options(batch, draw, dtype), [(ScaledDot, D), (Dot, 3), (Dot, 7)]):
        attend = Attention(score(D, D), scope=SCOPES[scope].sized(d_query=D, window=2)).to(dtype)
        query, key, value, along = (
            draw(*batch, n, d).to(dtype) / 2
            for n, d in ((N_QUERIES, D), (N_KEYS, D), (N_KEYS, d_value), (N_QUERIES, d_value))
        )
        parts = [x.requires_grad_() for x in (query, key, value)] + list(attend.parameters())
        parts += [] if given["bias"] is None else [given["bias"]]
        attended = attend(query, key, value, **given)
        assert callable(attended.source)
        plain = attended.weights @ value  # weights are never computed by the kernel
        torch.testing.assert_close(attended.values, plain, atol=tolerance, rtol=0)
        both = (gradients(values, parts, along) for values in (attended.values, plain))
        for fused_gradient, plain_gradient in zip(*both, strict=True):
            torch.testing.assert_close(fused_gradient, plain_gradient, atol=tolerance, rtol=tolerance)


def test_a_bias_of_the_heads_is_not_one_of_the_cases(draw):
    """As many cases as heads, so that mixing them up would pass unnoticed."""
    x, bias = draw(2, 2, 5, 4), draw(2, 5, 5)
    attend = Attention(ScaledDot(4, 4))
    shared, written_out = attend(x, x, bias=bias), attend(x, x, bias=bias.expand(2, 2, 5, 5))
    torch.testing.assert_close(shared.values, written_out.values)
    torch.testing.assert_close(shared.values, shared.weights @ x)


def computed(attend: Attention) -> list[int]:
    """Return a list that grows by one for each time the score is computed."""
    calls: list[int] = []
    attend.score.register_forward_hook(lambda *_: calls.append(1))
    return calls


@pytest.mark.parametrize("n_heads", [0, 2])
def test_weights_are_computed_when_read_and_once(n_heads, draw):
    attention = Attention(ScaledDot(2, 2) if n_heads else ScaledDot(4, 4))
    attend = (MultiHead(attention, d_model=4, n_heads=2) if n_heads else attention).double()
    calls, x = computed(attention), draw(2, 5, 4).requires_grad_()
    attended: Attended = attend(x, x, present=torch.ones(2, 5, dtype=torch.bool))
    attended.values.sum().backward()
    assert len(calls) == 0
    first = attended.weights
    assert len(calls) == 1
    assert attended.weights is first
    assert len(calls) == 1


def test_weights_read_late_are_those_that_made_the_values(draw):
    """An optimiser may have moved the parameters in between."""
    heads, x = MultiHead(Attention(ScaledDot(2, 2)), d_model=4, n_heads=2).double(), draw(2, 5, 4)
    early, late = heads(x, x), heads(x, x)
    weights = early.weights
    with torch.no_grad():
        for parameter in heads.parameters():
            parameter.mul_(3.0)
    assert torch.equal(late.weights, weights)


class Halved(ScaledDot):
    """A score of one's own, derived from one that has a kernel."""

    def forward(self, query: Tensor, key: Tensor) -> Tensor:
        return super().forward(query, key) / 2


@pytest.mark.parametrize(
    "attend",
    [Attention(Halved(4, 4)), Attention(Additive(4, 4)), Attention(Dot(4, 4), weigh=Gate())],
    ids=["a score of one's own", "additive", "gate"],
)
def test_what_has_no_kernel_is_computed_as_the_equation_says(attend, draw):
    x, calls = draw(2, 5, 4).float(), computed(attend)
    attended = attend(x, x)
    assert len(calls) == 1
    torch.testing.assert_close(attended.values, attended.weights @ x)
    assert len(calls) == 1
