"""Forecasts of an encoder–decoder: step by step, each fed to the next, with a look back at each step or without."""

from __future__ import annotations

from dataclasses import replace

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from attime.attention import AttentionMap, MultiHead
from attime.nn.embedding import Embedding
from attime.nn.forecasting.linear import last_observed
from attime.nn.output import Output
from attime.nn.sequence_to_sequence import Decoded, SequenceToSequence, joined


class EncoderDecoderForecast(nn.Module):
    """s_k = GRU([ŷ_{k−1}; u_k], s_{k−1}),  c_k = attention(s_k, h),  ŷ_k = write(tanh(W_c [c_k; s_k])).

    A `SequenceToSequence` that runs free, in training as in use: ŷ_0 is the last value that was observed, u_k are the
    covariates of step k ahead, h the states of an encoder that has read the past. The truth is never fed, since a
    decoder that leans on it in training goes astray on its own forecasts.

    A local scope that goes by positions (local-m) takes step k of H ahead to stand at step T − H + k of the T that were
    read: over the last H steps, in their order, as Luong et al. 2015 (https://arxiv.org/abs/1508.04025) let step k of a
    target stand at step k of its source. What counts positions from the first (local-p, the location score) counts them
    from the beginning of the window, whether or not the series had begun.

    Parameters
    ----------
    embedding
        What is read of each step.
    model
        Encoder, decoder and attention, with ``Numbers(1, n_beside=…)`` as outcome, which reads a value beside the
        covariates of the step after it. The encoder has a stride of 1.
    horizon
        Steps ahead.

    Examples
    --------
    >>> from attime.nn.networks.forecasting import EncoderDecoderForecaster
    >>> network = EncoderDecoderForecaster(hidden=8).build(look_back=20, horizon=5, n_features=1)
    >>> output = network(torch.randn(3, 1, 20), torch.ones(3, 1, 20, dtype=torch.bool))
    >>> output.prediction.shape, output.maps[0].weights.shape  # case, step ahead, time
    (torch.Size([3, 5]), torch.Size([3, 5, 20]))
    """

    def __init__(self, embedding: Embedding, model: SequenceToSequence, *, horizon: int) -> None:
        super().__init__()
        self.embedding, self.model, self.horizon = embedding, model, horizon

    def forward(
        self,
        values: Float[Tensor, "case feature time"],
        observed: Bool[Tensor, "case feature time"],
        ahead: Float[Tensor, "case covariate step"] | None = None,
    ) -> Output:
        """Forecast; arguments as in `LinearForecast.forward`."""
        values, seen = values.masked_fill(~observed, 0.0), observed.any(1)
        begun = seen.cumsum(1) > 0  # a gap and the steps after it take time to pass, whatever is known of them
        memory = replace(self.model.remember(self.embedding(values, observed).mT, begun), present=seen)
        parts: list[Decoded] = []
        known = ahead.mT if ahead is not None else values.new_zeros(values.shape[0], self.horizon, 0)
        previous, begin = last_observed(values[:, 0], observed[:, 0]).unsqueeze(1), self.model.start(values.shape[0])
        for step in range(self.horizon):
            read = self.model.outcome.read(torch.cat([previous, known[:, step : step + 1]], dim=-1))
            at = max(values.shape[-1] - self.horizon + step, 0)
            part = self.model.decode(read + begin if step == 0 else read, memory, at=at)
            previous, memory = part.prediction, replace(memory, state=part.state)
            parts.append(part)
        prediction = torch.cat([part.prediction for part in parts], dim=1).squeeze(-1)
        attended = joined(parts)
        if attended is None:
            return Output(prediction)
        heads = ("head",) if isinstance(self.model.attention, MultiHead) else ()
        look = AttentionMap("look back", lambda: attended.weights, ("case", *heads, "step ahead", "time"))
        return Output(prediction, (look,), attended.terms)
