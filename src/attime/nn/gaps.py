"""Gaps as lines between what was observed on either side, with no trace of what stands in them."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn import functional as F

from attime.nn.exporting import surely_all


def span(observed: Bool[Tensor, "case channel time"]) -> Bool[Tensor, "case channel time"]:
    """Return which steps lie between the first and the last one observed."""
    n_seen = observed.cumsum(-1)  # up to each step
    return (n_seen > 0) & (n_seen - observed.long() < n_seen[..., -1:])


def neighbours(
    observed: Bool[Tensor, "case channel time"],
) -> tuple[Int[Tensor, "case channel time"], Int[Tensor, "case channel time"]]:
    """Return the last step observed up to each step, and the first one from it on; −1 and the length where none is."""
    n_steps, n_seen = observed.shape[-1], observed.cumsum(-1)
    steps = torch.arange(n_steps, device=observed.device).expand_as(observed)
    # The places of those observed, in their order, after a −1; what was not observed goes to a place never looked at.
    none = torch.full((*observed.shape[:-1], n_steps + 1), n_steps, device=observed.device)
    places = F.pad(none, (1, 0), value=-1).scatter(-1, torch.where(observed, n_seen, n_steps + 1), steps)
    return places.gather(-1, n_seen), places.gather(-1, n_seen + (~observed).long())


def credited(
    evidence: Float[Tensor, "case class channel time"], observed: Bool[Tensor, "case channel time"]
) -> Float[Tensor, "case class channel time"]:
    """Give what steps in gaps say to the steps observed on either side, in the shares in which they make up the line.

    Examples
    --------
    >>> evidence, observed = torch.tensor([[[[1.0, 4.0, 0.0]]]]), torch.tensor([[[True, False, True]]])
    >>> credited(evidence, observed).tolist()
    [[[[3.0, 0.0, 2.0]]]]
    """
    if surely_all(observed):
        return evidence
    before, after, share = _places(observed)
    within, seen = span(observed).unsqueeze(1), observed.unsqueeze(1)
    moved = torch.where(within & ~seen, evidence, 0)
    own = torch.where(seen, evidence, 0)
    own.scatter_add_(3, before.unsqueeze(1).expand_as(moved), moved * (1 - share).unsqueeze(1))
    return own.scatter_add_(3, after.unsqueeze(1).expand_as(moved), moved * share.unsqueeze(1))


def bridged(
    values: Float[Tensor, "case channel time"], observed: Bool[Tensor, "case channel time"]
) -> Float[Tensor, "case channel time"]:
    """Return the values with a straight line across every gap, and zero before the first and after the last one.

    Examples
    --------
    >>> values = torch.tensor([[[7.0, 1.0, 9.0, 3.0, 9.0]]])
    >>> bridged(values, torch.tensor([[[False, True, False, True, False]]])).tolist()
    [[[0.0, 1.0, 2.0, 3.0, 0.0]]]
    """
    if surely_all(observed):
        return values
    before, after, share = _places(observed)
    left, right = values.gather(-1, before), values.gather(-1, after)
    return torch.where(span(observed), left + (right - left) * share, 0)


def _places(
    observed: Bool[Tensor, "case channel time"],
) -> tuple[Int[Tensor, "case channel time"], Int[Tensor, "case channel time"], Float[Tensor, "case channel time"]]:
    """Return between which steps observed each one lies, and how far from the first to the second."""
    before, after = neighbours(observed)
    before, after = before.clamp(min=0), after.clamp(max=observed.shape[-1] - 1)
    steps = torch.arange(observed.shape[-1], device=observed.device)
    return before, after, (steps - before) / (after - before).clamp(min=1)
