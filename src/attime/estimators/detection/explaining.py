"""Why something is out of the ordinary: from a fitted detector and a series to a `Departure`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from jaxtyping import Bool, Float64

from attime.estimators.detection.arriving import Data
from attime.estimators.detection.departure import Departure, EventDeparture, NormalWindow
from attime.estimators.detection.detection import Detected
from attime.estimators.detection.events import Event
from attime.estimators.detection.expecting import expected_by_keys, expected_by_network
from attime.estimators.detection.reference import ReferenceScorer
from attime.estimators.detection.scoring import Scorer, Values, windows_of
from attime.nn.reconstruction import Reconstructing

if TYPE_CHECKING:
    from attime.estimators.detection.detector import AttentionDetector

HOLD = 0.9  # of the relevance


def departures_of(detector: AttentionDetector, X: Data) -> Departure | tuple[Departure, ...]:
    """Return the departure of one series, or one for each of several."""
    found = detector.detect(X)
    if isinstance(found, Detected):
        return _departure(detector, found)
    return tuple(_departure(detector, part) for part in found)


def _departure(detector: AttentionDetector, detected: Detected) -> Departure:
    scale, scorer, n_channels = detector.scale_, detector._scorer, len(detector.channels_)
    values = scale.transform(detected.values)
    hidden = np.zeros(values.shape, dtype=bool)
    if isinstance(scorer, ReferenceScorer):
        usual = detector.fusion_.usual[:, scorer.views.index("level")]
        expected, hidden, relevance = expected_by_keys(scorer.module, values, usual)
    else:
        assert isinstance(scorer.module, Reconstructing)
        expected = expected_by_network(scorer.module, values, scorer.window, scorer.stride)
        relevance = detected.by_group[:, :n_channels].clip(min=0).T
    relevance = np.where(np.isnan(values), np.nan, np.nan_to_num(relevance)).T
    events = tuple(_why(event, relevance, values, hidden, detector) for event in detected.events)
    return Departure(detected, relevance, scale.inverse_transform(expected).T, events, detector.window_)


def _why(
    event: Event,
    relevance: Float64[np.ndarray, "time channel"],
    values: Values,
    hidden: Bool[np.ndarray, "channel time"],
    detector: AttentionDetector,
) -> EventDeparture:
    own = np.nan_to_num(relevance[event.start : event.end])
    by_channel, by_step = own.sum(0), own.sum(1)
    order = np.argsort(-by_channel, kind="stable")
    largest = np.argsort(-by_step, kind="stable")
    n_steps = int(np.searchsorted(np.cumsum(by_step[largest]), HOLD * by_step.sum())) + 1
    middle = event.start + int((np.arange(len(own)) * by_step).sum() / (by_step.sum() or 1.0))
    begin = min(max(middle - detector.window_ // 2, 0), max(values.shape[1] - detector.window_, 0))
    return EventDeparture(
        event=event,
        channels=tuple(detector.channels_[number] for number in order),
        shares=by_channel[order] / (by_channel.sum() or 1.0),
        steps=event.start + np.sort(largest[:n_steps]),
        begin=begin,
        nearest=_nearest(values, hidden, begin, detector),
    )


def _nearest(
    values: Values, hidden: Bool[np.ndarray, "channel time"], begin: int, detector: AttentionDetector
) -> tuple[NormalWindow, ...]:
    """Return the normal windows that are attended to by what is usual in a window, or by all of it if too little is."""
    scorer: Scorer = detector._scorer
    if not isinstance(scorer, ReferenceScorer):
        return ()
    own = slice(begin, begin + scorer.window)
    for shown in (np.where(hidden, np.nan, values)[:, own], values[:, own]):
        windows, present = windows_of(shown, scorer.window)
        found = scorer.module.attend(windows, present)
        if float(found.weights.sum()) > 0:
            break
    keys = scorer.module
    nearest = []
    for weight, key in zip(found.weights[0].tolist(), found.keys[0].tolist(), strict=True):
        measured = torch.where(keys.present[key], keys.keys[key], torch.nan).double().numpy()
        in_unit = detector.scale_.inverse_transform(measured)
        nearest.append(NormalWindow(int(keys.owners[key]), int(keys.starts[key]), weight, in_unit))
    return tuple(nearest)
