"""A Ray cluster for as long as there is work: one that is there, or a local one that goes when the work is done."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from attime.errors import OptionError, ProcessError
from attime.extras import imported

#: How often work begins anew whose worker was lost.
RETRIES = 3

#: Seconds to wait for a cluster to answer.
PATIENCE = 10.0


class WorkerLost(ProcessError):
    """The processes that were to do some work were lost, each of them."""


def package() -> Any:
    """Return the package Ray (Moritz et al. 2018, https://arxiv.org/abs/1712.05889).

    Raises
    ------
    MissingExtraError
        If it is not installed.
    """
    return imported("ray", who="work on many machines needs", extra="ray")


@contextmanager
def cluster(address: str | None = None) -> Iterator[Any]:
    """Give a cluster to all work of the engine ``"ray"`` inside; one that was begun here also ends here.

    Parameters
    ----------
    address
        Of a cluster that is there: ``"auto"`` on one of its machines, or ``host:port``. If not given, that of the
        variable ``RAY_ADDRESS``, and without one a local cluster is begun, with all processors of this machine. If
        this process is connected to a cluster already, that is used.

    Raises
    ------
    MissingExtraError
        If Ray is not installed.
    OptionError
        If no cluster answers at the address.

    Examples
    --------
    >>> from attime.engines import cluster, predict_files
    >>> with cluster("auto"):  # doctest: +SKIP
    ...     predict_files(model, shards("days"), "results", engine="ray")
    """
    ray = package()
    if ray.is_initialized():
        yield ray
        return
    _begin(ray, address or os.environ.get("RAY_ADDRESS"))
    try:
        yield ray
    finally:
        ray.shutdown()


def n_processors() -> int:
    """Return how many processors the cluster has now."""
    return max(1, int(package().cluster_resources().get("CPU", 1)))


def result_of(ref: Any) -> Any:
    """Wait for work that was given away, and return what came of it, or raise what it raised.

    Raises
    ------
    WorkerLost
        If its worker was lost, and so were those that began it anew.
    """
    ray = package()
    try:
        return ray.get(ref)
    except ray.exceptions.RayTaskError as error:
        raise error.cause from error
    except ray.exceptions.RayError as error:
        reason = " ".join(str(error).split())[:200]
        raise WorkerLost(
            f"a worker was lost, and so were those that began its work anew ({reason}); see that machines have memory "
            "enough, and start again, with --resume, --study or --checkpoint to go on with what is done"
        ) from error


def _begin(ray: Any, address: str | None) -> None:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_DISABLE_FAILURE_SIGNAL_HANDLER", "1")  # or a stop would print the stack of its C++ code
    quiet = {"log_to_driver": False, "logging_level": "ERROR"}
    if not address:
        ray.init(address="local", include_dashboard=False, **quiet)
        return
    try:
        host, colon, port = address.rpartition(":")
        if colon and port.isdigit() and "/" not in host:  # Ray itself would try for ten minutes
            socket.create_connection((host, int(port)), timeout=PATIENCE).close()
        ray.init(address=address, **quiet)
    except (OSError, RuntimeError, ValueError) as error:
        raise OptionError(
            f"no Ray cluster answers at the address {address!r} ({' '.join(str(error).split())[:200]}); start one with "
            "'ray start --head', or leave the address out for a local one"
        ) from error
