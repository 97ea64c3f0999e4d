"""How channels stand to each other: a family of codebooks is asked about the differences of pairs of channels."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor

from attime.nn.dictionary.asked import Asked
from attime.nn.dictionary.codebook import Codebook
from attime.nn.dictionary.family import Family

MOST_PAIRS = 32


class Pairs(Family):
    """A family that sees x_i − x_j in place of channels; half of what a pair says is the evidence of either channel.

    A pair counts where both of its channels were observed, so evidence lies only where there is something, and a
    channel that is missing altogether says nothing.

    Parameters
    ----------
    view, codebooks, n_stretches, n_classes
        As in `Family`; the codebooks are made for as many channels as there are `pairs_of` channels.
    n_channels
        Channels of a series, two at least.
    """

    pairs: Int[Tensor, "pair 2"]

    def __init__(
        self, view: str, codebooks: Sequence[Codebook], *, n_stretches: int, n_channels: int, n_classes: int
    ) -> None:
        pairs = pairs_of(n_channels)
        super().__init__(view, codebooks, n_stretches=n_stretches, n_channels=len(pairs), n_classes=n_classes)
        self.n_channels = n_channels
        self.register_buffer("pairs", pairs)

    def seen(self, asked: Asked) -> Asked:
        """Return the differences of the pairs of channels."""
        one, other = self.pairs.T
        within = asked.within[:, one] & asked.within[:, other]
        values = torch.where(within, asked.values[:, one] - asked.values[:, other], 0)
        return Asked(values, within, asked.counted[:, one] & asked.counted[:, other])

    def evidence(self, asked: Asked) -> Float[Tensor, "case class channel time"]:
        """Return what each channel of a pair has its half in; summed over channel and time, these are the logits."""
        of_pairs = super().evidence(asked) / 2
        found = of_pairs.new_zeros((*of_pairs.shape[:2], self.n_channels, of_pairs.shape[-1]))
        for channels in self.pairs.T:
            found.index_add_(2, channels, of_pairs)
        return found


def pairs_of(n_channels: int) -> Int[Tensor, "pair 2"]:
    """Return all pairs of channels, or of very many some that are evenly chosen.

    Examples
    --------
    >>> pairs_of(3).tolist()
    [[0, 1], [0, 2], [1, 2]]
    >>> len(pairs_of(100))
    32
    """
    pairs = torch.tensor(list(itertools.combinations(range(n_channels), 2))).view(-1, 2)
    n_pairs = min(len(pairs), MOST_PAIRS)
    return pairs[torch.arange(n_pairs) * len(pairs) // max(n_pairs, 1)]
