"""A whole classifier: embed the series, encode its steps, pool them into class evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional as F

from attime.attention import AttentionMap
from attime.attention.batchwide import like_whole, own_rows
from attime.nn.embedding import Embedding
from attime.nn.encoder import Encoded, Encoder
from attime.nn.output import Output, steps_to_tokens, tokens_to_steps
from attime.nn.pooling import Pooled, Pooling


@dataclass(frozen=True, eq=False)
class Look:
    """One look of a network at series, with its tokens laid over the steps in one way.

    Attributes
    ----------
    encoded
        The tokens.
    pooled
        What was made of them.
    tokens_present
        Which tokens stand for something that was observed.
    steps_present
        Which steps were observed, in any channel.
    offset
        By how many steps the first token begins before the first step.
    """

    encoded: Encoded
    pooled: Pooled
    tokens_present: Bool[Tensor, "case token"]
    steps_present: Bool[Tensor, "case time"]
    offset: int


class SeriesClassifier(nn.Module):
    """logit_c = b_c + Σ_t evidence_ct, from the tokens of an encoder.

    A token stands for several steps, and where the first one begins is arbitrary. So the network can look several
    times, each time with its tokens a little further on, and take the mean: of logits, of attention and of evidence,
    which therefore still add up. What tokens cannot tell apart, looks can: evidence gets as fine as they are apart. In
    training there is one look, at random.

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
    looks
        How often to look; there cannot be more different looks than steps for each token. With more than one, times
        are not seen by the encoder.
    """

    sharpness: Float[Tensor, ""]
    has_gradient = True  # of the logits by the values

    def __init__(
        self, embedding: Embedding, encoder: Encoder, pooling: Pooling, *, dropout: float = 0.0, looks: int = 1
    ) -> None:
        super().__init__()
        self.embedding, self.encoder, self.pooling = embedding, encoder, pooling
        self.dropout = nn.Dropout1d(dropout)
        looks = min(looks, encoder.stride)
        self.register_buffer("sharpness", torch.ones(()))
        self.offsets = tuple(encoder.stride * number // looks for number in range(looks))

    @property
    def bias(self) -> Float[Tensor, " class"]:
        """The part of each logit that no step brings."""
        return self.pooling.bias * self.sharpness

    def sharpen(self, factor: float) -> None:
        """Multiply all logits, and with them evidence and bias: to be as sure as right, once training is done."""
        self.sharpness.mul_(factor)

    def learn(self, values: Float[Tensor, "case channel time"], observed: Bool[Tensor, "case channel time"]) -> None:
        """Take from the training cases what is not learnt by gradients; to be called once, before training."""
        self.embedding.learn(values, observed)

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
            When each step was measured, in typical steps, for embeddings and encoders that make use of it; at equal
            distances if not given.
        """
        offsets = (self.any_offset(),) if self.training else self.offsets
        views, present = self.embedding(values, observed, times), observed.any(1)
        return self.output([self._look(views, present, times, offset) for offset in offsets])

    def any_offset(self) -> int:
        """Draw where tokens are to begin."""
        return int(torch.randint(self.encoder.stride, ())) if len(self.offsets) > 1 else 0

    def look(
        self,
        values: Float[Tensor, "case channel time"],
        observed: Bool[Tensor, "case channel time"],
        times: Float[Tensor, "case time"] | None = None,
        *,
        offset: int = 0,
    ) -> Look:
        """Look once, the first token beginning `offset` steps before the first step."""
        return self._look(self.embedding(values, observed, times), observed.any(1), times, offset)

    def _look(
        self,
        views: Float[Tensor, "case feature time"],
        present: Bool[Tensor, "case time"],
        times: Float[Tensor, "case time"] | None,
        offset: int,
    ) -> Look:
        shifted = F.pad(present, (offset, 0))
        encoded = self.encoder(F.pad(views, (offset, 0)), shifted, times if len(self.offsets) == 1 else None)
        first = like_whole(encoded.tokens[:, 0].unsqueeze(1))
        encoded = encoded.times(own_rows(self.dropout(torch.ones_like(first).mT)).mT)
        tokens_present = steps_to_tokens(shifted, self.encoder.stride)
        pooled = self.pool(encoded.tokens, tokens_present)
        return Look(encoded, pooled, tokens_present, present, offset)

    def pool(self, tokens: Float[Tensor, "case token width"], present: Bool[Tensor, "case token"]) -> Pooled:
        """Pool tokens, or some of them, in full precision, or evidence would add up to a few digits only."""
        with torch.autocast(tokens.device.type, enabled=False):
            return self.pooling(tokens.float(), present)

    def output(self, looks: Sequence[Look]) -> Output:
        """Return the mean of several looks at the same series; the attention among tokens is that of the first."""
        first = looks[0].encoded
        weights = _mean([self._by_step(look.pooled.weights, look) for look in looks])
        maps = [AttentionMap("pooling", weights, ("case", "time"))]
        if first.by_channel is not None:
            maps.append(AttentionMap("channels", lambda: self._channel_weights(looks), ("case", "channel", "time")))
        return Output(
            prediction=_mean([look.pooled.logits for look in looks]) * self.sharpness,
            maps=(*maps, *first.maps),
            terms=(*first.terms, *looks[0].pooled.terms),
            evidence_source=lambda: self._evidence(looks),
            bias=self.bias,
        )

    def _evidence(self, looks: Sequence[Look]) -> Float[Tensor, "case class channel time"]:
        return _mean([self._by_channel_and_step(look) for look in looks]) * self.sharpness

    def _by_channel_and_step(self, look: Look) -> Float[Tensor, "case class channel time"]:
        """Return the evidence of a look; where channels are told apart, W is applied to what each brought."""
        by_channel = look.encoded.by_channel
        if by_channel is None:
            return self._by_step(look.pooled.evidence, look).unsqueeze(2)
        with torch.set_grad_enabled(by_channel.tokens.requires_grad):  # on again when it is read?
            scores = self.pooling.class_scores(by_channel.tokens.flatten(0, 1))
        evidence = scores.unflatten(0, by_channel.weights.shape[:2]) * look.pooled.weights[:, None, :, None]
        return by_channel.by_step(evidence.mT, self.encoder.stride)[..., look.offset :].transpose(1, 2)

    def _channel_weights(self, looks: Sequence[Look]) -> Float[Tensor, "case channel time"]:
        """Return how much each step of each channel counted: α_t β_kt."""
        parts = []
        for look in looks:
            assert look.encoded.by_channel is not None
            weights = look.encoded.by_channel.weights * look.pooled.weights.unsqueeze(1)
            parts.append(look.encoded.by_channel.by_step(weights, self.encoder.stride)[..., look.offset :])
        return _mean(parts)

    def _by_step(self, tokens: Float[Tensor, "*axes token"], look: Look) -> Float[Tensor, "*axes time"]:
        shifted = F.pad(look.steps_present, (look.offset, 0))
        return tokens_to_steps(tokens, shifted, self.encoder.stride)[..., look.offset :]


def _mean(parts: Sequence[Tensor]) -> Tensor:
    return parts[0] if len(parts) == 1 else torch.stack(list(parts)).mean(0)
