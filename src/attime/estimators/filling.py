"""What a file says becomes objects, once it has the types, the sizes and the numbers that it must have."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar, get_type_hints

import numpy as np
import torch
from jaxtyping import jaxtyped
from pydantic import ConfigDict, TypeAdapter
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from attime.errors import ModelFileError

T = TypeVar("T")
M = TypeVar("M", bound=nn.Module)

STEPS, STEPS_FOR_EACH = 5_000, 200  # of building a module: at most these, and these for each tensor that it is to get


class BoundedBuilding(TorchFunctionMode):
    """Ends the building of a module that has far more parts than there are tensors to fill them.

    Where the tensors are on the device ``"meta"`` the size of a part costs nothing, but their number does.
    """

    def __init__(self, n_tensors: int) -> None:
        super().__init__()
        self.left = STEPS + STEPS_FOR_EACH * n_tensors

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: object,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Count what is done, and do it."""
        self.left -= 1
        if self.left < 0:
            raise ModelFileError("the network that it describes has far more parts than there are tensors")
        return func(*args, **(kwargs or {}))


def filled(build: Callable[[], M], tensors: Mapping[str, Tensor]) -> M:
    """Build a module and fill it with tensors: it is made of shapes alone, and takes memory only once they fit.

    Raises
    ------
    RuntimeError
        If tensors are missing, too many, or of another shape.
    ModelFileError
        If they hold other kinds of numbers than the module, or some that are not finite.

    Examples
    --------
    >>> filled(lambda: nn.Linear(2, 1), {"weight": torch.ones(1, 2), "bias": torch.zeros(1)}).training
    False
    >>> filled(lambda: nn.Linear(10**9, 1), {"weight": torch.ones(1, 2), "bias": torch.zeros(1)})
    Traceback (most recent call last):
    RuntimeError: Error(s) in loading state_dict for Linear: ...
    """
    as_it_is = torch.set_grad_enabled(torch.is_grad_enabled())  # building may end where gradients are switched off
    with as_it_is, torch.device("meta"), BoundedBuilding(len(tensors)):
        module = build()
    for name, meant in module.state_dict().items():
        if name in tensors and tensors[name].dtype != meant.dtype:
            raise ModelFileError(f"tensor {name} holds {tensors[name].dtype}, expected {meant.dtype}")
    finite({name: tensor.numpy() for name, tensor in tensors.items() if tensor.is_floating_point()})
    module.load_state_dict(tensors, assign=True)
    return module.eval()


def finite(arrays: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return arrays of which every number is finite.

    Raises
    ------
    ModelFileError
        If one is not; the array is named.
    """
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise ModelFileError(f"tensor {name} holds numbers that are not finite")
    return arrays


def made(kind: type[T], told: Mapping[str, Any]) -> T:
    """Make a dataclass, each field of which is of the type, and each array of the shape, that the class says.

    Raises
    ------
    ModelFileError
        If one is not; it is named.

    Examples
    --------
    >>> from attime.data import TrainingScale
    >>> made(TrainingScale, {"mean": np.zeros(2), "deviation": np.ones(3)})
    Traceback (most recent call last):
    attime.errors.ModelFileError: TrainingScale.deviation is not what it should be
    """
    hints = _hints(kind)  # type: ignore[arg-type]  # a class can be hashed
    with jaxtyped("context"):  # axes of the same name have the same length
        for name, value in told.items():
            if name in hints and not _is(value, hints[name]):
                raise ModelFileError(f"{kind.__name__}.{name} is not what it should be")
    return kind(**told)


@cache
def _hints(kind: type) -> dict[str, Any]:
    if not dataclasses.is_dataclass(kind):
        return {}
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind) if not field.name.startswith("_")}


def _is(value: object, hint: Any) -> bool:
    if isinstance(hint, type):
        return isinstance(value, (int, float) if hint is float else hint)
    try:
        TypeAdapter(hint, config=ConfigDict(arbitrary_types_allowed=True)).validate_python(value)
    except ValueError:
        return False
    return True
