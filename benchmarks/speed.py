"""Latency: torch, torch.compile and onnxruntime on 1, 32 and 256 series; what starting, importing, explaining cost.

All engines have one thread and take turns. A network is timed in parts: tensors in, logits, evidence and attention out
("all"), or the prediction alone. The default network at 500 points, one series, is what `onnx_single_ms` is about.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from common import Result, Row, Settings, seconds_by_turns, show_table

from attime import AttentionClassifier, explain
from attime.data import SineConfig, make_sine
from attime.export import OnnxModel, to_onnx
from attime.nn import Convolutional, Dictionary, Network, Recurrent, Transformer
from attime.nn.networks.dictionary import QUICK

N_STEPS, N_TRAIN, SIZES = 500, 200, (1, 32, 256)
NETWORKS: dict[str, Network] = {
    "default network": Convolutional(),
    "transformer": Transformer(),
    "bilstm": Recurrent(hidden=32),
    "dictionary, fast": Dictionary(families=QUICK, n_dilations=6),
    "dictionary": Dictionary(),
}
PROCESSES = 7  # fresh ones, of which the median is taken


def run(settings: Settings) -> Result:
    """Time every network in every engine, then what the command line and an explanation cost."""
    torch.set_num_threads(1)
    sizes = SIZES[:2] if settings.quick else SIZES
    names = [name for name in NETWORKS if (settings.only or "") in name]
    names = [name for name in names if "dictionary" not in name] if settings.quick else names
    rows = [row for name in names for row in rows_of(name, sizes, repeats=5 if settings.quick else 31)]
    columns = ("network", "engine", "series", "milliseconds", "milliseconds_prediction_alone")
    show_table(rows, title=f"one thread, {N_STEPS} points", columns=columns)
    summary = {
        "help_seconds": seconds_of_process("from attime.cli.main import main; main(['--help'])"),
        "import_seconds": seconds_of_process("import attime"),
        "bare_python_seconds": seconds_of_process("pass"),
        "explain_over_predict": explain_over_predict(repeats=3 if settings.quick else 9),
        "onnx_single_ms": None,
    }
    for row in rows:
        if (row["engine"], row["series"]) == ("onnxruntime", 1):
            key = str(row["network"]).replace(", ", "_").replace(" ", "_")
            summary[f"onnx_single_ms_{key}"] = row["milliseconds_prediction_alone"]  # type: ignore[assignment]
            summary[f"onnx_single_ms_{key}_with_evidence"] = row["milliseconds"]  # type: ignore[assignment]
    summary["onnx_single_ms"] = summary.get("onnx_single_ms_default_network")
    return Result(summary, rows)


def rows_of(name: str, sizes: tuple[int, ...], *, repeats: int) -> list[Row]:
    """Time one network in each engine; an engine that cannot is told of in its row."""
    series = make_sine(SineConfig(n_series=N_TRAIN + max(sizes), n_steps=N_STEPS))
    training = {} if isinstance(NETWORKS[name], Dictionary) else {"training": {"max_epochs": 1}}
    classifier = AttentionClassifier(NETWORKS[name], random_state=0, **training).fit(series[:N_TRAIN])
    with tempfile.TemporaryDirectory() as folder:
        path, start = Path(folder) / "model.onnx", time.perf_counter()
        to_onnx(classifier, path)
        export_seconds = time.perf_counter() - start
        model = OnnxModel(path, n_threads=1)
    rows: list[Row] = []
    for size in sizes:
        torch.compiler.reset()  # or what was compiled for other sizes would count against a limit
        compiled = torch.compile(classifier.module_, dynamic=False)
        own = series[N_TRAIN : N_TRAIN + size]
        tensors, inputs = classifier.cases(own).inputs, model.inputs_of(own)
        tasks: dict[str, Callable[[], object]] = {
            "torch": partial(everything, classifier.module_, tensors),
            "torch.compile": partial(everything, compiled, tensors),
            "onnxruntime": partial(model.run, inputs),
            "torch, prediction alone": partial(prediction, classifier.module_, tensors),
            "torch.compile, prediction alone": partial(prediction, compiled, tensors),
            "onnxruntime, prediction alone": partial(model.run, inputs, ["prediction"]),
        }
        if "dictionary" in name:  # counts words, which is one operator already: minutes of compiling would gain nothing
            tasks = {engine: task for engine, task in tasks.items() if "compile" not in engine}
        failed = {engine: reason for engine, task in tasks.items() if (reason := reason_against(task))}
        able = {engine: task for engine, task in tasks.items() if engine not in failed}
        seconds = seconds_by_turns(able, repeats=max(3, repeats // (1 + size // 32)))
        rows += [
            {
                "network": name,
                "engine": engine,
                "series": size,
                "milliseconds": milliseconds(seconds.get(engine)),
                "milliseconds_prediction_alone": milliseconds(seconds.get(f"{engine}, prediction alone")),
                "status": failed.get(engine, "ok" if engine in tasks else "not tried"),
                "export_seconds": export_seconds,
            }
            for engine in ("torch", "torch.compile", "onnxruntime")
        ]
    return rows


def milliseconds(seconds: float | None) -> float | None:
    """Return thousandths."""
    return None if seconds is None else 1000 * seconds


def reason_against(task: Callable[[], object]) -> str:
    """Return why something cannot be done, after having tried; nothing if it can."""
    try:
        task()
    except Exception as error:  # a compiler may fail in any way
        return f"{type(error).__name__}: {str(error).strip().splitlines()[0][:200]}"
    return ""


@torch.no_grad()
def everything(module: torch.nn.Module, tensors: tuple[torch.Tensor, ...]) -> None:
    """Compute what the graph computes."""
    output = module(*tensors)
    _ = output.prediction.softmax(1), output.evidence, [each.weights for each in output.maps]


@torch.no_grad()
def prediction(module: torch.nn.Module, tensors: tuple[torch.Tensor, ...]) -> None:
    """Compute the prediction alone."""
    module(*tensors).prediction.softmax(1)


def explain_over_predict(*, repeats: int) -> float:
    """Return how much longer it takes to explain 200 series by evidence than to predict them."""
    series = make_sine(SineConfig(n_series=2 * N_TRAIN, n_steps=N_STEPS))
    classifier = AttentionClassifier("convolutional", training={"max_epochs": 1}, random_state=0).fit(series[:N_TRAIN])
    own = series[N_TRAIN:]
    tasks = {"predict": lambda: classifier.predict_proba(own), "explain": lambda: explain(classifier, own)}
    seconds = seconds_by_turns(tasks, repeats=repeats)
    return seconds["explain"] / seconds["predict"]


def seconds_of_process(script: str) -> float:
    """Return the median seconds of fresh processes."""
    found = []
    for _ in range(PROCESSES):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
        found.append(time.perf_counter() - start)
    return statistics.median(found)
