"""Linear forecasts in closed form: the mean of several ridge regressions from look-back to horizon, beside naive ones.

Everything is found from one matrix: the products Z'Z of all windows Z = [past, future] less their last value. What is
centred otherwise, reads less of the past, or shares weights among the phases of a cycle has products that are sums of
these; and so has the error of any linear forecast in windows that it was not fitted to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float64
from scipy.optimize import nnls
from torch import Tensor

from attime.errors import DataError
from attime.nn.forecasting.linear import LinearForecast, last_observed
from attime.training.windows import Windows

BATCH = 4096
#: Penalties that are tried, in units of the mean square of what is read.
STRENGTHS = tuple(10.0 ** (power / 2) for power in range(-8, 5))
FEWEST_CYCLES = 4  # that have to be read, or the steps in one phase are too few to go by
AS_GOOD = 0.05
WITHOUT_VALIDATION = 0.1  # the penalty where nothing is held out
ROUNDS = 2  # of fitting covariates and weights in turn
SMALL = 1e-3

Weights = Float64[Tensor, "time step"]


@dataclass(frozen=True, eq=False)
class Moments:
    """Products of all pairs of steps of windows, less the last value of the past, summed over the windows."""

    products: Float64[Tensor, "both both"]
    look_back: int
    n_windows: int

    @classmethod
    def of(cls, windows: Windows, slopes: Float64[Tensor, " covariate"]) -> Moments:
        """Sum over the windows whose steps ahead are all known; what is missing of the past is like the last value."""
        total: Tensor | None = None
        n_windows = 0
        for batch in windows.batches(BATCH, windows.values.device):
            known, both = _less_last(batch, slopes)
            both = both[known]
            part = (both.T @ both).double()
            total = part if total is None else total + part
            n_windows += len(both)
        size = windows.look_back + windows.horizon
        nothing = torch.zeros(size, size, dtype=torch.float64)
        return cls(nothing if total is None else total, windows.look_back, n_windows)

    @property
    def horizon(self) -> int:
        """Steps ahead."""
        return len(self.products) - self.look_back

    def and_those_of(self, others: Moments) -> Moments:
        """Return the sums over these windows and others."""
        return replace(self, products=self.products + others.products, n_windows=self.n_windows + others.n_windows)

    def error_products(self, several: Sequence[Weights]) -> Float64[np.ndarray, "forecast forecast"]:
        """Return the mean over windows and steps of the products of the errors of linear forecasts."""
        eye = torch.eye(self.horizon, dtype=torch.float64)
        errors = [torch.cat([-weights, eye]) for weights in several]
        moved = [self.products @ error for error in errors]
        found = [[float((one * other).sum()) for other in moved] for one in errors]
        return np.array(found) / (max(self.n_windows, 1) * self.horizon)

    def error(self, weights: Weights) -> float:
        """Return the mean squared error of a linear forecast."""
        return float(self.error_products([weights])[0, 0])


@dataclass(frozen=True)
class Member:
    """One ridge regression.

    Attributes
    ----------
    look_back
        Steps that it reads.
    centre
        What is taken off first: the ``"last"`` value, or the ``"mean"`` of what it reads.
    period
        Steps of a cycle: step s ahead then reads only the steps in the same phase, with weights that are the same for
        all phases. None to read all of them.
    """

    look_back: int
    centre: str
    period: int | None = None

    def fit(self, moments: Moments) -> Callable[[float], Weights]:
        """Return what gives the weights for a penalty."""
        own = self.look_back + moments.horizon
        products = moments.products[-own:, -own:]
        taken = torch.zeros(own, dtype=torch.float64)
        if self.centre == "mean":
            taken[: self.look_back] = 1 / self.look_back
            products = products - torch.outer(torch.ones(own, dtype=torch.float64), taken @ products)
            products = products - torch.outer(products @ taken, torch.ones(own, dtype=torch.float64))
        rows, columns = products[: self.look_back, : self.look_back], products[: self.look_back, self.look_back :]
        if self.period is not None:
            rows, columns = _by_phase(rows, columns, self.period)
        values, vectors = torch.linalg.eigh(rows)
        projected, unit = vectors.T @ columns, float(values.mean().clamp(min=1e-12))

        def weights(strength: float) -> Weights:
            found = vectors @ (projected / (values.clamp(min=0) + strength * unit).unsqueeze(1))
            if self.period is not None:
                found = _over_phases(found, self.look_back, moments.horizon, self.period)
            found = found + taken[: self.look_back].unsqueeze(1) * (1 - found.sum(0))
            found[-1] += 1 - found.sum(0)  # what is left goes to the last value, which is zero here
            return torch.cat([found.new_zeros(moments.look_back - self.look_back, moments.horizon), found])

        return weights


def _by_phase(rows: Tensor, columns: Tensor, period: int) -> tuple[Tensor, Tensor]:
    """Sum products over the phases of a cycle: what is left are those of whole cycles."""
    n_cycles, horizon = rows.shape[0] // period, columns.shape[1]
    ahead = -(-horizon // period)
    padded = torch.nn.functional.pad(columns, (0, ahead * period - horizon))
    first = rows.shape[0] - n_cycles * period
    own = rows[first:, first:].view(n_cycles, period, n_cycles, period).diagonal(dim1=1, dim2=3).sum(-1)
    return own, padded[first:].view(n_cycles, period, ahead, period).diagonal(dim1=1, dim2=3).sum(-1)


def _over_phases(weights: Tensor, look_back: int, horizon: int, period: int) -> Tensor:
    """Give every phase the weights that all share."""
    n_cycles, ahead = weights.shape
    spread = torch.einsum("ij,pq->ipjq", weights, torch.eye(period, dtype=weights.dtype))
    full = spread.reshape(n_cycles * period, ahead * period)[:, :horizon]
    return torch.cat([full.new_zeros(look_back - n_cycles * period, horizon), full])


def members_for(look_back: int, period: int | None) -> list[Member]:
    """Return the regressions whose mean is taken: of all that is read or half, centred either way, phased or not."""
    season = period if period is not None and period <= look_back else 1
    half = max(look_back // 2 // season, 1) * season
    return [
        Member(steps, centre, phases)
        for steps in dict.fromkeys((half, look_back))
        for centre in ("last", "mean")
        for phases in dict.fromkeys((None, period))
        if phases is None or steps >= FEWEST_CYCLES * phases
    ]


def naive_weights(look_back: int, horizon: int, period: int | None) -> list[Weights]:
    """Return the last value, and the last cycle, as weights of the past."""
    last = torch.zeros(look_back, horizon, dtype=torch.float64)
    last[-1] = 1
    if period is None or period > look_back:
        return [last]
    cycle = torch.zeros(look_back, horizon, dtype=torch.float64)
    steps = torch.arange(horizon)
    cycle[look_back - period + steps % period, steps] = 1
    return [last, cycle]


@dataclass(frozen=True)
class Choice:
    """What held-out windows decide: the penalty of each regression, the shares of their mean and of naive forecasts.

    Attributes
    ----------
    members, strengths
        The regressions and their penalties.
    shares
        Of their mean, of the last value, of the last cycle.
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
        ridges = [member.fit(moments)(strength) for member, strength in zip(self.members, self.strengths, strict=True)]
        parts = [torch.stack(ridges).mean(0), *naive_weights(moments.look_back, moments.horizon, self.period)]
        return torch.stack([part * share for part, share in zip(parts, self.shares, strict=True)]).sum(0)


