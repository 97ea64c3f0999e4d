"""Predicting over files: the same as at once, in pieces, from whatever point it goes on."""

from __future__ import annotations

import copy
import os
import sys

import numpy as np
import pandas as pd
import pytest

from attime import AttentionClassifier, AttentionRegressor, SineConfig, make_sine, shards, write
from attime.cli.main import main
from attime.data import SeriesSet, read
from attime.engines import local, predict_files, predict_table
from attime.engines.table import digest_of
from attime.errors import DataError, MissingExtraError, OptionError

FEW = 256 * 40  # numbers, of pieces of 256 cases


@pytest.fixture(scope="module")
def series():
    return make_sine(SineConfig(n_series=700, n_steps=40))


@pytest.fixture(scope="module")
def model(series):
    return AttentionClassifier(quality="fast", random_state=0).fit(series[:60])


@pytest.fixture(scope="module")
def number(bumps):
    return AttentionRegressor(training={"max_epochs": 2}, random_state=0).fit(bumps)


@pytest.fixture
def folder(series, tmp_path):
    """Three files, of which the last has three pieces."""
    place = tmp_path / "series"
    place.mkdir()
    for name, part in {"a": series[:20], "b": series[20:50], "c": series[50:]}.items():
        write(part, place / f"{name}.npz")
    return place


@pytest.fixture
def expected(model, series):
    return predict_table(model, series)


class Stopped(Exception):
    """What a run is stopped by in the middle."""


def stop_after(monkeypatch, n_pieces):
    """Let writing of pieces fail after so many."""
    left, write_piece = [n_pieces], local.Pieces.write

    def write(*arguments):
        if not left[0]:
            raise Stopped
        left[0] -= 1
        write_piece(*arguments)

    monkeypatch.setattr(local.Pieces, "write", write)


def all_of(folder):
    return shards(folder, need_target=False, n_numbers=FEW)


@pytest.mark.parametrize("name", ["all.csv", "all.parquet"])
def test_pieces_add_up_to_the_whole(name, model, folder, expected, tmp_path):
    outcome = predict_files(model, all_of(folder), tmp_path / name)
    found = pd.read_csv(tmp_path / name) if name.endswith("csv") else pd.read_parquet(tmp_path / name)
    assert (outcome.n_cases, outcome.n_files, outcome.damaged) == (700, 3, ())
    assert found["file"].tolist() == ["a.npz"] * 20 + ["b.npz"] * 30 + ["c.npz"] * 650
    assert found["case"].tolist() == [*range(20), *range(30), *range(650)]
    assert found["predicted"].tolist() == expected["predicted"].tolist()
    probabilities = found.filter(like="probability").to_numpy()
    np.testing.assert_allclose(probabilities, expected.filter(like="probability"), rtol=1e-5, atol=1e-6)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "series"])


def test_a_large_file_is_predicted_to_the_last_bit_as_at_once(model, series, expected, tmp_path):
    np.save(tmp_path / "X.npy", series.values)
    predict_files(model, all_of(tmp_path / "X.npy"), tmp_path / "all.parquet")
    found = pd.read_parquet(tmp_path / "all.parquet").set_index("case")
    pd.testing.assert_frame_equal(found, expected, check_exact=True, check_index_type=False)


def test_numbers_are_predicted_too(number, bumps, tmp_path):
    write(SeriesSet.of(bumps.values), tmp_path / "bumps.csv")
    predict_files(number, shards(tmp_path / "bumps.csv"), tmp_path / "numbers.csv")
    np.testing.assert_allclose(pd.read_csv(tmp_path / "numbers.csv")["predicted"], number.predict(bumps), rtol=1e-4)


def test_each_file_has_a_result_in_a_folder(model, folder, expected, tmp_path):
    predict_files(model, all_of(folder), tmp_path / "results")
    assert sorted(path.name for path in (tmp_path / "results").glob("*")) == [".run.jsonl", "a.csv", "b.csv", "c.csv"]
    parts = pd.concat([pd.read_csv(tmp_path / "results" / f"{name}.csv") for name in "abc"])
    assert parts["predicted"].tolist() == expected["predicted"].tolist()


