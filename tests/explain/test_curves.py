"""Curves of a network that can be calculated by hand: its logit is the sum of the values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attime import AttentionClassifier, SeriesSet
from attime.errors import DataError, OptionError
from attime.explain import (
    REPLACEMENTS,
    Curve,
    Explanation,
    aopcr,
    aopcr_probability,
    comprehensiveness,
    deletion_curve,
    insertion_curve,
    sufficiency,
)
from attime.explain.orders import places

TENTHS = tuple(share / 10 for share in range(1, 6))


class Summing(AttentionClassifier):
    """Says "more" by as much as the values of all steps and channels are above 0 together."""

    def logits(self, X):
        total = np.nansum(self.series(X).values, axis=(1, 2))
        return np.stack([np.zeros_like(total), total], axis=1)

    @classmethod
    def of(cls, n_channels: int = 1) -> Summing:
        made = cls()
        made.classes_, made.n_channels_, made.n_steps_, made.module_ = np.array(["less", "more"]), n_channels, 99, None
        return made


def explanation_of(values: object, relevance: np.ndarray | None = None) -> Explanation:
    """Return what explains "more"; by the values themselves, which is the truth, if nothing else is given."""
    series = SeriesSet.of(values)
    logits = Summing.of(series.n_channels).logits(series)
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return Explanation(
        series=series,
        relevance=np.nan_to_num(series.values) if relevance is None else relevance,
        target=np.full(len(series), "more"),
        probabilities=odds / odds.sum(axis=1, keepdims=True),
        classes=np.array(["less", "more"]),
        method="values",
    )


def many(n_cases: int = 200, n_steps: int = 40) -> np.ndarray:
    return np.random.default_rng(0).normal(0.05, 0.5, size=(n_cases, 1, n_steps))


def test_the_logits_are_those_of_a_hand_calculation():
    curve = deletion_curve(Summing.of(), explanation_of([[4.0, 1.0, 0.0, 3.0, 2.0]]), shares=(0.2, 0.4, 0.6))
    np.testing.assert_allclose(curve.logits, [[10, 6, 3, 1]])
    np.testing.assert_allclose(curve.probabilities, 1 / (1 + np.exp(-curve.logits)))
    np.testing.assert_allclose(curve.whole_logits, [10])


def test_aopcr_is_that_of_a_hand_calculation():
    """Twenty steps worth 1 … 20: 5 % is one step; random orders lose 10.5 a step on average."""
    values = np.tile(np.arange(1.0, 21.0), (200, 1))
    curve = deletion_curve(Summing.of(), explanation_of(values), n_random=10)
    lost = np.cumsum(np.arange(20, 10, -1))
    np.testing.assert_allclose(curve.logits[:, :1] - curve.logits[:, 1:], np.tile(lost, (200, 1)))
    by_hand = (lost.sum() - 10.5 * np.arange(1, 11).sum()) / 11
    assert aopcr(curve).mean() == pytest.approx(by_hand, abs=0.6)
    own, random = ((part[:, :1] - part).sum(axis=1) / 11 for part in (curve.logits, curve.random_logits))
    np.testing.assert_allclose(aopcr(curve), own - random)
    np.testing.assert_allclose(aopcr(curve.random), 0)


def test_insertion_puts_the_most_relevant_back_first():
    curve = insertion_curve(Summing.of(), explanation_of([[4.0, 1.0, 0.0, 3.0, 2.0]]), shares=(0.2, 0.4, 1.0))
    np.testing.assert_allclose(curve.logits, [[10, 12, 13, 10]])  # the mean of all, 2, stands where none is back


def test_the_right_order_beats_a_random_one_and_the_reverse_is_worse_by_every_measure():
    clf, values = Summing.of(), many()
    right, reverse = explanation_of(values), explanation_of(values, -values)
    for sign, shown in ((1, right), (-1, reverse)):
        removed, kept = deletion_curve(clf, shown), insertion_curve(clf, shown)
        for gain in (
            aopcr(removed),
            aopcr_probability(removed),
            removed.gain(),
            kept.gain(),
            comprehensiveness(removed) - comprehensiveness(removed.random),
            sufficiency(kept.random) - sufficiency(kept),
        ):
            assert (sign * gain > 0).mean() > 0.95


@pytest.mark.parametrize("kind", ["constant", "random"])
def test_relevance_that_knows_nothing_is_a_random_order(kind: str):
    values = np.sort(many(400), axis=2)  # by position, ties would be far from random
    drawn = np.random.default_rng(1).normal(size=values.shape) if kind == "random" else np.ones_like(values)
    found = aopcr(deletion_curve(Summing.of(), explanation_of(values, drawn)))
    assert abs(found.mean()) < 4 * found.std() / np.sqrt(len(found))
    assert abs((found > 0).mean() - 0.5) < 0.1


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.lists(st.integers(-4, 4) | st.just(None), min_size=1, max_size=9), min_size=1, max_size=4).filter(
        lambda cases: all(any(step is not None for step in case) for case in cases)
    ),
    st.sampled_from(["delete", "missing", "mean", "interpolation"]),
)
def test_unequal_lengths_and_missing_values_have_their_own_shares(cases: list[list[int | None]], replacement: str):
    values = [np.array([np.nan if step is None else float(step) for step in case]) for case in cases]
    curve = deletion_curve(Summing.of(), explanation_of(values), replacement=replacement, shares=TENTHS)
    for number, case in enumerate(values):
        present = np.sort(case[~np.isnan(case)])[::-1]
        counts = [0] + [min(max(1, int(share * len(present) + 1e-9)), len(present)) for share in TENTHS]
        if replacement in {"delete", "missing"}:
            left = [present[min(count, len(present) - 1) :].sum() for count in counts]
            np.testing.assert_allclose(curve.logits[number], left, atol=1e-6)
        assert curve.logits[number, 0] == pytest.approx(present.sum())


def test_channels_go_together():
    values = np.array([[[1.0, 5.0, 2.0], [1.0, -9.0, 3.0]]])
    curve = deletion_curve(Summing.of(2), explanation_of(values), shares=(0.34, 0.67))
    np.testing.assert_allclose(curve.logits, [[3, -2, -4]])


def test_equal_seeds_give_equal_curves_and_the_order_of_present_steps_is_complete():
    shown = explanation_of(many(5), np.zeros((5, 1, 40)))
    one, other = (deletion_curve(Summing.of(), shown, random_state=3) for _ in range(2))
    np.testing.assert_array_equal(one.logits, other.logits)
    assert not np.array_equal(one.logits, deletion_curve(Summing.of(), shown, random_state=4).logits)
    found = places(np.zeros((5, 40)), shown.present, np.random.default_rng(0))
    assert (np.sort(found, axis=1) == np.arange(40)).all()


@pytest.mark.parametrize("replacement", sorted(set(REPLACEMENTS) - {"delete", "missing"}))
def test_every_curve_ends_or_begins_with_the_whole_series(replacement: str):
    shown = explanation_of(many(4))
    removed = deletion_curve(Summing.of(), shown, replacement=replacement, shares=(0.5, 1.0))
    kept = insertion_curve(Summing.of(), shown, replacement=replacement, shares=(0.5, 1.0))
    for whole in (removed.logits[:, 0], kept.logits[:, -1], kept.random_logits[:, -1]):
        np.testing.assert_allclose(whole, removed.whole_logits)
    np.testing.assert_allclose(kept.logits[:, 0], removed.logits[:, -1])


def test_points_can_be_taken_from_a_curve():
    curve = deletion_curve(Summing.of(), explanation_of(many(3)), shares=TENTHS)
    some = curve.at((0.2, 0.5))
    np.testing.assert_array_equal(some.logits, curve.logits[:, [0, 2, 5]])
    with pytest.raises(OptionError, match=r"0\.25"):
        curve.at((0.25,))


def test_what_cannot_be_done_is_said():
    clf, shown = Summing.of(), explanation_of(many(1))
    with pytest.raises(OptionError, match="did you mean 'mean'"):
        deletion_curve(clf, shown, replacement="meen")
    for replacement in ("delete", "missing"):
        with pytest.raises(OptionError, match="leave nothing"):
            insertion_curve(clf, shown, replacement=replacement)
        with pytest.raises(OptionError, match="below 1"):
            deletion_curve(clf, shown, replacement=replacement, shares=(0.5, 1.0))
    for shares in ((), (0.2, 0.1), (0.0, 0.1), (0.5, 1.1)):
        with pytest.raises(OptionError, match="rising"):
            deletion_curve(clf, shown, shares=shares)
    with pytest.raises(OptionError, match="n_random=0"):
        deletion_curve(clf, shown, n_random=0)
    with pytest.raises(OptionError, match="one case only"):
        deletion_curve(clf, shown, replacement="other")
    with pytest.raises(OptionError, match="insertion_curve"):
        sufficiency(deletion_curve(clf, shown))


def test_an_explanation_of_another_estimator_is_refused():
    other = Summing.of(n_channels=2)
    with pytest.raises(DataError, match="1 channels"):
        deletion_curve(other, explanation_of(many(1)))
    other = Summing.of()
    other.classes_ = np.array(["a", "b"])
    with pytest.raises(DataError, match="classes"):
        insertion_curve(other, explanation_of(many(1)))


def test_a_curve_is_a_value():
    curve = deletion_curve(Summing.of(), explanation_of(many(3)))
    assert isinstance(curve, Curve)
    with pytest.raises(AttributeError):
        curve.kind = "insertion"
