"""Several processes come to the model that one would have come to, and none goes on when another fails."""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch

from attime import AttentionClassifier, SineConfig, make_sine
from attime.data import write
from attime.persistence import read_model

WORKER = Path(__file__).with_name("together.py")
SPEC = importlib.util.spec_from_file_location("together", WORKER)
together = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(together)


def begun(n_processes: int, *words: str) -> list[subprocess.Popen]:
    """Start Python in several processes that know of each other, as `torchrun` starts them."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    told = {"WORLD_SIZE": n_processes, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "OMP_NUM_THREADS": 1}
    shared = os.environ | {name: str(value) for name, value in told.items()}
    return [
        subprocess.Popen(
            [sys.executable, *words], env=shared | {"RANK": str(number)}, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )
        for number in range(n_processes)
    ]  # fmt: skip


def started(n_processes: int, *words: str) -> list[subprocess.CompletedProcess]:
    """Run Python in several processes until all have ended."""
    running = begun(n_processes, *words)
    with ThreadPoolExecutor(n_processes) as pool:  # all are read from at once, or a full pipe would stop the others
        told = list(pool.map(subprocess.Popen.communicate, running))
    return [subprocess.CompletedProcess(words, one.returncode, *each) for one, each in zip(running, told, strict=True)]


@pytest.fixture(scope="module")
def alone():
    return together.results()


@pytest.fixture(scope="module", params=[2, pytest.param(3, marks=pytest.mark.slow)])
def every(request, tmp_path_factory):
    """What each of the processes has come to, and its answers to failures."""
    folder = tmp_path_factory.mktemp("together")
    ended = started(request.param, str(WORKER), str(folder))
    assert [one.returncode for one in ended] == [0] * request.param, ended
    return [torch.load(folder / f"{number}.pt") for number in range(request.param)]


def distance(found: torch.Tensor, wanted: torch.Tensor) -> float:
    return float((found - wanted).float().norm() / wanted.float().norm())


def test_an_update_costs_teaches_and_moves_the_same_as_in_one_process(alone, every):
    for name, wanted in alone.items():
        if name.startswith("update"):
            found = every[0][0][name]
            assert max(distance(found[part], wanted[part]) for part in wanted) < 1e-5, name


def test_a_training_ends_in_the_model_of_one_process(alone, every):
    for name in together.TRAININGS.keys() & every[0][0].keys():
        found, wanted = every[0][0][name], alone[name]
        assert max(distance(found[part], wanted[part]) for part in ("said", "losses") if part in wanted) < 1e-4, name


def test_all_processes_hold_the_same_model_bit_by_bit(every):
    first, *others = [found for found, _ in every]
    for name, parts in first.items():
        for part, value in parts.items():
            assert all(torch.equal(value, other[name][part]) for other in others), (name, part)


def test_dictionaries_are_those_of_one_process_bit_by_bit(alone, every):
    found = every[0][0]["dictionary"]
    assert all(torch.equal(found[part], value) for part, value in alone["dictionary"].items())


def test_other_cases_in_one_process_are_refused(every):
    assert sorted(answers["other cases"] for _, answers in every) == ["ProcessError"] + ["ProcessStopped"] * (
        len(every) - 1
    )


def test_a_failure_in_one_process_ends_all(every):
    *others, last = [answers["a failure"] for _, answers in every]
    assert (last, set(others)) == ("ZeroDivisionError", {"ProcessStopped"})


def test_the_command_tells_of_an_error_once():
    ended = started(2, "-m", "attime", "fit", "nowhere.npz")
    assert [one.returncode for one in ended] == [2, 2]
    (line,) = "".join(one.stderr for one in ended).splitlines()
    assert line.startswith("attime: nowhere.npz: cannot be read")


@pytest.mark.slow
def test_the_command_writes_and_tells_once(tmp_path):
    write(make_sine(SineConfig(n_series=60, n_steps=50)), tmp_path / "sine.npz")
    words = ["fit", str(tmp_path / "sine.npz"), "--network", "dictionary", "--out", str(tmp_path / "model.attime")]
    first, second = started(2, "-m", "attime", *words)
    assert (first.returncode, second.returncode) == (0, 0)
    assert "unseen cases" in first.stdout
    assert (second.stdout, second.stderr) == ("", "")
    assert AttentionClassifier.load(tmp_path / "model.attime").classes_.tolist() == ["flattened", "normal"]


@pytest.mark.slow
def test_killed_together_they_go_on_and_end_in_the_same_model(tmp_path):
    write(make_sine(SineConfig(n_series=60, n_steps=50)), tmp_path / "sine.npz")
    words = [
        "-m",
        "attime",
        "fit",
        str(tmp_path / "sine.npz"),
        "--network",
        "convolutional",
        "--training.device",
        "cpu",
    ]
    words += ["--training.max_epochs", "4", "--training.validation_share", "0.2", "--out"]
    again = [*words, str(tmp_path / "again.attime"), "--checkpoint", str(tmp_path / "kept"), "--checkpoint_every", "0"]
    killed = begun(2, *again)
    while killed[0].poll() is None and not list(tmp_path.glob("kept/*-after-00000001*")):
        time.sleep(0.01)
    for one in killed:
        one.kill()
        one.communicate()
    assert killed[0].returncode == -signal.SIGKILL
    first, second = started(2, *again)
    assert (first.returncode, second.returncode) == (0, 0)
    assert "updates of the next" in first.stdout  # it goes on and does not begin anew
    assert [one.returncode for one in started(2, *words, str(tmp_path / "whole.attime"))] == [0, 0]
    found, wanted = (read_model(tmp_path / f"{name}.attime").tensors for name in ("again", "whole"))
    assert found.keys() == wanted.keys()
    assert all(torch.equal(found[name], wanted[name]) for name in wanted if not name.endswith("seconds"))
