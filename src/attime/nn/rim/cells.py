"""Recurrent cells, one for each module: what a module makes of its state and of what it has just read."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from attime.nn.rim.modulewise import ModulewiseLinear

#: What a cell remembers, all of the same shape (case, module, hidden); others see the first of these, h.
State = tuple[Tensor, ...]


class Cell(nn.Module):
    """What all cells share: a linear map of the input, with a bias, and one of the state, for each module.

    Parameters
    ----------
    n_modules
        Number of modules.
    n_in
        Features of what a module reads at a step.
    hidden
        Units of each module.

    Attributes
    ----------
    n_gates
        Rows of `hidden` features that a step is made of.
    n_states
        Tensors that a cell remembers.
    """

    n_gates: int
    n_states = 1

    def __init__(self, n_modules: int, n_in: int, hidden: int) -> None:
        super().__init__()
        self.n_modules, self.hidden = n_modules, hidden
        self.read = ModulewiseLinear(n_modules, n_in, self.n_gates * hidden)
        self.recall = ModulewiseLinear(n_modules, hidden, self.n_gates * hidden, bias=False)

    def start(self, n_cases: int) -> State:
        """Return the state before anything was read: zeros."""
        return (self.read.W.new_zeros(n_cases, self.n_modules, self.hidden),) * self.n_states

    def forward(self, x: Float[Tensor, "case module n_in"], state: State) -> State:
        """Return the next state."""
        raise NotImplementedError


class AlphaCell(Cell):
    """h' = α ⊙ ĥ + (1 − α) ⊙ h,  α = σ(W x + V h + b),  ĥ = tanh(U x + R h + c).

    The α_t-RNN of Dixon 2021 (https://doi.org/10.3389/fams.2020.551138): a simple recurrent network whose state is
    smoothed exponentially, by a share α that changes with time. As in the α_t-RIM of Königstein 2022
    (https://arxiv.org/abs/2205.01639) each unit has its own α, and it is the smoothed state that is read out.

    Examples
    --------
    >>> cell = AlphaCell(n_modules=4, n_in=3, hidden=5)
    >>> cell(torch.randn(2, 4, 3), cell.start(2))[0].shape
    torch.Size([2, 4, 5])
    """

    n_gates = 2

    def forward(self, x: Float[Tensor, "case module n_in"], state: State) -> State:
        (h,) = state
        share, new = (self.read(x) + self.recall(h)).chunk(2, -1)
        return (torch.lerp(h, torch.tanh(new), torch.sigmoid(share)),)


class GRUCell(Cell):
    """h' = (1 − z) ⊙ ĥ + z ⊙ h,  ĥ = tanh(U x + r ⊙ V h),  r and z = σ(W x + R h), each with weights of its own.

    Cho et al. 2014 (https://arxiv.org/abs/1406.1078), with r after V as in torch, for one product instead of two.

    Examples
    --------
    >>> cell = GRUCell(n_modules=4, n_in=3, hidden=5)
    >>> cell(torch.randn(2, 4, 3), cell.start(2))[0].shape
    torch.Size([2, 4, 5])
    """

    n_gates = 3

    def forward(self, x: Float[Tensor, "case module n_in"], state: State) -> State:
        (h,) = state
        (reset, keep, new), (reset_h, keep_h, new_h) = self.read(x).chunk(3, -1), self.recall(h).chunk(3, -1)
        new = torch.tanh(new + torch.sigmoid(reset + reset_h) * new_h)
        return (torch.lerp(new, h, torch.sigmoid(keep + keep_h)),)


class LSTMCell(Cell):
    """c' = f ⊙ c + i ⊙ tanh(U x + V h),  h' = o ⊙ tanh(c'),  i, f and o = σ(W x + R h), each with its own weights.

    Hochreiter & Schmidhuber 1997 (https://doi.org/10.1162/neco.1997.9.8.1735), with the forget gates of Gers et al.
    2000 (https://doi.org/10.1162/089976600300015015).

    Examples
    --------
    >>> cell = LSTMCell(n_modules=4, n_in=3, hidden=5)
    >>> [part.shape for part in cell(torch.randn(2, 4, 3), cell.start(2))]
    [torch.Size([2, 4, 5]), torch.Size([2, 4, 5])]
    """

    n_gates, n_states = 4, 2

    def forward(self, x: Float[Tensor, "case module n_in"], state: State) -> State:
        h, c = state
        enter, keep, new, leave = (self.read(x) + self.recall(h)).chunk(4, -1)
        c = torch.sigmoid(keep) * c + torch.sigmoid(enter) * torch.tanh(new)
        return torch.sigmoid(leave) * torch.tanh(c), c


CELLS: dict[str, type[Cell]] = {"alpha": AlphaCell, "gru": GRUCell, "lstm": LSTMCell}
