"""A quick search: two classes that a level tells apart, small networks, one epoch."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from attime import AttentionClassifier, SeriesSet
from attime.nn import Convolutional

pytest.importorskip("optuna", reason="the extra 'tune' is not installed")


@pytest.fixture(scope="package")
def levels() -> SeriesSet:
    rng = np.random.default_rng(0)
    y = np.tile([0, 1], 15)
    return SeriesSet.of(rng.normal(size=(30, 12)) + y[:, None], np.array(["low", "high"])[y])


@pytest.fixture(scope="package")
def small() -> AttentionClassifier:
    network = Convolutional(width=4, dilations=(1,), looks=1)
    return AttentionClassifier(network, training={"max_epochs": 1, "local": 0, "complete": 0})


@pytest.fixture(scope="package")
def search(levels, small) -> Callable:
    """Tune with everything small; options are those of `tune`."""
    from attime.tuning import Between, tune

    space = {
        "network__width": [2, 4, 8],
        "network__dilations": [(1,), (1, 2)],
        "training__learning_rate": Between(1e-3, 1e-1, log=True),
        "network__looks": Between(1, 3),
    }
    return partial(tune, levels, estimator=small, space=space, n_folds=2)
