"""Splitting: cases are dealt out by chance, and every class in the same proportions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int, Shaped

from attime.data.series import SeriesSet
from attime.errors import OptionError


@dataclass(frozen=True, eq=False)
class Split:
    """Three sets without a case in common: to learn from, to decide when to stop, and to judge by.

    Examples
    --------
    >>> import numpy as np
    >>> parts = split(SeriesSet.of(np.ones((10, 5))), shares=(0.5, 0.2, 0.3))
    >>> len(parts.train), len(parts.validation), len(parts.test)
    (5, 2, 3)
    """

    train: SeriesSet
    validation: SeriesSet
    test: SeriesSet


@dataclass(frozen=True, eq=False)
class Holdout:
    """The numbers of the cases that are kept for training, and of those that are held out; both ascending."""

    kept: Int[np.ndarray, " kept"]
    held_out: Int[np.ndarray, " held_out"]


def split(
    series: SeriesSet,
    *,
    shares: Sequence[float] = (0.7, 0.1, 0.2),
    random_state: int | np.random.Generator = 0,
) -> Split:
    """Deal the cases out to training, validation and test.

    The number of cases of every class in every part is its exact share rounded down or up; what rounding takes from
    one class is given back with the next, so that the parts as a whole have their share too. Cases keep their order.

    Parameters
    ----------
    series
        The cases; without labels they count as one class.
    shares
        Of training, validation and test; they sum to 1. A part may be 0 and is then empty.
    random_state
        A seed, or a generator to draw from.

    Returns
    -------
    Split

    Raises
    ------
    OptionError
        If the shares are not three numbers of at least 0 with sum 1, or the seed is negative.

    Examples
    --------
    >>> import numpy as np
    >>> series = SeriesSet.of(np.ones((20, 5)), labels=["a", "b"] * 10)
    >>> split(series).train.labels.tolist().count("a")
    7
    """
    wanted = np.asarray(shares, dtype=np.float64)
    if wanted.shape != (3,) or not (wanted >= 0).all() or abs(wanted.sum() - 1) > 1e-9:
        raise OptionError(
            f"shares={shares!r} arrived, expected three numbers of at least 0 with sum 1; e.g. (0.7, 0.1, 0.2)"
        )
    rng = generator_of(random_state)
    labels = np.zeros(len(series)) if series.labels is None else series.labels
    part = np.empty(len(series), dtype=np.int8)
    carried = np.zeros(3)
    for members in _classes(labels, rng):
        exact = np.round(len(members) * wanted, 9)  # 0.29 * 100 is meant to be 29
        counts = np.floor(exact).astype(int)
        owed = carried + exact - counts
        # Only a part that is due a fraction of a case may get a whole one: floor or ceiling, nothing else.
        order = np.argsort(-np.where(exact > counts, owed, -np.inf), kind="stable")
        winners = order[: len(members) - counts.sum()]
        counts[winners] += 1
        owed[winners] -= 1
        carried = owed
        part[members] = np.repeat([0, 1, 2], counts)
    train, validation, test = (series[part == number] for number in range(3))
    return Split(train, validation, test)


def stratified_holdout(labels: Shaped[np.ndarray, " case"], share: float, rng: np.random.Generator) -> Holdout:
    """Choose the cases on which training is watched.

    A class of two or more cases has at least one on either side, even if this takes more than the share; a class of
    one case is learnt from. If the share of all cases rounds to none, nothing is held out. For targets that are no
    classes pass zeros.

    Parameters
    ----------
    labels
        One per case.
    share
        The share of every class to hold out, at least 0 and below 1.
    rng
        The generator to draw from.

    Returns
    -------
    Holdout

    Raises
    ------
    OptionError
        If the share is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> labels = np.array(["a"] * 8 + ["b"] * 2 + ["c"])
    >>> labels[stratified_holdout(labels, 0.25, np.random.default_rng(0)).held_out].tolist()
    ['a', 'a', 'b']
    """
    if not 0 <= share < 1:
        raise OptionError(f"a share of {share!r} to hold out arrived, expected at least 0 and below 1; e.g. 0.1")
    held_out = np.zeros(len(labels), dtype=bool)
    if round(share * len(labels)) > 0:
        for members in _classes(labels, rng):
            if len(members) > 1:
                held_out[members[: min(max(round(share * len(members)), 1), len(members) - 1)]] = True
    return Holdout(kept=np.flatnonzero(~held_out), held_out=np.flatnonzero(held_out))


def _classes(labels: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    """Return the numbers of the cases of each class, in the order of the classes and shuffled within each."""
    _, codes = np.unique(labels, return_inverse=True)
    return [rng.permutation(np.flatnonzero(codes == code)) for code in range(codes.max(initial=-1) + 1)]


def generator_of(random_state: int | np.random.Generator | None) -> np.random.Generator:
    """Return the generator, or a new one with that seed.

    Raises
    ------
    OptionError
        If the seed is no whole number of at least 0.
    """
    try:
        return np.random.default_rng(random_state)
    except (TypeError, ValueError) as error:
        raise OptionError(f"random_state={random_state!r} arrived, expected a whole number of at least 0") from error
