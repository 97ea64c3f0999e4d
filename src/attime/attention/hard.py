"""Hard attention: a query takes one key and leaves the others, drawn in training, the best one afterwards.

Which key is taken cannot be differentiated. Two estimators get gradients to the energies all the same: one pretends in
the backward pass that the choice was soft (biased, low variance), one learns from what a choice cost (unbiased, high
variance). Xu et al. 2015 (https://arxiv.org/abs/1502.03044), section 4.1, call this "stochastic hard" attention.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from attime.attention.batchwide import like_whole, own_rows
from attime.attention.terms import ChoiceTerm, MovingBaseline, Term
from attime.attention.weighing import NEVER, Weighing
from attime.errors import OptionError


class Hard(Weighing):
    """weight_j = 1 for the key with the highest energy, 0 for all others; drawn from softmax(e) in training."""

    differentiable = False

    def forward(self, energy: Float[Tensor, "*batch query key"]) -> Float[Tensor, "*batch query key"]:
        return self.draw(energy) if self.training else _only(energy.argmax(-1), energy)

    def draw(self, energy: Float[Tensor, "*batch query key"]) -> Float[Tensor, "*batch query key"]:
        """Return a one for a key drawn at random with the probabilities softmax(e), and zeros."""
        raise NotImplementedError


class GumbelHard(Hard):
    """Forward: the key with the highest e_j + g_j, g_j from Gumbel(0, 1); backward: softmax((e + g) / temperature).

    The straight-through Gumbel-softmax of Jang, Gu & Poole 2017 (https://arxiv.org/abs/1611.01144), section 2.2.

    Parameters
    ----------
    temperature
        How soft the choice is taken to be on the way back: low is closer to the truth and noisier.

    Examples
    --------
    >>> weigh = GumbelHard()
    >>> sorted(weigh(torch.zeros(1, 3)).tolist()[0])
    [0.0, 0.0, 1.0]
    >>> weigh.eval()(torch.tensor([[0.0, 2.0, 1.0]])).tolist()
    [[0.0, 1.0, 0.0]]
    """

    def __init__(self, *, temperature: float = 1.0) -> None:
        super().__init__()
        if not temperature > 0:
            raise OptionError(f"temperature is {temperature}, expected a number above 0")
        self.temperature = temperature

    def draw(self, energy: Float[Tensor, "*batch query key"]) -> Float[Tensor, "*batch query key"]:
        soft = torch.softmax((energy + _gumbel(energy)) / self.temperature, dim=-1)
        hard = _only(soft.argmax(-1), soft)
        return hard + (soft - soft.detach())


class ReinforceHard(Hard):
    """The key is drawn from π = softmax(e), and the energies learn from what the choice cost (Williams 1992).

    No gradient passes through the weights. The surrogate loss, with a moving baseline and an entropy bonus as in Xu et
    al. 2015, equation 12, is handed over as a term (`ChoiceTerm`).

    Parameters
    ----------
    entropy_bonus
        What a choice that remains open is worth: keeps π from settling before it has tried.
    momentum
        Of the moving baseline.

    Examples
    --------
    >>> weigh, energy = ReinforceHard(), torch.zeros(1, 1, 3, requires_grad=True)
    >>> (term,) = weigh.terms(energy, weigh(energy))
    >>> term(torch.tensor([2.0])).backward()  # 2 is what this choice cost
    >>> energy.grad.abs().sum() > 0
    tensor(True)
    """

    def __init__(self, *, entropy_bonus: float = 0.01, momentum: float = 0.9) -> None:
        super().__init__()
        self.entropy_bonus = entropy_bonus
        self.baseline = MovingBaseline(momentum=momentum)

    def draw(self, energy: Float[Tensor, "*batch query key"]) -> Float[Tensor, "*batch query key"]:
        return _only((energy + _gumbel(energy)).argmax(-1), energy)

    def terms(
        self, energy: Float[Tensor, "*batch query key"], weights: Float[Tensor, "*batch query key"]
    ) -> tuple[Term, ...]:
        """Return the surrogate loss of this choice; nothing at prediction, when there is none."""
        if not self.training:
            return ()
        allowed = energy > NEVER
        log_pi = torch.log_softmax(energy, dim=-1).masked_fill(~allowed, 0.0)
        entropy = -(log_pi.exp() * log_pi).sum(-1)  # a key that is not allowed adds nothing: its log_pi is 0 here
        weights = weights.detach()
        has_chosen = weights.sum(-1)
        return (ChoiceTerm((weights * log_pi).sum(-1), has_chosen * entropy, self.baseline, self.entropy_bonus),)


def _gumbel(like: Float[Tensor, "*batch query key"]) -> Float[Tensor, "*batch query key"]:
    return -own_rows(torch.empty_like(like_whole(like)).exponential_()).log()


def _only(chosen: Tensor, like: Float[Tensor, "*batch query key"]) -> Float[Tensor, "*batch query key"]:
    return F.one_hot(chosen, like.shape[-1]).to(like.dtype)
