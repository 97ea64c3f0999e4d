"""`AttentionEstimator`: how classifier and regressor are fitted, step by step, and how they come to a file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any, Self, cast

import numpy as np
import pandas as pd
from jaxtyping import Shaped
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from attime.data import SeriesSet, Shards
from attime.data.split import stratified_holdout
from attime.errors import DataError
from attime.estimators.clock import Clock
from attime.estimators.fitting import Fitted, Material, Module, fit_dictionaries, fit_networks
from attime.estimators.inputs import look_for_constant_series, series_of, temporary_folder, without_padding
from attime.estimators.parameters import checked_count, seed_of, share_to_hold_out
from attime.estimators.parts import Part, cases_of
from attime.estimators.recipes import recipe_of
from attime.estimators.saving import load_estimator, save_estimator
from attime.estimators.scaling import SCALES
from attime.estimators.speaking import Speaking
from attime.estimators.static import StaticCode, with_columns_of
from attime.estimators.times import look_for_unseen_times, typical_distance
from attime.names import pick
from attime.nn import (
    Dictionary,
    DictionaryClassifier,
    Ensemble,
    Mixture,
    Network,
    SeriesClassifier,
    WithStatic,
)
from attime.nn.ensemble import Classifier
from attime.training import Cases, TrainingOptions
from attime.training.objectives import Loss

MOST_TIMES = 2**23  # of which the typical distance is taken: cases at even distances, where there are more


class AttentionEstimator(Speaking, BaseEstimator):
    """What all estimators of one outcome for each series share.

    A kind of estimator says what its targets are (`_learn_targets`, `_targets`), how many outcomes its network has
    (`_n_outcomes`), what being wrong costs (`_loss`), and what it predicts from `outcomes`.
    """

    network: str | Network
    training: TrainingOptions | Mapping[str, Any] | None
    scaling: str | None
    n_networks: int
    time_budget: float | None
    random_state: int | np.random.RandomState | None

    def fit(
        self,
        X: ArrayLike | pd.DataFrame | SeriesSet | Shards,
        y: ArrayLike | None = None,
        *,
        validation: SeriesSet | tuple[ArrayLike, ArrayLike] | None = None,
    ) -> Self:
        """Learn from series whose outcome is known.

        Parameters
        ----------
        X
            The series; or `attime.data.shards`, which need not fit into memory: they are laid down in temporary files
            (in ``TMPDIR``, 13 bytes for each value at most), and the estimator is the same as if they had been read.
        y
            What is to be learnt of each case: its class, for a regressor its number. Not needed for a `SeriesSet` that
            has labels, or for shards, which have their own.
        validation
            Series with labels to choose the best epoch by, and for a classifier also the temperature, and how far
            networks and dictionaries are trusted. Where only dictionaries are tried they are not used. If not given,
            some of the training cases may be held out (see ``TrainingOptions.validation_share``).
        """
        self._forget()
        clock = Clock(self.time_budget)
        with ExitStack() as kept:
            folder = kept.enter_context(temporary_folder()) if isinstance(X, Shards) else None
            series = without_padding(series_of(self, X, y, reset=True, folder=folder))
            self._learn_targets(series)
            self._choose(series)
            rng = np.random.default_rng(seed_of(self.random_state))
            learnt, held_out = self._divide(series, validation, rng)
            self._learn_scale(learnt)
            material = Material(
                cases_of(learnt, self._labelled, folder and folder / "learnt"),
                cases_of(held_out, self._labelled, folder and folder / "held out") if len(held_out) else None,
                ours=validation is None,
            )
            fitted = self._fit_module(material, clock, rng)
        self.network_, self.reason_, self.histories_ = fitted.network, fitted.reason, fitted.histories
        self.module_ = fitted.module  # last: only now there is anything to predict by
        return self

    def save(self, path: str | os.PathLike[str], *, card: bool = False) -> None:
        """Write the fitted estimator to one file (safetensors with a JSON specification, no pickle).

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
        check_is_fitted(self, "module_")
        save_estimator(self, path, card=card)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read an estimator that was written by `save`.

        Raises
        ------
        ModelFileError
            If the file is not a model of this kind, or is damaged.
        """
        return load_estimator(cls, path)

    def __sklearn_tags__(self) -> Tags:
        """Tell scikit-learn that NaN and series of several channels are welcome."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.three_d_array = True
        return tags

    def _learn_targets(self, series: SeriesSet) -> None:
        """Take from the labels what all targets are counted by, or say why they cannot be learnt."""
        raise NotImplementedError

    def _targets(self, series: SeriesSet) -> Shaped[np.ndarray, " case"]:
        """Return what the network is to say of each case: whole numbers are classes, others numbers."""
        raise NotImplementedError

    @property
    def _n_outcomes(self) -> int:
        """How many sums the network makes of its evidence."""
        raise NotImplementedError

    def _loss(self, cases: Cases) -> Loss:
        """Return what being wrong costs in these training cases."""
        raise NotImplementedError

    def _forget(self) -> None:
        """Be as if never fitted, so that a fit that fails does not leave half of an older one."""
        for name in [name for name in vars(self) if name.endswith("_") and not name.startswith("_")]:
            delattr(self, name)

    def _choose(self, series: SeriesSet) -> None:
        """Settle network, scaling and training, and look for what does not suit them in the series."""
        recipe = recipe_of(self.network, scaling=self.scaling, training=self.training)
        self.network_, self.scaling_, self.training_ = recipe.network, recipe.scaling, recipe.training
        self.n_cases_, self.n_channels_, self.n_steps_ = len(series), series.n_channels, series.n_steps
        self.channels_ = series.channels
        self.equal_lengths_ = bool((series.lengths == series.n_steps).all())
        look_for_constant_series(series, self.scaling_)
        look_for_unseen_times(series, self.network_)

    def _divide(
        self,
        series: SeriesSet,
        validation: SeriesSet | tuple[ArrayLike, ArrayLike] | None,
        rng: np.random.Generator,
    ) -> tuple[Part, Part]:
        """Return the cases to learn from, and those to choose the best epoch by; there may be none of these."""
        if validation is None:
            targets = self._targets(series)
            classes = targets if targets.dtype.kind == "i" else np.zeros(len(series))
            parts = stratified_holdout(classes, share_to_hold_out(self.training_, len(series)), rng)
            return Part(series, parts.kept), Part(series, parts.held_out)
        held_out = series_of(self, *(validation if isinstance(validation, tuple) else (validation,)), reset=False)
        if held_out.labels is None:
            raise DataError("validation cases arrived without labels; give (X, y), or a SeriesSet with labels")
        return Part(series), Part(held_out)

    def _learn_scale(self, learnt: Part) -> None:
        """Learn from the training cases by what values, times and static covariates are to be measured."""
        self.has_gaps_ = any(block.gaps.any() for block in learnt.blocks())
        self.time_unit_ = None if learnt.series.times is None else typical_distance(learnt.spread(MOST_TIMES))
        self.scale_ = pick(SCALES, self.scaling_, what="scaling").fit_blocks(block.values for block in learnt.blocks())
        self.static_ = None if learnt.static is None else StaticCode.of(learnt.static, learnt.series.from_where)

    def _fit_module(self, material: Material, clock: Clock, rng: np.random.Generator) -> Fitted:
        """Make what evidence will come from."""
        if isinstance(self.network_, Dictionary):
            return fit_dictionaries(self.network_, self._build, material, options=self.training_, clock=clock, rng=rng)
        return fit_networks(
            self.network_,
            self._build,
            material.cases,
            material.held_out,
            loss=self._loss(material.cases),
            options=self.training_,
            n_networks=checked_count(self.n_networks, "n_networks"),
            clock=clock,
            rng=rng,
        )

    def _build(self, network: Network) -> Module:
        """Return a new module with random weights, and weights for static covariates if there are any."""
        if isinstance(network, Mixture):
            return Ensemble([cast(Classifier, self._build(part)) for part in network.parts])
        n_features = self.scale_.apply(np.zeros((1, self.n_channels_, 1))).shape[1]
        module = network.build(
            n_channels=n_features, n_classes=self._n_outcomes, n_steps=self.n_steps_, gaps=self.has_gaps_
        )
        if self.static_ is not None:
            module = WithStatic(
                cast(SeriesClassifier | DictionaryClassifier, module),
                n_features=self.static_.n_features,
                n_classes=self._n_outcomes,
            )
        return cast(Module, module)

    def _labelled(self, series: SeriesSet) -> Cases:
        series = with_columns_of(self.static_, series)
        values, targets = self.scale_.apply(series.values), self._targets(series)
        learnt = {"classes" if targets.dtype.kind == "i" else "numbers": targets}
        return Cases.of(values, times=self._times(series), static=self._static(series), **learnt)
