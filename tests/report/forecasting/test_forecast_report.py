"""The page of forecasts: what it says, that it keeps itself to itself, and that it is whole or not there."""

from __future__ import annotations

import html
import json
import re

import numpy as np
import pytest

from attime import AttentionRegressor
from attime.errors import OptionError, OutputError
from attime.estimators.forecasting import AttentionForecaster
from attime.explain.forecasting import importance
from attime.measures.leaks import leak_check
from attime.report.forecasting import collect_forecasts, forecast_page_of, write_forecast_report
from attime.report.forecasting.shown import MOST_BINS, MOST_LOOK_STEPS


def numbers_in(page: str) -> dict:
    return json.loads(re.search(r'<script type="application/json" id="numbers">(.*?)</script>', page, re.S)[1])


@pytest.fixture(scope="module")
def page(backtest_page):
    return backtest_page.read_text(encoding="utf-8")


class TestBacktest:
    def test_it_says_whether_the_naive_forecast_is_beaten_and_by_which_errors(self, page, backtest):
        verdict = backtest.verdict()
        told = html.unescape(page)
        assert verdict.sentence in told
        assert f"{verdict.errors['model'].mae:.4g}" in told
        assert all(name.replace("_", " ") in told for name in verdict.errors)

    def test_its_errors_by_step_are_those_of_the_verdict(self, page, backtest):
        steps = numbers_in(page)["steps"]
        own = backtest.verdict().errors["model"].per_step
        np.testing.assert_allclose(steps["errors"]["model"], own.mae, rtol=1e-4)
        np.testing.assert_allclose(steps["coverage"][0], own.coverage_80, rtol=1e-4)

    def test_it_shows_the_latest_forecast_of_each_series_beside_what_happened(self, page, backtest, sales):
        shown = numbers_in(page)["shown"]
        assert shown["series"] == ["00", "01", "02"]
        last = sales[sales.shop == "02"].tail(12)
        np.testing.assert_allclose(shown["actual"][2], last.sold, rtol=1e-4)
        assert shown["aheadTimes"][2] == last.when.dt.strftime("%Y-%m-%d %H:%M").tolist()

    def test_forecasts_in_the_course_of_a_series_do_not_overlap(self, page, backtest):
        course = numbers_in(page)["stretches"][0]
        assert np.diff(course["starts"]).tolist() == [12, 12, 12]
        assert len(course["actual"]) == len(course["times"]) == 48
        assert None not in course["actual"]

    def test_errors_by_origin_average_to_the_error_of_all(self, sales):
        one = sales[sales.shop == "00"]
        forecaster = AttentionForecaster(6, "linear").fit(one, series="shop", time="when", target="sold")
        backtest = forecaster.backtest(n_windows=9, step=6)
        found = collect_forecasts(forecaster, backtest=backtest).by_origin
        assert len(found.times) == 9
        assert found.errors[0].mean() == pytest.approx(backtest.verdict().errors["model"].mae)


class TestForecast:
    def test_without_a_backtest_it_shows_what_is_to_come_and_does_not_judge_the_limits(self, forecaster):
        data = collect_forecasts(forecaster)
        page = forecast_page_of(data)
        assert data.verdict == forecaster.verdict_.sentence
        assert data.shown.ahead_times[0][0] == "2024-01-09 08:00"
        assert "cannot tell. A backtest can" in page
        assert 'id="course"' not in page

    def test_new_series_are_forecast_without_a_new_fit(self, forecaster, sales):
        shown = collect_forecasts(forecaster, data=sales[sales.when < "2024-01-05"]).shown
        assert shown.ahead_times[0][0] == "2024-01-05 00:00"

    def test_further_than_the_horizon_nothing_is_shown_of_what_was_looked_at(self, forecaster):
        data = collect_forecasts(forecaster, horizon=30)
        assert data.shown.values.shape == (3, 30)
        assert "Nothing can be shown of what these forecasts looked at" in forecast_page_of(data)

    def test_a_short_series_of_which_nothing_was_held_out_is_told(self):
        data = collect_forecasts(AttentionForecaster(5, "linear").fit(np.arange(12.0)))
        page = forecast_page_of(data)
        assert "Nothing is known of the errors" in page
        assert 'id="errors"' not in page

    def test_modules_are_shown_if_there_are_any(self, modules_page, page):
        shown = numbers_in(modules_page.read_text(encoding="utf-8"))["shown"]
        assert list(shown["modules"]) == ["activation", "input"]
        assert numbers_in(page)["shown"]["modules"] == {}

    def test_weights_that_stand_together_still_add_up(self):
        series = np.sin(np.arange(3000) / 5) + np.random.default_rng(0).normal(size=3000)
        forecaster = AttentionForecaster(60, "linear", look_back=MOST_BINS + 1).fit(series)
        data = collect_forecasts(forecaster)
        assert data.shown.width == 2
        assert len(data.shown.look_steps) == MOST_LOOK_STEPS
        np.testing.assert_allclose(data.shown.looks["linear"].sum(axis=2), 1, atol=1e-3)
        assert "Of 60 steps ahead, 48 are shown" in forecast_page_of(data)
        assert "2 steps of it stand together" in forecast_page_of(data)

    def test_what_is_left_out_is_told(self, forecaster):
        data = collect_forecasts(forecaster, max_series=2)
        assert data.shown.series == ("00", "02")
        assert "2 of 3 series can be looked at" in forecast_page_of(data)


