"""`to_onnx`: a fitted estimator as one ONNX file, which is compared with the estimator before it is written."""

from __future__ import annotations

import copy
import json
import logging
import os
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import jaxtyping
import torch
from sklearn.utils.validation import check_is_fitted

from attime.errors import OptionError, UnsuitableError
from attime.export.classifying import graph_of_outcomes
from attime.export.detecting import graph_of_reconstruction
from attime.export.forecasting import graph_of_forecast
from attime.export.graph import Graph
from attime.export.needs import needed
from attime.export.recurrent import with_operators
from attime.export.verify import verify
from attime.files import check_file, whole_file
from attime.names import pick

if TYPE_CHECKING:
    from attime.estimators.kinds import Estimator

OPSETS = range(18, 24)  # that the exporter of torch knows how to write
LARGEST = 2**31 - 1  # bytes of one file
N_CASES = 5  # with which a graph is traced

#: What makes a graph of each kind of estimator.
GRAPHS: dict[str, Callable[[Any], Graph]] = {
    "AttentionClassifier": graph_of_outcomes,
    "AttentionRegressor": graph_of_outcomes,
    "AttentionForecaster": graph_of_forecast,
    "AttentionDetector": graph_of_reconstruction,
}


def to_onnx(estimator: Estimator, path: str | os.PathLike[str], *, opset: int = 20) -> None:
    """Write a fitted estimator to an ONNX file, from series as they were measured to prediction and evidence.

    Scaling and mask are part of the graph: its input ``series`` holds NaN where a value is missing. What has to be
    known to use it, such as the names of classes, is in its metadata under ``attime``, as JSON. Before the file is
    written, what onnxruntime says is compared with what torch makes of the graph, on series of several numbers and
    lengths, with gaps, and with what the estimator itself predicts of some.

    Parameters
    ----------
    estimator
        A fitted classifier, regressor or forecaster, or a detector with a network.
    path
        The file, such as ``model.onnx``.
    opset
        Version of the operators of ONNX, from 18 to 23.

    Raises
    ------
    MissingExtraError
        If the packages of the extra ``onnx`` are not installed.
    OptionError
        If the opset is none of these.
    UnsuitableError
        If the estimator cannot be written as ONNX, or the graph says something else than the estimator.
    OutputError
        If the file cannot be written.

    Examples
    --------
    >>> from attime import AttentionClassifier, SineConfig, make_sine
    >>> from attime.export import OnnxModel, to_onnx
    >>> series = make_sine(SineConfig(n_series=60, n_steps=40))
    >>> clf = AttentionClassifier("lstm", training={"max_epochs": 1}, random_state=0).fit(series)
    >>> path = str(getfixture("tmp_path") / "sine.onnx")
    >>> to_onnx(clf, path)
    >>> bool((OnnxModel(path).predict(series) == clf.predict(series)).all())
    True
    """
    if opset not in OPSETS:
        raise OptionError(f"opset={opset!r} arrived, expected {OPSETS[0]} to {OPSETS[-1]}")
    onnx = needed("onnx")
    needed("onnxscript")
    check_is_fitted(estimator)
    check_file(path)
    graph = pick(GRAPHS, type(estimator).__name__, what="kind of estimator")(estimator)
    document = _exported(graph, opset)
    metadata = {"attime": json.dumps({**graph.told, "axes": _axes(document)})}  # in ASCII: names may be no UTF-8
    onnx.helper.set_model_props(document, metadata)
    document.doc_string = f"attime: {type(estimator).__name__}, from series as they were measured (NaN: missing)"
    if document.ByteSize() > LARGEST:
        raise UnsuitableError(
            f"a graph of {document.ByteSize() / 1e9:.1f} GB arrived, expected 2 GB at most, which is what an ONNX file "
            "can hold; fit a smaller network, or keep it as .attime"
        )
    onnx.checker.check_model(document, full_check=True)
    content = document.SerializeToString()
    verify(content, graph)
    with whole_file(path) as unfinished:
        unfinished.write_bytes(content)


def _exported(graph: Graph, opset: int) -> Any:
    """Return the document of a graph, with the names of its inputs, outputs and axes."""
    n_steps = graph.lengths[0]
    drawn = graph.drawn(N_CASES if n_steps != N_CASES else N_CASES + 1, n_steps)
    arguments = tuple(map(torch.from_numpy, drawn.values()))
    free = tuple(
        {number: torch.export.Dim.DYNAMIC for number, axis in enumerate(each.axes) if axis.size is None}
        for each in graph.inputs
    )
    with _tracing():
        names = list(graph.module.eval()(*arguments))
        try:
            program = torch.export.export(
                with_operators(copy.deepcopy(graph.module)), arguments, dynamic_shapes=(free,), strict=False
            )
            written = torch.onnx.export(
                program,
                dynamo=True,
                opset_version=opset,
                input_names=list(drawn),
                output_names=names,
                verbose=False,
            )
        except Exception as error:  # of many kinds, whatever torch could not write
            reason = next(iter(str(error.__cause__ or error).strip().splitlines()), type(error).__name__)
            raise UnsuitableError(
                f"{graph.told['task']}: this network cannot be written as ONNX ({reason[:300]}); take another network, "
                "scope or position, or serve the .attime file"
            ) from error
    assert written is not None
    return _with_axes(written.model_proto, graph)


def _with_axes(document: Any, graph: Graph) -> Any:
    """Call free axes by their names, and leave out the traces of where operators came from."""
    called: dict[str, str] = {}
    for given, found in zip(graph.inputs, document.graph.input, strict=True):
        for axis, dimension in zip(given.axes, found.type.tensor_type.shape.dim, strict=True):
            if axis.size is None:
                called[dimension.dim_param] = axis.name
    for found in (*document.graph.input, *document.graph.output):
        for dimension in found.type.tensor_type.shape.dim:
            if dimension.dim_param in called:
                dimension.dim_param = called[dimension.dim_param]
    del document.graph.value_info[:]
    for node in document.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    return document


def _axes(document: Any) -> Mapping[str, list[str | int]]:
    """Return the axes of each output: names of those that are free, sizes of others."""
    return {
        found.name: [dimension.dim_param or dimension.dim_value for dimension in found.type.tensor_type.shape.dim]
        for found in document.graph.output
    }


@contextmanager
def _tracing() -> Iterator[None]:
    """Keep what torch tells of its steps to itself, and types unchecked: meanwhile sizes are symbols, not numbers."""
    before, checked = logging.root.manager.disable, not jaxtyping.config.jaxtyping_disable
    logging.disable(logging.CRITICAL)
    jaxtyping.config.update("jaxtyping_disable", True)
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            yield
    finally:
        jaxtyping.config.update("jaxtyping_disable", not checked)
        logging.disable(before)
