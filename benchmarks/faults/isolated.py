"""Tasks that may end the process, never end, or fill the memory: done in a child, one after the other."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

from faults.counts import CRASHED, NAMES

SECONDS = 60  # of computing, that a task may take; ten times as much by the clock, for whatever waits


def outcomes(do: Callable[[int], str], n: int, *, memory: int) -> Iterator[str]:
    """Yield what the tasks 0 … n − 1 came to, each a name in `NAMES`; a child that dies has crashed over its task.

    Parameters
    ----------
    do
        From the number of a task to what it came to.
    n
        How many tasks there are.
    memory
        Bytes of address space that a child may take beyond what this process has.
    """
    done = 0
    while done < n:
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            _work(do, range(done, n), writer, memory)
        os.close(writer)
        with os.fdopen(reader, "rb") as told:
            while done < n and (code := told.read(1)):
                yield NAMES[code[0]]
                done += 1
        os.waitpid(child, 0)
        if done < n:
            yield CRASHED
            done += 1


def _work(do: Callable[[int], str], numbers: range, writer: int, memory: int) -> None:
    """Do tasks until the end of this process."""
    try:
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + memory, used + memory))
        for number in (signal.SIGALRM, signal.SIGPROF):
            signal.signal(number, signal.SIG_DFL)
        for number in numbers:
            signal.setitimer(signal.ITIMER_PROF, SECONDS)
            signal.alarm(10 * SECONDS)
            os.write(writer, bytes([NAMES.index(do(number))]))
    finally:
        os._exit(0)
