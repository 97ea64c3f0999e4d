"""`AttentionDetector`: learn what is normal, score every step, and raise alarms at a rate that was asked for."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self

import numpy as np
from jaxtyping import Float64, Int64
from sklearn.base import BaseEstimator, OutlierMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted
from torch import nn

from attime.errors import DataError, DataWarning, OptionError
from attime.estimators.detection.arriving import Data, Watched, watched
from attime.estimators.detection.calibration import STEP, Calibration, Level
from attime.estimators.detection.departure import Departure
from attime.estimators.detection.detection import Detected, Detection
from attime.estimators.detection.events import events_of
from attime.estimators.detection.explaining import departures_of
from attime.estimators.detection.fusion import Fusion, highest_of
from attime.estimators.detection.models import scorer_of
from attime.estimators.detection.reference import ReferenceScorer
from attime.estimators.detection.saving import load_detector, save_detector
from attime.estimators.detection.scale import ChannelScale, without_glitches
from attime.estimators.detection.scoring import Energies, Scorer, energies_of
from attime.estimators.detection.stream import Stream
from attime.estimators.detection.window import SHORTEST, find_window
from attime.estimators.parameters import seed_of
from attime.nn.networks.detection import Reconstructor
from attime.training import History, TrainingOptions

HIGHEST = 0.1  # share of the steps of a whole series, those with the highest scores, whose mean is its score


class AttentionDetector(OutlierMixin, BaseEstimator):
    """Learn from series that are mostly normal, and score how unusual each step of others is.

    Series come as one array (time,) or (time, channel), or as many: (case, channel, time), or a list. NaN is missing.

    Parameters
    ----------
    model
        ``"default"``: attention to the windows of the training part, by level, shape and change; ``"nearest"``: by
        level alone. ``"variational"``: a recurrent autoencoder with variational self-attention; ``"recurrent"``: one
        without; ``"masked"``: a transformer that fills in what is hidden. Or a description of one of these networks.
    window
        Steps that are looked at together; the length of a cycle if not given, or of the shortest series where whole
        series are judged.
    alarm_rate
        False alarms per 1,000 steps.
    adaptive
        Let the level of significance follow the alarms, so that the rate holds in the long run even where normal
        behaviour drifts away from what was learnt. Otherwise the threshold stays.
    unit
        What is judged: each ``"step"``, or each ``"series"`` as a whole.
    training
        How to train a network: all options, or a dictionary of those that are to differ.
    random_state
        Seed of everything random in `fit`.

    Attributes
    ----------
    module_
        The network, an ordinary ``torch.nn.Module``.
    window_
        Steps of a window.
    threshold_
        The score that belongs to the alarm rate.
    calibration_
        Scores of training steps by what was learnt from others.
    histories_
        The course of the training of a network; none of reference attention.
    n_cases_, n_steps_
        Series of `fit`, and the steps of all of them.
    channels_, n_features_in_
        The names and the number of the channels; `feature_names_in_` as well where they came in a frame.
    offset_
        −`threshold_`: unless the level adapts, `decision_function` is `score_samples` − `offset_`.

    Examples
    --------
    >>> time = np.arange(1200)
    >>> series = np.sin(time / 4) + 0.05 * np.random.default_rng(0).normal(size=1200)
    >>> series[1000:1010] = 0
    >>> detector = AttentionDetector().fit(series[:800])
    >>> worst = max(detector.detect(series[800:]).events, key=lambda event: event.severity)
    >>> worst.start < 205 < worst.end
    True
    """

    module_: nn.Module
    window_: int
    threshold_: float
    offset_: float
    scale_: ChannelScale
    fusion_: Fusion
    calibration_: Calibration
    channels_: tuple[str, ...]
    n_features_in_: int
    n_cases_: int
    n_steps_: int
    histories_: tuple[History, ...]
    feature_names_in_: np.ndarray
    _scorer: Scorer

    def __init__(
        self,
        model: str | Reconstructor = "default",
        *,
        window: int | None = None,
        alarm_rate: float = 10.0,
        adaptive: bool = True,
        unit: Literal["step", "series"] = "step",
        training: TrainingOptions | Mapping[str, Any] | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.model = model
        self.window = window
        self.alarm_rate = alarm_rate
        self.adaptive = adaptive
        self.unit = unit
        self.training = training
        self.random_state = random_state

    def fit(self, X: Data, y: None = None) -> Self:
        """Learn what is normal.

        Parameters
        ----------
        X
            One series, an array (time,) or (time, channel) or a frame with a row for each time; or several, an array
            (case, channel, time), a list of arrays, or a `SeriesSet`. They may hold some anomalies.
        y
            Ignored.

        Raises
        ------
        DataError
            If there is nothing to learn from, or series are shorter than the window.
        OptionError
            If a parameter is wrong.
        """
        self._fit(X)
        return self

    def __sklearn_tags__(self) -> Tags:
        """Tell scikit-learn that NaN and several series are welcome."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.three_d_array = True
        return tags

    def score_samples(self, X: Data) -> Float64[np.ndarray, ...]:
        """Return how normal each step is: minus its score, as scikit-learn has it.

        Returns
        -------
        array
            Of shape (time,) for one series, (case, time) for many, ending in NaN where they are shorter; or (case,)
            where series are judged as a whole.

        Raises
        ------
        DataError
            If the channels are not those of `fit`.
        """
        given = self._given(X)
        return self._as_asked(given, [-scores for scores in self._scores(given)])

    def decision_function(self, X: Data) -> Float64[np.ndarray, ...]:
        """Return by how much each step is below the threshold of its time; negative ones are alarms."""
        given = self._given(X)
        return self._as_asked(given, [self._margins(scores) for scores in self._scores(given)])

    def predict(self, X: Data) -> Int64[np.ndarray, ...]:
        """Return −1 at alarms, and 1 elsewhere."""
        return np.where(self.decision_function(X) < 0, -1, 1)

    def fit_predict(self, X: Data, y: None = None) -> Int64[np.ndarray, ...]:
        """Learn from series and return the alarms in them, each part judged by what was learnt from the others."""
        given, found = self._fit(X)
        margins = [self._margins(scores) for scores in found]
        return np.where(self._as_asked(given, margins) < 0, -1, 1)

    def detect(self, X: Data) -> Detected | Detection:
        """Return scores, p-values, alarms and events of one series, or of each of several.

        Returns
        -------
        Detected or Detection
            For one series what was found in it; for several, a sequence of these.

        Raises
        ------
        OptionError
            If series are judged as a whole: then there are no steps to tell of.
        """
        if self.unit == "series":
            raise OptionError("unit='series' arrived, expected 'step' to detect events; use score_samples or predict")
        given = self._given(X)
        parts = [self._detected(given, number, energies) for number, energies in enumerate(self._energies(given))]
        return parts[0] if given.alone else Detection(tuple(parts))

    def explain(self, X: Data) -> Departure | tuple[Departure, ...]:
        """Return which steps and channels of a series are unusual, and what would have been normal; see `Departure`.

        Returns
        -------
        Departure or tuple of Departure
            For one series its own; for several, one for each.

        Raises
        ------
        OptionError
            If series are judged as a whole.
        """
        return departures_of(self, X)

    def update(self, X: Data) -> Self:
        """Add series that are normal to what is known, without fitting again.

        Their windows become keys of the reference attention, and their scores, each part judged by all but itself, join
        those of calibration; a network stays as it is.
        """
        given = self._given(X)
        if isinstance(self._scorer, ReferenceScorer):
            energies = self._scorer.add([self.scale_.transform(values) for values in given.series])
            self.module_ = self._scorer.module
        else:
            energies = self._energies(given)
        scores = [self._judged(self.fusion_.scores(own)) for own in energies]
        self.calibration_ = self.calibration_.with_later(scores)
        return self._with_threshold()

    def stream(self) -> Stream:
        """Return what scores a series as it arrives, in bounded memory; see `Stream`.

        Raises
        ------
        OptionError
            If series are judged as a whole.
        """
        check_is_fitted(self, "calibration_")
        if self.unit == "series":
            raise OptionError("unit='series' arrived, expected 'step' to score steps as they arrive")
        return Stream(self._scorer, self.scale_, self.fusion_, self.calibration_, self._level())

    def save(self, path: str | os.PathLike[str], *, card: bool = False) -> None:
        """Write the fitted detector to one file (safetensors with a JSON specification, no pickle).

        Parameters
        ----------
        path
            The file; its name usually ends in ``.attime``.
        card
            Write a model card beside it, which tells in Markdown what the model is.

        Raises
        ------
        OutputError
            If the file cannot be written.
        """
        check_is_fitted(self, "calibration_")
        save_detector(self, path, card=card)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> AttentionDetector:
        """Read a detector from a file that `save` has written.

        Raises
        ------
        ModelFileError
            If the file is no model file, is damaged, or holds another kind of model.
        """
        return load_detector(cls, path)

    def _fit(self, X: Data) -> tuple[Watched, list[Float64[np.ndarray, " time"]]]:
        """Learn, and return the scores of what was set apart; one for each series where these are judged as a whole."""
        self._check_options()
        for name in [name for name in vars(self) if name.endswith("_")]:
            delattr(self, name)  # a fit that fails does not leave half of an older one
        given = watched(X, self, reset=True, cases=self.unit == "series")
        whole = self.unit == "series"
        longest = max(values.shape[1] for values in given.series)
        shortest = min(values.shape[1] for values in given.series)
        least = 2 if whole else SHORTEST
        if (shortest if whole else longest) < max(self.window or 0, least):
            raise DataError(
                f"series of {shortest} to {longest} steps arrived, expected {self.window or least} at least, a window; "
                "give longer series, with a row for each step, or a shorter window"
            )
        series = without_glitches(given.series, given.channels)
        self.scale_ = ChannelScale.fit(series)
        if self.scale_.constant:
            warnings.warn("nothing ever changes in the series; any change will count", DataWarning, stacklevel=3)
        scaled = [self.scale_.transform(values) for values in series]
        self.window_ = self.window or (shortest if whole else find_window(scaled))
        self._scorer = scorer_of(
            self.model,
            self.window_,
            training=self.training,
            seed=seed_of(self.random_state),
        )
        energies = self._scorer.fit(scaled)
        self.fusion_ = Fusion.fit(energies, are_distances=self._scorer.are_distances)
        self.channels_, self.n_features_in_ = given.channels, len(given.channels)
        self.n_cases_, self.n_steps_ = len(series), sum(values.shape[1] for values in series)
        self.histories_ = self._scorer.histories
        scores = [self._judged(self.fusion_.scores(own)) for own in energies]
        calibration = Calibration.of(scores)
        if not len(calibration.scores):
            raise DataError(
                f"{len(given.series)} series of {longest} steps at most arrived, too few to set some apart by which "
                f"the others are judged; expected two windows of {self.window_} steps at least, or two series that are "
                "judged as a whole: give more or longer series, or a shorter window"
            )
        self.calibration_ = calibration
        self._warn_of_silence()
        self.module_ = self._scorer.module
        self._with_threshold()
        return given, scores

    def _warn_of_silence(self) -> None:
        """Say so where no alarm can be as rare as was asked for: none is rarer than a score above all others."""
        rarest = self.calibration_.rarest
        if rarest > self.alarm_rate / 1000:
            warnings.warn(
                f"alarm_rate={self.alarm_rate:g} asks for alarms rarer than {len(self.calibration_.scores)} scores of "
                f"normal {'series' if self.unit == 'series' else 'steps'} can tell, so none will be raised at first; "
                f"give more to learn from, or alarm_rate={np.ceil(1000 * rarest * 10) / 10:g} or more",
                DataWarning,
                stacklevel=4,
            )

    def _with_threshold(self) -> Self:
        self.threshold_ = self.calibration_.threshold(self.alarm_rate / 1000)
        self.offset_ = -self.threshold_
        return self

    def _check_options(self) -> None:
        if not (isinstance(self.alarm_rate, int | float | np.number) and 0 < self.alarm_rate < 1000):
            raise OptionError(
                f"alarm_rate={self.alarm_rate!r} arrived, expected alarms per 1,000 steps, above 0 and below 1,000"
            )
        if self.unit not in ("step", "series"):
            raise OptionError(f"unit={self.unit!r} arrived, expected 'step' or 'series'")
        if self.window is not None and not (isinstance(self.window, int | np.integer) and self.window >= 2):
            raise OptionError(f"window={self.window!r} arrived, expected a whole number of steps, 2 at least")

    def _given(self, X: Data) -> Watched:
        check_is_fitted(self, "calibration_")
        given = watched(X, self, reset=False, cases=self.unit == "series")
        if len(given.channels) != self.n_features_in_:
            raise DataError(
                f"series of {len(given.channels)} channels arrived, the detector was fitted to {self.n_features_in_} "
                f"({', '.join(self.channels_)}); give these, NaN where one was not measured"
            )
        if given.channels != self.channels_ and set(given.channels) == set(self.channels_):
            raise DataError(
                f"the channels {', '.join(given.channels)} arrived, expected the order of fit: "
                f"{', '.join(self.channels_)}; sort the columns"
            )
        for values in given.series:
            if values.shape[1] * 2 < self.window_:
                raise DataError(
                    f"a series of {values.shape[1]} steps arrived, expected half a window of {self.window_} at least; "
                    "give a longer series, or fit with a shorter window"
                )
            self.scale_.warn_of_jumps(values, self.channels_)
        return given

    def _energies(self, given: Watched) -> list[Energies]:
        return [energies_of(self._scorer, self.scale_.transform(values)) for values in given.series]

    def _scores(self, given: Watched) -> list[Float64[np.ndarray, " time"]]:
        return [self._judged(self.fusion_.scores(energies)) for energies in self._energies(given)]

    def _judged(self, scores: Float64[np.ndarray, " time"]) -> Float64[np.ndarray, " time"]:
        """Return the scores of the steps, or that of the series as a whole."""
        if self.unit == "step":
            return scores
        known = np.sort(scores[~np.isnan(scores)])
        highest = known[-max(1, round(HIGHEST * len(known))) :]
        return np.array([highest.mean() if len(highest) else np.nan])

    def _level(self) -> Level:
        asked = self.alarm_rate / 1000
        return Level(asked, asked, STEP if self.adaptive and self.unit == "step" else 0.0)

    def _margins(self, scores: Float64[np.ndarray, " time"]) -> Float64[np.ndarray, " time"]:
        """Return how far scores are below the threshold of their time; where none can reach it, below the highest."""
        p_values = self.calibration_.p_values(scores)
        levels = self._level().follow(p_values)
        thresholds = {level: self.calibration_.threshold(level) for level in np.unique(levels).tolist()}
        margins = np.array([thresholds[level] for level in levels.tolist()]) - scores
        out_of_reach = np.maximum(self.calibration_.ordered[-1], np.fmax(scores, -np.inf)) + 1 - scores
        return np.where(np.isposinf(margins), out_of_reach, margins)

    def _as_asked(self, given: Watched, parts: Sequence[Float64[np.ndarray, " time"]]) -> Float64[np.ndarray, ...]:
        return np.concatenate(parts) if self.unit == "series" else given.gathered(parts)

    def _detected(self, given: Watched, number: int, energies: Energies) -> Detected:
        by_group = self.fusion_.by_group(energies)
        scores, level = highest_of(by_group), self._level()
        p_values = self.calibration_.p_values(scores)
        levels = level.follow(p_values)
        groups = (*self.channels_, *self._scorer.groups)
        alarms = p_values <= levels
        events = events_of(
            by_group,
            p_values,
            alarms,
            level=level.asked,
            rarest=self.calibration_.rarest,
            near=self.window_,
            times=given.times[number],
            groups=groups,
            series=number,
        )
        return Detected(
            given.series[number],
            given.times[number],
            scores,
            by_group,
            p_values,
            levels,
            alarms,
            tuple(events),
            self.threshold_,
            self.channels_,
            groups,
        )
