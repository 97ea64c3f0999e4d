"""Runs that are killed, and disks that are full: whether `attime fit` still ends in the model of an undisturbed run.

``killed`` lets SIGKILL end the command at random moments, with a checkpoint after each update; every other kill is to
hit a file that is being written. The same command is run again, killed again, and in the end left alone. After each
kill the newest whole checkpoint must be no older than the one that was seen to be whole before it, the next run must go
on from there and not begin anew, and a model that stood at ``--out`` must be the old one or the new one. ``disk_full``
runs the same on a disk too small for it.
"""

from __future__ import annotations

import dataclasses
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch

from attime import AttentionClassifier, SineConfig, make_sine, write
from attime.errors import ModelFileError
from attime.persistence import read_model
from attime.training.state_file import read_state
from faults.counts import CRASHED, LOST, SURVIVED, WRONG, Counts

KILLS_A_RUN = 5
LONGEST_WAIT = 0.6  # seconds from the first sign of work to the kill
PATIENCE = 600.0  # seconds after which a run that does not end has crashed
SMALL = 256 * 1024  # bytes of a disk that is too small for two checkpoints
OLD = b"an older model"
AMID = "amid a write"
#: Called in a process before it becomes the command.
Limit = Callable[[], None] | None


def killed(n: int = 50, seed: int = 0) -> Counts:
    """Kill runs `n` times in all, and compare what each of them ends in with an undisturbed one."""
    found = kills(n, seed)
    amid = sum(place == AMID for place, _ in found)
    return dataclasses.replace(Counts.of(found), note=f"{amid} of {len(found)} kills amid a write")


def kills(n: int, seed: int) -> list[tuple[str, str]]:
    """Return of each kill whether it hit a write, and what it came to."""
    rng, found = random.Random(seed), list[tuple[str, str]]()
    with tempfile.TemporaryDirectory() as name:
        run = Run.undisturbed(Path(name))
        while len(found) < n:
            found += _one_run(run, min(KILLS_A_RUN, n - len(found)), rng)
    return found


def disk_full() -> Counts:
    """Run the command with a disk too small for checkpoints, and with one too small for the model."""
    with tempfile.TemporaryDirectory() as name:
        run = Run.undisturbed(Path(name))
        with small_disk(Path(name) / "small") as (small, limit):
            return Counts.of(
                [
                    ("full while a checkpoint is written", _full_of_checkpoints(run, small, limit)),
                    ("full while a model is written over an older one", _full_before_the_model(run, small, limit)),
                ]
            )


def _full_of_checkpoints(run: Run, small: Path, limit: Limit) -> str:
    ended = run.to_its_end(run.out, f"--checkpoint {small / 'checkpoints'} --checkpoint_every 0", limit)
    shutil.rmtree(small / "checkpoints", ignore_errors=True)
    if ended.returncode != 0 or "the checkpoint was not saved" not in ended.stderr:
        return CRASHED
    return SURVIVED if run.is_right() else WRONG


def _full_before_the_model(run: Run, small: Path, limit: Limit) -> str:
    model = small / "model.attime"
    model.write_bytes(OLD)
    if limit is None:
        (small / "filling").write_bytes(bytes(SMALL - 16 * 1024))
    ended = run.to_its_end(model, "", limit)
    if model.read_bytes() != OLD:
        return LOST
    told = ended.stderr.strip().splitlines()
    return SURVIVED if ended.returncode == 2 and len(told) == 1 and "cannot be written" in told[0] else CRASHED


