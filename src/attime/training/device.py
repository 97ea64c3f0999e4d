"""Devices and number formats: where a network runs, and how precisely it counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

import torch
from torch import Tensor

from attime.errors import OptionError


def find_device(name: str) -> torch.device:
    """Return the device of that name; ``"auto"`` is a GPU where there is one.

    Raises
    ------
    OptionError
        If there is no such device on this machine.

    Examples
    --------
    >>> find_device("cpu")
    device(type='cpu')
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise OptionError(f"device {name!r} cannot be used here ({reason}); choose 'auto' or 'cpu'") from error
    return device


def device_or_cpu(name: str) -> torch.device:
    """Return the device of that name, or the CPU if there is none: a model may be used elsewhere than it was trained.

    Examples
    --------
    >>> device_or_cpu("cuda:99")
    device(type='cpu')
    """
    try:
        return find_device(name)
    except OptionError:
        return torch.device("cpu")


@contextmanager
def seeded(seed: int, device: torch.device) -> Iterator[None]:
    """Draw from generators with a seed of their own, and leave the user's generators as they were.

    Examples
    --------
    >>> with seeded(0, torch.device("cpu")):
    ...     first = torch.rand(1)
    >>> with seeded(0, torch.device("cpu")):
    ...     bool(torch.rand(1) == first)
    True
    """
    with torch.random.fork_rng(devices=[] if device.type == "cpu" else [device]):
        torch.manual_seed(seed)
        yield


def generators_of(device: torch.device) -> dict[str, Tensor]:
    """Return the states of the generators that a computation on `device` draws from.

    Examples
    --------
    >>> before = generators_of(torch.device("cpu"))
    >>> first = torch.rand(1)
    >>> set_generators(before, torch.device("cpu"))
    >>> bool(torch.rand(1) == first)
    True
    """
    states = {"cpu": torch.get_rng_state()}
    return (
        states if device.type == "cpu" else states | {"device": torch.get_device_module(device).get_rng_state(device)}
    )


def set_generators(states: Mapping[str, Tensor], device: torch.device) -> None:
    """Put generators back to where they were when `generators_of` was asked."""
    torch.set_rng_state(states["cpu"])
    if device.type != "cpu":
        torch.get_device_module(device).set_rng_state(states["device"], device)


def autocast(device: torch.device, precision: str) -> AbstractContextManager[object]:
    """Return the context in which a network runs in ``"fp32"`` or ``"bf16"``."""
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=precision == "bf16")
