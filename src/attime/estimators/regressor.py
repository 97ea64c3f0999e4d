"""`AttentionRegressor`: predict a number from a series, and see how much each step added to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from jaxtyping import Float, Float64
from numpy.typing import ArrayLike
from sklearn.base import RegressorMixin
from torch import Tensor

from attime.data import SeriesSet
from attime.estimators.base import AttentionEstimator
from attime.estimators.targets import numbers_of, numbers_to_learn
from attime.names import pick
from attime.nn import Network, Output
from attime.training import Cases, HuberLoss, SquaredDifference, TrainingOptions

LOSSES: dict[str, type[SquaredDifference] | type[HuberLoss]] = {
    "squared_error": SquaredDifference,
    "huber": HuberLoss,
}


class AttentionRegressor(RegressorMixin, AttentionEstimator):
    """Predict a number from a series, and see how much each step added to it.

    number = bias + Σ_t evidence_t, in the unit of the number. Series come in the forms that `AttentionClassifier`
    takes.

    Parameters
    ----------
    network, training, scaling
        As for `AttentionClassifier`.
    loss
        ``"squared_error"``, or ``"huber"``, which lets errors beyond a standard deviation of the training numbers count
        by their size and not by their square: for numbers with a few that are far out.
    n_networks
        How many networks to train, each from other random weights; the regressor is their mean.
    time_budget
        Seconds that `fit` may take, roughly, as for `AttentionClassifier`.
    random_state
        Seed of everything random in `fit`, as for `AttentionClassifier`.

    Attributes
    ----------
    target_mean_, target_deviation_
        Of the training numbers. The network learns numbers less the mean, in deviations, and what it says is turned
        back.
    module_
        The trained network, an ordinary ``torch.nn.Module``, or an ``attime.nn.Ensemble`` of several. Its outcome is in
        deviations from the mean.
    history_, histories_, network_, training_, scaling_, scale_, time_unit_, n_channels_, channels_, n_steps_, \
equal_lengths_, has_gaps_
        As for `AttentionClassifier`; losses are in squared deviations.

    Raises
    ------
    DataError
        If series or numbers cannot be used; the message names the case.
    OptionError
        If a parameter is unknown or out of range.

    Examples
    --------
    >>> import numpy as np
    >>> from attime import AttentionRegressor
    >>> X = np.random.default_rng(0).normal(size=(100, 30))
    >>> reg = AttentionRegressor(training={"max_epochs": 3}, random_state=0).fit(X, X.max(axis=1))
    >>> evidence = reg.evidence(X)
    >>> evidence.shape, bool(np.allclose(evidence.sum(axis=(1, 2, 3)) + reg.bias_, reg.predict(X), atol=1e-4))
    ((100, 1, 1, 30), True)
    """

    target_mean_: float
    target_deviation_: float

    def __init__(
        self,
        network: str | Network = "default",
        *,
        training: TrainingOptions | Mapping[str, Any] | None = None,
        scaling: Literal["case", "training", "both", "none"] | None = None,
        loss: Literal["squared_error", "huber"] = "squared_error",
        n_networks: int = 1,
        time_budget: float | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.network = network
        self.training = training
        self.scaling = scaling
        self.loss = loss
        self.n_networks = n_networks
        self.time_budget = time_budget
        self.random_state = random_state

    def predict(self, X: ArrayLike | pd.DataFrame | SeriesSet) -> Float64[np.ndarray, " case"]:
        """Return the number of each case: the bias and the evidence, added up."""
        return self.outcomes(X)[:, 0]

    def outputs(self, X: ArrayLike | pd.DataFrame | SeriesSet) -> Iterator[Output]:
        """Yield all that is said of X, batch by batch, in the unit of the numbers."""
        return map(self._in_unit, super().outputs(X))

    @property
    def bias_(self) -> Float[np.ndarray, 1]:
        """The part of the number that no step brings, the same for every case."""
        return super().bias_ * np.float64(self.target_deviation_) + self.target_mean_

    @property
    def outcome_unit(self) -> float:
        """The deviation of the training numbers."""
        return self.target_deviation_

    def _in_unit(self, output: Output) -> Output:
        """Turn deviations from the mean into numbers: of sums the mean goes to the bias."""
        assert output.bias is not None
        # In 64 bits, for the mean may be large beside the deviation.
        prediction, bias = (
            part.double() * self.target_deviation_ + self.target_mean_ for part in (output.prediction, output.bias)
        )
        known = None if output.static_evidence is None else output.static_evidence * self.target_deviation_
        return replace(
            output,
            prediction=prediction,
            evidence_source=lambda: self._evidence(output),
            bias=bias,
            static_evidence=known,
        )

    def _evidence(self, output: Output) -> Float[Tensor, "case 1 channel time"]:
        assert output.evidence is not None
        return output.evidence * self.target_deviation_

    def _learn_targets(self, series: SeriesSet) -> None:
        numbers = numbers_to_learn(series)
        self.target_mean_, self.target_deviation_ = float(numbers.mean()), float(numbers.std())
        if numbers.min() == numbers.max():  # whatever rounding makes of it
            self.target_mean_, self.target_deviation_ = float(numbers[0]), 0.0

    def _targets(self, series: SeriesSet) -> Float64[np.ndarray, " case"]:
        """Return numbers less the mean, in deviations; if all are the same there is none to divide by."""
        return (numbers_of(series) - self.target_mean_) / (self.target_deviation_ or 1.0)

    @property
    def _n_outcomes(self) -> int:
        return 1

    def _loss(self, cases: Cases) -> SquaredDifference | HuberLoss:
        return pick(LOSSES, self.loss, what="loss")()
