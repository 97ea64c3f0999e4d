"""The codes of windows, as an autoencoder writes them: what is unlike all that was learnt lies apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float64, Int64

from attime.errors import DataError
from attime.estimators.detection import AttentionDetector, Detected
from attime.estimators.detection.scoring import at, starts_of, windows_of
from attime.nn.reconstruction import Reconstructing

BATCH = 256


@dataclass(frozen=True, eq=False)
class Codes:
    """The code of every window of a series; made by `codes`.

    Attributes
    ----------
    values
        Shape (window, code).
    scores
        The highest score of the steps of each window.
    starts
        Its first step.
    threshold
        The score that belongs to the rate asked for.
    """

    values: Float64[np.ndarray, "window code"]
    scores: Float64[np.ndarray, " window"]
    starts: Int64[np.ndarray, " window"]
    threshold: float


@torch.no_grad()
def codes(detector: AttentionDetector, detected: Detected, *, step: int | None = None) -> Codes:
    """Return the codes of the windows of a series.

    Parameters
    ----------
    detector
        Fitted, with an autoencoder.
    detected
        What it found in a series.
    step
        From one window to the next; the length of a window if not given, so that none overlap.

    Raises
    ------
    DataError
        If the model has no codes.

    Examples
    --------
    >>> from attime.nn.networks.detection import VariationalRecurrent
    >>> series = np.sin(np.arange(400) / 4)
    >>> detector = AttentionDetector(
    ...     VariationalRecurrent(hidden=4, d_code=3), window=25, training={"max_epochs": 1}, random_state=0
    ... ).fit(series)
    >>> codes(detector, detector.detect(series)).values.shape
    (16, 3)
    """
    network, window = detector.module_, detector.window_
    windows, present = windows_of(detector.scale_.transform(detected.values), window)
    starts = starts_of(len(windows), window if step is None else step)
    windows, present = at(windows, present, starts)
    parts = []
    for own, there in zip(windows.split(BATCH), present.split(BATCH), strict=True):
        latent = network.eval()(own, there).latent if isinstance(network, Reconstructing) else None
        if latent is None:
            raise DataError(
                f"the model {detector.model!r} arrived, expected one that writes codes: 'variational' or 'recurrent'"
            )
        parts.append(latent)
    padded = np.append(detected.scores, np.full(window, np.nan))
    own_scores = [padded[start : start + window] for start in starts.tolist()]
    highest = [float(np.nanmax(row)) if np.isfinite(row).any() else np.nan for row in own_scores]
    return Codes(torch.cat(parts).double().numpy(), np.array(highest), starts, detected.threshold)
