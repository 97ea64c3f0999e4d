"""Linear forecasts in closed form: the mean of several ridge regressions, mixed with naive forecasts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float64
from scipy.optimize import nnls
from torch import Tensor

from attime.errors import DataError
from attime.nn.forecasting.linear import LinearForecast
from attime.training.members import Member, members_for, naive_weights
from attime.training.moments import BATCH, Moments, Weights, both_sides
from attime.training.windows import Windows

#: Penalties that are tried, in units of the mean square of what is read.
STRENGTHS = tuple(10.0 ** (power / 2) for power in range(-8, 5))
AS_GOOD = 0.05
WITHOUT_VALIDATION = 0.1  # the penalty where nothing is held out
ROUNDS = 2  # of fitting covariates and weights in turn
SMALL = 1e-3


@dataclass(frozen=True)
class Choice:
    """What held-out windows decide: the penalty of each regression, the shares of their mean and of naive forecasts.

    Attributes
    ----------
    members, strengths
        The regressions and their penalties.
    shares
        Of their mean, of the last value, of the last cycle.
    period
        Steps of that cycle; None if there is none.
    """

    members: tuple[Member, ...]
    strengths: tuple[float, ...]
    shares: tuple[float, ...]
    period: int | None

    @property
    def told(self) -> str:
        """What was chosen, in words."""
        names = [f"mean of {len(self.members)} ridge regressions", "last value", "last cycle"]
        parts = [
            f"{100 * share:.0f} % {name}" for name, share in zip(names, self.shares, strict=False) if share > 0.005
        ]
        return ", ".join(parts)

    def weights(self, moments: Moments) -> Weights:
        """Return the mixture that is fitted to these windows."""
        members = zip(self.members, self.strengths, strict=True)
        return self.mixture([member.fit(moments)(strength) for member, strength in members])

    def mixture(self, ridges: Sequence[Weights]) -> Weights:
        """Return the mixture of these regressions and the naive forecasts."""
        look_back, horizon = ridges[0].shape
        parts = [torch.stack(list(ridges)).mean(0), *naive_weights(look_back, horizon, self.period)]
        return torch.stack([part * share for part, share in zip(parts, self.shares, strict=True)]).sum(0)


@dataclass(frozen=True, eq=False)
class LinearFit:
    """A linear forecast that was fitted, and what it takes to fit it to more windows.

    Attributes
    ----------
    choice
        What was chosen by the windows held out.
    training, validation
        The sums over the windows.
    weights
        What the training windows ask for.
    ridge
        The weights of one plain ridge regression, the first that reads everything and takes off the last value.
    """

    choice: Choice
    training: Moments
    validation: Moments
    weights: Weights
    ridge: Weights

    @property
    def weights_of_all(self) -> Weights:
        """The weights that all windows ask for, with the same choice."""
        return self.choice.weights(self.training.and_those_of(self.validation))

    @property
    def error(self) -> float:
        """The mean squared error in the windows held out; in those of training if there are none."""
        return (self.validation if self.validation.n_windows else self.training).error(self.weights)


@torch.no_grad()
def fit_linear(network: LinearForecast, training: Windows, validation: Windows, *, period: int | None) -> LinearFit:
    """Fit a linear forecast to windows, choosing by those held out; what is put into the network is that of training.

    Covariates that are known ahead count if the error becomes lower: their slopes β are those of a regression of what
    the weights of the past leave unexplained of y on what the same weights leave of the covariates (Cochrane & Orcutt
    1949), and then the weights are fitted anew to y − Σ_k β_k u_k.

    Raises
    ------
    DataError
        If no window has a quarter of its steps ahead.
    """
    fit = _fit(training, validation, torch.zeros(training.n_ahead, dtype=torch.float64), period)
    if not fit.training.n_windows:
        raise DataError(
            f"none of {len(training)} windows has a quarter of its {training.horizon} steps ahead, expected some to "
            "learn from; give a shorter horizon, or longer series with fewer missing values"
        )
    slopes = torch.zeros(training.n_ahead, dtype=torch.float64)
    for _ in range(ROUNDS if training.n_ahead else 0):
        found = _slopes(training, fit.weights)
        other = _fit(training, validation, found, period)
        if other.error >= fit.error:
            break
        fit, slopes = replace(other, ridge=fit.ridge), found  # which reads no covariates, so learns without them
    network.slopes.copy_(slopes)
    network.weights.copy_(fit.weights)
    return fit


def _fit(training: Windows, validation: Windows, slopes: Tensor, period: int | None) -> LinearFit:
    """Fit every regression once, and let held-out windows choose; without any, a small penalty and nothing naive.

    The penalty of each regression is the one with the lowest error. The regressions then count the same, for which of
    them is best there says little about which will be. For the same reason a naive forecast has no share unless by
    itself it is nearly as good as they are.
    """
    own, held_out = Moments.of(training, slopes), Moments.of(validation, slopes)
    members = members_for(training.look_back, period)
    strengths, ridges = [], []
    for member in members:
        weights = member.fit(own)
        strengths.append(_strength(weights, held_out) if held_out.n_windows else WITHOUT_VALIDATION)
        ridges.append(weights(strengths[-1]))
    shares = _shares(torch.stack(ridges).mean(0), naive_weights(own.look_back, own.horizon, period), held_out)
    choice = Choice(tuple(members), tuple(strengths), shares, period)
    plain = ridges[members.index(Member(training.look_back, "last"))]
    return LinearFit(choice, own, held_out, choice.mixture(ridges), plain)


def _strength(weights: Callable[[float], Weights], held_out: Moments) -> float:
    errors = {strength: held_out.error(weights(strength)) for strength in STRENGTHS}
    return min(errors, key=errors.__getitem__)


def _shares(mean: Weights, naive: Sequence[Weights], held_out: Moments) -> tuple[float, ...]:
    """Return the shares of the mean of the regressions and of the naive forecasts that are nearly as good."""
    if not held_out.n_windows:
        return 1.0, *(0.0 for _ in naive)
    limit = (1 + AS_GOOD) * held_out.error(mean)
    good = [number for number, part in enumerate(naive) if held_out.error(part) <= limit]
    shares = np.zeros(1 + len(naive))
    shares[[0, *(1 + number for number in good)]] = simplex_shares(
        held_out.error_products([mean, *(naive[number] for number in good)])
    )
    return tuple(shares.tolist())


def _slopes(windows: Windows, weights: Weights) -> Float64[Tensor, " covariate"]:
    """Regress what is unexplained of y on what is unexplained of the covariates."""
    size = windows.n_ahead
    squares, products = torch.zeros(size, size, dtype=torch.float64), torch.zeros(size, dtype=torch.float64)
    errors = torch.cat([-weights, torch.eye(windows.horizon, dtype=torch.float64)]).float()
    for batch in windows.batches(BATCH, windows.values.device):
        known, both = both_sides(batch, torch.zeros(size, dtype=torch.float64))
        values, _, ahead = batch.inputs
        covariates = torch.cat([values[:, -size:], ahead], -1)
        left = (covariates - covariates[..., batch.look_back - 1 : batch.look_back]) @ errors
        left, unexplained = left[known].transpose(0, 1).flatten(1), (both @ errors)[known].flatten()
        squares += (left @ left.T).double()
        products += (left @ unexplained).double()
    penalty = SMALL * squares.diagonal().mean() + 1e-12
    return torch.linalg.solve(squares + penalty * torch.eye(size, dtype=torch.float64), products)


def simplex_shares(products: Float64[np.ndarray, "part part"]) -> Float64[np.ndarray, " part"]:
    """Return the shares, none below 0 and 1 in all, whose mixture has the smallest error.

    Examples
    --------
    >>> simplex_shares(np.array([[1.0, 0.0], [0.0, 3.0]])).round(3)
    array([0.75, 0.25])
    """
    values, vectors = np.linalg.eigh(products)
    root = (vectors * np.sqrt(values.clip(min=0))).T
    heavy = 1e4 * np.sqrt(max(float(np.trace(products)), 1e-300))
    shares, _ = nnls(np.vstack([root, np.full((1, len(products)), heavy)]), np.array([*np.zeros(len(products)), heavy]))
    return shares / shares.sum()
