"""Pages about what the default makes of few cases: dictionaries, which have no epochs and attend to all steps alike."""

from __future__ import annotations

import numpy as np
import pytest

from attime import AttentionClassifier, SeriesSet
from attime.nn import Ensemble
from attime.report import collect, page_of
from attime.report.views import view_channels


@pytest.fixture(scope="module")
def reader(series):
    return AttentionClassifier(quality="fast", random_state=0).fit(series[:80])


@pytest.fixture(scope="module")
def data(reader, series):
    return collect(reader, series[80:90], methods=["evidence", "attention", "gradient_times_input"])


@pytest.fixture(scope="module")
def page(data):
    return page_of(data)


def test_it_says_what_was_picked_and_that_there_were_no_epochs(page):
    assert "Chosen: dictionaries, fitted to 80 cases." in page
    assert "Fitted at once, in closed form, so there are no epochs." in page
    assert 'id="learning"' not in page
    assert "epochs run" not in page


def test_what_says_nothing_of_steps_is_not_measured_and_that_is_told(data, page):
    assert [part.method for part in data.trust] == ["evidence"]
    assert "Not measured: attention is the same at every step of this model, so it names none." in page
    assert "Not measured: method &#39;gradient_times_input&#39; follows gradients" in page


@pytest.fixture(scope="module")
def three(series):
    """Three channels, of which the second alone tells the classes."""
    noise = np.random.default_rng(0).normal(size=(len(series), 2, series.n_steps))
    return SeriesSet.of(np.stack([noise[:, 0], series.values[:, 0], noise[:, 1]], axis=1), series.labels)


def test_channels_are_told_apart_by_evidence_and_in_a_mixture_by_occlusion(three):
    reader = AttentionClassifier(quality="fast", random_state=0).fit(three[:80])
    network = AttentionClassifier("convolutional", training={"max_epochs": 2}, random_state=0).fit(three[:80])
    assert view_channels(reader, three[80:90]).method == "evidence"
    assert view_channels(network, three[80:90]).method == "gradient_times_input"
    reader.module_ = Ensemble([reader.module_, network.module_]).eval()
    found = view_channels(reader, three[80:90])
    assert found.method == "occlusion"
    assert (found.importance.mean.argmax(axis=1)[found.importance.n_cases > 0] == 1).all()
