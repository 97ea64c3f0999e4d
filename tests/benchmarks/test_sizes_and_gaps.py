"""The data that `scale` and `missing` make, and what they read from their records."""

from __future__ import annotations

import numpy as np
import pytest
from missing import accuracies_of, curves_of
from scale import Synthetic, summary_of


def cost(axis: str, size: int, seconds: float) -> dict[str, object]:
    """Return a record of one size."""
    return {
        "axis": axis, "size": size, "model": "ours", "status": "ok", "fit_seconds": seconds / 2,
        "predict_seconds": seconds / 2, "memory_mb": seconds, "peak_memory_mb": 500.0,
    }  # fmt: skip


class TestScale:
    def test_an_exponent_of_one_is_linear_growth(self):
        summary = summary_of([cost("cases", size, 3.0 * size) for size in (100, 1000, 10_000)])
        assert summary["exponent_cases"] == pytest.approx(1)
        assert summary["exponent_cases_of_the_two_largest"] == pytest.approx(1)
        assert summary["cases_largest"] == 10_000

    def test_a_size_that_came_to_nothing_does_not_count(self):
        rows = [cost("length", 100, 1.0), cost("length", 1000, 100.0), {"axis": "length", "size": 10_000}]
        rows[2] |= {"model": "ours", "status": "skipped: too long"}
        assert summary_of(rows)["exponent_length"] == pytest.approx(2)

    def test_the_same_seed_makes_the_same_series_of_the_size_asked_for(self):
        train, test = Synthetic(cases=6, length=50, channels=2, seed=1)()
        assert train.values.shape == (6, 2, 50)
        assert train.values.dtype == np.float32
        assert len(test) == 100
        assert np.array_equal(Synthetic(cases=6, length=50, channels=2, seed=1)()[0].values, train.values)


class TestMissing:
    def test_only_sets_that_all_models_finished_count(self):
        def row(model: str, name: str, accuracy: float, status: str = "ok") -> dict[str, object]:
            return {"set": name, "share": 0.0, "model": model, "seed": 0, "status": status, "accuracy": accuracy}

        rows = [row("ours", "a", 0.5), row("ours", "b", 1.0), row("peer", "a", 0.7), row("peer", "b", 0.1, "failed: x")]
        accuracies = accuracies_of(rows)
        assert list(accuracies.index) == ["a"]  # as many as titles speak of
        curves = curves_of(accuracies)
        assert curves.loc[0.0].to_dict() == {"ours": 0.5, "peer": 0.7}
