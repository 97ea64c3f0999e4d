"""What would have been normal: windows are completed from what of them is usual, and then compared with that."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, Float64
from torch import Tensor

from attime.estimators.detection.scoring import Values, at, over_steps, starts_of, windows_of
from attime.estimators.detection.together import Together
from attime.nn.reconstruction import Reconstructing
from attime.nn.reference import ReferenceAttention, squared_distances

OVERLAP = 16  # windows that cover a step
LOOKS = 3
UNUSUAL = 4.0  # squared difference, in units of what is usual, from which a value is hidden at the next look
HALF = 0.5  # of the largest at the same step: the worst channels are hidden first, lest they make others suspicious
SAMPLES = 256
CHUNK = 512
AROUND = 7  # steps, that a step is seen beside
BEST_FIT = 0.1  # added to misfits, so that one window that fits exactly does not silence the others


class Expected(NamedTuple):
    """What would have been normal, on the scale of the keys, and how far the series is from that.

    Attributes
    ----------
    values
        NaN where nothing can be said.
    aside
        Which values of the series the keys were not asked about in the end: they are far from what is normal.
    relevance
        Squared differences in units of what is usual; NaN where a value is missing.
    """

    values: Values
    aside: Bool[np.ndarray, "channel time"]
    relevance: Values


@torch.no_grad()
def expected_by_keys(attention: ReferenceAttention, values: Values, usual: Float64[np.ndarray, " group"]) -> Expected:
    """Return what reference attention expects at every step.

    A fault would choose keys that resemble the fault. So there are several looks: what was far from expected at one is
    hidden at the next, as if it were missing, and the keys answer to what is left. Each channel asks by its own
    distance and by that of all channels jointly, each in units of what is usual: if channels belong together, the
    others tell what this one should have been, and if not, their distances hardly differ from key to key, and it tells
    by itself. Of the windows that cover a step, those count most that show most and fit best where they show something.
    In the end the other channels tell what no key knows, such as clouds: see `Together`.

    Parameters
    ----------
    attention
        The keys.
    values
        The series on the scale of the keys, NaN where missing.
    usual
        What distance from keys is usual for each channel, and for all jointly.
    """
    window, unit = attention.window, usual[: len(values)]
    windows, present = windows_of(values, window)
    starts = starts_of(len(windows), max(1, window // OVERLAP))
    windows, present = at(windows, present, starts)
    units = torch.from_numpy(unit).float()[:, None]
    together = _by_other_keys(attention, usual)
    hidden, seen = np.zeros(values.shape, dtype=bool), present
    context, weight = torch.zeros(windows.shape), torch.zeros(windows.shape[:2])
    for look in range(LOOKS):
        before, seen = seen, present & at(*windows_of(np.where(hidden, np.nan, 0.0), window), starts)[1]
        anew = torch.ones(len(windows), dtype=torch.bool) if look == 0 else (seen != before).flatten(1).any(1)
        for own in torch.nonzero(anew).flatten().split(CHUNK):
            shown = seen[own]
            context[own] = _completed(attention, windows[own], shown, torch.from_numpy(usual).float())
            unlike = ((windows[own] - context[own]) / units).square().masked_fill(~shown, 0)
            misfit = unlike.sum(2) / shown.sum(2)
            weight[own] = (shown.float().mean(2) / (misfit + BEST_FIT)).nan_to_num()
        expected = _over_steps(context, weight, starts, max(values.shape[1], window))[:, : values.shape[1]]
        apart = values - expected
        by_others, share = together.others_tell(np.nan_to_num(apart), np.isfinite(apart) & ~hidden)
        squares = np.square((apart - by_others) / unit[:, np.newaxis]) / share
        hidden = (squares > UNUSUAL) & (squares > HALF * np.nan_to_num(squares).max(0))
    return Expected(expected + by_others, hidden, _beside_neighbours(squares))


def _by_other_keys(attention: ReferenceAttention, usual: Float64[np.ndarray, " group"]) -> Together:
    """Learn how channels depart together, from keys that are completed from other keys."""
    own = torch.linspace(0, len(attention.keys) - 1, min(SAMPLES, len(attention.keys))).round().long().unique()
    near = (attention.starts[own, None] - attention.starts).abs() < attention.window
    same = near & (attention.owners[own, None] == attention.owners)
    windows, present = attention.keys[own], attention.present[own]
    context = _completed(attention, windows, present, torch.from_numpy(usual).float(), apart_from=same)
    differences = (windows - context).masked_fill(~present, torch.nan).transpose(0, 1).flatten(1)
    return Together.fit(differences.double().numpy())


def _beside_neighbours(squares: Values) -> Values:
    """Return the geometric mean of what each step has and what the steps around it have on average.

    A fault crosses what is normal now and then, and noise is far from it now and then: neighbours tell them apart.

    Examples
    --------
    >>> _beside_neighbours(np.array([[0.0, 0.0, 0.0, 7.0, 0.0]])).round(3)
    array([[0. , 0. , 0. , 3.5, 0. ]])
    """
    known = np.isfinite(squares)
    around = np.ones(min(AROUND, squares.shape[1]))
    sums, counts = (
        np.stack([np.convolve(row, around, "same") for row in part])
        for part in (np.where(known, squares, 0.0), known.astype(np.float64))
    )
    return np.where(known, np.sqrt(squares * sums / np.maximum(counts, 1)), np.nan)


def _completed(
    attention: ReferenceAttention,
    windows: Tensor,
    shown: Tensor,
    usual: Float[Tensor, " group"],
    apart_from: Tensor | None = None,
) -> Float[Tensor, "window channel step"]:
    """Return what the keys nearest to what is shown come to, in each channel."""
    zeroed = windows.masked_fill(~shown, 0)
    n_channels = windows.shape[1]
    squares = torch.stack(
        [
            squared_distances(zeroed[:, one], shown[:, one], attention.keys[:, one], attention.present[:, one])
            for one in range(n_channels)
        ]
    )
    known = squares.isfinite()
    squares.masked_fill_(~known, 0)
    joint = (squares.sum(0) / known.sum(0) / usual[-1].square()).nan_to_num(torch.inf)
    context = torch.full_like(windows, torch.nan)
    for channel in range(n_channels):
        energy = joint + squares[channel] / usual[channel].square()
        if apart_from is not None:
            energy = energy.masked_fill(apart_from, torch.inf)
        near = energy.topk(min(attention.n_nearest, len(attention.keys)), largest=False)
        weights = (-near.values / (2 * near.values[:, :1].clamp(min=1e-12))).softmax(-1).unsqueeze(-1)
        there = attention.present[near.indices, channel] * weights
        total = (attention.keys[near.indices, channel] * there).sum(1)
        context[:, channel] = total / there.sum(1)
    return context


@torch.no_grad()
def expected_by_network(network: Reconstructing, values: Values, window: int, stride: int, batch: int = 256) -> Values:
    """Return the mean over the windows that cover a step of what a network writes there."""
    windows, present = windows_of(values, window)
    starts = starts_of(len(windows), stride)
    windows, present = at(windows, present, starts)
    parts = [network(*both).prediction for both in zip(windows.split(batch), present.split(batch), strict=True)]
    context = torch.cat(parts)
    return _over_steps(context, torch.ones(context.shape[:2]), starts, max(values.shape[1], window))[
        :, : values.shape[1]
    ]


def _over_steps(
    context: Float[Tensor, "window channel step"],
    weight: Float[Tensor, "window channel"],
    starts: np.ndarray,
    n_steps: int,
) -> Values:
    """Give every step the weighted mean of the windows that cover it; NaN where none can say anything."""
    known = (context.isfinite() & (weight > 0).unsqueeze(-1)).transpose(1, 2)
    weights = torch.where(known, weight.unsqueeze(1), torch.nan)
    weighted = weights * context.transpose(1, 2)
    above, below = (
        over_steps(part.double().numpy()[..., np.newaxis], starts, n_steps, context.shape[2])[..., 0].T
        for part in (weighted, weights)
    )
    return above / below
