"""Models in the format of other engines: one file of ONNX from raw series to prediction, evidence and attention.

`OnnxModel` needs no torch, so `to_onnx` is imported only when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attime.export.model import Looked, OnnxModel

if TYPE_CHECKING:
    from attime.export.writing import to_onnx

__all__ = ["Looked", "OnnxModel", "to_onnx"]


def __getattr__(name: str) -> object:
    if name == "to_onnx":
        from attime.export.writing import to_onnx

        return to_onnx
    raise AttributeError(f"module 'attime.export' has no attribute {name!r}")
