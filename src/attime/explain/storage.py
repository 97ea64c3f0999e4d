"""An explanation as a file: its arrays as tensors, everything else as JSON."""

from __future__ import annotations

import json
import os
from typing import Any

import numpy as np
import pandas as pd
import torch
from jaxtyping import Shaped

from attime.attention import AttentionMap
from attime.data import SeriesSet
from attime.data.labels import LABEL_KINDS, plain
from attime.data.static import as_static
from attime.errors import AttimeError, ModelFileError, OptionError
from attime.explain.explanation import Explanation
from attime.persistence import ModelFile, read_model, write_model

KIND = "explanation"


def write_explanation(explanation: Explanation, path: str | os.PathLike[str]) -> None:
    """Write an explanation; see `Explanation.save`."""
    arrays = {
        "values": explanation.series.values,
        "relevance": explanation.relevance,
        "probabilities": explanation.probabilities,
        **{
            name: part
            for name, part in (
                ("truth", explanation.series.truth),
                ("times", explanation.series.times),
                ("steps", explanation.series.steps),
                ("numbers", explanation.numbers),
                ("static_evidence", explanation.static_evidence),
            )
            if part is not None
        },
    }
    try:
        json.dumps(dict(explanation.options))
    except (TypeError, ValueError) as error:
        raise OptionError(
            f"the options {dict(explanation.options)} of {explanation.method} cannot be saved ({error}); use text, "
            "numbers, lists"
        ) from error
    # Copies, because a file of tensors takes none that share memory, and torch warns of arrays it may not write to.
    tensors = {name: torch.from_numpy(np.array(part)) for name, part in arrays.items()}
    maps = {f"map {number}": part.weights.clone() for number, part in enumerate(explanation.maps)}
    static = explanation.series.static
    labels = {"target": explanation.target, "classes": explanation.classes, "labels": explanation.series.labels}
    specification = {
        "estimator": KIND,
        "method": explanation.method,
        "options": dict(explanation.options),
        "channels": list(explanation.series.channels),
        "source": explanation.series.source,
        "maps": [{"name": part.name, "axes": list(part.axes), "stride": part.stride} for part in explanation.maps],
        "static": None if static is None else {str(name): _plain(column) for name, column in static.items()},
        "names": {name: _words(part) for name, part in labels.items() if part is not None},
    }
    write_model(path, ModelFile(specification, tensors | maps))


def read_explanation(path: str | os.PathLike[str]) -> Explanation:
    """Read an explanation; see `Explanation.load`."""
    file = read_model(path)
    told = file.specification
    if told.get("estimator") != KIND:
        raise ModelFileError(
            f"{path}: holds the model {told.get('estimator')}, expected an explanation; load it with "
            f"{told.get('estimator')}.load"
        )
    try:
        arrays = {name: part.numpy() for name, part in file.tensors.items() if not name.startswith("map ")}
        names: dict[str, Any] = {
            name: np.array(words, dtype=LABEL_KINDS[kind]) for name, (kind, words) in told["names"].items()
        }
        maps = tuple(
            AttentionMap(part["name"], file.tensors[f"map {number}"], tuple(part["axes"]), part["stride"])
            for number, part in enumerate(told["maps"])
        )
        static = told.get("static")
        return Explanation(
            series=SeriesSet(
                arrays["values"],
                names.get("labels"),
                arrays.get("truth"),
                tuple(told["channels"]),
                told["source"],
                arrays.get("times"),
                arrays.get("steps"),
                None if static is None else as_static(pd.DataFrame(static), len(arrays["values"])),
            ),
            relevance=arrays["relevance"],
            target=names["target"],
            probabilities=arrays["probabilities"],
            classes=names["classes"],
            method=told["method"],
            maps=maps,
            options=dict(told["options"]),
            numbers=arrays.get("numbers"),
            static_evidence=arrays.get("static_evidence"),
        )
    except (
        AttimeError, ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError
    ) as error:  # fmt: skip
        raise ModelFileError(f"{path}: the explanation in it does not fit together; save it again") from error


def _plain(column: pd.Series[Any]) -> list[Any]:
    """Return a static column as JSON can hold it, what is missing as null."""
    return [None if pd.isna(value) else value for value in column.tolist()]


def _words(labels: Shaped[np.ndarray, " name"]) -> tuple[str, list[Any]]:
    """Return labels as JSON can hold them, with the kind of their array."""
    if labels.dtype.kind not in LABEL_KINDS:
        return "U", [str(word) for word in labels]  # dates and the like become text
    return labels.dtype.kind, [plain(word) for word in labels.tolist()]
