"""Batch normalisation where several processes have a share of the batch each: by the statistics of all of it.

    y = w (x − μ) / σ + b        ∂L/∂x = w / σ · (∂L/∂y − mean(∂L/∂y) − x̂ · mean(∂L/∂y · x̂)),    x̂ = (x − μ) / σ

Ioffe & Szegedy 2015 (https://arxiv.org/abs/1502.03167), section 3; means and squares of the shares are put together as
by Chan, Golub & LeVeque 1983. The means in the gradient run over all shares as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from attime.attention.batchwide import of_all_shares, sum_over_shares


@dataclass(frozen=True, eq=False)
class Statistics:
    """How many rows the whole batch has, their mean, and their mean squared distance from it."""

    n_rows: int
    mean: Float[Tensor, " feature"]
    variance: Float[Tensor, " feature"]


@torch.no_grad()
def whole_statistics(rows: Float[Tensor, "row feature"]) -> Statistics:
    """Return the statistics of the rows of all shares; there may be none in some."""
    mean = rows.sum(0) / max(len(rows), 1)
    squares = (rows - mean).square().sum(0)  # several times as fast as torch.var_mean, whose rows are far apart
    shares = of_all_shares(torch.stack([torch.full_like(mean, len(rows)), mean, squares]))
    counts, means, squares = shares.unbind(1)
    n_rows = int(counts[:, 0].sum())
    mean = (counts * means).sum(0) / max(n_rows, 1)
    return Statistics(n_rows, mean, (squares + counts * (means - mean).square()).sum(0) / max(n_rows, 1))


def normalised(
    rows: Float[Tensor, "row feature"],
    whole: Statistics,
    weight: Float[Tensor, " feature"],
    bias: Float[Tensor, " feature"],
    eps: float,
) -> Float[Tensor, "row feature"]:
    """Return the rows on the scale of the whole batch, whose statistics depend on them."""
    return _Normalised.apply(rows, weight, bias, whole, eps, sum_over_shares())  # type: ignore[no-untyped-call]


class _Normalised(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, rows: Tensor, weight: Tensor, bias: Tensor, whole: Statistics, eps: float, add: Callable[..., None]
    ) -> Tensor:
        ctx.save_for_backward(rows, weight)
        ctx.whole, ctx.eps, ctx.add = whole, eps, add
        return F.batch_norm(rows, whole.mean, whole.variance, weight, bias, eps=eps)

    @staticmethod
    def backward(ctx: Any, slope: Tensor) -> tuple[Tensor | None, ...]:
        rows, weight = ctx.saved_tensors
        whole: Statistics = ctx.whole
        scale = (whole.variance + ctx.eps).rsqrt()
        unit = (rows - whole.mean) * scale
        by_bias, by_weight = slope.sum(0), (slope * unit).sum(0)
        totals = torch.stack([by_bias, by_weight])
        ctx.add(totals)
        mean, along = totals / whole.n_rows
        return (slope - mean - unit * along) * (scale * weight), by_weight, by_bias, None, None, None
