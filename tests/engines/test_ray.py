"""What a Ray cluster does is what one process does, whatever becomes of its workers."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from functools import partial

import numpy as np
import pandas as pd
import psutil
import pytest

from attime import AttentionClassifier, SineConfig, make_sine, shards, write
from attime.cli.main import main
from attime.engines import at_once, fit_together, local, predict_files
from attime.engines.ray_cluster import WorkerLost, result_of
from attime.errors import DataError, OptionError
from attime.nn import Convolutional

ray = pytest.importorskip("ray", reason="the extra 'ray' is not installed")

FEW = 2**13
SMALL = {"training": {"max_epochs": 2, "local": 0, "complete": 0, "device": "cpu"}, "random_state": 0}


@pytest.fixture(scope="module", autouse=True)
def cluster():
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    quiet = {"include_dashboard": False, "log_to_driver": False, "logging_level": "ERROR"}
    ray.init(address="local", num_cpus=2, object_store_memory=100 * 2**20, **quiet)
    yield
    ray.shutdown()


@pytest.fixture(scope="module")
def series():
    return make_sine(SineConfig(n_series=1500, n_steps=40))


@pytest.fixture(scope="module")
def model(series):
    return AttentionClassifier(quality="fast", random_state=0).fit(series[:60])


@pytest.fixture
def folder(series, tmp_path):
    """Seven files: the first and the fourth are damaged, the last has several pieces."""
    place = tmp_path / "series"
    place.mkdir()
    for number in range(6):
        write(series[number * 20 : number * 20 + 20], place / f"{number}.npz")
    write(series[120:], place / "large.npz")
    for name in ("0", "3"):
        (place / f"{name}.npz").write_bytes(b"nothing")
    return place


def all_of(folder):
    return shards(folder, need_target=False, n_numbers=FEW)


def contents(place):
    return {path.name: path.read_bytes() for path in ([place] if place.is_file() else sorted(place.glob("*.csv")))}


@pytest.mark.parametrize("out", ["all.csv", "all.parquet", "results"])
def test_results_are_those_of_one_process_byte_by_byte(out, model, folder, tmp_path):
    here = predict_files(model, all_of(folder), tmp_path / "here" / out if out == "results" else tmp_path / out)
    expected = contents(tmp_path / "here" / out if out == "results" else tmp_path / out)
    (tmp_path / "there").mkdir()
    assert predict_files(model, all_of(folder), tmp_path / "there" / out, engine="ray") == here
    assert len(here.damaged) == 2
    assert contents(tmp_path / "there" / out) == expected
    assert not list((tmp_path / "there").glob(".*.pieces"))


def test_rows_of_one_parquet_file_are_shared_out(model, series, tmp_path):
    write(series, tmp_path / "all.npz")
    frame = pd.DataFrame(series.values[:, 0]).rename(columns=str)
    frame.to_parquet(tmp_path / "in.parquet")
    files = shards(tmp_path / "in.parquet", n_numbers=FEW)
    assert files.n_pieces > 2
    here = predict_files(model, files, tmp_path / "here.parquet")
    assert predict_files(model, files, tmp_path / "there.parquet", engine="ray") == here
    assert contents(tmp_path / "here.parquet")["here.parquet"] == contents(tmp_path / "there.parquet")["there.parquet"]


@pytest.mark.parametrize("engines", [("local", "ray"), ("ray", "local")], ids=["on Ray", "from Ray"])
@pytest.mark.parametrize("out", ["all.csv", "results"])
def test_one_engine_goes_on_where_another_was_stopped(engines, out, model, folder, tmp_path, monkeypatch):
    (tmp_path / "whole").mkdir()
    predict_files(model, all_of(folder), tmp_path / "whole" / out)
    with monkeypatch.context() as stopping:  # results are not put together, but all pieces are there
        stopping.setattr(local.Pieces, "finish", lambda *arguments: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            predict_files(model, all_of(folder), tmp_path / out, engine=engines[0])
    found = predict_files(model, all_of(folder), tmp_path / out, engine=engines[1], resume=True)
    assert found.n_cases < 1460
    assert contents(tmp_path / out) == contents(tmp_path / "whole" / out)


def test_where_nothing_can_be_used_it_is_the_same_error(model, folder, tmp_path):
    for path in folder.iterdir():
        path.write_bytes(b"nothing")
    with pytest.raises(DataError, match="none of 7 files could be used"):
        predict_files(model, all_of(folder), tmp_path / "all.csv", engine="ray")


class TestCommands:
    @pytest.fixture
    def path(self, model, tmp_path):
        model.save(tmp_path / "model.attime")
        return str(tmp_path / "model.attime")

    def test_predict(self, path, folder, tmp_path, capsys):
        assert main(["predict", path, str(folder), "--engine", "ray", "--out", str(tmp_path / "all.csv")]) == 1
        assert "2 of 7 files left out" in capsys.readouterr().out

    @pytest.mark.slow
    def test_fit_and_tune(self, series, tmp_path, capsys):
        write(series[:60], tmp_path / "series.csv")
        words = [str(tmp_path / "series.csv"), "--target", "label", "--engine", "ray", "--training.max_epochs", "1"]
        out = ["--network", "convolutional", "--checkpoint", str(tmp_path / "kept")]
        assert main(["fit", *words, *out, "--out", str(tmp_path / "model.attime")]) == 0
        assert list((tmp_path / "kept").iterdir())
        assert main(["tune", *words, "--trials", "2", "--parallel", "2", "--folds", "2"]) == 0
        assert (tmp_path / "model.attime").exists()

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (["--engine", "ray"], "give --out FOLDER"),
            (["--address", "auto", "--out", "x.csv"], "give --engine ray too"),
        ],
    )
    def test_what_is_wrong_is_one_line(self, words, told, path, folder, capsys):
        assert main(["predict", path, str(folder), *words]) == 2
        assert told in capsys.readouterr().err

    @pytest.mark.parametrize("command", ["predict", "fit", "tune"])
    def test_without_ray_the_extra_is_named(self, command, path, folder, series, tmp_path, monkeypatch, capsys):
        monkeypatch.setitem(sys.modules, "ray", None)
        write(series[:20], tmp_path / "series.csv")
        words = [str(tmp_path / "series.csv"), "--target", "label", "--engine", "ray"]
        assert main([command, *[path] * (command == "predict"), *words, *OUT[command](tmp_path)]) == 2
        assert "pip install 'attime[ray]'" in capsys.readouterr().err


OUT = {"predict": lambda folder: ["--out", str(folder / "x.csv")], "fit": lambda folder: [], "tune": lambda folder: []}


def test_a_search_makes_the_trials_of_one_process(series):
    pytest.importorskip("optuna", reason="the extra 'tune' is not installed")
    from attime.tuning import Between, tune

    search = partial(
        tune,
        series[:60],
        estimator=AttentionClassifier(Convolutional(width=4, dilations=(1,), looks=1), **SMALL),
        space={"network__width": [2, 4, 8], "training__learning_rate": Between(1e-3, 1e-1, log=True)},
        n_trials=5,
        n_folds=2,
        parallel=3,
    )
    here, there = search().trials, search(judging=at_once).trials
    pd.testing.assert_frame_equal(here.drop(columns="seconds"), there.drop(columns="seconds"))


def test_a_worker_that_is_killed_amid_its_work_changes_nothing(model, tmp_path):
    write(make_sine(SineConfig(n_series=6_000, n_steps=40)), tmp_path / "large.npz")
    files = all_of(tmp_path / "large.npz")
    predict_files(model, files, tmp_path / "here.csv")
    killed: list[int] = []

    def kill():
        pieces = tmp_path / ".there.csv.pieces"
        while not killed and not (tmp_path / "there.csv").exists():
            if len(list(pieces.glob("0*"))) > 4:
                worker = busy_workers()[0]
                killed.append(worker.pid)
                worker.send_signal(signal.SIGKILL)
            time.sleep(0.01)

    killing = threading.Thread(target=kill)
    killing.start()
    outcome = predict_files(model, files, tmp_path / "there.csv", engine="ray")
    killing.join()
    assert len(killed) == 1
    assert outcome.damaged == ()
    assert (tmp_path / "there.csv").read_bytes() == (tmp_path / "here.csv").read_bytes()


def busy_workers() -> list[psutil.Process]:
    children = psutil.Process().children(recursive=True)
    return [child for child in children if child.cmdline()[:1] == ["ray::_keep"]]


def test_work_that_kills_every_worker_is_one_error():
    def end():
        os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(WorkerLost, match="a worker was lost"):
        result_of(ray.remote(max_retries=1)(end).remote())


class TestFit:
    def test_workers_come_to_the_model_of_one_process(self, series):
        classifier = AttentionClassifier("convolutional", **SMALL)
        together = fit_together(partial(classifier.fit, series[:80]), workers=2)
        alone = classifier.fit(series[:80])
        np.testing.assert_allclose(together.predict_proba(series), alone.predict_proba(series), atol=1e-4)

    def test_more_workers_than_processors_are_refused(self):
        with pytest.raises(OptionError, match="expected 2 at most"):
            fit_together(int, workers=3)

    @pytest.mark.slow
    def test_all_begin_anew_when_one_is_lost(self, series, tmp_path):
        def fit_and_kill():
            from attime.training.processes import several

            if several().number == 1 and not (tmp_path / "killed").exists():
                (tmp_path / "killed").touch()
                threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGKILL)).start()
                time.sleep(1)
            return AttentionClassifier("convolutional", **SMALL).fit(series[:80])

        once_lost = fit_together(fit_and_kill, workers=2)
        never_lost = fit_together(fit_and_kill, workers=2)
        np.testing.assert_array_equal(once_lost.predict_proba(series), never_lost.predict_proba(series))
