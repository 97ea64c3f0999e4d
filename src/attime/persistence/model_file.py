"""One file for a model: its tensors, and a specification in JSON that says what they are the weights of.

The format is safetensors (https://github.com/huggingface/safetensors); the specification stands in its metadata.
Reading a file builds arrays and plain JSON values and runs no code from it.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from attime.errors import ModelFileError
from attime.files import whole_file

FORMAT = 2
KEY = "attime"


@dataclass(frozen=True, eq=False)
class ModelFile:
    """What stands in a model file: a specification of plain JSON values, and tensors by name."""

    specification: dict[str, Any]
    tensors: dict[str, Tensor]


def write_model(path: str | os.PathLike[str], model: ModelFile) -> None:
    """Write a model file; an older one at `path` is replaced once the new one is complete.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    document = json.dumps({"format": FORMAT, **model.specification})
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in model.tensors.items()}
    with whole_file(path) as unfinished:
        save_file(tensors, unfinished, metadata={KEY: document})


def read_model(path: str | os.PathLike[str]) -> ModelFile:
    """Read a model file.

    Raises
    ------
    ModelFileError
        If the file is missing, is no attime model, is damaged, or is of a later format than this version knows.

    Examples
    --------
    >>> import pathlib, tempfile, torch
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "model.attime"
    >>> write_model(path, ModelFile({"model": "example"}, {"weight": torch.zeros(2)}))
    >>> read_model(path).specification
    {'model': 'example'}
    """
    if not Path(path).is_file():
        raise ModelFileError(f"{path}: there is no such file; give the path of a model that was saved by attime")
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            document = (file.metadata() or {}).get(KEY)
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a mapping)
        specification = json.loads(document) if document is not None else None
    except (SafetensorError, OSError, ValueError, RecursionError, MemoryError) as error:
        raise ModelFileError(f"{path}: not a model file, or a damaged one ({error}); save the model again") from error
    if not isinstance(specification, dict):
        raise ModelFileError(f"{path}: a safetensors file, but not one that attime wrote; give an attime model")
    found = specification.pop("format", None)
    if found != FORMAT:
        raise ModelFileError(
            f"{path}: format {found} arrived, this version of attime reads format {FORMAT}; "
            "load it with the version that wrote it, or save the model again"
        )
    return ModelFile(specification, tensors)
