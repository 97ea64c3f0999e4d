"""The state of one training: all that the updates to come depend on, and how it is saved and taken up again."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from attime.training.device import generators_of, set_generators
from attime.training.history import COLUMNS, History
from attime.training.options import TrainingOptions
from attime.training.state_file import State, under


@dataclass(eq=False)
class OpenEpoch:
    """How far an epoch has come.

    Attributes
    ----------
    total
        The losses of its cases so far, summed up.
    generators
        The states of the generators before the order of its batches was drawn.
    n_made, n_seen
        Updates made, and cases seen.
    start
        When it began, by ``time.perf_counter``; pauses between two processes left out.
    """

    total: Float[Tensor, ""]
    generators: dict[str, Tensor]
    n_made: int = 0
    n_seen: int = 0
    start: float = field(default_factory=time.perf_counter)


class TrainingState:
    """Network, optimiser, schedule, the epochs so far and the one that is open, and the best weights.

    Parameters
    ----------
    network
        On `device`.
    options
        How to train.
    device
        Where.
    n_updates
        Updates to be made in all.
    """

    def __init__(self, network: nn.Module, options: TrainingOptions, device: torch.device, n_updates: int) -> None:
        self.network, self.options, self.device = network, options, device
        self.n_updates = self.updates_left = n_updates
        self.start = time.perf_counter()
        self.optimizer = torch.optim.AdamW(
            network.parameters(), lr=options.learning_rate, weight_decay=options.weight_decay, fused=True
        )
        self.scheduler = _schedule(self.optimizer, options, n_updates)
        self.records: list[tuple[float, float, float, float]] = []  # train and validation loss, learning rate, seconds
        self.open: OpenEpoch | None = None
        self.best_epoch = 0
        self.best_loss = float("inf")
        self.best_weights: dict[str, Tensor] | None = None

    @property
    def goes_on(self) -> bool:
        """Whether updates are left, or an epoch of which all were made is still to be judged."""
        return self.updates_left > 0 or self.open is not None

    def saved(self) -> State:
        """Return what `resume` needs, in the midst of an epoch or between two."""
        now = time.perf_counter()
        optimizer = self.optimizer.state_dict()
        tensors = {
            **under("network", self.network.state_dict()),
            **under("random", generators_of(self.device)),
            **under("best", self.best_weights or {}),
        }
        for number, own in optimizer["state"].items():
            tensors |= under(f"optimizer {number}", own)
        told = {
            "n_updates": self.n_updates,
            "updates_left": self.updates_left,
            "seconds": now - self.start,
            "param_groups": optimizer["param_groups"],
            "scheduler": self.scheduler.state_dict(),
            "records": self.records,
            "best_epoch": self.best_epoch,
            "best_loss": self.best_loss,
        }
        if self.open is not None:
            told["epoch"] = {name: getattr(self.open, name) for name in ("n_made", "n_seen")}
            told["epoch"]["seconds"] = now - self.open.start
            tensors |= under("epoch", {"total": self.open.total, **self.open.generators})
        return State(told, tensors)

    def resume(self, state: State) -> None:
        """Go back to where a training stood; the generators as well."""
        now, told = time.perf_counter(), state.told
        self.network.load_state_dict(state.part("network"))
        groups = told["param_groups"]
        moments = {
            number: {name: _laid_out(moment, parameter) for name, moment in state.part(f"optimizer {number}").items()}
            for number, parameter in enumerate(self.network.parameters())
        }
        for group in groups:
            group["betas"] = tuple(group["betas"])
        self.optimizer.load_state_dict(
            {"state": {number: own for number, own in moments.items() if own}, "param_groups": groups}
        )
        self.scheduler.load_state_dict(told["scheduler"])
        self.updates_left, self.start = told["updates_left"], now - told["seconds"]
        self.records = [(*map(float, record),) for record in told["records"]]  # type: ignore[misc]
        self.best_epoch, self.best_loss = told["best_epoch"], told["best_loss"]
        self.best_weights = state.part("best") or None
        if "epoch" in told:
            place, generators = told["epoch"], state.part("epoch")
            total = generators.pop("total").to(self.device)
            self.open = OpenEpoch(total, generators, place["n_made"], place["n_seen"], now - place["seconds"])
        set_generators(state.part("random"), self.device)


def ended_state(network: nn.Module, history: History) -> State:
    """Return what a training came to."""
    told = {"history": {"best_epoch": history.best_epoch, "ended": history.ended}}
    columns = {name: torch.from_numpy(getattr(history, name).copy()) for name in COLUMNS}
    return State(told, {**under("network", network.state_dict()), **under("history", columns)})


def restore(network: nn.Module, state: State) -> History:
    """Give a network what its training came to, and return how that went."""
    network.load_state_dict(state.part("network"))
    network.eval()
    columns: dict[str, Any] = {name: column.numpy() for name, column in state.part("history").items()}
    return History(**columns, **state.told["history"])


def _laid_out(moment: Tensor, parameter: Tensor) -> Tensor:
    """Return a moment with the strides of its parameter: the fused optimiser goes through the memory of both alike."""
    return torch.empty_like(parameter).copy_(moment) if moment.shape == parameter.shape else moment


def _schedule(
    optimizer: torch.optim.Optimizer, options: TrainingOptions, n_updates: int
) -> torch.optim.lr_scheduler.LRScheduler:
    if options.schedule == "constant":
        return torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1.0)
    return torch.optim.lr_scheduler.OneCycleLR(optimizer, options.learning_rate, total_steps=n_updates + 1)
