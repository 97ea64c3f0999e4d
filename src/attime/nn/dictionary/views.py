"""What a dictionary is asked about: values, differences or sums, with no trace of what stood where nothing was seen."""

from __future__ import annotations

from collections.abc import Callable

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional as F


def span(observed: Bool[Tensor, "case channel time"]) -> Bool[Tensor, "case channel time"]:
    """Return which steps lie between the first and the last one observed."""
    begun = observed.int().cummax(-1).values
    ends = observed.flip(-1).int().cummax(-1).values.flip(-1)
    return (begun & ends).bool()


def bridged(
    values: Float[Tensor, "case channel time"], observed: Bool[Tensor, "case channel time"]
) -> Float[Tensor, "case channel time"]:
    """Return the values with a straight line across every gap, and zero before the first and after the last one.

    Kernels need a number under each of their taps. Steps in a gap are never counted; the line only serves their
    neighbours.

    Examples
    --------
    >>> values = torch.tensor([[[7.0, 1.0, 9.0, 3.0, 9.0]]])
    >>> bridged(values, torch.tensor([[[False, True, False, True, False]]])).tolist()
    [[[0.0, 1.0, 2.0, 3.0, 0.0]]]
    """
    if observed.all():
        return values
    steps = torch.arange(values.shape[-1], device=values.device).expand_as(values)
    before = torch.where(observed, steps, -1).cummax(-1).values
    after = torch.where(observed, steps, values.shape[-1]).flip(-1).cummin(-1).values.flip(-1)
    within = (before >= 0) & (after < values.shape[-1])
    before, after = before.clamp(min=0), after.clamp(max=values.shape[-1] - 1)
    left, right = values.gather(-1, before), values.gather(-1, after)
    share = (steps - before) / (after - before).clamp(min=1)
    return torch.where(within, left + (right - left) * share, 0)


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
