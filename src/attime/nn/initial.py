"""First weights: torch's own, or Keras' for the sake of fair comparison with networks that were published with it."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from attime.attention import Additive
from attime.nn.pooling import QueryWeights


def torch_weights_(network: nn.Module) -> None:
    """Leave the weights as torch made them."""


def keras_weights_(network: nn.Module) -> None:
    """Draw the weights anew as Keras does: Glorot-uniform, orthogonal between states, zero biases, open forget gates.

    Where Keras has one weight and this library two that do the same, the second is set to zero and stays there: the
    second bias of a gate, and the learned query of a pooling with an additive score, which only adds to its bias.

    Examples
    --------
    >>> lstm = nn.LSTM(1, 2)
    >>> keras_weights_(lstm)
    >>> lstm.bias_ih_l0.tolist()  # input, forget, cell, output gate
    [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]
    """
    for module in network.modules():
        if isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, QueryWeights) and isinstance(module.attention.score, Additive):
            nn.init.zeros_(module.query).requires_grad_(False)
            module.attention.score.W.requires_grad_(False)
        elif isinstance(module, nn.RNNBase):
            for name, weight in module.named_parameters():
                if name.startswith("bias"):
                    nn.init.zeros_(weight).requires_grad_(name.startswith("bias_ih"))
                    if name.startswith("bias_ih") and isinstance(module, nn.LSTM):
                        nn.init.ones_(weight.data.chunk(4)[1])
                elif name.startswith("weight_ih"):
                    nn.init.xavier_uniform_(weight)
                else:
                    nn.init.orthogonal_(weight)


INITIAL: dict[str, Callable[[nn.Module], None]] = {"torch": torch_weights_, "keras": keras_weights_}
