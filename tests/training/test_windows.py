"""Windows are what stands in the series, and what comes after is never among what is read."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from attime.training import Windows

CPU = torch.device("cpu")


@given(st.integers(1, 6), st.integers(1, 5), st.lists(st.integers(1, 12), min_size=1, max_size=4), st.integers(0, 2))
def test_windows_are_cut_where_their_origins_say(look_back, horizon, lengths, n_ahead):
    rng = np.random.default_rng(0)
    series = [rng.normal(size=(1 + n_ahead, length)) for length in lengths]
    origins = [range(1, length + 1) for length in lengths]
    windows = Windows.of(series, look_back=look_back, horizon=horizon, origins=origins, n_ahead=n_ahead)
    pairs = [(number, origin) for number, own in enumerate(origins) for origin in own]
    assert len(windows) == len(pairs)
    values, observed, *ahead = windows.inputs
    targets = windows.targets
    for case, (number, origin) in enumerate(pairs):
        past = series[number][:, max(0, origin - look_back) : origin].astype(np.float32)
        np.testing.assert_array_equal(values[case, :, look_back - past.shape[1] :], past)
        assert observed[case].sum() == past.size
        to_come = series[number][0, origin : origin + horizon].astype(np.float32)
        np.testing.assert_array_equal(targets.steps[case, : len(to_come)], to_come)
        assert targets.present[case].sum() == len(to_come)
        if n_ahead:
            assert ahead[0][case].shape == (n_ahead, horizon)


def test_what_comes_after_an_origin_changes_nothing_that_is_read():
    series = np.arange(20.0)[np.newaxis]
    other = series.copy()
    other[0, 12:] = -99
    for changed in (series, other):
        windows = Windows.of([changed], look_back=5, horizon=3, origins=[[12]])
        assert windows.inputs[0].tolist() == [[[7, 8, 9, 10, 11]]]


def test_missing_values_are_marked_and_zero():
    series = np.array([[1.0, np.nan, 3.0, np.nan, 5.0]])
    windows = Windows.of([series], look_back=3, horizon=2, origins=[[3]])
    assert windows.inputs[0].tolist() == [[[1, 0, 3]]]
    assert windows.inputs[1].tolist() == [[[True, False, True]]]
    assert windows.targets.present.tolist() == [[False, True]]


def test_some_windows_are_the_same_as_among_all():
    windows = Windows.of([np.arange(30.0)[None]], look_back=4, horizon=2, origins=[range(4, 29)])
    some = windows.take(torch.tensor([3, 7]), CPU)
    assert torch.equal(some.inputs[0], windows.inputs[0][[3, 7]])
    assert torch.equal(some.targets.steps, windows.targets.steps[[3, 7]])


def test_windows_with_nothing_before_or_after_their_origin_are_left_out():
    values = np.arange(12.0)
    values[4:8] = np.nan
    windows = Windows.of([values[None]], look_back=3, horizon=2, origins=[range(1, 11)])
    kept = windows.with_both_sides()
    assert kept.starts.tolist() == windows.starts[[0, 1, 2, 8, 9]].tolist()
    assert kept.owners.tolist() == [0] * 5
