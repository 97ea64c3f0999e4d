"""What an ONNX file tells of its model in its metadata, believed as far as it fits the graph; knows numpy alone."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Shaped

from attime.data.labels import LABEL_KINDS

#: What onnxruntime calls the numbers of an input, and what numpy does.
DTYPES: dict[str, type[np.float32 | np.float64 | np.int64]] = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(int64)": np.int64,
}

OUTCOMES = ("prediction", "evidence", "attention")
#: The outputs that a graph for each task has at least.
OUTPUTS = {
    "classify": OUTCOMES,
    "regress": OUTCOMES,
    "forecast": ("prediction", "low", "high"),
    "detect": ("reconstruction", "log_probability"),
}


def told_by(session: Any) -> dict[str, Any]:
    """Return the entry ``attime`` of the metadata of an open file.

    Raises
    ------
    ValueError, TypeError, LookupError
        If there is none, or it does not fit the graph.
    """
    told = json.loads(session.get_modelmeta().custom_metadata_map["attime"])
    inputs = {each.name: each for each in session.get_inputs()}
    outputs = {each.name: each for each in session.get_outputs()}
    task = told["task"]
    _see(set(OUTPUTS[task]) <= set(outputs), f"its outputs are {', '.join(outputs)}")
    _see(all(each.type in DTYPES for each in inputs.values()), "its inputs are of another kind")
    _see(_is_count(told["n_steps"]), f"it tells of {told['n_steps']!r} steps")
    names = _texts(told, "rows" if task == "forecast" else "channels")
    n_rows = inputs["series"].shape[1]
    if task == "forecast":
        _see(_texts(told, "series") and "owner" in inputs, "it tells of no series")
        _see(len(names) == n_rows, f"it tells of {len(names)} rows, and reads {n_rows}")
    else:
        _see(_is_count(told["n_channels"]) and told["n_channels"] == n_rows, f"it reads {n_rows} channels")
        _see(len(names) in (0, n_rows), f"it names {len(names)} channels, and reads {n_rows}")
    _see_static(told.get("static", []), inputs["static"].shape[1] if "static" in inputs else 0)
    unit = told.get("time_unit")
    _see((unit is not None) == ("times" in inputs), f"the distance of its steps is {unit!r}")
    _see(unit is None or (isinstance(unit, int | float) and 0 < unit < math.inf), f"its steps are {unit!r} apart")
    _texts(told, "columns")
    _see(told.get("n_columns") is None or _is_count(told["n_columns"]), "it tells of no number of columns")
    classes = classes_of(told)
    if task == "classify":
        n_classes = outputs["prediction"].shape[1]
        _see(len(classes) == n_classes, f"it names {len(classes)} classes, and tells {n_classes} apart")
    return told


def classes_of(told: Mapping[str, Any]) -> Shaped[np.ndarray, " class"]:
    """Return the class labels of a classifier as it had them; none of others."""
    classes = told.get("classes", [])
    _see(isinstance(classes, list), f"its classes are {classes!r}")
    found: Shaped[np.ndarray, ...] = np.array(classes, dtype=LABEL_KINDS[told.get("kind", "U")])
    _see(found.ndim == 1, "its classes are lists")
    return found


def _see_static(columns: Sequence[Mapping[str, Any]], n_columns: int) -> None:
    _see(isinstance(columns, list) and len(columns) == n_columns, f"it reads {n_columns} static columns")
    for each in columns:
        _see(isinstance(each["name"], str), f"a static column is called {each['name']!r}")
        if each["words"] is not None:
            _texts(each, "words")


def _texts(told: Mapping[str, Any], name: str) -> list[str]:
    """Return a list of texts, none if it is not there."""
    found = told.get(name) or []
    _see(isinstance(found, list) and all(isinstance(text, str) for text in found), f"its {name} are no texts")
    return found


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _see(fits: object, otherwise: str) -> None:
    if not fits:
        raise ValueError(otherwise)
