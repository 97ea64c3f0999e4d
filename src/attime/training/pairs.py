"""Pairs of sequences, what is read and what is to be written, and the losses of writing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Shaped
from numpy.typing import ArrayLike
from torch import Tensor
from torch.nn import functional as F
from torch.nn.utils.rnn import pad_sequence

from attime.errors import DataError
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

    @classmethod
    def of(cls, sources: Sequence[ArrayLike], targets: Sequence[ArrayLike], *, end: int | None = None) -> Pairs:
        """Make pairs of sequences of unequal length.

        Parameters
        ----------
        sources, targets
            One sequence for each case: symbols (step,) as whole numbers, or numbers (step, feature).
        end
            The symbol to be added to each target; None where targets are numbers, which have no end.

        Raises
        ------
        DataError
            If there are not as many sources as targets, a sequence is empty, those of one side are not alike, a symbol
            is below 0, or the end stands within a target.

        Examples
        --------
        >>> pairs = Pairs.of([[1, 2, 3], [4]], [[3, 2, 1], [4]], end=0)
        >>> pairs.target.tolist(), pairs.source_present.tolist()
        ([[3, 2, 1, 0], [4, 0, 0, 0]], [[True, True, True], [True, False, False]])
        """
        if len(sources) != len(targets):
            raise DataError(
                f"{len(sources)} sources and {len(targets)} targets arrived, expected one for each; pair them"
            )
        if end is not None and any(end in np.asarray(symbols) for symbols in targets):
            raise DataError(f"the symbol {end}, which ends a target, stands within one; give targets without it")
        written = targets if end is None else [[*np.asarray(symbols), end] for symbols in targets]
        return cls(*_padded(sources, "sources"), *_padded(written, "targets"))

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


def _padded(sequences: Sequence[ArrayLike], name: str) -> tuple[Tensor, Bool[Tensor, "case step"]]:
    """Fill up sequences to one length, and say which steps are theirs."""
    try:
        arrays = [np.asarray(sequence) for sequence in sequences]
        whole = all(np.issubdtype(array.dtype, np.integer) for array in arrays)
        rows = [torch.as_tensor(array, dtype=torch.long if whole else torch.float32) for array in arrays]
        lengths = torch.tensor([len(row) for row in rows])
        padded = pad_sequence(rows, batch_first=True)
    except (TypeError, ValueError, RuntimeError) as error:
        raise DataError(
            f"the {name} cannot be put together ({str(error).splitlines()[0]}); give each as whole numbers (step,), "
            "words numbered first, or as numbers (step, feature), with the same features"
        ) from error
    if whole and bool((padded < 0).any()):
        raise DataError(f"a symbol below 0 arrived among the {name}, expected 0, 1, 2, …; number them from 0")
    if padded.ndim != (2 if whole else 3) or not bool((lengths > 0).all()):
        raise DataError(
            f"{name} of shape {tuple(padded.shape)} arrived, the shortest of {int(lengths.min())} steps; expected "
            "symbols (step,) as whole numbers or numbers (step, feature), one step at least"
        )
    return padded, torch.arange(padded.shape[1]) < lengths.unsqueeze(1)


class TokenCrossEntropy:
    """−log p(symbol) of each step; the mean over the steps of a case is what the case costs.

    Steps that are padding cost nothing, and the others so much more that every case counts the same.
    """

    def __call__(self, output: Output, targets: Target) -> Float[Tensor, "case step"]:
        """Return the loss of each step."""
        losses = F.cross_entropy(output.prediction.float().mT, targets.steps, reduction="none")
        return _where_present(losses, targets.present)


class SquaredError:
    """(prediction − number)² of each step, averaged over its features; padding as in `TokenCrossEntropy`."""

    def __call__(self, output: Output, targets: Target) -> Float[Tensor, "case step"]:
        """Return the loss of each step."""
        losses = (output.prediction.float() - targets.steps).square().mean(-1)
        return _where_present(losses, targets.present)


def _where_present(
    losses: Float[Tensor, "case step"], present: Bool[Tensor, "case step"]
) -> Float[Tensor, "case step"]:
    share_present = present.sum(-1, keepdim=True).clamp(min=1) / present.shape[-1]
    return losses.masked_fill(~present, 0.0) / share_present
