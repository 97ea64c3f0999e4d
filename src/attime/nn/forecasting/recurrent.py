"""Forecasts from the last state of a recurrent network, into which all of the past has to fit."""

from __future__ import annotations

from dataclasses import replace

import torch
from jaxtyping import Bool, Float, Int, Shaped
from torch import Tensor, nn

from attime.nn.embedding import Embedding
from attime.nn.encoder import Encoded, Encoder
from attime.nn.output import Output
from attime.nn.recurrent import CELLS as GATED
from attime.nn.recurrent import run_recurrent

CELLS: dict[str, type[nn.RNN] | type[nn.LSTM] | type[nn.GRU]] = {"rnn": nn.RNN, **GATED}


class RecurrentForecast(nn.Module):
    """h_t = cell(x_t, h_{t−1}),  ŷ = W h_T + V u + b: all steps ahead at once, from the state at the end of the past.

    With the tanh, GRU and LSTM cells of torch these are the networks that the α_t-RIM is compared with (arXiv
    2205.01639). There x are the values alone and there is no u, the covariates over the steps ahead.

    Parameters
    ----------
    embedding
        What is read of each step.
    rnn
        A recurrent network of torch, one way, with ``batch_first``.
    horizon
        Steps ahead.
    n_ahead
        Covariates that are known ahead.

    Examples
    --------
    >>> from attime.nn.embedding import Values
    >>> embedding = Embedding([Values()], n_channels=1, show_mask=True)
    >>> network = RecurrentForecast(embedding, nn.GRU(2, 8, batch_first=True), horizon=5)
    >>> network(torch.randn(3, 1, 20), torch.ones(3, 1, 20, dtype=torch.bool)).prediction.shape
    torch.Size([3, 5])
    """

    def __init__(self, embedding: Embedding, rnn: nn.RNNBase, *, horizon: int, n_ahead: int = 0) -> None:
        super().__init__()
        self.embedding, self.rnn = embedding, rnn
        self.W = nn.Linear(rnn.hidden_size, horizon)
        self.V = nn.Linear(n_ahead * horizon, horizon, bias=False) if n_ahead else None

    def forward(
        self,
        values: Float[Tensor, "case feature time"],
        observed: Bool[Tensor, "case feature time"],
        ahead: Float[Tensor, "case covariate step"] | None = None,
    ) -> Output:
        """Forecast; arguments as in `LinearForecast.forward`."""
        first = first_steps(observed.any(1))
        states = run_recurrent(self.rnn, turned(self.embedding(values, observed).mT, first))
        last = states[torch.arange(states.shape[0], device=states.device), states.shape[1] - 1 - first]
        prediction = self.W(last)
        if self.V is not None and ahead is not None:
            prediction = prediction + self.V(ahead.flatten(1))
        return Output(prediction)


class FromFirst(Encoder):
    """An encoder that reads each series from its first step on, so that what fills a window up makes no difference.

    Encoders know of padding at the end, where a short series is padded elsewhere; the past of a forecast is padded at
    the front, since all windows end where the future begins.

    Parameters
    ----------
    encoder
        What encodes; of stride 1.
    """

    stride = 1

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder, self.width = encoder, encoder.width

    def forward(
        self,
        x: Float[Tensor, "case feature time"],
        present: Bool[Tensor, "case time"],
        times: Float[Tensor, "case time"] | None = None,
    ) -> Encoded:
        """Encode series that are present from some step to the end; `times` are not made use of."""
        first = first_steps(present)
        encoded: Encoded = self.encoder(turned(x.mT, first).mT, turned(present, first))
        return replace(encoded, tokens=turned(encoded.tokens, -first))


def first_steps(present: Bool[Tensor, "case time"]) -> Int[Tensor, " case"]:
    """Return the first step of each case that is present; 0 where none is."""
    return present.int().argmax(1)


def turned(
    steps: Shaped[Tensor, "case time *feature"], by: Int[Tensor, " case"]
) -> Shaped[Tensor, "case time *feature"]:
    """Return the steps of each case from step `by` on, and those before it behind them.

    Examples
    --------
    >>> turned(torch.tensor([[0, 1, 2, 3]]), torch.tensor([3])).tolist()
    [[3, 0, 1, 2]]
    """
    case = torch.arange(steps.shape[0], device=steps.device)
    place = torch.arange(steps.shape[1], device=steps.device) + by.unsqueeze(1)
    return steps[case.unsqueeze(1), place % steps.shape[1]]
