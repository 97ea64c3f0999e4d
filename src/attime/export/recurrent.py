"""Recurrent layers as one operator of ONNX each, which knows where every series ends, in place of a step for each."""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from attime.nn.encoder import Encoded
from attime.nn.recurrent import RecurrentEncoder

#: How each operator is called, and in which order it wants the gates that torch has one after the other.
OPERATORS: dict[str, tuple[str, tuple[int, ...]]] = {
    "LSTM": ("LSTM", (0, 3, 1, 2)),  # enter, forget, new, leave: there enter, leave, forget, new
    "GRU": ("GRU", (1, 0, 2)),  # reset, keep, new: there keep, reset, new
    "RNN_TANH": ("RNN", (0,)),
}


class OnnxRecurrent(nn.Module):
    """What a recurrent network of torch computes, written as operators of ONNX; outside of an export it gives zeros.

    Parameters
    ----------
    rnn
        With ``batch_first``.
    """

    def __init__(self, rnn: nn.RNNBase) -> None:
        super().__init__()
        self.operator, self.order = OPERATORS[rnn.mode]
        self.hidden, self.n_layers, self.bidirectional = rnn.hidden_size, rnn.num_layers, rnn.bidirectional
        for layer in range(rnn.num_layers):
            ends = [f"l{layer}{end}" for end in ("", "_reverse")[: 1 + rnn.bidirectional]]
            for name in ("weight_ih", "weight_hh"):
                own = [self._ordered(getattr(rnn, f"{name}_{end}")) for end in ends]
                self.register_buffer(f"{name}_{layer}", torch.stack(own).detach())
            biases = [[self._ordered(getattr(rnn, f"{name}_{end}")) for name in ("bias_ih", "bias_hh")] for end in ends]
            self.register_buffer(f"bias_{layer}", torch.stack([torch.cat(pair) for pair in biases]).detach())

    def _ordered(self, rows: Tensor) -> Tensor:
        parts = rows.chunk(len(self.order))
        return torch.cat([parts[place] for place in self.order])

    def forward(
        self,
        steps: Float[Tensor, "case time feature"],
        state: Float[Tensor, "layer_and_direction case hidden"] | None = None,
        lengths: Int[Tensor, " case"] | None = None,
    ) -> tuple[Float[Tensor, "case time width"], Float[Tensor, "layer_and_direction case hidden"]]:
        """Return the states of the last layer, zeros after the end of a series, and the last state of every layer."""
        n_ends, last = 1 + self.bidirectional, []
        n_cases, n_steps = steps.shape[:2]
        ends = None if lengths is None else lengths.to(torch.int32)
        attributes: dict[str, Any] = {"hidden_size": self.hidden}
        attributes["direction"] = "bidirectional" if self.bidirectional else "forward"
        if self.operator == "GRU":
            attributes["linear_before_reset"] = 1
        for layer in range(self.n_layers):
            weights = [getattr(self, f"{name}_{layer}") for name in ("weight_ih", "weight_hh", "bias")]
            first = None if state is None else state[layer * n_ends : (layer + 1) * n_ends]
            shapes = [(n_steps, n_ends, n_cases, self.hidden)] + [(n_ends, n_cases, self.hidden)] * (
                2 if self.operator == "LSTM" else 1
            )
            states, end, *_ = torch.onnx.ops.symbolic_multi_out(
                self.operator,
                (steps.transpose(0, 1), *weights, ends, first),
                attributes,
                dtypes=[steps.dtype] * len(shapes),
                shapes=shapes,
            )
            steps = states.permute(2, 0, 1, 3).flatten(2)
            last.append(end)
        return steps, torch.cat(last)


class OnnxRecurrentEncoder(nn.Module):
    """A `RecurrentEncoder` whose operator is told where series end, in place of packed sequences."""

    def __init__(self, encoder: RecurrentEncoder) -> None:
        super().__init__()
        self.rnn, self.stride, self.width = OnnxRecurrent(encoder.rnn), encoder.stride, encoder.width

    def forward(self, x: Tensor, present: Tensor, times: Tensor | None = None) -> Encoded:
        """Return the hidden state at every step; see ``RecurrentEncoder.forward``."""
        steps = torch.arange(1, x.shape[-1] + 1, device=x.device)
        lengths = (steps * present).amax(-1).clamp(min=1)
        return Encoded(self.rnn(x.mT, None, lengths)[0])


def with_operators(module: nn.Module) -> nn.Module:
    """Put operators of ONNX in place of all that is recurrent in a module, which is changed."""
    for name, child in module.named_children():
        if isinstance(child, RecurrentEncoder):
            setattr(module, name, OnnxRecurrentEncoder(child))
        elif isinstance(child, nn.RNNBase):
            setattr(module, name, OnnxRecurrent(child))
        else:
            with_operators(child)
    return module
