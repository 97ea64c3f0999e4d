"""The file: what it says about any kind of data, that it keeps itself to itself, and that it is whole or not there."""

from __future__ import annotations

import html
import inspect
import json
import re

import numpy as np
import pytest

from attime import AttentionClassifier, AttentionRegressor, SeriesSet
from attime.errors import DataError, OptionError, OutputError
from attime.evaluate import calibration
from attime.report import collect, page_of, write_report


def quick(classifier, series, **options):
    """Collect without measuring faithfulness, which takes long."""
    return collect(classifier, series, methods=(), **options)


def numbers_in(page: str) -> dict:
    return json.loads(re.search(r'<script type="application/json" id="numbers">(.*?)</script>', page, re.S)[1])


@pytest.fixture(scope="module")
def page(page_file):
    return page_file.read_text(encoding="utf-8")


class TestPage:
    def test_it_says_how_good_the_model_is(self, page, classifier, series):
        assert f"Right in {100 * classifier.score(series[80:], series.labels[80:]):.1f} % of 40 cases" in page

    def test_it_says_whether_the_probabilities_can_be_believed(self, page, classifier, series):
        found = calibration(series.labels[80:], classifier.predict_proba(series[80:]), classifier.classes_)
        assert found.verdict in html.unescape(page)
        assert numbers_in(page)["calibration"]["counts"] == found.counts.tolist()
        assert f"<b>{found.brier_score:.3f}</b>" in page

    def test_it_says_how_far_the_explanations_can_be_trusted(self, page):
        assert "AOPCR" in page
        assert all(f'data-method="{method}"' in page for method in ("evidence", "attention", "random"))

    def test_it_says_how_it_was_made(self, page):
        assert all(name in page for name in ("learning rate", "make_planted", "torch", "numpy", "Python", "parameters"))

    def test_nothing_in_it_leads_elsewhere(self, page):
        without_names = page.replace("http://www.w3.org/2000/svg", "")  # the name of a language, never asked for
        assert "http:" not in without_names
        assert "https:" not in without_names
        assert not re.search(r"<(link|img|iframe|object|embed)|@import|fetch\(|XMLHttpRequest|WebSocket", page)
        assert "default-src 'none'" in page

    def test_equal_calls_write_equal_pages(self, classifier, series):
        first, second = (page_of(quick(classifier, series[80:])) for _ in range(2))
        without_date = re.compile(r"<dt>made</dt><dd>.*?</dd>")
        assert without_date.sub("", first) == without_date.sub("", second)

    def test_evidence_and_bias_are_the_logit(self, classifier, series):
        gallery = quick(classifier, series[80:]).gallery
        np.testing.assert_allclose(gallery.evidence.sum(axis=(2, 3)) + gallery.bias, gallery.logits, atol=1e-4)

    def test_a_choice_is_told(self, classifier, series):
        data = quick(classifier, series, max_cases=30)
        assert len(data.gallery.cases) == 30
        assert "30 of 120 cases can be looked at" in page_of(data)
        assert data.report.n_cases == 120

    def test_long_series_are_thinned_and_that_is_told(self, fit_on):
        classifier, series = fit_on(["a", "b"], n_steps=1100)
        data = quick(classifier, series)
        assert data.gallery.width == 3
        assert "3 steps stand together" in page_of(data)


HOSTILE = ["</script><script>broken()</script>", "\"><img src=x onerror='broken()'>", "<!--", "{{ 7 * 7 }}"]


def test_hostile_names_are_only_names(fit_on):
    classifier, series = fit_on(HOSTILE)
    page = page_of(quick(classifier, series, title=HOSTILE[0]))
    assert page.count("<script") == 2
    assert page.count("</script>") == 2
    assert "<img" not in page
    assert set(numbers_in(page)["classes"]) == set(HOSTILE)


