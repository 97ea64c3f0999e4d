"""What static covariates are worth, found in closed form: beside a dictionary, and to begin with beside a network."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from attime.nn import DictionaryClassifier, WithStatic
from attime.training.cases import Cases, spread
from attime.training.ridge import CASES_TO_CHOOSE_BY, ridge_classifier, ridge_numbers
from attime.training.stacking import stack


@torch.no_grad()
def begin_with_static(module: WithStatic, cases: Cases) -> None:
    """Set the weights of the covariates to what they are worth without any series, from which training goes on.

    Few updates would not get them there from nothing, and the network need not learn what they know.
    """
    assert cases.static is not None
    some = spread(cases.targets, CASES_TO_CHOOSE_BY)
    static, targets = cases.static[some], cases.targets[some]
    if cases.classes is None:
        module.weight.copy_(ridge_numbers(static, targets))
    else:
        module.weight.copy_(ridge_classifier(static, targets, len(module.weight)).weights.T)


@torch.no_grad()
def add_static(module: WithStatic, cases: Cases, left_out: Float[Tensor, "case class"]) -> Float[Tensor, "case class"]:
    """Fit the weights of the covariates, and find how far to trust them and the series.

    Series and covariates are two parts of the stack, not the covariates one of a dozen families, for they say different
    things: what both say adds up.

    Parameters
    ----------
    module
        Fitted to the series.
    cases
        What it was fitted to.
    left_out
        What the series say of each case, left out.

    Returns
    -------
    Tensor
        What series and covariates say of each case, left out.
    """
    assert cases.static is not None
    assert isinstance(module.inner, DictionaryClassifier)
    fit = ridge_classifier(cases.static, cases.targets, left_out.shape[1])
    of_series, of_static = stack([left_out, fit.left_out], cases.targets).tolist()
    module.inner.sharpen(of_series)
    module.inner.favour((fit.intercept - fit.mean @ fit.weights) * of_static)
    module.weight.copy_(fit.weights.T * of_static)
    return left_out * of_series + fit.left_out * of_static
