"""How to train: every choice of the training loop in one dataclass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from attime.options import Count, NonNegative, Options, PositiveNumber, Share


@dataclass
class TrainingOptions(Options):
    """Options of training.

    Parameters
    ----------
    max_epochs
        Passes over the training cases at most. If not given, as many as show about `cases_shown` cases in all, but
        2 at least and 75 at most: few passes over many cases, many passes over few.
    cases_shown
        Cases to be shown in all when `max_epochs` is not given, each counted as often as it is shown.
    batch_size
        Cases for each update. If not given, 64; a set of few cases is cut into eight batches, of eight cases at least.
    learning_rate
        Of AdamW (Loshchilov & Hutter 2019); the highest one, where `schedule` changes it.
    weight_decay
        Of AdamW. Without it AdamW is Adam.
    schedule
        ``"one_cycle"`` (Smith & Topin 2019: up, then down to zero) or ``"constant"``.
    patience
        Stop after so many epochs without a lower validation loss; never if None, as suits a schedule whose last
        epochs are its best. The best epoch is kept in any case.
    validation_share
        Share of the training cases held out to choose the best epoch. If not given, a tenth where that is 30 cases
        or more, else none. Not used where `fit` is handed validation cases.
    clip_norm
        Longest gradient allowed, as a norm over all weights; None for no limit.
    local
        How much it costs if what a classifier says of some steps changes when others are hidden; see
        ``attime.training.LocalAndComplete``. 0 asks nothing of the kind.
    complete
        How much it costs if a classifier is wrong when it sees the evidence of some tokens only; 0 as above.
    hidden_share
        Share of the steps hidden for `local`.
    max_seconds
        Stop after so long, and keep the best epoch so far; a schedule is made as long as time allows.
    precision
        ``"fp32"`` or ``"bf16"`` (autocast).
    compiled
        Compile the encoder for as long as it is trained (``torch.compile``), which takes up to a minute at first; meant
        for graphics cards, for on a processor it gains nothing. Needs a C++ compiler. Not with `max_seconds`.
    device
        ``"auto"`` (a GPU where there is one), ``"cpu"``, ``"cuda"``, ``"cuda:1"``, …
    progress
        Draw a progress bar: True, False or ``"auto"`` (only in a terminal).

    Examples
    --------
    >>> TrainingOptions(max_epochs=3).max_epochs
    3
    """

    max_epochs: Count | None = None
    cases_shown: Count = 15_000
    batch_size: Count | None = None
    learning_rate: PositiveNumber = 8e-3
    weight_decay: NonNegative = 1e-2
    schedule: Literal["one_cycle", "constant"] = "one_cycle"
    patience: Count | None = None
    validation_share: Share | None = None
    clip_norm: PositiveNumber | None = 1.0
    local: NonNegative = 0.0
    complete: NonNegative = 0.0
    hidden_share: Share = 0.5
    max_seconds: PositiveNumber | None = None
    precision: Literal["fp32", "bf16"] = "fp32"
    compiled: bool = False
    device: str = "auto"
    progress: bool | Literal["auto"] = "auto"
