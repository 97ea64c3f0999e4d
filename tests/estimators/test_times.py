"""Series measured at irregular times: who can tell when, is told."""

from __future__ import annotations

import numpy as np
import pytest

from attime import AttentionClassifier, SeriesSet
from attime.errors import DataWarning
from attime.nn import Transformer


def rhythms(n_cases=240, seed=0) -> SeriesSet:
    """Equal values; in one class the steps come slowly first and then fast, in the other the other way round."""
    rng = np.random.default_rng(seed)
    slow_first = np.arange(n_cases) % 2 == 0
    distances = rng.uniform(0.5, 1.5, (n_cases, 20))
    distances[:, :10] *= np.where(slow_first, 4, 1)[:, None]
    distances[:, 10:] *= np.where(slow_first, 1, 4)[:, None]
    values = rng.standard_normal((n_cases, 20))
    return SeriesSet.of(values, np.where(slow_first, "slow first", "fast first"), times=distances.cumsum(1))


def classifier(position="time_stamps"):
    network = Transformer(d_model=16, n_heads=2, n_layers=1, patch=1, position=position)
    return AttentionClassifier(network, random_state=0, training={"max_epochs": 20, "validation_share": 0.0})


def test_times_alone_can_make_the_class():
    trained = classifier().fit(rhythms())
    new = rhythms(seed=1)
    assert trained.score(new, new.labels) > 0.9
    # A check that can fail: without times nothing is left to tell the classes by.
    with pytest.warns(DataWarning):
        assert trained.score(new.values, new.labels) < 0.7


def test_the_unit_of_the_times_does_not_matter():
    minutes = rhythms()
    seconds = SeriesSet.of(minutes, times=60 * minutes.times + 1e6)
    probabilities = [classifier().fit(series).predict_proba(series[:10]) for series in (minutes, seconds)]
    np.testing.assert_allclose(*probabilities, atol=1e-4)


def test_a_saved_model_still_knows_the_unit(tmp_path):
    series = rhythms()
    trained = classifier("rotary").fit(series)
    trained.save(tmp_path / "model.attime")
    loaded = AttentionClassifier.load(tmp_path / "model.attime")
    np.testing.assert_array_equal(loaded.predict_proba(series), trained.predict_proba(series))


def test_a_network_that_counts_steps_says_so():
    with pytest.warns(DataWarning, match=r"unequal distances, but Convolutional counts steps"):
        AttentionClassifier("convolutional", training={"max_epochs": 1}).fit(rhythms(40))


def test_new_series_are_told_in_the_unit_of_those_in_fit():
    series = rhythms()
    trained = classifier("rotary").fit(series)
    slower = SeriesSet.of(series, times=3 * series.times)
    assert trained.time_unit_ == np.median(np.diff(series.times, axis=1))
    assert not np.allclose(trained.predict_proba(slower), trained.predict_proba(series))


def test_maps_say_how_many_steps_a_token_has():
    series = rhythms(40)
    network = Transformer(d_model=8, n_heads=2, n_layers=1, patch=4)
    maps = AttentionClassifier(network, training={"max_epochs": 1}).fit(series).attention_maps(series)
    assert [(of.name, of.axes, of.stride) for of in maps] == [
        ("pooling", ("case", "time"), 1),
        ("layer 1", ("case", "head", "query", "key"), 4),
    ]
    assert maps[1].weights.shape == (40, 2, 5, 5)


def test_missing_times_are_mentioned():
    trained = classifier().fit(rhythms(40))
    with pytest.warns(DataWarning, match="fitted on series with times, but none arrived"):
        trained.predict(rhythms(40).values)
