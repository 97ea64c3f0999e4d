"""Work for which nobody waits any more ends early: before the next part of its network begins.

A thread cannot be stopped from outside. But whatever takes long here (a batch of many series, the measures of an
explanation) goes through the parts of a network again and again, and before each it can be seen whether anybody still
waits for the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import get_ident
from typing import Any

from torch import nn


class GivenUpError(Exception):
    """Ends work for which nobody waits; caught by the service."""


@contextmanager
def looking_whether(given_up: Callable[[], bool], module: object) -> Iterator[None]:
    """While this thread works with a network, end the work before its next part once it is given up.

    Other threads that ask the same network are left alone. Models without a network are quick, and are not looked at.

    Raises
    ------
    GivenUpError
        From the network, and from whatever asked it.

    Examples
    --------
    >>> import torch
    >>> with looking_whether(lambda: True, network := nn.Linear(1, 1)):
    ...     network(torch.zeros(1))
    Traceback (most recent call last):
    attime.service.giving_up.GivenUpError
    """
    if not isinstance(module, nn.Module):
        yield
        return
    mine = get_ident()

    def look(*_: Any) -> None:  # a function of its own, so that it goes along into copies of the network
        if get_ident() == mine and given_up():
            raise GivenUpError

    hooks = [part.register_forward_pre_hook(look) for part in module.modules()]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
