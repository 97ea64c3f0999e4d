"""Forecasts in which features attend to each other: all that was read of a feature is one token."""

from __future__ import annotations

from dataclasses import replace

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional as F

from attime.nn.output import Output
from attime.nn.transformer import TransformerEncoder


class VariateForecast(nn.Module):
    """z = encoder(W_in x_f + e_f for every feature f),  ŷ = W z_0: features attend to each other, steps do not.

    Liu et al. 2024 (https://arxiv.org/abs/2310.06625), equation 1 and section 3.1. There all features are of a kind and
    each of them is forecast; here the first is, from itself and its covariates, so each is told apart by a vector e_f.
    The mask is read beside the values, and a covariate of which nothing is known is not attended to. One that
    is known ahead has its steps ahead in its token. Layers are normalised before each part.

    Parameters
    ----------
    encoder
        Layers among features, for 2 × look-back numbers of each, and as many more as there are steps ahead where
        covariates are known ahead; with learned positions, which are the e_f.
    horizon
        Steps ahead.
    n_ahead
        Covariates that are known ahead.

    Examples
    --------
    >>> from attime.nn.networks.forecasting import VariateForecaster
    >>> network = VariateForecaster(d_model=8, n_heads=2).build(look_back=20, horizon=5, n_features=3)
    >>> output = network(torch.randn(4, 3, 20), torch.ones(4, 3, 20, dtype=torch.bool))
    >>> output.prediction.shape, output.maps[0].weights.shape  # case, head, feature, feature
    (torch.Size([4, 5]), torch.Size([4, 2, 3, 3]))
    """

    def __init__(self, encoder: TransformerEncoder, *, horizon: int, n_ahead: int = 0) -> None:
        super().__init__()
        self.encoder, self.horizon, self.n_ahead = encoder, horizon, n_ahead
        self.W = nn.Linear(encoder.width, horizon)

    def forward(
        self,
        values: Float[Tensor, "case feature time"],
        observed: Bool[Tensor, "case feature time"],
        ahead: Float[Tensor, "case covariate step"] | None = None,
    ) -> Output:
        """Forecast; arguments as in `LinearForecast.forward`."""
        present = observed.any(2)
        present[:, 0] = True  # it is what asks, even if it has nothing to tell
        parts = [values.masked_fill(~observed, 0.0), observed.to(values.dtype)]
        if self.n_ahead and ahead is not None:
            present[:, -self.n_ahead :] = True
            parts.append(F.pad(ahead, (0, 0, values.shape[1] - self.n_ahead, 0)))
        encoded = self.encoder(torch.cat(parts, dim=2).mT, present)
        maps = tuple(replace(layer, axes=("case", "head", "feature", "feature")) for layer in encoded.maps)
        return Output(self.W(encoded.tokens[:, 0]), maps, encoded.terms)
