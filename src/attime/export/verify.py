"""What an exported graph says is compared with what torch and the estimator say, before anybody relies on it."""

from __future__ import annotations

import warnings

import numpy as np
import torch

from attime.errors import UnsuitableError
from attime.export.graph import Graph
from attime.export.needs import needed

TOLERANCE = 1e-5  # of the size of the numbers
N_CASES = (1, 3, 17)
AT_THE_BORDER = 0.02  # share of what is said of steps that may differ where steps choose words
BY_WORDS = 1e-2  # of the size of the numbers: what may come of that for a whole series


def verify(content: bytes, graph: Graph) -> None:
    """Compare onnxruntime with torch on series of several numbers and lengths, with gaps, and with the estimator once.

    Raises
    ------
    UnsuitableError
        If they differ by more than 1e-5 of the size of the numbers. A step of a dictionary that lies within rounding of
        the border of two words may choose either, so there a few steps may differ.
    """
    runtime = needed("onnxruntime")
    session = runtime.InferenceSession(content, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    for number, n_cases in enumerate(N_CASES):
        n_steps = graph.lengths[number % len(graph.lengths)]
        drawn = graph.drawn(n_cases, n_steps)
        with torch.no_grad():
            expected = graph.module(*map(torch.from_numpy, drawn.values()))
        for name, found in zip(names, session.run(names, drawn), strict=True):
            told = f"{name} of {n_cases} series of {n_steps} steps"
            _compare(found, expected[name].numpy(), told, words=graph.words)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of series that were only made up
        said = graph.said()
    for name, found in zip(said.outputs, session.run([*said.outputs], said.inputs), strict=True):
        _compare(found, said.outputs[name], name, words=graph.words, by="the estimator")


def _compare(found: np.ndarray, expected: np.ndarray, told: str, *, words: bool, by: str = "torch") -> None:
    if found.shape != expected.shape or not np.array_equal(np.isnan(found), np.isnan(expected)):
        raise UnsuitableError(
            f"the exported graph gives {told} the shape {found.shape}, or misses other values, expected "
            f"{expected.shape}; nothing was written, please report this"
        )
    away = np.nan_to_num(np.abs(found.astype(np.float64) - expected))
    size = max(float(np.nanmax(np.abs(expected), initial=0.0)), 1e-30)
    far = away > TOLERANCE * size
    tolerable = words and bool((away <= BY_WORDS * size).all() or far.mean() <= AT_THE_BORDER)
    if far.any() and not tolerable:
        raise UnsuitableError(
            f"the exported graph gives {told} that differ by {away.max() / size:.1e} of their size from what {by} "
            f"gives, expected {TOLERANCE:g} at most; nothing was written, please report this"
        )
