"""Forecasts that are a fixed weighted sum of the past: attention whose weights depend on position alone."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from attime.attention import AttentionMap
from attime.nn.output import Output


class LinearForecast(nn.Module):
    """ŷ_s = last + Σ_t A_ts (x_t − last), where the weights A_·s of a step ahead sum to one.

    Last is the last value that was observed. As the weights sum to one it does not matter what is taken off, where all
    values were observed: A says how much of each step of the past goes into each step ahead, with a sign. A step that
    is missing brings nothing, as if it had been like the last one.

    With covariates that are known ahead, u, it is y − Σ_k β_k u_k that is forecast so, and Σ_k β_k u_k is added again.
    What is put into A and β is found in closed form (``attime.training.fit_linear``).

    Parameters
    ----------
    look_back, horizon
        Steps that are read, and steps ahead.
    n_covariates
        Covariates that are known ahead.

    Examples
    --------
    >>> network = LinearForecast(look_back=3, horizon=2)
    >>> network.weights[-1] = 1  # the last value
    >>> values = torch.tensor([[[1.0, 2.0, 4.0]]])
    >>> network(values, torch.ones(1, 1, 3, dtype=torch.bool)).prediction
    tensor([[4., 4.]])
    """

    def __init__(self, *, look_back: int, horizon: int, n_covariates: int = 0) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.zeros(look_back, horizon), requires_grad=False)
        self.slopes = nn.Parameter(torch.zeros(n_covariates), requires_grad=False)

    def forward(
        self,
        values: Float[Tensor, "case feature time"],
        observed: Bool[Tensor, "case feature time"],
        ahead: Float[Tensor, "case covariate step"] | None = None,
    ) -> Output:
        """Forecast.

        Parameters
        ----------
        values
            The past: what is to be forecast in the first row, and in the last ones the covariates that are known ahead.
        observed
            False where a value is missing.
        ahead
            The covariates over the steps ahead.
        """
        past, there = values[:, 0], observed[:, 0]
        if ahead is not None and len(self.slopes):
            past = past - torch.einsum("k,nkt->nt", self.slopes, values[:, -len(self.slopes) :])
        last = last_observed(past, there)
        shares = torch.where(there, past - last, 0)
        prediction = last + shares @ self.weights
        if ahead is not None and len(self.slopes):
            prediction = prediction + torch.einsum("k,nks->ns", self.slopes, ahead)
        looked = AttentionMap(
            "linear", lambda: self.weights.T.expand(len(values), -1, -1), ("case", "step ahead", "time")
        )
        return Output(prediction, (looked,))


def last_observed(values: Float[Tensor, "case time"], there: Bool[Tensor, "case time"]) -> Float[Tensor, "case 1"]:
    """Return the last value of each case that was observed; zero where none was.

    Examples
    --------
    >>> last_observed(torch.tensor([[1.0, 2.0, 3.0]]), torch.tensor([[True, True, False]])).tolist()
    [[2.0]]
    """
    steps = torch.arange(values.shape[1], device=values.device)
    place = torch.where(there, steps, 0).amax(1, keepdim=True)
    return torch.where(there.any(1, keepdim=True), values.gather(1, place), 0)
