"""A whole classifier: embed the series, encode its steps, pool them into class evidence."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from attime.attention import AttentionMap
from attime.nn.embedding import Embedding
from attime.nn.encoder import Encoder
from attime.nn.output import Output, steps_to_tokens, tokens_to_steps
from attime.nn.pooling import Pooling


class SeriesClassifier(nn.Module):
    """logit_c = b_c + Σ_t evidence_ct, from the tokens of an encoder.

    Parameters
    ----------
    embedding
        What the encoder sees of a series.
    encoder
        From the features of steps to tokens.
    pooling
        From tokens to logits.
    dropout
        Share of features left out of all tokens of a case, at random in training (Tompson et al. 2015).
    """

    def __init__(self, embedding: Embedding, encoder: Encoder, pooling: Pooling, *, dropout: float = 0.0) -> None:
        super().__init__()
        self.embedding, self.encoder, self.pooling = embedding, encoder, pooling
        self.dropout = nn.Dropout1d(dropout)

    def forward(
        self,
        values: Float[Tensor, "case channel time"],
        observed: Bool[Tensor, "case channel time"],
        times: Float[Tensor, "case time"] | None = None,
    ) -> Output:
        """Classify series.

        Parameters
        ----------
        values
            The series; what stands where nothing was observed does not matter, as long as it is a finite number.
        observed
            False for padding and missing values.
        times
            When each step was measured, in typical steps, for encoders with a position that knows times; at equal
            distances if not given.
        """
        present = observed.any(1)
        encoded = self.encoder(self.embedding(values, observed), present, times)
        tokens = self.dropout(encoded.tokens.mT).mT
        stride = self.encoder.stride
        with torch.autocast(tokens.device.type, enabled=False):  # or evidence would add up to a few digits only
            pooled = self.pooling(tokens.float(), steps_to_tokens(present, stride))
        return Output(
            prediction=pooled.logits,
            maps=(
                AttentionMap("pooling", tokens_to_steps(pooled.weights, present, stride), ("case", "time")),
                *encoded.maps,
            ),
            terms=(*encoded.terms, *pooled.terms),
            evidence=tokens_to_steps(pooled.evidence, present, stride).unsqueeze(2),
            bias=self.pooling.bias,
        )