@pytest.mark.parametrize("out", ["all.csv", "all.parquet", "results"])
@pytest.mark.parametrize("n_pieces", range(5))
def test_a_run_that_was_stopped_goes_on_and_ends_the_same(out, n_pieces, model, folder, tmp_path, monkeypatch):
    predict_files(model, all_of(folder), tmp_path / f"whole_{out}")
    with monkeypatch.context() as stopping:
        stop_after(stopping, n_pieces)
        with pytest.raises(Stopped):
            predict_files(model, all_of(folder), tmp_path / out)
    outcome = predict_files(model, all_of(folder), tmp_path / out, resume=True)
    assert outcome.n_cases == 700 - sum([20, 30, 256, 256, 138][:n_pieces])
    for name in ["a.csv", "b.csv", "c.csv"] if out == "results" else [""]:
        assert (tmp_path / out / name).read_bytes() == (tmp_path / f"whole_{out}" / name).read_bytes()


def test_what_another_model_has_begun_is_refused(model, number, series, folder, tmp_path, monkeypatch):
    other = AttentionClassifier(quality="fast", random_state=0).fit(series[:61])
    assert digest_of(other) != digest_of(model)
    for out in ("all.csv", "results"):
        with monkeypatch.context() as stopping:
            stop_after(stopping, 2)
            with pytest.raises(Stopped):
                predict_files(model, all_of(folder), tmp_path / out)
        with pytest.raises(OptionError, match="another run has left results there"):
            predict_files(other, all_of(folder), tmp_path / out, resume=True)
        assert predict_files(other, all_of(folder), tmp_path / out).n_cases == 700


