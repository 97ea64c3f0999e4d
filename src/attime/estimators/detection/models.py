"""The models a detector may use, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attime.errors import OptionError
from attime.estimators.detection.reconstruction import OVERLAP, ReconstructionScorer
from attime.estimators.detection.reference import ReferenceScorer
from attime.names import pick
from attime.nn.networks.detection import RECONSTRUCTORS, Reconstructor
from attime.training import TrainingOptions

#: Names that stand for reference attention, with the views it compares by.
REFERENCE = {"default": ("level", "centred", "shape", "change"), "nearest": ("level",)}
#: Names of all models.
MODELS = (*REFERENCE, *RECONSTRUCTORS)
TRAINING = TrainingOptions(max_epochs=75, learning_rate=2e-2)


def scorer_of(
    model: str | Reconstructor,
    window: int,
    *,
    training: TrainingOptions | Mapping[str, Any] | None,
    seed: int,
) -> ReferenceScorer | ReconstructionScorer:
    """Return what a name, or a description of a network, stands for.

    Raises
    ------
    OptionError
        If there is none of this name, or options of training are wrong.
    """
    if isinstance(model, str) and model in REFERENCE:
        return ReferenceScorer(window, REFERENCE[model])
    names = {**dict.fromkeys(REFERENCE), **RECONSTRUCTORS}
    network = model if isinstance(model, Reconstructor) else pick(names, model, what="model")
    if network is None:
        raise OptionError(f"model={model!r} arrived, expected a name or a description of a network")
    options = training if isinstance(training, TrainingOptions) else TRAINING.set_params(**dict(training or {}))
    return ReconstructionScorer(network, window, max(1, window // OVERLAP), options.checked(), seed)
