"""Each mechanism against its equation, written out by hand, and against the same thing elsewhere."""

from __future__ import annotations

import math

import pytest
import torch

from attime.attention import Additive, Attention, AttentionMap, Dot, General, MultiHead, ScaledDot
from attime.errors import OptionError


@pytest.fixture
def pair() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(3, 4, generator=generator), torch.randn(5, 4, generator=generator)


def by_hand(pair, function):
    return torch.stack([torch.stack([function(q, k) for k in pair[1]]) for q in pair[0]])


def test_dot_is_the_dot_product(pair):
    torch.testing.assert_close(Dot(4, 4)(*pair), by_hand(pair, torch.dot))


def test_scaled_dot_is_divided_by_the_root_of_the_size(pair):
    torch.testing.assert_close(ScaledDot(4, 4)(*pair), by_hand(pair, torch.dot) / math.sqrt(4))


def test_general_has_one_matrix_between_query_and_key(pair):
    score = General(4, 4)
    torch.testing.assert_close(score(*pair), by_hand(pair, lambda q, k: q @ score.W.weight @ k))


def test_additive_is_bahdanaus(pair):
    score = Additive(4, 4, d_hidden=7)

    def equation(q, k):
        return (score.v.weight @ torch.tanh(score.W.weight @ q + score.U.weight @ k + score.U.bias))[0]

    torch.testing.assert_close(score(*pair), by_hand(pair, equation))


def test_several_heads_agree_with_torch():
    torch.manual_seed(0)
    ours = MultiHead(Attention(ScaledDot(4, 4)), d_model=12, n_heads=3)
    theirs = torch.nn.MultiheadAttention(12, 3, batch_first=True)
    with torch.no_grad():
        parts = (ours.W_query, ours.W_key, ours.W_value)
        theirs.in_proj_weight.copy_(torch.cat([part.weight for part in parts]))
        theirs.in_proj_bias.copy_(torch.cat([part.bias for part in parts]))
        theirs.out_proj.weight.copy_(ours.W_out.weight)
        theirs.out_proj.bias.copy_(ours.W_out.bias)
    query, key = torch.randn(2, 5, 12), torch.randn(2, 7, 12)
    present = torch.arange(7) < torch.tensor([[7], [4]])
    values, weights = theirs(query, key, key, key_padding_mask=~present, average_attn_weights=False)
    attended = ours(query, key, present=present)
    torch.testing.assert_close(attended.values, values, atol=1e-6, rtol=1e-6)
    torch.testing.assert_close(attended.weights, weights, atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("score", [Dot, ScaledDot])
def test_a_dot_product_of_unequal_sizes_is_refused(score):
    with pytest.raises(OptionError, match="4 and 6 features; use the score 'general' or 'additive'"):
        score(4, 6)


def test_heads_must_divide_the_model():
    with pytest.raises(OptionError, match="12 does not divide by n_heads 5"):
        MultiHead(Attention(ScaledDot(4, 4)), d_model=12, n_heads=5)


def test_the_score_must_fit_the_heads():
    with pytest.raises(OptionError, match=r"build it for \(4, 4\)"):
        MultiHead(Attention(ScaledDot(12, 12)), d_model=12, n_heads=3)


def test_a_map_has_a_name_for_each_axis():
    with pytest.raises(OptionError, match="2 axes but 1 names"):
        AttentionMap("pooling", torch.ones(2, 3), ("case",))
