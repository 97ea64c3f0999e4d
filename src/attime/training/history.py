"""What happened in training, epoch by epoch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float

Ended = Literal["finished", "patience", "interrupted", "out of time", "at once"]
COLUMNS = ("train_loss", "validation_loss", "learning_rate", "seconds")  # of each epoch


@dataclass(frozen=True, eq=False)
class History:
    """The course of a training.

    Attributes
    ----------
    train_loss, validation_loss
        Mean loss of each epoch; `validation_loss` is empty if nothing was held out.
    learning_rate
        At the end of each epoch.
    seconds
        Of each epoch, validation included.
    best_epoch
        The epoch whose weights were kept, counted from 0.
    ended
        ``"finished"``, ``"patience"`` (no better validation loss for long), ``"interrupted"`` (by the user),
        ``"out of time"``, or ``"at once"``: in closed form, with no epochs, and with one loss, that of cases left out.
    """

    train_loss: Float[np.ndarray, " epoch"]
    validation_loss: Float[np.ndarray, " validated"]
    learning_rate: Float[np.ndarray, " epoch"]
    seconds: Float[np.ndarray, " epoch"]
    best_epoch: int
    ended: Ended

    @property
    def n_epochs(self) -> int:
        """Number of epochs that were run; none in a fit in closed form."""
        return 0 if self.ended == "at once" else len(self.train_loss)
