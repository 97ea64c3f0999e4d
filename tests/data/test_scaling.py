"""Scaling forgets the unit and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from attime.data import TrainingScale, scale_by_case
from attime.errors import DataError

# Whole numbers, so that the deviation is either 0 or far above rounding.
cubes = arrays(
    np.float64,
    array_shapes(min_dims=3, max_dims=3, max_side=8),
    elements=st.one_of(st.integers(-100, 100).map(float), st.just(float("nan"))),
)


@given(cubes, st.floats(0.01, 100), st.floats(-100, 100))
def test_unit_and_level_do_not_matter(values: np.ndarray, factor: float, offset: float) -> None:
    np.testing.assert_allclose(scale_by_case(factor * values + offset), scale_by_case(values), atol=1e-4)


@given(cubes)
def test_mean_is_zero_and_deviation_one_unless_constant(values: np.ndarray) -> None:
    scaled = scale_by_case(values)
    assert scaled.dtype == np.float32
    np.testing.assert_array_equal(np.isnan(scaled), np.isnan(values))
    for series, result in zip(values.reshape(-1, values.shape[2]), scaled.reshape(-1, values.shape[2]), strict=True):
        kept = result[~np.isnan(result)].astype(np.float64)
        if len(np.unique(series[~np.isnan(series)])) > 1:
            assert abs(kept.mean()) < 1e-5
            assert abs(kept.std() - 1) < 1e-5
        else:
            assert (kept == 0).all()


@pytest.mark.parametrize("level", [0.0, 1e-30, 0.1, 1e6, -3e38])
def test_rounding_is_not_blown_up_to_a_signal(level: float) -> None:
    constant = np.full((1, 1, 50), level, dtype=np.float32)
    constant[0, 0, ::2] = np.nextafter(np.float32(level), np.float32(0))
    assert (scale_by_case(constant) == 0).all()


@given(cubes)
def test_training_scale_gives_every_channel_mean_zero_and_deviation_one(values: np.ndarray) -> None:
    scaled = TrainingScale.fit(values).apply(values)
    np.testing.assert_array_equal(np.isnan(scaled), np.isnan(values))
    for channel in range(values.shape[1]):
        kept = scaled[:, channel][~np.isnan(scaled[:, channel])].astype(np.float64)
        if len(np.unique(kept)) > 1:
            assert abs(kept.mean()) < 1e-5
            assert abs(kept.std() - 1) < 1e-5
        else:
            assert (kept == 0).all()


def test_training_scale_comes_from_training_cases_alone() -> None:
    scale = TrainingScale.fit(np.array([[[0.0, 2.0], [5.0, 5.0]]]))
    np.testing.assert_array_equal(scale.apply(np.array([[[3.0], [6.0]]])), [[[2.0], [1.0]]])


def test_training_scale_refuses_other_channels() -> None:
    with pytest.raises(DataError, match=r"3 channels.*expected 2"):
        TrainingScale.fit(np.zeros((1, 2, 4))).apply(np.zeros((1, 3, 4)))
