"""`AttentionClassifier`: fit, predict, and see at what time the network looked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from jaxtyping import Float, Int, Shaped
from numpy.typing import ArrayLike
from scipy.special import softmax
from sklearn.base import ClassifierMixin
from torch import Tensor

from attime.data import SeriesSet
from attime.data.labels import positions
from attime.estimators.base import AttentionEstimator
from attime.estimators.calibrating import calibrated, favoured
from attime.estimators.choosing import QUALITIES, Chooser
from attime.estimators.clock import Clock
from attime.estimators.fitting import Fitted, Material
from attime.estimators.parameters import checked_count, weights_of
from attime.estimators.targets import classes_of
from attime.names import pick
from attime.nn import Dictionary, Network
from attime.training import Cases, CrossEntropy, TrainingOptions


class AttentionClassifier(ClassifierMixin, AttentionEstimator):
    """Classify series, and see which steps made the class.

    Series come as an array (case, time) or (case, channel, time), as a list of arrays (channel, time) of unequal
    lengths, as a DataFrame with a row for each case, or as a `SeriesSet`. NaN means missing.

    Parameters
    ----------
    network
        ``"default"`` fits what suits the cases: dictionaries of fixed kernels where cases are few, a trained network
        where they are many, or both (`reason_` says which, and why). Or the name of one kind (``"dictionary"``,
        ``"convolutional"``, ``"transformer"``, ``"bilstm"``, ``"lstm"``, ``"reference"``), which also stands for the
        scaling and the training that suit it, or a description such as ``Convolutional(width=64)``.
    quality
        What ``"default"`` may try: ``"fast"`` (a few dictionaries and no network), ``"default"`` or ``"best"`` (more
        dictionaries, and five networks).
    time_budget
        Seconds that `fit` may take, roughly: there are fewer updates, fewer dictionaries or fewer cases if need be, and
        then equal seeds need not give equal models.
    training
        How to train: all options, or a dictionary of those that are to differ from what suits the network (for a
        description: from what suits networks of its kind).
    scaling
        ``"case"`` (each series on its own scale), ``"training"`` (the scale of the training cases), ``"both"``
        (each channel twice) or ``"none"``; what suits the network if not given.
    class_weight
        ``"balanced"`` (classes count the same, however rare), or a weight for each class, or None (cases count the
        same).
    n_networks
        How many networks to train, each from other random weights; the classifier is their mean. Five are more accurate
        than one, and point better, for five times the seconds.
    random_state
        Seed of everything random in `fit`: equal seeds give equal models on one machine with one number of threads.
        None draws a new one.

    Attributes
    ----------
    classes_
        The class labels, sorted.
    module_
        The trained network, an ordinary ``torch.nn.Module``; an ``attime.nn.Ensemble`` where there are several.
    reason_
        What was fitted and why it was chosen, in words.
    histories_
        Losses, learning rates and seconds of each epoch, network by network.
    history_
        Those of the first network.
    network_, training_, scaling_
        What `network`, `training` and `scaling` came to.
    scale_
        What the scaling has learnt.
    time_unit_
        The typical distance of two steps, where the series came with times; networks that attend from step to step
        then know how far apart steps are. None where steps are at equal distances.
    n_channels_, channels_, n_steps_, equal_lengths_, has_gaps_
        Channels of the training series, their names, the steps of the longest, whether all are as long, and whether
        values are missing in their midst; if so, the network sees where.
    static_
        How static covariates are coded, where the series came with any: ``static_.columns`` are their names. None
        without.

    Raises
    ------
    DataError
        If series or labels cannot be used; the message names the case.
    OptionError
        If a parameter is unknown or out of range.

    Examples
    --------
    >>> from attime import AttentionClassifier, SineConfig, make_sine
    >>> series = make_sine(SineConfig(n_series=200, n_steps=100))
    >>> clf = AttentionClassifier(random_state=0).fit(series)
    >>> clf.predict(series[:3]).shape, clf.attention(series[:3]).shape
    ((3,), (3, 100))
    """

    classes_: Shaped[np.ndarray, " class"]

    def __init__(
        self,
        network: str | Network = "default",
        *,
        quality: Literal["fast", "default", "best"] = "default",
        time_budget: float | None = None,
        training: TrainingOptions | Mapping[str, Any] | None = None,
        scaling: Literal["case", "training", "both", "none"] | None = None,
        class_weight: Literal["balanced"] | Mapping[object, float] | None = None,
        n_networks: int = 1,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.network = network
        self.quality = quality
        self.time_budget = time_budget
        self.training = training
        self.scaling = scaling
        self.class_weight = class_weight
        self.n_networks = n_networks
        self.random_state = random_state

    def predict_proba(self, X: ArrayLike | pd.DataFrame | SeriesSet) -> Float[np.ndarray, "case class"]:
        """Return the probability of each class for each case, in the order of `classes_`."""
        return softmax(self.logits(X).astype(np.float64), axis=1)

    def logits(self, X: ArrayLike | pd.DataFrame | SeriesSet) -> Float[np.ndarray, "case class"]:
        """Return the logit of each class for each case: its bias and its evidence, added up."""
        return self.outcomes(X)

    def predict(self, X: ArrayLike | pd.DataFrame | SeriesSet) -> Shaped[np.ndarray, " case"]:
        """Return the most probable class of each case."""
        winners = self.predict_proba(X).argmax(1)
        return self.classes_[winners]

    def _learn_targets(self, series: SeriesSet) -> None:
        self.classes_, _ = classes_of(series)

    def _targets(self, series: SeriesSet) -> Int[np.ndarray, " case"]:
        assert series.labels is not None
        return positions(series.labels.tolist(), self.classes_.tolist())

    @property
    def _n_outcomes(self) -> int:
        return len(self.classes_)

    def _fit_module(self, material: Material, clock: Clock, rng: np.random.Generator) -> Fitted:
        quality, weights = pick(QUALITIES, self.quality, what="quality"), self._weights(material.cases)
        if self.network == "default":
            n_networks = max(quality.n_networks, checked_count(self.n_networks, "n_networks"))
            quality = replace(quality, n_networks=n_networks if quality.n_networks else 0)
            chooser = Chooser(quality, self._build, CrossEntropy(None), self.training_, clock, rng)
            return favoured(chooser.fit(material), weights)
        fitted = super()._fit_module(material, clock, rng)
        if isinstance(fitted.network, Dictionary):
            return favoured(fitted, weights)
        return fitted if material.held_out is None else calibrated(fitted, material.held_out, weights)

    def _weights(self, cases: Cases) -> Float[Tensor, " class"] | None:
        return weights_of(self.classes_, cases.targets.numpy(), self.class_weight)

    def _loss(self, cases: Cases) -> CrossEntropy:
        return CrossEntropy(self._weights(cases))
