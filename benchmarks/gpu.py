"""Graphics card: cases per second in use and in training, beside the processor and what the card could do at most.

The most a card could do is measured on it, not taken from a data sheet: a large product of matrices for arithmetic, a
large copy for bandwidth. Operations are counted by torch (a multiply and an add are two); bytes are those of the inputs
and the weights, each read once, which no implementation can do without. Memory is the most that was allocated for a
row, weights and cases included.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from common import Result, Row, Settings, show_table
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from attime.errors import OptionError
from attime.estimators.recipes import RECIPES
from attime.training import Cases, CrossEntropy
from attime.training.device import autocast
from attime.training.objectives import LocalAndComplete

NETWORKS = ("convolutional", "transformer", "bilstm")
N_STEPS, SIZES, QUICK_SIZES = 500, (1, 64, 1024, 8192), (64,)
MODES = ("fp32", "bf16", "bf16 compiled")
REPEATS, SIDE = 7, 8192


@dataclass(frozen=True)
class Limits:
    """What a device could do at most: operations and bytes in a second."""

    fp32: float
    bf16: float
    bandwidth: float


def run(settings: Settings) -> Result:
    """Measure every network on the card and on the processor."""
    if not torch.cuda.is_available():
        raise OptionError("benchmark 'gpu' needs a graphics card, and this machine has none; run it where there is one")
    card, processor = torch.device("cuda"), torch.device("cpu")
    limits, rows = limits_of(card), []
    for name in settings.models or NETWORKS:
        for n_cases in QUICK_SIZES if settings.quick else SIZES:
            for work in ("use", "training"):
                rows += [_row(name, work, n_cases, card, mode, limits) for mode in MODES]
                if n_cases <= 1024:
                    rows.append(_row(name, work, n_cases, processor, "fp32", None))
    show_table(rows, title=torch.cuda.get_device_name())
    return Result(_summary(rows) | {f"limit_{key}": value for key, value in vars(limits).items()}, rows)


def limits_of(device: torch.device) -> Limits:
    """Measure what a device could do at most."""

    def product(kind: torch.dtype) -> float:
        matrix = torch.randn(SIDE, SIDE, device=device, dtype=kind)
        return 2 * SIDE**3 / _seconds(lambda: matrix @ matrix, device)

    numbers = torch.randn(2**28, device=device)
    other = torch.empty_like(numbers)
    return Limits(
        fp32=product(torch.float32),
        bf16=product(torch.bfloat16),
        bandwidth=2 * 4 * len(numbers) / _seconds(lambda: other.copy_(numbers), device),
    )


def _row(name: str, work: str, n_cases: int, device: torch.device, mode: str, limits: Limits | None) -> Row:
    torch.manual_seed(0)
    torch.compiler.reset()  # or what was compiled for other sizes would count against a limit
    gc.collect()
    held = torch.cuda.memory_allocated()
    network = RECIPES[name].network.build(n_channels=1, n_classes=2, n_steps=N_STEPS, gaps=False).to(device)
    values = torch.randn(n_cases, 1, N_STEPS, device=device)
    classes = torch.arange(n_cases, device=device) % 2
    cases = Cases(values, torch.ones_like(values, dtype=torch.bool), classes)
    precision, n_operations = mode.split()[0], _operations(network, cases, work)
    if mode.endswith("compiled"):
        network.encoder.compile(dynamic=False)
    task = _use(network, cases, precision) if work == "use" else _train(network, cases, precision)
    torch.cuda.reset_peak_memory_stats()
    seconds = _seconds(task, device)
    row: Row = {
        "network": name,
        "work": work,
        "cases": n_cases,
        "device": device.type,
        "mode": mode,
        "cases_per_second": n_cases / seconds,
        "milliseconds": 1000 * seconds,
    }
    if limits is None:
        return row
    n_bytes = 4 * (values.numel() + sum(part.numel() for part in network.parameters()))
    return row | {
        "share_of_arithmetic": n_operations / seconds / getattr(limits, precision),
        "share_of_bandwidth": n_bytes / seconds / limits.bandwidth,
        "memory_mb": (torch.cuda.max_memory_allocated() - held) / 2**20,
    }


def _use(network: nn.Module, cases: Cases, precision: str) -> Callable[[], object]:
    network.eval()

    def task() -> Tensor:
        with torch.inference_mode(), autocast(cases.values.device, precision):
            return network(*cases.inputs).prediction

    return task


def _train(network: nn.Module, cases: Cases, precision: str) -> Callable[[], object]:
    network.train()
    optimizer = torch.optim.AdamW(network.parameters(), fused=True)
    objective = LocalAndComplete(CrossEntropy(None))

    def task() -> None:
        with autocast(cases.values.device, precision):
            charge = objective(network, cases)
            cost = charge.losses.mean() + charge.demands
        optimizer.zero_grad(set_to_none=True)
        cost.backward()
        optimizer.step()

    return task


def _operations(network: nn.Module, cases: Cases, work: str) -> int:
    """Count what a pass takes; training is two passes (the objective looks twice), and twice that on the way back."""
    network.eval().requires_grad_(False)
    with FlopCounterMode(display=False) as counter:
        network(*cases.inputs)
    network.requires_grad_(True)
    # Recurrent layers are one kernel, which torch does not count: each step multiplies and adds each weight once.
    weights = [
        part for layer in network.modules() if isinstance(layer, nn.RNNBase)
        for name, part in layer.named_parameters() if name.startswith("weight")
    ]  # fmt: skip
    n_recurrent = 2 * sum(part.numel() for part in weights) * len(cases) * N_STEPS
    once = counter.get_total_flops() + n_recurrent
    return once if work == "use" else 2 * 3 * once


def _seconds(task: Callable[[], object], device: torch.device) -> float:
    """Return the median seconds of a task."""
    task()
    measured = []
    for _ in range(REPEATS):
        _wait(device)
        start = time.perf_counter()
        task()
        _wait(device)
        measured.append(time.perf_counter() - start)
    return statistics.median(measured)


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _summary(rows: list[Row]) -> dict[str, float | None]:
    """Return the most cases per second of each network and kind of work, and how much faster than the processor.

    The two are compared at the largest number of cases that both were given, each in its fastest mode.
    """
    summary: dict[str, float | None] = {}
    for name, work in dict.fromkeys((str(row["network"]), str(row["work"])) for row in rows):
        own = [row for row in rows if (row["network"], row["work"]) == (name, work)]
        card, processor = _rates(own, "cuda"), _rates(own, "cpu")
        summary[f"{name}_{work}_cases_per_second"] = max(card.values())
        if both := card.keys() & processor.keys():
            summary[f"{name}_{work}_over_cpu"] = card[max(both)] / processor[max(both)]
            summary[f"{name}_{work}_over_cpu_cases"] = max(both)
    return summary


def _rates(rows: list[Row], device: str) -> dict[int, float]:
    """Return the most cases per second of a device for each number of cases."""
    rates: dict[int, float] = {}
    for row in rows:
        if row["device"] == device:
            n_cases, rate = int(str(row["cases"])), float(str(row["cases_per_second"]))
            rates[n_cases] = max(rate, rates.get(n_cases, 0.0))
    return rates
