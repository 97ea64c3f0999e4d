"""Outcomes: what a decoder writes, step by step, and how it reads back what it wrote."""

from __future__ import annotations

import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor, nn

from attime.errors import OptionError


class Outcome(nn.Module):
    """What all outcomes share: a start, a way to read and a way to write.

    Attributes
    ----------
    start
        What a decoder reads before it has written anything; learned.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.start = nn.Parameter(torch.zeros(width))

    def read(self, steps: Shaped[Tensor, "case step *feature"]) -> Float[Tensor, "case step width"]:
        """Return features of steps that were written, or should have been."""
        raise NotImplementedError

    def write(self, features: Float[Tensor, "case step width"]) -> Float[Tensor, "case step outcome"]:
        """Return the prediction of each step."""
        raise NotImplementedError

    def choose(self, prediction: Float[Tensor, "case step outcome"]) -> Shaped[Tensor, "case step *feature"]:
        """Return the step that a prediction amounts to."""
        raise NotImplementedError


class Tokens(Outcome):
    """One of `n_tokens` symbols at each step; the prediction are logits.

    Parameters
    ----------
    n_tokens
        Number of symbols, the end among them.
    width
        Features of a step.
    end
        The symbol that ends a sequence.

    Raises
    ------
    OptionError
        If the end is not one of the symbols.

    Examples
    --------
    >>> tokens = Tokens(5, width=8, end=0)
    >>> tokens.write(tokens.read(torch.tensor([[1, 2, 0]]))).shape
    torch.Size([1, 3, 5])
    """

    def __init__(self, n_tokens: int, *, width: int, end: int = 0) -> None:
        super().__init__(width)
        if not 0 <= end < n_tokens:
            raise OptionError(f"the end symbol is {end}, expected one of the {n_tokens} symbols from 0 on")
        self.end = end
        self.embedding, self.head = nn.Embedding(n_tokens, width), nn.Linear(width, n_tokens)

    def read(self, steps: Int[Tensor, "case step"]) -> Float[Tensor, "case step width"]:
        """Return the embedding of each symbol."""
        return self.embedding(steps)

    def write(self, features: Float[Tensor, "case step width"]) -> Float[Tensor, "case step outcome"]:
        """Return the logits of each step."""
        return self.head(features)

    def choose(self, prediction: Float[Tensor, "case step outcome"]) -> Int[Tensor, "case step"]:
        """Return the most probable symbol of each step."""
        return prediction.argmax(-1)


class Numbers(Outcome):
    """`n_features` numbers at each step, which are read beside `n_beside` others that are known.

    Examples
    --------
    >>> numbers = Numbers(2, width=8)
    >>> numbers.write(numbers.read(torch.zeros(1, 3, 2))).shape
    torch.Size([1, 3, 2])
    """

    def __init__(self, n_features: int, *, width: int, n_beside: int = 0) -> None:
        super().__init__(width)
        self.projection, self.head = nn.Linear(n_features + n_beside, width), nn.Linear(width, n_features)

    def read(self, steps: Float[Tensor, "case step feature"]) -> Float[Tensor, "case step width"]:
        """Return a projection of each step."""
        return self.projection(steps)

    def write(self, features: Float[Tensor, "case step width"]) -> Float[Tensor, "case step outcome"]:
        """Return the numbers of each step."""
        return self.head(features)

    def choose(self, prediction: Float[Tensor, "case step outcome"]) -> Float[Tensor, "case step feature"]:
        """Return the prediction itself."""
        return prediction
