"""Several heads against `torch.nn.MultiheadAttention`: values, weights and gradients."""

from __future__ import annotations

import pytest
import torch

from attime.attention import Attention, Causal, Global, MultiHead, ScaledDot


@pytest.fixture
def twins() -> tuple[MultiHead, torch.nn.MultiheadAttention]:
    """Give ours and theirs with the same parameters: 12 features in 3 heads."""
    torch.manual_seed(0)
    ours = MultiHead(Attention(ScaledDot(4, 4)), d_model=12, n_heads=3)
    theirs = torch.nn.MultiheadAttention(12, 3, batch_first=True)
    parts = (ours.W_query, ours.W_key, ours.W_value)
    with torch.no_grad():
        theirs.in_proj_weight.copy_(torch.cat([part.weight for part in parts]))
        theirs.in_proj_bias.copy_(torch.cat([part.bias for part in parts]))
        theirs.out_proj.weight.copy_(ours.W_out.weight)
        theirs.out_proj.bias.copy_(ours.W_out.bias)
    return ours, theirs


def draw(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("n_values", [5, 7])
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("causal", [False, True])
def test_heads_agree_with_torch(twins, n_values, masked, causal):
    ours, theirs = twins
    ours.attention.scope = Causal() if causal else Global()
    query = draw(2, 5, 12)
    key = query if n_values == 5 else draw(2, n_values, 12)  # self-attention, and cross-attention over more keys
    present = torch.arange(n_values) < torch.tensor([[n_values], [4]]) if masked else None
    values, weights = theirs(
        query,
        key,
        key,
        key_padding_mask=None if present is None else ~present,
        attn_mask=torch.arange(n_values) > torch.arange(5).unsqueeze(-1) if causal else None,
        average_attn_weights=False,
    )
    attended = ours(query, key, present=present)
    torch.testing.assert_close(attended.values, values, atol=1e-6, rtol=1e-6)
    torch.testing.assert_close(attended.weights, weights, atol=1e-6, rtol=1e-6)


def test_values_of_their_own_agree_with_torch(twins):
    ours, theirs = twins
    query, key, value = draw(3, 2, 5, 12)
    torch.testing.assert_close(ours(query, key, value).values, theirs(query, key, value)[0], atol=1e-6, rtol=1e-6)


def test_gradients_agree_with_torch(twins):
    ours, theirs = twins
    x, same = (draw(2, 5, 12).requires_grad_() for _ in range(2))
    ours(x, x).values.square().mean().backward()
    theirs(same, same, same)[0].square().mean().backward()
    torch.testing.assert_close(x.grad, same.grad, atol=1e-6, rtol=1e-6)
    theirs_by_part = theirs.in_proj_weight.grad.chunk(3)
    for part, gradient in zip((ours.W_query, ours.W_key, ours.W_value), theirs_by_part, strict=True):
        torch.testing.assert_close(part.weight.grad, gradient, atol=1e-6, rtol=1e-6)
