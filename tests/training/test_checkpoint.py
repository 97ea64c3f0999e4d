"""What checkpoints promise: a run ends as an undisturbed one does, however often and whenever it was killed."""

from __future__ import annotations

import errno
import itertools
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

import numpy as np
import pandas as pd
import pytest
import torch

from attime import (
    AttentionClassifier,
    AttentionDetector,
    AttentionForecaster,
    AttentionRegressor,
    SineConfig,
    checkpointing,
    make_sine,
    write,
)
from attime.cli.main import main
from attime.errors import OptionError
from attime.estimators.choosing import QUALITIES, Quality
from attime.nn import Convolutional, Dictionary
from attime.nn.networks.dictionary import QUICK
from attime.persistence import read_model
from attime.training import CheckpointWarning, TrainingInterruptedWarning, updates
from attime.training.signals import Signals

SERIES = make_sine(SineConfig(n_series=60, n_steps=40))
TRAINING = {"max_epochs": 3, "validation_share": 0.2}


class Killed(BaseException):
    """Nobody catches it."""


def classifier(**changes):
    return AttentionClassifier(**{"network": "convolutional", "training": TRAINING, "random_state": 0} | changes)


def fit_ensemble():
    return classifier(n_networks=2).fit(SERIES)


def fit_mixture():
    return AttentionClassifier(training=TRAINING, random_state=0).fit(SERIES)


def fit_regressor():
    outcome = SERIES.values[:, 0].max(axis=1)
    training = TRAINING | {"patience": 1, "schedule": "constant"}
    return AttentionRegressor("bilstm", training=training, random_state=0).fit(SERIES.values, outcome)


def fit_forecaster():
    time_of = np.arange(160)
    values = np.sin(time_of / 3) ** 3 + np.random.default_rng(0).normal(scale=0.1, size=160)
    table = pd.DataFrame({"ds": time_of, "y": values})
    return AttentionForecaster(horizon=4, training={"max_epochs": 2}, random_state=0).fit(table)


def fit_detector():
    values = np.sin(np.arange(600) / 4) + np.random.default_rng(0).normal(scale=0.1, size=600)
    return AttentionDetector("variational", window=16, training={"max_epochs": 2}, random_state=0).fit(values)


def killed_after(n_batches, monkeypatch, kill=Killed):
    """Let the process die, or get a signal, once so many batches were computed, in training or validation."""
    made, autocast = itertools.count(), updates.autocast

    def dying(*arguments):
        number = next(made)
        if kill is Killed and number >= n_batches:
            raise Killed
        if number == n_batches:
            signal.raise_signal(kill)
        return autocast(*arguments)

    monkeypatch.setattr(updates, "autocast", dying)


def once(fit, folder, monkeypatch, *, after, kill=Killed):
    """Fit, killed after so many batches; return what was fitted, if it came to that."""
    with monkeypatch.context() as patched, suppress(Killed):
        killed_after(after, patched, kill)
        with checkpointing(folder, every=0):
            return fit()


def assert_equal(one, other, folder):
    """Compare what two estimators write, but for seconds, which belong to the clock and not to the model."""
    files = []
    for number, estimator in enumerate((one, other)):
        estimator.save(folder / f"{number}.attime")
        files.append(read_model(folder / f"{number}.attime"))
    assert files[0].specification == files[1].specification
    assert files[0].tensors.keys() == files[1].tensors.keys()
    different = [name for name, tensor in files[0].tensors.items() if not torch.equal(tensor, files[1].tensors[name])]
    assert all(name.endswith("seconds") for name in different), different


@pytest.mark.parametrize(
    ("fit", "every"),
    [(fit_ensemble, 11), (fit_mixture, 5), (fit_regressor, 5), (fit_forecaster, 7), (fit_detector, 3)],
    ids=["ensemble", "mixture", "regressor", "forecaster", "detector"],
)
def test_killed_again_and_again_it_ends_in_the_same_model(fit, every, tmp_path, monkeypatch):
    both = Quality(Dictionary(families=QUICK, n_dilations=4), n_networks=1, networks_from=0, enough=0.0)
    monkeypatch.setitem(QUALITIES, "default", both)  # what is tried with many cases
    undisturbed, fitted, n_kills = fit(), None, -1
    folder = tmp_path / "checkpoints"
    while fitted is None:
        fitted, n_kills = once(fit, folder, monkeypatch, after=every), n_kills + 1
        assert len(list(folder.glob("*-after-*"))) <= 2
    assert n_kills >= 1
    assert_equal(undisturbed, fitted, tmp_path)
    assert (folder / "complete.json").exists()
    assert_equal(undisturbed, once(fit, folder, monkeypatch, after=0), tmp_path)  # nothing is trained again


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"training": TRAINING | {"max_epochs": 4}}, "max_epochs: 3 then, 4 now"),
        ({"random_state": 1}, "cases: not the same"),
        ({"class_weight": "balanced"}, r"\(loss: not the same\)"),
        ({"scaling": "both"}, "network: not the same"),
        ({"network": Convolutional(weigh="sparsemax")}, r"\(network: not the same\)"),
        ({"training": TRAINING | {"max_seconds": 100.0}}, "limit on seconds: none then, one now"),
    ],
    ids=["option", "seed", "loss", "scaling", "what no weight tells", "limit"],
)
def test_the_folder_of_another_run_is_refused_with_what_differs(change, told, tmp_path, monkeypatch):
    once(lambda: classifier().fit(SERIES), tmp_path, monkeypatch, after=5)
    with (
        pytest.raises(OptionError, match=f"holds checkpoints of another run .*{told}.*; run the same as then"),
        checkpointing(tmp_path),
    ):
        classifier(**change).fit(SERIES)


