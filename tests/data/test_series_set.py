"""The container keeps what it is given, and refuses what nothing could be learnt from."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attime.data import SeriesSet
from attime.errors import DataError

NAN, INF = float("nan"), float("inf")
CUBE = np.arange(24.0).reshape(4, 2, 3)


@pytest.mark.parametrize(
    ("form", "shape"),
    [
        (CUBE[:, 0], (4, 1, 3)),
        (CUBE, (4, 2, 3)),
        (CUBE.tolist(), (4, 2, 3)),
        (list(CUBE), (4, 2, 3)),
        (pd.DataFrame(CUBE[:, 0]), (4, 1, 3)),
        (SeriesSet.of(CUBE), (4, 2, 3)),
        (CUBE.astype(int), (4, 2, 3)),
        (CUBE.astype(object), (4, 2, 3)),
    ],
)
def test_every_form_arrives_as_case_channel_time(form: object, shape: tuple[int, int, int]) -> None:
    series = SeriesSet.of(form)
    assert series.values.dtype == np.float64
    np.testing.assert_array_equal(series.values, CUBE[:, : shape[1]])


def test_half_the_precision_is_kept_if_it_arrives() -> None:
    assert SeriesSet.of(CUBE.astype(np.float32)).values.dtype == np.float32


@given(st.lists(st.integers(1, 6), min_size=1, max_size=5), st.integers(1, 3))
def test_shorter_series_end_in_missing_values(lengths: list[int], n_channels: int) -> None:
    cases = [np.full((n_channels, length), 2.0) for length in lengths]
    series = SeriesSet.of(cases)
    assert series.lengths.tolist() == lengths
    assert series.n_steps == max(lengths)
    assert series.observed.sum(axis=(1, 2)).tolist() == [n_channels * length for length in lengths]


def test_length_counts_up_to_the_last_step_that_any_channel_saw() -> None:
    series = SeriesSet.of([[[1.0, NAN, NAN, NAN], [NAN, NAN, 1.0, NAN]]])
    assert series.lengths.tolist() == [3]


def test_missing_entries_of_a_data_frame_are_missing() -> None:
    frame = pd.DataFrame({"0": pd.array([1, None], dtype="Int64"), "1": [NAN, 2.0]})
    np.testing.assert_array_equal(SeriesSet.of(frame).observed[:, 0], [[True, False], [False, True]])


@pytest.mark.parametrize(
    "index",
    [slice(1, 3), [2, 0], np.array([3, 3]), np.array([True, False, True, False]), [False] * 4, [], slice(0, 0), -1],
)
def test_indexing_takes_labels_and_truth_along(index: object) -> None:
    truth = CUBE[:, 0] > 8
    series = SeriesSet.of(CUBE, list("abcd"), truth=truth, channels=["x", "y"], source="here")
    part = series[index]
    expected = np.arange(4)[index if np.size(index) else np.array([], dtype=int)].reshape(-1)
    np.testing.assert_array_equal(part.values, CUBE[expected])
    assert part.labels.tolist() == [list("abcd")[number] for number in expected]
    np.testing.assert_array_equal(part.truth, truth[expected])
    assert (len(part), part.channels, part.source) == (len(expected), ("x", "y"), "here")


def test_a_set_can_be_gone_through_case_by_case() -> None:
    assert [case.values[0, 0, 0] for case in SeriesSet.of(CUBE)] == [0, 6, 12, 18]


@pytest.mark.parametrize(
    "labels", [[1, 2, 1, 2], ["a", "b", "a", "c"], [True, False, True, True], pd.Series(["a", "b", "c", "d"])]
)
def test_labels_are_kept_as_given(labels: object) -> None:
    assert SeriesSet.of(CUBE, labels).labels.tolist() == list(labels)


def test_a_set_given_again_keeps_what_is_not_replaced() -> None:
    series = SeriesSet.of(SeriesSet.of(CUBE, list("abcd"), channels=["x", "y"], source="here"), [1, 2, 3, 4])
    assert (series.labels.tolist(), series.channels, series.source) == ([1, 2, 3, 4], ("x", "y"), "here")


@pytest.mark.parametrize(
    ("form", "fragments"),
    [
        ([[1.0, 2.0], [1.0, INF]], ["case 1, channel 0, step 1", "inf", "finite"]),
        (np.array([[[1.0, 2.0], [-INF, 2.0]]]), ["case 0, channel 1, step 0", "-inf"]),
        ([[1.0, 1e39]], ["case 0, channel 0, step 1", "1e+39", "3.4e+38", "rescale"]),
        ([[1, 10**400]], ["case 0", "numbers"]),
        ([], ["no cases"]),
        (np.empty((0, 5)), ["no cases"]),
        (np.empty((3, 0)), ["(3, 1, 0)", "time step"]),
        ([[], []], ["(2, 1, 0)", "time step"]),
        (np.empty((3, 0, 5)), ["(3, 0, 5)", "channel"]),
        ([["a", "b"]], ["case 0", "expected"]),
        (np.array([["1", "2"]]), ["<U1", "real numbers"]),
        (np.array([[1 + 2j]]), ["complex128", "real numbers"]),
        (np.array([["a", 1.0]], dtype=object), ["numbers"]),
        (np.array([["2020-01-01"]], dtype="datetime64[s]"), ["datetime64"]),
        (pd.DataFrame({"0": [1.0], "name": ["x"]}), ["column 'name'"]),
        (np.zeros(5), ["(5,)", "np.newaxis"]),
        ([1.0, 2.0], ["(2,)", "np.newaxis"]),
        (np.zeros((2, 2, 2, 2)), ["(2, 2, 2, 2)", "(case, channel, time)"]),
        ([np.zeros((1, 2, 3))], ["case 0", "3 dimensions"]),
        ([np.zeros((2, 5)), np.zeros((3, 5))], ["case 1", "3 channels", "case 0 has 2"]),
        ([[1.0, 2.0], [NAN, NAN]], ["case 1", "no observed value"]),
        ([[[1.0, 2.0], [1.0]]], ["case 0"]),
    ],
)
def test_series_that_cannot_be_used_are_refused(form: object, fragments: list[str]) -> None:
    with pytest.raises(DataError) as caught:
        SeriesSet.of(form, source="walks.csv")
    assert all(fragment in str(caught.value) for fragment in ["walks.csv: ", *fragments]), caught.value
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "fragments"),
    [
        ({"labels": ["a", "b"]}, ["labels of shape (2,)", "4 cases"]),
        ({"labels": [["a"], ["b"], ["c"], ["d"]]}, ["labels of shape (4, 1)"]),
        ({"labels": ["a", None, "b", "c"]}, ["label of case 1", "missing"]),
        ({"labels": ["a", "b", NAN, "c"]}, ["label of case 2", "missing"]),
        ({"labels": np.array([1.0, 2.0, 3.0, NAN])}, ["label of case 3", "missing"]),
        ({"labels": pd.Series(["a", "b", "c", None])}, ["label of case 3", "missing"]),
        ({"truth": np.zeros((4, 2), bool)}, ["truth of shape (4, 2)", "(4, 3)"]),
        ({"truth": np.full((4, 3), 7)}, ["truth", "0 and 1"]),
        ({"channels": ["x"]}, ["channels of shape (1,)", "(2,)"]),
    ],
)
def test_labels_truth_and_names_that_do_not_fit_are_refused(options: dict[str, object], fragments: list[str]) -> None:
    with pytest.raises(DataError) as caught:
        SeriesSet.of(CUBE, **options)
    assert all(fragment in str(caught.value) for fragment in fragments), caught.value