def test_what_mattered_stands_there_with_its_interval(forecaster, sales):
    found = importance(forecaster, n_windows=3)
    page = forecast_page_of(collect_forecasts(forecaster, importance=found))
    row = re.search(r'<th scope="row">visitors</th>.*?</tr>', page)[0]
    assert f"{found.rise[1]:.4g}".replace("-", "−") in row
    assert 'id="mattered"' not in forecast_page_of(collect_forecasts(forecaster))


class TestLeaks:
    def test_what_was_found_stands_there_with_what_to_do(self, forecaster, sales):
        smooth = sales.assign(smooth=sales.groupby("shop").sold.transform(lambda y: y.rolling(9, center=True).mean()))
        leaks = leak_check(smooth, id="shop", time="when", target="sold")
        page = html.unescape(forecast_page_of(collect_forecasts(forecaster, leaks=leaks)))
        assert "two sided filter in column smooth" in page
        assert leaks.findings[0].evidence in page
        assert leaks.findings[0].remedy in page

    def test_what_the_fit_found_counts(self, forecaster):
        assert "No leak was found in the columns" in forecast_page_of(collect_forecasts(forecaster))

    def test_if_nobody_looked_that_is_told(self, modules):
        assert "Nobody looked" in forecast_page_of(collect_forecasts(modules))


class TestFile:
    def test_nothing_in_it_leads_elsewhere(self, page):
        without_names = page.replace("http://www.w3.org/2000/svg", "")  # the name of a language, never asked for
        assert "http:" not in without_names
        assert "https:" not in without_names
        assert not re.search(r"<(link|img|iframe|object|embed)|@import|fetch\(|XMLHttpRequest|WebSocket", page)
        assert "default-src 'none'" in page

    def test_equal_calls_write_equal_pages(self, forecaster, backtest):
        first, second = (forecast_page_of(collect_forecasts(forecaster, backtest=backtest)) for _ in range(2))
        without_date = re.compile(r"<dt>made</dt><dd>.*?</dd>")
        assert without_date.sub("", first) == without_date.sub("", second)

    def test_hostile_names_are_only_names(self, sales):
        hostile = "</script><script>broken()</script>"
        odd = sales.replace({"shop": {"00": hostile}}).rename(columns={"sold": hostile})
        forecaster = AttentionForecaster(3, "linear").fit(odd, series="shop", time="when", target=hostile)
        page = forecast_page_of(collect_forecasts(forecaster, title=hostile))
        assert page.count("<script") == page.count("</script>") == 2
        assert numbers_in(page)["shown"]["series"][0] == hostile

    def test_a_place_that_cannot_be_written_is_found_out_first(self, forecaster, tmp_path, monkeypatch):
        monkeypatch.setattr("attime.report.forecasting.write.collect_forecasts", None)
        with pytest.raises(OutputError, match="cannot be written"):
            write_forecast_report(forecaster, tmp_path / "nowhere" / "report.html")

    def test_an_older_page_stays_if_something_goes_wrong(self, forecaster, tmp_path):
        (tmp_path / "report.html").write_text("older")
        with pytest.raises(OptionError, match="0 series were asked for"):
            write_forecast_report(forecaster, tmp_path / "report.html", max_series=0)
        assert (tmp_path / "report.html").read_text() == "older"
        assert len(list(tmp_path.iterdir())) == 1

    def test_a_regressor_is_refused_by_its_name(self, tmp_path):
        with pytest.raises(OptionError, match="type AttentionRegressor arrived, expected an AttentionForecaster"):
            write_forecast_report.__wrapped__(AttentionRegressor(), tmp_path / "report.html")
        assert not list(tmp_path.iterdir())
