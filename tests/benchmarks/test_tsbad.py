"""The benchmark of long series: what peers learn from, which alarms count as false, and what is compared with what."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tsbad
from common import Settings
from detection.files import labelled_series, published_beside, source_of
from detection.intervals import interval
from detection.measures import measures_of
from detection.peers import PEERS, WHOLE, scores_of, windows_of
from detection.summary import BEST, best_published, summary_of

from attime.data.detection import LabelledSeries
from attime.errors import OptionError

N_TRAIN, FAULT = 240, slice(400, 412)
WITHOUT_NUMBA = ("subpca", "isolation_forest", "nearest_neighbours")


def wave(n_channels: int = 1, seed: int = 0) -> LabelledSeries:
    """Return a wave with a fault in its first channel."""
    rng = np.random.default_rng(seed)
    steps = np.arange(500)[:, np.newaxis] + 5 * np.arange(n_channels)
    values = np.sin(2 * np.pi * steps / 20) + 0.05 * rng.normal(size=(500, n_channels))
    values[FAULT, 0] = 1.5
    labels = np.zeros(500)
    labels[FAULT] = 1
    return LabelledSeries.of(values, labels, name=f"{seed:03}_NAB_id_{seed}_x_tr_{N_TRAIN}", n_train=N_TRAIN)


def write(folder: Path, n_channels: int = 1, seed: int = 0) -> LabelledSeries:
    """Write such a series as a file."""
    folder.mkdir(parents=True, exist_ok=True)
    series = wave(n_channels, seed)
    np.savez(folder / f"{series.name}.npz", data=series.values, label=series.labels)
    return series


def publish(data: Path, name: str) -> None:
    """Write published figures beside the folder of data."""
    place = data.parent / "published" / "anomaly"
    place.mkdir(parents=True)
    row = {"file": f"{name}.csv", "Good": 0.9, "Bad": 0.1, "ts_len": 500, "anomaly_ratio": 0.99}
    pd.DataFrame([row]).to_csv(place / "tsb-ad-u_vus-pr_dev.csv", index=False)


def settings_of(data: Path, out: Path) -> Settings:
    """Ask for a quick run without what has to be compiled."""
    return Settings(
        data=data, pictures=out.parent, seeds=None, first_seed=0, quick=True, only=None,
        models=("default", "subpca", "nearest_neighbours" + WHOLE), threads=1, resume=False, out=out,
    )  # fmt: skip


def row(model: str, vus_pr: float, *, name: str = "001_NAB_id_1", source: str = "NAB") -> dict[str, object]:
    """Return a record of one file."""
    return {"set": name, "model": model, "source": source, "track": "u", "vus_pr": vus_pr, "seconds": 1.0}


class TestFiles:
    def test_archives_in_a_folder_of_data_sets_are_found_and_so_is_any_plain_folder(self, tmp_path):
        data = tmp_path / "data"
        first, second = write(data / "anomaly" / "tsb-ad-u"), write(data / "anomaly" / "tsb-ad-m", 2, 1)
        assert [series.name for series in labelled_series(data)] == [first.name, second.name]
        assert [series.name for series in labelled_series(data / "anomaly" / "tsb-ad-m")] == [second.name]

    def test_columns_that_are_no_method_are_not_published_figures(self, tmp_path):
        data = tmp_path / "data"
        publish(data, write(data).name)
        assert published_beside(data)["model"].tolist() == ["Good", "Bad"]
        assert published_beside(tmp_path).empty

    def test_what_is_missing_is_filled_for_all_alike(self, tmp_path):
        values = np.arange(8.0)
        values[[0, 4]] = np.nan
        np.savez(tmp_path / "a_tr_2.npz", data=values, label=np.arange(8) == 6)
        (series,) = labelled_series(tmp_path)
        assert series.values.ravel().tolist() == [1, 1, 2, 3, 4, 5, 6, 7]

    def test_a_source_is_in_the_name(self):
        assert [source_of(name) for name in ("549_SMAP_id_19_Sensor_tr_1998", "pump")] == ["SMAP", "other"]


class TestPeers:
    @pytest.mark.parametrize("name", WITHOUT_NUMBA)
    @pytest.mark.parametrize("ending", ["", WHOLE])
    @pytest.mark.parametrize("n_channels", [1, 2])
    def test_a_fault_scores_highest_and_each_step_has_a_score(self, name, ending, n_channels):
        series = wave(n_channels)
        scores = scores_of(name + ending, series.train, series.values, 20)
        assert scores.shape == (500,)
        assert measures_of(series, scores)["auc_pr"] > 0.2

    @pytest.mark.parametrize("name", WITHOUT_NUMBA)
    def test_what_comes_after_the_training_part_changes_no_other_score(self, name):
        series, changed = wave(), wave()
        changed.values[450:] = 7.0
        before, after = (scores_of(name, one.train, one.values, 20) for one in (series, changed))
        assert np.allclose(before[:420], after[:420])

    def test_the_matrix_profile_finds_it_too(self):
        pytest.importorskip("stumpy")
        series = wave(2)
        assert measures_of(series, scores_of("matrix_profile", series.train, series.values, 20))["ucr_score"] == 1

    def test_channels_that_never_change_are_no_trouble(self):
        values = np.zeros((60, 2))
        for name in WITHOUT_NUMBA:
            assert np.isfinite(scores_of(name, values[:40], values, 8)).all()

    def test_windows_hold_all_channels_one_after_the_other(self):
        values = np.stack([np.arange(5.0), 10 * np.arange(5.0) + 3], axis=1)
        assert windows_of(values, 3)[1].tolist() == [1, 2, 3, 13, 23, 33]

    def test_all_have_both_forms(self):
        assert [name for name in tsbad.EVERY if name.endswith(WHOLE)] == [name + WHOLE for name in PEERS]


class TestSummary:
    published = pd.DataFrame(
        {"set": ["a", "b", "a", "b", "a"], "model": ["X", "X", "Y", "Y", "Z"], "vus_pr": [0.5, 0.7, 0.9, 0.1, 1.0]}
    )

    def test_the_best_published_is_one_detector_with_figures_for_all_files(self):
        name, best = best_published(pd.Index(["a", "b"]), self.published)
        assert (name, best.tolist()) == ("X", [0.5, 0.7])

    def test_means_are_by_source_and_we_stand_beside_the_best_of_the_others(self):
        rows = [
            row(model, value, name=name, source=source)
            for name, source, values in (("a", "MSL", (0.8, 0.2, 0.4)), ("b", "SMAP", (0.6, 0.4, 0.6)))
            for model, value in zip(("default", "subpca", "matrix_profile"), values, strict=True)
        ]
        found = summary_of(pd.DataFrame(rows), self.published)
        assert found["u_vus_pr_mean"] == pytest.approx(0.7)
        assert (found["u_vus_pr_MSL"], found["u_vus_pr_MSL_SMAP"]) == (0.8, pytest.approx(0.7))
        assert found["u_subpca_vus_pr_mean"] == pytest.approx(0.3)
        assert found["u_over_best_peer"] == pytest.approx(0.2)
        assert found[f"u_{BEST}_mean"] == pytest.approx(0.6)

    def test_an_interval_holds_the_mean(self):
        low, high = interval(np.arange(10.0))
        assert low < 4.5 < high


class TestRun:
    def test_a_quick_run_has_a_row_for_each_file_and_model_and_goes_on_where_it_was(self, tmp_path, capsys):
        data = tmp_path / "data"
        publish(data, write(data / "anomaly" / "tsb-ad-u").name)
        write(data / "anomaly" / "tsb-ad-m", 2, 1)
        settings = settings_of(data, tmp_path / "tsbad.json")
        result = tsbad.run(settings)
        assert [(one["track"], one["model"]) for one in result.rows] == [
            (track, model) for track in "um" for model in settings.models
        ]
        assert result.summary["u_published_best_mean"] == 0.9
        assert result.summary["u_vus_pr_mean"] > 0.5
        assert (tmp_path / "tsbad.png").is_file()
        json.dumps(result.summary, allow_nan=False)
        assert tsbad.run(replace(settings, resume=True)).rows == result.rows

    def test_a_detector_that_fails_has_found_nothing(self, tmp_path, monkeypatch):
        monkeypatch.setitem(PEERS, "subpca", lambda *_: 1 / 0)
        found = tsbad.measure(wave(), "subpca", 20, settings_of(tmp_path, tmp_path / "x.json"))
        assert (found["vus_pr"], found["failed"]) == (0.0, "ZeroDivisionError: division by zero")

    def test_an_unknown_model_is_said_to_be_one(self, tmp_path):
        with pytest.raises(OptionError, match="expected some of default"):
            tsbad.run(replace(settings_of(tmp_path, tmp_path / "x.json"), models=("magic",)))
