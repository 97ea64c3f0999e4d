"""The graph of an autoencoder: from a window as it was measured to what should have been, and how probable it was."""

from __future__ import annotations

import copy
from functools import partial

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from attime.errors import UnsuitableError
from attime.estimators.detection import AttentionDetector
from attime.estimators.detection.reconstruction import N_NEAREST, N_SAMPLES, ReconstructionScorer
from attime.estimators.detection.scale import FARTHEST
from attime.export.graph import CASE, Axis, Graph, Input, Outputs, Said, by_name
from attime.export.scaling import ByTraining
from attime.nn.reconstruction import Reconstructing, VariationalRecurrentAutoencoder

N_ASKED = 3  # windows of which the detector is asked itself


def graph_of_reconstruction(detector: AttentionDetector) -> Graph:
    """Return the graph of the network of a fitted detector.

    Raises
    ------
    UnsuitableError
        If the detector has none.
    """
    scorer = detector._scorer
    if not isinstance(scorer, ReconstructionScorer):
        raise UnsuitableError(
            f"a detector with model={detector.model!r} arrived, which compares windows with those it has kept and has "
            "no network to export; fit one with model='variational', 'recurrent', 'masked' or 'forecast'"
        )
    mean, deviation = detector.scale_.mean, detector.scale_.deviation
    n_channels, window = len(mean), detector.window_
    axes = (CASE, Axis("channel", n_channels), Axis("time", window))
    told = {"task": "detect", "n_channels": n_channels, "n_steps": window, "channels": list(detector.channels_)}
    series = Input("series", axes, level=tuple(mean), spread=tuple(deviation))
    said = partial(_said, detector, scorer, series)
    return Graph(Reconstructed(scorer, mean, deviation), (series,), told, said, lengths=(window,))


def _said(detector: AttentionDetector, scorer: ReconstructionScorer, wanted: Input) -> Said:
    """Ask the scorer of the detector how improbable each value of some windows is."""
    windows = wanted.drawn(N_ASKED, detector.window_, np.random.default_rng(0))
    scaled = np.stack([detector.scale_.transform(window.astype(np.float64)) for window in windows])
    present = torch.from_numpy(~np.isnan(scaled))
    energies = scorer.ask(torch.from_numpy(np.nan_to_num(scaled)).float(), present)[..., 0]
    improbable = np.where(present.numpy(), energies[..., : windows.shape[1]].transpose(0, 2, 1), np.nan)
    return Said({"series": windows}, {"log_probability": -improbable})


class Reconstructed(nn.Module):
    """Scaling, mask, network, the probability of each value, and how far the code is from those of training."""

    codes: Float[Tensor, "window code"]

    def __init__(self, scorer: ReconstructionScorer, mean: np.ndarray, deviation: np.ndarray) -> None:
        super().__init__()
        self.scale = ByTraining(mean, deviation, farthest=FARTHEST)
        network = copy.deepcopy(scorer.module).cpu().eval()
        self.network = Drawing(network, scorer) if isinstance(network, VariationalRecurrentAutoencoder) else network
        self.register_buffer("codes", scorer.codes.cpu())

    def forward(self, *inputs: Tensor) -> Outputs:
        """Return what is said of each window, by name."""
        (series,) = inputs
        observed = ~series.isnan()
        values = self.scale(torch.where(observed, series, 0.0).double(), observed).float()
        found: Outputs = {}
        if isinstance(self.network, Drawing):
            location, log_probability, context, attention = self.network(values, observed)
            nearest = (context.unsqueeze(1) - self.codes).square().sum(-1).sqrt()
            near = nearest.topk(min(N_NEAREST, len(self.codes)), largest=False).values.mean(1)
            found |= {"code_distance": near, "attention": attention}
        else:
            assert isinstance(self.network, Reconstructing)
            output = self.network(values, observed)
            location, log_probability = output.prediction, output.distribution.log_prob(values)
            found |= by_name(output.maps)
        reconstruction = (location.double() * self.scale.deviation + self.scale.mean).float()
        return {
            "reconstruction": reconstruction,
            "log_probability": log_probability.masked_fill(~observed, torch.nan),
            **found,
        }


class Drawing(nn.Module):
    """A variational autoencoder whose draws are fixed: those by which the detector scores, all decoded at once."""

    noise_z: Float[Tensor, "draw 1 code"]
    noise_c: Float[Tensor, "draw 1 time context"]

    def __init__(self, network: VariationalRecurrentAutoencoder, scorer: ReconstructionScorer) -> None:
        super().__init__()
        self.network = network
        generator = torch.Generator().manual_seed(scorer.seed)
        sizes = (network.mean.out_features,), (scorer.window, network.attend.mean.out_features)
        drawn = [[torch.randn(size, generator=generator) for size in sizes] for _ in range(N_SAMPLES)]
        self.register_buffer("noise_z", torch.stack([z for z, _ in drawn]).unsqueeze(1))
        self.register_buffer("noise_c", torch.stack([c for _, c in drawn]).unsqueeze(1))

    def forward(self, values: Tensor, observed: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Return location, log probability, mean context and attention."""
        network, posterior = self.network, self.network.encode(values, observed)
        z, c, within = posterior.z, posterior.attended.context, posterior.within
        location = network.decode(z.mean, posterior.attended.values, within).mean
        drawn_z, drawn_c = z.mean + z.stddev * self.noise_z, c.mean + c.stddev * self.noise_c
        decoded = network.decode(drawn_z.flatten(0, 1), drawn_c.flatten(0, 1), within.repeat(N_SAMPLES, 1))
        log_probability = decoded.log_prob(values.repeat(N_SAMPLES, 1, 1)).unflatten(0, (N_SAMPLES, -1)).mean(0)
        return location, log_probability, posterior.mean_context, posterior.attended.weights