def choose(training: Moments, validation: Moments, members: Sequence[Member], period: int | None) -> Choice:
    """Return what is chosen by held-out windows; without any, a small penalty and no naive forecast.

    The penalty of each regression is the one with the lowest error. The regressions then count the same, for which of
    them is best there says little about which will be. For the same reason a naive forecast has no share unless by
    itself it is nearly as good as they are.
    """
    naive = naive_weights(training.look_back, training.horizon, period)
    if not validation.n_windows:
        return Choice(tuple(members), (WITHOUT_VALIDATION,) * len(members), (1.0, *(0.0 for _ in naive)), period)
    strengths, ridges = [], []
    for member in members:
        weights = member.fit(training)
        errors = {strength: validation.error(weights(strength)) for strength in STRENGTHS}
        strengths.append(min(errors, key=errors.__getitem__))
        ridges.append(weights(strengths[-1]))
    mean = torch.stack(ridges).mean(0)
    limit = (1 + AS_GOOD) * validation.error(mean)
    good = [number for number, part in enumerate(naive) if validation.error(part) <= limit]
    found = simplex_shares(validation.error_products([mean, *(naive[number] for number in good)]))
    shares = np.zeros(1 + len(naive))
    shares[[0, *(1 + number for number in good)]] = found
    return Choice(tuple(members), tuple(strengths), tuple(shares.tolist()), period)


