"""The benchmark of the service, and requests that are malformed: both with a real process."""

from __future__ import annotations

from pathlib import Path

import pytest
import service
from common import Settings
from faults.nonsense import KINDS
from faults.requests import malformed

pytest.importorskip("fastapi", reason="the extra serve is not installed")


@pytest.mark.slow
def test_malformed_requests_are_survived():
    counts = malformed(5 * len(KINDS), seed=1)
    assert (counts.lost, counts.wrong, counts.crashed) == (0, 0, 0), counts.examples
    assert counts.survived == 5 * len(KINDS)


@pytest.mark.slow
def test_a_quick_run_measures_without_errors(tmp_path):
    nothing = {"seeds": None, "first_seed": 0, "only": None, "models": None, "resume": False}
    settings = Settings(
        data=Path("unused"), pictures=tmp_path, quick=True, threads=1, out=tmp_path / "service.json", **nothing
    )
    summary = service.run(settings).summary
    assert {"requests_per_second", "p50_ms", "p99_ms", "errors", "memory_growth_mb"} <= set(summary)
    assert summary["errors"] == 0
