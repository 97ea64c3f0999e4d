"""Numbers that cannot be used are answered with one clear error, also where types are not checked at run time."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from attime.errors import OptionError
from attime.explain import (
    agreement,
    deletion_curve,
    insertion_curve,
    max_sensitivity,
    randomised_weights_check,
    typical_cases,
)
from attime.explain.arguments import number, several, whole
from attime.explain.overview.alignment import checked_width
from attime.explain.overview.grouping import check_interval

NO_COUNTS = (0, -1, 1.5, "a", None, True, np.nan)


def of(function, *arguments, **options):
    """Call a function as it is called where nobody checks types."""
    return inspect.unwrap(function)(*arguments, **options)


@pytest.mark.parametrize("value", NO_COUNTS)
def test_what_is_no_count_is_refused(value):
    with pytest.raises(OptionError, match=r"n=.* arrived, expected a whole number"):
        of(whole, "n", value)
    with pytest.raises(OptionError, match=r"width .* arrived"):
        of(checked_width, value if value is not None else "None", 10)


@pytest.mark.parametrize("value", ["a", None, True, np.nan, np.inf, 0, 2, [1]])
def test_what_is_no_number_in_range_is_refused(value):
    with pytest.raises(OptionError, match=r"share=.* arrived, expected a number above 0 and up to 1"):
        of(number, "share", value, low=0, high=1, above_low=True)


@pytest.mark.parametrize("values", ["a", [0.1, "b"], [[1], [1, 2]], object()])
def test_what_is_no_row_of_numbers_is_refused(values):
    with pytest.raises(OptionError, match=r"shares=.* arrived"):
        of(several, "shares", values)


def test_numbers_of_numpy_are_numbers():
    assert whole("n", np.int64(3)) == 3
    assert number("radius", np.float32(0.5)) == 0.5
    np.testing.assert_array_equal(several("shares", (0.1, 0.2)), [0.1, 0.2])


@pytest.mark.parametrize("interval", ["ab", (0.1,), (0.1, "b"), (0.1, 0.2, 0.3), (0.5, np.nan)])
def test_what_is_no_interval_is_refused(interval):
    with pytest.raises(OptionError, match=r"interval.* arrived"):
        of(check_interval, interval)


@pytest.mark.parametrize(
    ("measure", "options"),
    [
        (deletion_curve, {"n_random": 1.5}),
        (deletion_curve, {"shares": ("a",)}),
        (insertion_curve, {"n_random": "3"}),
        (max_sensitivity, {"radius": "a"}),
        (max_sensitivity, {"n_draws": 1.5}),
        (randomised_weights_check, {"n_draws": "a"}),
        (randomised_weights_check, {"limit": "a"}),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_measures_ask_for_numbers_before_they_do_any_work(measure, options):
    with pytest.raises(OptionError, match="arrived, expected"):
        of(measure, None, None, **options)


def test_views_ask_for_numbers_too():
    with pytest.raises(OptionError, match="n='a' arrived"):
        of(typical_cases, None, n="a")
    with pytest.raises(OptionError, match="share='a' arrived"):
        of(agreement, {}, share="a")
