"""Several processes that work on one model: how they meet, what they tell each other, and what becomes of errors."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar

import torch
import torch.distributed as dist
from torch import Tensor
from torch.distributed.distributed_c10d import PrefixStore, Store
from torch.distributed.rendezvous import rendezvous

from attime.errors import AttimeError, ProcessError, ProcessStopped

Value = TypeVar("Value")


@dataclass(frozen=True)
class Several:
    """The number of this process, and how many there are."""

    number: int
    count: int


#: How long processes wait for each other: one that is lost is noticed at once, one that fits may take hours.
PATIENCE = datetime.timedelta(days=7)

_several: Several | None = None
_meeting: tuple[Store, int, int] | None = None  # where processes meet, once for all groups that this one joins
_n_joined = 0


@contextmanager
def processes() -> Iterator[None]:
    """Let the processes that ``torchrun`` started, or another launcher, train together what is fitted within.

    Each of them runs the same program and comes to the same model, which is the one that a single process would have
    come to with the same batches, but for rounding. The group of processes is taken from the environment
    (``WORLD_SIZE``, ``RANK``, ``MASTER_ADDR``, ``MASTER_PORT``), with gloo between processors and NCCL between graphics
    cards, of which each process gets its own; a default group that is there already is used as it is. In a process
    that is alone nothing is different.

    Unless ``OMP_NUM_THREADS`` says otherwise, each process works with its share of the processors of its machine;
    ``torchrun`` itself says one.

    Raises
    ------
    ProcessError
        If a process was lost, or they were not given the same cases.
    ProcessStopped
        In all other processes, if one has failed.

    Examples
    --------
    >>> from attime import AttentionClassifier, SineConfig, make_sine
    >>> from attime.training import is_first, processes
    >>> series = make_sine(SineConfig(n_series=60, n_steps=50))
    >>> with processes():
    ...     clf = AttentionClassifier(random_state=0).fit(series)
    ...     if is_first():
    ...         clf.predict(series[:3]).shape
    (3,)
    """
    global _several
    if not dist.is_available() or not (dist.is_initialized() or _are_started()):
        yield
        return
    ours, n_threads = not dist.is_initialized(), torch.get_num_threads()
    store = _begin() if ours else None
    before, _several = _several, Several(dist.get_rank(), dist.get_world_size())
    try:
        yield
    except Exception as error:
        if _another_failed(store):
            raise ProcessStopped(f"another process failed, and says why; this one stopped ({error})") from error
        raise
    finally:
        _several = before
        if ours:
            with suppress(RuntimeError):  # of a group that is broken already
                dist.destroy_process_group()
            torch.set_num_threads(n_threads)


def is_first() -> bool:
    """Return whether this is the process that reports and writes files; one that is alone is."""
    return _several is None or _several.number == 0


def several() -> Several | None:
    """Return which of several processes this is; None for one that is alone."""
    return _several


def from_first(value: Value) -> Value:
    """Return the value that the first process has."""
    if _several is None:
        return value
    told = [value]
    with _noticing_loss():
        dist.broadcast_object_list(told, src=0)
    return told[0]


def add(total: Tensor) -> None:
    """Replace a tensor by its sum over all processes."""
    with _noticing_loss():
        dist.all_reduce(total)


def added_up(value: float) -> float:
    """Return the sum over all processes."""
    if _several is None:
        return value
    total = torch.tensor(value, dtype=torch.float64, device="cuda" if dist.get_backend() == "nccl" else "cpu")
    add(total)
    return total.item()


def divided(n_parts: int, work: Callable[[int], Value]) -> list[Value]:
    """Return what comes of each part of some work; each process does some parts, and tells the others.

    Examples
    --------
    >>> divided(3, lambda part: part**2)
    [0, 1, 4]
    """
    if _several is None:
        return [work(part) for part in range(n_parts)]
    own = [work(part) for part in range(_several.number, n_parts, _several.count)]
    every: list[list[Value]] = [[] for _ in range(_several.count)]
    with _noticing_loss():
        dist.all_gather_object(every, own)
    return [every[part % _several.count][part // _several.count] for part in range(n_parts)]


def _are_started() -> bool:
    told = all(name in os.environ for name in ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"))
    return told and int(os.environ["WORLD_SIZE"]) > 1


def _begin() -> Store:
    """Join the other processes; return what all of them can write to, whatever becomes of the group."""
    n_beside = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    n_cards, backend = torch.cuda.device_count(), "gloo"
    if n_cards:
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")) % n_cards)
        if n_beside <= n_cards and dist.is_nccl_available():  # which has no two processes on one card
            backend = "cpu:gloo,cuda:nccl"
    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(max(1, torch.get_num_threads() // n_beside))
    global _meeting, _n_joined
    _meeting = _meeting or next(rendezvous("env://"))
    _n_joined += 1
    every, number, count = _meeting
    store = PrefixStore(f"attime {_n_joined}", every)
    dist.init_process_group(backend, store=store, rank=number, world_size=count, timeout=PATIENCE)
    return store


def _another_failed(store: Store | None) -> bool:
    """Return whether another process has failed before this one, which has just done so."""
    try:
        return store is not None and store.add("attime failed", 1) > 1
    except RuntimeError:  # the process that keeps the store is gone
        return True


@contextmanager
def _noticing_loss() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        if isinstance(error, AttimeError):
            raise
        reason = " ".join(str(error).split())[:200]
        raise ProcessError(
            f"what processes have to tell each other did not arrive ({reason}); one may have been lost: start all again"
        ) from error
