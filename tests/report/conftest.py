"""A model that knows little and series for it: reports are about wrong answers, too."""

from __future__ import annotations

import numpy as np
import pytest

from attime import AttentionClassifier, SeriesSet
from attime.data.planted import make_planted
from attime.report import write_report

QUICK = {"max_epochs": 2}


@pytest.fixture(scope="session")
def series():
    """Series of three classes, with truth."""
    return make_planted("bump or saw", n_series=120, n_steps=60)


@pytest.fixture(scope="session")
def classifier(series):
    """A classifier after two epochs."""
    return AttentionClassifier("convolutional", training=QUICK, random_state=0).fit(series[:80])


@pytest.fixture(scope="session")
def page_file(classifier, series, tmp_path_factory):
    """The report of the cases that the classifier has not seen."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    write_report(classifier, series[80:], path)
    return path


@pytest.fixture(scope="session")
def fit_on():
    """Return a function that fits a classifier for one epoch on random series, and gives it and the series back."""

    def fit(labels, *, n_channels: int = 1, n_steps: int = 30):
        values = np.random.default_rng(0).standard_normal((4 * len(labels), n_channels, n_steps))
        series = SeriesSet.of(values, labels * 4)
        return AttentionClassifier("convolutional", training={"max_epochs": 1}, random_state=0).fit(series), series

    return fit


@pytest.fixture
def opened(browser):
    """Return a function that opens a file; whatever it complains about or asks for fails the test in the end."""
    found: list[str] = []
    contexts = []

    def open_file(path, **options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: found.append(message.text))
        page.on("pageerror", lambda error: found.append(str(error)))
        page.on("request", lambda request: None if request.url.startswith("file://") else found.append(request.url))
        page.goto(path.as_uri())
        return page

    yield open_file
    for context in contexts:
        context.close()
    assert found == []
