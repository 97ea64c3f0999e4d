"""Losses: from the output of a network and the targets to what each case costs."""

from __future__ import annotations

from dataclasses import dataclass

from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional as F

from attime.attention.batchwide import whole_mean, whole_size, whole_sum
from attime.nn import Output
from attime.training.pairs import Target


@dataclass(frozen=True, eq=False)
class CrossEntropy:
    """−log p(class of the case), for each case; it counts with the weight of its class, if there are weights.

    Weights are relative to their mean over the batch, so that the mean of the losses is a weighted mean.
    """

    class_weights: Float[Tensor, " class"] | None = None

    def __call__(self, output: Output, targets: Int[Tensor, " case"]) -> Float[Tensor, " case"]:
        """Return the loss of each case."""
        logits = output.prediction.float()
        losses = F.cross_entropy(logits, targets, reduction="none")
        if self.class_weights is None:
            return losses
        weights = self.class_weights.to(logits.device)[targets]
        return losses * weights / whole_mean(weights)


class SquaredDifference:
    """(prediction − number)² of each case; what it drives a prediction to is the mean."""

    def __call__(self, output: Output, targets: Float[Tensor, " case"]) -> Float[Tensor, " case"]:
        """Return the loss of each case."""
        return (output.prediction.float().squeeze(-1) - targets).square()


class HuberLoss:
    """2 δ abs(prediction − number) − δ² where they are further apart than δ = 1, elsewhere their squared difference.

    A few cases that are far out weigh less than with the square (Huber 1964, twice his loss, so that near 0 both are
    the same). Numbers come in standard deviations of the training cases, so that is the unit of δ.
    """

    def __call__(self, output: Output, targets: Float[Tensor, " case"]) -> Float[Tensor, " case"]:
        """Return the loss of each case."""
        return 2 * F.huber_loss(output.prediction.float().squeeze(-1), targets, reduction="none")


def forecast_loss(output: Output, targets: Target) -> Float[Tensor, "case step"]:
    """Return (prediction − value)² of each step ahead, so that the mean is that over the steps whose value is known.

    Examples
    --------
    >>> import torch
    >>> known = Target(torch.tensor([[3.0, 0.0]]), torch.tensor([[True, False]]))
    >>> forecast_loss(Output(torch.ones(1, 2)), known).mean().item()
    4.0
    """
    losses = (output.prediction.float() - targets.steps).square().masked_fill(~targets.present, 0.0)
    return losses * whole_size(targets.present.numel()) / whole_sum(targets.present.sum()).clamp(min=1)