@dataclass(frozen=True, eq=False)
class LinearFit:
    """A linear forecast that was fitted, and what it takes to fit it to more windows.

    Attributes
    ----------
    choice
        What was chosen by the windows held out.
    training, validation
        The sums over the windows.
    """

    choice: Choice
    training: Moments
    validation: Moments

    @property
    def weights(self) -> Weights:
        """The weights that the training windows ask for."""
        return self.choice.weights(self.training)

    @property
    def ridge(self) -> Weights:
        """The weights of one plain ridge regression, the first that reads everything and takes off the last value."""
        plain = Member(self.training.look_back, "last")
        number = self.choice.members.index(plain)
        return plain.fit(self.training)(self.choice.strengths[number])

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
        If no window has all of its steps ahead.
    """
    fit = _fit(network, training, validation, torch.zeros(training.n_ahead, dtype=torch.float64), period)
    if not fit.training.n_windows:
        raise DataError(
            f"none of {len(training)} windows has all of its {training.horizon} steps ahead, expected some to learn "
            "from; give a shorter horizon, or longer series"
        )
    slopes = torch.zeros(training.n_ahead, dtype=torch.float64)
    for _ in range(ROUNDS if training.n_ahead else 0):
        found = _slopes(training, fit.weights)
        other = _fit(network, training, validation, found, period)
        if other.error >= fit.error:
            break
        fit, slopes = other, found
    network.slopes.copy_(slopes)
    network.weights.copy_(fit.weights)
    return fit


def _fit(
    network: LinearForecast, training: Windows, validation: Windows, slopes: Tensor, period: int | None
) -> LinearFit:
    own, held_out = Moments.of(training, slopes), Moments.of(validation, slopes)
    members = members_for(training.look_back, period)
    return LinearFit(choose(own, held_out, members, period), own, held_out)


def _slopes(windows: Windows, weights: Weights) -> Float64[Tensor, " covariate"]:
    """Regress what is unexplained of y on what is unexplained of the covariates."""
    size = windows.n_ahead
    squares, products = torch.zeros(size, size, dtype=torch.float64), torch.zeros(size, dtype=torch.float64)
    errors = torch.cat([-weights, torch.eye(windows.horizon, dtype=torch.float64)]).float()
    for batch in windows.batches(BATCH, windows.values.device):
        known, both = _less_last(batch, torch.zeros(size, dtype=torch.float64))
        values, _, ahead = batch.inputs
        covariates = torch.cat([values[:, -size:], ahead], -1)
        left = (covariates - covariates[..., batch.look_back - 1 : batch.look_back]) @ errors
        left, unexplained = left[known].transpose(0, 1).flatten(1), (both @ errors)[known].flatten()
        squares += (left @ left.T).double()
        products += (left @ unexplained).double()
    penalty = SMALL * squares.diagonal().mean() + 1e-12
    return torch.linalg.solve(squares + penalty * torch.eye(size, dtype=torch.float64), products)


def _less_last(batch: Windows, slopes: Float64[Tensor, " covariate"]) -> tuple[Tensor, Tensor]:
    """Return past and future less the last value that is known, covariates taken off; and where all of it is known."""
    values, observed, *more = batch.inputs
    targets = batch.targets
    past, steps, there = values[:, 0], targets.steps, observed[:, 0]
    if more:
        past = past - torch.einsum("k,nkt->nt", slopes.float(), values[:, -len(slopes) :])
        steps = steps - torch.einsum("k,nks->ns", slopes.float(), more[0])
    last = last_observed(past, there)
    both = torch.cat([torch.where(there, past - last, 0), steps - last], 1)
    return targets.present.all(1) & there.any(1), both


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
