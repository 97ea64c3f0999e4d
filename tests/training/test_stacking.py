"""Stacking: who is right about cases not seen is trusted more, and nobody less than nothing."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from attime.training.stacking import smooth_loss, smooth_targets, stack


def said(classes, rightness, *, seed=0):
    """Logits of two classes with noise, right as far as `rightness` goes."""
    noise = torch.randn(len(classes), 2, generator=torch.Generator().manual_seed(seed))
    return noise + rightness * torch.nn.functional.one_hot(classes, 2)


CLASSES = torch.arange(200) % 2


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 6), st.integers(1, 40), st.floats(-5, 5), st.integers(0, 99))
def test_weights_are_positive_and_finite(n_parts, n_cases, rightness, seed):
    parts = [said(CLASSES[:n_cases], rightness, seed=seed + part) for part in range(n_parts)]
    weights = stack(parts, CLASSES[:n_cases])
    assert weights.shape == (n_parts,)
    assert (weights > 0).all()
    assert np.isfinite(weights).all()


@pytest.mark.parametrize("order", [1, -1])
def test_who_is_right_is_trusted_more(order):
    weights = stack([said(CLASSES, 4.0), said(CLASSES, 0.0, seed=1)][::order], CLASSES)[::order]
    assert weights[0] > 2 * weights[1]


def test_two_that_say_the_same_are_trusted_alike():
    part = said(CLASSES, 2.0)
    weights = stack([part, part], CLASSES)
    assert weights[0] == pytest.approx(weights[1], rel=1e-3)


def test_the_whole_is_no_worse_than_its_best_part():
    parts = [said(CLASSES, 2.0, seed=seed) for seed in range(4)]
    weights = stack(parts, CLASSES)
    whole = sum(float(weight) * part for weight, part in zip(weights, parts, strict=True))
    assert smooth_loss(whole, CLASSES) < min(smooth_loss(part, CLASSES) for part in parts)


@pytest.mark.parametrize("n_cases", [1, 10, 1000])
def test_as_many_right_answers_promise_a_wrong_one_in_two_more(n_cases):
    targets = smooth_targets(torch.zeros(n_cases, dtype=torch.long), 2)
    assert targets[0, 1].item() == pytest.approx(1 / (n_cases + 2) / 2)
    torch.testing.assert_close(targets.sum(1), torch.ones(n_cases, dtype=torch.float64))
