"""What a record says of a run is true, survives what befalls the run, and never stands in its way."""

import json
import os
import socket
import time
from dataclasses import replace

import numpy as np
import pytest

from attime import AttentionClassifier, SineConfig, make_sine
from attime.cli.main import main
from attime.cli.parser import new_parser, parse
from attime.cli.records import add_record_arguments, recorded
from attime.errors import DataError, OutputError
from attime.events import announce
from attime.plot import plot_runs
from attime.records import Folder, Mlflow, Tensorboard, compare_runs, read_run, recording
from attime.records.manifest import facts_of_files


@pytest.fixture(scope="module")
def series():
    return make_sine(SineConfig(n_series=60, n_steps=30))


def fit(series, *, width=4, max_epochs=3, random_state=0):
    clf = AttentionClassifier("bilstm", training={"max_epochs": max_epochs}, random_state=random_state)
    return clf.fit(series)


def test_the_log_tells_every_epoch_as_the_history_does(series, tmp_path):
    with recording([Folder(tmp_path / "run")]):
        clf = fit(series)
    epochs = [event.facts for event in read_run(tmp_path / "run").events if event.kind == "epoch"]
    np.testing.assert_allclose([epoch["train_loss"] for epoch in epochs], clf.history_.train_loss)
    assert [epoch["number"] for epoch in epochs] == [1, 2, 3]


def test_recording_changes_nothing(series, tmp_path, caplog):
    with recording([Folder(tmp_path / "run")]):
        recorded = fit(series)
    assert caplog.records == []  # a program that logs warnings alone hears of no event
    np.testing.assert_array_equal(recorded.logits(series), fit(series).logits(series))


def test_a_command_is_recorded_with_what_it_read_wrote_and_found(tmp_path, capsys):
    data, model, run = (str(tmp_path / name) for name in ("sine.npz", "model.attime", "run"))
    assert main(["data", "sine", "--n_series", "80", "--n_steps", "40", "--out", data]) == 0
    words = ["fit", data, "--network", "lstm", "--training.max_epochs", "1", "--out", model, "--record", run]
    assert main(words) == 0, capsys.readouterr().err
    manifest = read_run(run).manifest
    assert manifest.command == tuple(words)
    assert (manifest.ended, manifest.seed) == ("finished", 0)
    assert set(manifest.inputs) == {data}
    assert set(manifest.outputs) == {model}
    assert 0 <= manifest.result["accuracy"] <= 1
    assert {"attime", "torch", "python"} <= set(manifest.versions)


def test_a_command_that_fails_says_so_in_its_record(tmp_path, capsys):
    assert main(["fit", str(tmp_path / "nothing.csv"), "--record", str(tmp_path / "run")]) == 2
    manifest = read_run(tmp_path / "run").manifest
    assert manifest.ended == "failed"
    assert "nothing.csv" in manifest.error


def test_a_killed_run_says_that_it_runs_and_may_be_begun_again(tmp_path):
    folder = Folder(tmp_path / "run")
    with recording([folder]):
        announce("epoch", {"number": 1, "train_loss": 0.5})
        killed = (tmp_path / "run" / "manifest.json").read_text()
    (tmp_path / "run" / "manifest.json").write_text(killed)
    with (tmp_path / "run" / "log.jsonl").open("a") as log:
        log.write('{"at": 1.0, "ev')  # a line that was not finished
    assert read_run(tmp_path / "run").manifest.ended == "running"


def test_the_log_of_a_killed_run_goes_on_after_a_line_that_was_not_finished(tmp_path):
    folder = Folder(tmp_path / "run")
    with recording([folder]):
        killed = (tmp_path / "run" / "manifest.json").read_text()
    (tmp_path / "run" / "manifest.json").write_text(killed)
    with (tmp_path / "run" / "log.jsonl").open("a") as log:
        log.write('{"at": 1.0, "ev')
    with recording([folder]):
        announce("result", {"accuracy": 1.0})
    run = read_run(tmp_path / "run")
    assert run.manifest.result == {"accuracy": 1.0}
    assert [event.kind for event in run.events] == ["begin", "end", "begin", "result", "end"]


def test_a_record_that_is_complete_is_not_written_over(tmp_path):
    with recording([Folder(tmp_path / "run")]):
        announce("result", {"accuracy": 1.0})
    with pytest.raises(OutputError, match="another run"), recording([Folder(tmp_path / "run")]):
        pass
    assert read_run(tmp_path / "run").manifest.result == {"accuracy": 1.0}


