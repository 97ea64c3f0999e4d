"""A family of codebooks: one view, several dilations, counted over stretches of the series."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from attime.nn.dictionary.asked import Asked
from attime.nn.dictionary.codebook import Codebook


class Family(nn.Module):
    """How often each code is chosen in each of `n_stretches` equal parts of a series, and what each is worth.

    Parameters
    ----------
    view
        A name in ``VIEWS``.
    codebooks
        Asked about that view, one after the other.
    n_stretches
        Parts of a series that are counted apart; codes then can mean different things early and late.
    n_channels, n_classes
        Sizes.
    """

    def __init__(
        self, view: str, codebooks: Sequence[Codebook], *, n_stretches: int, n_channels: int, n_classes: int
    ) -> None:
        super().__init__()
        self.view, self.n_stretches, self.n_classes = view, n_stretches, n_classes
        self.codebooks: Iterable[Codebook] = nn.ModuleList(codebooks)  # type: ignore[assignment]
        self.worth = nn.ParameterList(
            nn.Parameter(torch.zeros(n_channels, book.n_books, n_stretches * book.n_codes, n_classes), False)
            for book in codebooks
        )

    def seen(self, asked: Asked) -> Asked:
        """Return the series as this family looks at them."""
        return asked

    def learn(self, parts: Sequence[Asked]) -> None:
        """Let every codebook learn what it has to know from training cases, labels apart; some at a time."""
        views = [(part.view(self.view), part.counted) for part in map(self.seen, parts)]
        for book in self.codebooks:
            book.learn(views)

    def shares(self, asked: Asked) -> Iterator[Float[Tensor, "case channel book word"]]:
        """Yield for each codebook how often each word is chosen, as a share of the steps of its stretch.

        A word is a code in a stretch: those of the first stretch come first.
        """
        asked = self.seen(asked)
        n_steps = asked.n_steps(self.n_stretches).clamp(min=1)[:, :, None, :, None]
        for book, words in self._words(asked):
            found = _histogram(words, asked.counted, self.n_stretches * book.n_codes)
            yield found.unflatten(-1, (self.n_stretches, -1)).div_(n_steps).flatten(-2)

    def features(self, asked: Asked) -> Float[Tensor, "case feature"]:
        """Return what the worth of the words is fitted to: shares, or of ordered codes the shares that lie above each.

        The features of ordered codes change little when a step goes to the next code, so a fit that is held small makes
        the worth of neighbouring codes alike. NaN where no step of a stretch counts: it will say nothing, and so is to
        be fitted as what is usual.
        """
        nothing = (self.seen(asked).n_steps(self.n_stretches) == 0)[:, :, None, :, None]
        parts = []
        for book, words in zip(self.codebooks, self.shares(asked), strict=True):
            shares = words.unflatten(-1, (self.n_stretches, -1)).masked_fill(nothing, torch.nan)
            if book.ordered:
                shares = shares.flip(-1).cumsum(-1)[..., :-1].flip(-1)
            parts.append(shares.flatten(1))
        return torch.cat(parts, 1)

    def put(self, weights: Float[Tensor, "feature class"], mean: Float[Tensor, " feature"]) -> None:
        """Set what words are worth, so that the logits are those of (features − mean) · weights.

        A word then is worth something only against what is chosen in its place on average.
        """
        first = 0
        for book, worth in zip(self.codebooks, self.worth, strict=True):
            shape = (*worth.shape[:2], self.n_stretches, book.n_codes - book.ordered)
            here = slice(first, first + math.prod(shape))
            first = here.stop
            weight, usual = weights[here].unflatten(0, shape), mean[here].unflatten(0, shape).unsqueeze(-1)
            table = F.pad(weight.cumsum(-2), (0, 0, 1, 0)) if book.ordered else weight
            table = table - (weight * usual).sum(-2, keepdim=True)
            worth.copy_((table - table.mean(-1, keepdim=True)).flatten(2, 3))

    def logits(self, asked: Asked) -> Float[Tensor, "case class"]:
        """Return what all words that were chosen are worth, on average over the steps of each stretch."""
        parts = zip(self.shares(asked), self.worth, strict=True)
        return sum(shares.flatten(1) @ worth.flatten(0, 2) for shares, worth in parts)

    def evidence(self, asked: Asked) -> Float[Tensor, "case class channel time"]:
        """Return what the words that each step chose are worth; summed over channel and time, these are the logits."""
        asked = self.seen(asked)
        per_step = self._per_step(asked).unsqueeze(-1)
        found = per_step.new_zeros(per_step.numel(), self.n_classes)
        for (book, words), worth in zip(self._words(asked), self.worth, strict=True):
            rows, n_words = worth.flatten(0, 2), worth.shape[2]
            first = torch.arange(len(rows) // n_words, dtype=torch.int32, device=rows.device).mul_(n_words)
            places = words.add_(first.view(words.shape[1], book.n_books, 1)).mT.flatten(0, 2)
            if torch.compiler.is_exporting():  # the same, in operators that other engines have
                found = found + F.embedding(places, rows).sum(1)
            else:
                found = found + F.embedding_bag(places, rows, mode="sum")
        return (found.view(*per_step.shape[:-1], -1) * per_step).permute(0, 3, 1, 2)

    def _words(self, asked: Asked) -> Iterator[tuple[Codebook, Int[Tensor, "case channel book time"]]]:
        view, stretch = asked.view(self.view), asked.stretch(self.n_stretches)[:, None, None].int()
        for book in self.codebooks:
            codes = book(view)
            yield book, codes if self.n_stretches == 1 else codes.add_(stretch * book.n_codes)

    def _per_step(self, asked: Asked) -> Float[Tensor, "case channel time"]:
        """Return the part of a share that each step makes up: one by the number of steps counted in its stretch."""
        stretch = asked.stretch(self.n_stretches).unsqueeze(1).expand_as(asked.counted)
        return asked.counted / asked.n_steps(self.n_stretches).clamp(min=1).gather(2, stretch)


def _histogram(
    words: Int[Tensor, "case channel book time"], counted: Bool[Tensor, "case channel time"], n_words: int
) -> Float[Tensor, "case channel book word"]:
    """Count words; those of steps that do not count go to a place of their own, which is thrown away.

    Examples
    --------
    >>> words = torch.tensor([[[[0, 1, 1, 0]]]], dtype=torch.int32)
    >>> _histogram(words, torch.tensor([[[True, True, True, False]]]), 2).tolist()
    [[[[1.0, 2.0]]]]
    """
    rows = words.shape[:3]
    first = torch.arange(rows.numel(), dtype=torch.int32, device=words.device).mul_(n_words).view(*rows, 1)
    places, n_places = words + first, rows.numel() * n_words
    if not counted.all():
        places.masked_fill_(~counted.unsqueeze(2), n_places)
    return torch.bincount(places.flatten(), minlength=n_places)[:n_places].view(*rows, n_words).float()
