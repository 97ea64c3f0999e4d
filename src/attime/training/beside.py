"""What covariates were lately, added to a linear forecast: a ridge regression of what it leaves over."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float64
from torch import Tensor

from attime.nn.forecasting.linear import LinearForecast
from attime.training.linear import STRENGTHS
from attime.training.moments import BATCH
from attime.training.windows import Windows

WORTH = 0.01  # share of the squared error that covariates have to take off to be kept


@torch.no_grad()
def fit_beside(network: LinearForecast, training: Windows, held_out: Windows) -> float:
    """Fit the weights of what covariates were lately to what is left over, and keep them if they help.

    Parameters
    ----------
    network
        A linear forecast that was fitted; its `beside` is set.
    training, held_out
        Windows to learn from, and those by which the penalty is chosen and the use is judged.

    Returns
    -------
    float
        The share of the squared error in windows held out that is taken off; 0 if it is not worth it.
    """
    if not network.beside.numel() or not len(held_out):
        return 0.0
    own, judged = Products.of(network, training), Products.of(network, held_out)
    if not judged.left_over:  # no window held out has all of its steps ahead, or nothing is left to explain
        return 0.0
    values, vectors = torch.linalg.eigh(own.squares)
    projected, unit = vectors.T @ own.products, float(values.mean().clamp(min=1e-12))
    errors = {}
    for strength in STRENGTHS:
        weights = vectors @ (projected / (values.clamp(min=0) + strength * unit).unsqueeze(1))
        errors[strength] = judged.error(weights), weights
    best, weights = min(errors.values(), key=lambda found: found[0])
    taken_off = 1 - best / judged.left_over
    if taken_off < WORTH:
        return 0.0
    network.beside.copy_(weights.view_as(network.beside))
    return taken_off


@dataclass(frozen=True, eq=False)
class Products:
    """Sums over windows: of products of covariates, of these with what is left over, and of its squares."""

    squares: Float64[Tensor, "feature feature"]
    products: Float64[Tensor, "feature step"]
    left_over: float

    @classmethod
    def of(cls, network: LinearForecast, windows: Windows) -> Products:
        """Sum over the windows; at steps ahead that are missing nothing is left over."""
        n_features, horizon = network.beside[..., 0].numel(), network.beside.shape[2]
        squares = torch.zeros(n_features, n_features, dtype=torch.float64)
        products, left_over = torch.zeros(n_features, horizon, dtype=torch.float64), 0.0
        for batch in windows.batches(BATCH, windows.values.device):
            values, observed, *_ = batch.inputs
            targets = batch.targets
            known = targets.present.any(1)
            covariates = network.lately(values, observed).flatten(1)[known]
            left = (targets.steps - network(*batch.inputs).prediction).masked_fill(~targets.present, 0)[known]
            squares += (covariates.T @ covariates).double()
            products += (covariates.T @ left).double()
            left_over += float(left.square().sum())
        return cls(squares, products, left_over)

    def error(self, weights: Float64[Tensor, "feature step"]) -> float:
        """Return the sum of squares that is left over once the covariates have these weights."""
        explained = (weights * (2 * self.products - self.squares @ weights)).sum()
        return self.left_over - float(explained)
