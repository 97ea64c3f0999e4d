"""How the cost grows: seconds and memory against the number of cases, the length and the number of channels.

Each size has a process of its own, warmed up on a small set before, so that its highest mark of memory is its own.
Where a size would take too long, going by the last one, it is skipped and recorded as such.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from common import Result, Row, Settings, exponent, show_table
from contest.contenders import NAMES, chosen
from contest.lines import look_of
from contest.results import prefix_of, seconds_of
from contest.rowfile import RowFile
from contest.trial import Trial
from contest.worker import Worker
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from attime.data import SeriesSet
from attime.plot.style import CHANCE, tidy

SIZES = {
    "cases": (100, 1_000, 10_000, 100_000),
    "length": (100, 1_000, 10_000, 100_000),
    "channels": (1, 3, 10, 30, 100),
}
BASE = {
    "cases": {"length": 500, "channels": 1},
    "length": {"cases": 200, "channels": 1},
    "channels": {"cases": 200, "length": 200},
}
MODELS = ("ours", "fast")
N_TEST, N_CLASSES = 100, 2
LONGEST = 3600.0  # seconds for one size
COLUMNS = (
    "axis", "size", "model", "n_train", "n_steps", "n_channels", "status", "accuracy", "fit_seconds",
    "predict_seconds", "memory_mb", "peak_memory_mb",
)  # fmt: skip
TITLES = {
    "cases": "cases, of 500 steps and one channel",
    "length": "length, of 200 cases and one channel",
    "channels": "channels, of 200 cases and 200 steps",
}


@dataclass(frozen=True)
class Synthetic:
    """Noise in which the second class has a bump at a random place in every channel; float32."""

    cases: int
    length: int
    channels: int
    seed: int

    def __call__(self) -> tuple[SeriesSet, SeriesSet]:
        """Return the training part, and a test part of as many cases at every size."""
        rng = np.random.default_rng(self.seed)
        return self._part(self.cases, rng), self._part(N_TEST, rng)

    def _part(self, cases: int, rng: np.random.Generator) -> SeriesSet:
        values = rng.standard_normal((cases, self.channels, self.length), dtype=np.float32)
        labels = np.arange(cases) % N_CLASSES
        width = max(5, self.length // 10)
        for case, start in enumerate(rng.integers(0, self.length - width, size=cases)):
            values[case, :, start : start + width] += labels[case]
        return SeriesSet.of(values, labels)


def run(settings: Settings) -> Result:
    """Measure each model at each size."""
    file = RowFile(settings.out.with_suffix(".jsonl"), resume=settings.resume)
    for model in chosen(settings.models, MODELS):
        for axis, sizes in SIZES.items():
            if (settings.only or "") in axis:
                rows_of(file, model, axis, sizes[:2] if settings.quick else sizes, settings)
    show_table(file.rows, title="cost", columns=COLUMNS)
    draw(file.rows).savefig(settings.pictures / "scale.png", dpi=150)
    return Result(summary_of(file.rows), file.rows)


def rows_of(file: RowFile, model: str, axis: str, sizes: Sequence[int], settings: Settings) -> None:
    """Measure one model along one axis, until a size would take too long."""
    last: Row | None = None
    for size in sizes:
        told: Row = {"axis": axis, "size": size}
        shape = {"cases": 0, "length": 0, "channels": 0, **BASE[axis], axis: size}
        trial = Trial(Synthetic(**shape, seed=settings.first_seed), model, settings.first_seed, told)
        row = file.find(trial.heading)
        if row is None:
            expected = seconds_of(last) * size / float(last["size"]) if last else 0.0  # type: ignore[arg-type]
            if expected > LONGEST:
                row = {**trial.heading, "status": f"skipped: {expected:.0f} s are more than {LONGEST:.0f}"}
            else:
                worker = Worker.start(model, threads=settings.threads)
                row = worker.measure(trial)
                worker.stop()
            file.add(row)
            print({name: row[name] for name in COLUMNS if name in row}, flush=True)
        if row["status"] != "ok":
            break
        last = row


def done(rows: Sequence[Row], model: str, axis: str) -> list[Row]:
    """Return the records of one model along one axis that came to a result, by size."""
    own = [row for row in rows if (row["model"], row["axis"], row["status"]) == (model, axis, "ok")]
    return sorted(own, key=lambda row: float(row["size"]))  # type: ignore[arg-type]


def memory_of(row: Row) -> float:
    """Return what a trial took beyond what the process held before it, one MiB at least, for it has a logarithm."""
    return max(1.0, float(row["memory_mb"]))  # type: ignore[arg-type]


def summary_of(rows: Sequence[Row]) -> dict[str, float | None]:
    """Return the exponents: over all sizes by least squares, and between the two largest; 1 is linear."""
    summary: dict[str, float | None] = {}
    for model in dict.fromkeys(str(row["model"]) for row in rows):
        for axis in SIZES:
            own = done(rows, model, axis)
            if len(own) < 2:
                continue
            sizes = [float(row["size"]) for row in own]  # type: ignore[arg-type]
            for prefix, figures in (
                ("", [seconds_of(row) for row in own]),
                ("memory_", [memory_of(row) for row in own]),
            ):
                key = f"{prefix_of(model)}{prefix}exponent_{axis}"
                summary[key] = exponent(sizes, figures)
                summary[f"{key}_of_the_two_largest"] = exponent(sizes[-2:], figures[-2:])
            summary[f"{prefix_of(model)}{axis}_largest"] = sizes[-1]
            summary[f"{prefix_of(model)}{axis}_largest_seconds"] = seconds_of(own[-1])
            summary[f"{prefix_of(model)}{axis}_largest_peak_memory_mb"] = float(own[-1]["peak_memory_mb"])  # type: ignore[arg-type]
    return summary


def draw(rows: Sequence[Row]) -> Figure:
    """Draw seconds and memory along each axis, in powers of ten, beside a line that grows as fast as the size."""
    figure = Figure(figsize=(10, 6), layout="constrained")
    axes = figure.subplots(2, len(SIZES), squeeze=False)
    for column, axis in enumerate(SIZES):
        axes[0, column].set_title(TITLES[axis], fontsize=9)
        draw_axis(axes[0, column], rows, axis, seconds_of)
        draw_axis(axes[1, column], rows, axis, memory_of)
    axes[0, 0].set_ylabel("seconds to fit and predict")
    axes[1, 0].set_ylabel("memory beyond the libraries', MiB")
    if axes[0, 0].lines:
        axes[0, 0].legend(frameon=False, fontsize=9)
    return figure


def draw_axis(ax: Axes, rows: Sequence[Row], axis: str, figure_of: Callable[[Row], float]) -> None:
    """Draw one figure along one axis, a line for each model; the dotted line ends where the first of them does."""
    guide = True
    for model in NAMES:
        own = done(rows, model, axis)
        if not own:
            continue
        sizes, values = [float(row["size"]) for row in own], [figure_of(row) for row in own]  # type: ignore[arg-type]
        ax.plot(sizes, values, label=NAMES[model], **look_of(model))
        if guide:
            linear = [values[-1] * size / sizes[-1] for size in sizes]
            ax.plot(sizes, linear, ":", color=CHANCE, linewidth=1, label="linear")
            guide = False
    ax.set(xscale="log", yscale="log", xlabel=axis)
    ax.set_xticks(SIZES[axis], [f"{size:,}" for size in SIZES[axis]])
    ax.xaxis.set_minor_formatter(NullFormatter())
    tidy(ax)