def test_the_same_command_goes_on_with_its_record_and_another_does_not(tmp_path):
    folder, data = tmp_path / "run", tmp_path / "data.csv"
    data.write_text("1,2,3")
    asked = {"train": str(data), "save": str(tmp_path / "model")}
    for loss in (0.5, 0.4):
        with recording([Folder(folder)], command=["fit"], configuration=asked):
            announce("epoch", {"number": 1, "train_loss": loss})
            (tmp_path / "model").write_text(str(loss))
    assert [event.kind for event in read_run(folder).events] == ["begin", "epoch", "end"] * 2
    comparison = compare_runs([folder])
    assert comparison.losses(comparison.runs[0])["1"].tolist() == [0.4]
    with (
        pytest.raises(OutputError, match="another run"),
        recording([Folder(folder)], command=["fit"], configuration=asked | {"network": "lstm"}),
    ):
        pass
    data.write_text("4,5,6")
    with (
        pytest.raises(OutputError, match="another run"),
        recording([Folder(folder)], command=["fit"], configuration=asked),
    ):
        pass


def kill(folder, **asked):
    """Leave the record of a run that was killed before it ended."""
    with recording([Folder(folder)], **asked):
        killed = (folder / "manifest.json").read_text()
    (folder / "manifest.json").write_text(killed)


def test_the_record_of_a_killed_run_is_not_written_over_by_another(tmp_path):
    kill(tmp_path / "run", command=["fit"], configuration={"random_state": 0})
    for command, seed in ((["tune"], 0), (["fit"], 1), ([], 0)):
        asked = {"command": command, "configuration": {"random_state": seed}}
        with pytest.raises(OutputError, match="another run"), recording([Folder(tmp_path / "run")], **asked):
            pass
    with recording([Folder(tmp_path / "run")], command=["fit", "--again"], configuration={"random_state": 0}):
        announce("result", {"accuracy": 1.0})
    assert read_run(tmp_path / "run").manifest.ended == "finished"


def test_a_run_that_was_killed_before_it_said_anything_may_be_begun_again(tmp_path):
    kill(tmp_path / "run")
    (tmp_path / "run" / "log.jsonl").unlink()
    assert compare_runs([tmp_path]).runs[0].events == ()
    with recording([Folder(tmp_path / "run")]):
        announce("result", {"accuracy": 1.0})
    assert [event.kind for event in read_run(tmp_path / "run").events] == ["begin", "result", "end"]


def test_all_keepers_begin_or_the_run_has_failed_for_those_that_did(tmp_path):
    with recording([Folder(tmp_path / "occupied")]):
        pass
    with (
        pytest.raises(OutputError, match="another run"),
        recording([Folder(tmp_path / "new"), Folder(tmp_path / "occupied")]),
    ):
        raise AssertionError("nothing is to be run")
    manifest = read_run(tmp_path / "new").manifest
    assert manifest.ended == "failed"
    assert "another run" in manifest.error
    assert read_run(tmp_path / "occupied").manifest.ended == "finished"


def test_epochs_of_a_run_begun_again_replace_those_from_there_on(tmp_path):
    with recording([Folder(tmp_path / "run")]):
        for losses in ((0.9, 0.8, 0.7), (0.9, 0.4), (0.5,)):
            first = 2 if len(losses) == 1 else 1  # from a checkpoint
            for number, loss in enumerate(losses, first):
                announce("epoch", {"number": number, "train_loss": loss})
            if len(losses) == 2:
                assert lately(tmp_path / "run") == [0.9, 0.4]
    assert lately(tmp_path / "run") == [0.9, 0.5]


def lately(folder):
    comparison = compare_runs([folder])
    return comparison.losses(comparison.runs[0])["1"].tolist()


def test_runs_are_found_at_any_depth_and_by_their_manifest(tmp_path):
    with recording([Folder(tmp_path / "deep" / "run")]):
        pass
    for place in (tmp_path, tmp_path / "deep" / "run", tmp_path / "deep" / "run" / "manifest.json"):
        assert [run.name for run in compare_runs([place]).runs] == ["run"]


def test_a_run_in_a_folder_of_runs_hides_none_of_them(tmp_path):
    for place in (tmp_path, tmp_path / "first"):
        with recording([Folder(place)]):
            pass
    assert len(compare_runs([tmp_path]).runs) == 2


