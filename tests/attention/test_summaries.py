"""What many maps say together, worked out by hand on small ones."""

from __future__ import annotations

import math

import pytest
import torch

from attime.attention import AttentionMap, head_summary, rollout
from attime.errors import OptionError

SELF_ATTENTION = ("case", "head", "query", "key")


def layer(*heads: list[list[float]], name: str = "layer", stride: int = 1) -> AttentionMap:
    """Return a map of one case."""
    return AttentionMap(name, torch.tensor([heads], dtype=torch.float64), SELF_ATTENTION, stride)


def random_layers(draw, n_layers: int = 3) -> list[AttentionMap]:
    return [AttentionMap("layer", draw(2, 4, 6, 6).softmax(-1), SELF_ATTENTION) for _ in range(n_layers)]


FIRST = layer([[1.0, 0.0], [1.0, 0.0]], [[0.0, 1.0], [0.0, 1.0]], name="first", stride=4)  # heads differ, mean ½
SECOND = layer([[1.0, 0.0], [0.5, 0.5]], [[1.0, 0.0], [0.5, 0.5]], name="second", stride=4)
POOLING = AttentionMap("pooling", torch.full((1, 2), 0.5), ("case", "time"))
CROSS = AttentionMap("cross", torch.full((1, 2, 3, 2), 0.5), SELF_ATTENTION)


def test_rollout_of_two_layers_by_hand():
    """A_1 = [[¾, ¼], [¼, ¾]], A_2 = [[1, 0], [¼, ¾]], R = A_2 A_1."""
    flow = rollout([FIRST, SECOND])
    expected = torch.tensor([[[0.75, 0.25], [0.25 * 0.75 + 0.75 * 0.25, 0.25 * 0.25 + 0.75 * 0.75]]]).double()
    torch.testing.assert_close(flow.weights, expected)
    assert (flow.name, flow.axes, flow.stride) == ("rollout", ("case", "query", "key"), 4)


def test_rollout_goes_back_from_the_last_layer():
    assert not torch.allclose(rollout([FIRST, SECOND]).weights, rollout([SECOND, FIRST]).weights)


def test_rollout_of_one_layer_is_half_itself(draw):
    (one,) = random_layers(draw, 1)
    expected = (one.weights.mean(1) + torch.eye(6)) / 2
    torch.testing.assert_close(rollout([one]).weights, expected)


def test_rollout_of_tokens_that_look_at_themselves_is_the_identity():
    pointer = layer([[1.0, 0.0], [0.0, 1.0]])
    assert torch.equal(rollout([pointer] * 3).weights, torch.eye(2).double().unsqueeze(0))


def test_rows_of_a_rollout_sum_to_one(draw):
    total = rollout(random_layers(draw)).weights.sum(-1)
    torch.testing.assert_close(total, torch.ones_like(total))


def test_rollout_leaves_padding_alone():
    """A padding token has no weights and gets none: it stays itself, and rows still sum to one."""
    padded = layer([[0.5, 0.5, 0.0], [0.5, 0.5, 0.0], [0.0, 0.0, 0.0]])
    weights = rollout([padded, padded]).weights[0]
    assert weights[2].tolist() == [0, 0, 1]
    assert weights[:2, 2].tolist() == [0, 0]
    torch.testing.assert_close(weights.sum(-1), torch.ones(3).double())


@pytest.mark.parametrize("summarise", [rollout, head_summary])
class TestEverySummary:
    def test_other_maps_are_passed_over(self, summarise):
        with_others, without = summarise([POOLING, FIRST, CROSS, SECOND]), summarise([FIRST, SECOND])
        attribute = "weights" if summarise is rollout else "effective_keys"
        assert torch.equal(getattr(with_others, attribute), getattr(without, attribute))

    def test_other_maps_are_not_even_computed(self, summarise):
        def unasked() -> torch.Tensor:
            raise AssertionError("nobody needs this map")

        summarise([FIRST, AttentionMap("pooling", unasked, ("case", "time"))])

    @pytest.mark.parametrize(("maps", "arrived"), [([], "no map at all"), ([POOLING, CROSS], "'pooling'.*; 'cross'")])
    def test_maps_of_self_attention_must_be_among_them(self, summarise, maps, arrived):
        with pytest.raises(OptionError, match=f"no map of self-attention .* arrived, but {arrived}.*transformer"):
            summarise(maps)

    def test_maps_of_one_shape_are_needed(self, summarise, draw):
        with pytest.raises(OptionError, match=r"differ in shape .*take the layers of one encoder"):
            summarise([FIRST, *random_layers(draw, 1)])


def test_a_head_that_points_backwards():
    """Query i looks at key i − 1, and the first at itself."""
    pointer = [[1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]]
    summary = head_summary([layer(pointer)])
    assert summary.effective_keys.tolist() == [[1.0]]
    assert summary.distance.tolist() == [[0.75]]
    assert summary.itself.tolist() == [[0.25]]
    assert summary.first.tolist() == [[0.5]]


def test_each_head_of_each_layer_has_its_numbers():
    even, itself = [[0.5, 0.5], [0.5, 0.5]], [[1.0, 0.0], [0.0, 1.0]]
    summary = head_summary([layer(even, itself, name="one"), layer(itself, even, name="two")])
    assert summary.names == ("one", "two")
    torch.testing.assert_close(summary.effective_keys, torch.tensor([[2.0, 1.0], [1.0, 2.0]]).double())
    torch.testing.assert_close(summary.distance, torch.tensor([[0.5, 0.0], [0.0, 0.5]]).double())
    torch.testing.assert_close(summary.itself, torch.tensor([[0.5, 1.0], [1.0, 0.5]]).double())


def test_effective_keys_are_the_exponent_of_the_entropy():
    p = [0.7, 0.2, 0.1]
    expected = math.exp(-sum(share * math.log(share) for share in p))
    assert head_summary([layer([p] * 3)]).effective_keys.item() == pytest.approx(expected)


def test_queries_that_are_padding_do_not_count(draw):
    short, length = draw(1, 2, 4, 4).softmax(-1), 4
    padded = torch.zeros(1, 2, 7, 7, dtype=torch.float64)
    padded[..., :length, :length] = short
    full, with_padding = (head_summary([AttentionMap("layer", x, SELF_ATTENTION)]) for x in (short, padded))
    for what in ("effective_keys", "distance", "itself", "first"):
        torch.testing.assert_close(getattr(with_padding, what), getattr(full, what))


def test_a_map_of_padding_alone_is_no_division_by_zero():
    summary = head_summary([AttentionMap("layer", torch.zeros(1, 1, 3, 3), SELF_ATTENTION)])
    assert summary.effective_keys.tolist() == [[0.0]]


def test_gates_are_compared_by_their_shares(draw):
    """Weights that do not sum to one are divided by their sum."""
    (one,) = random_layers(draw, 1)
    tenth = AttentionMap("layer", one.weights / 10, SELF_ATTENTION)
    torch.testing.assert_close(head_summary([tenth]).distance, head_summary([one]).distance)
