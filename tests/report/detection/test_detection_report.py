"""The page of detection: it stands alone, tells what was found, and a browser draws it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from attime import AttentionDetector, write_detection_report
from attime.errors import DataError, OptionError, OutputError
from attime.report.detection import collect_detection

FIGURES = ("course-figure", "event-figure")


def series(name: str = "out"):
    time = np.arange(900)
    values = np.stack([np.sin(time / 4), 3 * np.cos(time / 4)], axis=1)
    values += 0.05 * np.random.default_rng(0).normal(size=values.shape)
    values[750:765, 1] = 0
    values[850, 0] = 5
    return pd.DataFrame(values, pd.date_range("2024-01-01", periods=900, freq="h"), columns=["in", name])


@pytest.fixture(scope="module")
def detector():
    return AttentionDetector(window=25).fit(series()[:600])


@pytest.fixture(scope="module")
def labels():
    found = np.zeros(300, dtype=int)
    found[150:165] = found[250] = 1
    return found


@pytest.fixture(scope="module")
def page_file(detector, labels, tmp_path_factory):
    path = tmp_path_factory.mktemp("detection") / "report.html"
    write_detection_report(detector, series()[600:], path, labels=labels)
    return path


def test_it_asks_nobody_for_anything(page_file):
    page = page_file.read_text(encoding="utf-8")
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page


def test_it_tells_events_calibration_and_measures(page_file):
    page = page_file.read_text(encoding="utf-8")
    assert all(words in page for words in ("What is an alarm worth?", "VUS-PR", "2024-02-01", "10 in 1,000"))


def test_what_was_explained_already_is_not_explained_again(detector):
    departure = detector.explain(series()[600:])
    assert collect_detection(detector, departure).rows == collect_detection(detector, series()[600:]).rows


def test_a_series_without_events_has_a_page(detector, opened, tmp_path):
    quiet = AttentionDetector(window=25, alarm_rate=1.0, adaptive=False).fit(series()[:600])
    write_detection_report(quiet, series()[100:300], tmp_path / "quiet.html")
    assert opened(tmp_path / "quiet.html").locator("#course-figure svg[role=img]").count() == 1


def test_every_figure_is_drawn_and_described(opened, page_file):
    page = opened(page_file)
    for place in FIGURES:
        figure = page.locator(f"#{place} svg[role=img]").first
        assert figure.locator("path").count()
        assert len(figure.get_attribute("aria-label")) > 20


def test_another_event_can_be_chosen(opened, page_file):
    page = opened(page_file)
    before = page.locator("#event-title").text_content()
    page.select_option("#event", index=1)
    assert page.locator("#event-title").text_content() != before


def test_an_event_can_be_chosen_by_pointing_at_it(opened, page_file):
    page = opened(page_file)
    page.select_option("#event", index=1)
    before = page.locator("#event-title").text_content()
    page.locator("#course-figure .event-area:not(.own)").first.click()
    assert page.locator("#event-title").text_content() != before


def test_a_narrow_screen_does_not_scroll_sideways(opened, page_file):
    page = opened(page_file, viewport={"width": 360, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_hostile_names_do_not_run(opened, tmp_path):
    odd = series("</script><script>document.title='broken'</script>")
    detector = AttentionDetector(window=25).fit(odd[:600])
    write_detection_report(detector, odd[600:], tmp_path / "odd.html")
    assert "broken" not in opened(tmp_path / "odd.html").title()


def test_what_cannot_become_a_page_is_told_before_anything_is_written(detector, labels, tmp_path):
    path = tmp_path / "report.html"
    with pytest.raises(OptionError, match="max_events"):
        write_detection_report(detector, series()[600:], path, max_events=0)
    with pytest.raises(OptionError, match="expected one"):
        write_detection_report(detector, [series()[600:].to_numpy().T] * 2, path)
    with pytest.raises(DataError, match="labels"):
        write_detection_report(detector, series()[600:], path, labels=labels[:5])
    with pytest.raises(OutputError):
        write_detection_report(detector, series()[600:], tmp_path / "nowhere" / "report.html")
    assert not path.exists()
