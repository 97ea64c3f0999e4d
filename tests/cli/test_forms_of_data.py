"""The commands take data in every form that the library reads, and a part of a file that has several."""

from __future__ import annotations

import numpy as np
import pytest

from attime import SineConfig, make_sine, write
from attime.cli.main import main


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the same series in several forms."""
    folder = tmp_path_factory.mktemp("forms")
    series = make_sine(SineConfig(n_series=60, n_steps=40))
    for name in ("sine.ts.gz", "sine.npz"):
        write(series, folder / name)
    X, y = series.values, series.labels
    np.savez(folder / "parts.npz", X_train=X[:40], y_train=y[:40], X_test=X[40:], y_test=y[40:])
    return folder


@pytest.mark.parametrize(
    ("train", "more", "n_cases"),
    [("sine.ts.gz", [], 12), ("sine.npz", [], 12), ("parts.npz:train", ["--test", "parts.npz:test"], 20)],
)
def test_classifiers_are_fitted_on_every_form(folder, capsys, monkeypatch, train, more, n_cases):
    monkeypatch.chdir(folder)
    assert main(["fit", train, *more, "--training.max_epochs", "2"]) == 0
    assert f"{n_cases} " in capsys.readouterr().out


def test_the_part_is_asked_for_in_one_line(folder, capsys):
    assert main(["fit", str(folder / "parts.npz")]) == 2
    told = capsys.readouterr().err
    assert "expected one of train, test" in told
    assert told.count("\n") == 1
