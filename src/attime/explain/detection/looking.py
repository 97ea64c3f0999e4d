"""Where a network looked within one window: its map of self-attention."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float64, Shaped

from attime.attention import AttentionMap
from attime.errors import DataError, OptionError
from attime.estimators.detection import AttentionDetector, Detected
from attime.estimators.detection.scoring import windows_of
from attime.nn.reconstruction import Reconstructing


@dataclass(frozen=True, eq=False)
class Look:
    """A window and the attention within it; made by `look`.

    Attributes
    ----------
    values
        The window in the unit of the data, shape (channel, step).
    times
        Of its steps.
    map
        One case: (case, query, key), with or without heads.
    """

    values: Float64[np.ndarray, "channel step"]
    times: Shaped[np.ndarray, " step"]
    map: AttentionMap


@torch.no_grad()
def look(detector: AttentionDetector, detected: Detected, start: int) -> Look:
    """Return the attention within the window that begins at a step.

    Parameters
    ----------
    detector
        Fitted, with a network that attends within windows: ``"variational"`` or ``"masked"``.
    detected
        What it found in a series.
    start
        The first step of the window.

    Raises
    ------
    DataError
        If the model does not attend within windows.
    OptionError
        If no whole window begins at that step.

    Examples
    --------
    >>> from attime.nn.networks.detection import VariationalRecurrent
    >>> series = np.sin(np.arange(400) / 4)
    >>> detector = AttentionDetector(
    ...     VariationalRecurrent(hidden=4, d_code=3), window=25, training={"max_epochs": 1}, random_state=0
    ... ).fit(series)
    >>> look(detector, detector.detect(series), 100).map.weights.shape
    torch.Size([1, 25, 25])
    """
    window, network = detector.window_, detector.module_
    if not 0 <= start <= max(len(detected) - window, 0):
        raise OptionError(
            f"start={start} arrived, expected a step at which a whole window of {window} begins: "
            f"0 to {max(len(detected) - window, 0)}"
        )
    own = slice(start, start + window)
    windows, present = windows_of(detector.scale_.transform(detected.values[:, own]), window)
    maps = network.eval()(windows, present).maps if isinstance(network, Reconstructing) else ()
    if not maps:
        raise DataError(
            f"the model {detector.model!r} arrived, expected one that attends within a window: 'variational' or "
            "'masked'"
        )
    return Look(detected.values[:, own], detected.times[own], maps[-1])
