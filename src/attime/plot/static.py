"""What is known of a case beside its series: bars for what each static covariate adds, below that of all steps."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from attime.errors import DataError
from attime.explain import Explanation
from attime.plot.canvas import new_axes
from attime.plot.explanation import refuse_other_cases
from attime.plot.style import BLUE, FRAME, VERMILLION, short, tidy


def plot_static(explanation: Explanation, case: int = 0, *, ax: Axes | None = None) -> Axes:
    """Draw what each static covariate of a case adds to the logit of its class, or to its number.

    Above them stands what all steps add together, if the method is evidence and so knows it. Bars to the right speak
    for the class, bars to the left against it.

    Parameters
    ----------
    explanation
        From ``attime.explain``.
    case
        Which of its cases.
    ax
        Where to draw; a new figure by default, to be had as ``ax.figure``.

    Raises
    ------
    DataError
        If the estimator that was explained knows no static covariates.
    OptionError
        If there is no such case.

    Examples
    --------
    >>> import pandas as pd
    >>> from attime.data import SeriesSet
    >>> wave = np.sin(np.linspace(0, 6.28, 50))[None, None]
    >>> explanation = Explanation(
    ...     SeriesSet.of(wave, static=pd.DataFrame({"age": [61.0], "sex": ["f"]})), relevance=wave,
    ...     target=np.array(["a"]), probabilities=np.array([[0.9, 0.1]]), classes=np.array(["a", "b"]),
    ...     method="evidence", static_evidence=np.array([[0.5, -0.2]]),
    ... )
    >>> [label.get_text() for label in plot_static(explanation).get_yticklabels()]
    ['the series', 'age: 61', 'sex: f']
    """
    static, evidence = explanation.series.static, explanation.static_evidence
    if static is None or evidence is None:
        raise DataError(
            "the explanation has no static covariates to draw; fit with SeriesSet.of(values, labels, static=…)"
        )
    refuse_other_cases(explanation, case)
    names = [f"{short(name)}: {_shown(value)}" for name, value in zip(static, static.iloc[case], strict=True)]
    sizes = evidence[case].tolist()
    if explanation.method == "evidence":
        names, sizes = ["the series", *names], [float(explanation.relevance[case].sum()), *sizes]
    ax = new_axes(width=5.0, height=0.9 + 0.35 * len(names)) if ax is None else ax
    places = np.arange(len(names))
    ax.barh(places, sizes, color=[VERMILLION if size > 0 else BLUE for size in sizes], height=0.6)
    ax.axvline(0, color=FRAME, linewidth=0.8)
    ax.set_yticks(places, names)
    ax.invert_yaxis()
    number = explanation.numbers is not None
    ax.set_xlabel("added to the number" if number else f"added to the logit of {short(explanation.target[case])}")
    tidy(ax)
    return ax


def _shown(value: object) -> str:
    if value is None or value != value:
        return "missing"
    return f"{value:.4g}" if isinstance(value, float) else short(value)