def test_a_training_that_was_cut_short_is_no_finished_run(tmp_path, capsys):
    with recording([Folder(tmp_path / "run")]):
        announce("trained", {"best_epoch": 3, "ended": "interrupted"})
    assert read_run(tmp_path / "run").manifest.ended == "interrupted"
    with pytest.raises(DataError), recording([Folder(tmp_path / "worse")]):
        raise DataError("no data arrived")
    assert main(["compare", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "run: interrupted" in told
    assert "worse: failed: no data arrived" in told


def test_a_run_whose_process_is_gone_was_killed(tmp_path):
    with recording([Folder(tmp_path / "run")]):
        manifest = read_run(tmp_path / "run").manifest
    assert manifest.state == "running"
    machine = manifest.process.rpartition(":")[0]
    assert replace(manifest, process=f"{machine}:{2**22 + 1}").state == "killed"
    assert replace(manifest, process="elsewhere:1").state == "running"


def test_two_processes_do_not_share_a_folder(tmp_path):
    with recording([Folder(tmp_path / "run")]):
        manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
        other = manifest["process"].rpartition(":")[0] + f":{os.getppid()}"
    (tmp_path / "run" / "manifest.json").write_text(json.dumps(manifest | {"process": other}))
    with pytest.raises(OutputError, match="still goes on"), recording([Folder(tmp_path / "run")]):
        pass


class Broken:
    """A keeper whose disk is full."""

    def begin(self, manifest):
        pass

    def keep(self, event):
        raise OSError(28, "No space left on device")

    def end(self, manifest):
        raise AssertionError("it was given up")


def test_a_keeper_that_fails_does_not_stop_the_run(tmp_path):
    with pytest.warns(UserWarning, match="No space left"), recording([Broken(), Folder(tmp_path / "run")]):
        announce("result", {"accuracy": 1.0})
    assert read_run(tmp_path / "run").manifest.result == {"accuracy": 1.0}


RESULT = b'{"format": 1, "command": [], "configuration": {}, "started": "", "inputs": {}, "outputs": {}, "result": 5}'


PROCESS = RESULT.replace(b'"result": 5', b'"result": {}, "process": 5')
ENDED = RESULT.replace(b'"result": 5', b'"result": {}, "ended": 5')


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b'{"format": 99}', b'{"format": 1}', b"\xff\xfe", RESULT, PROCESS, ENDED]
)
def test_a_damaged_record_is_told_in_one_error(damage, tmp_path):
    with recording([Folder(tmp_path / "run")]):
        pass
    (tmp_path / "run" / "manifest.json").write_bytes(damage)
    with pytest.raises(DataError, match="run"):
        read_run(tmp_path / "run")
    with pytest.raises(DataError, match="run"), recording([Folder(tmp_path / "run")]):
        pass


def test_a_comparison_tells_what_differs_and_nothing_else(series, tmp_path):
    for name, seed in (("one", 1), ("two", 2)):
        options = {"random_state": seed, "network": "bilstm", "out": f"{name}.attime"}
        with recording([Folder(tmp_path / name)], configuration=options):
            fit(series, random_state=seed)
            announce("result", {"accuracy": 0.5 + seed / 10})
    comparison = compare_runs([tmp_path])
    assert comparison.differences.index.tolist() == ["random_state"]
    assert comparison.results.loc["accuracy"].tolist() == [0.6, 0.7]
    assert len(comparison.losses(comparison.runs[0])["1"]) == 3
    assert len(plot_runs(comparison).axes) == 2


def test_tensorboard_holds_the_curves_and_the_results(series, tmp_path):
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    with recording([Tensorboard(tmp_path / "board")]):
        clf = fit(series)
        announce("result", {"accuracy": 0.75})
    told = accumulator.EventAccumulator(str(tmp_path / "board")).Reload()
    losses = [scalar.value for scalar in told.Scalars("epoch/train_loss")]
    np.testing.assert_allclose(losses, clf.history_.train_loss, rtol=1e-6)
    assert told.Scalars("result/accuracy")[0].value == 0.75