@dataclass(frozen=True)
class Run:
    """A command, and the places that it reads and writes."""

    folder: Path
    words: str

    @classmethod
    def new(cls, folder: Path) -> Run:
        """Make the data of a run."""
        write(make_sine(SineConfig(n_series=80, n_steps=60)), folder / "series.csv")
        words = f"fit {folder / 'series.csv'} --target label --network convolutional --n_networks 2"
        return cls(folder, f"{words} --training.device cpu --training.max_epochs 12 --training.validation_share 0.2")

    @classmethod
    def undisturbed(cls, folder: Path) -> Run:
        """Make the data of a run, and the model that others must come to."""
        run = cls.new(folder)
        ended = run.to_its_end(run.whole, "")
        if ended.returncode:
            raise RuntimeError(f"the undisturbed run ended with exit code {ended.returncode}: {ended.stderr}")
        return run

    @property
    def whole(self) -> Path:
        """Where the model of the undisturbed run is."""
        return self.folder / "whole.attime"

    @property
    def out(self) -> Path:
        """Where the model of the run that is disturbed comes to."""
        return self.folder / "model.attime"

    @property
    def checkpoints(self) -> Path:
        """Where checkpoints are."""
        return self.folder / "checkpoints"

    def start(self, out: Path, more: str, limit: Limit = None) -> subprocess.Popen[str]:
        """Start the command."""
        return subprocess.Popen(
            [sys.executable, "-m", "attime", *f"{self.words} --out {out} {more}".split()],
            env=os.environ | {"OMP_NUM_THREADS": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=limit,
        )

    def to_its_end(self, out: Path, more: str, limit: Limit = None) -> subprocess.CompletedProcess[str]:
        """Run the command and wait for it."""
        process = self.start(out, more, limit)
        try:
            _, told = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            _, told = process.communicate()
        return subprocess.CompletedProcess(process.args, process.returncode, stderr=told)

    def is_right(self) -> bool:
        """Whether the model is that of the undisturbed run; seconds, which the clock makes, are not compared."""
        try:
            one, other = read_model(self.whole), read_model(self.out)
            AttentionClassifier.load(self.out)
        except ModelFileError:
            return False
        names = [name for name in one.tensors if not name.endswith("seconds")]
        alike = one.specification == other.specification and one.tensors.keys() == other.tensors.keys()
        return alike and all(torch.equal(one.tensors[name], other.tensors[name]) for name in names)


def _one_run(run: Run, n_kills: int, rng: random.Random) -> list[tuple[str, str]]:
    """Kill a run so many times, unless it comes to its end before, and let it end."""
    shutil.rmtree(run.checkpoints, ignore_errors=True)
    run.out.write_bytes(OLD)
    more = f"--checkpoint {run.checkpoints} --checkpoint_every 0"
    found = []
    for number in range(n_kills):
        there, left = _files(run.checkpoints), _progress(run.checkpoints)
        process = run.start(run.out, more)
        while process.poll() is None and _files(run.checkpoints) == there:
            time.sleep(0.002)
        time.sleep(rng.uniform(0, LONGEST_WAIT))
        seen = _progress(run.checkpoints)
        while number % 2 and process.poll() is None and not _stopped_in_a_write(process, run.checkpoints):
            pass  # every other kill is to hit a write
        process.kill()
        process.communicate()
        if process.returncode == 0:  # it was faster; nothing was killed
            break
        place = AMID if _unfinished(run.checkpoints) else "between writes"
        new = {_place(run.checkpoints / file) for file in _files(run.checkpoints) - there if file[0] in "0123456789"}
        anew = any(one < left for one in new)  # what was there before the kill was not made use of
        found.append((place, LOST if anew else _what_is_left(run, process.returncode, max(seen, left))))
    ended = run.to_its_end(run.out, more)
    end = CRASHED if ended.returncode else SURVIVED if run.is_right() else WRONG
    if not found:
        raise RuntimeError(f"a run was never killed: it ended with exit code {process.returncode} before that")
    return [(place, outcome if outcome != SURVIVED else end) for place, outcome in found]


def _what_is_left(run: Run, code: int, seen: str) -> str:
    """Return what the end of a process by this code has left of the progress that was seen, and of the model."""
    if code != -signal.SIGKILL:
        return CRASHED
    gone = _progress(run.checkpoints) < seen
    is_there = run.out.is_file() and (run.out.read_bytes() == OLD or run.is_right())
    return LOST if gone or not is_there else SURVIVED


def _files(folder: Path) -> set[str]:
    return set(os.listdir(folder)) if folder.exists() else set()


def _unfinished(folder: Path) -> bool:
    return any(name.startswith(".") for name in _files(folder))


def _stopped_in_a_write(process: subprocess.Popen[str], folder: Path) -> bool:
    """Whether a process was found, and stopped, in a write; else it goes on."""
    if not _unfinished(folder):
        return False
    process.send_signal(signal.SIGSTOP)
    time.sleep(0.002)
    if _unfinished(folder):
        return True
    process.send_signal(signal.SIGCONT)
    return False


def _progress(folder: Path) -> str:
    """Return the name of the newest checkpoint that is whole; names sort by progress."""
    for path in sorted(folder.glob("[0-9]*.safetensors"), key=_place, reverse=True):
        try:
            read_state(path)
        except ModelFileError:
            continue
        return _place(path)
    return ""


def _place(path: Path) -> str:
    return path.stem.replace("after", "0").replace("ended", "1")


@contextmanager
def small_disk(folder: Path) -> Iterator[tuple[Path, Limit]]:
    """Give a folder on a small disk of its own; where none may be mounted, a limit of the size of files instead."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", str(folder)]
    mounted = os.geteuid() == 0 and subprocess.run(mount, capture_output=True).returncode == 0
    try:
        yield folder, None if mounted else _limit_files
    finally:
        if mounted:
            subprocess.run(["umount", str(folder)], check=True)


def _limit_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL // 8, SMALL // 8))
