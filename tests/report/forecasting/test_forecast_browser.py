"""The page of forecasts in a browser: what a reader does with pointer and keyboard, on wide and narrow screens."""

from __future__ import annotations

import pytest

from attime.estimators.forecasting import AttentionForecaster
from attime.report.forecasting import write_forecast_report


def text(page, name: str) -> str:
    return page.locator(f"#{name}").text_content()


FIGURES = ("forecast-figure", "look-back", "errors-by-step", "coverage-by-step", "stretch", "errors-by-origin")


def test_every_figure_is_drawn_and_described(opened, backtest_page):
    page = opened(backtest_page)
    for place in FIGURES:
        figure = page.locator(f"#{place} svg[role=img]").first
        assert figure.locator("path").count()
        assert len(figure.get_attribute("aria-label")) > 20


def test_modules_are_drawn(opened, modules_page):
    page = opened(modules_page)
    for name in ("activation", "input"):
        assert page.locator(f"#modules-{name} svg[role=img] path").count()


def test_another_series_can_be_chosen(opened, backtest_page):
    page = opened(backtest_page)
    before = [
        page.locator(f"#{place} svg[role=img]").get_attribute("aria-label") for place in ("forecast-figure", "stretch")
    ]
    page.select_option("#series", "2")
    assert text(page, "forecast-title") == "02"
    after = [
        page.locator(f"#{place} svg[role=img]").get_attribute("aria-label") for place in ("forecast-figure", "stretch")
    ]
    assert all(one != other for one, other in zip(before, after, strict=True))


def test_the_slider_goes_from_step_to_step_by_key(opened, backtest_page):
    page = opened(backtest_page)
    page.focus("#step")
    page.keyboard.press("End")
    assert text(page, "reading").startswith("step ahead 12, 2024-01-")
    assert "for step 12" in text(page, "forecast-words")


def test_a_row_of_the_map_can_be_chosen(opened, backtest_page):
    page = opened(backtest_page)
    page.locator("#look-back svg[role=img]").scroll_into_view_if_needed()
    box = page.locator("#look-back svg[role=img] .empty-cells").bounding_box()
    page.mouse.click(box["x"] + 30, box["y"] + box["height"] * 2.5 / 12)
    assert text(page, "reading").startswith("step ahead 3,")


def test_what_was_looked_at_can_be_chosen(opened, backtest_page):
    page = opened(backtest_page)
    names = page.locator("#look option").all_text_contents()
    assert len(names) >= 2
    before = text(page, "look-words")
    page.select_option("#look", index=1)
    assert text(page, "look-words") != before


def test_the_numbers_behind_a_figure_can_be_read(opened, backtest_page):
    page = opened(backtest_page)
    page.locator("#forecast-numbers summary").click()
    assert page.locator("#forecast-numbers tbody tr").count() == 12


@pytest.mark.parametrize("kind", ["backtest_page", "modules_page"])
def test_a_narrow_screen_does_not_scroll_sideways(opened, request, kind):
    page = opened(request.getfixturevalue(kind), viewport={"width": 360, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_one_step_ahead_is_drawn(opened, sales, tmp_path):
    forecaster = AttentionForecaster(1, "linear").fit(sales, series="shop", time="when", target="sold")
    write_forecast_report(forecaster, tmp_path / "report.html", backtest=forecaster.backtest(n_windows=5))
    page = opened(tmp_path / "report.html")
    assert page.locator("#stretch .ahead-dot").count() == 5
    assert page.locator("#errors-by-step").count() == 0


def test_hostile_names_do_not_run(opened, sales, tmp_path):
    script = "</script><script>document.title='broken'</script>"
    odd = sales.replace({"shop": {"00": script}})
    forecaster = AttentionForecaster(3, "linear").fit(odd, series="shop", time="when", target="sold")
    write_forecast_report(forecaster, tmp_path / "report.html", title=script)
    page = opened(tmp_path / "report.html")
    assert page.title().startswith("</script>")
    assert text(page, "forecast-title") == script
