"""Learning to reconstruct: series whose target is themselves, and what each of their values costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from attime.attention.batchwide import whole_size, whole_sum
from attime.nn.output import Output
from attime.nn.reconstruction import Reconstruction
from attime.training.cases import Batches, Cases


@dataclass(frozen=True, eq=False)
class Unlabelled(Batches):
    """Series with their masks, to be reconstructed.

    Attributes
    ----------
    values
        The series; windows that overlap may be views of one of them (``Tensor.unfold``), which are copied batch by
        batch.
    observed
        False for padding and missing values.
    """

    values: Float[Tensor, "case channel time"]
    observed: Bool[Tensor, "case channel time"]

    @classmethod
    def of(cls, values: Float[np.ndarray, "case channel time"]) -> Unlabelled:
        """Make tensors of arrays in which NaN stands for missing.

        Raises
        ------
        DataError
            If values lie farther out than can be counted with.

        Examples
        --------
        >>> Unlabelled.of(np.array([[[1.0, np.nan]]])).observed.tolist()
        [[[True, False]]]
        """
        cases = Cases.of(values)
        return cls(cases.values, cases.observed)

    def __len__(self) -> int:
        return len(self.values)

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        """The values, and which of them were observed."""
        return self.values, self.observed

    @property
    def targets(self) -> Unlabelled:
        """What is read is what is to be written."""
        return self

    def take(self, which: slice | Tensor, device: torch.device) -> Unlabelled:
        """Return some of the cases, on a device."""
        return Unlabelled(self.values[which].to(device), self.observed[which].to(device))


def reconstruction_loss(output: Output, targets: Unlabelled) -> Float[Tensor, "case step"]:
    """Return −log p of each step, so that the mean is that over all values that count, in nats for each.

    Values count that were observed and, where the network hid some from itself, were hidden. What codes cost comes
    beside it, as a term of the output.

    Examples
    --------
    >>> import math
    >>> from torch.distributions import Laplace
    >>> location = torch.zeros(1, 1, 2)
    >>> output = Reconstruction(location, distribution=Laplace(location, 0.5))
    >>> reconstruction_loss(output, Unlabelled.of(np.array([[[1.0, np.nan]]]))).mean().item()  # abs(1 − 0) / 0.5
    2.0
    """
    assert isinstance(output, Reconstruction)
    counted = targets.observed if output.hidden is None else targets.observed & output.hidden
    values = targets.values.float().masked_fill(~counted, 0.0)
    losses = -output.distribution.log_prob(values).masked_fill(~counted, 0.0)
    by_step = losses.sum(1)
    return by_step * whole_size(by_step.numel()) / whole_sum(counted.sum()).clamp(min=1)
