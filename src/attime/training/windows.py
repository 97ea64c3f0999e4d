"""Windows: what is read of a series and what comes after it, cut out of the whole when asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Bool, Float, Float64, Int
from torch import Tensor

from attime.training.cases import Batches
from attime.training.pairs import Target


@dataclass(frozen=True, eq=False)
class Windows(Batches):
    """Windows of several series, each a number of steps that are read and a number of steps ahead.

    Attributes
    ----------
    values, observed
        All series one after the other, with steps where nothing was observed between them: what is to be forecast in
        the first row, then covariates known up to now, then those known ahead.
    starts
        Where each window starts.
    owners
        The number of the series that each window is from.
    look_back, horizon
        Steps that are read, and steps ahead.
    n_ahead
        Covariates that are known ahead.
    """

    values: Float[Tensor, "feature step"]
    observed: Bool[Tensor, "feature step"]
    starts: Int[Tensor, " window"]
    owners: Int[Tensor, " window"]
    look_back: int
    horizon: int
    n_ahead: int = 0

    @classmethod
    def of(
        cls,
        series: Sequence[Float64[np.ndarray, "feature _"]],
        *,
        look_back: int,
        horizon: int,
        origins: Sequence[Sequence[int] | Int[np.ndarray, " window"]],
        n_ahead: int = 0,
    ) -> Windows:
        """Make windows of series in which NaN stands for missing.

        Parameters
        ----------
        series
            For each series its features, as in `values`; steps after the last origin serve as what comes after.
        look_back, horizon
            Steps that are read, and steps ahead. Where a series is too short for either, steps are missing.
        origins
            For each series the steps at which the future begins: from 1 to its length.
        n_ahead
            Covariates that are known ahead.

        Examples
        --------
        >>> windows = Windows.of([np.arange(6.0)[None]], look_back=3, horizon=2, origins=[[2, 4]])
        >>> windows.inputs[0].tolist(), windows.targets.steps.tolist()
        ([[[0.0, 0.0, 1.0]], [[1.0, 2.0, 3.0]]], [[2.0, 3.0], [4.0, 5.0]])
        """
        n_features = len(series[0])
        before, after = np.full((n_features, look_back), np.nan), np.full((n_features, horizon), np.nan)
        firsts = np.cumsum([0, *(look_back + part.shape[1] + horizon for part in series)])
        whole = np.concatenate([array for part in series for array in (before, part, after)], axis=1)
        observed = ~np.isnan(whole)
        starts = np.concatenate(
            [first + np.asarray(own, dtype=np.int64) for first, own in zip(firsts, origins, strict=False)]
        )
        owners = np.repeat(np.arange(len(series)), [len(own) for own in origins])
        return cls(
            torch.from_numpy(np.where(observed, whole, 0).astype(np.float32)),
            torch.from_numpy(observed),
            torch.from_numpy(starts),
            torch.from_numpy(owners),
            look_back,
            horizon,
            n_ahead,
        )

    def __len__(self) -> int:
        return len(self.starts)

    def with_both_sides(self) -> Windows:
        """Return the windows of which something is observed before the origin and something after it."""
        known = torch.nn.functional.pad(self.observed[0].cumsum(0), (1, 0))
        first, origin = known[self.starts], known[self.starts + self.look_back]
        last = known[self.starts + self.look_back + self.horizon]
        both = (origin > first) & (last > origin)
        return replace(self, starts=self.starts[both], owners=self.owners[both])

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        """The past, what of it was observed, and the covariates over the steps ahead if there are any."""
        past = self._steps(0, self.look_back)
        values, observed = self.values[:, past].transpose(0, 1), self.observed[:, past].transpose(0, 1)
        if not self.n_ahead:
            return values, observed
        return values, observed, self.values[-self.n_ahead :, self._ahead].transpose(0, 1)

    @property
    def targets(self) -> Target:
        """What comes after, and where it is known."""
        return Target(self.values[0, self._ahead], self.observed[0, self._ahead])

    def take(self, which: slice | Tensor, device: torch.device) -> Windows:
        """Return some of the windows, on a device."""
        return replace(
            self,
            values=self.values.to(device),
            observed=self.observed.to(device),
            starts=self.starts[which].to(device),
            owners=self.owners[which].to(device),
        )

    @property
    def _ahead(self) -> Int[Tensor, "case step"]:
        return self._steps(self.look_back, self.horizon)

    def _steps(self, first: int, n_steps: int) -> Int[Tensor, "case step"]:
        return self.starts.unsqueeze(1) + torch.arange(first, first + n_steps, device=self.starts.device)