def test_another_seed_is_another_run_where_time_is_limited_too(tmp_path, monkeypatch):
    limited = {"training": TRAINING | {"max_seconds": 100.0, "validation_share": 0}}
    once(lambda: classifier(**limited).fit(SERIES), tmp_path, monkeypatch, after=10**6)
    with pytest.raises(OptionError, match="seed: "), checkpointing(tmp_path):
        classifier(**limited, random_state=1).fit(SERIES)


def test_of_a_damaged_checkpoint_the_one_before_is_used(tmp_path, monkeypatch):
    folder = tmp_path / "checkpoints"

    def fit():
        return classifier().fit(SERIES)

    once(fit, folder, monkeypatch, after=12)
    before, newest = sorted(folder.glob("*-after-*"))
    content = bytearray(newest.read_bytes())
    content[-100] ^= 1
    newest.write_bytes(content)
    with pytest.warns(CheckpointWarning, match=f"{newest.name}: damaged"):
        fitted = once(fit, folder, monkeypatch, after=1000)
    assert_equal(fit(), fitted, tmp_path)
    assert before.exists() is False


def test_a_full_disk_costs_a_warning_and_nothing_that_was_there(tmp_path, monkeypatch):
    folder = tmp_path / "checkpoints"

    def fit():
        return classifier().fit(SERIES)

    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    once(fit, folder, monkeypatch, after=12)
    there = {path: path.read_bytes() for path in folder.iterdir()}
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.warns(CheckpointWarning, match="No space left on device"):
            fitted = once(fit, folder, monkeypatch, after=1000)
    assert {path: path.read_bytes() for path in folder.iterdir()} == there
    assert_equal(fit(), fitted, tmp_path)


@pytest.fixture
def heard():
    """Let Ctrl-C interrupt, as it does not in what a shell runs in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard")
def test_ctrl_c_gives_the_best_so_far_and_the_next_run_goes_on(tmp_path, monkeypatch):
    folder = tmp_path / "checkpoints"
    with pytest.warns(TrainingInterruptedWarning, match="interrupted after 1 epochs"):
        best = once(fit_ensemble, folder, monkeypatch, after=8, kill=signal.SIGINT)
    assert best.history_.ended == "interrupted"
    assert not (folder / "complete.json").exists()
    with checkpointing(folder):
        fitted = fit_ensemble()
    assert_equal(fit_ensemble(), fitted, tmp_path)


def test_sigterm_waits_for_a_save_and_then_does_what_it_always_does(tmp_path, monkeypatch):
    saved = []

    def end(number, frame):
        saved.extend(path.name for path in tmp_path.iterdir())
        raise Killed

    before = signal.signal(signal.SIGTERM, end)
    try:
        with monkeypatch.context() as patched, suppress(Killed), checkpointing(tmp_path, every=1e6):
            killed_after(3, patched, signal.SIGTERM)
            fit_ensemble()
        assert saved == ["0001-after-000000004.safetensors"]  # the update that was under way was made
        assert signal.getsignal(signal.SIGTERM) is end
    finally:
        signal.signal(signal.SIGTERM, before)


@pytest.mark.usefixtures("heard")
def test_a_signal_that_waits_is_not_lost_when_an_error_comes_first():
    def fail(signals):
        with signals.heeded(), signals.waiting():
            signal.raise_signal(signal.SIGINT)
            raise ValueError

    with pytest.raises(KeyboardInterrupt):
        fail(Signals())


def test_seconds_between_saves_have_to_be_a_number(tmp_path):
    with pytest.raises(OptionError, match="every=-1"), checkpointing(tmp_path, every=-1):
        pass


def test_a_command_that_was_killed_writes_the_same_model_when_it_is_run_again(tmp_path, capsys):
    write(SERIES, tmp_path / "series.csv")
    words = f"fit {tmp_path}/series.csv --target label --network convolutional --training.max_epochs 5"
    again = f"{words} --checkpoint {tmp_path}/checkpoints --checkpoint_every 0 --out {tmp_path}/again.attime"
    process = subprocess.Popen(
        [sys.executable, "-m", "attime", *again.split()], env=os.environ | {"OMP_NUM_THREADS": "1"}
    )
    while process.poll() is None and not list(tmp_path.glob("checkpoints/*-after-00000001*")):
        time.sleep(0.01)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    assert main(again.split()) == 0
    assert f"checkpoints in {tmp_path}/checkpoints: trainings done: 0; updates of the next: " in capsys.readouterr().out
    assert main(f"{words} --out {tmp_path}/whole.attime".split()) == 0
    load = AttentionClassifier.load
    assert_equal(load(tmp_path / "whole.attime"), load(tmp_path / "again.attime"), tmp_path)
