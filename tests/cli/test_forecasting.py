"""`attime forecast`, `backtest`, `check` from the outside: what they print and write, one line for what is wrong."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from attime.cli.main import main
from attime.estimators.forecasting import AttentionForecaster

LINEAR = ["--network", "linear"]


def sales(n_steps: int = 120) -> pd.DataFrame:
    """Return two shops, daily, with what weekdays make of sales."""
    parts = []
    for number, name in enumerate(("01", "02")):
        rng = np.random.default_rng(number)
        steps = np.arange(n_steps)
        sold = 50 + 10 * number + 5 * np.sin(2 * np.pi * steps / 7) + rng.normal(size=n_steps)
        stamps = pd.date_range("2024-01-01", periods=n_steps, freq="D").strftime("%Y-%m-%d")
        parts.append(pd.DataFrame({"unique_id": name, "ds": stamps, "y": sold.round(4)}))
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """A file of two series with the usual names."""
    path = tmp_path_factory.mktemp("tables") / "sales.csv"
    sales().to_csv(path, index=False)
    return path


def run(capsys, *words: object) -> tuple[int, str, str]:
    code = main([str(word) for word in words])
    told = capsys.readouterr()
    return code, told.out, told.err


class TestForecast:
    def test_it_writes_what_comes_next_with_names_and_times(self, table, tmp_path, capsys):
        out = tmp_path / "forecast.csv"
        code, told, _ = run(capsys, "forecast", table, "--horizon", 5, *LINEAR, "--out", out)
        assert code == 0
        written = pd.read_csv(out, dtype={"unique_id": str})
        assert list(written) == ["unique_id", "ds", "forecast", "low_80", "high_80", "low_95", "high_95"]
        assert written.unique_id.tolist() == ["01"] * 5 + ["02"] * 5
        assert written.ds[:5].tolist() == [f"2024-04-{day:02}" for day in range(30, 31)] + [
            f"2024-05-{day:02}" for day in range(1, 5)
        ]
        assert f"written to {out}" in told

    def test_it_says_what_was_fitted_and_whether_that_beats_the_naive_forecast(self, table, capsys):
        code, told, _ = run(capsys, "forecast", table, "--horizon", 5, *LINEAR)
        assert code == 0
        assert "fitted: linear" in told
        assert all(name in told for name in ("MAE", "MASE", "last value", "drift", "ridge"))
        assert "the naive forecast" in told
        assert "2024-04-30" in told

    def test_it_writes_a_page(self, table, tmp_path, capsys):
        page = tmp_path / "report.html"
        code, _, _ = run(capsys, "forecast", table, "--horizon", 5, *LINEAR, "--report", page)
        assert code == 0
        assert "What comes after sales.csv" in page.read_text(encoding="utf-8")

    def test_a_saved_model_forecasts_later_data_without_a_new_fit(self, table, tmp_path, capsys):
        model, later = tmp_path / "model.attime", tmp_path / "later.csv"
        run(capsys, "forecast", table, "--horizon", 5, *LINEAR, "--save", model)
        sales(130).to_csv(later, index=False)
        code, told, _ = run(
            capsys, "forecast", later, "--model", model, "--out", tmp_path / "out.csv", "--report", tmp_path / "r.html"
        )
        assert code == 0
        assert "fitted" not in told
        expected = AttentionForecaster.load(model).predict(sales(130))
        found = pd.read_csv(tmp_path / "out.csv")
        assert found.ds[0] == "2024-05-10"
        np.testing.assert_allclose(found.forecast, expected.forecast, rtol=1e-4)

    def test_columns_may_have_any_name(self, tmp_path, capsys):
        odd = sales().set_axis(["shop", "when", "sold"], axis=1).assign(known=np.tile(np.arange(120) % 7, 2))
        ahead = odd.tail(1).assign(sold=np.nan)
        rows = [
            odd,
            *(ahead.assign(shop=s, when=f"2024-{d}", known=1) for s in ("01", "02") for d in ("04-30", "05-01")),
        ]
        path = tmp_path / "odd.tsv.gz"
        pd.concat(rows).to_csv(path, index=False, sep="\t")
        words = ["--id", "shop", "--time", "when", "--target", "sold", "--future", "known", "--horizon", 2, *LINEAR]
        code, _, _ = run(capsys, "forecast", path, *words, "--out", tmp_path / "out.csv")
        assert code == 0
        assert pd.read_csv(tmp_path / "out.csv").columns[:2].tolist() == ["shop", "when"]

    def test_two_columns_need_no_names(self, tmp_path, capsys):
        path = tmp_path / "one.csv"
        sales()[:120][["ds", "y"]].set_axis(["day", "sold"], axis=1).to_csv(path, index=False)
        code, _, _ = run(capsys, "forecast", path, "--horizon", 3, *LINEAR, "--out", tmp_path / "out.csv")
        assert code == 0
        assert pd.read_csv(tmp_path / "out.csv").unique_id.unique().tolist() == ["sold"]

    def test_of_a_wide_table_each_column_is_a_series(self, tmp_path, capsys):
        sales().pivot(index="ds", columns="unique_id", values="y").to_csv(tmp_path / "wide.csv")
        words = ["--wide", "true", "--horizon", 3, *LINEAR, "--out", tmp_path / "out.csv"]
        code, _, _ = run(capsys, "forecast", tmp_path / "wide.csv", *words)
        assert code == 0
        assert pd.read_csv(tmp_path / "out.csv", dtype=str).unique_id.unique().tolist() == ["01", "02"]

    def test_a_wide_table_may_hold_a_single_series(self, tmp_path, capsys):
        sales()[:120][["ds", "y"]].set_axis(["day", "sold"], axis=1).to_csv(tmp_path / "one.csv", index=False)
        words = ["--wide", "true", "--horizon", 3, *LINEAR, "--out", tmp_path / "out.csv"]
        assert run(capsys, "forecast", tmp_path / "one.csv", *words)[0] == 0
        assert pd.read_csv(tmp_path / "out.csv").unique_id.unique().tolist() == ["sold"]

    def test_a_model_of_a_wide_table_asks_for_wide_tables(self, tmp_path, capsys):
        wide, model = tmp_path / "wide.csv", tmp_path / "model.attime"
        sales().pivot(index="ds", columns="unique_id", values="y").rename_axis("day").to_csv(wide)
        words = ["--wide", "true", "--time", "day", "--horizon", 3, *LINEAR, "--save", model]
        assert run(capsys, "forecast", wide, *words)[0] == 0
        assert "say so: --wide true" in run(capsys, "forecast", wide, "--model", model)[2]
        assert run(capsys, "forecast", wide, "--model", model, "--wide", "true")[0] == 0

    def test_more_steps_can_be_held_out(self, table, tmp_path, capsys):
        model = tmp_path / "model.attime"
        words = ["--horizon", 3, *LINEAR, "--validation_share", 0.4, "--save", model]
        assert run(capsys, "forecast", table, *words)[0] == 0
        assert AttentionForecaster.load(model).validation_share == 0.4

    def test_a_parquet_file_does_as_well(self, tmp_path, capsys):
        pytest.importorskip("pyarrow")
        sales().to_parquet(tmp_path / "sales.parquet")
        assert run(capsys, "forecast", tmp_path / "sales.parquet", "--horizon", 3, *LINEAR)[0] == 0

    def test_columns_that_know_the_future_are_warned_of_unless_nobody_is_to_look(self, tmp_path, capsys):
        leaking = sales(300).assign(next=lambda frame: frame.groupby("unique_id").y.shift(-1))
        leaking.to_csv(tmp_path / "leak.csv", index=False)
        words = ["forecast", tmp_path / "leak.csv", "--horizon", 3, *LINEAR]
        assert "in column 'next'" in run(capsys, *words)[2]
        assert "next" not in run(capsys, *words, "--look_for_leaks", "false")[2]

    def test_a_column_can_be_left_out_and_whoever_is_warned_of_one_is_told_so(self, tmp_path, capsys):
        leaking = sales(300).assign(next=lambda frame: frame.groupby("unique_id").y.shift(-1), note="closed")
        leaking.to_csv(tmp_path / "leak.csv", index=False)
        table = tmp_path / "leak.csv"
        words = ["forecast", table, "--horizon", 3, *LINEAR]
        code, _, told = run(capsys, *words)
        assert (code, "--drop" in told) == (2, True)  # text is no covariate
        assert "--drop COLUMN leaves a column out" in run(capsys, *words, "--drop", "note")[2]
        found = run(capsys, "check", table)
        assert found[0] == 1
        assert "--drop COLUMN leaves a column out" in found[1]
        for command in (words, ["check", table], ["backtest", table, "--horizon", 3, "--windows", 3, *LINEAR]):
            code, _, told = run(capsys, *command, "--drop", "note", "--drop", "next")
            assert (code, told) == (0, "")

    def test_of_a_saved_model_other_limits_can_be_asked_for(self, table, tmp_path, capsys):
        run(capsys, "forecast", table, "--horizon", 5, *LINEAR, "--save", tmp_path / "model.attime")
        words = ["--model", tmp_path / "model.attime", "--coverage", "0.5"]
        assert "low_50" in run(capsys, "forecast", table, *words)[1]

    def test_equal_calls_give_equal_forecasts(self, table, tmp_path, capsys):
        for name in ("a.csv", "b.csv"):
            words = ["--horizon", 3, "--training.max_epochs", 1, "--out", tmp_path / name]
            run(capsys, "forecast", table, *words)
        assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


class TestBacktest:
    def test_it_forecasts_steps_that_were_not_learnt_from(self, table, tmp_path, capsys):
        out = tmp_path / "backtest.csv"
        words = ["--horizon", 4, "--windows", 5, "--step", 2, *LINEAR, "--out", out]
        code, told, _ = run(capsys, "backtest", table, *words)
        assert code == 0
        written = pd.read_csv(out)
        assert len(written) == 2 * 5 * 4
        assert sorted(set(written.origin)) == [108, 110, 112, 114, 116]
        assert "80 % limits held" in told
        assert "the naive forecast" in told

        changed = sales()
        changed.loc[changed.groupby("unique_id").cumcount() >= 112, "y"] += 1000  # what comes later changes nothing
        changed.to_csv(tmp_path / "changed.csv", index=False)
        run(capsys, "backtest", tmp_path / "changed.csv", *words)
        again = pd.read_csv(out)
        early = written.origin <= 112
        np.testing.assert_allclose(again.forecast[early], written.forecast[early], rtol=1e-5)

    def test_it_writes_a_page_and_another_measure_may_decide(self, table, tmp_path, capsys):
        page = tmp_path / "report.html"
        words = ["--horizon", 4, "--windows", 5, *LINEAR, "--by", "rmse", "--report", page]
        code, told, _ = run(capsys, "backtest", table, *words)
        assert code == 0
        assert "RMSE" in told.split("the naive forecast")[1]
        assert "Judged by a backtest: 10 forecasts of 4 steps" in page.read_text(encoding="utf-8")

    def test_a_series_that_is_too_short_is_left_out_and_that_is_told(self, tmp_path, capsys):
        pd.concat([sales(), sales(10)[:10].assign(unique_id="03")]).to_csv(tmp_path / "short.csv", index=False)
        words = ["--horizon", 4, "--windows", 7, *LINEAR, "--out", tmp_path / "out.csv"]
        code, _, err = run(capsys, "backtest", tmp_path / "short.csv", *words)
        assert code == 0
        assert "1 of 3 series have 10 steps or fewer" in err
        assert set(pd.read_csv(tmp_path / "out.csv", dtype=str).unique_id) == {"01", "02"}

    def test_it_may_say_what_mattered(self, table, tmp_path, capsys):
        page = tmp_path / "report.html"
        words = ["--horizon", 4, "--windows", 5, *LINEAR, "--importance", "true", "--report", page]
        code, told, _ = run(capsys, "backtest", table, *words)
        assert code == 0
        assert "replaced by that of other windows: y " in told
        assert "What mattered?" in page.read_text(encoding="utf-8")

    def test_it_may_fit_anew_before_each_forecast(self, table, tmp_path, capsys):
        words = ["backtest", table, "--horizon", 4, "--windows", 3, "--step", 10, *LINEAR]
        found = []
        for refit in ("true", "false"):
            code, _, _ = run(capsys, *words, "--refit", refit, "--out", tmp_path / "out.csv")
            assert code == 0
            found.append(pd.read_csv(tmp_path / "out.csv").forecast)
        assert len(found[0]) == len(found[1])
        assert not np.allclose(*found)


class TestCheck:
    def test_clean_data_exit_with_0(self, table, capsys):
        code, told, _ = run(capsys, "check", table)
        assert code == 0
        assert told.startswith("No leak found in the columns y of 2 series")

    def test_a_leak_exits_with_1_and_is_told_with_evidence(self, tmp_path, capsys):
        smooth = sales(300).assign(smooth=lambda frame: frame.y.rolling(7, center=True).mean())
        smooth.to_csv(tmp_path / "leak.csv", index=False)
        code, told, _ = run(capsys, "check", tmp_path / "leak.csv", "--out", tmp_path / "findings.csv")
        assert code == 1
        assert "two_sided_filter in column 'smooth' (certain)" in told
        findings = pd.read_csv(tmp_path / "findings.csv")
        assert findings[["kind", "column", "series"]].values.tolist() == [["two_sided_filter", "smooth", "01, 02"]]

    def test_a_time_that_comes_twice_is_a_finding_here(self, tmp_path, capsys):
        pd.concat([sales(), sales().tail(1)]).to_csv(tmp_path / "twice.csv", index=False)
        code, told, _ = run(capsys, "check", tmp_path / "twice.csv")
        assert code == 1
        assert "duplicate_time" in told

    def test_static_columns_are_left_out(self, tmp_path, capsys):
        sales().assign(size=lambda frame: frame.unique_id.astype(int)).to_csv(tmp_path / "sizes.csv", index=False)
        told = run(capsys, "check", tmp_path / "sizes.csv", "--static", "size")[1]
        assert "size" not in told

    def test_the_end_of_training_may_be_a_number(self, tmp_path, capsys):
        numbered = sales().assign(ds=np.tile(np.arange(120), 2))
        numbered.to_csv(tmp_path / "numbered.csv", index=False)
        assert run(capsys, "check", tmp_path / "numbered.csv", "--train_until", 80)[0] == 0
        assert "expected a number" in run(capsys, "check", tmp_path / "numbered.csv", "--train_until", "May")[2]


def changed(**columns: object) -> pd.DataFrame:
    return sales().assign(**columns)


FORECAST = ["forecast", "DATA", "--horizon", "5", *LINEAR, "--out", "OUT", "--report", "PAGE", "--save", "MODEL"]
BACKTEST = ["backtest", "DATA", "--horizon", "5", *LINEAR, "--out", "OUT", "--report", "PAGE"]
CHECK = ["check", "DATA", "--out", "OUT"]
BAD = {
    "a time that comes twice": (pd.concat([sales(), sales().tail(1)]), FORECAST, "2024-04-29 00:00:00 arrived twice"),
    "no such column": (sales(), [*FORECAST, "--target", "sold"], "no column 'sold'"),
    "no such column of series": (sales(), [*FORECAST, "--id", "shop"], "no column 'shop'"),
    "no such covariate": (sales(), [*FORECAST, "--future", "price"], "no column 'price'"),
    "no column of times": (sales().rename(columns={"ds": "date"}), FORECAST, "no column 'ds'"),
    "text for a number": (
        changed(y=sales().y.astype(str).replace({sales().y[3].astype(str): "many"})),
        FORECAST,
        "'many'",
    ),
    "text for a time": (changed(ds="soon"), FORECAST, "expected numbers or dates"),
    "a horizon longer than the series": (sales(), [*FORECAST, "--horizon", "500"], "longest series has 120 steps"),
    "no horizon": (sales(), ["forecast", "DATA", "--out", "OUT"], "no --horizon arrived"),
    "no step ahead": (sales(), [*FORECAST, "--horizon", "0"], "horizon"),
    "nothing to look back on": (sales(), [*FORECAST, "--look_back", "0"], "look_back"),
    "no such network": (sales(), [*FORECAST, "--network", "lstn"], "did you mean 'lstm'"),
    "no probability": (sales(), [*FORECAST, "--coverage", "80"], "expected probabilities between 0 and 1"),
    "words for probabilities": (sales(), [*FORECAST, "--coverage", "most"], "--coverage most arrived"),
    "no such frequency": (sales(), [*FORECAST, "--frequency", "fortnight"], "fortnight"),
    "no such cycle": (sales(), [*FORECAST, "--calendar", "moon"], "moon"),
    "no rows": (sales()[:0], FORECAST, "followed by no rows"),
    "a wide table with a target": (sales(), [*FORECAST, "--wide", "true", "--target", "y"], "each column of a wide"),
    "more windows than steps": (sales(), [*BACKTEST, "--windows", "200"], "expected more than"),
    "no window": (sales(), [*BACKTEST, "--windows", "0"], "0 windows"),
    "no such measure": (sales(), [*BACKTEST, "--by", "mea"], "did you mean 'mae'"),
    "a measure that naive forecasts do not have": (
        changed(y="never read"),
        [*BACKTEST, "--by", "crps"],
        "measure to decide --by 'crps' is unknown",
    ),
    "another network for a model that is fitted": (
        sales(),
        ["forecast", "DATA", "--model", "MODEL", "--network", "gru", "--look_back", "9"],
        "--network arrived with --load, but only concerns fitting, and that model is fitted; leave out --network and "
        "--look_back",
    ),
    "a place for a model that is there": (
        sales(),
        ["forecast", "DATA", "--model", "MODEL", "--save", "OUT"],
        "--save arrived with --load",
    ),
    "a wide table that is not said to be one": (
        sales().pivot(index="ds", columns="unique_id", values="y").reset_index(),
        FORECAST,
        "no column 'y' among ds, 01, 02, expected one that holds the target; name it (--target), or, if each column "
        "but that of the time is a series, say so: --wide true, in Python",
    ),
    "columns with semicolons between": (
        sales().drop(columns="unique_id").rename(columns={"ds": "ds;y"})[["ds;y"]],
        FORECAST,
        "the names in line 1 are separated by ';', expected ','",
    ),
    "a single column": (sales()[["y"]], FORECAST, "'y' is the only column, expected one of times and one of values"),
    "all columns left out but one": (sales(), [*FORECAST, "--drop", "ds", "--drop", "unique_id"], "the only column"),
    "no share": (sales(), [*FORECAST, "--validation_share", "80"], "validation_share=80.0 arrived"),
    "a share of cases": (
        sales(),
        [*FORECAST, "--training.validation_share", "0.3"],
        "on the command line --validation_share",
    ),
    "no such column to leave out": (sales(), [*FORECAST, "--drop", "pricy"], "no column 'pricy' to leave out"),
    "text in a column to check": (changed(y="many"), CHECK, "expected numbers"),
    "no such column to check": (sales(), [*CHECK, "--target", "sold"], "no column 'sold'"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_gets_one_line_and_leaves_no_file(name, tmp_path, capsys):
    frame, words, expected = BAD[name]
    frame.to_csv(tmp_path / "data.csv", index=False)
    places = {"DATA": "data.csv", "OUT": "out.csv", "PAGE": "report.html", "MODEL": "model.attime"}
    code, out, err = run(capsys, *(tmp_path / places[word] if word in places else word for word in words))
    errors = [line for line in err.splitlines() if not line.startswith("attime: warning")]
    assert code == 2
    assert len(errors) == 1
    assert errors[0].startswith("attime: ")
    assert expected in errors[0]
    assert out == ""
    assert [path.name for path in tmp_path.iterdir()] == ["data.csv"]


@pytest.mark.parametrize("command", ["forecast", "backtest", "check"])
def test_a_file_that_is_not_there_or_of_another_kind_gets_one_line(command, tmp_path, capsys):
    (tmp_path / "notes.docx").write_text("notes")
    more = [] if command == "check" else ["--horizon", 2]
    for place, expected in (("nowhere.csv", "cannot be read"), ("notes.docx", "a name ending in '.docx'")):
        code, out, err = run(capsys, command, tmp_path / place, *more)
        assert (code, out, len(err.splitlines())) == (2, "", 1)
        assert expected in err


def test_a_place_that_cannot_be_written_is_found_out_first(table, capsys):
    for option in ("--out", "--report", "--save"):
        code, out, err = run(capsys, "forecast", table, "--horizon", 3, option, "/dev/null/there")
        assert (code, out) == (2, "")
        assert "/dev/null/there: cannot be written" in err


def test_a_model_of_another_kind_is_refused(table, tmp_path, capsys):
    (tmp_path / "model.attime").write_text("no model")
    code, _, err = run(capsys, "forecast", table, "--model", tmp_path / "model.attime")
    assert code == 2
    assert "not a model file" in err
