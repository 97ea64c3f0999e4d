"""The helpers of the benchmarks are no part of the package; their folder goes onto the path."""

from __future__ import annotations

import sys
from pathlib import Path

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"

if BENCHMARKS.is_dir():
    sys.path.append(str(BENCHMARKS))
else:  # a source distribution comes without them
    collect_ignore_glob = ["test_*.py"]
