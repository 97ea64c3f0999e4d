"""Objectives: what training pays for, from a network and a batch to the loss of each case.

Classes can be told apart without looking at all of what makes them, and by looking from afar. So being right does not
make evidence point. Two more demands do:

- *local*: hide a part of the series, and what the network says of the rest stays the same. Whatever a step says because
  of something elsewhere changes when that is hidden, and is charged.
- *complete*: pool a random part of the tokens only, and the prediction is still right. A network that leaves all of
  the evidence to one step is wrong whenever that one is not drawn.

Both together keep evidence on the steps that make the class: on all of them, and on no others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from attime.attention import Term
from attime.attention.batchwide import like_whole, own_rows, whole_mean
from attime.errors import OptionError
from attime.nn import Output, SeriesClassifier, WithStatic
from attime.nn.classifier import Look
from attime.nn.static import without_static
from attime.training.cases import Batches, Cases
from attime.training.options import TrainingOptions

#: From the output for a batch and its targets to what each case costs, or each step of each case.
Loss = Callable[[Output, Any], Float[Tensor, " case *step"]]
LEAST_SHARE = 0.15  # of the tokens that are drawn at least; of how many, is drawn as well
LONGEST_HIDDEN = 0.5  # stretch, as a share of the series
LEAST_WEIGHT = 1e-4  # weights below this, relative to equal ones, count as this: their logarithms say nothing


@dataclass(frozen=True, eq=False)
class Charge:
    """What each case, or each step of each case, costs; and what is added on account of attention."""

    losses: Float[Tensor, case * step]
    terms: tuple[Term, ...]
    demands: Float[Tensor, ""]


#: Runs a network on a batch and says what that costs.
Objective = Callable[[nn.Module, Batches], Charge]


@dataclass(frozen=True, eq=False)
class Plain:
    """The loss, and nothing else."""

    loss: Loss

    def __call__(self, network: nn.Module, batch: Batches) -> Charge:
        """Run the network on a batch and say what that costs."""
        output: Output = network(*batch.inputs)
        losses = self.loss(output, batch.targets)
        return Charge(losses, output.terms, losses.new_zeros(()))


@dataclass(frozen=True, eq=False)
class LocalAndComplete:
    """The loss, and what it costs if evidence is not local or not complete.

    local = Σ_t w_t [ ‖s_t − s'_t‖² / (1 + S) + (log α_t − log α'_t)² ], where s are the scores of the classes and α the
    weights of the tokens, those with ' after a part of the series was hidden, t runs over tokens of which something is
    left, w is half equal and half the mean of α and α', and S is the mean over the batch of Σ_t w_t ‖s_t‖²: the
    division leaves the network free in how sure it wants to be. The two looks leave out other features by dropout, so
    what hangs on single features is charged as well. What was scaled case by case before it came to the network
    (``scaling="case"``) still holds a trace of what is hidden; the views of `Embedding` do not.

    complete = the mean loss of predictions from random parts of the tokens, each with a share of them that is drawn
    between 15 % and all.

    Parameters
    ----------
    loss
        What being wrong costs.
    hidden_share
        Share of the steps hidden, in stretches of a random length between one step and half of the series.
    local, complete
        How much each demand counts beside the loss.
    parts
        How many parts of the tokens to draw.
    """

    loss: Loss
    hidden_share: float = 0.5
    local: float = 0.3
    complete: float = 1.0
    parts: int = 2

    def __call__(self, network: nn.Module, batch: Batches) -> Charge:
        """Run the network on a batch, twice if a part is to be hidden, and say what that costs."""
        inner = without_static(network)
        if not isinstance(inner, SeriesClassifier) or not isinstance(batch, Cases):
            raise OptionError(
                f"the options local and complete are for classifiers of series, and this is a {type(network).__name__};"
                " set both to 0"
            )
        offset = inner.any_offset()
        whole = inner.look(batch.values, batch.observed, batch.times, offset=offset)
        output = _with_known(network, inner.output([whole]), batch)
        losses = self.loss(output, batch.targets)
        demands = losses.new_zeros(())
        if self.complete:
            for _ in range(self.parts):
                part = inner.pool(whole.encoded.tokens, some_of(whole.tokens_present))
                partial = self.loss(_with_known(network, Output(part.logits), batch), batch.targets)
                demands = demands + self.complete * partial.mean() / self.parts
        if self.local:
            observed = batch.observed & ~hidden_stretches(whole.steps_present, self.hidden_share).unsqueeze(1)
            rest = inner.look(batch.values, observed, batch.times, offset=offset)
            demands = demands + self.local * change(whole, rest)
        return Charge(losses, output.terms, demands)


def _with_known(network: nn.Module, output: Output, batch: Cases) -> Output:
    """Add what static covariates say, which no step is to say again, and which is there however few steps are seen."""
    return network.add(output, batch.static) if isinstance(network, WithStatic) and batch.static is not None else output


def objective_of(loss: Loss, options: TrainingOptions) -> Objective:
    """Return the objective that the options describe."""
    if options.local or options.complete:
        return LocalAndComplete(loss, hidden_share=options.hidden_share, local=options.local, complete=options.complete)
    return Plain(loss)


def change(whole: Look, rest: Look) -> Float[Tensor, ""]:
    """Return how much of what a network says of the rest changes when a part of the series is hidden."""
    left = rest.tokens_present.float()
    n_left = left.sum(1, keepdim=True).clamp(min=1)
    before, after = (_share(look.pooled.weights * left) for look in (whole, rest))
    weight = ((before + after).detach() * left + 2 * left / n_left) / 4
    scores, scores_after = whole.pooled.scores, rest.pooled.scores
    size = whole_mean((weight * scores.detach().square().sum(1)).sum(1))
    moved = (scores - scores_after).square().sum(1) / (1 + size)
    floor = LEAST_WEIGHT / n_left
    turned = (torch.log(before.clamp(min=floor)) - torch.log(after.clamp(min=floor))).square()
    return (weight * (moved + turned)).sum(1).mean()


def _share(weights: Float[Tensor, "case token"]) -> Float[Tensor, "case token"]:
    return weights / weights.sum(1, keepdim=True).clamp(min=1e-12)


def some_of(present: Bool[Tensor, "case token"]) -> Bool[Tensor, "case token"]:
    """Return a random part of the tokens of each case, each case with a share of its own."""
    whole = like_whole(present)
    share = torch.rand(len(whole), 1, device=present.device) * (1 - LEAST_SHARE) + LEAST_SHARE
    return present & own_rows(torch.rand(whole.shape, device=present.device) < share)


def hidden_stretches(present: Bool[Tensor, "case time"], share: float) -> Bool[Tensor, "case time"]:
    """Return random stretches of steps to hide, all of one length in each case, about `share` of the series.

    The root of the length is uniform, so that a few steps are hidden as well as half of a series.
    """
    n_cases, n_steps = like_whole(present).shape
    device = present.device
    length = 1 + LONGEST_HIDDEN * n_steps * torch.rand(n_cases, 1, device=device).square()
    begin = torch.rand(n_cases, 1, device=device) * length
    stretch = ((torch.arange(n_steps, device=device) + begin) / length).long()
    return own_rows((torch.rand(n_cases, n_steps + 1, device=device) < share).gather(1, stretch))
