"""Several explanations side by side, and a random one among them."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Sequence
from functools import partial

import pandas as pd
from numpy.typing import ArrayLike

from attime.data import SeriesSet
from attime.errors import DataWarning, OptionError, UnsuitableError
from attime.estimators import AttentionClassifier
from attime.explain.agreement import comparable, numbered
from attime.explain.explain import explain
from attime.explain.explanation import Explanation
from attime.explain.faithfulness import faithfulness
from attime.explain.methods import Method
from attime.explain.orders import refuse_regressors

RANDOM = "random"


def compare(
    estimator: AttentionClassifier,
    methods: Sequence[str | Method | Explanation],
    X: ArrayLike | pd.DataFrame | SeriesSet | None = None,
    *,
    replacement: str = "delete",
    random_state: int | None = 0,
) -> pd.DataFrame:
    """Measure several explanations of the same series by the same yardsticks.

    Parameters
    ----------
    estimator
        A fitted classifier.
    methods
        Names of methods, methods with options of your own, or explanations. Methods that do not suit the model, such as
        those that follow gradients where it has none, are left out with a warning.
    X
        The series; not needed if all `methods` are explanations.
    replacement, random_state
        As for `faithfulness`.

    Returns
    -------
    A row for each explanation, called by its method, and one for a random order; a column for the mean of each measure,
    called by its name.

    Raises
    ------
    OptionError
        If there is nothing to compare, series are missing, or a method does not exist.
    DataError
        If the series cannot be used, or an explanation is not one of this estimator.

    Examples
    --------
    >>> from attime import AttentionClassifier, SineConfig, make_sine
    >>> series = make_sine(SineConfig(n_series=60, n_steps=30))
    >>> clf = AttentionClassifier("convolutional", training={"max_epochs": 1}, random_state=0).fit(series)
    >>> table = compare(clf, ["evidence", "attention"], series[:10])
    >>> table.index.tolist(), table.columns.tolist()[:2]
    (['evidence', 'attention', 'random'], ['aopcr', 'aopcr_probability'])
    """
    refuse_regressors(estimator)
    if isinstance(methods, str):
        raise OptionError(f"{methods!r} arrived, expected a list of methods or explanations; give [{methods!r}]")
    if not len(methods):
        raise OptionError("there is nothing to compare; give methods such as ['evidence', 'attention']")
    wanted = list(methods)
    known = [one for one in wanted if isinstance(one, Explanation)]
    if X is None and not known:
        raise OptionError("methods arrived without series to explain; pass X, or explanations in place of the methods")
    if len(known) > 1:
        comparable(known)
    if X is not None and known:
        raise OptionError("series arrived beside explanations, which bring their own; leave X out")
    series = estimator.series(known[0].series if X is None else X)
    target = known[0].target if known else "predicted"
    shown_by = partial(_shown_by, estimator, series, target, random_state)
    suitable: list[tuple[str | Method | Explanation, Explanation]] = []
    for one in wanted:
        try:
            suitable.append((one, one if isinstance(one, Explanation) else shown_by(one)))
        except UnsuitableError as error:
            warnings.warn(f"left out of the comparison: {error}", DataWarning, stacklevel=2)
    if RANDOM not in [shown.method for _, shown in suitable]:
        suitable.append((RANDOM, shown_by(RANDOM)))
    rows = []
    for name, (one, shown) in zip(numbered([shown.method for _, shown in suitable]), suitable, strict=True):
        found = faithfulness(
            estimator,
            shown,
            replacement=replacement,
            method=one if isinstance(one, Method) else None,
            random_state=random_state,
        )
        rows.append({"method": name, **{part.name: part.value for part in found.measures}})
    return pd.DataFrame(rows).set_index("method")


def _shown_by(
    estimator: AttentionClassifier,
    series: SeriesSet,
    target: Hashable | ArrayLike,
    random_state: int | None,
    method: str | Method,
) -> Explanation:
    return explain(estimator, series, method=method, target=target, random_state=random_state)
