"""The summary of the benchmark of graphics cards, which needs none."""

from __future__ import annotations

import gpu


def test_card_and_processor_are_compared_at_equal_numbers_of_cases():
    heads = ("network", "work", "cases", "device", "cases_per_second")
    told = [(64, "cuda", 50.0), (64, "cpu", 10.0), (1024, "cuda", 200.0), (1024, "cuda", 300.0), (1024, "cpu", 100.0)]
    rows = [dict(zip(heads, ("bilstm", "use", *one), strict=True)) for one in [*told, (8192, "cuda", 9000.0)]]
    assert gpu._summary(rows) == {
        "bilstm_use_cases_per_second": 9000.0,
        "bilstm_use_over_cpu": 3.0,
        "bilstm_use_over_cpu_cases": 1024,
    }
