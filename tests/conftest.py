"""What every test runs under: shapes and types checked at each call, one thread, no windows."""

from __future__ import annotations

import csv
import gzip
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jaxtyping
import matplotlib
import numpy as np
import pytest
import torch

BROWSERS = ("chromium", "chromium-browser", "google-chrome")

# Before attime is imported for the first time: each function of these rooms then checks its arguments and its result,
# shapes included. Not so the estimators, options and command line, which must answer whatever they are given.
CHECKED_ROOMS = (
    "attention",
    "nn",
    "data",
    "training",
    "persistence",
    "evaluate",
    "explain",
    "plot",
    "report",
    "experiments",
)
# The hook takes the checker as text. An int passes for a float, as for mypy; `Self` passes unchecked, because the hook
# hands over methods one by one, without their class.
jaxtyping.install_import_hook(
    [f"attime.{room}" for room in CHECKED_ROOMS],
    "beartype.beartype(conf=beartype.BeartypeConf("
    "is_pep484_tower=True, hint_overrides=beartype.FrozenDict({beartype.typing.Self: object})))",
)

matplotlib.use("Agg")
torch.set_num_threads(1)  # the tests run in several processes

from attime import AttentionRegressor, SeriesSet  # noqa: E402 - after the hook


@pytest.fixture(scope="session")
def make_bumps() -> Callable[..., SeriesSet]:
    """Return a function that makes noise with one bump in each series.

    The label is how high the bump is, the truth is where it is.
    """

    def make(n_series: int, n_steps: int = 60, *, random_state: int = 0) -> SeriesSet:
        rng = np.random.default_rng(random_state)
        place, height = rng.uniform(10, n_steps - 10, (n_series, 1)), rng.uniform(1, 5, (n_series, 1))
        distance = np.abs(np.arange(n_steps) - place)
        noise = rng.normal(scale=0.2, size=(n_series, n_steps))
        return SeriesSet.of(noise + height * np.exp(-((distance / 4) ** 2) / 2), height[:, 0], truth=distance < 8)

    return make


@pytest.fixture(scope="session")
def bumps(make_bumps: Callable[..., SeriesSet]) -> SeriesSet:
    return make_bumps(120)


@pytest.fixture(scope="session")
def regressor(bumps: SeriesSet) -> AttentionRegressor:
    """A regressor that knows how high a bump is, and finds it."""
    return AttentionRegressor(training={"max_epochs": 40}, random_state=0).fit(bumps)


@pytest.fixture(scope="session")
def benchmark_data() -> Path:
    """Give the folder of public data sets: $ATTIME_DATA, or shared/data beside the checkout; skip without one."""
    beside = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("ATTIME_DATA") or beside)
    if not folder.is_dir():
        pytest.skip(f"{folder}: no such folder; set ATTIME_DATA to a folder of benchmark data")
    return folder


@pytest.fixture(scope="session")
def archived(benchmark_data: Path) -> Callable[[str], Path]:
    """Return a function that finds a file of the public archives, or skips the test."""

    def find(name: str) -> Path:
        path = benchmark_data / "classification" / name
        if not path.exists():
            pytest.skip(f"{path} is not on this machine")
        return path

    return find


@pytest.fixture
def as_long_csv(archived: Callable[[str], Path], tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that turns a packed .ts file of the archives into a long CSV file."""

    def convert(name: str) -> Path:
        target = tmp_path / Path(name).name.replace(".ts.gz", ".csv")
        write_long(archived(name), target)
        return target

    return convert


def write_long(source: Path, target: Path) -> None:
    """Write a .ts file (cases are lines, channels end in ``:``, the class comes last) in the long layout."""
    with gzip.open(source, "rt", encoding="utf-8") as lines, target.open("w", newline="") as unwritten:
        table = csv.writer(unwritten)
        data = (line.strip() for line in lines if line.strip() and line[0] not in "#@")
        for case, line in enumerate(data):
            *channels, label = line.split(":")
            if case == 0:
                table.writerow(["id", "time", "speaker", *(f"c{number}" for number in range(len(channels)))])
            steps = zip(*(channel.split(",") for channel in channels), strict=True)
            table.writerows([case, time, label, *step] for time, step in enumerate(steps))


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A browser without a window; skip where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        pytest.skip(f"no browser was found: install one of {', '.join(BROWSERS)}")
    with playwright.sync_playwright() as started:
        running = started.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield running
        running.close()
