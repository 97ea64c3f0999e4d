"""Terms: what an attention asks training to add to the loss, beside what the predictions cost.

Most attention asks for nothing. Hard attention that draws a position cannot be differentiated, so it hands over a
surrogate whose gradient is right on average; variational attention hands over a divergence. Both travel with the
result (``Attended.terms``, then ``Output.terms``), and the training loop adds them without knowing what they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor, nn

from attime.attention.batchwide import whole_mean


class Term:
    """One number to be added to the loss of a batch.

    Attributes
    ----------
    surrogate
        Whether only its gradient means something, and its value is no part of what training makes small.
    """

    surrogate: ClassVar[bool] = False

    def __call__(self, losses: Float[Tensor, " case *step"]) -> Float[Tensor, ""]:
        """Return the term.

        Parameters
        ----------
        losses
            What the prediction of each case costs, or that of each step of it, before any term.
        """
        raise NotImplementedError


class MovingBaseline(nn.Module):
    """b ← m·b + (1 − m)·mean loss, starting from the first mean: what a case costs lately.

    Parameters
    ----------
    momentum
        The m of the equation.

    Examples
    --------
    >>> baseline = MovingBaseline(momentum=0.5)
    >>> baseline.update(torch.tensor([1.0, 3.0])), baseline.update(torch.tensor([4.0]))
    (None, None)
    >>> float(baseline.value)
    3.0
    """

    def __init__(self, *, momentum: float = 0.9) -> None:
        super().__init__()
        self.momentum = momentum
        self.value: Tensor
        self.started: Tensor
        self.register_buffer("value", torch.zeros(()))
        self.register_buffer("started", torch.zeros((), dtype=torch.bool))

    @torch.no_grad()
    def update(self, losses: Float[Tensor, " case *step"]) -> None:
        """Take one batch of losses into account."""
        mean = whole_mean(losses).to(self.value.dtype)
        self.value.copy_(torch.where(self.started, self.momentum * self.value + (1 - self.momentum) * mean, mean))
        self.started.fill_(True)


@dataclass(frozen=True, eq=False)
class ChoiceTerm(Term):
    """mean over cases of (loss − b) · log π(choice) − β · H(π): REINFORCE with a baseline and an entropy bonus.

    Its gradient is that of the expected loss, on average over the choices (Williams 1992), since b was known before
    the choice was made; as in Xu et al. 2015 (https://arxiv.org/abs/1502.03044), equation 12.

    Attributes
    ----------
    log_probability
        log π of what was chosen, for each query.
    entropy
        H(π), for each query.
    baseline
        The moving average of the loss; it learns of this batch afterwards.
    entropy_bonus
        The β of the equation.
    own_step
        Whether the choice of query t bears on what step t costs and on nothing else. It is then charged with that step
        alone, which is as right on average and far less noisy: the mean runs over cases and steps.
    """

    surrogate: ClassVar[bool] = True

    log_probability: Float[Tensor, " case *queries"]
    entropy: Float[Tensor, " case *queries"]
    baseline: MovingBaseline
    entropy_bonus: float
    own_step: bool = False

    def __call__(self, losses: Float[Tensor, " case *step"]) -> Float[Tensor, ""]:
        losses = losses.detach()
        if self.own_step and losses.ndim == 2:
            of_heads = (x.reshape(len(x), -1, losses.shape[1]) for x in (self.log_probability, self.entropy))
            log_probability, entropy = (x.sum(1) for x in of_heads)
        else:
            losses = losses.reshape(len(losses), -1).mean(1)
            log_probability, entropy = (x.reshape(len(x), -1).sum(1) for x in (self.log_probability, self.entropy))
        term = ((losses - self.baseline.value) * log_probability - self.entropy_bonus * entropy).mean()
        self.baseline.update(losses)
        return term


@dataclass(frozen=True, eq=False)
class DivergenceTerm(Term):
    """weight · mean over cases of KL(q ‖ p), summed over the queries of a case.

    Attributes
    ----------
    divergence
        KL in nats, for each query.
    weight
        What it counts beside the losses: 1 for the evidence lower bound, less while it is annealed.
    """

    divergence: Float[Tensor, " case *queries"]
    weight: float

    def __call__(self, losses: Float[Tensor, " case *step"]) -> Float[Tensor, ""]:
        return self.weight * self.divergence.reshape(len(self.divergence), -1).sum(1).mean()
