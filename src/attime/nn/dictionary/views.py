"""What a dictionary is asked about: values, differences or sums, with no trace of what stood where nothing was seen."""

from __future__ import annotations

from collections.abc import Callable

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional as F

from attime.nn.exporting import surely_all
from attime.nn.gaps import neighbours, span

LONGEST_GAP = 16  # steps


def counted(observed: Bool[Tensor, "case channel time"]) -> Bool[Tensor, "case channel time"]:
    """Return which steps choose words: those observed, and those in gaps of `LONGEST_GAP` steps at most.

    With a fifth or more of the values missing here and there, hardly a window is left that has all of its steps. Read
    along the line they still say what they would have said; a line over a longer gap says nothing of the series. The
    length was chosen by the likelihood of training cases left out, of eleven UCR sets without a part of their values.
    """
    if surely_all(observed):
        return observed
    before, after = neighbours(observed)
    return observed | (span(observed) & (after - before - 1 <= LONGEST_GAP))


def differences(
    values: Float[Tensor, "case channel time"], within: Bool[Tensor, "case channel time"]
) -> Float[Tensor, "case channel time"]:
    """Return the change from each step to the next one."""
    pairs = within & F.pad(within, (0, 1))[..., 1:]
    return torch.where(pairs, F.pad(values, (0, 1))[..., 1:] - values, 0)


def second_differences(
    values: Float[Tensor, "case channel time"], within: Bool[Tensor, "case channel time"]
) -> Float[Tensor, "case channel time"]:
    """Return the change of the change."""
    return differences(differences(values, within), within)


def sums(
    values: Float[Tensor, "case channel time"], within: Bool[Tensor, "case channel time"]
) -> Float[Tensor, "case channel time"]:
    """Return the sum, up to each step, of what lies above the mean of the case."""
    # In 64 bits, for a level taken off to the last digit but one would run up to a slope, and padding would turn it.
    total = (values * within).sum(-1, keepdim=True, dtype=torch.float64)
    mean = (total / within.sum(-1, keepdim=True).clamp(min=1)).to(values.dtype)
    return torch.where(within, ((values - mean) * within).cumsum(-1), 0)


#: From the bridged values and their span to what kernels are laid over.
VIEWS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "values": lambda values, within: values,
    "differences": differences,
    "second_differences": second_differences,
    "sums": sums,
}
