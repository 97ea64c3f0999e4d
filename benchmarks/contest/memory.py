"""How much memory this process holds, and held at most since a moment that one chooses.

Linux keeps the highest mark for each process and lets it be set back, so that nothing has to be sampled. Elsewhere the
mark is that of the whole life of the process.
"""

from __future__ import annotations

import resource
import sys
from contextlib import suppress
from pathlib import Path

STATUS = Path("/proc/self/status")
TO_MB = 1024**2 if sys.platform == "darwin" else 1024  # the unit of ru_maxrss differs


def forget_peak() -> None:
    """Let the highest mark begin anew at what is held now."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak_mb() -> float:
    """Return the highest mark, in MiB."""
    return _status("VmHWM") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / TO_MB


def resident_mb() -> float:
    """Return what is held now, in MiB; the highest mark where that is not known."""
    return _status("VmRSS") or peak_mb()


def _status(field: str) -> float | None:
    if not STATUS.is_file():
        return None
    for line in STATUS.read_text().splitlines():
        if line.startswith(f"{field}:"):
            return float(line.split()[1]) / 1024
    return None
