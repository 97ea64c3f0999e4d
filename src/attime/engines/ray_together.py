"""A model that several workers of a cluster train together, as one group of torch.distributed."""

from __future__ import annotations

import os
import socket
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any, TypeVar

from attime.engines.ray_cluster import RETRIES, WorkerLost, cluster, n_processors, package, result_of
from attime.errors import OptionError, ProcessStopped
from attime.estimators.parameters import checked_count
from attime.training import is_first, processes

Value = TypeVar("Value")


def fit_together(fit: Callable[[], Value], *, workers: int) -> Value:
    """Call a function in several workers of a cluster, which train together what is fitted within.

    It is what ``torchrun`` does with a program (`attime.training.processes`): each worker calls the function and comes
    to the same model. If a worker is lost, all begin anew; with checkpoints in a folder that all machines see they go
    on from the newest.

    Parameters
    ----------
    fit
        The function, without arguments; what it needs has to be there on every machine. A module-level function or
        ``functools.partial`` of one.
    workers
        How many, each with one processor.

    Returns
    -------
    object
        What the function returned in the first worker.

    Raises
    ------
    MissingExtraError
        If Ray is not installed.
    OptionError
        If the cluster has fewer processors.
    ProcessError
        If workers were lost time and again.

    Examples
    --------
    >>> from attime import AttentionClassifier
    >>> from attime.engines import fit_together
    >>> classifier = AttentionClassifier(random_state=0)
    >>> fitted = fit_together(functools.partial(classifier.fit, X, y), workers=4)  # doctest: +SKIP
    """
    workers = checked_count(workers, "workers")
    with cluster():
        if workers > n_processors():
            raise OptionError(
                f"workers={workers} arrived, expected {n_processors()} at most, as the cluster has processors; ask for "
                "fewer, or add machines"
            )
        for _ in range(RETRIES):
            with suppress(WorkerLost):
                return _together(fit, workers)
        return _together(fit, workers)


def _together(fit: Callable[[], Value], workers: int) -> Value:
    """Let workers begin at the same time, on processors that were kept free for all of them, and wait for all."""
    ray = package()
    room = ray.util.placement_group([{"CPU": 1}] * workers)
    strategy = import_module("ray.util.scheduling_strategies").PlacementGroupSchedulingStrategy(room)
    try:
        members = [
            ray.remote(num_cpus=1)(_Member).options(scheduling_strategy=strategy).remote() for _ in range(workers)
        ]
        place = result_of(members[0].place.remote())
        given = ray.cloudpickle.dumps(fit)  # as bytes, for arrays that Ray hands over itself cannot be written to
        calls = [one.call.remote(given, os.getcwd(), number, workers, place) for number, one in enumerate(members)]
        _wait(calls)
        value, told = ray.get(calls[0])
    finally:
        ray.util.remove_placement_group(room)
    for message, category in told:
        warnings.warn(message, category, stacklevel=2)
    fitted: Value = ray.cloudpickle.loads(value)
    return fitted


def _wait(calls: Sequence[Any]) -> None:
    """Wait for all workers, or for the first that is lost; the error of one that failed by itself comes first."""
    waiting, errors = [*calls], list[Exception]()
    while waiting:
        (over,), waiting = package().wait(waiting)
        try:
            result_of(over)
        except WorkerLost:
            raise
        except Exception as error:
            errors.append(error)
    if errors:
        raise min(errors, key=lambda error: isinstance(error, ProcessStopped))


class _Member:
    """One of the workers."""

    def place(self) -> tuple[str, str]:
        """Return where all can meet: the address of this machine, and a port that is free there."""
        with socket.socket() as free:
            free.bind(("", 0))
            return package().util.get_node_ip_address(), str(free.getsockname()[1])

    def call(
        self, fit: bytes, folder: str, number: int, count: int, place: tuple[str, str]
    ) -> tuple[bytes, list[tuple[str, type[Warning]]]]:
        """Work as one of so many processes."""
        told = {"MASTER_ADDR": place[0], "MASTER_PORT": place[1], "RANK": str(number), "WORLD_SIZE": str(count)}
        os.environ.update(told)
        with suppress(OSError):
            os.chdir(folder)
        with warnings.catch_warnings(record=True) as given, processes():
            warnings.simplefilter("always")
            value = package().cloudpickle.loads(fit)()
            if not is_first():
                return b"", []
        return package().cloudpickle.dumps(value), [(str(warning.message), warning.category) for warning in given]
