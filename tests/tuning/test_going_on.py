"""A study that was interrupted, by whatever means, goes on and ends as if it had not been."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from attime.errors import DataError, OutputError
from attime.tuning.plan import in_turn

N_TRIALS = 6
AGES = pd.DataFrame({"age": 30.0 + np.arange(30) % 5})


def without_seconds(trials: pd.DataFrame) -> pd.DataFrame:
    return trials.drop(columns="seconds")


@pytest.fixture(scope="module")
def whole(search):
    return search(n_trials=N_TRIALS)


def test_the_same_call_goes_on(search, whole, tmp_path):
    first = search(n_trials=2, study=tmp_path / "study.jsonl")
    both = search(n_trials=N_TRIALS, study=tmp_path / "study.jsonl")
    pd.testing.assert_frame_equal(both.trials.head(2), first.trials)
    pd.testing.assert_frame_equal(without_seconds(both.trials), without_seconds(whole.trials))


@pytest.fixture(scope="module")
def rounds(search):
    return search(n_trials=5, parallel=3)


class TestRounds:
    def test_a_round_draws_by_what_was_known_before_it(self, search, rounds, whole):
        pd.testing.assert_frame_equal(without_seconds(rounds.trials.head(1)), without_seconds(whole.trials.head(1)))
        longer = search(n_trials=6, parallel=3)
        pd.testing.assert_frame_equal(without_seconds(longer.trials.head(5)), without_seconds(rounds.trials))

    def test_what_comes_of_it_does_not_depend_on_the_order_in_which_trials_are_judged(self, search, rounds):
        def backwards(plan, params, *others):
            judged = [next(in_turn(plan, [chosen], *others)) for chosen in reversed(params)]
            yield from reversed(judged)

        found = search(n_trials=5, parallel=3, judging=backwards)
        pd.testing.assert_frame_equal(without_seconds(found.trials), without_seconds(rounds.trials))

    @pytest.mark.parametrize("n_done", [1, 2, 3, 4])
    def test_an_interrupted_round_goes_on(self, n_done, search, rounds, tmp_path):
        def stopped(plan, params, *others):
            yield from in_turn(plan, params[: n_done - n_begun[0]], *others)
            n_begun[0] += len(params)
            if n_begun[0] > n_done:
                raise KeyboardInterrupt

        n_begun = [0]
        with pytest.raises(KeyboardInterrupt):
            search(n_trials=5, parallel=3, judging=stopped, study=tmp_path / "study.jsonl")
        assert n_over(tmp_path / "study.jsonl") == n_done
        found = search(n_trials=5, parallel=3, study=tmp_path / "study.jsonl")
        pd.testing.assert_frame_equal(without_seconds(found.trials), without_seconds(rounds.trials))


def test_a_study_that_is_over_is_told_again_without_a_fit(search, tmp_path, monkeypatch):
    first = search(n_trials=2, study=tmp_path / "study.jsonl")
    monkeypatch.setattr("attime.AttentionClassifier.fit", None)
    pd.testing.assert_frame_equal(search(n_trials=2, study=tmp_path / "study.jsonl").trials, first.trials)


def test_ctrl_c_in_a_fit_ends_the_search_and_keeps_the_trials(search, whole, tmp_path, monkeypatch):
    from attime.tuning.folds import AttentionClassifier

    fit, n_fits = AttentionClassifier.fit, iter(range(100))

    def interrupted(self, *arguments):
        if next(n_fits) == 5:  # in the second fold of the third trial
            raise KeyboardInterrupt
        return fit(self, *arguments)

    monkeypatch.setattr(AttentionClassifier, "fit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        search(n_trials=N_TRIALS, study=tmp_path / "study.jsonl")
    both = search(n_trials=N_TRIALS, study=tmp_path / "study.jsonl")
    pd.testing.assert_frame_equal(without_seconds(both.trials), without_seconds(whole.trials))


def test_a_training_that_ctrl_c_cut_short_is_not_judged(search, monkeypatch):
    from attime.training import loop

    epoch = loop.Training.epoch

    def interrupted(self, tick):
        epoch(self, tick)
        raise KeyboardInterrupt

    monkeypatch.setattr(loop.Training, "epoch", interrupted)
    with pytest.raises(KeyboardInterrupt):
        search(n_trials=1)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="needs signals")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["SIGKILL", "SIGINT"])
def test_a_killed_command_goes_on(how, levels, tmp_path):
    frame = pd.DataFrame(levels.values[:, 0]).assign(label=levels.labels)
    frame.to_csv(tmp_path / "levels.csv", index=False)
    words = [
        "tune", "levels.csv", "--target", "label", "--folds", "2", "--training.max_epochs", "1",
        "--training.local", "0", "--training.complete", "0", "--study", "study.jsonl",
    ]  # fmt: skip
    command = [sys.executable, "-m", "attime", *words]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen([*command, "--trials", "1000"], cwd=tmp_path, env=environment, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 120
    while n_over(tmp_path / "study.jsonl") < 2 and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(how)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == (130 if how == signal.SIGINT else -how), errors
    n_trials = n_over(tmp_path / "study.jsonl")
    model = ["--trials", str(n_trials + 1), "--model", "best.attime"]
    done = subprocess.run(
        [*command, *model], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert n_over(tmp_path / "study.jsonl") == n_trials + 1
    assert (tmp_path / "best.attime").exists()


def n_over(study) -> int:
    """Count the trials that are over in a journal, which may be in the middle of a line."""
    if not study.exists():
        return 0
    lines = [line for line in study.read_text().splitlines(keepends=True) if line.endswith("\n")]
    return sum(json.loads(line).get("state") in {1, 2, 3} for line in lines)


@pytest.fixture(scope="module")
def study(search, tmp_path_factory):
    path = tmp_path_factory.mktemp("study") / "study.jsonl"
    search(n_trials=2, study=path)
    return path


class TestBadFiles:
    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"metric": "accuracy"}, "with metric log_loss, now accuracy arrived"),
            ({"n_folds": 3}, "with n_folds 2, now 3 arrived"),
            ({"random_state": 1}, "with random_state 0, now 1 arrived"),
            ({"space": {"network__width": [2, 4]}}, "with space .* arrived"),
            ({"estimator": None, "space": None}, "arrived; give another file, or what it was made with"),
        ],
        ids=["metric", "folds", "seed", "space", "estimator"],
    )
    def test_a_study_of_another_search(self, options, message, study, search):
        before = study.read_bytes()
        with pytest.raises(DataError, match=message):
            search(n_trials=3, study=study, **options)
        assert study.read_bytes() == before

    def test_a_study_of_other_series(self, study, search, levels):
        with pytest.raises(DataError, match=r"with data .* arrived"):
            search.func(levels[:20], **{**search.keywords, "study": study})

    @pytest.mark.parametrize(
        "change",
        [
            {"static": None},
            {"static": AGES.rename(columns={"age": "weight"})},
            {"static": AGES.replace(31.0, 32.0)},
            {"static": AGES.replace(31.0, np.nan)},
            {"static": AGES.astype(str)},
            {"static": AGES.assign(weight=1.0)},
            {"steps": np.tile(np.arange(12.0) * 2, (30, 1))},
        ],
        ids=["none", "name", "value", "missing", "words", "column", "steps"],
    )
    def test_a_study_with_other_covariates_or_steps(self, change, search, levels, tmp_path):
        path, same = tmp_path / "study.jsonl", {**search.keywords, "n_trials": 1}
        series = replace(levels, static=AGES)
        first = search.func(series, study=path, **same)
        pd.testing.assert_frame_equal(search.func(series, study=path, **same).trials, first.trials)
        with pytest.raises(DataError, match=r"with data .* arrived"):
            search.func(replace(series, **change), study=path, **same)

    def test_a_study_of_another_program(self, search, tmp_path):
        import optuna

        backend = optuna.storages.journal.JournalFileBackend(str(tmp_path / "other.jsonl"))
        optuna.create_study(storage=optuna.storages.JournalStorage(backend), study_name="mine")
        with pytest.raises(DataError, match="holds the study 'mine' of another program"):
            search(n_trials=1, study=tmp_path / "other.jsonl")

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"hello\n", "line 1 is no entry of a study"),
            (b"no end of line", "line 1 is no entry of a study"),
            (b"[1, 2]\n", "line 1 is no entry of a study"),
            (b"\xff\xfe\x00\n", "line 1 is no entry of a study"),
            (b'{"op_code":99}\n', "its entries do not fit together"),
        ],
        ids=["text", "no line", "list", "bytes", "unknown entry"],
    )
    def test_a_damaged_file(self, content, message, search, tmp_path):
        path = tmp_path / "study.jsonl"
        path.write_bytes(content)
        with pytest.raises(DataError, match=message):
            search(n_trials=1, study=path)
        assert path.read_bytes() == content

    def test_a_line_lost_in_the_middle(self, study, search, tmp_path):
        lines = study.read_bytes().splitlines(keepends=True)
        (tmp_path / "study.jsonl").write_bytes(b"".join([*lines[:2], lines[2][:10] + b"\n", *lines[3:]]))
        with pytest.raises(DataError, match="line 3 is no entry of a study"):
            search(n_trials=3, study=tmp_path / "study.jsonl")

    def test_an_unfinished_last_line_is_left_out(self, study, search, tmp_path):
        (tmp_path / "study.jsonl").write_bytes(study.read_bytes() + b'{"op_code": 4, "wor')
        assert len(search(n_trials=3, study=tmp_path / "study.jsonl").trials) == 3

    @pytest.mark.parametrize("place", ["nowhere/study.jsonl", "."])
    def test_a_place_that_cannot_be_written(self, place, search, tmp_path):
        with pytest.raises(OutputError, match="cannot be written"):
            search(n_trials=1, study=tmp_path / place)
