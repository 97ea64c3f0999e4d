"""Pairs of sequences, what is read and what is to be written, and the losses of writing."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Shaped
from torch import Tensor
from torch.nn import functional as F

from attime.nn import Output
from attime.training.cases import Batches


@dataclass(frozen=True, eq=False)
class Target:
    """What is to be written, and which of its steps are present."""

    steps: Shaped[Tensor, "case step *feature"]
    present: Bool[Tensor, "case step"]


@dataclass(frozen=True, eq=False)
class Pairs(Batches):
    """Sources and targets for ``SequenceToSequence``: symbols (case, step), or numbers (case, step, feature).

    Attributes
    ----------
    source, source_present
        What is read, and False where it is padding.
    target, target_present
        What is to be written, and False where it is padding.

    Examples
    --------
    >>> there = torch.ones(3, 4, dtype=torch.bool)
    >>> len(Pairs(torch.zeros(3, 4, dtype=torch.long), there, torch.zeros(3, 4, dtype=torch.long), there))
    3
    """

    source: Shaped[Tensor, "case source_step *source_feature"]
    source_present: Bool[Tensor, "case source_step"]
    target: Shaped[Tensor, "case step *feature"]
    target_present: Bool[Tensor, "case step"]

    def __len__(self) -> int:
        return len(self.source)

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        """The source, which of it is present, and the same of the target."""
        return self.source, self.source_present, self.target, self.target_present

    @property
    def targets(self) -> Target:
        """The target, and which of it is present."""
        return Target(self.target, self.target_present)

    def take(self, which: slice | Tensor, device: torch.device) -> Pairs:
        """Return some of the cases, on a device."""
        return Pairs(
            self.source[which].to(device),
            self.source_present[which].to(device),
            self.target[which].to(device),
            self.target_present[which].to(device),
        )


class TokenCrossEntropy:
    """−log p(symbol), averaged over the steps of each case."""

    def __call__(self, output: Output, targets: Target) -> Float[Tensor, " case"]:
        """Return the loss of each case."""
        losses = F.cross_entropy(output.prediction.float().mT, targets.steps, reduction="none")
        return _over_steps(losses, targets.present)


class SquaredError:
    """(prediction − number)², averaged over the steps and features of each case."""

    def __call__(self, output: Output, targets: Target) -> Float[Tensor, " case"]:
        """Return the loss of each case."""
        losses = (output.prediction.float() - targets.steps).square().mean(-1)
        return _over_steps(losses, targets.present)


def _over_steps(losses: Float[Tensor, "case step"], present: Bool[Tensor, "case step"]) -> Float[Tensor, " case"]:
    return losses.masked_fill(~present, 0.0).sum(-1) / present.sum(-1).clamp(min=1)
