"""The benchmark of alarms: which steps count as normal, what is pooled, and what the largest factor is of."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import alarms
import numpy as np
import pandas as pd
import pytest
from common import Settings
from detection.alarms import KINDS, RATES, alarm_ratios, alarms_of, normal_steps

from attime.data.detection import LabelledSeries
from attime.errors import OptionError
from attime.estimators.detection import AttentionDetector

N_TRAIN, FAULT = 240, slice(400, 412)
NONE = {f"alarms_{rate}_{kind}": 0 for rate in RATES for kind in KINDS}


def wave(n_channels: int = 1, seed: int = 0) -> LabelledSeries:
    """Return a wave with a fault in its first channel."""
    rng = np.random.default_rng(seed)
    steps = np.arange(500)[:, np.newaxis] + 5 * np.arange(n_channels)
    values = np.sin(2 * np.pi * steps / 20) + 0.05 * rng.normal(size=(500, n_channels))
    labels = np.zeros(500)
    values[FAULT, 0], labels[FAULT] = 1.5, 1
    return LabelledSeries.of(values, labels, name=f"{seed:03}_NAB_id_{seed}_x_tr_{N_TRAIN}", n_train=N_TRAIN)


def write(folder: Path, n_channels: int = 1, seed: int = 0) -> None:
    """Write such a series as a file."""
    folder.mkdir(parents=True)
    series = wave(n_channels, seed)
    np.savez(folder / f"{series.name}.npz", data=series.values, label=series.labels)


def row(name: str, source: str = "NAB", **counts: object) -> dict[str, object]:
    """Return a record of one file, with no alarm but those given."""
    return {"set": name, "model": "default", "source": source, "track": "u", "seconds": 1.0} | NONE | counts


def asking(tmp_path: Path, **changes) -> Settings:
    """Ask for a quick run of the default."""
    plain = Settings(
        data=tmp_path / "data", pictures=tmp_path, seeds=None, first_seed=0, quick=True, only=None, models=None,
        threads=1, resume=False, out=tmp_path / "alarms.json",
    )  # fmt: skip
    return replace(plain, **changes)


class TestAlarms:
    def test_steps_within_a_window_of_an_anomaly_are_not_normal(self):
        normal = normal_steps(wave(), 10)
        assert np.flatnonzero(~normal).tolist() == [*range(390 - N_TRAIN, 422 - N_TRAIN)]

    def test_they_are_those_that_the_detector_raises(self):
        series = wave()
        found = alarms_of(AttentionDetector(window=20).fit(series.train), series)
        normal = normal_steps(series, 20)
        for rate in RATES:
            for kind in KINDS:
                detector = AttentionDetector(window=20, alarm_rate=rate, adaptive=kind == "adaptive").fit(series.train)
                assert found[f"alarms_{rate}_{kind}"] == detector.detect(series.test).alarms[normal].sum()

    def test_they_are_pooled_over_the_files_of_a_source(self):
        rows = pd.DataFrame([row("a", n_normal=100), row("b", n_normal=900, alarms_10_fixed=15)])
        ratios = alarm_ratios(rows)
        assert ratios[(ratios["rate"] == 10) & (ratios["kind"] == "fixed")]["ratio"].tolist() == [1.5]


class TestSummary:
    def test_channels_are_pooled_and_the_worst_source_counts_whether_it_has_too_many_alarms_or_too_few(self):
        few = row("a", n_normal=500, alarms_10_adaptive=1)
        several = row("b", n_normal=500, alarms_10_adaptive=3, track="m")
        many = row("c", "MSL", n_normal=1000, alarms_10_adaptive=20)
        found = alarms.summary_of(pd.DataFrame([few, several, many]))
        assert (found["ratio_10_NAB"], found["ratio_10_MSL"]) == (pytest.approx(0.4), pytest.approx(2.0))
        assert found["worst_ratio_asked_to_observed"] == pytest.approx(2.5)
        assert found["files_within_twice_share"] == pytest.approx(2 / 3)

    def test_a_file_that_failed_is_told_and_nothing_is_made_of_it(self):
        failed = {"set": "a", "model": "default", "source": "NAB", "failed": "ValueError: no", "seconds": 1.0}
        found = alarms.summary_of(pd.DataFrame([failed]))
        assert found["n_failed"] == 1
        assert "worst_ratio_asked_to_observed" not in found


class TestRun:
    def test_a_quick_run_has_a_row_for_each_file_and_goes_on_where_it_was(self, tmp_path):
        write(tmp_path / "data" / "anomaly" / "tsb-ad-u")
        write(tmp_path / "data" / "anomaly" / "tsb-ad-m", 2, 1)
        result = alarms.run(asking(tmp_path))
        assert [one["track"] for one in result.rows] == ["u", "m"]
        assert all("failed" not in one for one in result.rows)
        assert result.summary["worst_ratio_asked_to_observed"] >= 1
        assert (tmp_path / "alarms.png").is_file()
        json.dumps(result.summary, allow_nan=False)
        assert alarms.run(asking(tmp_path, resume=True)).rows == result.rows

    def test_a_detector_that_fails_is_a_record(self, tmp_path):
        found = alarms.measure(replace(wave(), n_train=1), "default", asking(tmp_path))
        assert "Error" in found["failed"]

    @pytest.mark.parametrize(
        ("changes", "message"), [({"models": ("subpca",)}, "expected some of"), ({"only": "moon"}, "leaves nothing")]
    )
    def test_what_cannot_be_asked_for_is_said(self, tmp_path, changes, message):
        write(tmp_path / "data")
        with pytest.raises(OptionError, match=message):
            alarms.run(replace(asking(tmp_path), **changes))
