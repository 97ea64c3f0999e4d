"""One step of recurrent independent mechanisms: look, update, tell, and leave alone those that are not active."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from attime.attention import Attended
from attime.nn.dropout import Dropout
from attime.nn.rim.cells import Cell, State
from attime.nn.rim.communication import Communication
from attime.nn.rim.input_attention import InputAttention, Taken


@dataclass(frozen=True, eq=False)
class Step:
    """The state of all modules after a step, what they took of the input, and what they were told."""

    state: State
    taken: Taken
    told: Attended


class Mechanisms(nn.Module):
    """h̃_m = cell_m(A_m, h_m) and then h'_m = h̃_m + told_m for active m; h'_m = h̃_m = h_m for all others.

    Goyal et al. 2019 (https://arxiv.org/abs/1909.10893), sections 2.2 to 2.4. A module that is not active gets no
    gradient from the step but through the state that it keeps. Dropout falls on what is taken and what is told, not on
    weights as in the code of the α_t-RIM: weights that are read are those used.

    Parameters
    ----------
    attend
        How modules look at the input.
    cell
        How they make a new state of it.
    communicate
        How they read each other.
    dropout
        Share of what is taken and told that is left out, at random in training.

    Examples
    --------
    >>> from attime.nn.rim import AlphaCell
    >>> mechanisms = Mechanisms(
    ...     InputAttention(4, 2, n_in=3, hidden=5, d_key=8, d_value=6),
    ...     AlphaCell(4, n_in=6, hidden=5),
    ...     Communication(4, hidden=5, n_heads=2, d_key=6, d_value=12),
    ... )
    >>> step = mechanisms(torch.randn(1, 3), torch.tensor([True]), mechanisms.cell.start(1))
    >>> torch.equal(step.state[0].any(2), step.taken.active)  # the others are as they were, zero
    True
    """

    def __init__(self, attend: InputAttention, cell: Cell, communicate: Communication, *, dropout: float = 0.0) -> None:
        super().__init__()
        self.attend, self.cell, self.communicate = attend, cell, communicate
        self.dropout = Dropout(dropout)

    def forward(self, x: Float[Tensor, "case n_in"], present: Bool[Tensor, " case"], state: State) -> Step:
        """Return what a step makes of the state; where it is not present, the state stays as it is."""
        taken = self.attend(state[0], x, present)
        active = taken.active.unsqueeze(2)
        h, *memory = self.cell(self.dropout(taken.values), state)
        told = self.communicate(torch.where(active, h, state[0]), taken.active)
        new = (h + self.dropout(told.values), *memory)
        return Step(tuple(torch.where(active, *pair) for pair in zip(new, state, strict=True)), taken, told)
