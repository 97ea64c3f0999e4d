"""`attime detect` from the outside: what it prints and writes, and one line for whatever is wrong."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from attime.cli.main import main
from attime.estimators.detection import AttentionDetector


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One series with two faults: as a table with times, with labels, and as arrays."""
    place = tmp_path_factory.mktemp("pump")
    time = np.arange(900)
    values = np.stack([np.sin(time / 4), 3 * np.cos(time / 4)], axis=1)
    values += 0.05 * np.random.default_rng(0).normal(size=values.shape)
    values[750:765, 1] = 0
    values[850, 0] = 2
    label = np.isin(time, [*range(750, 765), 850]).astype(int)
    frame = pd.DataFrame(values.round(4), columns=["pressure", "flow"])
    frame.insert(0, "time", pd.date_range("2024-01-01", periods=900, freq="h"))
    frame.to_csv(place / "pump.csv", index=False)
    frame.assign(Label=label).to_csv(place / "pump_tr_600.csv", index=False)
    np.savez(place / "pump_tr_600.npz", data=values, label=label)
    return place


def run(capsys, *words: object) -> tuple[int, str, str]:
    code = main(["detect", *map(str, words)])
    told = capsys.readouterr()
    return code, told.out, told.err


class TestDetect:
    def test_it_tells_what_was_found(self, folder, capsys):
        code, told, _ = run(capsys, folder / "pump.csv", "--train-until", 600)
        assert code == 0
        assert "learnt from 600 steps" in told
        assert "flow (" in told
        assert "2024-01-31 " in told

    def test_it_writes_scores_and_events(self, folder, tmp_path, capsys):
        scores, events = tmp_path / "scores.csv", tmp_path / "events.csv"
        run(capsys, folder / "pump.csv", "--train_until", 600, "--out", scores, "--events", events)
        written = pd.read_csv(scores)
        assert list(written) == ["time", "score", "p_value", "alarm", "event"]
        assert len(written) == 300
        assert written.time[0] == "2024-01-26 00:00:00"
        worst = pd.read_csv(events).sort_values("severity").iloc[-1]
        assert worst.start < 765
        assert worst.end > 750
        assert worst.channels.startswith("flow")

    def test_a_time_ends_the_training_part_with_its_own_step(self, folder, capsys):
        _, told, _ = run(capsys, folder / "pump.csv", "--train-until", "2024-01-25 23:00")
        assert "learnt from 600 steps" in told

    @pytest.mark.parametrize("name", ["pump_tr_600.csv", "pump_tr_600.npz"])
    def test_labels_measure_what_was_found(self, folder, capsys, name):
        code, told, _ = run(capsys, folder / name)
        assert code == 0
        assert "by the labels (2 events" in told
        assert "VUS-PR" in told

    def test_a_saved_detector_judges_all_of_another_file(self, folder, tmp_path, capsys):
        saved = tmp_path / "detector.attime"
        run(capsys, folder / "pump.csv", "--train-until", 600, "--alarm-rate", 2, "--save", saved)
        assert AttentionDetector.load(saved).alarm_rate == 2
        code, told, _ = run(capsys, folder / "pump.csv", "--load", saved)
        assert code == 0
        assert "in 900 steps" in told

    def test_it_writes_a_page(self, folder, tmp_path, capsys):
        page = tmp_path / "report.html"
        run(capsys, folder / "pump_tr_600.csv", "--report", page)
        assert "pump_tr_600.csv" in page.read_text(encoding="utf-8")

    def test_a_column_can_be_left_out(self, folder, capsys):
        _, told, _ = run(capsys, folder / "pump.csv", "--train-until", 600, "--drop", "flow")
        assert "flow" not in told

    def test_alarms_outside_events_are_told_apart(self, tmp_path, capsys):
        values = np.sin(np.arange(1500) / 4) + 0.05 * np.random.default_rng(0).normal(size=1500)
        pd.DataFrame({"0": values}).to_csv(tmp_path / "calm.csv", index=False)
        _, told, _ = run(capsys, tmp_path / "calm.csv", "--train-until", 600)
        assert "less rare than asked for, raised to hold the rate" in told

    def test_a_channel_that_is_a_number_is_told_as_a_channel(self, folder, tmp_path, capsys):
        frame = pd.read_csv(folder / "pump.csv").rename(columns={"pressure": "0", "flow": "1"})
        frame.to_csv(tmp_path / "numbers.csv", index=False)
        _, told, _ = run(capsys, tmp_path / "numbers.csv", "--train-until", 600)
        assert ", channel 1 (" in told


