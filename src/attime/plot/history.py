"""The course of a training: loss on the training and the validation cases, and the epoch whose weights were kept."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from attime.errors import DataError
from attime.plot.canvas import new_axes
from attime.plot.style import BLUE, CHANCE, VERMILLION, tidy


@runtime_checkable
class HasHistory(Protocol):
    """What a training leaves behind; every array has one number for each epoch, or none at all."""

    @property
    def train_loss(self) -> Float[np.ndarray, " epoch"]:
        """Mean loss on the training cases."""

    @property
    def validation_loss(self) -> Float[np.ndarray, " validated"]:
        """Mean loss on the validation cases; empty if there were none."""

    @property
    def learning_rate(self) -> Float[np.ndarray, " stepped"]:
        """Step size."""

    @property
    def best_epoch(self) -> int:
        """Index of the epoch whose weights were kept, counted from 0."""


def plot_history(history: HasHistory, *, ax: Axes | None = None) -> Axes:
    """Draw the losses of every epoch, and mark the best one if there were validation cases to tell it by.

    What was fitted at once has no epochs: its loss is that of cases left out.

    The losses are drawn on a logarithmic axis if the largest is more than thirty times the smallest. The learning rate
    has an axis on the right if it changes. Epochs are counted from 1.

    Parameters
    ----------
    history
        Of a finished training, such as ``clf.history_``.
    ax
        Where to draw; a new figure by default, to be had as ``ax.figure``.

    Raises
    ------
    DataError
        If there are no epochs.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> history = SimpleNamespace(
    ...     train_loss=np.array([0.7, 0.4, 0.2]), validation_loss=np.array([0.7, 0.5, 0.6]),
    ...     learning_rate=np.full(3, 1e-3), best_epoch=1,
    ... )
    >>> [text.get_text() for text in plot_history(history).get_legend().get_texts()]
    ['training', 'validation', 'best epoch: 2']
    """
    n_epochs = len(history.train_loss)
    if n_epochs == 0:
        raise DataError("the history has no epochs, so there is nothing to draw; train for at least one")
    if ax is None:
        ax = new_axes(width=5.6, height=3.4)
    if getattr(history, "ended", "") == "at once":
        return _draw_left_out(ax, history)
    size = 3.5 if n_epochs <= 60 else 0.0
    _draw(ax, history.train_loss, color=BLUE, dash="-", marker="o", size=size, label="training")
    if len(history.validation_loss):
        _draw(ax, history.validation_loss, color=VERMILLION, dash="--", marker="s", size=size, label="validation")
        best = history.best_epoch
        ax.axvline(best + 1, color=CHANCE, linewidth=0.8, linestyle=":", zorder=1)
        ax.plot(
            best + 1, history.validation_loss[best], color="black", marker="*", markersize=12, linestyle="none",
            zorder=4, label=f"best epoch: {best + 1}",
        )  # fmt: skip
    losses = np.concatenate([history.train_loss, history.validation_loss])
    losses = losses[np.isfinite(losses)]
    if len(losses) and losses.min() > 0 and losses.max() > 30 * losses.min():
        ax.set_yscale("log")
    ax.set(xlabel="epoch", ylabel="loss")
    ax.set_xlim(0.5, n_epochs + 0.5)
    ax.xaxis.set_major_locator(MaxNLocator(steps=[1, 2, 5, 10], integer=True))
    tidy(ax)
    _draw_learning_rate(ax, history.learning_rate)
    ax.legend(frameon=False, loc="best")
    return ax


def _draw(
    ax: Axes, losses: Float[np.ndarray, " epoch"], *, color: str, dash: str, marker: str, size: float, label: str
) -> None:
    epochs = np.arange(1, len(losses) + 1)
    ax.plot(epochs, losses, color=color, linestyle=dash, marker=marker, markersize=size, linewidth=1.4, label=label)


def _draw_left_out(ax: Axes, history: HasHistory) -> Axes:
    """Draw the one loss of a fit without epochs, across the axes."""
    loss = float(history.validation_loss[0])
    ax.axhline(loss, color=VERMILLION, linestyle="--", linewidth=1.4, label=f"cases left out: {loss:.3g}")
    ax.set(xlabel="fitted at once, without epochs", ylabel="loss", xticks=[])
    tidy(ax)
    ax.legend(frameon=False, loc="best")
    return ax


def _draw_learning_rate(ax: Axes, rates: Float[np.ndarray, " epoch"]) -> None:
    if len(np.unique(rates)) < 2:
        return
    twin = ax.twinx()
    twin.step(np.arange(1, len(rates) + 1), rates, where="mid", color=CHANCE, linestyle="-.", linewidth=1.0)
    twin.set_ylabel("learning rate (dash-dotted)", color=CHANCE)
    twin.set_ylim(0, None)
    twin.spines["top"].set_visible(False)
    # The losses stay in front.
    ax.set_zorder(twin.get_zorder() + 1)
    ax.patch.set_visible(False)