class TestAnyData:
    def test_no_labels(self, classifier, series):
        page = page_of(quick(classifier, SeriesSet.of(series.values[80:])))
        assert "have no labels" in page
        assert 'id="probabilities"' not in page
        assert 'id="confusion"' not in page
        assert numbers_in(page)["gallery"]["true"] is None

    def test_several_channels(self, fit_on):
        classifier, series = fit_on(["a", "b"], n_channels=3)
        data = quick(classifier, SeriesSet.of(series, channels=["x", "y", "z"]))
        assert data.gallery.values.shape[1] == 3
        importance = data.views.channels.importance
        np.testing.assert_allclose(importance.mean[importance.n_cases > 0].sum(axis=1), 1)
        assert "Which channel?" in page_of(data)

    def test_missing_values_and_unequal_lengths(self):
        rng = np.random.default_rng(0)
        cases = [rng.standard_normal(length) for length in (20, 30, 25, 40) * 4]
        for case in cases:
            case[5:9] = np.nan
        series = SeriesSet.of(cases, labels=["a", "b"] * 8)
        classifier = AttentionClassifier("convolutional", training={"max_epochs": 2}, random_state=0).fit(series)
        gallery = numbers_in(page_of(quick(classifier, series)))["gallery"]
        assert gallery["lengths"] == [20, 30, 25, 40] * 4

    def test_cases_keep_their_numbers_if_longer_ones_are_left_out(self):
        rng = np.random.default_rng(0)
        cases = [rng.standard_normal(length) for length in (20, 30, 25, 40) * 4]
        series = SeriesSet.of(cases, labels=["a", "b"] * 8)
        short = np.flatnonzero(series.lengths < 40)
        learnt = SeriesSet.of([cases[number] for number in short], labels=series.labels[short])
        classifier = AttentionClassifier("convolutional", training={"max_epochs": 1}, random_state=0).fit(learnt)
        data = quick(classifier, series)
        assert data.gallery.cases.tolist() == short.tolist()
        assert data.gallery.lengths.tolist() == series.lengths[short].tolist()
        assert set(data.views.odd_cases) <= set(short)
        assert data.report.n_cases == data.calibration.n_cases == 16
        assert data.notes == ("4 cases are longer than any in training: counted, but not explained.",)

    def test_one_case(self, classifier, series):
        assert "1 case ·" in page_of(quick(classifier, series[:1]))

    def test_one_class_answered_only(self, classifier, series):
        predicted = classifier.predict(series)
        alone = series[predicted == predicted[0]]
        views = quick(classifier, alone).views
        assert sum(view is not None for view in views.classes) == 1

    def test_one_true_class_only(self, classifier, series):
        page = page_of(quick(classifier, series[series.labels == "bump"]))
        assert "ROC AUC" not in page

    def test_thirty_classes(self, fit_on):
        classifier, series = fit_on([f"class {number:02}" for number in range(30)])
        page = page_of(quick(classifier, series))
        assert page.count('<th scope="row">class') >= 30
        assert len(page) < 6_000_000

    def test_numbers_as_classes(self, fit_on):
        classifier, series = fit_on([1, 2])
        assert numbers_in(page_of(quick(classifier, series)))["classes"] == ["1", "2"]


class TestFile:
    def test_nothing_is_left_if_something_goes_wrong(self, classifier, series, tmp_path):
        labels = np.where(series.labels == "bump", "unheard of", series.labels)
        with pytest.raises(DataError, match="does not know: 'unheard of'"):
            write_report(classifier, SeriesSet.of(series, labels), tmp_path / "report.html")
        assert not list(tmp_path.iterdir())

    def test_an_older_page_stays_if_something_goes_wrong(self, classifier, series, tmp_path):
        (tmp_path / "report.html").write_text("older")
        with pytest.raises(OptionError, match="cases were asked for"):
            write_report(classifier, series, tmp_path / "report.html", max_cases=0)
        assert (tmp_path / "report.html").read_text() == "older"

    def test_a_place_that_cannot_be_written_is_found_out_first(self, classifier, series, tmp_path, monkeypatch):
        monkeypatch.setattr("attime.report.write.collect", None)
        with pytest.raises(OutputError, match="cannot be written"):
            write_report(classifier, series, tmp_path / "nowhere" / "report.html")


def test_a_regressor_is_refused_by_its_name(series, tmp_path):
    with pytest.raises(OptionError, match=r"type AttentionRegressor arrived, expected an AttentionClassifier"):
        inspect.unwrap(write_report)(AttentionRegressor(), series, tmp_path / "report.html")
    assert not list(tmp_path.iterdir())
