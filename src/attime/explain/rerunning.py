"""Explaining once more, by the same method and for the same classes, but with something changed."""

from __future__ import annotations

from attime.data import SeriesSet
from attime.errors import OptionError
from attime.estimators import AttentionEstimator
from attime.explain.explain import explain
from attime.explain.explanation import Explanation
from attime.explain.methods import METHODS, Method


def method_of(explanation: Explanation, method: Method | None = None) -> Method:
    """Return the method that made the explanation, with its options, or the one that is given.

    Raises
    ------
    OptionError
        If the method is none of `METHODS`, and none is given.

    Examples
    --------
    >>> from attime import AttentionClassifier, SineConfig, make_sine
    >>> series = make_sine(SineConfig(n_series=100, n_steps=60))
    >>> clf = AttentionClassifier(random_state=0).fit(series)
    >>> method_of(explain(clf, series[:5]))
    Evidence()
    """
    if method is not None:
        return method
    if explanation.method not in METHODS:
        raise OptionError(
            f"the method {explanation.method!r} is none of {', '.join(METHODS)}, so that it cannot be used again by "
            f"its name; pass it: method={explanation.method}(…)"
        )
    return METHODS[explanation.method]().set_params(**explanation.options)


def explain_again(
    estimator: AttentionEstimator,
    explanation: Explanation,
    method: Method,
    *,
    series: SeriesSet | None = None,
    random_state: int,
) -> Explanation:
    """Explain the same cases for the same classes; `series` are theirs with other values.

    With an equal `random_state` a method draws the same, so that what differs comes from what was changed.
    """
    return explain(
        estimator,
        explanation.series if series is None else series,
        method=method,
        target=explanation.target,
        random_state=random_state,
    )
