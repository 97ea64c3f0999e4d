"""What is known of a case beside its series: logit_c = (what the series says)_c + Σ_f w_cf z_f."""

from __future__ import annotations

from dataclasses import replace

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from attime.nn.classifier import SeriesClassifier
from attime.nn.dictionary import DictionaryClassifier
from attime.nn.output import Output


class WithStatic(nn.Module):
    """A classifier of series, and weights for static covariates, whose evidence is added to that of the steps.

    logit_c = b_c + Σ_t evidence_ct + Σ_f w_cf z_f, where z are the coded covariates, 0 where nothing is known, and the
    weights of a covariate are taken against their mean over the classes, as the scores of steps are. They are 0 until
    they are fitted.

    Parameters
    ----------
    inner
        What judges the series.
    n_features, n_classes
        How many numbers the covariates are coded by, and how many classes there are.
    """

    def __init__(self, inner: SeriesClassifier | DictionaryClassifier, *, n_features: int, n_classes: int) -> None:
        super().__init__()
        self.inner = inner
        self.weight = nn.Parameter(torch.zeros(n_classes, n_features))

    @property
    def bias(self) -> Float[Tensor, " class"]:
        """The part of each logit that neither steps nor covariates bring."""
        return self.inner.bias

    @property
    def has_gradient(self) -> bool:
        """Whether the logits follow small changes of the values of the series."""
        return self.inner.has_gradient

    @torch.no_grad()
    def sharpen(self, factor: float) -> None:
        """Multiply all logits, and with them evidence and bias."""
        self.inner.sharpen(factor)
        self.weight.mul_(factor)

    def learn(self, values: Float[Tensor, "case channel time"], observed: Bool[Tensor, "case channel time"]) -> None:
        """Take from the training cases what is not learnt from labels."""
        self.inner.learn(values, observed)

    def forward(
        self,
        values: Float[Tensor, "case channel time"],
        observed: Bool[Tensor, "case channel time"],
        times: Float[Tensor, "case time"] | None = None,
        static: Float[Tensor, "case feature"] | None = None,
    ) -> Output:
        """Classify series of which something is known; nothing, where `static` is not given."""
        known = self.weight.new_zeros(values.shape[0], self.weight.shape[1]) if static is None else static
        return self.add(self.inner(values, observed, times), known)

    def add(self, output: Output, static: Float[Tensor, "case feature"]) -> Output:
        """Return what the series say and, added to it, what the covariates say."""
        weight = self.weight - self.weight.mean(0) if len(self.weight) > 1 else self.weight
        evidence = weight * static.unsqueeze(1)
        return replace(output, prediction=output.prediction + evidence.sum(-1), static_evidence=evidence)


def without_static(module: nn.Module) -> nn.Module:
    """Return the part of a module that judges the series."""
    return module.inner if isinstance(module, WithStatic) else module
