"""The models a detector may use, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attime.errors import OptionError
from attime.estimators.detection.reconstruction import OVERLAP, ReconstructionScorer
from attime.estimators.detection.reference import ReferenceScorer
from attime.names import pick
from attime.nn.networks.detection import RECONSTRUCTORS, ForecastAttention, MaskedTransformer, Reconstructor
from attime.training import TrainingOptions

#: Names that stand for reference attention, with the views it compares by.
REFERENCE = {"default": ("level", "centred", "shape", "change"), "nearest": ("level",)}
#: Names of all models.
MODELS = (*REFERENCE, *RECONSTRUCTORS)
#: How fast each kind of network learns, from trials on solar power curves; that of forecasts is what forecasters have.
LEARNING_RATES: dict[type[Reconstructor], float] = {MaskedTransformer: 4e-3, ForecastAttention: 5e-3}
RECURRENT_RATE, CASES_SHOWN = 2e-2, 25_000


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
    rate = LEARNING_RATES.get(type(network), RECURRENT_RATE)
    usual = TrainingOptions(cases_shown=CASES_SHOWN, learning_rate=rate)
    options = training if isinstance(training, TrainingOptions) else usual.set_params(**dict(training or {}))
    return ReconstructionScorer(network, window, max(1, window // OVERLAP), options.checked(), seed)
