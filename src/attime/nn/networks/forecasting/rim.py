"""The description of a forecast by recurrent independent mechanisms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from attime.names import pick
from attime.nn.embedding import Embedding, Values
from attime.nn.networks.forecasting.network import Forecaster
from attime.nn.rim import CELLS, Communication, InputAttention, Mechanisms, RIMForecast
from attime.options import Count, Share


@dataclass
class RIM(Forecaster):
    """Recurrent independent mechanisms: modules that compete for the input and tell each other what they know.

    With the cell ``"alpha"`` the α_t-RIM of Königstein 2022 (https://arxiv.org/abs/2205.01639). Sizes are those that
    were published with it for Thermo Fisher at 10 lags, except that there all of 14 modules were active, with 8 heads.

    Parameters
    ----------
    n_modules, n_active
        Modules, and how many of them are active at a step; with as many active as there are, nothing is chosen.
    hidden
        Units of a module.
    cell
        Of each module: ``"alpha"`` (exponentially smoothed), ``"gru"`` or ``"lstm"``.
    n_heads
        Heads by which modules read each other.
    input_key, input_value
        Features by which a module judges a step, and of what it takes.
    communication_key, communication_value
        The same, for what modules tell each other, in each head.
    dropout
        Share of what modules take and are told that is left out, at random in training.
    centre, spread
        See `Forecaster`; the paper scales no window.

    Raises
    ------
    OptionError
        By `build`, if more modules are to be active than there are, or the cell is unknown.

    Examples
    --------
    >>> network = RIM(cell="lstm").build(look_back=10, horizon=5, n_features=2)
    >>> network.network.mechanisms.cell.n_modules
    6
    """

    n_modules: Count = 6
    n_active: Count = 4
    hidden: Count = 30
    cell: Literal["alpha", "gru", "lstm"] = "alpha"
    n_heads: Count = 4
    input_key: Count = 8
    input_value: Count = 6
    communication_key: Count = 6
    communication_value: Count = 12
    dropout: Share = 0.1

    def network(self, *, look_back: int, horizon: int, n_features: int, n_ahead: int) -> RIMForecast:
        """Return what `build` builds, less the scaling; it reads as many steps as it is given."""
        embedding = Embedding([Values()], n_channels=n_features, show_mask=True)
        attend = InputAttention(
            self.n_modules,
            self.n_active,
            n_in=embedding.n_features,
            hidden=self.hidden,
            d_key=self.input_key,
            d_value=self.input_value,
        )
        cell = pick(CELLS, self.cell, what="cell")(self.n_modules, self.input_value, self.hidden)
        communicate = Communication(
            self.n_modules,
            hidden=self.hidden,
            n_heads=self.n_heads,
            d_key=self.communication_key,
            d_value=self.communication_value,
        )
        mechanisms = Mechanisms(attend, cell, communicate, dropout=self.dropout)
        return RIMForecast(embedding, mechanisms, horizon=horizon, n_ahead=n_ahead)
