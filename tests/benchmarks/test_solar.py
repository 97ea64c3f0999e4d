"""The benchmark of solar days: what is found and what a false alarm, dirty training, planted anomalies, streams."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import solar
from common import Settings
from detection.days import EVENTS, SolarDays, found_by_kind, one_a_month, solar_days
from detection.planted import KINDS, N_STEPS, N_TRAIN, explained, plant
from detection.streaming import streaming

from attime.data.detection import SolarEvent
from attime.errors import OptionError


def settings_of(out: Path, only: str | None = None, seeds: int | None = None, *, quick: bool = True) -> Settings:
    """Ask for a run."""
    return Settings(
        data=Path(), pictures=out.parent, seeds=seeds, first_seed=3, quick=quick, only=only, models=None, threads=1,
        resume=False, out=out,
    )  # fmt: skip


def four_days() -> SolarDays:
    """Return four days, on the last two of which there is one event of each kind."""
    events = tuple(SolarEvent(kind, 2 * 96 + 5, 3 * 96 + 50, (0,)) for kind in EVENTS)
    return SolarDays(np.zeros((1, 1, 96), np.float32), np.zeros((4, 1, 96), np.float32), events)


class TestDays:
    def test_the_threshold_leaves_one_false_alarm_in_thirty_normal_days(self):
        scores = np.random.default_rng(0).normal(size=95)
        assert (scores > one_a_month(scores)).sum() == 3

    def test_an_event_is_found_on_any_of_its_days_and_other_alarms_are_false(self):
        days = four_days()
        assert days.normal.tolist() == [True, True, False, False]
        found = found_by_kind(days, np.array([True, False, False, True]))
        assert (found["recall_snow"], found["event_recall"], found["false_alarms_a_month"]) == (1.0, 1.0, 15.0)
        assert found_by_kind(days, np.zeros(4, dtype=bool))["event_recall"] == 0.0

    def test_dirty_training_has_faults_on_the_asked_share_of_days_and_else_the_same_days(self):
        clean, dirty = solar_days(0, quick=True), solar_days(0, dirty=0.1, quick=True)
        changed = (clean.train != dirty.train).any((1, 2))
        assert changed.sum() == dirty.n_dirty == 9
        assert np.array_equal(clean.test, dirty.test)
        assert (clean.n_dirty, clean.events) == (0, dirty.events)


class TestPlanted:
    @pytest.mark.parametrize("kind", KINDS)
    def test_one_channel_differs_after_the_training_part_only(self, kind):
        planted = plant(kind, 1)
        differs = planted.values != planted.clean
        assert differs.any(0).tolist() == [channel == planted.channel for channel in range(4)]
        assert not differs[:N_TRAIN].any()
        assert 1 <= planted.steps.sum() <= 60 < N_STEPS

    def test_a_level_shift_is_seen_in_its_channel(self):
        (row,) = explained("level_shift", 0)
        assert row["named"]
        assert row["average_precision_scores"] > 0.8


class TestStream:
    def test_speed_is_of_each_size_of_chunk_and_memory_of_a_long_stream(self, monkeypatch):
        monkeypatch.setattr("detection.streaming.N_WINDOWS", 500)
        monkeypatch.setattr("detection.streaming.CHUNKS", {256: 5120, 1: 100})
        monkeypatch.setattr("detection.streaming.QUICK_POINTS", 2000)
        monkeypatch.setattr("detection.streaming.TO_SETTLE", 600)
        rows = streaming(quick=True)
        assert [row["set"] for row in rows] == ["stream: chunks of 256", "stream: chunks of 1", "stream: memory"]
        assert all(row["points_per_second"] > 0 for row in rows)
        assert rows[-1]["peak_mb"] > 0


class TestRun:
    def test_what_is_asked_for_has_every_seed_and_dirty_training_fewer(self, tmp_path):
        asked = [heading for heading, _ in solar.parts(settings_of(tmp_path, solar.DAYS, 3, quick=False), ["default"])]
        seeds = {share: [one["seed"] for one in asked if one["share"] == share] for share in (0.0, *solar.DIRTY)}
        assert seeds == {0.0: [3, 4, 5], **{share: [3] for share in solar.DIRTY}}

    def test_a_quick_run_draws_its_days_and_tells_of_faults_and_snow(self, tmp_path, monkeypatch):
        monkeypatch.setattr(solar, "BY_DEFAULT", ("recurrent",))
        monkeypatch.setattr(solar, "DIRTY", (0.1,))
        result = solar.run(settings_of(tmp_path / "solar.json", solar.DAYS))
        assert [row["share"] for row in result.rows] == [0.0, 0.1]
        assert 0 <= result.summary["lstm_autoencoder_event_recall"] <= 1
        assert "lstm_autoencoder_event_recall_dirty_10" in result.summary
        assert all((tmp_path / name).is_file() for name in ("solar_recall.png", "solar_days.png"))
        json.dumps(result.summary, allow_nan=False)

    def test_a_part_that_is_none_is_said_to_be_none(self, tmp_path):
        with pytest.raises(OptionError, match="leaves nothing"):
            solar.run(settings_of(tmp_path / "solar.json", "moon"))
