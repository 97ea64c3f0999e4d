"""Every command from the outside: what it prints and writes, and one line with exit code 2 for what is wrong."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from attime import AttentionClassifier, SineConfig, make_sine, read
from attime.cli.main import COMMANDS, main
from attime.data import write

QUICK = ["--quality", "fast", "--training.max_epochs", "2"]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A folder with a table of 60 series, a UCR file of them, and a model that was fitted on them."""
    folder = tmp_path_factory.mktemp("files")
    series = make_sine(SineConfig(n_series=60, n_steps=40))
    write(series, folder / "sine.csv")
    pd.DataFrame(series.values[:, 0]).assign(label=(series.labels == "normal").astype(int)).set_index("label").to_csv(
        folder / "sine.tsv", sep="\t", header=False
    )
    AttentionClassifier(quality="fast", random_state=0).fit(series).save(folder / "model.attime")
    return folder


def run(capsys, *arguments: object) -> tuple[int, str, str]:
    code = main([str(argument) for argument in arguments])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_help_names_every_command_without_loading_torch():
    script = "import sys; from attime.cli.main import main; sys.exit(main(['--help']) or 'torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert all(name in done.stdout for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit, match="0"):
        main([*command.split(), "--help"])
    assert COMMANDS[command][1] in capsys.readouterr().out


