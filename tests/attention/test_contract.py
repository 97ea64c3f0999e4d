"""What every mechanism keeps to, over the whole product score × weighing × scope × heads: weights, values, queries.

Six keys and a window of two, so that local scopes leave something out. `test_contract_masks` and
`test_contract_gradients` go on with masks and gradients.
"""

from __future__ import annotations

import pytest
import torch

from attime.attention import MultiHead


def test_weights_are_a_share_of_each_key(mechanism, draw):
    x, attend = draw(3, 6, 4), mechanism.build()
    for training in mechanism.modes:
        weights = attend.train(training)(x, x).weights
        assert weights.shape == ((3, 2, 6, 6) if mechanism.n_heads else (3, 6, 6))
        assert (weights >= 0).all()
        total = weights.sum(-1)
        if mechanism.sums_to_one:
            torch.testing.assert_close(total, torch.ones_like(total))
        else:
            assert (total <= 1 + 1e-12).all()


def test_values_are_the_weighted_sum(mechanism, draw):
    x, value, attend = draw(3, 6, 4), draw(3, 6, 4), mechanism.build()
    for training in mechanism.modes:
        attended = attend.train(training)(x, x, value)
        if isinstance(attend, MultiHead):
            parts = attend.W_value(value).chunk(2, dim=-1)
            heads = [attended.weights[:, head] @ part for head, part in enumerate(parts)]
            expected = attend.W_out(torch.cat(heads, dim=-1))
        else:
            expected = attended.weights @ value
        torch.testing.assert_close(attended.values, expected)


def test_cases_do_not_see_each_other(mechanism, draw):
    x, attend = draw(4, 6, 4), mechanism.build()
    present = torch.arange(6) < torch.tensor([[6], [4], [3], [5]])
    together = attend(x, x, present=present)
    for case in range(4):
        alone = attend(x[case : case + 1], x[case : case + 1], present=present[case : case + 1])
        torch.testing.assert_close(together.values[case : case + 1], alone.values)
        torch.testing.assert_close(together.weights[case : case + 1], alone.weights)


def test_order_of_the_tokens_does_not_matter(mechanism, draw):
    if mechanism.scope != "global":
        pytest.skip(f"the scope {mechanism.scope} knows positions")
    if mechanism.score == "location":
        pytest.skip("a location score knows positions and nothing else")
    x, order, attend = draw(2, 6, 4), torch.tensor([3, 1, 5, 4, 0, 2]), mechanism.build()
    shuffled, ordered = attend(x[:, order], x[:, order]), attend(x, x)
    torch.testing.assert_close(shuffled.values, ordered.values[:, order])
    torch.testing.assert_close(shuffled.weights, ordered.weights[..., order, :][..., order])


def test_asking_one_query_at_a_time_is_asking_all(mechanism, draw):
    query, key, attend = draw(2, 6, 4), draw(2, 6, 4), mechanism.build()
    present = torch.tensor([[True] * 6, [True] * 4 + [False] * 2])
    at_once = attend(query, key, present=present)
    for i in range(6):
        step = attend(query[:, i : i + 1], key, present=present, at=torch.tensor([i]))
        torch.testing.assert_close(step.values, at_once.values[:, i : i + 1])
        torch.testing.assert_close(step.weights, at_once.weights[..., i : i + 1, :])


def test_hard_weights_are_one_key_in_training_and_after(hard_mechanism, draw):
    x, attend = draw(3, 6, 4), hard_mechanism.build()
    for training in hard_mechanism.modes:
        weights = attend.train(training)(x, x).weights
        assert ((weights == 0) | (weights == 1)).all()
        assert (weights.sum(-1) == 1).all()


def test_hard_weights_after_training_are_on_the_likeliest_key_each_time(hard_mechanism, draw):
    x, attend = draw(3, 6, 4), hard_mechanism.build()
    weights, again = attend(x, x).weights, attend(x, x).weights
    assert torch.equal(weights, again)
    assert torch.equal(weights.argmax(-1), hard_mechanism.softly().build()(x, x).weights.argmax(-1))
    assert attend(x, x).terms == ()
