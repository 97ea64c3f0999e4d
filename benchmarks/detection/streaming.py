"""How fast a stream is scored, and whether its memory grows with what has passed."""

from __future__ import annotations

import time

import numpy as np
from common import Row
from contest.memory import forget_peak, peak_mb, resident_mb
from jaxtyping import Float64

from attime.estimators.detection import AttentionDetector
from attime.estimators.detection.stream import Stream

MEMORY = "stream: memory"
WINDOW, N_WINDOWS = 100, 10_000
CHUNKS = {256: 51_200, 1: 2_000}  # values pushed at a time, and in all
N_POINTS, QUICK_POINTS = 1_000_000, 20_000
CHUNK = 256
TO_SETTLE = 20_000  # points after which memory is looked at for the first time


def series_of(n_steps: int, seed: int) -> Float64[np.ndarray, " time"]:
    """Return a wave with noise."""
    rng = np.random.default_rng(seed)
    return np.sin(2 * np.pi * np.arange(n_steps) / WINDOW) + 0.1 * rng.normal(size=n_steps)


def seconds_to_push(stream: Stream, values: Float64[np.ndarray, " time"], chunk: int) -> float:
    """Push values, so many at a time."""
    start = time.perf_counter()
    for begin in range(0, len(values), chunk):
        stream.push(values[begin : begin + chunk])
    return time.perf_counter() - start


def streaming(*, quick: bool) -> list[Row]:
    """Return points a second for each size of chunk, then memory early and late in a long stream."""
    detector = AttentionDetector(window=WINDOW, random_state=0).fit(series_of(N_WINDOWS + WINDOW - 1, 0))
    rows: list[Row] = []
    for chunk, n_points in CHUNKS.items():
        stream = detector.stream()
        stream.push(series_of(2 * WINDOW, 1))
        n_points = n_points // 10 if quick else n_points
        seconds = seconds_to_push(stream, series_of(n_points, 2), chunk)
        rows.append({"set": f"stream: chunks of {chunk}", "points_per_second": n_points / seconds})
    n_points = QUICK_POINTS if quick else N_POINTS
    values, stream = series_of(n_points, 3), detector.stream()
    settle = min(TO_SETTLE, n_points // 2)
    seconds_to_push(stream, values[:settle], CHUNK)
    forget_peak()
    seconds_to_push(stream, values[settle : 2 * settle], CHUNK)
    early, resident = peak_mb(), resident_mb()
    forget_peak()
    seconds = seconds_to_push(stream, values[2 * settle :], CHUNK)
    rows.append(
        {
            "set": MEMORY,
            "n_points": n_points,
            "peak_mb_early": early,
            "peak_mb": peak_mb(),
            "growth_mb": resident_mb() - resident,
            "points_per_second": (n_points - 2 * settle) / seconds if n_points > 2 * settle else None,
        }
    )
    return rows
