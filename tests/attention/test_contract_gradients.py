"""What the gradients of every mechanism reach, and whether they are right."""

from __future__ import annotations

import pytest
import torch


def test_gradients_reach_whatever_takes_part(mechanism, draw):
    """In training, through straight-through estimates and terms too: what training adds to the loss."""
    attend = mechanism.build().train()
    query, key, value = (draw(3, 6, 4).requires_grad_() for _ in range(3))
    attended = attend(query, key, value)
    losses = attended.values.square().sum((1, 2))
    (losses.mean() + sum(term(losses) for term in attended.terms)).backward()
    reached = {"query": query, "key": key, "value": value, **dict(attend.named_parameters())}
    if mechanism.score == "location":
        for name in ("key", "W_key.weight", "W_key.bias"):  # a key has no say
            unreached = reached.pop(name, None)
            assert unreached is None or unreached.grad is None
    if mechanism.n_heads and mechanism.score != "location":
        # A bias of the keys adds the same to all energies of a query in a dot product: a softmax does not see it.
        assert torch.isfinite(reached.pop("W_key.bias").grad).all()
    for name, tensor in reached.items():
        assert tensor.grad is not None, name
        assert torch.isfinite(tensor.grad).all(), name
        assert tensor.grad.abs().sum() > 1e-9, name


def test_gradients_are_those_of_finite_differences(mechanism, draw):
    if mechanism.is_hard:
        pytest.skip(f"the weights of {mechanism.weigh} are steps; their gradient is an estimate on purpose")
    attend = mechanism.build(n_keys=4, window=1)
    present, asking = torch.tensor([[True, False, True, True]]), torch.tensor([[True, True, True, False]])
    # Drawn at random, and so away from the kinks of sparsemax and of a window's edge.
    inputs = tuple(draw(1, 4, 4).requires_grad_() for _ in range(3))

    def values(query, key, value, *_parameters):
        return attend(query, key, value, present=present, asking=asking).values

    # Fast mode compares along one random direction, parameters included: they are moved in place.
    assert torch.autograd.gradcheck(values, (*inputs, *attend.parameters()), fast_mode=True)
