"""Nothing leaks from where nothing was observed: whatever stands there, and however much of it there is."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from attime import AttentionClassifier
from attime.data import SeriesSet, make_planted
from attime.nn import Convolutional, Dictionary, Recurrent, Transformer

SHORT = {"max_epochs": 2, "local": 0, "complete": 0}
NETWORKS = (
    Dictionary(families=("levels", "winners_of_sums", "values_by_16th", "pairs", "pairs_by_16th"), n_dilations=3),
    Convolutional(width=8),
    Convolutional(width=8, channels="attention"),
    Transformer(d_model=8, n_heads=2, n_layers=1),
    Recurrent(hidden=4),
)
GONE = (3, 1)  # the case and the channel of which nothing was observed
PADDED = 25


@pytest.fixture(scope="module")
def series() -> SeriesSet:
    """Three channels with gaps, unequal lengths, and a channel that is missing altogether."""
    series = make_planted("one of three channels", n_series=40, n_steps=60)
    rng = np.random.default_rng(0)
    values = series.values.copy()
    values[rng.random(values.shape) < 0.2] = np.nan
    values[GONE], values[5, :, 40:] = np.nan, np.nan
    return SeriesSet.of(values, series.labels)


@pytest.fixture(scope="module")
def padded(series) -> SeriesSet:
    more = np.full((*series.values.shape[:2], PADDED), np.nan, dtype=series.values.dtype)
    return SeriesSet.of(np.concatenate([series.values, more], axis=2), series.labels)


def new(network) -> AttentionClassifier:
    return AttentionClassifier(network, training=SHORT, random_state=0)


@pytest.fixture(scope="module", params=NETWORKS, ids=lambda network: type(network).__name__)
def fitted(request, series) -> AttentionClassifier:
    return new(request.param).fit(series)


def test_padding_of_the_training_cases_changes_nothing(fitted, series, padded):
    other = new(fitted.network).fit(padded)
    assert other.n_steps_ == fitted.n_steps_ == 60
    np.testing.assert_array_equal(other.logits(series), fitted.logits(series))


def test_padding_of_what_is_to_be_told_changes_nothing(fitted, series, padded):
    np.testing.assert_allclose(fitted.logits(padded), fitted.logits(series), atol=1e-5)
    np.testing.assert_allclose(fitted.evidence(padded)[..., :60], fitted.evidence(series), atol=1e-5)
    assert (fitted.evidence(padded)[..., 60:] == 0).all()


def test_what_stands_where_nothing_was_observed_does_not_matter(fitted, series):
    cases = fitted.cases(series)
    others = torch.where(cases.observed, cases.values, torch.full_like(cases.values, 1e4))
    expected = fitted.module_(cases.values, cases.observed).prediction
    torch.testing.assert_close(fitted.module_(others, cases.observed).prediction, expected)


def test_evidence_lies_where_something_was_observed_and_adds_up(fitted, series):
    evidence = fitted.evidence(series)
    np.testing.assert_allclose(evidence.sum((2, 3)) + fitted.bias_, fitted.logits(series), atol=1e-4)
    observed = series.observed if evidence.shape[2] > 1 else series.observed.any(1, keepdims=True)
    assert (evidence[np.broadcast_to(~observed[:, np.newaxis], evidence.shape)] == 0).all()


def test_a_case_with_a_whole_channel_missing_is_told_alone_as_it_is_among_others(fitted, series):
    alone = series[[GONE[0]]]
    np.testing.assert_allclose(fitted.logits(alone), fitted.logits(series)[[GONE[0]]], atol=1e-5)
    if fitted.evidence(alone).shape[2] > 1:
        assert (fitted.evidence(alone)[0, :, GONE[1]] == 0).all()


def test_models_of_series_with_gaps_come_back_from_a_file(fitted, series, tmp_path):
    fitted.save(tmp_path / "model.attime")
    again = AttentionClassifier.load(tmp_path / "model.attime")
    np.testing.assert_array_equal(again.logits(series), fitted.logits(series))
