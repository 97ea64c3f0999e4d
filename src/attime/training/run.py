"""Running a trained network over many cases, batch by batch, without keeping gradients."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from attime.nn import Output
from attime.training.cases import Batches
from attime.training.device import autocast

PREDICTION_BATCH = 256


def run(
    network: nn.Module, cases: Batches, *, precision: str = "fp32", batch_size: int = PREDICTION_BATCH
) -> Iterator[Output]:
    """Yield the output for each batch of cases, in their order, on the device where the network is."""
    device = next(network.parameters()).device
    network.eval()
    for batch in cases.batches(batch_size, device):
        with torch.inference_mode(), autocast(device, precision):
            output = network(*batch.inputs)
        yield output
