"""Parts of a split have no case in common, lose none, and have every class in its share."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attime.data import SeriesSet, Split, split
from attime.data.split import stratified_holdout
from attime.errors import OptionError

labellings = st.lists(st.integers(0, 6), min_size=1, max_size=120)
thirds = st.tuples(st.integers(0, 10), st.integers(0, 10)).filter(lambda pair: sum(pair) <= 10)
shares_of_tenths = thirds.map(lambda pair: ((10 - sum(pair)) / 10, pair[0] / 10, pair[1] / 10))


def numbered(labels: list[int] | None, n_cases: int) -> SeriesSet:
    """Return series whose only value is the number of the case."""
    return SeriesSet.of(np.arange(float(n_cases))[:, np.newaxis], labels)


def parts_of(parts: Split) -> list[SeriesSet]:
    return [parts.train, parts.validation, parts.test]


def cases_of(series: SeriesSet) -> list[float]:
    return series.values[:, 0, 0].tolist()


@given(labellings, shares_of_tenths, st.integers(0, 5))
def test_every_case_is_in_one_part_with_its_label(labels: list[int], shares: tuple[float, ...], seed: int) -> None:
    parts = parts_of(split(numbered(labels, len(labels)), shares=shares, random_state=seed))
    assert sorted(case for part in parts for case in cases_of(part)) == list(range(len(labels)))
    for part in parts:
        assert part.labels.tolist() == [labels[int(case)] for case in cases_of(part)]


@given(labellings, shares_of_tenths)
def test_every_class_and_the_whole_have_their_share(labels: list[int], shares: tuple[float, ...]) -> None:
    for part, share in zip(parts_of(split(numbered(labels, len(labels)), shares=shares)), shares, strict=True):
        for label in set(labels):
            assert abs((part.labels == label).sum() - share * labels.count(label)) < 1
        assert abs(len(part) - share * len(labels)) < 1.5


def test_many_small_classes_are_spread_over_the_parts() -> None:
    parts = split(numbered(list(range(100)), 100))
    assert [len(part) for part in parts_of(parts)] == [70, 10, 20]


@given(st.integers(1, 100), shares_of_tenths)
def test_series_without_labels_are_split_too(n_cases: int, shares: tuple[float, ...]) -> None:
    for part, share in zip(parts_of(split(numbered(None, n_cases), shares=shares)), shares, strict=True):
        assert abs(len(part) - share * n_cases) < 1


def test_the_seed_decides() -> None:
    series = numbered([0, 1] * 50, 100)
    first, again, other = (cases_of(split(series, random_state=seed).test) for seed in (1, 1, 2))
    assert first == again != other
    assert cases_of(split(series, random_state=np.random.default_rng(1)).test) == first


def test_the_global_generator_is_left_alone() -> None:
    before = np.random.get_state()[1].tolist()  # noqa: NPY002
    split(numbered([0, 1] * 5, 10))
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002


@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.5, 0.4, 0.2), (1.2, -0.1, -0.1), (float("nan"), 0.5, 0.5)])
def test_shares_that_are_none_are_refused(shares: tuple[float, ...]) -> None:
    with pytest.raises(OptionError, match="sum 1"):
        split(numbered(None, 10), shares=shares)


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(OptionError, match="random_state=-1"):
        split(numbered(None, 10), random_state=-1)


@given(labellings, st.floats(0, 0.99), st.integers(0, 5))
def test_holdout_has_every_class_on_both_sides(labels: list[int], share: float, seed: int) -> None:
    array = np.array(labels)
    parts = stratified_holdout(array, share, np.random.default_rng(seed))
    assert sorted([*parts.kept, *parts.held_out]) == list(range(len(labels)))
    again = stratified_holdout(array, share, np.random.default_rng(seed))
    assert parts.held_out.tolist() == again.held_out.tolist()
    if round(share * len(labels)) == 0:
        assert not len(parts.held_out)
        return
    for label in set(labels):
        held, count = (array[parts.held_out] == label).sum(), labels.count(label)
        assert held == 0 if count == 1 else 0 < held < count
        assert count == 1 or abs(held - share * count) <= 1


@pytest.mark.parametrize("share", [-0.1, 1.0, float("nan")])
def test_holdout_refuses_a_share_out_of_range(share: float) -> None:
    with pytest.raises(OptionError, match="below 1"):
        stratified_holdout(np.zeros(5), share, np.random.default_rng(0))
