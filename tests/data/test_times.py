"""Times: kept where steps are at unequal distances, checked, and carried along."""

from __future__ import annotations

import numpy as np
import pytest

from attime.data import SeriesSet, read, split
from attime.errors import DataError


def long_csv(path, times):
    rows = [f"{case},{time},{value}" for case, row in enumerate(times) for value, time in enumerate(row)]
    path.write_text("\n".join(["id,time,value", *rows]))
    return read(path, case="id", time="time", need_target=False)


def test_unequal_distances_are_kept(tmp_path):
    series = long_csv(tmp_path / "a.csv", [[0, 1, 5], [2, 3, 4]])
    assert series.times.tolist() == [[0, 1, 5], [2, 3, 4]]
    assert "with times" in repr(series)


def test_equal_distances_are_no_news(tmp_path):
    assert long_csv(tmp_path / "a.csv", [[0, 2, 4], [7, 9, 11]]).times is None


def test_rounding_does_not_make_distances_unequal(tmp_path):
    assert long_csv(tmp_path / "a.csv", [[0.1 * step for step in range(30)]]).times is None


def test_dates_become_seconds(tmp_path):
    series = long_csv(tmp_path / "a.csv", [["2024-01-01 00:00:00", "2024-01-01 00:00:10", "2024-01-01 00:01:00"]])
    assert (series.times - series.times[:, :1]).tolist() == [[0, 10, 60]]


def test_after_the_end_the_last_time_is_repeated(tmp_path):
    assert long_csv(tmp_path / "a.csv", [[0, 1, 5], [2, 3]]).times.tolist() == [[0, 1, 5], [2, 3, 3]]


def test_times_go_with_their_cases():
    series = SeriesSet.of(np.arange(60.0).reshape(20, 3), ["a", "b"] * 10, times=np.arange(60).reshape(20, 3) ** 2)
    parts = split(series)
    for part in (parts.train, parts.validation, parts.test):
        assert (part.times == part.values[:, 0] ** 2).all()


@pytest.mark.parametrize(
    ("times", "message"),
    [
        ([[0, 1]], r"times of shape \(1, 2\) arrived, expected \(case, time\) = \(1, 3\)"),
        ([[0, 2, 1]], "case 0, step 2 .* at time 1, expected a number above that of the step before"),
        ([[0, 1, float("nan")]], "step 2 .* at time nan"),
        ([["a", "b", "c"]], "times"),
    ],
)
def test_times_that_cannot_be_are_refused(times, message):
    with pytest.raises(DataError, match=message):
        SeriesSet.of([[1.0, 2.0, 3.0]], times=times)
