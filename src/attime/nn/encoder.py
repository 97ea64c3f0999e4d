"""What all encoders share: from the features of steps to tokens of a known stride and width."""

from __future__ import annotations

from dataclasses import dataclass

from jaxtyping import Bool, Float
from torch import Tensor, nn

from attime.attention import AttentionMap, Term


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
    """

    tokens: Float[Tensor, "case token width"]
    maps: tuple[AttentionMap, ...] = ()
    terms: tuple[Term, ...] = ()


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