def test_what_an_earlier_run_left_in_a_folder_is_not_taken_for_done(model, series, folder, tmp_path, monkeypatch):
    other = AttentionClassifier(quality="fast", random_state=0).fit(series[:61])
    predict_files(other, all_of(folder), tmp_path / "whole")
    predict_files(model, all_of(folder), tmp_path / "results")
    with monkeypatch.context() as stopping:
        stop_after(stopping, 1)
        with pytest.raises(Stopped):
            predict_files(other, all_of(folder), tmp_path / "results")
    outcome = predict_files(other, all_of(folder), tmp_path / "results", resume=True)
    assert (outcome.n_cases, outcome.n_skipped) == (680, 1)
    for name in ("a.csv", "b.csv", "c.csv"):
        assert (tmp_path / "results" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_another_part_of_the_same_file_is_another_run(model, series, tmp_path):
    np.savez(tmp_path / "both.npz", X_train=series.values[:30], X_test=series.values[30:40])
    train, test = (shards(tmp_path / "both.npz", part=part, need_target=False) for part in ("train", "test"))
    predict_files(model, train, tmp_path / "results")
    with pytest.raises(OptionError, match="another run has left results there"):
        predict_files(model, test, tmp_path / "results", resume=True)


def test_pieces_without_a_note_are_nobodys(model, series, folder, expected, tmp_path, monkeypatch):
    other = AttentionClassifier(quality="fast", random_state=0).fit(series[:61])
    with monkeypatch.context() as stopping:
        stop_after(stopping, 2)
        with pytest.raises(Stopped):
            predict_files(other, all_of(folder), tmp_path / "all.csv")
    (tmp_path / ".all.csv.pieces" / "run.json").unlink()  # as if they had been half removed
    assert predict_files(model, all_of(folder), tmp_path / "all.csv", resume=True).n_cases == 700


@pytest.mark.parametrize("name", ["target_mean_", "target_deviation_", "time_unit_"])
def test_models_of_other_units_are_other_models(name, number):
    other = copy.copy(number)
    setattr(other, name, 2.0)
    assert digest_of(other) != digest_of(number)


def test_a_result_older_than_its_file_is_made_again(model, series, folder, tmp_path):
    predict_files(model, all_of(folder), tmp_path / "results")
    write(series[:10], folder / "a.npz")
    os.utime(folder / "a.npz", ns=(2**62, 2**62))
    outcome = predict_files(model, all_of(folder), tmp_path / "results", resume=True)
    assert (outcome.n_cases, outcome.n_skipped) == (10, 2)
    assert len(pd.read_csv(tmp_path / "results" / "a.csv")) == 10


def test_a_file_replaced_by_an_older_one_is_predicted_again(model, series, folder, tmp_path):
    predict_files(model, all_of(folder), tmp_path / "results")
    write(series[:10], folder / "a.npz")
    os.utime(folder / "a.npz", ns=(0, 0))
    assert predict_files(model, all_of(folder), tmp_path / "results", resume=True).n_cases == 10


def test_results_of_another_folder_are_not_taken_for_done(model, series, folder, tmp_path):
    predict_files(model, all_of(folder), tmp_path / "results")
    (tmp_path / "other").mkdir()
    write(series[:10], tmp_path / "other" / "a.npz")
    with pytest.raises(OptionError, match=r"a.csv: is there, and was made of .*series.a.npz, expected .*other.a.npz"):
        predict_files(model, all_of(tmp_path / "other"), tmp_path / "results", resume=True)


def test_a_result_of_a_file_that_was_whole_once_does_not_stay(model, folder, tmp_path):
    predict_files(model, all_of(folder), tmp_path / "results")
    (folder / "a.npz").write_bytes(b"damaged")
    assert len(predict_files(model, all_of(folder), tmp_path / "results").damaged) == 1
    assert not (tmp_path / "results" / "a.csv").exists()


def test_a_note_that_was_cut_short_costs_one_file(model, folder, tmp_path):
    predict_files(model, all_of(folder), tmp_path / "results")
    note = tmp_path / "results" / ".run.jsonl"
    note.write_text(note.read_text()[:-5])
    for n_skipped in (2, 3):
        assert predict_files(model, all_of(folder), tmp_path / "results", resume=True).n_skipped == n_skipped


def test_numbers_are_written_in_full(bumps, tmp_path):
    number = AttentionRegressor(training={"max_epochs": 1}, random_state=0).fit(bumps.values, 1e6 + bumps.labels)
    write(bumps, tmp_path / "bumps.npz")
    predict_files(number, all_of(tmp_path / "bumps.npz"), tmp_path / "all.csv")
    np.testing.assert_array_equal(pd.read_csv(tmp_path / "all.csv")["predicted"], number.predict(bumps))


class TestDamage:
    @pytest.mark.parametrize("name", ["a.npz", "c.npz"])
    def test_a_damaged_file_is_left_out_wholly_and_the_rest_is_there(self, name, model, folder, tmp_path):
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(whole[: len(whole) // 2])
        outcome = predict_files(model, all_of(folder), tmp_path / "all.csv")
        assert len(outcome.damaged) == 1
        assert name in outcome.damaged[0]
        assert set(pd.read_csv(tmp_path / "all.csv")["file"]) == {"a.npz", "b.npz", "c.npz"} - {name}

    def test_once_mended_it_is_all_that_is_left_to_do(self, model, folder, expected, tmp_path):
        whole = (folder / "c.npz").read_bytes()
        (folder / "c.npz").write_bytes(whole[: len(whole) // 2])
        predict_files(model, all_of(folder), tmp_path / "results")
        (folder / "c.npz").write_bytes(whole)
        outcome = predict_files(model, all_of(folder), tmp_path / "results", resume=True)
        assert (outcome.n_cases, outcome.n_skipped) == (650, 2)
        assert pd.read_csv(tmp_path / "results" / "c.csv")["predicted"].tolist() == expected["predicted"][50:].tolist()

    def test_where_nothing_can_be_used_it_is_an_error(self, model, folder, tmp_path):
        for path in folder.iterdir():
            path.write_bytes(b"nothing")
        with pytest.raises(DataError, match="none of 3 files could be used"):
            predict_files(model, all_of(folder), tmp_path / "all.csv")
        assert not (tmp_path / "all.csv").exists()

    def test_a_file_of_other_columns_is_left_out(self, model, series, tmp_path):
        (tmp_path / "in").mkdir()
        frame = pd.DataFrame(series.values[:30, 0])
        frame.to_csv(tmp_path / "in" / "a.csv", index=False)
        frame[frame.columns[::-1]].add_prefix("t").to_csv(tmp_path / "in" / "b.csv", index=False)
        outcome = predict_files(model, shards(tmp_path / "in"), tmp_path / "all.csv")
        assert outcome.n_cases == 30
        assert "b.csv" in outcome.damaged[0]


class TestPlaces:
    def test_series_are_never_written_over(self, model, folder, tmp_path):
        (tmp_path / "csv").mkdir()
        write(read(folder / "a.npz"), tmp_path / "csv" / "a.csv")
        with pytest.raises(OptionError, match="take the place of the series"):
            predict_files(model, shards(tmp_path / "csv", target="label"), tmp_path / "csv")

    def test_two_files_do_not_share_a_result(self, model, series, tmp_path):
        (tmp_path / "in").mkdir()
        write(series[:5], tmp_path / "in" / "a.csv")
        write(series[:5], tmp_path / "in" / "a.csv.gz")
        with pytest.raises(OptionError, match="rename one of them"):
            predict_files(model, shards(tmp_path / "in", target="label"), tmp_path / "out")

    def test_files_of_many_folders_keep_their_folders(self, model, series, tmp_path):
        for name in ("x", "y"):
            (tmp_path / "in" / name).mkdir(parents=True)
            write(series[:5], tmp_path / "in" / name / "a.npz")
        predict_files(model, shards(tmp_path / "in" / "**" / "*.npz"), tmp_path / "out")
        assert (tmp_path / "out" / "x" / "a.csv").exists()
        assert (tmp_path / "out" / "y" / "a.csv").exists()


class TestCommand:
    @pytest.fixture
    def path(self, model, tmp_path):
        model.save(tmp_path / "model.attime")
        return str(tmp_path / "model.attime")

    def test_its_code_tells_that_files_were_left_out(self, path, folder, tmp_path, capsys):
        words = ["predict", path, str(folder), "--out", str(tmp_path / "all.csv")]
        assert main(words) == 0
        (folder / "b.npz").write_bytes(b"nothing")
        assert main(words) == 1
        told = capsys.readouterr()
        assert "1 of 3 files left out" in told.out
        assert "b.npz" in told.err
        for name in "ac":
            (folder / f"{name}.npz").write_bytes(b"nothing")
        assert main(words) == 2

    def test_it_goes_on(self, path, folder, tmp_path, capsys):
        words = ["predict", path, str(folder), "--out", str(tmp_path / "results")]
        assert main(words) == 0
        assert main([*words, "--resume"]) == 0
        assert "3 of 3 files were done before" in capsys.readouterr().out

    def test_without_a_place_all_rows_are_shown(self, path, folder, capsys):
        assert main(["predict", path, str(folder)]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[0].startswith("file,case,predicted,")
        assert len(lines) == 701

    @pytest.mark.parametrize(
        ("words", "told"), [(["--engine", "fast"], "engine"), (["--out", "x.txt"], ".csv or .parquet, or a folder")]
    )
    def test_what_is_wrong_is_one_line(self, words, told, path, folder, capsys):
        assert main(["predict", path, str(folder), *words]) == 2
        assert told in capsys.readouterr().err


def test_an_engine_that_is_not_there_names_what_brings_it(model, folder, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'attime\[ray\]'"):
        predict_files(model, all_of(folder), tmp_path / "all.csv", engine="ray")
