"""Whether actual values and forecasts belong together: asked before anything is measured."""

from __future__ import annotations

import numpy as np

from attime.errors import DataError, OptionError


def check_forecast(actual: np.ndarray, forecast: np.ndarray, *, name: str = "forecast") -> None:
    """Raise a DataError unless both have the shape (window, step), nothing infinite, and a value in common.

    Examples
    --------
    >>> check_forecast(np.ones((2, 3)), np.ones((3, 2)))
    Traceback (most recent call last):
    attime.errors.DataError: forecast of shape (3, 2) arrived, expected one value for each of the actual ones, which \
have shape (2, 3) = (window, step); forecast the same windows, as many steps ahead
    """
    if actual.ndim != 2 or actual.size == 0:
        raise DataError(
            f"actual values of shape {actual.shape} arrived, expected (window, step) with one of each at least; "
            "pass a row for each window"
        )
    if forecast.shape != actual.shape:
        raise DataError(
            f"{name} of shape {forecast.shape} arrived, expected one value for each of the actual ones, which have "
            f"shape {actual.shape} = (window, step); forecast the same windows, as many steps ahead"
        )
    for what, values in (("actual values", actual), (name, forecast)):
        if np.isinf(values).any():
            raise DataError(
                f"{what}: {np.isinf(values).sum()} infinite numbers arrived, expected finite ones; "
                "use NaN for what is missing"
            )
    if np.isnan(actual + forecast).all():
        raise DataError(
            f"{name}: at no step is there both an actual value and a forecast, expected one such step at least; leave "
            "out this forecast or these windows"
        )


def check_quantiles(quantiles: np.ndarray | None, levels: np.ndarray | None, shape: tuple[int, ...]) -> None:
    """Raise an error unless there are neither quantiles nor levels, or both and they fit.

    Examples
    --------
    >>> check_quantiles(np.ones((2, 3, 1)), np.array([0.5]), (2, 3))
    >>> check_quantiles(np.ones((2, 3, 1)), None, (2, 3))
    Traceback (most recent call last):
    attime.errors.OptionError: quantiles without levels or levels without quantiles arrived, expected both or \
neither; pass both
    """
    if (quantiles is None) != (levels is None):
        raise OptionError(
            "quantiles without levels or levels without quantiles arrived, expected both or neither; pass both"
        )
    if quantiles is not None and levels is not None:
        check_levels(levels)
        if quantiles.shape != (*shape, len(levels)):
            raise DataError(
                f"quantiles of shape {quantiles.shape} arrived, expected (window, step, level) = "
                f"{(*shape, len(levels))}; pass one for each actual value and level"
            )


def check_levels(levels: np.ndarray) -> None:
    """Raise an OptionError unless levels increase between 0 and 1.

    Examples
    --------
    >>> check_levels(np.array([0.9, 0.1]))
    Traceback (most recent call last):
    attime.errors.OptionError: levels=[0.9, 0.1] arrived, expected shares between 0 and 1 in increasing order, such \
as 0.1, 0.5, 0.9; sort them, and the quantiles with them
    """
    inside = levels.ndim == 1 and len(levels) > 0 and bool(((levels > 0) & (levels < 1)).all())
    if not inside or (np.diff(levels) <= 0).any():
        raise OptionError(
            f"levels={levels.tolist()} arrived, expected shares between 0 and 1 in increasing order, such as 0.1, 0.5, "
            "0.9; sort them, and the quantiles with them"
        )


def check_count(count: object, name: str) -> None:
    """Raise an OptionError unless `count` is a whole number of at least 1.

    Examples
    --------
    >>> check_count(0, "period")
    Traceback (most recent call last):
    attime.errors.OptionError: period=0 arrived, expected a whole number of steps; give 1 or more
    """
    if isinstance(count, bool) or not isinstance(count, int | np.integer) or count < 1:
        raise OptionError(f"{name}={count!r} arrived, expected a whole number of steps; give 1 or more")


def check_share(share: float, name: str) -> None:
    """Raise an OptionError unless `share` lies between 0 and 1.

    Examples
    --------
    >>> check_share(90, "coverage")
    Traceback (most recent call last):
    attime.errors.OptionError: coverage=90 arrived, expected a share between 0 and 1; give 0.9 for 90 %
    """
    if not 0 < share < 1:
        raise OptionError(f"{name}={share!r} arrived, expected a share between 0 and 1; give 0.9 for 90 %")
