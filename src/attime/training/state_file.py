"""A state as a file: tensors and plain JSON values in safetensors, with a digest that tells a damaged one."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, contiguous_format, uint8

from attime.errors import ModelFileError
from attime.files import whole_file

NUMBERS = 2**22  # of a tensor that are made contiguous at once, or one row


@dataclass(frozen=True, eq=False)
class State:
    """Plain JSON values, and tensors by name, such as ``"network/encoder.weight"``."""

    told: dict[str, Any]
    tensors: dict[str, Tensor]

    def part(self, name: str) -> dict[str, Tensor]:
        """Return the tensors whose names begin with this one, without it."""
        first = f"{name}/"
        return {key.removeprefix(first): part for key, part in self.tensors.items() if key.startswith(first)}

    def with_tensors(self, tensors: Mapping[str, Tensor]) -> State:
        """Return the state with tensors added."""
        return State(self.told, {**self.tensors, **tensors})


def under(name: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return tensors with a name put before theirs.

    Examples
    --------
    >>> import torch
    >>> State({}, under("network", {"weight": torch.zeros(1)})).part("network")
    {'weight': tensor([0.])}
    """
    return {f"{name}/{key}": tensor for key, tensor in tensors.items()}


def write_state(path: str | os.PathLike[str], state: State) -> None:
    """Write a state; an older one at `path` is replaced once the new one is complete and on the disk.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    document = json.dumps(state.told)
    # Copied, for tensors that share memory are refused.
    tensors = {name: tensor.detach().to("cpu", copy=True).contiguous() for name, tensor in state.tensors.items()}
    whole = save(tensors, metadata={"told": document, "sha256": digest_of(document, tensors)})
    with whole_file(path) as unfinished:
        unfinished.write_bytes(whole)


def read_state(path: str | os.PathLike[str]) -> State:
    """Read a state; nothing in the file is ever executed.

    Raises
    ------
    ModelFileError
        If the file is damaged, or no state.

    Examples
    --------
    >>> import pathlib, tempfile, torch
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "state.safetensors"
    >>> write_state(path, State({"epoch": 3}, {"weight": torch.zeros(2)}))
    >>> read_state(path).told
    {'epoch': 3}
    """
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a mapping)
        document = metadata["told"]
        intact = metadata["sha256"] == digest_of(document, tensors)
        told = json.loads(document)
    except (SafetensorError, OSError, ValueError, KeyError, RecursionError, MemoryError) as error:
        raise ModelFileError(f"{path}: damaged, or no state of a training ({error}); delete it") from error
    if not intact:
        raise ModelFileError(f"{path}: damaged, its content does not have the digest that it names; delete it")
    return State(told, tensors)


def digest_of(document: str, tensors: Mapping[str, Tensor]) -> str:
    """Return the SHA-256 of a text and of tensors with their names, types and shapes.

    Examples
    --------
    >>> import torch
    >>> digest_of("", {"a": torch.zeros(2)}) == digest_of("", {"a": torch.zeros(1, 2)})
    False
    """
    digest = hashlib.sha256(json.dumps([document, len(tensors)]).encode())
    for name in sorted(tensors):
        tensor = tensors[name].detach()
        digest.update(json.dumps([name, str(tensor.dtype), list(tensor.shape)]).encode())
        n_rows = max(1, NUMBERS * len(tensor) // max(1, tensor.numel())) if tensor.ndim else 1
        for rows in tensor.split(n_rows) if tensor.ndim else [tensor]:
            part = rows.reshape(-1).to("cpu", copy=True, memory_format=contiguous_format)
            digest.update(part.view(uint8).numpy().data)
    return digest.hexdigest()
