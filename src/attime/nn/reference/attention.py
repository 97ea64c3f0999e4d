"""Attention of windows to the windows of the training part: energy = distance, and only the nearest are looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from attime.nn.reference.seen import Near, Seen, mean_of_known
from attime.nn.reference.views import CENTRED, VIEWS

CHUNK = 512  # windows that ask at once: the distances to all keys then stay in the cache


class ReferenceAttention(nn.Module):
    """weights = softmax(−d² / 2τ²) among the k nearest keys, and what they attend to is what would have been normal.

    Query and keys are windows, d the distance of a window to a key in a view; τ is the distance of the nearest, so that
    keys twice as far weigh e^(−1.5) of it. Channels are compared one by one, and all of them jointly.

    Parameters
    ----------
    n_keys, n_channels, window
        Size of the keys.
    views
        Names in ``VIEWS``.
    n_nearest
        Keys that are looked at.

    Examples
    --------
    >>> attention = ReferenceAttention(2, 1, 3, n_nearest=1)
    >>> attention.keys.copy_(torch.tensor([[[0.0, 1.0, 0.0]], [[2.0, 2.0, 2.0]]])) is attention.keys
    True
    >>> attention(torch.tensor([[[0.0, 1.0, 0.6]]])).shape  # one window, one channel, four views
    torch.Size([1, 1, 4])
    """

    keys: Float[Tensor, "key channel step"]
    present: Bool[Tensor, "key channel step"]
    starts: Int[Tensor, " key"]
    owners: Int[Tensor, " key"]

    def __init__(
        self, n_keys: int, n_channels: int, window: int, *, views: Sequence[str] = tuple(VIEWS), n_nearest: int = 3
    ) -> None:
        super().__init__()
        self.views, self.n_nearest = tuple(views), n_nearest
        self._made: tuple[tuple[int, int, int], list[list[Seen]]] | None = None
        self.register_buffer("keys", torch.zeros(n_keys, n_channels, window))
        self.register_buffer("present", torch.ones(n_keys, n_channels, window, dtype=torch.bool))
        self.register_buffer("starts", torch.zeros(n_keys, dtype=torch.long))
        self.register_buffer("owners", torch.zeros(n_keys, dtype=torch.long))

    @property
    def window(self) -> int:
        """Steps of a window."""
        return self.keys.shape[-1]

    @property
    def n_channels(self) -> int:
        """Channels of a window."""
        return self.keys.shape[1]

    @property
    def n_groups(self) -> int:
        """What is compared by itself: each channel, and all of them jointly if there are several."""
        return self.n_channels + (self.n_channels > 1)

    @torch.no_grad()
    def forward(
        self,
        windows: Float[Tensor, "window channel step"],
        present: Bool[Tensor, "window channel step"] | None = None,
        keys: Int[Tensor, " chosen"] | None = None,
    ) -> Float[Tensor, "window group view"]:
        """Return the mean distance to the nearest keys, for each channel and jointly, in each view.

        Parameters
        ----------
        windows, present
            What asks, and which of its steps are there.
        keys
            The keys that may answer; all if not given.

        Returns
        -------
        Tensor
            In units of the series; NaN where no key has half of the steps of the window.
        """
        present = torch.ones((), dtype=torch.bool).expand(windows.shape) if present is None else present
        parts = self._all_keys() if keys is None else [self._seen(v, self.keys, self.present, keys) for v in self.views]
        found = windows.new_empty(len(windows), self.n_groups, len(self.views))
        for start in range(0, len(windows), CHUNK):
            own = slice(start, start + CHUNK)
            for number, (view, key) in enumerate(zip(self.views, parts, strict=True)):
                query = self._seen(view, windows[own], present[own])
                for group, near in enumerate(self._nearest(query, key)):
                    known = near.squares.isfinite()
                    distances = near.squares.sqrt().masked_fill(~known, 0)
                    found[own, group, number] = distances.sum(1) / known.sum(1)  # 0 / 0 where there is none
        return found

    @torch.no_grad()
    def attend(
        self,
        windows: Float[Tensor, "window channel step"],
        present: Bool[Tensor, "window channel step"] | None = None,
        *,
        view: str = "level",
    ) -> Attending:
        """Return which keys are attended to by all channels jointly, and what they come to.

        Parameters
        ----------
        windows, present
            What asks, and which of its steps are there.
        view
            By which windows are compared.
        """
        present = torch.ones_like(windows, dtype=torch.bool) if present is None else present
        query, key = self._seen(view, windows, present), self._seen(view, self.keys, self.present)
        *_, near = self._nearest(query, key)
        unit = near.squares[:, :1].clamp(min=1e-12)
        weights = (-near.squares / (2 * unit)).softmax(-1).nan_to_num()  # NaN where no key has enough in common
        there = weights[..., None, None] * self.present[near.keys]
        context = (there * self.keys[near.keys]).sum(1) / there.sum(1)  # NaN where none of these keys has the step
        return Attending(weights, near.keys, context)

    def _all_keys(self) -> list[list[Seen]]:
        """Return all keys in each view, made anew only if they have changed: a stream asks all the time."""
        version = (self.keys.data_ptr(), self.keys._version, self.present._version)
        if self._made is None or self._made[0] != version:
            self._made = version, [self._seen(view, self.keys, self.present) for view in self.views]
        return self._made[1]

    def _seen(self, view: str, windows: Tensor, present: Tensor, chosen: Tensor | None = None) -> list[Seen]:
        """Return each channel in a view."""
        if chosen is not None:
            windows, present = windows[chosen], present[chosen]
        return [
            Seen(*VIEWS[view](windows[:, channel], present[:, channel]), view in CENTRED)
            for channel in range(self.n_channels)
        ]

    def _nearest(self, query: Sequence[Seen], key: Sequence[Seen]) -> Iterator[Near]:
        """Go through the keys nearest in each channel, then those nearest in all jointly: by the mean over channels."""
        every = []
        for own, other in zip(query, key, strict=True):
            squares = own.squares(other)
            yield self._looked_at([own], [other], squares)
            every.append(squares)
        if len(every) > 1:
            yield self._looked_at(query, key, mean_of_known(every))

    def _looked_at(self, query: Sequence[Seen], key: Sequence[Seen], squares: Tensor) -> Near:
        """Return the nearest keys with their exact distances: a difference of large products is not one near zero."""
        near = squares.topk(min(self.n_nearest, squares.shape[1]), dim=1, largest=False)
        exact = torch.stack([own.difference(other, near.indices) for own, other in zip(query, key, strict=True)])
        return Near(near.indices, exact.nanmean(0).masked_fill(near.values.isinf(), torch.inf))


@dataclass(frozen=True, eq=False)
class Attending:
    """Which keys windows attend to.

    Attributes
    ----------
    weights
        How much each of the nearest keys counts, of shape (window, nearest); they sum to one.
    keys
        Which keys these are.
    context
        The weighted mean of the keys, of shape (window, channel, step): what would have been normal.
    """

    weights: Float[Tensor, "window nearest"]
    keys: Int[Tensor, "window nearest"]
    context: Float[Tensor, "window channel step"]
