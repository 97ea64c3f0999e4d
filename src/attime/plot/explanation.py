"""One case of an explanation: the series over a strip of its relevance."""

from __future__ import annotations

from matplotlib.axes import Axes

from attime.errors import OptionError
from attime.explain import Explanation
from attime.plot.strip import plot_strip


def plot_explanation(
    explanation: Explanation, case: int = 0, *, limit: float | None = None, ax: Axes | None = None
) -> Axes:
    """Draw one case of an explanation: what was seen, what spoke for the class, and the true steps if they are known.

    Parameters
    ----------
    explanation
        From ``attime.explain``.
    case
        Which of its cases.
    limit, ax
        As for `plot_strip`.

    Raises
    ------
    OptionError
        If there is no such case.

    Examples
    --------
    >>> import numpy as np
    >>> from attime.data import SeriesSet
    >>> wave = np.sin(np.linspace(0, 6.28, 50))[None, None]
    >>> explanation = Explanation(
    ...     SeriesSet(wave), relevance=wave, target=np.array(["a"]),
    ...     probabilities=np.array([[0.9, 0.1]]), classes=np.array(["a", "b"]), method="evidence",
    ... )
    >>> print(plot_explanation(explanation).get_title())
    evidence for a (p = 0.90)
    """
    refuse_other_cases(explanation, case)
    series, relevance = explanation.series, explanation.relevance[case]
    if explanation.numbers is None:
        said = f"p = {explanation.probabilities[case, explanation.target_index[case]]:.2f}"
    else:
        said = f"{explanation.numbers[case]:.4g}"
    known = "" if series.labels is None else f", true: {series.labels[case]}"
    return plot_strip(
        series.values[case],
        relevance[0] if len(relevance) == 1 else relevance,
        truth=None if series.truth is None else series.truth[case],
        channels=series.channels if series.n_channels > 1 else None,
        label=explanation.method.replace("_", " "),
        limit=limit,
        title=f"{explanation.method.replace('_', ' ')} for {explanation.target[case]} ({said}){known}",
        ax=ax,
    )


def refuse_other_cases(explanation: Explanation, case: int) -> None:
    """Raise an OptionError unless the explanation has such a case."""
    if not 0 <= case < len(explanation):
        raise OptionError(
            f"case is {case}, but the explanation has {len(explanation)} cases; choose one of them from 0"
        )
