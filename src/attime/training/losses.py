"""Losses: from the output of a network and the targets to the number that training makes small."""

from __future__ import annotations

from dataclasses import dataclass

from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional as F

from attime.nn import Output


@dataclass(frozen=True, eq=False)
class CrossEntropy:
    """Mean of −log p(class of the case); each case counts with the weight of its class, if there are weights."""

    class_weights: Float[Tensor, " class"] | None = None

    def __call__(self, output: Output, targets: Int[Tensor, " case"]) -> Float[Tensor, ""]:
        """Return the loss of a batch."""
        logits = output.prediction.float()
        weights = None if self.class_weights is None else self.class_weights.to(logits.device)
        return F.cross_entropy(logits, targets, weight=weights)
