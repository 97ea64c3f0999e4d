"""From tokens to steps and back: nothing is lost on the way."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from attime.nn.output import steps_to_tokens, tokens_to_steps


@given(n_steps=st.integers(1, 40), stride=st.integers(1, 9), seed=st.integers(0, 99))
def test_sums_over_time_stay_the_same(n_steps, stride, seed):
    generator = torch.Generator().manual_seed(seed)
    present = torch.rand(3, n_steps, generator=generator) > 0.4
    kept = steps_to_tokens(present, stride)
    tokens = torch.randn(3, 2, kept.shape[1], generator=generator) * kept.unsqueeze(1)
    steps = tokens_to_steps(tokens, present, stride)
    assert steps.shape == (3, 2, n_steps)
    torch.testing.assert_close(steps.sum(-1), tokens.sum(-1))
    assert (steps.transpose(1, 2)[~present] == 0).all()


def test_a_token_is_shared_equally_among_its_steps():
    present = torch.tensor([[True] * 4 + [True, False, True, True] + [False] * 2])
    steps = tokens_to_steps(torch.tensor([[4.0, 3.0, 5.0]]), present, 4)
    assert steps.tolist() == [[1, 1, 1, 1, 1, 0, 1, 1, 0, 0]]
