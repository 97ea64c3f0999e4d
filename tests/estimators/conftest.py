"""A small set of sine waves, some of them flattened, and a classifier fitted on it."""

from __future__ import annotations

import pytest

from attime import AttentionClassifier, SeriesSet, SineConfig, make_sine


@pytest.fixture(scope="package")
def waves() -> SeriesSet:
    return make_sine(SineConfig(n_series=120, n_steps=60))


@pytest.fixture(scope="package")
def fitted(waves) -> AttentionClassifier:
    return AttentionClassifier(training={"max_epochs": 25}, random_state=0).fit(waves)
