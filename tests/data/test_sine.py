"""The sine task is what its configuration says, step by step."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from attime.data import SineConfig, make_sine
from attime.errors import AttimeError, DataError, OptionError

SMALL = SineConfig(n_series=200)


def test_packaged_file_is_the_task_as_published() -> None:
    assert SineConfig.default() == SineConfig()


def test_normal_series_are_sines_of_grid_frequency_and_amplitude() -> None:
    config = SineConfig(n_series=50, share_normal=1.0)
    series = make_sine(config)
    time = np.linspace(0, 2 * np.pi, 500)
    frequencies = np.arange(100, 401) / 100
    waves = np.sin(frequencies[:, np.newaxis] * time)
    for values in series.values[:, 0].astype(np.float64):
        amplitudes = waves @ values / np.square(waves).sum(axis=1)
        error = np.abs(values - amplitudes[:, np.newaxis] * waves).max(axis=1)
        assert error.min() < 1e-5
        amplitude = amplitudes[error.argmin()]
        assert abs(amplitude * 100 - round(amplitude * 100)) < 1e-3
        assert 1 - 1e-6 < amplitude < 10 + 1e-6
    assert not series.truth.any()


def test_flat_part_keeps_the_value_of_its_start() -> None:
    plain = make_sine(SMALL)
    for values, flat, label in zip(plain.values[:, 0], plain.truth, plain.labels, strict=True):
        assert flat.any() == (label == "flattened")
        if flat.any():
            steps = np.flatnonzero(flat)
            assert (np.diff(steps) == 1).all()
            assert (values[steps] == values[steps[0]]).all()
            assert steps[0] in range(0, 451, 5)
            assert 50 <= len(steps) <= 250 or steps[-1] == 499


def test_outside_the_flat_part_the_series_is_the_sine() -> None:
    flattened = make_sine(SMALL.model_copy(update={"share_normal": 0.0}))
    time = np.linspace(0, 2 * np.pi, 500)
    waves = np.sin(np.arange(100, 401)[:, np.newaxis] / 100 * time)
    for values, flat in zip(flattened.values[:, 0].astype(np.float64), flattened.truth, strict=True):
        seen = waves[:, ~flat]
        amplitudes = seen @ values[~flat] / np.square(seen).sum(axis=1)
        assert np.abs(values[~flat] - amplitudes[:, np.newaxis] * seen).max(axis=1).min() < 1e-5


@pytest.mark.parametrize(("n_series", "share", "normal"), [(10, 0.5, 5), (11, 0.3, 3), (7, 1.0, 7), (7, 0.0, 0)])
def test_the_number_of_normal_series_is_exact(n_series: int, share: float, normal: int) -> None:
    series = make_sine(SineConfig(n_series=n_series, share_normal=share))
    assert (series.labels == "normal").sum() == normal


def test_cases_are_shuffled_and_the_seed_decides() -> None:
    first, again = make_sine(SMALL), make_sine(SMALL)
    other = make_sine(SMALL.model_copy(update={"random_state": 1}))
    np.testing.assert_array_equal(first.values, again.values)
    np.testing.assert_array_equal(first.labels, again.labels)
    assert (first.labels != other.labels).any()
    assert 20 < (first.labels[:100] == "normal").sum() < 80


def test_noise_is_a_share_of_the_amplitude_and_leaves_the_truth() -> None:
    noisy = make_sine(SMALL.model_copy(update={"noise": 0.1}))
    clean = make_sine(SMALL)
    assert (noisy.truth == clean.truth).all()
    ratio = (noisy.values - clean.values)[:, 0].std(axis=1) / clean.values[:, 0].max(axis=1)
    assert 0.08 < np.median(ratio) < 0.13


def test_a_flat_part_can_be_seen_in_very_short_series() -> None:
    truth = make_sine(SineConfig(n_series=100, n_steps=5, share_normal=0.0)).truth
    assert (truth.sum(axis=1) >= 2).all()


def test_what_a_file_does_not_mention_keeps_its_default(tmp_path: Path) -> None:
    path = tmp_path / "sine.json"
    path.write_text(json.dumps({"n_steps": 100, "noise": 0.2}))
    assert SineConfig.from_json(path) == SineConfig(n_steps=100, noise=0.2)
    path.write_text(SineConfig().model_dump_json())
    assert SineConfig.from_json(path) == SineConfig()


@pytest.mark.parametrize(
    ("content", "fragments"),
    [
        ('{"n_series": 0}', ["n_series", "0 arrived", "greater than 0"]),
        ('{"n_series": "many"}', ["n_series", "'many' arrived", "integer"]),
        ('{"n_steps": 1}', ["n_steps", "1 arrived", "2"]),
        ('{"noise": -1}', ["noise", "-1 arrived"]),
        ('{"noise": Infinity}', ["noise", "finite"]),
        ('{"share_normal": 1.5}', ["share_normal", "1.5 arrived", "less than or equal to 1"]),
        ('{"random_state": -1}', ["random_state", "-1 arrived"]),
        ('{"interval": [3, 1]}', ["interval", "[3.0, 1.0]", "ascend"]),
        ('{"interval": [3]}', ["interval"]),
        ('{"interval": [0, 1e300]}', ["interval.1", "1e+300 arrived", "less than or equal to"]),
        ('{"frequency": {"low": 4, "high": 1, "step": 0.1}}', ["frequency", "low", "4 > 1"]),
        ('{"frequency": {"low": 1, "high": 4, "step": 0}}', ["frequency.step", "0 arrived", "greater than"]),
        ('{"frequency": {"low": 1, "high": 4}}', ["frequency.step", "required"]),
        ('{"amplitude": {"low": 0, "high": 4, "step": 1}}', ["amplitude.low", "above 0"]),
        ('{"flat_start": {"low": 0, "high": 1.5, "step": 0.1}}', ["flat_start", "0…1.5"]),
        ('{"shares": [0.5, 0.1, 0.1]}', ["shares", "0.7", "sum 1"]),
        ('{"shares": [0.5, 0.5]}', ["shares"]),
        ('{"flat_strat": 1}', ["'flat_strat'", "did you mean 'flat_start'?"]),
        ('{"frequency": {"low": 1, "hihg": 4, "step": 1}}', ["frequency", "high"]),
        ('{"frequency": {"low": 1, "high": 4, "step": 1, "stepp": 1}}', ["'frequency.stepp'", "did you mean 'step'?"]),
    ],
)
def test_an_entry_that_cannot_be_is_named(tmp_path: Path, content: str, fragments: list[str]) -> None:
    path = tmp_path / "sine.json"
    path.write_text(content)
    with pytest.raises(OptionError) as caught:
        SineConfig.from_json(path)
    assert all(fragment in str(caught.value) for fragment in [str(path), *fragments]), caught.value
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "fragments"),
    [
        ('{"n_series": 10,\n "n_steps" 5}', ["line 2, column 12", "JSON"]),
        ("[1, 2]", ["list arrived", "object"]),
        ('{"n_series": ' + "9" * 5000 + "}", ["digits"]),
        ("[" * 100_000, ["sensible size"]),
        ("", ["empty"]),
    ],
)
def test_a_file_that_is_no_configuration_is_refused(tmp_path: Path, content: str, fragments: list[str]) -> None:
    path = tmp_path / "sine.json"
    path.write_text(content)
    with pytest.raises(DataError) as caught:
        SineConfig.from_json(path)
    assert all(fragment in str(caught.value) for fragment in [str(path), *fragments]), caught.value


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(AttimeError, match=r"nowhere\.json"):
        SineConfig.from_json(tmp_path / "nowhere.json")


def test_a_configuration_is_a_value() -> None:
    with pytest.raises(ValidationError):
        SMALL.n_series = 3
    with pytest.raises(ValueError, match="n_seris"):
        SineConfig(n_seris=3)
