"""Networks that reconstruct as scorers: how improbable each value is, and how far the window is from known ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from attime.estimators.detection.scoring import (
    Energies,
    Values,
    WindowEnergies,
    at,
    energies_of,
    held_out_blocks,
    starts_of,
    windows_of,
)
from attime.nn.networks.detection import Reconstructor
from attime.nn.reconstruction import Reconstructing, reconstruction_log_probability
from attime.training import History, TrainingOptions, find_device, seeded, train
from attime.training.reconstruction import Unlabelled, reconstruction_loss

BLOCKS = 10  # of the training part, of which these numbers are held out:
CALIBRATING, CHOOSING = (3, 8), (5,)  # to know what normal energies are, and which epoch is best
OVERLAP = 8  # windows that cover a step
N_SAMPLES = 16
N_NEAREST = 3  # codes of training that the code of a window is compared with
MOST_CODES = 2048
BATCH = 256


@dataclass
class ReconstructionScorer:
    """−log p of each value as the network has it, and the distance of a window's code from those in training.

    What is written as easily as it is rare, such as a day at zero, has a high probability and yet an unusual code.

    Parameters
    ----------
    network
        The description of the network.
    window, stride
        Steps of a window, and from one to the next; not the same as the windows learnt from, which overlap alike.
    options
        How to train.
    seed
        Of all that is random.
    """

    network: Reconstructor
    window: int
    stride: int
    options: TrainingOptions
    seed: int
    module: Reconstructing = field(init=False)
    codes: Float[Tensor, "window code"] = field(init=False)
    are_distances: bool = field(default=False, init=False)
    histories: tuple[History, ...] = field(default=(), init=False)

    @property
    def groups(self) -> tuple[str, ...]:
        """What is judged beside each channel."""
        return ("code",) if self.codes.numel() else ()

    def fit(self, series: Sequence[Values]) -> list[Energies]:
        """Train on most blocks, and return the energies of those held out."""
        blocks = held_out_blocks([values.shape[1] for values in series], BLOCKS, self.window)
        parts: dict[str, list[tuple[int, int, int]]] = {"learning": [], "choosing": [], "calibrating": []}
        for number, block in enumerate(blocks):
            place = number % BLOCKS
            name = "calibrating" if place in CALIBRATING else "choosing" if place in CHOOSING else "learning"
            parts[name].append(block)
        if len(blocks) < BLOCKS:  # too short to set anything apart: what is learnt from has to do
            parts = dict.fromkeys(parts, blocks)
        learnt, chosen = (self._windows(series, parts[name]) for name in ("learning", "choosing"))
        with seeded(self.seed, find_device(self.options.device)):
            self.module = self.network.build(n_channels=len(series[0]), n_steps=self.window)
            history = train(self.module, learnt, chosen, loss=reconstruction_loss, options=self.options)
        self.histories = (history,)
        self.module.eval().cpu()
        self.codes = self._codes(learnt)
        n_groups = len(series[0]) + len(self.groups)
        found = [np.full((values.shape[1], n_groups, 1), np.nan) for values in series]
        for owner, begin, end in parts["calibrating"]:
            found[owner][begin:end] = energies_of(self, series[owner][:, begin:end])
        return found

    @torch.no_grad()
    def ask(self, windows: Tensor, present: Tensor) -> WindowEnergies:
        """Return −log p of each value, and the distance of each window's code."""
        parts = []
        for own, there in zip(windows.split(BATCH), present.split(BATCH), strict=True):
            generator = torch.Generator().manual_seed(self.seed)
            found = -reconstruction_log_probability(
                self.module, own, there, n_samples=N_SAMPLES, generator=generator
            ).transpose(1, 2)
            if self.codes.numel():
                nearest = torch.cdist(
                    self._code(own, there), self.codes, compute_mode="donot_use_mm_for_euclid_dist"
                ).topk(min(N_NEAREST, len(self.codes)), largest=False)
                distance = nearest.values.mean(1)[:, None, None].expand(-1, self.window, 1)
                found = torch.cat([found, distance], -1)
            parts.append(found)
        return torch.cat(parts).double().numpy()[..., np.newaxis]

    def _windows(self, series: Sequence[Values], blocks: Sequence[tuple[int, int, int]]) -> Unlabelled:
        parts = []
        for owner, begin, end in blocks:
            windows, present = windows_of(series[owner][:, begin:end], self.window)
            parts.append(at(windows, present, starts_of(len(windows), self.stride)))
        return Unlabelled(torch.cat([part for part, _ in parts]), torch.cat([part for _, part in parts]))

    def _codes(self, learnt: Unlabelled) -> Float[Tensor, "window code"]:
        evenly = torch.linspace(0, len(learnt) - 1, min(MOST_CODES, len(learnt))).round().long()
        return self._code(learnt.values[evenly], learnt.observed[evenly])

    @torch.no_grad()
    def _code(self, windows: Tensor, present: Tensor) -> Float[Tensor, "window code"]:
        """Return what attention gave the decoder; nothing for a network without."""
        found = [
            self.module(own, there).context
            for own, there in zip(windows.split(BATCH), present.split(BATCH), strict=True)
        ]
        return torch.cat([part if part is not None else torch.empty(len(windows), 0) for part in found])
