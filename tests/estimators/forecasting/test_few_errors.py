"""Limits for which there are too few errors say how many there are, and how many they need."""

import warnings

import numpy as np
import pytest

from attime.errors import LimitsWarning
from attime.estimators.forecasting import AttentionForecaster
from attime.estimators.forecasting.limits import Limits


def limits(n_errors):
    return Limits.of(["a"], np.zeros(n_errors, dtype=int), np.random.default_rng(0).normal(size=(n_errors, 2)))


@pytest.mark.parametrize(("coverage", "needed"), [(0.5, 3), (0.8, 9), (0.95, 39), (0.99, 199)])
def test_it_is_warned_of_one_error_too_few_and_not_of_enough(coverage, needed):
    levels = [(1 - coverage) / 2, (1 + coverage) / 2]
    with pytest.warns(LimitsWarning, match=f"limits of {100 * coverage:g} % need {needed} .* there are {needed - 1}:"):
        limits(needed - 1).offsets("a", levels)
    with warnings.catch_warnings(action="error"):
        limits(needed).offsets("a", levels)


def test_a_fit_to_a_short_series_says_so():
    noise = np.random.default_rng(0).normal(size=100)
    with pytest.warns(LimitsWarning, match="limits of 95 % need 39 errors of steps held out, and there are 18"):
        AttentionForecaster(3, "linear").fit(noise)
    with warnings.catch_warnings(action="error"):
        AttentionForecaster(3, "linear", coverage=(0.8,)).fit(noise)
