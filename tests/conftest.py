"""What every test runs under: shapes and types checked at each call, one thread, no windows."""

from __future__ import annotations

import os
from pathlib import Path

import jaxtyping
import matplotlib
import pytest
import torch

# Before attime is imported for the first time: each function of these rooms then checks its arguments and its result,
# shapes included. Not so the estimators, options and command line, which must answer whatever they are given.
CHECKED_ROOMS = ("attention", "nn", "data", "training", "persistence", "evaluate", "explain", "plot", "experiments")
# The hook takes the checker as text. An int passes for a float, as for mypy; `Self` passes unchecked, because the hook
# hands over methods one by one, without their class.
jaxtyping.install_import_hook(
    [f"attime.{room}" for room in CHECKED_ROOMS],
    "beartype.beartype(conf=beartype.BeartypeConf("
    "is_pep484_tower=True, hint_overrides=beartype.FrozenDict({beartype.typing.Self: object})))",
)

matplotlib.use("Agg")
torch.set_num_threads(1)  # the tests run in several processes


@pytest.fixture(scope="session")
def benchmark_data() -> Path:
    """Give the folder of public data sets: $ATTIME_DATA, or shared/data beside the checkout; skip without one."""
    beside = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("ATTIME_DATA") or beside)
    if not folder.is_dir():
        pytest.skip(f"{folder}: no such folder; set ATTIME_DATA to a folder of benchmark data")
    return folder
