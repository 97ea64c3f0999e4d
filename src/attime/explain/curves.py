"""Curves: how the prediction changes as the steps that an explanation names are taken away, or put back.

If the named steps made the prediction, taking them away changes it sooner than taking random ones away does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Int

from attime.data.split import generator_of
from attime.errors import OptionError
from attime.estimators import AttentionClassifier
from attime.explain.arguments import several, whole
from attime.explain.curve import Curve
from attime.explain.explanation import Explanation
from attime.explain.orders import Answers, answers, check_fits, count, places, random_places
from attime.explain.replacing import REPLACEMENTS
from attime.names import pick

SHARES = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5)
SHORTENING = ("delete", "missing")  # after which nothing would be left, were every step taken away

#: From the places of the steps to which of them are away, for one share after the other.
Away = Callable[[Int[np.ndarray, "case time"]], Iterator[Bool[np.ndarray, "case time"]]]


def deletion_curve(
    estimator: AttentionClassifier,
    explanation: Explanation,
    *,
    replacement: str = "delete",
    shares: Sequence[float] = SHARES,
    n_random: int = 3,
    random_state: int | None = 0,
) -> Curve:
    """Take the steps away, the most relevant first, and see how the prediction of the explained class falls.

    Shares are of the present steps of each case, rounded down to whole steps, but one at least. Steps of equal
    relevance are ordered by lot.

    Parameters
    ----------
    estimator
        The classifier that was explained.
    explanation
        Its relevance, summed over channels, gives the order.
    replacement
        What is left in place of a step: ``"delete"`` (the series gets shorter), ``"missing"``, ``"mean"``,
        ``"interpolation"``, ``"other"`` (another series' values).
    shares
        Rising, above 0; for ``"delete"`` and ``"missing"`` below 1, for something must be left.
    n_random
        How many random orders to draw for each case.
    random_state
        Seed of ties and of everything else that is drawn; None for a new one each time.

    Raises
    ------
    OptionError
        If there is no such replacement, or shares or `n_random` are out of range.
    DataError
        If classes or channels of explanation and estimator differ.

    References
    ----------
    Samek et al. (2017), "Evaluating the visualization of what a deep neural network has learned", IEEE TNNLS 28,
    https://arxiv.org/abs/1509.06321.

    Examples
    --------
    >>> from attime import AttentionClassifier, SineConfig, make_sine
    >>> from attime.explain import explain
    >>> series = make_sine(SineConfig(n_series=100, n_steps=60))
    >>> clf = AttentionClassifier(random_state=0).fit(series)
    >>> curve = deletion_curve(clf, explain(clf, series[:5]), shares=(0.1, 0.2))
    >>> curve.shares.tolist(), curve.logits.shape
    ([0.0, 0.1, 0.2], (5, 3))
    """
    points = _checked(shares, n_random, below_one=replacement in SHORTENING)
    n_present = explanation.present.sum(axis=1)
    most = n_present - (1 if replacement in SHORTENING else 0)

    def away(place: Int[np.ndarray, "case time"]) -> Iterator[Bool[np.ndarray, "case time"]]:
        for share in points:
            yield place < np.minimum(count(share, n_present), most)[:, np.newaxis]

    return _curve("deletion", estimator, explanation, away, replacement, points, n_random, random_state)


def insertion_curve(
    estimator: AttentionClassifier,
    explanation: Explanation,
    *,
    replacement: str = "mean",
    shares: Sequence[float] = SHARES,
    n_random: int = 3,
    random_state: int | None = 0,
) -> Curve:
    """Take every step away, put the most relevant back first, and see how the prediction comes back.

    Parameters are those of `deletion_curve`, but steps cannot be deleted or missing here, since nothing at all would be
    left at the start; shares may go up to 1.

    Raises
    ------
    OptionError
        If there is no such replacement or it leaves nothing, or shares or `n_random` are out of range.
    DataError
        If classes or channels of explanation and estimator differ.

    References
    ----------
    Petsiuk, Das & Saenko (2018), "RISE: randomized input sampling for explanation of black-box models", BMVC,
    https://arxiv.org/abs/1806.07421.

    Examples
    --------
    >>> from attime import AttentionClassifier, SineConfig, make_sine
    >>> from attime.explain import explain
    >>> series = make_sine(SineConfig(n_series=100, n_steps=60))
    >>> clf = AttentionClassifier(random_state=0).fit(series)
    >>> curve = insertion_curve(clf, explain(clf, series[:5]), shares=(0.5, 1.0))
    >>> bool(np.allclose(curve.logits[:, -1], curve.whole_logits))
    True
    """
    if replacement in SHORTENING:
        raise OptionError(
            f"replacement {replacement!r} would leave nothing of the series before the first step is put back; use "
            "'mean', 'interpolation' or 'other'"
        )
    points = _checked(shares, n_random, below_one=False)
    present = explanation.present
    n_present = present.sum(axis=1)

    def away(place: Int[np.ndarray, "case time"]) -> Iterator[Bool[np.ndarray, "case time"]]:
        for share in points:
            yield present & (place >= count(share, n_present)[:, np.newaxis])

    return _curve("insertion", estimator, explanation, away, replacement, points, n_random, random_state)


def _curve(
    kind: Literal["deletion", "insertion"],
    estimator: AttentionClassifier,
    explanation: Explanation,
    away: Away,
    replacement: str,
    points: Float[np.ndarray, " share"],
    n_random: int,
    random_state: int | None,
) -> Curve:
    replace = pick(REPLACEMENTS, replacement, what="replacement")
    check_fits(estimator, explanation)
    rng = generator_of(random_state)
    seed = int(rng.integers(2**63))
    present = explanation.present

    def along(place: Int[np.ndarray, "case time"]) -> Answers:
        return answers(estimator, explanation, away(place), replace, seed)

    own = along(places(explanation.by_step, present, rng))
    random = [along(random_places(present, rng)) for _ in range(n_random)]
    whole = answers(estimator, explanation, [np.zeros_like(present)], replace, seed)
    return Curve(
        kind=kind,
        method=explanation.method,
        replacement=replacement,
        shares=points,
        logits=own.logits,
        probabilities=own.probabilities,
        random_logits=np.mean([one.logits for one in random], axis=0),
        random_probabilities=np.mean([one.probabilities for one in random], axis=0),
        whole_logits=whole.logits[:, 0],
        whole_probabilities=whole.probabilities[:, 0],
        n_random=n_random,
    )


def _checked(shares: object, n_random: object, *, below_one: bool) -> Float[np.ndarray, " share"]:
    """Return 0 and the shares, or say what is wrong with them."""
    points = np.concatenate([[0.0], several("shares", shares)])
    fits = points[-1] < 1 if below_one else points[-1] <= 1
    if len(points) < 2 or not (np.diff(points) > 0).all() or not fits:
        raise OptionError(
            f"shares {tuple(points[1:].tolist())} arrived, expected rising numbers above 0 and "
            f"{'below' if below_one else 'up to'} 1; such as (0.1, 0.2, 0.5)"
        )
    whole("n_random", n_random)  # no curve stands without a random one
    return points
