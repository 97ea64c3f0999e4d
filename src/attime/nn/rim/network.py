"""Forecasts by recurrent independent mechanisms: all modules read the past, and their last states say what comes."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from attime.attention import AttentionMap
from attime.nn.embedding import Embedding
from attime.nn.output import Output
from attime.nn.rim.mechanisms import Mechanisms, Step


class RIMForecast(nn.Module):
    """ŷ = W [h_1 … h_n] + V u + b, h_m the state of module m after the past, u the covariates known ahead.

    The α_t-RIM of Königstein 2022 (https://arxiv.org/abs/2205.01639), where the mechanisms have α_t-cells. What is read
    of a step should have, beside each value, a 1 if it was observed: zeros are then the step at which nothing was, and
    also the empty slot that modules may turn to. Steps at which nothing was observed are passed over.

    Parameters
    ----------
    embedding
        What is read of each step.
    mechanisms
        The modules.
    horizon
        Steps ahead.
    n_ahead
        Covariates that are known ahead.

    Examples
    --------
    >>> from attime.nn.networks.forecasting.rim import RIM
    >>> network = RIM(n_modules=4, n_active=2).build(look_back=10, horizon=5, n_features=1)
    >>> output = network(torch.randn(3, 1, 10), torch.ones(3, 1, 10, dtype=torch.bool))
    >>> output.prediction.shape
    torch.Size([3, 5])
    >>> {found.name: tuple(found.weights.shape) for found in output.maps}
    {'activation': (3, 10, 4), 'input': (3, 10, 4), 'communication': (3, 10, 4, 4)}
    """

    def __init__(self, embedding: Embedding, mechanisms: Mechanisms, *, horizon: int, n_ahead: int = 0) -> None:
        super().__init__()
        self.embedding, self.mechanisms = embedding, mechanisms
        cell = mechanisms.cell
        self.W = nn.Linear(cell.n_modules * cell.hidden, horizon)
        self.V = nn.Linear(n_ahead * horizon, horizon, bias=False) if n_ahead else None

    def forward(
        self,
        values: Float[Tensor, "case feature time"],
        observed: Bool[Tensor, "case feature time"],
        ahead: Float[Tensor, "case covariate step"] | None = None,
    ) -> Output:
        """Forecast; arguments as in ``LinearForecast``.

        The map "activation" has a 1 where a module was active. "input" is how much each module looked at the step and
        not at nothing, active or not; "communication" how much each active one (first module axis) read of each module,
        as a mean over heads.
        """
        x, present = self.embedding(values, observed), observed.any(1)
        state = self.mechanisms.cell.start(values.shape[0])
        steps: list[Step] = []
        for time in range(values.shape[2]):
            steps.append(self.mechanisms(x[..., time], present[:, time], state))
            state = steps[-1].state
        prediction = self.W(state[0].flatten(1))
        if self.V is not None and ahead is not None:
            prediction = prediction + self.V(ahead.flatten(1))
        return Output(prediction, _maps(steps))


def _maps(steps: list[Step]) -> tuple[AttentionMap, ...]:
    axes = ("case", "time", "module")
    return (
        AttentionMap("activation", lambda: torch.stack([step.taken.active for step in steps], 1).float(), axes),
        AttentionMap("input", lambda: torch.stack([step.taken.weights for step in steps], 1), axes),
        AttentionMap(
            "communication", lambda: torch.stack([step.told.weights.mean(1) for step in steps], 1), (*axes, "module")
        ),
    )
