"""One file for a model: its tensors, a specification in JSON that says what they are, and a checksum over all of it.

The format is safetensors (https://github.com/huggingface/safetensors); a JSON document in its metadata holds the rest.
Reading a file builds arrays and plain JSON values and runs no code from it. The checksum is the SHA-256 of the file
with zeros in place of the checksum itself. It finds what was damaged, not what was forged: whoever reads the
specification must not believe it. No clock is written, so that a model has one file and not another every second.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load, save_file
from torch import Tensor

from attime.errors import ModelFileError, OutputError
from attime.files import whole_file
from attime.persistence.document import from_document, to_document

FORMAT = 3
WITHOUT_CHECKSUM = 2  # the format before, which is read, too; its specification is the whole document
KEY = "attime"
PACKAGES = ("attime", "torch", "numpy")
NO_CHECKSUM = "0" * 64
MOST_BYTES = 4 * 2**30
MOST_IN_HEADER = 64 * 2**20
SIZE = 8  # bytes at the start of a file that say how long the header is


@dataclass(frozen=True, eq=False)
class ModelFile:
    """What stands in a model file.

    Attributes
    ----------
    specification
        Plain JSON values.
    tensors
        By name.
    versions
        Of the packages that wrote it; none if it is not written yet, or of format 2.
    checksum
        SHA-256, in hexadecimal digits; empty likewise.
    """

    specification: dict[str, Any]
    tensors: dict[str, Tensor]
    versions: Mapping[str, str] = field(default_factory=dict)
    checksum: str = ""


def write_model(path: str | os.PathLike[str], model: ModelFile) -> None:
    """Write a model file; an older one at `path` is replaced once the new one is complete.

    Equal models make equal bytes, with the same versions of the packages.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    document = to_document(
        {
            "format": FORMAT,
            "checksum": NO_CHECKSUM,
            "versions": {name: version(name) for name in PACKAGES},
            "specification": model.specification,
        }
    )
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in model.tensors.items()}
    with whole_file(path) as unfinished:
        try:
            save_file(tensors, unfinished, metadata={KEY: document})
        except SafetensorError as error:  # what the system says comes in the words of that library
            raise OSError(None, str(error)) from error
        with unfinished.open("r+b") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            place = file.read(MOST_IN_HEADER).index(NO_CHECKSUM.encode())
            file.seek(place)
            file.write(digest.encode())
        try:
            read_model(unfinished)
        except ModelFileError as error:
            raise OutputError(f"{path}: the model cannot be kept in a file ({error}); nothing was written") from error


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
    try:
        content = _content(Path(path))
        header = _header(content)
        document = _document(path, header)
        checksum = document.get("checksum", "")
        if checksum or document["format"] != WITHOUT_CHECKSUM:
            _compare(content, len(header), checksum)
        tensors = load(content)
    except ModelFileError:
        raise
    except Exception as error:  # parsers raise a dozen kinds over damaged bytes
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        if str(path).endswith(".onnx"):
            remedy = "it seems to be an ONNX file: read it by attime.export.OnnxModel, or --engine onnx"
        else:
            remedy = "give a file that attime has saved, or save the model again"
        raise ModelFileError(f"{path}: not a model file, or a damaged one ({reason}); {remedy}") from error
    if document["format"] == WITHOUT_CHECKSUM:
        return ModelFile({name: part for name, part in document.items() if name != "format"}, tensors)
    specification, versions = document.get("specification"), document.get("versions")
    if not isinstance(specification, dict) or not isinstance(versions, dict):
        raise ModelFileError(f"{path}: a model file without a specification; save the model again")
    return ModelFile(specification, tensors, versions, checksum)


def in_line(told: object) -> str:
    r"""Return what a file says as messages quote it: cut, and on one line.

    Examples
    --------
    >>> in_line("Attention\nForecaster")
    'Attention Forecaster'
    """
    return " ".join("".join(letter if letter.isprintable() else " " for letter in str(told)[:40]).split())


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise ModelFileError(f"{path}: there is no such file; give the path of a model that was saved by attime")
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise ModelFileError(f"{path}: {size:,} bytes arrived, expected {MOST_BYTES:,} at most; give an attime model")
    return path.read_bytes()


def _header(content: bytes) -> bytes:
    """Return what stands before the tensors, less the bytes that say how long that is."""
    size = int.from_bytes(content[:SIZE], "little")
    if len(content) < SIZE or size > min(MOST_IN_HEADER, len(content) - SIZE):
        raise ValueError("its header is not complete")
    return content[SIZE : SIZE + size]


def _document(path: str | os.PathLike[str], header: bytes) -> dict[str, Any]:
    """Return what attime wrote into the header."""
    told = from_document(header)
    metadata = told.get("__metadata__") if isinstance(told, dict) else None
    text = metadata.get(KEY) if isinstance(metadata, dict) else None
    document = from_document(text) if isinstance(text, str) else None
    if not isinstance(document, dict):
        raise ModelFileError(f"{path}: a safetensors file, but not one that attime wrote; give an attime model")
    found = document.get("format")
    if found not in (FORMAT, WITHOUT_CHECKSUM) or isinstance(found, bool | float):
        versions = document.get("versions")
        writer = versions.get("attime") if isinstance(versions, dict) else None
        by = f", written by attime {in_line(writer)}," if writer else ""
        remedy = "a later attime" if by else "the version that wrote it"
        raise ModelFileError(
            f"{path}: format {in_line(found)}{by} arrived, attime {version('attime')} reads formats "
            f"{WITHOUT_CHECKSUM} and {FORMAT}; load it with {remedy}, or save the model again"
        )
    return document


def _compare(content: bytes, n_header: int, checksum: object) -> None:
    """Raise if the checksum is not that of the file."""
    if not isinstance(checksum, str) or len(checksum) != len(NO_CHECKSUM):
        raise ValueError("its checksum is none")
    digest = hashlib.sha256(content[:SIZE])
    digest.update(content[SIZE : SIZE + n_header].replace(checksum.encode(), NO_CHECKSUM.encode(), 1))
    digest.update(memoryview(content)[SIZE + n_header :])
    if digest.hexdigest() != checksum:
        raise ValueError("its checksum is that of another content")
