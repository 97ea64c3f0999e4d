"""What a fitted estimator says of series: outcomes, attention, and the evidence that adds up to the outcomes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np
import pandas as pd
import torch
from jaxtyping import Float
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from attime.attention import AttentionMap
from attime.data import SeriesSet
from attime.estimators.fitting import Module
from attime.estimators.inputs import look_for_longer_series, series_of
from attime.estimators.scaling import Scale
from attime.estimators.static import StaticCode, with_columns_of
from attime.estimators.times import in_steps, look_for_missing_times
from attime.nn import Network, Output
from attime.training import Cases, History, TrainingOptions, run


class Speaking:
    """What every fitted estimator can be asked for, whatever its outcomes are."""

    module_: Module
    network_: Network
    training_: TrainingOptions
    scale_: Scale
    time_unit_: float | None
    n_steps_: int
    equal_lengths_: bool
    histories_: tuple[History, ...]
    static_: StaticCode | None = None

    @property
    def history_(self) -> History:
        """Losses, learning rates and seconds of each epoch of the (first) network, or of what was fitted at once."""
        check_is_fitted(self, "histories_")
        return next((part for part in self.histories_ if part.n_epochs), self.histories_[0])

    @property
    def bias_(self) -> Float[np.ndarray, " class"]:
        """What is added to the evidence of each class, the same for every case."""
        check_is_fitted(self, "module_")
        return self.module_.bias.detach().cpu().numpy()

    @property
    def outcome_unit(self) -> float:
        """What one of what `module_` gives is in `outcomes`."""
        return 1.0

    def outcomes(self, X: ArrayLike | pd.DataFrame | SeriesSet) -> Float[np.ndarray, "case class"]:
        """Return what evidence and bias add up to: the logits of a classifier, the number of a regressor."""
        return np.concatenate([_numpy(output.prediction) for output in self.outputs(X)])

    def attention(self, X: ArrayLike | pd.DataFrame | SeriesSet) -> Float[np.ndarray, "case time"]:
        """Return how much each step counted when the steps were pooled; nothing where nothing was observed.

        With attention pooling the weights of a case sum to one.
        """
        return np.concatenate([_numpy(output.maps[0].weights) for output in self.outputs(X)])

    def evidence(self, X: ArrayLike | pd.DataFrame | SeriesSet) -> Float[np.ndarray, "case class channel time"]:
        """Return what each step adds to the logit of each class; of a regressor, to the number.

        Summed over channel and time, and with the bias and `static_evidence`, it is the logit, or the number. The
        channel axis has one entry where the network mixes the channels before it judges; the class axis of a
        regressor has one, too.
        """
        evidence = [output.evidence for output in self.outputs(X)]
        return np.concatenate([_numpy(part) for part in evidence if part is not None])

    def static_evidence(self, X: ArrayLike | pd.DataFrame | SeriesSet) -> Float[np.ndarray, "case class covariate"]:
        """Return what each static covariate adds to the logit of each class; of a regressor, to the number.

        The covariates are ``static_.columns``; the last axis is empty where the estimator was fitted without any. What
        is missing adds nothing, as the average training case does.
        """
        if self.static_ is None:
            return np.zeros((len(self.series(X)), len(self.bias_), 0), dtype=np.float32)
        evidence = [output.static_evidence for output in self.outputs(X)]
        return self.static_.by_covariate(np.concatenate([_numpy(part) for part in evidence if part is not None]))

    def attention_maps(self, X: ArrayLike | pd.DataFrame | SeriesSet) -> tuple[AttentionMap, ...]:
        """Return every attention of the network over these series, with named axes: the pooling, then layer by layer.

        A transformer's layers have the axes (case, head, query, key) and count tokens of `stride` steps; their memory
        grows with the square of the number of tokens. ``attime.attention.rollout`` and ``head_summary`` read them.
        """
        batches = [output.maps for output in self.outputs(X)]
        return tuple(_joined(parts) for parts in zip(*batches, strict=True))

    def series(self, X: ArrayLike | pd.DataFrame | SeriesSet) -> SeriesSet:
        """Return X as the `SeriesSet` that the estimator takes it for, checked against what it was fitted on."""
        check_is_fitted(self, "module_")
        return with_columns_of(self.static_, series_of(self, X, reset=False))

    def cases(self, X: ArrayLike | pd.DataFrame | SeriesSet) -> Cases:
        """Return X as the tensors that `module_` is called with: scaled, with masks, times and coded covariates."""
        return self._cases(self._looked_at(X))

    def outputs(self, X: ArrayLike | pd.DataFrame | SeriesSet) -> Iterator[Output]:
        """Yield all that is said of X, batch by batch: outcomes, attention and evidence in one."""
        series = self._looked_at(X)  # first, for it says if there is no module yet
        cases = map(self._cases, series.blocks())
        return chain.from_iterable(run(self.module_, block, precision=self.training_.precision) for block in cases)

    def _looked_at(self, X: ArrayLike | pd.DataFrame | SeriesSet) -> SeriesSet:
        """Return X as series, and warn of what is not as in `fit`."""
        series = self.series(X)
        if self.equal_lengths_:
            look_for_longer_series(series, self.n_steps_)
        look_for_missing_times(series, self.time_unit_, self.network_)
        return series

    def _cases(self, series: SeriesSet) -> Cases:
        return Cases.of(self.scale_.apply(series.values), times=self._times(series), static=self._static(series))

    def _static(self, series: SeriesSet) -> Float[np.ndarray, "case feature"] | None:
        """Return the static covariates as numbers, if the network is to know any."""
        return None if self.static_ is None else self.static_.apply(series)

    def _times(self, series: SeriesSet) -> Float[np.ndarray, "case time"] | None:
        """Return when each step was measured, or which step it is, if the network is to know; in typical steps."""
        if series.times is None or self.time_unit_ is None:  # a unit of what arrives would differ from call to call
            return series.steps
        return in_steps(series, self.time_unit_)


def _numpy(part: torch.Tensor) -> np.ndarray:
    """Return an array of 32 bits at least."""
    return (part.float() if part.dtype.itemsize < 4 else part).cpu().numpy()


def _joined(parts: Sequence[AttentionMap]) -> AttentionMap:
    """Put the maps of several batches of cases into one."""
    weights = torch.cat([part.weights.float().cpu() for part in parts])
    return AttentionMap(parts[0].name, weights, parts[0].axes, parts[0].stride)
