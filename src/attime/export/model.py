"""`OnnxModel`: predictions from an ONNX file by onnxruntime, without torch."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float, Shaped
from numpy.typing import ArrayLike

from attime.data import SeriesSet
from attime.errors import DataError, ModelFileError, UnsuitableError
from attime.export.inputs import checked, inputs_of, series_of
from attime.export.metadata import classes_of, told_by
from attime.export.needs import needed

BATCH = 256  # cases that are looked at together
SILENT = 4  # how much onnxruntime prints: what is wrong is told in one error


@dataclass(frozen=True, eq=False)
class Looked:
    """What a model said of series, and where it looked.

    Attributes
    ----------
    prediction
        Probabilities of the classes, or numbers.
    evidence
        What each step added to each logit, or to the number.
    attention
        How much each step counted.
    maps
        All other outputs, by name.
    """

    prediction: Float[np.ndarray, case * outcome]
    evidence: Float[np.ndarray, "case class channel time"]
    attention: Float[np.ndarray, "case time"]
    maps: Mapping[str, np.ndarray]


class OnnxModel:
    """A model from an ONNX file that ``to_onnx`` has written; neither torch nor the estimator is needed.

    Parameters
    ----------
    path
        The file.
    n_threads
        Threads for each prediction; as many as onnxruntime finds useful if not given.

    Attributes
    ----------
    task_
        ``"classify"``, ``"regress"``, ``"forecast"`` or ``"detect"``.
    classes_
        The class labels of a classifier; empty of others.
    n_channels_, n_steps_
        Channels of series, and steps in training, or of the window that is read.
    time_unit_
        The typical distance of two steps, where the model was fitted with times.
    outputs_, static_columns_
        The names of all outputs, and of the static covariates that it was fitted with.
    digest
        Of the file: what tells it from others.

    Raises
    ------
    MissingExtraError
        If onnxruntime is not installed.
    ModelFileError
        If the file is no ONNX model of attime.
    """

    classes_: Shaped[np.ndarray, " class"]

    def __init__(self, path: str | os.PathLike[str], *, n_threads: int | None = None) -> None:
        runtime = needed("onnxruntime")
        options = runtime.SessionOptions()
        options.intra_op_num_threads = n_threads or 0
        options.log_severity_level = SILENT
        try:
            with open(path, "rb") as file:
                content = file.read()
        except OSError as error:
            raise ModelFileError(f"{path}: cannot be read ({error.strerror}); give a file of attime export") from error
        try:
            self._session = runtime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
            told = told_by(self._session)
            self.task_, self.n_channels_, self.n_steps_ = told["task"], told.get("n_channels", 1), told["n_steps"]
            self.classes_: Shaped[np.ndarray, " class"] = classes_of(told)
        except Exception as error:  # onnxruntime has errors of its own, with no common root
            reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
            raise ModelFileError(
                f"{path}: is no ONNX model of attime ({reason}); write one with attime export MODEL --onnx FILE"
            ) from error
        self.told_: Mapping[str, Any] = told
        self.static_columns_ = tuple(str(each["name"]) for each in told.get("static", []))
        self.time_unit_: float | None = told.get("time_unit")
        self.digest = hashlib.sha256(content).hexdigest()
        self.outputs_ = tuple(output.name for output in self._session.get_outputs())
        self._inputs = {each.name: each for each in self._session.get_inputs()}
        self._run_options = runtime.RunOptions()
        self._run_options.only_execute_path_to_fetches = True  # evidence costs nothing unless asked for
        self._run_options.log_severity_level = SILENT

    def predict(self, X: ArrayLike | pd.DataFrame | SeriesSet) -> Shaped[np.ndarray, " case"]:
        """Return the most probable class of each case, or its number."""
        if self.task_ == "classify":
            return self.classes_[self.predict_proba(X).argmax(1)]
        self._suits("regress", what="predict")
        return self.run(self.inputs_of(X), ["prediction"])["prediction"]

    def predict_proba(self, X: ArrayLike | pd.DataFrame | SeriesSet) -> Float[np.ndarray, "case class"]:
        """Return the probability of each class for each case, in the order of `classes_`."""
        self._suits("classify", what="predict_proba")
        return self.run(self.inputs_of(X), ["prediction"])["prediction"]

    def explain(self, X: ArrayLike | pd.DataFrame | SeriesSet) -> Looked:
        """Return prediction, evidence and attention of each case."""
        self._suits("classify", "regress", what="explain")
        found = self.run(self.inputs_of(X), self.outputs_)
        return Looked(found.pop("prediction"), found.pop("evidence"), found.pop("attention"), found)

    def table(self, series: SeriesSet) -> pd.DataFrame:
        """Return a row for each case: what is predicted, and the probability of every class."""
        if self.task_ != "classify":
            return pd.DataFrame({"predicted": self.predict(series)}).rename_axis("case")
        probabilities = self.predict_proba(series)
        frame = pd.DataFrame(probabilities, columns=[f"probability_{label}" for label in self.classes_.tolist()])
        frame.insert(0, "predicted", self.classes_[probabilities.argmax(1)])
        return frame.rename_axis("case")

    def inputs_of(self, X: ArrayLike | pd.DataFrame | SeriesSet) -> dict[str, np.ndarray]:
        """Return series as the inputs of the graph: values, and times and static covariates where it has these.

        Raises
        ------
        DataError
            If the series have other channels or columns, or lack what the model was fitted with.
        UnsuitableError
            If the model is a forecaster, whose windows have rows of their own.
        """
        self._suits("classify", "regress", "detect", what="inputs_of")
        return inputs_of(series_of(X, self.told_), self._inputs, self.told_)

    def run(self, inputs: Mapping[str, ArrayLike], outputs: Sequence[str] | None = None) -> dict[str, np.ndarray]:
        """Return outputs by name for inputs by name, as the graph has them, some cases at a time.

        Raises
        ------
        DataError
            If an input is missing, holds what it cannot, or has another shape than the graph; if there is no such
            output; if the series are longer than the graph can read.
        """
        names = list(self.outputs_ if outputs is None else outputs)
        if not names or not set(names) <= set(self.outputs_):
            raise DataError(
                f"the outputs {', '.join(map(str, names)) or '(none)'} were asked for, expected some of "
                f"{', '.join(self.outputs_)}; correct the list"
            )
        arrays = checked(inputs, self._inputs, self.told_.get("series", ()))
        n_cases = len(next(iter(arrays.values())))
        parts = [
            self._answer(names, {name: part[first : first + BATCH] for name, part in arrays.items()})
            for first in range(0, max(n_cases, 1), BATCH)
        ]
        return dict(zip(names, map(np.concatenate, zip(*parts, strict=True)), strict=True))

    def _answer(self, names: Sequence[str], arrays: Mapping[str, np.ndarray]) -> list[np.ndarray]:
        try:
            return self._session.run(names, arrays, self._run_options)
        except Exception as error:  # onnxruntime has errors of its own, with no common root
            n_steps = arrays["series"].shape[-1]
            if n_steps > self.n_steps_:
                raise DataError(
                    f"series of {n_steps} steps arrived, more than this graph can read, whose model was fitted on "
                    f"series of {self.n_steps_} steps; give shorter ones"
                ) from error
            told = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
            reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
            raise DataError(
                f"{told} arrived, of which the graph can make nothing ({reason}); give other series, or report this"
            ) from error

    def _suits(self, *tasks: str, what: str) -> None:
        if self.task_ not in tasks:
            raise UnsuitableError(
                f"{what} arrived for a model that is to {self.task_}, expected one to {' or '.join(tasks)}; its "
                f"outputs are {', '.join(self.outputs_)}: call run"
            )
