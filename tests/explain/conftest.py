"""Small classifiers, fitted once: some hardly trained, for what holds for any, and some that know where to look."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from attime import AttentionClassifier, SeriesSet
from attime.data import make_planted
from attime.estimators.recipes import RECIPES
from attime.nn import Ensemble, Mixture


@pytest.fixture(scope="session")
def level() -> SeriesSet:
    """Waves, half of them with a part that is higher."""
    return make_planted("level", n_series=160, n_steps=60)


@pytest.fixture(scope="session")
def finder(level: SeriesSet) -> AttentionClassifier:
    """A network that finds that part."""
    return AttentionClassifier("convolutional", training={"max_epochs": 8}, random_state=0).fit(level)


@pytest.fixture(scope="session")
def reader(level: SeriesSet) -> AttentionClassifier:
    """What the default makes of so few cases: dictionaries, which find that part, too."""
    return AttentionClassifier(quality="fast", random_state=0).fit(level)


@pytest.fixture(scope="session")
def both(finder: AttentionClassifier, reader: AttentionClassifier) -> AttentionClassifier:
    """The two as one, as the default makes it of more cases."""
    mixed = copy.copy(finder)
    mixed.network_ = Mixture(parts=(reader.network_, finder.network_))
    mixed.module_ = Ensemble([reader.module_, finder.module_]).eval()
    mixed.histories_ = (*reader.histories_, *finder.histories_)
    return mixed


@pytest.fixture(scope="session")
def ragged() -> SeriesSet:
    """Three classes in three channels of unequal lengths, with missing values and times."""
    rng = np.random.default_rng(0)
    labels = np.array(["a", "b", "c"])[np.arange(24) % 3]
    values = rng.normal(size=(24, 3, 50)) + np.arange(3)[:, np.newaxis] * 2
    values[labels == "a", 0, 5:20] += 2
    values[labels == "b", 1] *= 2
    values[rng.random(values.shape) < 0.1] = np.nan
    values[rng.random((24, 1, 50)).repeat(3, axis=1) < 0.05] = np.nan
    for case in range(24):
        values[case, :, 50 - case :] = np.nan
    values[:, :, 0] = 0.5  # something of each case, and of each channel
    return SeriesSet.of(
        values, labels, channels=["x", "y", "z"], times=np.cumsum(rng.uniform(0.5, 2, (24, 50)), axis=1)
    )


@pytest.fixture(scope="session")
def beginners(ragged: SeriesSet) -> dict[str, AttentionClassifier]:
    """One classifier for each name of a network, after two epochs; those without a use for times do without."""
    untimed = SeriesSet.of(ragged.values, ragged.labels)
    return {
        name: AttentionClassifier(name, training={"max_epochs": 2}, random_state=0).fit(
            ragged if recipe.network.knows_times else untimed
        )
        for name, recipe in RECIPES.items()
    }
