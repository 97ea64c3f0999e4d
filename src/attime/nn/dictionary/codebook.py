"""Codebooks: each step of a series chooses one code of every book, by the answers of fixed kernels.

Nothing here is learnt but where levels begin and end, and that from the spread of the answers alone, not from labels.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

TAPS = 9
#: A view of some cases, and which of their steps count.
View = tuple[Float[Tensor, "_ channel time"], Bool[Tensor, "_ channel time"]]
LOGISTIC = 1.7  # a logistic curve that much steeper is nearly the normal distribution's


class Codebook(nn.Module):
    """What all codebooks share.

    Attributes
    ----------
    n_books
        Books in it.
    n_codes
        Codes of each book.
    ordered
        Whether a higher code means more of the same.
    kernels
        What steps are asked by.
    """

    n_books: int
    n_codes: int
    ordered: bool
    kernels: Float[Tensor, "kernel 1 tap"]

    def learn(self, views: Sequence[View]) -> None:
        """Take from training cases, some at a time, what is not learnt from labels."""

    def forward(self, view: Float[Tensor, "case channel time"]) -> Int[Tensor, "case channel book time"]:
        """Return the code that each step chooses of each book."""
        raise NotImplementedError


class Levels(Codebook):
    """Code = level of a kernel's answer: s_t = Σ_i w_i x_{t+(i−4)d}, code_t = ⌊n · σ(1.7 (s_t − mean) / deviation)⌋.

    How often an answer lies above each of several levels is what MiniRocket counts (Dempster, Schmidt and Webb 2021,
    "proportion of positive values", with levels for its biases). Mean and deviation are those of all answers in the
    training cases, so that levels are about equally frequent.

    Parameters
    ----------
    kernels
        One row for each book: the weights of its taps.
    n_channels
        Channels, each with its own levels.
    dilation
        Steps from tap to tap.
    n_levels
        Codes of each book.
    """

    mean: Float[Tensor, "channel book"]
    deviation: Float[Tensor, "channel book"]

    def __init__(
        self, kernels: Float[Tensor, "book tap"], *, n_channels: int, dilation: int = 1, n_levels: int = 16
    ) -> None:
        super().__init__()
        self.n_books, self.n_codes, self.ordered = len(kernels), n_levels, True
        self.dilation = dilation
        self.register_buffer("kernels", kernels.unsqueeze(1).clone())  # a file holds each tensor once
        self.register_buffer("mean", torch.zeros(n_channels, self.n_books))
        self.register_buffer("deviation", torch.ones(n_channels, self.n_books))

    def learn(self, views: Sequence[View]) -> None:
        n = torch.stack([counted.sum((0, 2)) for _, counted in views]).sum(0).clamp(min=1).unsqueeze(1)
        self.mean = self._summed(views, torch.zeros_like(self.mean), power=1) / n
        spread = (self._summed(views, self.mean, power=2) / n).sqrt()
        self.deviation = torch.where(spread > 0, spread, 1)

    def _summed(
        self, views: Sequence[View], usual: Float[Tensor, "channel book"], *, power: int
    ) -> Float[Tensor, "channel book"]:
        """Sum a power of the answers less what is usual over the steps that count."""
        powers = (
            ((self.answers(view) - usual.unsqueeze(-1)) ** power * counted.unsqueeze(2)).sum((0, 3))
            for view, counted in views
        )
        return torch.stack(list(powers)).sum(0)

    def answers(self, view: Float[Tensor, "case channel time"]) -> Float[Tensor, "case channel book time"]:
        """Return what each kernel answers at each step; it sees zeros before the first and after the last one."""
        return _answers(view, self.kernels, self.dilation)

    def forward(self, view: Float[Tensor, "case channel time"]) -> Int[Tensor, "case channel book time"]:
        steepness = LOGISTIC / self.deviation
        height = self.answers(view).sub_(self.mean.unsqueeze(-1)).mul_(steepness.unsqueeze(-1)).sigmoid_()
        return height.mul_(self.n_codes).int().clamp_(max=self.n_codes - 1)


class Winners(Codebook):
    """Code = the kernel of a group that answers most: hard attention of every window over a dictionary of kernels.

    After Hydra (Dempster, Schmidt and Webb 2023), of which only the counts are taken, not the sizes of the answers.

    Parameters
    ----------
    n_groups
        Books.
    n_kernels
        Kernels that compete in each.
    dilation
        Steps from tap to tap.
    generator
        What the kernels are drawn from: normal weights, less their mean.
    """

    def __init__(self, *, n_groups: int, n_kernels: int = 8, dilation: int = 1, generator: torch.Generator) -> None:
        super().__init__()
        self.n_books, self.n_codes, self.ordered = n_groups, n_kernels, False
        self.dilation = dilation
        drawn = torch.randn(n_groups * n_kernels, 1, TAPS, generator=generator, device=generator.device)
        drawn = drawn - drawn.mean(-1, keepdim=True)
        drawn = (drawn / drawn.norm(dim=-1, keepdim=True)).unflatten(0, (n_groups, n_kernels))
        self.register_buffer("kernels", drawn.transpose(0, 1).flatten(0, 1))  # the first ones of all groups come first

    def forward(self, view: Float[Tensor, "case channel time"]) -> Int[Tensor, "case channel book time"]:
        answers = _answers(view, self.kernels, self.dilation).unflatten(2, (self.n_codes, self.n_books))
        if torch.compiler.is_exporting():  # graphs do not know bits; of equal answers the last one wins, as below
            return (self.n_codes - 1 - answers.flip(2).argmax(2)).int()
        # Each answer carries its code in its last bits, so one maximum finds both: five times as quick as an argmax.
        # Answers that differ by less than a millionth of their size count as equal.
        codes = torch.arange(self.n_codes, dtype=torch.int32, device=view.device).view(-1, 1, 1)
        last_bits = 2 ** (self.n_codes - 1).bit_length() - 1
        answers.view(torch.int32).bitwise_and_(~last_bits).bitwise_or_(codes)
        return answers.amax(2).view(torch.int32).bitwise_and_(last_bits)


def contrasts() -> Float[Tensor, "book tap"]:
    """Return MiniRocket's 84 kernels: three of nine taps are 2, the others −1.

    Examples
    --------
    >>> contrasts().shape, contrasts().sum(1).abs().max().item()
    (torch.Size([84, 9]), 0.0)
    """
    chosen = torch.tensor(list(itertools.combinations(range(TAPS), 3)))
    return torch.full((len(chosen), TAPS), -1.0).scatter_(1, chosen, 2.0)


def _answers(
    view: Float[Tensor, "case channel time"], kernels: Float[Tensor, "kernel 1 tap"], dilation: int
) -> Float[Tensor, "case channel kernel time"]:
    padding = dilation * (kernels.shape[-1] // 2)
    answers = F.conv1d(view.flatten(0, 1).unsqueeze(1), kernels, padding=padding, dilation=dilation)
    return answers.unflatten(0, view.shape[:2])
