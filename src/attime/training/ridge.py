"""Ridge regression in closed form, with what it would have said of each case had it been left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional as F

from attime.training.cases import spread
from attime.training.stacking import smooth_loss
from attime.training.temperature import fit_temperature

#: Penalties that are tried, in units of the mean squared length of a centred case.
STRENGTHS = tuple(10.0 ** (power / 2) for power in range(-8, 5))
CASES_TO_CHOOSE_BY = 800  # to try all penalties costs ten times as much as to fit with one


@dataclass(frozen=True, eq=False)
class Ridge:
    """One fit: ŷ = ȳ + (x − x̄) W.

    Attributes
    ----------
    weights
        W.
    mean
        x̄, the mean of the features.
    intercept
        ȳ, the mean of the targets.
    left_out
        What the fit to all other cases says of each case, and of the cases that cannot be left out the fit itself.
    """

    weights: Float[Tensor, "feature outcome"]
    mean: Float[Tensor, " feature"]
    intercept: Float[Tensor, " outcome"]
    left_out: Float[Tensor, "case outcome"]


@dataclass(frozen=True, eq=False)
class Answer:
    """What ridge regression with one penalty says of its own cases.

    Attributes
    ----------
    dual
        c = (K + λ)⁻¹ (y − ȳ), of which the weights are Xᵀc.
    fitted
        What the fit to all cases says of each.
    left_out
        What the fit to all other cases says of each.
    """

    dual: Float[Tensor, "case outcome"]
    fitted: Float[Tensor, "case outcome"]
    left_out: Float[Tensor, "case outcome"]


def ridge_answer(
    inverse_diagonal: Float[Tensor, " case"],
    dual: Float[Tensor, "case outcome"],
    targets: Float[Tensor, "case outcome"],
    strength: float,
) -> Answer:
    """Return the fit, and what it would be without each case.

    The residual λc of a case grows, if it is left out, by one over λ (K + λ)⁻¹ᵢᵢ − 1/n, which is one minus its
    leverage (Allen 1974); 1/n is the intercept's.
    """
    remaining = (strength * inverse_diagonal - 1 / len(targets)).clamp(min=1e-9)
    residual = strength * dual
    return Answer(dual, targets - residual, targets - residual / remaining.unsqueeze(1))


def ridge_classifier(
    features: Float[Tensor, "case feature"],
    classes: Int[Tensor, " case"],
    n_classes: int,
    *,
    strengths: Sequence[float] = STRENGTHS,
) -> Ridge:
    """Return the ridge regression onto ±1 for each class that finds cases left out most likely, as logits.

    Strength and sharpness are chosen together: the logits are multiplied by what makes the cases left out most likely
    (see `fit_temperature`). The only case of a class cannot be left out, for then nothing would be known of its class;
    what is fitted stands in for it. Of very many cases some choose the strength for all.

    Examples
    --------
    >>> x = torch.tensor([[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]])
    >>> fit = ridge_classifier(x, torch.tensor([0, 0, 0, 1, 1, 1]), 2)
    >>> fit.left_out.argmax(1).tolist()
    [0, 0, 0, 1, 1, 1]
    """
    mean = features.mean(0)
    centred = features - mean
    gram = _centred((centred @ centred.T).double())  # again, for 32 bits do not take the mean off to the last digit
    unit = float(gram.diagonal().mean().clamp(min=1e-12))
    gram /= unit
    targets = F.one_hot(classes, n_classes).double() * 2 - 1
    some = spread(classes, CASES_TO_CHOOSE_BY)
    strength = _best_strength(gram[some][:, some], targets[some], classes[some], strengths)
    answer = _answer(gram, targets, strength)
    left_out = _with_singles(answer, classes)
    sharpness = 1 / fit_temperature(left_out.numpy(), classes.numpy())
    return Ridge(
        weights=centred.T @ (answer.dual * (sharpness / unit)).to(features.dtype),
        mean=mean,
        intercept=(targets.mean(0) * sharpness).to(features.dtype),
        left_out=left_out * sharpness,
    )


def ridge_numbers(
    features: Float[Tensor, "case feature"],
    numbers: Float[Tensor, " case"],
    *,
    strengths: Sequence[float] = STRENGTHS,
) -> Float[Tensor, " feature"]:
    """Return the weights of the ridge regression onto numbers whose squared error of cases left out is least.

    Examples
    --------
    >>> x = torch.tensor([[0.0], [1.0], [2.0], [3.0]])
    >>> ridge_numbers(x, 2 * x[:, 0])
    tensor([2.00])
    """
    centred = (features - features.mean(0)).double()
    targets = numbers.double().unsqueeze(1)
    gram = _centred(centred @ centred.T)
    unit = float(gram.diagonal().mean().clamp(min=1e-12))
    answers = [_answer(gram / unit, targets, strength) for strength in strengths]
    best = min(answers, key=lambda answer: float((answer.left_out - targets).square().sum()))
    return (centred.T @ best.dual).squeeze(1).to(features.dtype) / unit


def _best_strength(
    gram: Float[Tensor, "case case"],
    targets: Float[Tensor, "case outcome"],
    classes: Int[Tensor, " case"],
    strengths: Sequence[float],
) -> float:
    """Try all penalties at the cost of one decomposition K = VΛVᵀ: (K + λ)⁻¹ = V (Λ + λ)⁻¹ Vᵀ."""
    values, vectors = torch.linalg.eigh(_centred(gram))
    values = values.clamp(min=0)
    projected = vectors.T @ (targets - targets.mean(0))
    losses = {}
    for strength in strengths:
        inverse = 1 / (values + strength)
        answer = ridge_answer(vectors**2 @ inverse, vectors @ (projected * inverse.unsqueeze(1)), targets, strength)
        left_out = _with_singles(answer, classes)
        losses[strength] = smooth_loss(left_out / fit_temperature(left_out.numpy(), classes.numpy()), classes)
    return min(losses, key=losses.__getitem__)


def _answer(gram: Float[Tensor, "case case"], targets: Float[Tensor, "case outcome"], strength: float) -> Answer:
    ridge = gram + strength * torch.eye(len(gram), dtype=gram.dtype)
    inverse = torch.cholesky_inverse(torch.linalg.cholesky(ridge))
    return ridge_answer(inverse.diagonal(), inverse @ (targets - targets.mean(0)), targets, strength)


def _centred(gram: Float[Tensor, "case case"]) -> Float[Tensor, "case case"]:
    """Return the products of the cases less their mean."""
    return gram - gram.mean(0) - gram.mean(1, keepdim=True) + gram.mean()


def _with_singles(answer: Answer, classes: Int[Tensor, " case"]) -> Float[Tensor, "case outcome"]:
    alone = (torch.bincount(classes) == 1)[classes]
    return torch.where(alone.unsqueeze(1), answer.fitted, answer.left_out)
