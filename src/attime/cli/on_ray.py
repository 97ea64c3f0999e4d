"""The options of commands whose work can be spread over the machines of a Ray cluster."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from jsonargparse import ArgumentParser, Namespace

from attime.cli.tell import tell
from attime.engines import cluster
from attime.engines.ray_cluster import package
from attime.errors import OptionError
from attime.names import pick


def add_engine_arguments(parser: ArgumentParser, *names: str) -> None:
    """Add the choice of an engine, of the two that all such commands know and some more, and where its cluster is."""
    engines = ", ".join(["local", *names])
    parser.add_argument("--engine", type=str, default="local", help=f"what does the work: {engines} or ray")
    parser.add_argument(
        "--address",
        type=str | None,
        help="a Ray cluster: auto, or host:port; that of RAY_ADDRESS if not given, or a local one for this command",
    )


def on_ray(options: Namespace) -> bool:
    """Return whether Ray is to do the work, where that or nothing is the choice."""
    return pick({"local": False, "ray": True}, options.engine, what="engine")


def connected(options: Namespace) -> AbstractContextManager[Any]:
    """Return the context to work in: one with a cluster, if Ray is to do the work.

    Raises
    ------
    OptionError
        If a cluster was named that nobody needs.
    """
    if options.engine == "ray":
        package()  # before anything is said of what cannot begin without it
        if not (options.address or os.environ.get("RAY_ADDRESS")):
            tell("a Ray cluster begins on this machine, which takes a while")
        return cluster(options.address)
    if options.address:
        raise OptionError(f"--address {options.address} is of a Ray cluster; give --engine ray too, or leave it out")
    return nullcontext()
