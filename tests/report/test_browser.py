"""The page in a browser: what a reader does with pointer and keyboard, and that it asks nobody for anything."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from attime import AttentionClassifier, SeriesSet
from attime.report import write_report


@pytest.fixture
def page(opened, page_file):
    return opened(page_file)


def listed(page) -> int:
    return page.locator("#list [role=option]").count()


def title(page) -> str:
    return page.locator("#case-title").text_content()


def test_every_figure_is_drawn_and_described(page):
    for place in ("learning", "case-figure", "mean-evidence", "aligned-evidence", "reliability", "deletion"):
        figure = page.locator(f"#{place} svg[role=img]").first
        assert figure.locator("path, circle").count()
        assert len(figure.get_attribute("aria-label")) > 20


class TestFilters:
    @pytest.mark.parametrize("by_key", [False, True], ids=["click", "Enter"])
    def test_a_cell_of_the_confusion_matrix_shows_its_cases(self, page, by_key):
        cell = page.locator("#confusion button").first
        number = int(cell.text_content())
        assert number < listed(page)
        if by_key:
            cell.focus()
            page.keyboard.press("Enter")
        else:
            cell.click()
        assert listed(page) == number
        assert cell.get_attribute("aria-pressed") == "true"
        cell.click()
        assert listed(page) == 40

    def test_right_and_wrong_are_all(self, page):
        parts = []
        for outcome in ("right", "wrong"):
            page.select_option("#by-outcome", outcome)
            parts.append(listed(page))
            assert outcome in title(page)
        assert sum(parts) == 40

    def test_what_does_not_occur_is_told(self, page):
        page.select_option("#by-true", "0")
        page.select_option("#by-predicted", "0")
        page.select_option("#by-outcome", "wrong")
        assert "No case on this page" in page.locator("#found").text_content()
        assert not page.locator(".gallery").is_visible()
        page.click("#all")
        assert listed(page) == 40

    def test_the_least_sure_come_first(self, page):
        def sure() -> float:
            return float(re.search(r"\(([\d.]+) %\)", title(page))[1])

        page.select_option("#order", "most")
        page.click("#list [role=option] >> nth=0")
        most = sure()
        page.select_option("#order", "least")
        page.click("#list [role=option] >> nth=0")
        assert sure() < most


class TestKeyboard:
    def test_arrows_go_from_case_to_case(self, page):
        first = title(page)
        page.keyboard.press("ArrowRight")
        assert title(page) != first
        assert page.locator("#place").text_content() == "2 of 40"
        page.keyboard.press("ArrowLeft")
        assert title(page) == first

    def test_arrows_in_the_slider_go_from_step_to_step(self, page):
        page.focus("#step")
        page.keyboard.press("ArrowRight")
        assert page.locator("#place").text_content() == "1 of 40"
        assert page.locator("#reading").text_content().startswith("Step 1 ")

    def test_tab_reaches_every_control(self, page):
        expected = page.evaluate(
            """() => [...document.querySelectorAll("a, button, select, input, summary, [tabindex='0']")]
                 .filter(one => one.checkVisibility() && !one.disabled)
                 .map((one, number) => (one.dataset.number = String(number)))"""
        )
        reached = set()
        for _ in range(len(expected) + 2):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("document.activeElement.dataset.number"))
        assert set(expected) <= reached

    def test_focus_can_be_seen(self, page):
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_pointing_at_the_figure_reads_a_step(page):
    page.locator("#case-figure svg").hover()
    told = page.locator("#reading").text_content()
    assert all(word in told for word in ("Step", "Value", "Evidence for", "Attention"))


def test_the_class_picker_changes_the_evidence_that_is_shown(page):
    def shown() -> list[str | None]:
        return [page.locator(f"#case-figure .{name}-area").first.get_attribute("d") for name in ("for", "against")]

    found = []
    for target in "012":
        page.select_option("#target", target)
        name = page.locator("#target option:checked").text_content()
        assert f"Evidence for {name} adds up" in page.locator("#case-words").text_content()
        found.append(tuple(shown()))
    assert len(set(found)) == 3


def test_a_strange_case_can_be_opened(page):
    button = page.locator("#odd button").last
    number = button.locator("b").text_content().split("✗")[0].strip("✓ ")
    button.click()
    assert title(page).startswith(f"Case {number}:")


def test_dark_and_light(opened, page_file):
    page = opened(page_file, color_scheme="light")
    colour = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(colour)
    page.click("#theme")
    assert page.evaluate(colour) != light
    for _ in range(20):  # what a page stores reaches the process of the next one only after a moment
        page.reload()
        if page.evaluate(colour) != light:
            break
        page.wait_for_timeout(200)
    else:
        pytest.fail("the choice is forgotten")
    page.emulate_media(media="print")
    assert page.evaluate(colour) == "rgb(255, 255, 255)"


def test_a_narrow_screen_does_not_scroll_sideways(opened, page_file):
    page = opened(page_file, viewport={"width": 360, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("table", ["answers", "errors"])
def test_on_a_narrow_screen_every_column_of_a_table_can_be_seen(opened, page_file, table):
    page = opened(page_file, viewport={"width": 360, "height": 700})
    ends = page.locator(f".{table} tr > :last-child").evaluate_all(
        "cells => cells.map(one => one.getBoundingClientRect().right)"
    )
    card = page.locator(f".card:has(.{table})").evaluate("card => card.getBoundingClientRect().right")
    assert max(ends) <= card


def test_every_lane_says_how_high_it_is(page):
    for place in ("mean-evidence", "aligned-evidence"):
        told = page.locator(f"#{place} svg[role=img] text").all_text_contents()
        assert sum(text.startswith("±") for text in told) == 3


def test_in_small_pictures_channels_lie_above_each_other(opened, fit_on, tmp_path):
    classifier, series = fit_on(["a", "b"], n_channels=5)
    write_report(classifier, series, tmp_path / "report.html", methods=())
    page = opened(tmp_path / "report.html")
    lines = page.locator("#list [role=option]").first.locator("path")
    ends = lines.evaluate_all("lines => lines.map(one => one.getBBox()).map(({ y, height }) => [y, y + height])")
    assert len(ends) == 3
    assert all(bottom < top for (_, bottom), (top, _) in pairwise(ends))
    assert "the first 3 channels" in page.locator("#keys").text_content()
    assert "other channel is among the numbers" in page.locator("#aligned-evidence").text_content()


def test_hostile_names_do_not_run(opened, fit_on, tmp_path):
    script = "</script><script>document.title='broken'</script>"
    classifier, series = fit_on([script, "<img src=x onerror=\"document.title='broken'\">", "plain"])
    write_report(classifier, series, tmp_path / "report.html", title=script, methods=())
    page = opened(tmp_path / "report.html")
    for target in "012":
        page.select_option("#target", target)
    page.locator("summary").last.click()
    assert page.title().startswith("</script>")
    assert page.locator("img").count() == 0


def test_without_labels_nothing_is_right_or_wrong(opened, classifier, series, tmp_path):
    write_report(classifier, series.values[80:], tmp_path / "report.html", methods=())
    page = opened(tmp_path / "report.html")
    assert page.locator("#by-true").count() == 0
    assert "right" not in title(page)
    page.keyboard.press("ArrowRight")
    assert page.locator("#place").text_content() == "2 of 40"


def test_what_is_known_of_a_case_stands_below_it(opened, series, tmp_path):
    static = pd.DataFrame({"sex": np.where(series.labels == series.labels[0], "f", "m"), "age": np.nan})
    static.loc[::2, "age"] = 61.0
    known = SeriesSet.of(series, static=static)
    clf = AttentionClassifier("lstm", training={"max_epochs": 1}, random_state=0).fit(known)
    write_report(clf, known[:20], tmp_path / "report.html", methods=())
    page = opened(tmp_path / "report.html")
    assert page.locator("#case-known th[scope=row]").all_text_contents() == ["the series", "sex: f", "age: 61"]
    assert "Known" in page.locator("#case-answers thead").text_content()
    row = page.locator("#case-answers tbody tr").first.locator("td").all_text_contents()[1:]
    *parts, logit = (float(cell.replace("−", "-")) for cell in row)
    assert abs(sum(parts) - logit) < 0.03
    page.keyboard.press("ArrowRight")
    assert page.locator("#case-known th[scope=row]").last.text_content() == "age: missing"
