"""A training under way: updates, batch by batch, and a judgement after each epoch."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from attime.errors import TrainingError
from attime.events import announce
from attime.training.cases import Batches
from attime.training.device import autocast, generators_of, set_generators
from attime.training.history import COLUMNS, Ended, History
from attime.training.objectives import Loss, Objective, Plain, objective_of
from attime.training.options import TrainingOptions
from attime.training.processes import added_up, from_first
from attime.training.progress import Tick
from attime.training.run import PREDICTION_BATCH
from attime.training.shares import make_alike, own_part, sum_gradients
from attime.training.slot import Slot
from attime.training.state import OpenEpoch, TrainingState


class Training(TrainingState):
    """What is done with the state of a training.

    Parameters
    ----------
    network, options, device, n_updates
        As for the state.
    training, validation
        Cases to learn from, and to judge by.
    loss
        What being wrong costs.
    slot
        Where the state is saved; nowhere if not given.
    """

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
        slot: Slot | None = None,
    ) -> None:
        super().__init__(network, options, device, n_updates)
        self.training, self.validation = training, validation
        self.objective, self.plain = objective_of(loss, options), Plain(loss)
        self.slot = slot or Slot()
        self.deadline = math.inf
        self.n_epoch = 0

    @property
    def out_of_patience(self) -> bool:
        """Whether nothing has improved for long."""
        patience = self.options.patience
        return (
            self.validation is not None and patience is not None and len(self.records) - 1 - self.best_epoch >= patience
        )

    @property
    def out_of_time(self) -> bool:
        """Whether the time there is has passed."""
        return math.isfinite(self.deadline) and from_first(time.perf_counter() >= self.deadline)

    def epoch(self, tick: Tick) -> None:
        """Update the weights once for each batch, then see whether the network became better."""
        self.n_epoch = len(self.records)
        train_loss = self.update_all(tick)
        validation_loss = self._validate() if self.validation is not None else float("nan")
        rate = self.optimizer.param_groups[0]["lr"]
        assert self.open is not None
        self.records.append((train_loss, validation_loss, rate, time.perf_counter() - self.open.start))
        self.open = None
        announce("epoch", {"number": self.n_epoch + 1, **dict(zip(COLUMNS, self.records[-1], strict=True))})
        if self.validation is None or validation_loss < self.best_loss:
            self.best_epoch, self.best_loss = self.n_epoch, validation_loss
            self.best_weights = copy.deepcopy(self.network.state_dict())

    def finish(self, ended: Ended) -> History:
        """Give the network its best weights, and return what happened."""
        if self.best_weights is not None:
            self.network.load_state_dict(self.best_weights)
        make_alike(self.network)
        self.network.eval()
        # No loss has told yet what the last update has made of the weights, if there are no validation cases.
        self._finite(sum(float(part.detach().sum()) for part in self.network.parameters()), "sum of the weights")
        announce_end(self.best_epoch, ended)
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
        epoch = self.open = self.open or OpenEpoch(torch.zeros((), device=self.device), generators_of(self.device))
        best = f", best validation loss {self.best_loss:.4f}" if np.isfinite(self.best_loss) else ""
        for batch in self._batches(epoch):
            cost = self._cost(batch, self.objective)
            self.optimizer.zero_grad(set_to_none=True)
            (cost.value + cost.surrogate).backward()
            value = sum_gradients(self.network, cost.value.detach())
            if self.options.clip_norm is not None:
                nn.utils.clip_grad_norm_(self.network.parameters(), self.options.clip_norm)
            self.optimizer.step()
            self.scheduler.step()
            epoch.total += value * len(batch)
            epoch.n_seen += len(batch)
            epoch.n_made += 1
            self.updates_left -= 1
            tick(f"epoch {len(self.records) + 1}{best}")
            self.slot.updated(self.saved)
            if self.out_of_time:
                break
        return self._finite(epoch.total.item() / epoch.n_seen, "loss")

    def _batches(self, epoch: OpenEpoch) -> Iterator[Batches]:
        """Go through the batches of an epoch that are left, while updates are."""
        batches = self.training.shuffled_batches(self.options.batch_size, self.device)
        if epoch.n_made:  # resumed: the order is drawn as it was then
            here = generators_of(self.device)
            set_generators(epoch.generators, self.device)
            for _ in range(epoch.n_made):
                next(batches)
            set_generators(here, self.device)
        return islice(batches, self.updates_left)

    @torch.no_grad()
    def _validate(self) -> float:
        assert self.validation is not None
        self.network.eval()
        batches = self.validation.batches(PREDICTION_BATCH, self.device)
        total = sum(self._cost(batch, self.plain).value.item() * len(batch) for batch in batches)
        return self._finite(added_up(total) / len(self.validation), "validation loss")

    def _finite(self, loss: float, name: str) -> float:
        if np.isfinite(loss):
            return loss
        raise TrainingError(
            f"the {name} became {loss} in epoch {self.n_epoch + 1}; try a lower learning_rate than "
            f"{self.options.learning_rate}, or clip_norm=1.0"
        )

    def _cost(self, batch: Batches, objective: Objective) -> _Cost:
        with own_part(batch, self.device) as (own, part):
            with autocast(self.device, self.options.precision):
                charge = objective(self.network, own)
            value, surrogate = charge.losses.mean(), charge.demands
            for term in charge.terms:
                if term.surrogate:
                    surrogate = surrogate + term(charge.losses)
                else:
                    value = value + term(charge.losses)
        return _Cost(value * part, surrogate * part)


@dataclass(frozen=True, eq=False)
class _Cost:
    """What a batch costs, or this process's part of it, and what is added for the sake of its gradient alone.

    No history tells of the latter.
    """

    value: Float[Tensor, ""]
    surrogate: Float[Tensor, ""]


def announce_end(best_epoch: int, ended: Ended) -> None:
    """Tell that a training has come to its end, be it in another run before this one."""
    announce("trained", {"best_epoch": best_epoch + 1, "ended": ended})
