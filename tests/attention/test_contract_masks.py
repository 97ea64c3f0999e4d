"""What every mechanism does about padding and missing values: they weigh nothing, change nothing, make no NaN."""

from __future__ import annotations

import itertools

import torch


def test_padding_weighs_nothing_and_changes_nothing(mechanism, draw):
    x, attend = draw(2, 6, 4), mechanism.build(n_keys=9)
    padded = torch.cat([x, 1e6 * draw(2, 3, 4)], dim=1)
    present = (torch.arange(9) < 6).expand(2, 9)
    plain, masked = attend(x, x), attend(padded, padded, present=present, asking=present)
    assert (masked.weights[..., 6:] == 0).all()
    torch.testing.assert_close(masked.weights[..., :6, :6], plain.weights)
    torch.testing.assert_close(masked.values[:, :6], plain.values)


def test_a_key_missing_in_the_middle_weighs_nothing(mechanism, draw):
    x, attend = draw(1, 6, 4), mechanism.build()
    present = torch.tensor([[True, True, False, True, False, True]])
    for training in mechanism.modes:
        weights = attend.train(training)(x, x, present=present).weights
        assert (weights[..., ~present[0]] == 0).all()
    other = torch.where(present.unsqueeze(-1), x, 1e6)
    torch.testing.assert_close(attend.eval()(x, other, present=present).values, attend(x, x, present=present).values)


def test_no_mask_makes_nan_and_no_key_makes_zero(mechanism, draw):
    """Each case has one of the 16 patterns of four keys, the last of them none at all."""
    present = torch.tensor(list(itertools.product([True, False], repeat=4)))
    attend = mechanism.build(n_keys=4, window=1)
    for training in mechanism.modes:
        x = draw(16, 4, 4).requires_grad_()
        attend.zero_grad()
        attended = attend.train(training)(x, x, present=present)
        losses = attended.values.square().sum((1, 2))
        (losses.mean() + sum(term(losses) for term in attended.terms)).backward()
        for tensor in (attended.values, attended.weights, x.grad, *(p.grad for p in attend.parameters())):
            assert tensor is None or torch.isfinite(tensor).all()
        total = attended.weights.sum(-1)
        assert (total[-1] == 0).all()
        assert torch.equal(attended.values[-1], mechanism.zeros(attend, attended)[-1])
        assert (x.grad[-1] == 0).all()
        if mechanism.sums_to_one:
            one_or_none = torch.where(total > 0.5, 1.0, 0.0).to(total)
            torch.testing.assert_close(total, one_or_none)


def test_who_does_not_ask_gets_zeros_and_changes_nothing(mechanism, draw):
    x, attend = draw(2, 6, 4), mechanism.build()
    asking = torch.tensor([[True, False, True, True, False, True], [False] * 6])
    everybody = attend(x, x)
    for training in mechanism.modes:
        attended = attend.train(training)(x, x, asking=asking)
        silent = (attended.weights == 0).all(-1)
        assert torch.equal(silent, (~asking).unsqueeze(1).expand_as(silent) if mechanism.n_heads else ~asking)
        zeros = mechanism.zeros(attend, attended)
        assert torch.equal(attended.values[~asking], zeros[~asking])
        if not training:
            torch.testing.assert_close(attended.values[asking], everybody.values[asking])