@pytest.mark.filterwarnings("ignore::DeprecationWarning:sqlalchemy", "ignore:The ``noload`` loader")  # of MLflow itself
def test_mlflow_holds_the_options_the_curves_and_the_results(series, tmp_path):
    tracking = pytest.importorskip("mlflow.tracking")
    uri = f"sqlite:///{tmp_path}/runs.db"
    with recording([Mlflow(uri)], configuration={"random_state": 3}):
        clf = fit(series)
        announce("result", {"accuracy": 0.75})
    client = tracking.MlflowClient(tracking_uri=uri)
    [run] = client.search_runs([client.get_experiment_by_name("attime").experiment_id])
    assert run.data.params["random_state"] == "3"
    assert run.data.metrics["accuracy"] == 0.75
    assert run.info.status == "FINISHED"
    losses = [part.value for part in client.get_metric_history(run.info.run_id, "epoch/train_loss")]
    np.testing.assert_allclose(losses, clf.history_.train_loss)


@pytest.mark.filterwarnings("ignore::DeprecationWarning:sqlalchemy", "ignore:The ``noload`` loader")  # of MLflow itself
def test_where_mlflow_keeps_its_runs_is_told_to_nobody(tmp_path):
    pytest.importorskip("mlflow")
    parser = new_parser("card", "")
    add_record_arguments(parser)
    options = parse(parser, ["--mlflow", f"sqlite:///{tmp_path}/secret.db", "--record", str(tmp_path / "run")])
    with recorded(options, ["card", "--mlflow", options.mlflow]):
        pass
    assert "secret" not in (tmp_path / "run" / "manifest.json").read_text()


@pytest.mark.parametrize("uri", ["nonsense://x", "http://127.0.0.1:9", "http://localhost:port", "http://[::1"])
def test_a_place_that_mlflow_cannot_use_is_told_in_one_error(uri):
    pytest.importorskip("mlflow")
    with pytest.raises(OutputError, match="MLflow"), recording([Mlflow(uri)]):
        pass


SECRETS = ["http://me:pass%20word@127.0.0.1:9", "http://me:pass%20word@h:port", "nonsense://x?password=pass%20word"]


@pytest.mark.parametrize("uri", SECRETS)
def test_credentials_are_no_part_of_what_mlflow_finds_wrong(uri, tmp_path, monkeypatch):
    pytest.importorskip("mlflow")
    monkeypatch.delenv("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", raising=False)
    with pytest.raises(OutputError) as told, recording([Folder(tmp_path / "run"), Mlflow(uri)]):
        pass
    assert "word" not in str(told.value).replace("password", "")
    assert told.value.__suppress_context__  # nor of a traceback
    assert os.environ.pop("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT") == "true"


def test_a_server_that_never_answers_does_not_stand_in_the_way_for_long(monkeypatch):
    pytest.importorskip("mlflow")
    names = ("MLFLOW_HTTP_REQUEST_TIMEOUT", "MLFLOW_HTTP_REQUEST_MAX_RETRIES")
    for name in names:
        monkeypatch.setenv(name, "later removed")
        monkeypatch.delenv(name)
    Mlflow("http://127.0.0.1:9")
    assert [os.environ[name] for name in names] == ["10", "1"]
    for name, value in zip(names, ("1", "0"), strict=True):  # who knows better is heard, and the test is short
        monkeypatch.setenv(name, value)
    begun = time.perf_counter()
    with socket.create_server(("127.0.0.1", 0)) as server:
        uri = f"http://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(OutputError, match="MLflow cannot keep"), recording([Mlflow(uri)]):
            pass
    assert [os.environ[name] for name in names] == ["1", "0"]
    assert time.perf_counter() - begun < 10


