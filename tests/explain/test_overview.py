"""What must hold when explanations are seen over a whole data set; the explanations are made by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attime.data import SeriesSet
from attime.errors import DataError, OptionError
from attime.explain import (
    Explanation,
    align,
    channel_importance,
    confusion_cells,
    relevance_by_class,
    typical_cases,
)
from attime.explain.overview.grouping import quantile_by_class

CLASSES = np.array(["a", "b", "c"])
RNG = np.random.default_rng(5)


def explained(
    relevance: np.ndarray,
    *,
    values: np.ndarray | None = None,
    target: list[int] | None = None,
    predicted: list[int] | None = None,
    labels: list[int] | None = None,
) -> Explanation:
    """Make an explanation by hand: classes by their number, all cases of the first one unless told otherwise."""
    n_cases = len(relevance)
    predicted = [0] * n_cases if predicted is None else predicted
    return Explanation(
        series=SeriesSet(
            np.zeros(relevance.shape) if values is None else values, None if labels is None else CLASSES[labels]
        ),
        relevance=relevance,
        target=CLASSES[[0] * n_cases if target is None else target],
        probabilities=np.eye(3)[predicted] * 0.7 + 0.1,
        classes=CLASSES,
        method="by hand",
    )


def unequal(n_cases: int = 20, n_channels: int = 2, n_steps: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """Return series of unequal lengths with gaps, and relevance that is large, and wrong, where nothing is there."""
    values = RNG.normal(size=(n_cases, n_channels, n_steps))
    lengths = RNG.integers(3, n_steps - 1, n_cases)
    values[np.broadcast_to(np.arange(n_steps) >= lengths[:, None, None], values.shape)] = np.nan
    values[RNG.random(values.shape) < 0.1] = np.nan
    values[:, :, 0] = 1.0
    return values, np.where(np.isnan(values), 1e6, RNG.normal(size=values.shape))


def test_the_mean_of_a_class_is_that_of_the_steps_that_its_cases_have():
    values, relevance = unequal()
    target = [case % 2 for case in range(20)]
    profile = relevance_by_class(explained(relevance, values=values, target=target), interval=(0.25, 0.9))
    for number, channel, step in np.ndindex(profile.mean.shape):
        here = [
            relevance[case, channel, step]
            for case in range(20)
            if target[case] == number and not np.isnan(values[case, channel, step])
        ]
        assert profile.n_present[number, channel, step] == len(here)
        expected = [np.mean(here), np.quantile(here, 0.25), np.quantile(here, 0.9)] if here else [np.nan] * 3
        found = [part[number, channel, step] for part in (profile.mean, profile.low, profile.high)]
        np.testing.assert_allclose(found, expected, atol=1e-12)
    assert profile.n_cases.tolist() == [10, 10, 0]
    assert np.isnan(profile.mean[2]).all()
    assert len(profile.to_frame()) == (profile.n_present > 0).sum()


def test_undivided_relevance_is_present_where_any_channel_is():
    values = np.array([[[1.0, np.nan, np.nan], [np.nan, 1.0, np.nan]]])
    profile = relevance_by_class(explained(np.ones((1, 1, 3)), values=values))
    np.testing.assert_array_equal(profile.mean[0], [[1.0, 1.0, np.nan]])
    assert set(profile.to_frame()["channel"]) == {"all"}


@settings(deadline=None)
@given(st.integers(1, 9), st.floats(0, 1), st.integers(0, 2**32 - 1))
def test_quantiles_are_those_of_numpy(n_cases: int, share: float, seed: int):
    values = np.random.default_rng(seed).normal(size=(n_cases, 4))
    values[np.random.default_rng(seed + 1).random(values.shape) < 0.3] = np.nan
    values[0] = 1.0
    found = quantile_by_class(values, np.zeros(n_cases, dtype=int), 1, share)
    np.testing.assert_allclose(found[0], np.nanquantile(values, share, axis=0), atol=1e-12)


def test_cases_are_grouped_by_what_was_asked_for():
    explanation = explained(np.ones((4, 1, 3)), target=[0, 0, 0, 1], predicted=[1, 1, 2, 2], labels=[2, 2, 2, 2])
    assert relevance_by_class(explanation, by="target").n_cases.tolist() == [3, 1, 0]
    assert relevance_by_class(explanation, by="predicted").n_cases.tolist() == [0, 2, 2]
    assert relevance_by_class(explanation, by="true").n_cases.tolist() == [0, 0, 4]


EVENT = np.array([0.5, 2.0, 1.5, 1.0, 3.0])


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 60 - len(EVENT)), min_size=2, max_size=6),
    st.integers(5, 60),
    st.lists(st.floats(0, 9), min_size=1, max_size=5).filter(lambda shape: max(shape) > 0.01),
)
def test_alignment_undoes_every_shift(shifts: list[int], width: int, shape: list[float]):
    relevance = np.zeros((len(shifts), 1, 60))
    values = np.zeros_like(relevance)
    for case, shift in enumerate(shifts):
        relevance[case, 0, shift : shift + len(shape)] = shape
        values[case, 0, shift : shift + len(EVENT)] = EVENT
    aligned = align(explained(relevance, values=values), width=width)
    np.testing.assert_array_equal(np.diff(aligned.start), np.diff(shifts))
    for windows in (aligned.series[:, 0], aligned.relevance[:, 0]):
        highest = np.nan_to_num(windows).max(axis=0)
        assert (np.isnan(windows) | np.isclose(windows, highest)).all()


def test_alignment_finds_planted_events_under_noise():
    truth = RNG.integers(0, 80, 50)
    inside = (np.arange(100) >= truth[:, None]) & (np.arange(100) < truth[:, None] + 20)
    relevance = (inside + 0.3 * RNG.normal(size=inside.shape))[:, np.newaxis]
    aligned = align(explained(relevance), width=33)
    assert np.abs(aligned.start + aligned.width // 2 - (truth + 10)).max() <= 4


def test_windows_hold_what_stands_at_their_steps_and_nan_beyond_the_ends():
    values, relevance = unequal()
    aligned = align(explained(relevance, values=values), width=7)
    for row, case in enumerate(aligned.cases):
        for column in range(7):
            step = aligned.start[row] + column
            inside = 0 <= step < 12
            expected = values[case, :, step] if inside else np.full(2, np.nan)
            np.testing.assert_array_equal(aligned.series[row, :, column], expected)
            expected = np.where(np.isnan(expected), np.nan, relevance[case, :, step] if inside else np.nan)
            np.testing.assert_array_equal(aligned.relevance[row, :, column], expected)


def test_cases_without_evidence_for_their_class_are_not_aligned():
    relevance = np.zeros((3, 1, 9))
    relevance[1, 0, 4], relevance[2, 0, 5] = 1.0, -1.0
    aligned = align(explained(relevance, target=[0, 1, 2]), width=3)
    assert aligned.cases.tolist() == [1]
    np.testing.assert_array_equal(aligned.mean_relevance[:, 0], [[np.nan] * 3, [0, 1, 0], [np.nan] * 3])
    with pytest.raises(DataError, match="nothing to align by"):
        align(explained(relevance[[0, 2]]))


def bumps(centres: np.ndarray, n_steps: int = 80) -> np.ndarray:
    """Return relevance with a bump around each centre, under a little noise."""
    away = np.arange(n_steps) - centres[:, np.newaxis]
    return (np.exp(-((away / 4) ** 2)) + 0.05 * RNG.normal(size=away.shape))[:, np.newaxis]


@pytest.mark.parametrize("aligned", [False, True])
def test_the_strangest_case_is_the_one_that_was_spoilt_and_no_typical_one(aligned: bool):
    relevance = bumps(RNG.integers(15, 65, 40) if aligned else np.full(40, 30))
    relevance[17, 0] = 1e3 * (np.arange(80) % 7 == 0)  # so large that it alone would make a plain mean
    found = typical_cases(explained(relevance, target=[case % 2 for case in range(40)]), aligned=aligned, n=2)
    assert found.strangest[1][0] == 17
    assert 17 not in found.typical[1]
    assert found.score[17] < 0.6 < 0.9 < found.score[found.typical[1]].min()
    assert set(found.typical[0]) <= set(range(0, 40, 2))


def test_an_event_at_another_time_is_strange_only_where_time_counts():
    relevance = bumps(np.where(np.arange(30) == 4, 60, 20))
    assert typical_cases(explained(relevance)).strangest[0][0] == 4
    score = typical_cases(explained(relevance), aligned=True).score
    assert score.min() > 0.9


def test_scores_do_not_depend_on_the_scale_of_relevance_or_on_what_is_not_there():
    values, relevance = unequal()
    plain = typical_cases(explained(relevance, values=values))
    factors = 10.0 ** RNG.integers(-150, 150, (20, 1, 1))
    scaled = typical_cases(explained(np.where(np.isnan(values), np.nan, relevance * factors), values=values))
    np.testing.assert_allclose(plain.score, scaled.score, atol=1e-9)
    assert plain.score.min() >= -1
    assert plain.score.max() <= 1


def test_small_classes_name_every_case_once():
    relevance = bumps(np.full(6, 20))
    found = typical_cases(explained(relevance, target=[0, 1, 1, 1, 1, 1]), n=3)
    assert np.isnan(found.score[0])
    assert [len(cases) for cases in (*found.typical, *found.strangest)] == [1, 3, 0, 0, 2, 0]
    assert sorted([*found.typical[1], *found.strangest[1]]) == [1, 2, 3, 4, 5]
    assert len(found.to_frame()) == 6


def test_equal_cases_stand_in_the_order_of_the_data():
    found = typical_cases(explained(np.zeros((6, 1, 9))), n=2)
    assert found.score.tolist() == [0.0] * 6
    assert found.typical[0].tolist() == [0, 1]
    assert found.strangest[0].tolist() == [3, 4]


def test_cells_part_the_cases():
    explanation = explained(
        RNG.normal(size=(30, 2, 5)),
        predicted=RNG.integers(0, 3, 30).tolist(),
        labels=RNG.integers(0, 2, 30).tolist(),
    )
    cells = confusion_cells(explanation)
    inside = [cells.cases(true, predicted) for true in CLASSES for predicted in CLASSES]
    assert sorted(np.concatenate(inside)) == list(range(30))
    assert [len(cases) for cases in inside] == cells.counts.ravel().tolist() == cells.to_frame()["n_cases"].tolist()
    for mean, cases in zip(cells.mean.reshape(9, 5), inside, strict=True):
        expected = explanation.by_step[cases].mean(axis=0) if len(cases) else np.full(5, np.nan)
        np.testing.assert_allclose(mean, expected)


def test_cells_leave_out_the_steps_that_a_case_does_not_have():
    values = np.array([[[1.0, 1.0, np.nan]], [[1.0, np.nan, np.nan]]])
    cells = confusion_cells(explained(np.array([[[1.0, 2.0, 0.0]], [[3.0, 0.0, 0.0]]]), values=values, labels=[0, 0]))
    np.testing.assert_array_equal(cells.mean[0, 0], [2.0, 2.0, np.nan])


def test_cases_of_a_cell_begin_with_the_most_certain():
    explanation = explained(np.zeros((3, 1, 2)), labels=[0, 0, 0])
    explanation.probabilities[:, 0] = [0.6, 0.9, 0.8]
    assert confusion_cells(explanation).cases("a", "a").tolist() == [1, 2, 0]


def test_the_planted_channel_is_found_for_each_class():
    relevance = 0.1 * RNG.normal(size=(60, 3, 50))
    target = np.arange(60) % 3
    relevance[np.arange(60), (target + 1) % 3, 20:30] -= 5.0  # what speaks against a class counts too
    relevance *= 10.0 ** RNG.integers(-9, 9, (60, 1, 1))
    importance = channel_importance(explained(relevance, target=target.tolist()))
    assert importance.mean.argmax(axis=1).tolist() == [1, 2, 0]
    assert importance.low[[0, 1, 2], [1, 2, 0]].min() > 0.7
    np.testing.assert_allclose(importance.mean.sum(axis=1), 1.0)
    assert len(importance.to_frame()) == 9


def test_a_channel_that_matters_in_some_cases_only_has_a_wide_interval():
    relevance = np.zeros((30, 3, 10))
    relevance[np.arange(30), np.arange(30) % 3, 4] = 1.0
    importance = channel_importance(explained(relevance))
    np.testing.assert_allclose(importance.mean[0], 1 / 3)
    assert (importance.low[0].tolist(), importance.high[0].tolist()) == ([0.0] * 3, [1.0] * 3)


def test_cases_without_relevance_have_no_important_channel():
    relevance = np.zeros((3, 2, 4))
    relevance[0, 1, 2] = 1.0
    importance = channel_importance(explained(relevance, target=[0, 0, 1]))
    assert importance.n_cases.tolist() == [1, 0, 0]
    np.testing.assert_array_equal(importance.mean, [[0, 1], [np.nan] * 2, [np.nan] * 2])


def test_relevance_that_is_no_number_is_refused_where_something_was_observed():
    values, relevance = unequal()
    absent = np.where(np.isnan(values), np.inf, relevance)
    relevance_by_class(explained(absent, values=values))
    absent[3, 0, 0] = np.nan
    for see in (relevance_by_class, typical_cases, align, channel_importance, confusion_cells):
        with pytest.raises(DataError, match="first: case 3"):
            see(explained(absent, values=values, labels=[0] * 20))


def test_what_cannot_be_seen_together_is_refused():
    explanation = explained(np.ones((4, 1, 9)), values=np.zeros((4, 3, 9)))
    for see in (
        confusion_cells,
        lambda unlabelled: relevance_by_class(unlabelled, by="true"),
        lambda unlabelled: typical_cases(unlabelled, by="true"),
        lambda unlabelled: align(unlabelled, by="true"),
    ):
        with pytest.raises(DataError, match="have no labels"):
            see(explanation)
    with pytest.raises(OptionError, match="did you mean 'predicted'"):
        relevance_by_class(explanation, by="prediction")
    with pytest.raises(OptionError, match=r"'by hand' does not divide relevance among the 3 channels; .*'occlusion'"):
        channel_importance(explanation)
    for width in (0, -3, 10):
        with pytest.raises(OptionError, match=rf"width {width} arrived for series of 9 steps"):
            align(explanation, width=width)
    with pytest.raises(OptionError, match="pass aligned=True too"):
        typical_cases(explanation, width=5)
    with pytest.raises(OptionError, match="n=0"):
        typical_cases(explanation, n=0)
    for interval in ((0.9, 0.1), (-0.1, 0.5), (0.5, 1.5)):
        with pytest.raises(OptionError, match="rising order"):
            relevance_by_class(explanation, interval=interval)
    cells = confusion_cells(explained(np.ones((2, 1, 3)), labels=[0, 1]))
    with pytest.raises(OptionError, match=r"class 'd' is unknown.*known are a, b, c"):
        cells.cases("d", "a")
