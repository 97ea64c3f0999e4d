"""The only training loop: epochs of updates, the best epoch kept, an early end when nothing improves."""

from __future__ import annotations

import copy
import math
import time
import warnings

import numpy as np
import torch
from torch import nn

from attime.errors import OptionError
from attime.training.cases import Batches, n_batches
from attime.training.checkpoint import slot_for
from attime.training.compiled import compiled
from attime.training.device import find_device, generators_of, set_generators
from attime.training.fingerprint import fingerprint_of_training
from attime.training.history import Ended, History
from attime.training.objectives import Loss
from attime.training.options import TrainingOptions
from attime.training.processes import from_first, several
from attime.training.progress import progress_bar
from attime.training.shares import begin_alike
from attime.training.state import ended_state, restore
from attime.training.state_file import under
from attime.training.updates import Training, announce_end

PROBED = 3  # updates by which is measured how long one takes
SAFETY = 0.9  # of the time there is, for updates; the rest for validation
FEWEST_AND_MOST_EPOCHS = (2, 75)


class TrainingInterruptedWarning(UserWarning):
    """Training was stopped by the user; the best network so far is kept."""


def train(
    network: nn.Module,
    training: Batches,
    validation: Batches | None = None,
    *,
    loss: Loss,
    options: TrainingOptions,
) -> History:
    """Train `network` in place; it ends with the weights of its best epoch, on the device of `options`.

    The best epoch is the one with the lowest validation loss; the last one where there are no validation cases.
    Ctrl-C ends training with a warning and keeps the best weights so far, once an epoch is complete. Randomness comes
    from torch's generator, which the caller seeds. Within `checkpointing`, a training that was killed goes on.

    Raises
    ------
    TrainingError
        If the loss is no longer a finite number.
    OptionError
        If time is limited and the network is to be compiled.
    """
    if options.compiled and options.max_seconds is not None:
        raise OptionError(
            f"compiled=True arrived with max_seconds={options.max_seconds:g}, of which compiling may take all; leave "
            "out one of them"
        )
    device = find_device(options.device)
    network.to(device)
    begin_alike(network, training, device)
    start = time.perf_counter()
    slot = slot_for(
        lambda: fingerprint_of_training(network, training, validation, loss=loss, options=options, device=device)
    )
    if (state := from_first(slot.ended())) is not None:
        set_generators(state.part("random"), device)
        announce_end(state.told["history"]["best_epoch"], state.told["history"]["ended"])
        return restore(network, state)
    state = from_first(slot.standing())
    n_updates = (
        state.told["n_updates"] if state else _n_updates(network, training, loss=loss, options=options, device=device)
    )
    run = Training(
        network, training, validation, loss=loss, options=options, device=device, n_updates=n_updates, slot=slot
    )
    run.start = start
    if state is not None:
        run.resume(state)
    run.deadline = run.start + (options.max_seconds or math.inf)
    ended: Ended = "finished"
    with (
        progress_bar("training", run.updates_left, show=options.progress) as tick,
        compiled(network, options.compiled),
        slot.training(),
    ):
        try:
            while run.goes_on:
                run.epoch(tick)
                if run.out_of_patience:
                    ended = "patience"
                    break
                if run.out_of_time:
                    ended = "out of time"
                    break
        except KeyboardInterrupt:
            if not run.records or several() is not None:
                raise  # nothing has been learnt that could be kept, or others may have come to another place
            ended = "interrupted"
            slot.interrupted()
            warnings.warn(
                f"training was interrupted after {len(run.records)} epochs; the best so far is kept",
                TrainingInterruptedWarning,
                stacklevel=2,
            )
    history = run.finish(ended)
    slot.finish(lambda: ended_state(network, history).with_tensors(under("random", generators_of(device))))
    return history


def _n_updates(
    network: nn.Module, training: Batches, *, loss: Loss, options: TrainingOptions, device: torch.device
) -> int:
    """Return how many updates are to be made, if nothing ends the training before."""
    n_epochs = options.max_epochs or _epochs_for(len(training), options)
    n_updates = n_epochs * n_batches(len(training), options.batch_size)
    if options.max_seconds is None:
        return n_updates
    return min(n_updates, _affordable(network, training, loss=loss, options=options, device=device))


def _affordable(
    network: nn.Module, training: Batches, *, loss: Loss, options: TrainingOptions, device: torch.device
) -> int:
    """Return for how many updates there is time, by how long the first few take on a copy; at least one."""
    assert options.max_seconds is not None
    trial = Training(
        copy.deepcopy(network), training, None, loss=loss, options=options, device=device, n_updates=PROBED
    )
    start = time.perf_counter()
    trial.update_all(lambda message: None)
    spent = time.perf_counter() - start
    made = PROBED - trial.updates_left  # an epoch may be shorter than that
    return from_first(max(1, int((options.max_seconds - spent) * SAFETY * made / spent)))


def _epochs_for(n_cases: int, options: TrainingOptions) -> int:
    return int(np.clip(round(options.cases_shown / n_cases), *FEWEST_AND_MOST_EPOCHS))
