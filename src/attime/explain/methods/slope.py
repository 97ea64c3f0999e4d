"""What methods that follow gradients share: the number whose gradient is taken, and how it is taken without a trace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from attime.data import SeriesSet
from attime.errors import UnsuitableError
from attime.estimators import AttentionEstimator
from attime.training import Cases
from attime.training.run import PREDICTION_BATCH

#: Cases at a time. A gradient keeps what every layer has computed, so there is room for fewer than in prediction.
GRADIENT_BATCH = PREDICTION_BATCH // 4


class CentredLogit(nn.Module):
    """logit_c − mean over the classes of the logits: how far a class stands above the average of the classes.

    A softmax does not notice what is added to all logits alike, so that part should have no gradient; evidence leaves
    it out in the same way. A single outcome, that of a regressor, is taken as it is. Always in 32 bits, whatever the
    precision of the training: gradients need the digits.

    Parameters
    ----------
    module
        The network of an estimator.
    """

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(
        self,
        values: Float[Tensor, "case feature time"],
        observed: Bool[Tensor, "case feature time"],
        classes: Int[Tensor, " case"],
        times: Float[Tensor, "case time"] | None = None,
        static: Float[Tensor, "case static_feature"] | None = None,
    ) -> Float[Tensor, " case"]:
        """Return one number for each case, that of its class."""
        known = () if static is None else (static,)
        logits: Tensor = self.module(values, observed, times, *known).prediction
        of_class = logits.gather(1, classes.unsqueeze(1)).squeeze(1)
        return of_class - logits.mean(1) if logits.shape[1] > 1 else of_class


def refuse_without_gradient(estimator: AttentionEstimator, method: str) -> None:
    """Refuse to follow gradients where there are none, or those of a part of the model only.

    Raises
    ------
    UnsuitableError
        If the estimator was fitted with dictionaries.
    """
    if not estimator.module_.has_gradient:
        raise UnsuitableError(
            f"method {method!r} follows gradients, which this model does not have, because it looks steps up in "
            "dictionaries; use the method 'evidence', which is exact, or 'occlusion', or fit network='convolutional'"
        )


@contextmanager
def differentiable(module: nn.Module) -> Iterator[None]:
    """Run a network as in prediction, but so that gradients can be taken, wherever the caller stands.

    Whatever takes part must be made inside: tensors from the caller's inference mode have no gradients for ever.

    cuDNN refuses gradients of recurrent networks that are not in training, so they run without it.

    Examples
    --------
    >>> with torch.no_grad(), differentiable(nn.Linear(1, 1)):
    ...     torch.is_grad_enabled()
    True
    """
    module.eval()
    recurrent = any(isinstance(part, nn.RNNBase) for part in module.modules())
    enabled = torch.backends.cudnn.enabled and not recurrent
    with (
        torch.inference_mode(mode=False),
        torch.enable_grad(),
        torch.backends.cudnn.flags(enabled=enabled, deterministic=torch.backends.cudnn.deterministic),
    ):
        yield


def slope(
    ask: CentredLogit, batch: Cases, values: Float[Tensor, "case feature time"]
) -> Float[Tensor, "case feature time"]:
    """Return the gradient of the centred logit at `values`, with masks, classes, times and covariates of `batch`.

    The gradients of the parameters are neither computed nor touched.
    """
    assert batch.classes is not None
    values = values.detach().clone().requires_grad_()
    logit = ask(values, batch.observed, batch.classes, batch.times, batch.static)
    (found,) = torch.autograd.grad(logit.sum(), values)
    return without_infinities(found)


def without_infinities(gradient: Float[Tensor, "case feature time"]) -> Float[Tensor, "case feature time"]:
    """Put zero where there is no gradient: differences over their own size have none in a series that stands still.

    Examples
    --------
    >>> without_infinities(torch.tensor([[[1.0, float("nan")]]])).tolist()
    [[[1.0, 0.0]]]
    """
    return gradient.nan_to_num(nan=0.0, posinf=0.0, neginf=0.0)


def by_channel(relevance: Float[Tensor, "case feature time"], n_channels: int) -> Float[Tensor, "case channel time"]:
    """Add up the views of each channel, which a scaling puts one behind the other: first all channels on one scale.

    Examples
    --------
    >>> by_channel(torch.tensor([[[1.0], [2.0], [10.0], [20.0]]]), n_channels=2).tolist()
    [[[11.0], [22.0]]]
    """
    return relevance.unflatten(1, (-1, n_channels)).sum(1)


#: From the centred logit, a batch of cases, and where it stands among all of them, to what is found of its values.
Find = Callable[[CentredLogit, Cases, slice], Float[Tensor, "case feature time"]]


def asked(estimator: AttentionEstimator, series: SeriesSet, targets: Int[np.ndarray, " case"]) -> Cases:
    """Return series as the network sees them, with the classes to be explained; to be made within `differentiable`."""
    return replace(estimator.cases(series), classes=torch.from_numpy(targets))


def in_batches(estimator: AttentionEstimator, cases: Cases, find: Find) -> Float[np.ndarray, "case channel time"]:
    """Return what is found for each batch, in the unit of the outcome; the views of a channel are added up."""
    module, found = estimator.module_, []
    device, ask = next(module.parameters()).device, CentredLogit(module)
    for start in range(0, len(cases), GRADIENT_BATCH):
        which = slice(start, start + GRADIENT_BATCH)
        found.append(by_channel(find(ask, cases.take(which, device), which), estimator.n_channels_).cpu().numpy())
    return np.concatenate(found) * np.float32(estimator.outcome_unit)
