"""Series to begin with in the explorer: those of a file, what a forecaster has seen, or generated waves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from attime.data import SeriesSet, SineConfig, make_sine, read
from attime.errors import DataError
from attime.estimators.detection import AttentionDetector
from attime.estimators.forecasting import AttentionForecaster
from attime.names import pick
from attime.nn.reference import ReferenceAttention
from attime.service.listings import Example, Examples
from attime.service.series import Channels
from attime.service.served import Served
from attime.service.work.common import plain

MOST = 40
GENERATED = 8
LONGEST = 2000  # steps
WINDOWS = 6  # in a wave for a detector


def examples_of(model: Served, given: SeriesSet | None) -> Examples:
    """Return series that a model takes, those that were given first of all."""
    if given is not None:
        return _of_set(model, given, given.source or "the examples that were given")
    estimator = model.estimator
    if isinstance(estimator, AttentionForecaster):
        records = list(estimator.context_)[:MOST]
        found = [_example(f"series {record.name}", record.target[np.newaxis], model.most) for record in records]
        return Examples(model=model.name, source="the last steps that the model has seen", examples=found)
    if isinstance(estimator, AttentionDetector):
        return _of_detector(model, estimator)
    return _of_set(model, _waves(model, min(model.most, LONGEST)), "generated sine waves")


def check_examples(model: Served, given: SeriesSet) -> None:
    """See that a model takes the series.

    Raises
    ------
    DataError
        If it does not.
    """
    shortest, longest = int(given.lengths.min()), int(given.lengths.max())
    if given.n_channels != len(model.channels) or shortest < model.fewest or longest > model.most:
        raise DataError(
            f"{given.from_where}series of {given.n_channels} channels and {shortest} to {longest} steps arrived, model "
            f"{model.name!r} takes {len(model.channels)} channels and {model.fewest} to {model.most} steps; give others"
        )


def _of_detector(model: Served, detector: AttentionDetector) -> Examples:
    """Return what is kept of the series that were learnt; of those who keep none, waves on the scale of the model."""
    length = min(WINDOWS * detector.window_, model.most, LONGEST)
    keys = detector.module_
    if isinstance(keys, ReferenceAttention):
        parts, source = _learnt(keys, length), "what the model keeps of the series that it has learnt"
    else:
        parts, source = list(_waves(model, length).values.astype(np.float64)), "generated sine waves"
    in_unit = [detector.scale_.inverse_transform(part) for part in parts]
    found = [_example(f"part {number}", part, model.most) for number, part in enumerate(in_unit)]
    return Examples(model=model.name, source=source, examples=found)


def _learnt(keys: ReferenceAttention, length: int) -> list[Channels]:
    """Put the windows of the first series back to where they were, and cut it into parts."""
    own = keys.owners == keys.owners[0]
    values = torch.where(keys.present[own], keys.keys[own], torch.nan).double().numpy()
    starts = keys.starts[own].tolist()
    series = np.full((keys.n_channels, max(starts) + keys.window), np.nan)
    for start, window in zip(starts, values, strict=True):
        series[:, start : start + keys.window] = window
    places = range(0, max(1, series.shape[1] - length // 2), length)
    parts = [series[:, place : place + length] for place in places[:GENERATED]]
    return [part for part in parts if not np.isnan(part).all() and part.shape[1] >= keys.window] or [series]


def _waves(model: Served, n_steps: int) -> SeriesSet:
    """Return sine waves, some of them flattened; further channels are other waves."""
    n_channels = len(model.channels)
    waves = make_sine(SineConfig(n_series=GENERATED * n_channels, n_steps=max(n_steps, 2)))
    values = waves.values[:, 0, :n_steps].reshape(GENERATED, n_channels, n_steps)
    if n_channels > 1 or waves.labels is None:
        return SeriesSet.of(values)
    return SeriesSet.of(values, waves.labels)


def _of_set(model: Served, given: SeriesSet, source: str) -> Examples:
    found: list[Example] = []
    for case in range(min(len(given), MOST)):
        label = "" if given.labels is None else f", {given.labels[case]}"
        end = int(given.lengths[case])
        found.append(_example(f"series {case}{label}", np.asarray(given.values[case, :, :end]), model.most))
    return Examples(model=model.name, source=source, examples=found)


def _example(name: str, values: Channels | Any, most: int) -> Example:
    """Return the last steps of a series, no more than the model takes, as the numbers that they are."""
    return Example(name=name, series=plain(values[:, -most:].astype(np.float64)))


def read_examples(files: Sequence[str], models: Mapping[str, object]) -> dict[str, SeriesSet]:
    """Read files of series, each for the model before its ``=``, or for all models that have none of their own.

    A path that is there, or a folder before the ``=``, is no name: ``day=3/series.csv`` is a file.

    Raises
    ------
    OptionError
        If there is no such model.
    DataError
        If a file cannot be read.

    Examples
    --------
    >>> read_examples(["sinus=series.csv"], {"sine": ...})
    Traceback (most recent call last):
    attime.errors.OptionError: model 'sinus' is unknown, expected one of sine; did you mean 'sine'?
    """
    own: dict[str, SeriesSet] = {}
    general: dict[str, SeriesSet] = {}
    for entry in files:
        name, given, path = entry.partition("=")
        if given and Path(name).name == name and not Path(entry).exists():
            pick(models, name, what="model")
            own[name] = read(path)
        else:
            general = dict.fromkeys(models, read(entry))
    return general | own
