"""`attime serve` as a process: started, found ready, looked at, and told to stop."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

STOPS_WITHIN = 30  # seconds


@dataclass(frozen=True)
class Running:
    """A service that accepts requests."""

    process: subprocess.Popen[str]
    host: str
    port: int

    @property
    def is_alive(self) -> bool:
        """Whether the process is still there."""
        return self.process.poll() is None

    @property
    def memory_mb(self) -> float:
        """What the process holds in memory."""
        held = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{self.process.pid}/status").read_text())
        assert held is not None
        return int(held[1]) / 1024


@contextmanager
def serving(models: Sequence[Path], *options: str, log: Path | None = None) -> Iterator[Running]:
    """Serve models at a free port of the loopback; in the end the service must stop by itself, with exit code 0."""
    command = [sys.executable, "-m", "attime", "serve", *map(str, models), "--port", "0", *options]
    with open(log or "/dev/null", "w") as told:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=told, text=True)
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.search(r"http://([\d.]+):(\d+)", line)
            if found is None:
                raise RuntimeError(f"the service did not begin: {line!r}, exit code {process.poll()}")
            yield Running(process, found[1], int(found[2]))
            process.send_signal(signal.SIGTERM)
            if process.wait(STOPS_WITHIN) != 0:
                raise RuntimeError(f"the service ended with exit code {process.returncode}, expected 0")
        finally:
            process.kill()
            process.wait()