def test_version(capsys):
    assert run(capsys, "--version")[1].startswith("0.")


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The folder of a small run of the demo, its results under "out"."""
    folder = tmp_path_factory.mktemp("demo")
    (folder / "sine.json").write_text('{"n_series": 80, "n_steps": 40}')
    words = ["demo", "--data", folder / "sine.json", "--data.noise", "0.1", "--out", folder / "out", *QUICK]
    assert main([str(word) for word in words]) == 0
    return folder


class TestDemo:
    def test_it_writes_its_results(self, demo):
        metrics = json.loads((demo / "out" / "metrics.json").read_text())
        assert metrics["n_cases"] == 16
        assert "Sine or flattened sine?" in (demo / "out" / "report.html").read_text(encoding="utf-8")

    def test_what_it_writes_runs_it_again(self, demo, capsys):
        code, _, _ = run(capsys, "demo", "--config", demo / "out" / "configuration.json", "--out", demo / "again")
        assert code == 0
        first, second = (json.loads((demo / place / "metrics.json").read_text()) for place in ("out", "again"))
        assert {**first, "seconds": None} == {**second, "seconds": None}

    def test_its_model_can_be_used(self, demo, capsys):
        write(make_sine(SineConfig(n_series=20, n_steps=40, random_state=1)), demo / "other.csv")
        code, out, _ = run(capsys, "evaluate", demo / "out" / "model.attime", demo / "other.csv", "--target", "label")
        assert code == 0
        assert "20 cases" in out

    def test_nothing_is_written_without_a_place(self, tmp_path, capsys, monkeypatch):
        monkeypatch.chdir(tmp_path)
        code, out, _ = run(capsys, "demo", "--data.n_series", 60, "--data.n_steps", 40, *QUICK)
        assert code == 0
        assert "published" in out
        assert not list(tmp_path.iterdir())


class TestDataSine:
    def test_the_configuration_it_prints_makes_the_same_series(self, tmp_path, capsys):
        with pytest.raises(SystemExit, match="0"):
            main(["data", "sine", "--n_series", "30", "--n_steps", "20", "--print_config"])
        (tmp_path / "sine.json").write_text(capsys.readouterr().out)
        code, _, _ = run(capsys, "data", "sine", "--config", tmp_path / "sine.json", "--out", tmp_path / "sine.csv")
        assert code == 0
        expected = make_sine(SineConfig(n_series=30, n_steps=20))
        found = read(tmp_path / "sine.csv", target="label")
        np.testing.assert_array_equal(found.values.astype(np.float32), expected.values)
        assert found.labels.tolist() == expected.labels.tolist()

    def test_the_true_mask_comes_along(self, tmp_path, capsys):
        run(capsys, "data", "sine", "--n_series", 10, "--n_steps", 20, "--truth", tmp_path / "mask.csv")
        expected = make_sine(SineConfig(n_series=10, n_steps=20)).truth
        np.testing.assert_array_equal(read(tmp_path / "mask.csv").values[:, 0], expected)


class TestFit:
    def test_it_fits_judges_and_saves(self, files, tmp_path, capsys):
        code, out, _ = run(
            capsys, "fit", files / "sine.csv", "--target", "label", "--positive", "flattened",
            "--out", tmp_path / "model.attime", "--report", tmp_path / "report", *QUICK,
        )  # fmt: skip
        assert code == 0
        assert "12 unseen cases" in out
        assert "recall of class flattened" in out
        assert AttentionClassifier.load(tmp_path / "model.attime").classes_.tolist() == ["flattened", "normal"]
        written = {path.name for path in (tmp_path / "report").iterdir()}
        assert written >= {"metrics.json", "report.html", "cases.png", "roc.png"}

    def test_it_is_judged_by_another_file(self, files, capsys):
        code, out, _ = run(capsys, "fit", files / "sine.tsv", "--test", files / "sine.tsv", *QUICK)
        assert code == 0
        assert "60 cases" in out
        assert "unseen" not in out

    def test_it_says_what_was_picked_and_counts_epochs_where_there_were_any(self, files, capsys):
        words = ["fit", files / "sine.csv", "--target", "label"]
        code, out, _ = run(capsys, *words, "--quality", "fast", "--time_budget", 60)
        assert code == 0
        assert "picked: dictionaries, fitted to 48 cases" in out
        assert "epochs" not in out
        _, out, _ = run(capsys, *words, "--network", "convolutional", *QUICK)
        assert "picked" not in out
        assert "(2 epochs)" in out

    def test_quality_and_time_are_checked(self, files, capsys):
        words = ["fit", files / "sine.csv", "--target", "label"]
        assert "quality 'quick' is unknown" in run(capsys, *words, "--quality", "quick")[2]
        assert "time_budget=0.0 arrived" in run(capsys, *words, "--time_budget", 0)[2]
        assert "is about classes" in run(capsys, *words, "--task", "regression", "--quality", "fast")[2]

    def test_options_come_from_a_file(self, files, tmp_path, capsys):
        (tmp_path / "options.json").write_text('{"network": "lstm", "training": {"max_epochs": 1}, "random_state": 4}')
        model = tmp_path / "model.attime"
        code, _, _ = run(capsys, "fit", files / "sine.tsv", "--config", tmp_path / "options.json", "--out", model)
        assert code == 0
        loaded = AttentionClassifier.load(model)
        assert (loaded.network, loaded.training, loaded.random_state) == ("lstm", {"max_epochs": 1}, 4)


class TestPredict:
    def test_a_row_for_each_case(self, files, tmp_path, capsys):
        out = tmp_path / "predictions.csv"
        code, _, _ = run(
            capsys, "predict", files / "model.attime", files / "sine.csv", "--target", "label", "--out", out
        )
        assert code == 0
        table = pd.read_csv(out)
        assert list(table) == ["case", "predicted", "probability_flattened", "probability_normal"]
        assert len(table) == 60
        np.testing.assert_allclose(table.filter(like="probability").sum(axis=1), 1, atol=1e-5)

    def test_labels_are_not_needed(self, files, tmp_path, capsys):
        pd.read_csv(files / "sine.csv").drop(columns="label").to_csv(tmp_path / "bare.csv", index=False)
        code, out, _ = run(capsys, "predict", files / "model.attime", tmp_path / "bare.csv")
        assert code == 0
        assert out.splitlines()[0] == "case,predicted,probability_flattened,probability_normal"


WIDE = "label,0,1,2\na,1,2,3\nb,3,1,2\na,1,2,4\nb,2,1,2\n"


class TestExplain:
    @pytest.mark.parametrize(("method", "told"), [("evidence", "random"), ("attention", "the same at every step")])
    def test_it_writes_a_row_for_each_step_and_says_whether_to_believe_it(self, method, told, files, tmp_path, capsys):
        words = ["--target", "label", "--explain_class", "flattened", "--method", method]
        table = tmp_path / "relevance.csv"
        code, out, _ = run(capsys, "explain", files / "model.attime", files / "sine.csv", "--out", table, *words)
        assert code == 0
        assert told in out
        written = pd.read_csv(table)
        assert len(written) == 60 * 40
        assert set(written["target"]) == {"flattened"}

    def test_how_steps_are_taken_away_can_be_chosen(self, files, tmp_path, capsys):
        words = ["--target", "label", "--replacement", "mean", "--out", tmp_path / "relevance.csv"]
        code, out, _ = run(capsys, "explain", files / "model.attime", files / "sine.csv", *words)
        assert code == 0
        assert "mean" in out


class TestReport:
    def test_it_writes_a_page(self, files, tmp_path, capsys):
        page = tmp_path / "report.html"
        words = ["--target", "label", "--title", "Waves", "--max_cases", 10, "--positive", "flattened"]
        code, out, _ = run(capsys, "report", files / "model.attime", files / "sine.csv", "--out", page, *words)
        assert code == 0
        assert str(page) in out
        told = page.read_text(encoding="utf-8")
        assert "Waves" in told
        assert "10 of 60 cases can be looked at" in told
        assert "of class flattened" in told

    def test_labels_are_not_needed(self, files, tmp_path, capsys):
        pd.read_csv(files / "sine.csv").drop(columns="label").head(5).to_csv(tmp_path / "bare.csv", index=False)
        page = tmp_path / "report.html"
        code, _, _ = run(capsys, "report", files / "model.attime", tmp_path / "bare.csv", "--out", page)
        assert code == 0
        assert "have no labels" in page.read_text(encoding="utf-8")

    @pytest.mark.parametrize(
        ("methods", "expected"), [("evidence, random", 2), ("gradient_times_input, random", 1), ("", 0)]
    )
    def test_what_is_measured_can_be_chosen(self, files, tmp_path, capsys, methods, expected):
        page = tmp_path / "report.html"
        words = ["--target", "label", "--methods", methods, "--out", page]
        code, _, _ = run(capsys, "report", files / "model.attime", files / "sine.csv", *words)
        assert code == 0
        told = page.read_text(encoding="utf-8")
        head = re.search(r'<table class="measures">.*?</thead>', told, re.S)
        assert (head[0].count('scope="col"') - 1 if head else 0) == expected


BAD_FILES = {
    "empty file": ("", ["fit", "DATA", "--target", "label"], "bad.csv"),
    "missing column": (WIDE, ["fit", "DATA", "--target", "lable"], "did you mean 'label'"),
    "no target named": ("0,1,2\n1,2,3\n4,5,6\n", ["fit", "DATA"], "without labels"),
    "text for a number": (WIDE.replace("3,1", "3,one"), ["fit", "DATA", "--target", "label"], "line 3, column '1'"),
    "infinity": (WIDE.replace("3,1", "3,inf"), ["fit", "DATA", "--target", "label"], "line 3"),
    "one class": (WIDE.replace("b,", "a,"), ["fit", "DATA", "--target", "label"], "only one class, 'a'"),
    "a class of one case": (WIDE + "c,1,2,2\n", ["fit", "DATA", "--target", "label"], "class 'c' has one case"),
    "one time step": ("label,0\na,1\nb,2\na,3\nb,4\n", ["fit", "DATA", "--target", "label"], "1 time step"),
    "constant series": (
        "label,0,1\na,1,1\nb,2,2\na,3,3\nb,4,4\n",
        ["fit", "DATA", "--target", "label", "--scaling", "case"],
        "series are constant",
    ),
    "nothing observed": (WIDE + "a,,,\n", ["fit", "DATA", "--target", "label"], "line 6"),
    "numbers for classes": (
        "label,0,1\n0.5,1,2\n1.5,2,1\n0.5,1,3\n1.5,2,2\n",
        ["fit", "DATA", "--target", "label"],
        "the labels are no classes",
    ),
    "no such class": (WIDE, ["fit", "DATA", "--target", "label", "--positive", "c"], "class 'c' is unknown"),
    "unknown class to judge by": (WIDE, ["fit", "SINE", "--target", "label", "--test", "DATA"], "does not know: 'a'"),
    "unknown label": (WIDE, ["evaluate", "MODEL", "DATA", "--target", "label"], "does not know: 'a'"),
    "unknown label to report on": (
        WIDE,
        ["report", "MODEL", "DATA", "--target", "label", "--out", "OUT"],
        "does not know: 'a'",
    ),
    "no case to report on": (
        "0,1\n1,2\n",
        ["report", "MODEL", "DATA", "--out", "OUT", "--max_cases", "0"],
        "0 cases were asked for",
    ),
    "no such class to explain": (
        "0,1\n1,2\n",
        ["explain", "MODEL", "DATA", "--out", "OUT", "--explain_class", "flat"],
        "did you mean 'flattened'",
    ),
    "no such method": ("0,1\n1,2\n", ["explain", "MODEL", "DATA", "--out", "OUT", "--method", "attn"], "did you mean"),
    "no such replacement": (
        "0,1\n1,2\n",
        ["explain", "MODEL", "DATA", "--out", "OUT", "--replacement", "means"],
        "did you mean 'mean'",
    ),
    "no such method to measure": (
        "0,1\n1,2\n",
        ["report", "MODEL", "DATA", "--out", "OUT", "--methods", "evidence,attn"],
        "method 'attn' is unknown",
    ),
    "series too long to explain": (
        ",".join(map(str, range(41))) + "\n" + ",".join(["1"] * 41) + "\n",
        ["explain", "MODEL", "DATA", "--out", "OUT"],
        "the longest in fit had 40",
    ),
    "no model": (WIDE, ["evaluate", "DATA", "DATA"], "not a model file"),
    "other channels": (
        "id,time,x,y\n1,0,1,2\n1,1,2,3\n2,0,1,2\n2,1,3,1\n",
        ["predict", "MODEL", "DATA", "--out", "OUT"],
        "2 channels arrived, the model was fitted on 1",
    ),
    "text to predict": ("0,1,2\n1,x,3\n", ["predict", "MODEL", "DATA", "--out", "OUT"], "line 2, column '1'"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_gets_one_line_that_names_the_place(name, files, tmp_path, capsys):
    content, words, expected = BAD_FILES[name]
    (tmp_path / "bad.csv").write_text(content)
    places = {"DATA": tmp_path / "bad.csv", "MODEL": files / "model.attime", "OUT": tmp_path / "out.csv"}
    places["SINE"] = files / "sine.csv"
    wanted = ["--out", tmp_path / "model.attime", "--report", tmp_path / "report"] if words[0] == "fit" else []
    code, out, err = run(capsys, *(places.get(word, word) for word in words), *wanted)
    errors = [line for line in err.splitlines() if not line.startswith("attime: warning")]
    assert code == 2
    assert len(errors) == 1
    assert errors[0].startswith("attime: ")
    assert expected in errors[0]
    assert out == ""
    assert [path.name for path in tmp_path.iterdir()] == ["bad.csv"]


BAD_OPTIONS = {
    "no such command": (["fti"], "command 'fti' is unknown"),
    "no such option": (["demo", "--noise", "1"], "noise"),
    "out of range": (["demo", "--data.noise", "-1"], "greater than or equal to 0"),
    "range that descends": (["data", "sine", "--frequency.low", "9"], "low should not be above high"),
    "no such file": (["fit", "nowhere.csv"], "nowhere.csv"),
    "no such network": (["demo", "--network", "lstn", "--data.n_series", "50"], "did you mean 'lstm'"),
    "no such scaling": (["demo", "--scaling", "cases", "--data.n_series", "50"], "did you mean 'case'"),
    "no such class weight": (["demo", "--class_weight", "equal", "--data.n_series", "50"], "expected one of balanced"),
    "no such training option": (
        ["demo", "--training.epochs", "3", "--data.n_series", "50"],
        "did you mean 'max_epochs'",
    ),
    "a seed below zero": (["demo", "--random_state", "-1", "--data.n_series", "50"], "random_state=-1 arrived"),
    "a missing folder for the model": (["fit", "x.csv", "--out", "nowhere/model"], "nowhere/model: cannot be written"),
    "a folder for the model": (["fit", "x.csv", "--out", "."], "cannot be written (it is a folder)"),
    "a file for the folder": (["demo", "--out", __file__], "cannot be used as a folder"),
    "an unwritable folder": (["demo", "--out", "/dev/null/demo"], "/dev/null/demo: cannot be used as a folder"),
    "no place for the page": (["report", "x.attime", "x.csv"], "out"),
    "an unwritable page": (
        ["report", "x.attime", "x.csv", "--out", "/dev/null/report.html"],
        "/dev/null/report.html: cannot be written",
    ),
    "an unwritable model": (["fit", "x.csv", "--out", "/dev/null/model"], "/dev/null/model: cannot be written"),
}


@pytest.mark.parametrize("name", BAD_OPTIONS)
def test_a_bad_option_gets_one_line(name, capsys):
    words, expected = BAD_OPTIONS[name]
    code, out, err = run(capsys, *words)
    assert code == 2
    assert len(err.splitlines()) == 1
    assert expected in err
    assert out == ""


BAD_CONFIGURATIONS = {
    "unknown key": ('{"n_serie": 10}', "n_serie"),
    "range": ('{"n_steps": 1}', "n_steps"),
    "text": ('{"noise": "much"}', "noise"),
    "no JSON": ("{n_series: ", "sine.json"),
    "a list": ("[1, 2]", "sine.json"),
}


@pytest.mark.parametrize("name", BAD_CONFIGURATIONS)
@pytest.mark.parametrize("command", [["data", "sine", "--config"], ["demo", "--data"]], ids=" ".join)
def test_a_bad_configuration_gets_one_line_that_names_the_entry(command, name, tmp_path, capsys):
    content, expected = BAD_CONFIGURATIONS[name]
    (tmp_path / "sine.json").write_text(content)
    code, _, err = run(capsys, *command, tmp_path / "sine.json")
    assert code == 2
    assert len(err.splitlines()) == 1
    assert expected in err


def test_the_module_can_be_run():
    done = subprocess.run(
        [sys.executable, "-m", "attime", "--version"], capture_output=True, text=True, check=False, env=os.environ
    )
    assert done.returncode == 0
