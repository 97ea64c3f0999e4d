"""Headers of safetensors files that were made to fill the memory, to break a parser, or to have something run."""

from __future__ import annotations

import json
from collections.abc import Callable


def _with(document: object, **tensors: object) -> bytes:
    """Return a header whose metadata hold a document of attime, and which promises tensors."""
    text = document if isinstance(document, str) else json.dumps(document)
    return json.dumps({"__metadata__": {"attime": text}, **tensors}).encode()


def _tensor(shape: list[int], start: int, end: int, dtype: str = "F32") -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}


SOUND = {"format": 2, "estimator": "AttentionClassifier", "parameters": {}, "learnt": {}, "histories": []}

HOSTILE: tuple[Callable[[], bytes], ...] = (
    lambda: b"",
    lambda: b"null",
    lambda: b"[" * 1_000_000,
    lambda: b'{"a":' * 1_000_000,
    lambda: b"[" * 100_000 + b"]" * 100_000,
    lambda: b"[]," * 3_000_000,
    lambda: b'{"__metadata__": {"attime": 3}}',
    lambda: b'{"__metadata__": ["attime"]}',
    lambda: b'{"__metadata__": {"attime": "{}"}, "__metadata__": {"attime": "[]"}}',
    lambda: _with("[" * 1_000_000),
    lambda: _with("[" + "[]," * 3_000_000 + "[]]"),
    lambda: _with('{"format": 2, "format": 3}'),
    lambda: _with('{"format": NaN}'),
    lambda: _with('{"format": 2, "estimator": "AttentionClassifier", "parameters": ' + "9" * 100_000 + "}"),
    lambda: _with('{"format": 1e999}'),
    lambda: _with({"format": 10**30}),
    lambda: _with({"format": True}),
    lambda: _with({"format": "3"}),
    lambda: _with({"format": 99, "versions": {"attime": "9.0\n" * 1000}}),
    lambda: _with({"format": 3, "checksum": "0" * 64, "versions": {}, "specification": {}}),
    lambda: _with({"format": 3, "checksum": None}),
    lambda: _with({"format": 3, "specification": {"estimator": "AttentionDetector"}}),
    lambda: _with({**SOUND, "estimator": "os.system"}),
    lambda: _with({**SOUND, "estimator": ["AttentionClassifier"]}),
    lambda: _with({**SOUND, "histories": 10**12}),
    lambda: _with(SOUND, weight=_tensor([2**62], 0, 2**64 - 1)),
    lambda: _with(SOUND, weight=_tensor([2**40, 2**40], 0, 8)),
    lambda: _with(SOUND, weight=_tensor([-1], 0, 8)),
    lambda: _with(SOUND, weight=_tensor([0, 2**62, 2**62], 0, 0)),
    lambda: _with(SOUND, weight=_tensor([0] * 100_000, 0, 0)),
    lambda: _with(SOUND, a=_tensor([2], 0, 8), b=_tensor([2], 4, 12)),
    lambda: _with(SOUND, weight=_tensor([2], 8, 0)),
    lambda: _with(SOUND, weight=_tensor([2], 0, 8, "F128")),
    lambda: _with(SOUND, weight=_tensor([2], 0, 8, "../../etc/passwd")),
    lambda: _with(SOUND, **{f"t{number}": _tensor([0], 0, 0) for number in range(100_000)}),
)
