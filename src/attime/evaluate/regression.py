"""The report of a regressor: how far off its numbers are, beside the one number that needs no series, the mean."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Shaped

from attime.data.labels import JSON
from attime.errors import DataError

LIMIT = 1.96  # standard errors within which a difference may be chance, in one case of twenty


@dataclass(frozen=True, eq=False)
class RegressionReport:
    """How far predicted numbers are from the true ones.

    Attributes
    ----------
    mean_absolute_error, root_mean_squared_error
        In the unit of the numbers; the second is moved more by a few large errors.
    r2
        1 − Σ (true − predicted)² / Σ (true − their mean)²: 1 is best. It is 0 for the mean of these very cases, which
        nobody knows beforehand. NaN if all true numbers are the same.
    naive_mean_absolute_error, naive_root_mean_squared_error
        The errors of predicting `mean` for every case.
    mean
        The naive prediction: the mean of the training cases.
    n_cases
        Number of cases the report is about.
    verdict
        What this comes to, in a sentence.
    """

    mean_absolute_error: float
    root_mean_squared_error: float
    r2: float
    naive_mean_absolute_error: float
    naive_root_mean_squared_error: float
    mean: float
    n_cases: int
    verdict: str

    def to_dict(self) -> dict[str, JSON]:
        """Return plain JSON types under the names of the attributes; NaN becomes None.

        Examples
        --------
        >>> regression_report(np.array([1.0, 1.0]), np.array([1.0, 2.0]), mean=0.0).to_dict()["r2"] is None
        True
        """
        found: dict[str, JSON] = dict(vars(self))
        return {**found, "r2": None if math.isnan(self.r2) else self.r2}


def regression_report(
    numbers: Shaped[np.ndarray, " case"], predictions: Shaped[np.ndarray, " case"], *, mean: float
) -> RegressionReport:
    """Compare predicted numbers with true ones, and with a prediction that needs no series.

    Parameters
    ----------
    numbers
        True number of each case.
    predictions
        Predicted number of each case.
    mean
        What stands beside: one number for all cases, the mean of the training cases, ``reg.target_mean_``.

    Raises
    ------
    DataError
        If there are no cases, shapes that do not match, or anything but finite numbers.

    Examples
    --------
    >>> numbers = np.array([1.0, 2.0, 3.0, 4.0])
    >>> report = regression_report(numbers, numbers + [0.1, -0.1, 0.1, -0.1], mean=2.5)
    >>> round(report.mean_absolute_error, 3), round(report.r2, 3)
    (0.1, 0.992)
    >>> print(report.verdict)
    Beats the mean of the training cases by 91 % (root mean squared error 0.1, that of the mean 1.118).
    """
    true, found = _checked(numbers, "numbers"), _checked(predictions, "predictions")
    if true.shape != found.shape or not len(true) or not math.isfinite(mean):
        raise DataError(
            f"{true.shape} numbers, {found.shape} predictions and the mean {mean:g} arrived; expected one number and "
            "one prediction for each of at least one case, and a finite mean"
        )
    squares, naive_squares = (true - found) ** 2, (true - mean) ** 2
    error, naive = float(np.sqrt(squares.mean())), float(np.sqrt(naive_squares.mean()))
    spread = float(((true - true.mean()) ** 2).sum())
    return RegressionReport(
        mean_absolute_error=float(np.abs(true - found).mean()),
        root_mean_squared_error=error,
        r2=1 - float(squares.sum()) / spread if spread > 0 else math.nan,
        naive_mean_absolute_error=float(np.abs(true - mean).mean()),
        naive_root_mean_squared_error=naive,
        mean=float(mean),
        n_cases=len(true),
        verdict=_verdict(error, naive, naive_squares - squares),
    )


def _verdict(error: float, naive: float, gain: Float64[np.ndarray, " case"]) -> str:
    """Say whether the squared errors are smaller than those of the mean, by more than chance may make them."""
    both = f"(root mean squared error {error:.4g}, that of the mean {naive:.4g})"
    uncertain = LIMIT * float(gain.std(ddof=1)) / math.sqrt(len(gain)) if len(gain) > 1 else math.inf
    if abs(float(gain.mean())) <= uncertain:
        cases = "1 case" if len(gain) == 1 else f"{len(gain)} cases"
        return f"Cannot be told from predicting the mean of the training cases, with {cases} {both}."
    if gain.mean() > 0:
        return f"Beats the mean of the training cases by {100 * (1 - error / naive):.0f} % {both}."
    return f"Worse than predicting the mean of the training cases {both}: do not use it."


def _checked(values: Shaped[np.ndarray, " case"], name: str) -> Float64[np.ndarray, " case"]:
    try:
        numbers = np.asarray(values).astype(np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"{name} of type {np.asarray(values).dtype} arrived, expected numbers") from error
    wrong = np.flatnonzero(~np.isfinite(numbers))
    if numbers.ndim != 1 or len(wrong):
        what = f"hold {numbers.flat[wrong[0]]:g}" if len(wrong) else f"have shape {numbers.shape}"
        raise DataError(f"{name} {what}, expected one finite number for each case; leave out what has none")
    return numbers
