"""Each score against its equation, written out by hand for one query and one key at a time."""

from __future__ import annotations

import math

import pytest
import torch

from attime.attention import Additive, Attention, AttentionMap, Capped, Dot, General, Location, MultiHead, ScaledDot
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


@pytest.mark.parametrize("score", [General(2, 3), Additive(2, 3), Location(2, 3, n_keys=5)])
def test_queries_and_keys_may_differ_in_size(score, draw):
    query, key = draw(4, 2).float(), draw(5, 3).float()
    assert score(query, key).shape == (4, 5)


def test_location_is_told_by_the_query_alone(pair):
    query, key = pair
    score = Location(4, 4, n_keys=7)
    expected = torch.stack([torch.stack([score.W.weight[j] @ q for j in range(5)]) for q in query])
    torch.testing.assert_close(score(query, key), expected)
    assert torch.equal(score(query, 9 * key), score(query, key))


def test_location_looks_at_the_same_steps_in_a_shorter_series(pair):
    query, key = pair
    score = Location(4, 4, n_keys=7)
    assert torch.equal(score(query, key[:3]), score(query, key)[:, :3])


def test_capped_bends_the_energies_below_the_cap(pair):
    score = Capped(Dot(4, 4), cap=0.5)
    torch.testing.assert_close(score(*pair), by_hand(pair, lambda q, k: 0.5 * torch.tanh((q @ k) / 0.5)))
    assert (score(*pair).abs() < 0.5).all()


def test_heads_are_attentions_over_projections_side_by_side(draw):
    """Vaswani's equation: Concat(head_1, head_2) W^O, each head on its own part of the projections."""
    torch.manual_seed(0)
    heads = MultiHead(Attention(Additive(2, 2)), d_model=4, n_heads=2).double()
    query, key, value = draw(2, 3, 4), draw(2, 5, 4), draw(2, 5, 4)
    parts = (heads.W_query(query), heads.W_key(key), heads.W_value(value))
    found = [heads.attention(*(part[..., 2 * head : 2 * head + 2] for part in parts)) for head in range(2)]
    attended = heads(query, key, value)
    torch.testing.assert_close(attended.values, heads.W_out(torch.cat([head.values for head in found], dim=-1)))
    torch.testing.assert_close(attended.weights, torch.stack([head.weights for head in found], dim=1))


def test_a_map_has_a_name_for_each_axis():
    with pytest.raises(OptionError, match="2 axes but 1 names"):
        AttentionMap("pooling", torch.ones(2, 3), ("case",))
    unread = AttentionMap("pooling", lambda: torch.ones(2, 3), ("case",))
    with pytest.raises(OptionError, match="give one name for each axis"):
        unread.weights  # noqa: B018
