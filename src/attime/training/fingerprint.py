"""What a training depends on, as a few words and digests: where all are equal, so is what it ends in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from importlib.metadata import version

import torch
from torch import Tensor, nn

from attime.training.cases import Batches
from attime.training.device import generators_of
from attime.training.options import TrainingOptions
from attime.training.processes import several
from attime.training.state_file import digest_of, under

DIGEST = "sha256 "
NOT_OF_THE_RUN = ("progress", "device", "max_seconds")  # the device has a line of its own
MOST_TOLD = 3  # differences
THREADS = "number of threads"
BEGINNING = "initial weights and random numbers"

Fingerprint = dict[str, str]


def fingerprint_of(network: nn.Module, device: torch.device, **parts: object) -> Fingerprint:
    """Return what a fit of `network` in closed form depends on: network, data, versions, threads.

    Parameters
    ----------
    network
        As it is before.
    device
        Where it is fitted.
    parts
        What else there is, by its name in messages: cases, losses.
    """
    here = several()
    return {
        "version of attime": version("attime"),
        "version of torch": torch.__version__,
        THREADS: str(torch.get_num_threads()),
        "number of processes": str(here.count if here else 1),
        "device": device.type,
        "network": digest(_described(network)),
        **{name.replace("_", " "): digest(part) for name, part in parts.items()},
    }


def fingerprint_of_training(
    network: nn.Module,
    training: Batches,
    validation: Batches | None,
    *,
    loss: object,
    options: TrainingOptions,
    device: torch.device,
) -> Fingerprint:
    """Return what a training depends on; where time is limited, not by what random numbers it began.

    For how many random numbers were drawn before then depends on the time that other fits took.
    """
    found = fingerprint_of(network, device, training_cases=training, validation_cases=validation, loss=loss)
    found |= {
        f"training option {field.name}": repr(getattr(options, field.name))
        for field in fields(options)
        if field.name not in NOT_OF_THE_RUN
    }
    found["seed"] = str(torch.initial_seed())
    found["limit on seconds"] = "none" if options.max_seconds is None else "one"
    if options.max_seconds is None:
        found[BEGINNING] = DIGEST + digest_of(
            "", {**under("network", network.state_dict()), **under("random", generators_of(device))}
        )
    return found


def told_difference(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """Return in words what differs, or nothing.

    Examples
    --------
    >>> told_difference({"threads": "2", "loss": "sha256 1"}, {"threads": "1", "loss": "sha256 2"})
    'threads: 2 then, 1 now; loss: not the same'
    """
    names = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    told = [f"{name}: {_told(before.get(name), now.get(name))}" for name in names[:MOST_TOLD]]
    return "; ".join([*told, f"and {len(names) - MOST_TOLD} more"] if len(names) > MOST_TOLD else told)


def _told(before: str | None, now: str | None) -> str:
    if DIGEST in f"{before}{now}":
        return "not the same"
    return f"{before or 'none'} then, {now or 'none'} now"


def digest(value: object) -> str:
    """Return what tells a value from others: a SHA-256 of its tensors and of what it says of itself."""
    tensors: dict[str, Tensor] = {}
    return DIGEST + digest_of(_taken_apart(value, "", tensors), tensors)


def _described(network: nn.Module) -> dict[str, object]:
    """Return of what kind each part of a network is, with its options, which weights do not tell, and all shapes."""
    parts = {
        name: {"kind": type(part), **{key: value for key, value in vars(part).items() if not key.startswith("_")}}
        for name, part in network.named_modules()
    }
    return {"parts": parts, "shapes": {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}}


def _taken_apart(value: object, place: str, tensors: dict[str, Tensor]) -> str:
    """Return in words what a value is; its tensors are put into `tensors`."""
    name = getattr(value, "__qualname__", type(value).__qualname__)
    if isinstance(value, Tensor):
        tensors |= {place: value if value.numel() <= _stored(value).numel() else _stored(value)}
        return f"tensor {tuple(value.shape)} {value.stride()}"  # of windows that overlap, what they are views of
    if is_dataclass(value) and not isinstance(value, type):
        parts = {field.name: getattr(value, field.name) for field in fields(value)}
    elif isinstance(value, Mapping):
        parts = {str(key): part for key, part in value.items()}
    elif isinstance(value, list | tuple):
        parts = {str(place): part for place, part in enumerate(value)}
    else:
        return repr(value) if isinstance(value, str | int | float | None) else name
    told = (f"{key}={_taken_apart(part, f'{place}.{key}', tensors)}" for key, part in parts.items())
    return f"{name}({', '.join(told)})"


def _stored(tensor: Tensor) -> Tensor:
    """Return the memory that a tensor is a view of."""
    return torch.empty(0, dtype=tensor.dtype, device=tensor.device).set_(tensor.untyped_storage())
