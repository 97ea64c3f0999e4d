"""How forecasts answer to a small change of each step of the past: what can be seen of a network without attention."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from attime.attention import AttentionMap
from attime.training import Windows

MOST_AT_ONCE = 64  # windows


@dataclass(frozen=True, eq=False)
class Gradient:
    """Computes the gradients of windows when it is called, and can be asked for those of some windows alone."""

    module: nn.Module
    windows: Windows

    def some(self, which: Bool[Tensor, " case"]) -> Gradient:
        """Return that of some of the windows."""
        return Gradient(self.module, self.windows.take(which, self.windows.values.device))

    def __call__(self) -> Float[Tensor, "case step time"]:
        """Return a weight for each step ahead and step of the past."""
        self.module.eval()
        recurrent = any(isinstance(part, nn.RNNBase) for part in self.module.modules())  # cuDNN refuses their gradients
        device = next(self.module.parameters()).device
        found = [torch.empty(0, self.windows.horizon, self.windows.look_back)]
        with (
            torch.inference_mode(mode=False),
            torch.enable_grad(),
            torch.backends.cudnn.flags(enabled=torch.backends.cudnn.enabled and not recurrent),
        ):
            for batch in self.windows.batches(MOST_AT_ONCE, device):
                values, observed, *ahead = batch.inputs
                target = values[:, :1].clone().requires_grad_()
                forecast = self.module(torch.cat([target, values[:, 1:]], dim=1), observed, *ahead).prediction.sum(0)
                rows = [torch.autograd.grad(step, target, retain_graph=True)[0] for step in forecast]
                found.append(torch.cat(rows, dim=1).masked_fill(~observed[:, :1], 0.0).cpu())
        return torch.cat(found)


def gradient_map(module: nn.Module, windows: Windows) -> AttentionMap:
    """Return ∂ŷ_s / ∂y_t for each step ahead s and step of the past t, computed when read.

    It is no attention, but says what the weights of a `LinearForecast` say, of which it is the gradient: how much of a
    change of each step goes into each step ahead, near the series as it is. Where windows are centred (`Reversible`),
    rows sum to one, for a series that is moved is forecast as much moved. What is missing has no weight.
    """
    return AttentionMap("gradient", Gradient(module, windows), ("case", "step ahead", "time"))
