"""What depends on all the cases of a batch, when several processes have a share of it each: draws, sums and means.

Most of a network treats every case by itself, and may as well be given some cases of a batch. What does not (chance,
which is drawn for all cases at once; statistics of a batch; losses that are relative to a mean) says so by the
functions of this file. A process that has the whole batch, as is usual, gets from them what it would have without.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Num, Shaped
from torch import Tensor
from torch.distributions import Normal


@dataclass(frozen=True, eq=False)
class Share:
    """The cases of a batch that are this process's.

    Attributes
    ----------
    first, n_own, n_cases
        The first one, how many, and how many the batch has. Every process has one at least.
    process, n_processes
        The number of this process, and how many there are.
    add
        Replaces a tensor by its sum over the processes; all have to call it, in the same order.
    """

    first: int
    n_own: int
    n_cases: int
    process: int
    n_processes: int
    add: Callable[[Tensor], None]


_share: Share | None = None  # a global, not a context variable, so that compiled networks notice when it changes


@contextmanager
def sharing(share: Share) -> Iterator[None]:
    """Let the functions of this file answer for a share of a batch.

    Examples
    --------
    >>> alone = Share(first=1, n_own=2, n_cases=4, process=0, n_processes=1, add=lambda total: None)
    >>> with sharing(alone):
    ...     whole_size(6), own_rows(torch.arange(4)).tolist()  # 6 rows, three of each case
    (12, [1, 2])
    """
    global _share
    before, _share = _share, share
    try:
        yield
    finally:
        _share = before


def whole_size(n_own: int) -> int:
    """Return how many of something the whole batch has, of which the own cases have `n_own`, as many each."""
    return n_own if _share is None else n_own // _share.n_own * _share.n_cases


def like_whole(own: Shaped[Tensor, "case ..."]) -> Shaped[Tensor, "whole_batch ..."]:
    """Return a tensor of the shape, kind and layout in memory that `own` would have for the whole batch.

    What stands in it means nothing: it is for ``torch.rand_like`` and its kin, by which chance then falls on each case
    as if one process had them all.
    """
    if _share is None:
        return own
    order = sorted(range(own.ndim), key=own.stride, reverse=True)  # stable: equal strides stay in their order
    sizes = (whole_size(len(own)), *own.shape[1:])
    laid_out = torch.empty([sizes[axis] for axis in order], dtype=own.dtype, device=own.device)
    return laid_out.permute(sorted(range(own.ndim), key=order.__getitem__))


def own_rows(whole: Shaped[Tensor, "whole_batch ..."]) -> Shaped[Tensor, "case ..."]:
    """Return the rows of the own cases, of a tensor for the whole batch; a case may have several rows in a row."""
    if _share is None:
        return whole
    n_rows = len(whole) // _share.n_cases
    return whole[n_rows * _share.first : n_rows * (_share.first + _share.n_own)]


def drawn(each: Normal) -> Float[Tensor, "case ..."]:
    """Return a draw from the distributions of each case, through which gradients flow back to them."""
    chance = torch.randn_like(like_whole(each.loc), memory_format=torch.contiguous_format)
    return each.loc + own_rows(chance) * each.scale


def whole_sum(own: Num[Tensor, "*axes"]) -> Num[Tensor, "*axes"]:
    """Return the sum over the shares, through which gradients flow back to all of them."""
    return own if _share is None else _Summed.apply(own, _share.add)  # type: ignore[no-untyped-call]


def whole_mean(own: Float[Tensor, " case *axes"]) -> Float[Tensor, ""]:
    """Return the mean of numbers of which each case has as many, over the whole batch."""
    return own.mean() if _share is None else whole_sum(own.sum()) / whole_size(own.numel())


def of_all_shares(own: Float[Tensor, "*axes"]) -> Float[Tensor, " share *axes"]:
    """Return what every process has found for its share, one after the other."""
    if _share is None:
        return own.unsqueeze(0)
    every = [torch.zeros_like(own)] * _share.n_processes
    every[_share.process] = own
    return whole_sum(torch.stack(every))


def sum_over_shares() -> Callable[[Tensor], None]:
    """Return what replaces a tensor by its sum over the shares: for gradients, which flow when the share has ended."""
    return (lambda own: None) if _share is None else _share.add


def several_shares() -> bool:
    """Return whether there are other shares of the batch than the own one."""
    return _share is not None


class _Summed(torch.autograd.Function):
    """y = Σ_p x_p in all processes, whose losses L_p are added up as well; so dL/dx_p = Σ_q dL_q/dy."""

    @staticmethod
    def forward(ctx: Any, own: Tensor, add: Callable[[Tensor], None]) -> Tensor:
        ctx.add = add
        total = own.clone(memory_format=torch.contiguous_format)
        add(total)
        return total

    @staticmethod
    def backward(ctx: Any, slope: Tensor) -> tuple[Tensor, None]:
        total = slope.clone(memory_format=torch.contiguous_format)
        ctx.add(total)
        return total, None