def test_markup_in_names_and_values_is_told_as_it_is(tmp_path, capsys):
    for value in ("[a]", "[/y]"):
        with recording([Folder(tmp_path / f"[b]{value[1:-1][-1]}")], configuration={"[red]x": value}):
            announce("result", {"[/bold]": 0.5})
    assert main(["compare", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert all(text in told for text in ("[a]", "[/y]", "[red]x", "[/bold]", "[b]a", "[b]y"))


def test_numbers_of_numpy_stay_numbers(tmp_path):
    told = {"accuracy": np.float32(0.5), "n": np.int64(3), "lost": np.float64("nan")}
    with recording([Folder(tmp_path / "run")], configuration={"size": np.int64(7), "last": np.bool_(True)}):
        announce("result", told)
    manifest = read_run(tmp_path / "run").manifest
    assert manifest.result == {"accuracy": 0.5, "n": 3, "lost": None}
    assert manifest.configuration == {"size": 7, "last": True}


def test_the_command_compares_and_draws(tmp_path, capsys):
    for name in ("one", "two"):
        with recording([Folder(tmp_path / name)], configuration={"network": name}):
            announce("result", {"accuracy": 0.5 if name == "one" else 0.6})
    picture = tmp_path / "runs.png"
    assert main(["compare", str(tmp_path / "one"), str(tmp_path / "two"), "--out", str(picture)]) == 0
    told = capsys.readouterr().out
    assert "network" in told
    assert "accuracy" in told
    assert picture.stat().st_size > 1000
    assert main(["compare", str(tmp_path / "three")]) == 2
    assert "there is no such folder" in capsys.readouterr().err


def test_every_line_of_a_log_is_json_whatever_is_told(tmp_path):
    with recording([Folder(tmp_path / "run")]):
        announce("epoch", {"loss": float("nan"), "where": tmp_path, "words": "ä\n", "many": (1, 2)})
    lines = (tmp_path / "run" / "log.jsonl").read_text().splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["begin", "epoch", "end"]


def test_words_come_back_from_a_log_as_they_were(tmp_path):
    words = "ä\u2028\x85\u2029 end"  # some programs end a line at each of these
    with recording([Folder(tmp_path / "run")]):
        announce("warning", {"message": words})
    assert read_run(tmp_path / "run").events[1].facts == {"message": words}


def test_a_file_that_cannot_be_read_does_not_stop_the_run(tmp_path, monkeypatch):
    def gone(*_):
        raise FileNotFoundError

    (tmp_path / "part").write_text("x")
    monkeypatch.setattr("attime.records.manifest._digest", gone)
    names = {"out": str(tmp_path / "part"), "target": "x" * 300 + ":y"}
    with recording([Folder(tmp_path / "run")], configuration=names):
        pass
    assert read_run(tmp_path / "run").manifest.ended == "finished"


def test_files_of_the_same_name_are_told_apart(tmp_path):
    first, second = tmp_path / "train" / "data.csv", tmp_path / "test" / "data.csv"
    for path in (first, second):
        path.parent.mkdir()
        path.write_text("0")
    for name in ("one", "two"):
        first.write_text(name)
        with recording([Folder(tmp_path / "runs" / name)], configuration={"data": str(first), "test": str(second)}):
            pass
    assert compare_runs([tmp_path / "runs"]).differences.index.tolist() == ["content of data.csv (1)"]


@pytest.mark.parametrize("keeper", [Folder, Tensorboard])
def test_names_that_are_no_text_do_not_stop_the_run(keeper, tmp_path):
    if keeper is Tensorboard:
        pytest.importorskip("tensorboard")
    name = os.fsdecode(b"\xff.csv")
    try:
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / name).write_text("1")
    except OSError:
        pytest.skip("this file system takes text alone")
    asked = {"data": str(tmp_path / "data"), "test": str(tmp_path / "data" / name), "train": "nul\0", name: [name]}
    for _ in range(2):
        with recording([keeper(tmp_path / "run")], command=["fit", name], configuration=asked):
            announce("warning", {"message": name})
    if keeper is Folder:
        found = read_run(tmp_path / "run").manifest
        assert len(found.inputs) == 2
        assert found.command == ("fit", r"\udcff.csv")


def test_what_is_read_is_known_by_its_content_however_it_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "days").mkdir()
    (tmp_path / "days" / "one.csv").write_text("1")
    names = [".", "days", "days/*.csv", "./days/**/*.csv", "days/one.csv", "days/one.csv:train"]
    before = facts_of_files(names)
    assert list(before) == [".", "days", "days/*.csv", "days/**/*.csv", "days/one.csv"]
    (tmp_path / "days" / "one.csv").write_text("2")
    after = facts_of_files(names)
    assert all(after[name] != before[name] for name in before)
    assert facts_of_files(["", ":train", "days/*.tsv", "[", "x" * 300, "\ud800"]) == {}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such pipes")
def test_a_pipe_is_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    assert facts_of_files([str(tmp_path / "pipe.csv"), str(tmp_path / "*.csv")]) == {}
    assert facts_of_files([str(tmp_path)])[str(tmp_path)].size == 0


def test_a_record_within_the_data_is_no_part_of_them(tmp_path):
    (tmp_path / "data.csv").write_text("1")
    for _ in range(2):
        with recording([Folder(tmp_path / "run")], command=["predict"], configuration={"data": str(tmp_path)}):
            pass
    assert read_run(tmp_path / "run").manifest.inputs[str(tmp_path)].size == 1
