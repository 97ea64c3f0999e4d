"""How much to trust each of several models: weights that make cases most likely which none of them has seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float, Int
from scipy.optimize import minimize
from torch import Tensor
from torch.nn import functional as F

SPREAD, SIZE = 0.3, 0.1  # how much it costs, in nats, that log weights differ from each other, and from nothing


def smooth_targets(classes: Int[Tensor, " case"], n_classes: int) -> Float[Tensor, "case class"]:
    """Return targets that are a little unsure: n right answers in a row promise one wrong in n + 2 (Laplace)."""
    doubt = 1 / (len(classes) + 2)
    return F.one_hot(classes, n_classes).double() * (1 - doubt) + doubt / n_classes


def smooth_loss(logits: Float[Tensor, "case class"], classes: Int[Tensor, " case"]) -> float:
    """Return minus the mean log-likelihood of targets that are a little unsure (`smooth_targets`)."""
    return float(F.cross_entropy(logits.double(), smooth_targets(classes, logits.shape[1])))


def stack(parts: Sequence[Float[Tensor, "case class"]], classes: Int[Tensor, " case"]) -> Float[np.ndarray, " part"]:
    """Return a positive weight for each part, such that the weighted sum of their logits makes the classes most likely.

    A weak pull towards equal weights decides where cases are few (Wolpert 1992 for stacking).

    Parameters
    ----------
    parts
        The logits of each model for cases that it has not seen.
    classes
        Their classes.

    Examples
    --------
    >>> knows = torch.tensor([[2.0, -2.0], [-2.0, 2.0]]).repeat(20, 1)
    >>> guesses = torch.tensor([[1.0, -1.0]]).repeat(40, 1)
    >>> weights = stack([knows, guesses], torch.tensor([0, 1]).repeat(20))
    >>> bool(weights[0] > 2 * weights[1])
    True
    """
    logits, targets = torch.stack(list(parts)).double(), smooth_targets(classes, parts[0].shape[1])

    def loss_and_slope(logs: Float[np.ndarray, " part"]) -> tuple[float, Float[np.ndarray, " part"]]:
        weights = torch.from_numpy(np.exp(logs) / len(logs))
        total = torch.einsum("p,pkc->kc", weights, logits)
        loss = float(F.cross_entropy(total, targets, reduction="sum"))
        slope = weights * torch.einsum("kc,pkc->p", F.softmax(total, 1) - targets, logits)
        apart = logs - logs.mean()
        cost = SPREAD * (apart**2).sum() + SIZE * (logs**2).sum()
        return loss + cost, slope.numpy() + 2 * SPREAD * apart + 2 * SIZE * logs

    found = minimize(loss_and_slope, np.zeros(len(parts)), jac=True, method="L-BFGS-B", bounds=[(-6, 3)] * len(parts))
    return np.exp(found.x) / len(parts)
