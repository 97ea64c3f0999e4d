"""Forecasts that are a fixed weighted sum of the past: attention whose weights depend on position alone."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from attime.attention import AttentionMap
from attime.nn.gaps import bridged, credited, neighbours, span
from attime.nn.output import Output


class LinearForecast(nn.Module):
    """ŷ_s = last + Σ_t A_ts (x_t − last), where the weights A_·s of a step ahead sum to one.

    Last is the last value that was observed. As the weights sum to one it does not matter what is taken off, where all
    values were observed: A says how much of each step of the past goes into each step ahead, with a sign. A step in a
    gap lies on the line between those observed on either side, to which its weight goes; one that is missing before the
    first or after the last one observed brings nothing.

    With covariates that are known ahead, u, it is y − Σ_k β_k u_k that is forecast so, and Σ_k β_k u_k is added again.
    What all covariates were lately, v, may add Σ_k Σ_t B_kts v_kt; one that is missing counts as the one before it.
    What is put into A, β and B is found in closed form (``attime.training.fit_linear``, ``fit_beside``).

    Parameters
    ----------
    look_back, horizon
        Steps that are read, and steps ahead.
    n_covariates
        Covariates that are known ahead.
    n_beside
        All covariates whose last steps are read as well.
    recent
        How many of these steps.

    Examples
    --------
    >>> network = LinearForecast(look_back=3, horizon=2)
    >>> network.weights[-1] = 1  # the last value
    >>> values = torch.tensor([[[1.0, 2.0, 4.0]]])
    >>> network(values, torch.ones(1, 1, 3, dtype=torch.bool)).prediction
    tensor([[4., 4.]])
    """

    def __init__(
        self, *, look_back: int, horizon: int, n_covariates: int = 0, n_beside: int = 0, recent: int = 0
    ) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.zeros(look_back, horizon), requires_grad=False)
        self.slopes = nn.Parameter(torch.zeros(n_covariates), requires_grad=False)
        self.beside = nn.Parameter(torch.zeros(n_beside, recent, horizon), requires_grad=False)

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
        last, shares = less_last(past, there)
        prediction = last + shares @ self.weights
        if ahead is not None and len(self.slopes):
            prediction = prediction + torch.einsum("k,nks->ns", self.slopes, ahead)
        if self.beside.numel():
            prediction = prediction + torch.einsum("kts,nkt->ns", self.beside, self.lately(values, observed))
        looked = AttentionMap("linear", lambda: self._as_used(there), ("case", "step ahead", "time"))
        return Output(prediction, (looked,))

    def _as_used(self, there: Bool[Tensor, "case time"]) -> Float[Tensor, "case step time"]:
        """Return the weights, those of steps in a gap given to its sides, others that are missing to the last step."""
        weights = self.weights.T.unsqueeze(1).expand(there.shape[0], -1, 1, -1)
        weights = torch.where(there[:, None, None], credited(weights, there.unsqueeze(1)), 0)[:, :, 0]
        steps = torch.arange(there.shape[1], device=there.device)
        last = torch.where(there, steps, -1).amax(1)
        rest = (1 - weights.sum(2)).unsqueeze(2) * (steps == last.unsqueeze(1)).unsqueeze(1)
        return weights + rest

    def lately(
        self, values: Float[Tensor, "case feature time"], observed: Bool[Tensor, "case feature time"]
    ) -> Float[Tensor, "case covariate recent"]:
        """Return the last steps of all covariates; a missing one is like the last one before it, 0 without any."""
        covariates = slice(values.shape[1] - len(self.beside), None)
        there = observed[:, covariates]
        last_seen = neighbours(there)[0].clamp(min=0)
        filled = torch.where(there, values[:, covariates], 0).gather(-1, last_seen)
        return filled[..., values.shape[2] - self.beside.shape[1] :]


def less_last(
    past: Float[Tensor, "case time"], there: Bool[Tensor, "case time"]
) -> tuple[Float[Tensor, "case 1"], Float[Tensor, "case time"]]:
    """Return the last value that was observed, and the past less that value.

    Gaps lie on the line between their neighbours; before the first step and after the last one observed stands zero.

    Examples
    --------
    >>> there = torch.tensor([[False, True, False, True, False]])
    >>> less_last(torch.tensor([[9.0, 1.0, 9.0, 4.0, 9.0]]), there)[1].tolist()
    [[0.0, -3.0, -1.5, 0.0, 0.0]]
    """
    last = last_observed(past, there)
    seen = there.unsqueeze(1)
    line = bridged(past.unsqueeze(1), seen)[:, 0] - last
    return last, torch.where(span(seen)[:, 0], line, 0)


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
