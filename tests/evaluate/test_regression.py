"""The report says what scikit-learn says, never without the mean beside it, and its verdict knows chance."""

from __future__ import annotations

import inspect
import json

import numpy as np
import pytest
from sklearn import metrics

from attime.errors import DataError
from attime.evaluate import regression_report

unchecked = inspect.unwrap(regression_report)


@pytest.fixture
def some() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    numbers = rng.normal(10, 3, 200)
    return numbers, numbers + rng.normal(0, 1, 200)


def test_it_agrees_with_scikit_learn(some):
    numbers, predictions = some
    report = regression_report(numbers, predictions, mean=10.0)
    assert report.mean_absolute_error == pytest.approx(metrics.mean_absolute_error(numbers, predictions))
    assert report.root_mean_squared_error == pytest.approx(metrics.root_mean_squared_error(numbers, predictions))
    assert report.r2 == pytest.approx(metrics.r2_score(numbers, predictions))
    naive = np.full(200, 10.0)
    assert report.naive_mean_absolute_error == pytest.approx(metrics.mean_absolute_error(numbers, naive))
    assert report.naive_root_mean_squared_error == pytest.approx(metrics.root_mean_squared_error(numbers, naive))


class TestVerdict:
    def test_better_than_the_mean(self, some):
        report = regression_report(*some, mean=10.0)
        better = 1 - report.root_mean_squared_error / report.naive_root_mean_squared_error
        assert report.verdict.startswith(f"Beats the mean of the training cases by {100 * better:.0f} %")

    def test_worse_than_the_mean(self, some):
        assert "do not use it" in regression_report(some[0], some[1] + 20, mean=10.0).verdict

    def test_chance_is_called_chance(self):
        rng = np.random.default_rng(0)
        told = [
            regression_report(rng.normal(size=50), rng.normal(scale=1e-3, size=50), mean=0.0).verdict
            for _ in range(200)
        ]
        assert np.mean([verdict.startswith("Cannot be told") for verdict in told]) > 0.85

    def test_one_case_tells_nothing(self):
        assert "with 1 case " in regression_report(np.zeros(1), np.zeros(1), mean=5.0).verdict

    def test_the_mean_itself_is_as_good_as_the_mean(self, some):
        assert "Cannot be told" in regression_report(some[0], np.full(200, 10.0), mean=10.0).verdict


def test_numbers_that_do_not_differ_leave_r2_undefined():
    report = regression_report(np.ones(5), np.zeros(5), mean=0.5)
    assert np.isnan(report.r2)
    assert report.to_dict()["r2"] is None


def test_the_dictionary_survives_strict_json(some):
    found = regression_report(*some, mean=10.0).to_dict()
    assert json.loads(json.dumps(found, allow_nan=False)) == found


@pytest.mark.parametrize("kind", [np.int64, bool, object])
def test_numbers_of_any_kind_are_numbers(kind):
    numbers = np.array([0, 1, 1, 0]).astype(kind)
    assert regression_report(numbers, np.array([0.0, 1.0, 1.0, 0.5]), mean=0.5).mean_absolute_error == 0.125


@pytest.mark.parametrize(
    ("numbers", "predictions", "message"),
    [
        (np.array([]), np.array([]), "at least one case"),
        (np.array([1.0, 2.0]), np.array([1.0]), r"\(2,\) numbers, \(1,\) predictions"),
        (np.array([1.0, np.nan]), np.array([1.0, 2.0]), "numbers hold nan"),
        (np.array([1.0]), np.array([np.inf]), "predictions hold inf"),
        (np.array(["a"]), np.array([1.0]), "expected numbers"),
    ],
)
def test_what_cannot_be_compared_is_refused(numbers, predictions, message):
    with pytest.raises(DataError, match=message):
        unchecked(numbers, predictions, mean=0.0)
