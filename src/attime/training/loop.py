"""The only training loop: epochs of updates, the best epoch kept, an early end when nothing improves."""

from __future__ import annotations

import copy
import math
import time
import warnings
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from attime.errors import TrainingError
from attime.training.cases import Batches, n_batches
from attime.training.device import autocast, find_device
from attime.training.history import History
from attime.training.objectives import Loss, Objective, Plain, objective_of
from attime.training.options import TrainingOptions
from attime.training.progress import Tick, progress_bar
from attime.training.run import PREDICTION_BATCH

PROBED = 3  # updates by which is measured how long one takes
SAFETY = 0.9  # of the time there is, for updates; the rest for validation
FEWEST_AND_MOST_EPOCHS = (2, 75)
Ended = Literal["finished", "patience", "interrupted", "out of time"]


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
    from torch's generator, which the caller seeds.

    Raises
    ------
    TrainingError
        If the loss is no longer a finite number.
    """
    device = find_device(options.device)
    network.to(device)
    start = time.perf_counter()
    n_updates = (options.max_epochs or _epochs_for(len(training), options)) * n_batches(
        len(training), options.batch_size
    )
    if options.max_seconds is not None:
        n_updates = min(n_updates, _affordable(network, training, loss=loss, options=options, device=device))
    run = _Run(network, training, validation, loss=loss, options=options, device=device, n_updates=n_updates)
    run.deadline = start + (options.max_seconds or math.inf)
    ended: Ended = "finished"
    with progress_bar("training", run.n_updates, show=options.progress) as tick:
        try:
            while run.updates_left:
                run.epoch(tick)
                if run.out_of_patience:
                    ended = "patience"
                    break
                if run.out_of_time:
                    ended = "out of time"
                    break
        except KeyboardInterrupt:
            if not run.records:
                raise  # nothing has been learnt that could be kept
            ended = "interrupted"
            warnings.warn(
                f"training was interrupted after {len(run.records)} epochs; the best so far is kept",
                TrainingInterruptedWarning,
                stacklevel=2,
            )
    return run.finish(ended)


class _Run:
    """The state of one training: network, optimiser, schedule, and the best weights so far."""

    def __init__(
        self,
        network: nn.Module,
        training: Batches,
        validation: Batches | None,
        *,
        loss: Loss,
        options: TrainingOptions,
        device: torch.device,
        n_updates: int,
    ) -> None:
        self.network, self.training, self.validation = network, training, validation
        self.objective, self.plain = objective_of(loss, options), Plain(loss)
        self.options, self.device = options, device
        self.n_updates = self.updates_left = n_updates
        self.deadline = math.inf
        self.optimizer = torch.optim.AdamW(
            network.parameters(), lr=options.learning_rate, weight_decay=options.weight_decay, fused=True
        )
        self.scheduler = _schedule(self.optimizer, options, self.n_updates)
        self.records: list[tuple[float, float, float, float]] = []  # train and validation loss, learning rate, seconds
        self.n_epoch = self.best_epoch = 0
        self.best_loss = float("inf")
        self.best_weights: dict[str, Tensor] | None = None

    @property
    def out_of_patience(self) -> bool:
        patience = self.options.patience
        return (
            self.validation is not None and patience is not None and len(self.records) - 1 - self.best_epoch >= patience
        )

    @property
    def out_of_time(self) -> bool:
        return time.perf_counter() >= self.deadline

    def epoch(self, tick: Tick) -> None:
        """Update the weights once for each batch, then see whether the network became better."""
        start, self.n_epoch = time.perf_counter(), len(self.records)
        train_loss = self.update_all(tick)
        validation_loss = self._validate() if self.validation is not None else float("nan")
        rate = self.optimizer.param_groups[0]["lr"]
        self.records.append((train_loss, validation_loss, rate, time.perf_counter() - start))
        if self.validation is None or validation_loss < self.best_loss:
            self.best_epoch, self.best_loss = self.n_epoch, validation_loss
            self.best_weights = copy.deepcopy(self.network.state_dict())

    def finish(self, ended: Ended) -> History:
        """Give the network its best weights, and return what happened."""
        if self.best_weights is not None:
            self.network.load_state_dict(self.best_weights)
        self.network.eval()
        # No loss has told yet what the last update has made of the weights, if there are no validation cases.
        self._finite(sum(float(part.detach().sum()) for part in self.network.parameters()), "sum of the weights")
        columns = np.array(self.records, dtype=np.float64).reshape(-1, 4).T
        return History(
            train_loss=columns[0],
            validation_loss=columns[1] if self.validation is not None else np.empty(0),
            learning_rate=columns[2],
            seconds=columns[3],
            best_epoch=self.best_epoch,
            ended=ended,
        )

    def update_all(self, tick: Tick) -> float:
        """Update the weights once for each batch, as long as updates and time are left, and return the mean loss."""
        self.network.train()
        total, n_seen = torch.zeros((), device=self.device), 0
        best = f", best validation loss {self.best_loss:.4f}" if np.isfinite(self.best_loss) else ""
        for batch in self.training.shuffled_batches(self.options.batch_size, self.device):
            cost = self._cost(batch, self.objective)
            self.optimizer.zero_grad(set_to_none=True)
            (cost.value + cost.surrogate).backward()
            if self.options.clip_norm is not None:
                nn.utils.clip_grad_norm_(self.network.parameters(), self.options.clip_norm)
            self.optimizer.step()
            self.scheduler.step()
            total += cost.value.detach() * len(batch)
            n_seen += len(batch)
            self.updates_left -= 1
            tick(f"epoch {len(self.records) + 1}{best}")
            if not self.updates_left or self.out_of_time:
                break
        return self._finite(total.item() / n_seen, "loss")

    @torch.no_grad()
    def _validate(self) -> float:
        assert self.validation is not None
        self.network.eval()
        batches = self.validation.batches(PREDICTION_BATCH, self.device)
        total = sum(self._cost(batch, self.plain).value.item() * len(batch) for batch in batches)
        return self._finite(total / len(self.validation), "validation loss")

    def _finite(self, loss: float, name: str) -> float:
        if np.isfinite(loss):
            return loss
        raise TrainingError(
            f"the {name} became {loss} in epoch {self.n_epoch + 1}; try a lower learning_rate than "
            f"{self.options.learning_rate}, or clip_norm=1.0"
        )

    def _cost(self, batch: Batches, objective: Objective) -> _Cost:
        with autocast(self.device, self.options.precision):
            charge = objective(self.network, batch)
        value, surrogate = charge.losses.mean(), charge.demands
        for term in charge.terms:
            if term.surrogate:
                surrogate = surrogate + term(charge.losses)
            else:
                value = value + term(charge.losses)
        return _Cost(value, surrogate)


@dataclass(frozen=True, eq=False)
class _Cost:
    """What a batch costs, and what is added for the sake of its gradient alone, which no history tells of."""

    value: Float[Tensor, ""]
    surrogate: Float[Tensor, ""]


def _affordable(
    network: nn.Module, training: Batches, *, loss: Loss, options: TrainingOptions, device: torch.device
) -> int:
    """Return for how many updates there is time, by how long the first few take on a copy; at least one."""
    assert options.max_seconds is not None
    trial = _Run(copy.deepcopy(network), training, None, loss=loss, options=options, device=device, n_updates=PROBED)
    start = time.perf_counter()
    trial.update_all(lambda message: None)
    spent = time.perf_counter() - start
    made = PROBED - trial.updates_left  # an epoch may be shorter than that
    return max(1, int((options.max_seconds - spent) * SAFETY * made / spent))


def _epochs_for(n_cases: int, options: TrainingOptions) -> int:
    return int(np.clip(round(options.cases_shown / n_cases), *FEWEST_AND_MOST_EPOCHS))


def _schedule(
    optimizer: torch.optim.Optimizer, options: TrainingOptions, n_updates: int
) -> torch.optim.lr_scheduler.LRScheduler:
    if options.schedule == "constant":
        return torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1.0)
    return torch.optim.lr_scheduler.OneCycleLR(optimizer, options.learning_rate, total_steps=n_updates + 1)
