"""Memory of the fused path grows with the length and not with its square: no tensor has an entry for each pair."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from attime.attention import Attention, MultiHead, ScaledDot


class LargestTensor(TorchDispatchMode):
    """Sees the result of every operation, on the way back too, and keeps the size of the largest memory behind one.

    The memory, and not the number of elements: a mask that is expanded to all pairs takes none for it.
    """

    numel = 0

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = function(*args, **(kwargs or {}))
        for x in tree_leaves(result):
            if isinstance(x, torch.Tensor):
                self.numel = max(self.numel, x.untyped_storage().nbytes() // x.element_size())
        return result


class Plain(ScaledDot):
    """The same score without a kernel: only ScaledDot itself has one."""


def largest(score: ScaledDot, n_steps: int, *, d_value: int = 4) -> int:
    """Return the elements of the largest tensor while two heads attend and learn, with padding in one of two cases."""
    torch.manual_seed(0)
    attend = MultiHead(Attention(score), d_model=8, n_heads=2) if d_value == 4 else Attention(score)
    x = torch.randn(2, n_steps, attend.W_query.in_features if d_value == 4 else 4, requires_grad=True)
    value = x if d_value == 4 else torch.randn(2, n_steps, d_value)
    present = torch.arange(n_steps) < torch.tensor([[n_steps], [n_steps // 2]])
    with LargestTensor() as seen:
        attend(x, x, value, present=present, asking=present).values.square().sum().backward()
    assert x.grad is not None
    return seen.numel


@pytest.mark.parametrize("d_value", [4, 3, 7])
def test_no_tensor_has_an_entry_for_each_pair_of_steps(d_value):
    sizes = [largest(ScaledDot(4, 4), n_steps, d_value=d_value) for n_steps in (1_000, 4_000)]
    assert sizes[0] < 1_000**2 / 10
    assert sizes[1] == 4 * sizes[0]


def test_the_plain_path_has_such_tensors():
    """Or the test above could not fail."""
    assert largest(Plain(4, 4), 1_000) >= 1_000**2
