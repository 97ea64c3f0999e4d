"""What all encoders share: from the features of steps to tokens of a known stride and width."""

from __future__ import annotations

from dataclasses import dataclass, replace

from jaxtyping import Bool, Float
from torch import Tensor, nn

from attime.attention import AttentionMap, Term
from attime.nn.output import tokens_to_steps


@dataclass(frozen=True, eq=False)
class ByChannel:
    """What each channel brought to the tokens of an encoder that attends to channels.

    Attributes
    ----------
    tokens
        Summed over channels, these are the tokens.
    weights
        How much each channel counted in each token.
    present
        The steps at which each channel was observed.
    """

    tokens: Float[Tensor, "case channel token width"]
    weights: Float[Tensor, "case channel token"]
    present: Bool[Tensor, "case channel time"]

    def by_step(
        self, tokens: Float[Tensor, "case channel *axes token"], stride: int
    ) -> Float[Tensor, "case channel *axes time"]:
        """Share what a token has of a channel among the steps at which the channel was observed."""
        steps = tokens_to_steps(tokens.flatten(0, 1), self.present.flatten(0, 1), stride)
        return steps.unflatten(0, tokens.shape[:2])


@dataclass(frozen=True, eq=False)
class Encoded:
    """The result of every encoder.

    Attributes
    ----------
    tokens
        Shape (case, token, feature); zeros where a token stands for nothing that is present.
    maps, terms
        The attention among tokens, layer by layer, and what training should add to the loss on its account. Empty
        where an encoder does not attend.
    by_channel
        The tokens taken apart by channel, where an encoder can tell.
    """

    tokens: Float[Tensor, "case token width"]
    maps: tuple[AttentionMap, ...] = ()
    terms: tuple[Term, ...] = ()
    by_channel: ByChannel | None = None

    def times(self, factors: Float[Tensor, "case 1 width"]) -> Encoded:
        """Return this with every feature multiplied by a factor of its own."""
        by_channel = self.by_channel
        if by_channel is not None:
            by_channel = replace(by_channel, tokens=by_channel.tokens * factors.unsqueeze(1))
        return replace(self, tokens=self.tokens * factors, by_channel=by_channel)


class Encoder(nn.Module):
    """From (case, feature, time) to tokens (case, token, width), one for every `stride` steps.

    Attributes
    ----------
    stride
        Steps that a token stands for.
    width
        Features of a token.
    """

    stride: int
    width: int

    def forward(
        self,
        x: Float[Tensor, "case feature time"],
        present: Bool[Tensor, "case time"],
        times: Float[Tensor, "case time"] | None = None,
    ) -> Encoded:
        """Encode series.

        Parameters
        ----------
        x
            The features of each step.
        present
            False for steps that do not exist.
        times
            When each step was measured, in typical steps, if not at equal distances. Only encoders that attend can
            make use of it.
        """
        raise NotImplementedError
