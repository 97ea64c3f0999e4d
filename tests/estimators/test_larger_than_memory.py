"""Fitting to files that are read in pieces: the same estimator, to the last bit, in memory that does not grow."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import numpy as np
import pandas as pd
import pytest

from attime import AttentionClassifier, AttentionRegressor, SeriesSet, read, shards, write
from attime.cli.main import main
from attime.data import TrainingScale
from attime.data.series import SeriesSet as Container
from attime.errors import DataError
from attime.nn import Convolutional, Transformer

SMALL = {"training": {"max_epochs": 2, "validation_share": 0.2}, "random_state": 0}
TINY = Convolutional(width=4, dilations=(1,), looks=1)


@pytest.fixture(autouse=True)
def _blocks_are_small(monkeypatch):
    """Go through few cases at a time, as if there were many."""
    whole = Container.blocks
    monkeypatch.setattr(Container, "blocks", lambda self, n_numbers=800: whole(self, n_numbers))


@pytest.fixture(scope="module")
def cases():
    """Series of unequal lengths with gaps, uneven times, two channels and static covariates."""
    rng = np.random.default_rng(0)
    lengths = rng.integers(5, 25, 150)
    values = [rng.normal(size=(2, length)) for length in lengths]
    for series in values:
        series[0, 2] = np.nan
    labels = np.where([series[1, 3] > 0 for series in values], "up", "down")
    return SeriesSet.of(
        values,
        labels,
        channels=["left", "right"],
        times=np.cumsum(rng.integers(1, 4, (150, lengths.max())), axis=1),
        static=pd.DataFrame({"age": rng.normal(50, 9, 150), "sex": rng.choice(["f", "m"], 150)}),
    )


@pytest.fixture(scope="module")
def path(cases, tmp_path_factory):
    place = tmp_path_factory.mktemp("cases") / "cases.npz"
    write(cases, place)
    return place


ESTIMATORS = {
    "network": AttentionClassifier(TINY, **SMALL),
    "networks": AttentionClassifier(TINY, n_networks=2, class_weight="balanced", scaling="both", **SMALL),
    "times": AttentionClassifier(Transformer(position="time_stamps"), **SMALL),
    "dictionaries": AttentionClassifier(quality="fast", random_state=0),
}


@pytest.mark.parametrize("name", ESTIMATORS)
@pytest.mark.filterwarnings("ignore:the steps are at unequal distances")
def test_a_fit_to_pieces_is_the_fit_to_all(name, path, cases):
    options = {"need_target": True}
    whole = ESTIMATORS[name].fit(read(path, **options)).logits(cases)
    pieces = ESTIMATORS[name].fit(shards(path, n_numbers=500, **options)).logits(cases)
    np.testing.assert_array_equal(pieces, whole)


@pytest.mark.filterwarnings("ignore:the steps are at unequal distances")
def test_numbers_are_learnt_from_pieces_too(cases, tmp_path):
    numbers = np.nanmax(cases.values[:, 0], axis=1)
    write(SeriesSet.of(cases.values, numbers), tmp_path / "numbers.npz")
    regressor = AttentionRegressor(TINY, **SMALL)
    whole = regressor.fit(read(tmp_path / "numbers.npz")).outcomes(cases.values)
    pieces = regressor.fit(shards(tmp_path / "numbers.npz", n_numbers=500)).outcomes(cases.values)
    np.testing.assert_array_equal(pieces, whole)


def test_nothing_is_left_on_the_disk(path, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.warns(UserWarning, match="unequal distances"):
        AttentionClassifier(TINY, **SMALL).fit(shards(path))
    assert not list(tmp_path.iterdir())


def test_a_scale_does_not_depend_on_how_cases_are_divided():
    rng = np.random.default_rng(0)
    values = rng.normal(5, 3, size=(301, 3, 37))
    values[rng.random(values.shape) < 0.2] = np.nan
    whole = TrainingScale.fit(values)
    parts = TrainingScale.fit_blocks([values[:1], values[1:200], values[200:]])
    np.testing.assert_array_equal(parts.mean, whole.mean)
    np.testing.assert_array_equal(parts.deviation, whole.deviation)
    np.testing.assert_allclose(whole.mean, np.nanmean(values, axis=(0, 2)))
    np.testing.assert_allclose(whole.deviation, np.nanstd(values, axis=(0, 2)))


def test_what_pieces_cannot_be_used_for_is_said(path, cases):
    with pytest.raises(DataError, match=r"labels arrived beside shards, which have their own"):
        AttentionClassifier(TINY, **SMALL).fit(shards(path), cases.labels)
    with pytest.warns(UserWarning, match="unequal distances"):
        model = AttentionClassifier(TINY, **SMALL).fit(shards(path))
    with pytest.raises(DataError, match=r"predict\(piece\) for piece in shards"):
        model.predict(shards(path))


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_the_command_learns_from_a_folder_what_it_learns_from_a_file(task, tmp_path, capsys):
    rng = np.random.default_rng(0)
    values = rng.normal(size=(120, 20))
    frame = pd.DataFrame(values).assign(label=(values[:, 3] > 0).astype(int))
    (tmp_path / "days").mkdir()
    frame.to_csv(tmp_path / "all.csv", index=False)
    frame[:50].to_csv(tmp_path / "days" / "1.csv", index=False)
    frame[50:].to_csv(tmp_path / "days" / "2.csv", index=False)
    words = ["--target", "label", "--network", "convolutional", "--training.max_epochs", "1", "--task", task]
    for name in ("all.csv", "days"):
        assert main(["fit", str(tmp_path / name), *words, "--out", str(tmp_path / f"{name}.attime")]) == 0
    assert "24 unseen cases" in capsys.readouterr().out
    kind = AttentionClassifier if task == "classification" else AttentionRegressor
    one, other = (kind.load(tmp_path / f"{name}.attime").outcomes(values) for name in ("all.csv", "days"))
    np.testing.assert_array_equal(one, other)


MEMORY = """
    import sys, threading, time
    import numpy as np
    from attime import AttentionClassifier, shards

    def held():
        with open("/proc/self/status") as lines:
            return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024

    marks = []
    def watch():
        while True:
            marks.append(held())
            time.sleep(0.01)

    rng = np.random.default_rng(0)
    model = AttentionClassifier(quality="fast", random_state=0).fit(rng.normal(size=(3000, 100)), np.arange(3000) % 2)
    before = held()
    threading.Thread(target=watch, daemon=True).start()
    model.fit(shards(sys.argv[1]))
    print(max(marks) - before)
"""


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks the kernel of Linux what is held in memory")
def test_memory_does_not_grow_with_the_cases(tmp_path):
    n_cases, rng = 1_000_000, np.random.default_rng(0)
    values = np.lib.format.open_memmap(tmp_path / "X.npy", mode="w+", dtype=np.float32, shape=(n_cases, 100))
    for start in range(0, n_cases, 10_000):
        values[start : start + 10_000] = rng.normal(size=(10_000, 100))
    del values
    np.save(tmp_path / "y.npy", np.arange(n_cases) % 2)
    words = [sys.executable, "-c", textwrap.dedent(MEMORY), str(tmp_path / "X.npy")]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert float(done.stdout) < 400  # MiB, most of it labels and the fit to a sample; values and masks alone are 860