class TestWhatIsDoubtful:
    def test_missing_rows_are_warned_of(self, folder, tmp_path, capsys):
        frame = pd.read_csv(folder / "pump.csv").drop(index=range(300, 310))
        frame.to_csv(tmp_path / "holes.csv", index=False)
        code, _, told = run(capsys, tmp_path / "holes.csv", "--train-until", 500)
        assert code == 0
        assert "time jumps from 2024-01-13 11:00:00 to 2024-01-13 22:00:00;" in told

    def test_even_times_are_not(self, folder, capsys):
        assert not run(capsys, folder / "pump.csv", "--train-until", 600)[2]

    def test_a_column_that_counts_rows_is_warned_of(self, folder, tmp_path, capsys):
        pd.read_csv(folder / "pump.csv").to_csv(tmp_path / "index.csv")
        _, _, told = run(capsys, tmp_path / "index.csv", "--train-until", 600)
        assert "'Unnamed: 0' grows by the same amount" in told


class TestWhatIsWrong:
    @pytest.mark.parametrize(
        ("words", "said"),
        [
            ([], "--train-until"),
            (["--train-until", "soon"], "such as 2024-"),
            (["--train-until", "900"], "some to judge"),
            (["--train-until", "0"], "some to learn from"),
            (["--train-until", "600", "--model", "varational"], "did you mean 'variational'"),
            (["--train-until", "600", "--window", "5000"], "window"),
            (["--train-until", "600", "--alarm-rate", "0"], "alarm_rate"),
            (["--train-until", "600", "--time", "tme"], "did you mean 'time'"),
            (["--train-until", "600", "--drop", "flw"], "did you mean 'flow'"),
            (["--load", "nowhere.attime", "--window", "5"], "only concerns fitting"),
            (["--load", "nowhere.attime"], "nowhere.attime"),
        ],
    )
    def test_one_line_says_what(self, folder, tmp_path, capsys, words, said):
        out = tmp_path / "scores.csv"
        code, _, told = run(capsys, folder / "pump.csv", *words, "--out", out)
        assert code == 2
        assert len(told.strip().splitlines()) == 1
        assert said in told
        assert not out.exists()

    @pytest.mark.parametrize(
        ("name", "text", "said"),
        [
            ("words.csv", "time,a\n" + "\n".join(f"{step},{step % 7}" for step in range(100)) + "\n100,high\n", "high"),
            (
                "states.csv",
                "time,state,a\n" + "\n".join(f"{step},on,1" for step in range(100)) + "\n",
                "left out by drop",
            ),
            ("times.csv", "time\n" + "\n".join(map(str, range(100))) + "\n", "channels"),
            ("back.csv", "time,a\n" + "\n".join(f"{100 - step},{step % 7}" for step in range(100)) + "\n", "in order"),
            ("labels.csv", "a,Label\n" + "\n".join(f"{step % 7},{step}" for step in range(100)) + "\n", "label of"),
            ("empty.csv", "", "empty"),
            ("series.pdf", "a\n1\n", ".csv"),
        ],
    )
    def test_a_file_that_cannot_be_used_is_named(self, tmp_path, capsys, name, text, said):
        (tmp_path / name).write_text(text)
        code, _, told = run(capsys, tmp_path / name, "--train-until", 60, "--window", 8)
        assert code == 2
        assert len(told.strip().splitlines()) == 1
        assert name in told
        assert said in told

    def test_what_cannot_be_written_is_told_before_anything_is_read(self, tmp_path, capsys):
        code, _, told = run(capsys, "nowhere.csv", "--train-until", 5, "--out", tmp_path / "no" / "scores.csv")
        assert code == 2
        assert "cannot be written" in told
