"""Models as files: tensors and a JSON specification in one safetensors file; nothing in it is ever executed."""

from __future__ import annotations

from attime.persistence.model_file import ModelFile, in_line, read_model, write_model

__all__ = ["ModelFile", "in_line", "read_model", "write_model"]
