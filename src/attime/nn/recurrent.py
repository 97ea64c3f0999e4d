"""A recurrent encoder: LSTM or GRU, one way or both ways, over the steps of each series and not beyond its end."""

from __future__ import annotations

from typing import TypeVar

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from attime.nn.encoder import Encoded, Encoder

CELLS: dict[str, type[nn.LSTM] | type[nn.GRU]] = {"lstm": nn.LSTM, "gru": nn.GRU}


S = TypeVar("S", Tensor, PackedSequence)


def run_recurrent(rnn: nn.RNNBase, steps: S) -> S:
    """Return the hidden state at every step; on a processor in 32 bits always, for not every one has it in 16."""
    if not torch.is_autocast_enabled("cpu"):
        hidden: S = rnn(steps)[0]
        return hidden
    with torch.autocast("cpu", enabled=False):
        hidden = rnn(steps.to(torch.float32))[0]
    return hidden


class RecurrentEncoder(Encoder):
    """Hidden states of a recurrent network at every step.

    Series that end early are run to their own end, so that the backward direction never starts in padding. A step in
    the middle that was not observed is read as zeros.

    Parameters
    ----------
    n_features
        Features of a step.
    hidden
        Units in each direction.
    cell
        ``nn.LSTM`` or ``nn.GRU``.
    layers
        Number of stacked layers.
    bidirectional
        Read the series both ways.

    Examples
    --------
    >>> encoder = RecurrentEncoder(1, hidden=8)
    >>> encoder(torch.randn(2, 1, 50), torch.ones(2, 50, dtype=torch.bool)).tokens.shape  # case, token, feature
    torch.Size([2, 50, 16])
    """

    stride = 1

    def __init__(
        self,
        n_features: int,
        *,
        hidden: int,
        cell: type[nn.LSTM] | type[nn.GRU] = nn.LSTM,
        layers: int = 1,
        bidirectional: bool = True,
    ) -> None:
        super().__init__()
        self.rnn = cell(n_features, hidden, layers, batch_first=True, bidirectional=bidirectional)
        self.width = 2 * hidden if bidirectional else hidden

    def forward(
        self,
        x: Float[Tensor, "case feature time"],
        present: Bool[Tensor, "case time"],
        times: Float[Tensor, "case time"] | None = None,
    ) -> Encoded:
        """Return the hidden state at every step; zeros after the end of a series."""
        steps, n_steps = x.mT, x.shape[-1]
        if bool(present[:, -1].all()):
            return Encoded(run_recurrent(self.rnn, steps))
        lengths = (torch.arange(1, n_steps + 1, device=x.device) * present).amax(-1).clamp(min=1)
        packed = pack_padded_sequence(steps, lengths.cpu(), batch_first=True, enforce_sorted=False)
        hidden, _ = pad_packed_sequence(run_recurrent(self.rnn, packed), batch_first=True, total_length=n_steps)
        return Encoded(hidden)
