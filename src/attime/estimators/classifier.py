"""`AttentionClassifier`: fit, predict, and see at what time the network looked."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
import torch
from jaxtyping import Float, Shaped
from numpy.typing import ArrayLike
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from attime.attention import AttentionMap
from attime.data import SeriesSet
from attime.data.labels import positions
from attime.data.split import stratified_holdout
from attime.errors import DataError
from attime.estimators.inputs import classes_of, look_for_constant_series, look_for_longer_series, series_of
from attime.estimators.parameters import checked_count, seed_of, weights_of
from attime.estimators.recipes import RECIPES, recipe_for
from attime.estimators.saving import load_classifier, save_classifier
from attime.estimators.scaling import SCALES
from attime.estimators.times import in_steps, look_for_missing_times, look_for_unseen_times, typical_distance
from attime.names import pick
from attime.nn import Ensemble, Network, Output, SeriesClassifier
from attime.training import Cases, CrossEntropy, History, TrainingOptions, find_device, run, seeded, train

HELD_OUT_SHARE, HELD_OUT_AT_LEAST = 0.1, 30  # fewer held-out cases say too little to choose an epoch by


class AttentionClassifier(ClassifierMixin, BaseEstimator):
    """Classify series, and see which steps made the class.

    Series come as an array (case, time) or (case, channel, time), as a list of arrays (channel, time) of unequal
    lengths, as a DataFrame with a row for each case, or as a `SeriesSet`. NaN means missing.

    Parameters
    ----------
    network
        A name (``"default"``, ``"transformer"``, ``"bilstm"``, ``"lstm"``, ``"reference"``), which also stands for the
        scaling and the training that suit it, or a description such as ``Convolutional(width=64)``.
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
    n_channels_, n_steps_, equal_lengths_, has_gaps_
        Channels of the training series, the steps of the longest, whether all are as long, and whether values are
        missing in their midst; if so, the network sees where.

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
        training: TrainingOptions | Mapping[str, Any] | None = None,
        scaling: Literal["case", "training", "both", "none"] | None = None,
        class_weight: Literal["balanced"] | Mapping[object, float] | None = None,
        n_networks: int = 1,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.network = network
        self.training = training
        self.scaling = scaling
        self.class_weight = class_weight
        self.n_networks = n_networks
        self.random_state = random_state

    def fit(
        self,
        X: ArrayLike | pd.DataFrame | SeriesSet,
        y: ArrayLike | None = None,
        *,
        validation: SeriesSet | tuple[ArrayLike, ArrayLike] | None = None,
    ) -> AttentionClassifier:
        """Learn to tell the classes.

        Parameters
        ----------
        X
            The series.
        y
            The class of each case; not needed for a `SeriesSet` that has labels.
        validation
            Series with labels to choose the best epoch by; if not given, some of the training cases may be held out
            (see ``TrainingOptions.validation_share``).
        """
        self._forget()
        n_networks = checked_count(self.n_networks, "n_networks")
        series = series_of(self, X, y, reset=True)
        self.classes_, targets = classes_of(series)
        self.network_, self.scaling_, self.training_ = self._choices()
        self.n_channels_, self.n_steps_ = series.n_channels, series.n_steps
        self.equal_lengths_ = bool((series.lengths == series.n_steps).all())
        look_for_constant_series(series, self.scaling_)
        look_for_unseen_times(series, self.network_)
        rng = np.random.default_rng(seed_of(self.random_state))
        if validation is None:
            parts = stratified_holdout(targets, self._share_to_hold_out(len(series)), rng)
            series, held_out, targets = series[parts.kept], series[parts.held_out], targets[parts.kept]
        else:
            held_out = self._validation_series(validation)

        self.has_gaps_ = bool(series.gaps.any())
        self.time_unit_ = typical_distance(series)
        self.scale_ = pick(SCALES, self.scaling_, what="scaling").fit(series.values)
        cases, held_out_cases = self._cases(series), self._cases(held_out) if len(held_out) else None
        loss = CrossEntropy(weights_of(self.classes_, targets, self.class_weight))
        networks: list[SeriesClassifier] = []
        histories: list[History] = []
        for _ in range(n_networks):
            with seeded(int(rng.integers(2**63)), find_device(self.training_.device)):
                network = self._build()
                if cases.times is None:  # else the n-th steps of two cases need not belong together
                    network.learn(cases.values, cases.observed)
                histories.append(train(network, cases, held_out_cases, loss=loss, options=self.training_))
                networks.append(network)
        self.histories_ = tuple(histories)
        # last: only now there is anything to predict by
        self.module_ = networks[0] if n_networks == 1 else Ensemble(networks).eval()
        return self

    @property
    def history_(self) -> History:
        """Losses, learning rates and seconds of each epoch of the (first) network."""
        check_is_fitted(self, "histories_")
        return self.histories_[0]

    def predict_proba(self, X: ArrayLike | pd.DataFrame | SeriesSet) -> Float[np.ndarray, "case class"]:
        """Return the probability of each class for each case, in the order of `classes_`."""
        return softmax(self.logits(X).astype(np.float64), axis=1)

    def logits(self, X: ArrayLike | pd.DataFrame | SeriesSet) -> Float[np.ndarray, "case class"]:
        """Return the logit of each class for each case: its bias and its evidence, added up."""
        return np.concatenate([output.prediction.float().cpu().numpy() for output in self.outputs(X)])

    def predict(self, X: ArrayLike | pd.DataFrame | SeriesSet) -> Shaped[np.ndarray, " case"]:
        """Return the most probable class of each case."""
        winners = self.predict_proba(X).argmax(1)
        return self.classes_[winners]

    def attention(self, X: ArrayLike | pd.DataFrame | SeriesSet) -> Float[np.ndarray, "case time"]:
        """Return how much each step counted when the steps were pooled; nothing where nothing was observed.

        With attention pooling the weights of a case sum to one.
        """
        return np.concatenate([output.maps[0].weights.float().cpu().numpy() for output in self.outputs(X)])

    def evidence(self, X: ArrayLike | pd.DataFrame | SeriesSet) -> Float[np.ndarray, "case class channel time"]:
        """Return what each step adds to the logit of each class.

        Summed over channel and time, and with the bias of the class, it is the logit. The channel axis has one entry
        where the network mixes the channels before it judges.
        """
        evidence = [output.evidence for output in self.outputs(X)]
        return np.concatenate([part.float().cpu().numpy() for part in evidence if part is not None])

    def attention_maps(self, X: ArrayLike | pd.DataFrame | SeriesSet) -> tuple[AttentionMap, ...]:
        """Return every attention of the network over these series, with named axes: the pooling, then layer by layer.

        A transformer's layers have the axes (case, head, query, key) and count tokens of `stride` steps; their memory
        grows with the square of the number of tokens. ``attime.attention.rollout`` and ``head_summary`` read them.
        """
        batches = [output.maps for output in self.outputs(X)]
        return tuple(_joined(parts) for parts in zip(*batches, strict=True))

    def series(self, X: ArrayLike | pd.DataFrame | SeriesSet) -> SeriesSet:
        """Return X as the `SeriesSet` that the classifier takes it for, checked against what it was fitted on."""
        check_is_fitted(self, "module_")
        return series_of(self, X, reset=False)

    def cases(self, X: ArrayLike | pd.DataFrame | SeriesSet) -> Cases:
        """Return X as the tensors that `module_` is called with: scaled, with masks and times."""
        series = self.series(X)
        if self.equal_lengths_:
            look_for_longer_series(series, self.n_steps_)
        look_for_missing_times(series, self.time_unit_, self.network_)
        return Cases.of(self.scale_.apply(series.values), times=self._times(series))

    def outputs(self, X: ArrayLike | pd.DataFrame | SeriesSet) -> Iterator[Output]:
        """Yield all that `module_` says of X, batch by batch: logits, attention and evidence in one."""
        cases = self.cases(X)  # first, for it says if there is no module yet
        return run(self.module_, cases, precision=self.training_.precision)

    @property
    def bias_(self) -> Float[np.ndarray, " class"]:
        """What is added to the evidence of each class, the same for every case."""
        check_is_fitted(self, "module_")
        return self.module_.bias.detach().cpu().numpy()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the fitted classifier to one file (safetensors with a JSON specification, no pickle).

        Raises
        ------
        OutputError
            If the file cannot be written.
        """
        check_is_fitted(self, "module_")
        save_classifier(self, path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> AttentionClassifier:
        """Read a classifier that was written by `save`.

        Raises
        ------
        ModelFileError
            If the file is not an attime classifier, or is damaged.
        """
        return load_classifier(cls, path)

    def __sklearn_tags__(self) -> Tags:
        """Tell scikit-learn that NaN and series of several channels are welcome."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.three_d_array = True
        return tags

    def _choices(self) -> tuple[Network, str, TrainingOptions]:
        """Return network, scaling and training as given, or as they suit the network."""
        if isinstance(self.network, Network):
            recipe, network = recipe_for(self.network), self.network
        else:
            recipe = pick(RECIPES, self.network, what="network")
            network = recipe.network
        if isinstance(self.training, TrainingOptions):
            training = self.training
        else:
            training = copy.copy(recipe.training).set_params(**(self.training or {}))
        return network.checked(), self.scaling or recipe.scaling, training.checked()

    def _forget(self) -> None:
        """Be as if never fitted, so that a fit that fails does not leave half of an older one."""
        for name in [name for name in vars(self) if name.endswith("_") and not name.startswith("_")]:
            delattr(self, name)

    def _share_to_hold_out(self, n_cases: int) -> float:
        share = self.training_.validation_share
        if share is not None:
            return share
        return HELD_OUT_SHARE if n_cases * HELD_OUT_SHARE >= HELD_OUT_AT_LEAST else 0.0

    def _validation_series(self, validation: SeriesSet | tuple[ArrayLike, ArrayLike]) -> SeriesSet:
        series = series_of(self, *(validation if isinstance(validation, tuple) else (validation,)), reset=False)
        if series.labels is None:
            raise DataError("validation cases arrived without labels; give (X, y), or a SeriesSet with labels")
        return series

    def _cases(self, series: SeriesSet) -> Cases:
        assert series.labels is not None
        targets = positions(series.labels.tolist(), self.classes_.tolist())
        return Cases.of(self.scale_.apply(series.values), targets, self._times(series))

    def _times(self, series: SeriesSet) -> Float[np.ndarray, "case time"] | None:
        """Return when each step was measured, or which step it is, if the network is to know; in typical steps."""
        if series.times is None or self.time_unit_ is None:  # a unit of what arrives would differ from call to call
            return series.steps
        return in_steps(series, self.time_unit_)

    def _build(self) -> SeriesClassifier:
        n_features = self.scale_.apply(np.zeros((1, self.n_channels_, 1))).shape[1]
        return self.network_.build(
            n_channels=n_features, n_classes=len(self.classes_), n_steps=self.n_steps_, gaps=self.has_gaps_
        )


def _joined(parts: Sequence[AttentionMap]) -> AttentionMap:
    """Put the maps of several batches of cases into one."""
    weights = torch.cat([part.weights.float().cpu() for part in parts])
    return AttentionMap(parts[0].name, weights, parts[0].axes, parts[0].stride)
