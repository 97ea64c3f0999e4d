"""Masked reconstruction: each stretch of a series is hidden in turn and filled in from the rest."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from attime.attention import AttentionMap
from attime.attention.batchwide import own_rows, whole_size
from attime.nn.embedding import Embedding
from attime.nn.reconstruction.likelihood import Likelihood
from attime.nn.reconstruction.reconstruction import Reconstructing, Reconstruction
from attime.nn.reconstruction.recurrent import until_last
from attime.nn.transformer import TransformerEncoder


class MaskedReconstruction(Reconstructing):
    """x_t ~ p(· | y_t), y = transformer(x without the stretches that are hidden), judged by what is hidden.

    Trained as Devlin et al. 2019 (https://arxiv.org/abs/1810.04805) train with words, and Zerveas et al. 2021
    (https://arxiv.org/abs/2010.02803) with series: an anomaly that is hidden cannot be copied. Stretches are of equal
    length, and every `n_masks`-th is hidden, in all channels at once; in training they begin anywhere, drawn for each
    case. In use there are `n_masks` passes, in which every step is hidden just once, and its distribution, its place in
    the maps too, is that of the pass in which it was. What is hidden is read as if it were missing: as zeros, with a
    mask that says so. Differences to the papers: nothing hidden is ever shown or replaced by something else, and all of
    it counts.

    Parameters
    ----------
    embedding
        What is read of each step, the mask among it.
    encoder
        Layers among tokens of a step or a patch of steps.
    likelihood
        What each value is drawn from.
    stretch
        Steps of a stretch: whole tokens.
    n_masks
        One of so many stretches is hidden at a time.

    Examples
    --------
    >>> from attime.nn.networks.detection import MaskedTransformer
    >>> network = MaskedTransformer(d_model=8, n_heads=2, patch=4).build(n_channels=2, n_steps=20).eval()
    >>> output = network(torch.randn(3, 2, 20), torch.ones(3, 2, 20, dtype=torch.bool))
    >>> output.prediction.shape, output.maps[0].weights.shape  # case, head, query, key
    (torch.Size([3, 2, 20]), torch.Size([3, 2, 5, 5]))
    """

    def __init__(
        self, embedding: Embedding, encoder: TransformerEncoder, likelihood: Likelihood, *, stretch: int, n_masks: int
    ) -> None:
        super().__init__()
        self.embedding, self.encoder, self.likelihood = embedding, encoder, likelihood
        self.stretch, self.n_masks = stretch, n_masks

    def forward(
        self, values: Float[Tensor, "case channel time"], observed: Bool[Tensor, "case channel time"]
    ) -> Reconstruction:
        """Fill in some stretches in training, each of them in turn afterwards; see `Reconstructing.forward`."""
        within, steps = until_last(observed), torch.arange(values.shape[2], device=values.device)
        if self.training:
            n_cases, longest = whole_size(len(values)), self.stretch * self.n_masks
            shift = own_rows(torch.randint(longest, (n_cases, 1), device=values.device))
            hidden = (self._turn(steps + shift) == 0).unsqueeze(1).expand_as(observed)
            encoded = self.encoder(self.embedding(values, observed & ~hidden), within)
            distribution = self.likelihood(encoded.tokens, len(steps))
            return Reconstruction(
                distribution.mean, encoded.maps, encoded.terms, distribution=distribution, hidden=hidden
            )
        seen = torch.cat([observed & (self._turn(steps) != turn) for turn in range(self.n_masks)])
        encoded = self.encoder(self.embedding(values.repeat(self.n_masks, 1, 1), seen), within.repeat(self.n_masks, 1))
        turns = self._turn(steps[:: self.encoder.stride])  # of the tokens
        distribution = self.likelihood(_when_hidden(encoded.tokens, turns, self.n_masks, axis=1), len(steps))
        maps = tuple(replace(each, source=partial(self._map_when_hidden, each, turns)) for each in encoded.maps)
        return Reconstruction(distribution.mean, maps, distribution=distribution)

    def _turn(self, steps: Int[Tensor, "*case time"]) -> Int[Tensor, "*case time"]:
        """Return in which pass each step is hidden."""
        return steps // self.stretch % self.n_masks

    def _map_when_hidden(
        self, every: AttentionMap, turns: Int[Tensor, " token"]
    ) -> Float[Tensor, "case head query key"]:
        return _when_hidden(every.weights, turns, self.n_masks, axis=every.axes.index("query"))


def _when_hidden(
    passes: Float[Tensor, "pass_and_case ..."], turns: Int[Tensor, " token"], n_masks: int, *, axis: int
) -> Float[Tensor, "case ..."]:
    """Return for each token, which stand on an axis of that number, what it was in the pass in which it was hidden."""
    by_token = passes.unflatten(0, (n_masks, -1)).movedim(axis + 1, 1)
    return by_token[turns, torch.arange(len(turns), device=turns.device)].movedim(0, axis)
