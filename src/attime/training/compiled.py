"""Compiled mode: the encoders of a network become kernels of their own for as long as it is trained."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn

from attime.errors import OptionError
from attime.nn.encoder import Encoder


@contextmanager
def compiled(network: nn.Module, wanted: bool) -> Iterator[None]:
    """Run what is inside with compiled encoders, or with all of a network compiled that has none.

    What a network is, and what is saved of it, stays the same.

    Raises
    ------
    OptionError
        If torch cannot compile here.
    """
    if not wanted:
        yield
        return
    from torch._dynamo.exc import TorchDynamoException  # late: the compiler takes a second to load

    parts: list[nn.Module] = [part for part in network.modules() if isinstance(part, Encoder)] or [network]
    for part in parts:
        part.compile()
    told, level = logging.getLogger("torch._dynamo"), logging.getLogger("torch._dynamo").level
    told.setLevel(logging.ERROR)  # it warns of what it leaves to Python, as it should
    try:
        yield
    except TorchDynamoException as error:
        reason = " ".join(str(error).split())[:200]
        raise OptionError(
            f"compiled=True arrived, and torch.compile failed ({reason}); install a C++ compiler, or leave it out"
        ) from error
    finally:
        told.setLevel(level)
        for part in parts:
            part._compiled_call_impl = None
