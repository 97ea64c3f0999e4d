"""How a detector becomes a model file and comes back."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from attime.estimators.detection.calibration import Calibration
from attime.estimators.detection.fusion import Fusion
from attime.estimators.detection.models import scorer_of
from attime.estimators.detection.reconstruction import ReconstructionScorer
from attime.estimators.detection.scale import ChannelScale
from attime.estimators.specification import (
    arrays_of,
    as_numpy,
    from_json,
    named,
    opened,
    parameters_of,
    part_of,
    to_json,
    values_of,
)
from attime.nn.reference import ReferenceAttention
from attime.persistence import ModelFile, write_model

if TYPE_CHECKING:
    from attime.estimators.detection.detector import AttentionDetector

LEARNT = ("window_", "channels_", "n_features_in_", "threshold_", "offset_")


def save_detector(detector: AttentionDetector, path: str | os.PathLike[str]) -> None:
    """Write a fitted detector to `path`."""
    scorer = detector._scorer
    specification = {
        "estimator": type(detector).__name__,
        "parameters": parameters_of(detector),
        "learnt": {name: to_json(getattr(detector, name)) for name in LEARNT},
        "column_names": getattr(detector, "feature_names_in_", np.empty(0)).tolist(),
        "are_distances": detector.fusion_.are_distances,
        "seed": scorer.seed if isinstance(scorer, ReconstructionScorer) else 0,
    }
    codes: dict[str, Tensor] = {"codes": scorer.codes} if isinstance(scorer, ReconstructionScorer) else {}
    tensors = {
        **named("module", detector.module_.state_dict()),
        **named("scale", arrays_of(detector.scale_)),
        **named("fusion", arrays_of(detector.fusion_)),
        "calibration": torch.from_numpy(detector.calibration_.scores),
        **codes,
    }
    write_model(path, ModelFile(specification, tensors))


def load_detector(cls: type[AttentionDetector], path: str | os.PathLike[str]) -> AttentionDetector:
    """Read a detector from `path`.

    Raises
    ------
    ModelFileError
        If the file is no model file, is damaged, or holds another kind of model.
    """
    with opened(path, cls.__name__) as file:
        return _restore(cls, file)


def _restore(cls: type[AttentionDetector], file: ModelFile) -> AttentionDetector:
    told, tensors = file.specification, file.tensors
    detector = cls(**values_of(told["parameters"]))
    for name in LEARNT:
        setattr(detector, name, from_json(told["learnt"][name]))
    detector.channels_ = tuple(detector.channels_)
    if told["column_names"]:
        detector.feature_names_in_ = np.array(told["column_names"], dtype=object)
    detector.scale_ = ChannelScale(**as_numpy(part_of(tensors, "scale")))
    detector.fusion_ = Fusion(**as_numpy(part_of(tensors, "fusion")), are_distances=told["are_distances"])
    detector.calibration_ = Calibration(tensors["calibration"].numpy())
    scorer = scorer_of(detector.model, detector.window_, training=detector.training, seed=int(told["seed"]))
    state = part_of(tensors, "module")
    if isinstance(scorer, ReconstructionScorer):
        with torch.device("meta"):  # shapes only: what stands in the file is believed once its tensors fit
            scorer.module = scorer.network.build(n_channels=detector.n_features_in_, n_steps=scorer.window)
        scorer.module.load_state_dict(state, assign=True)
        scorer.codes = tensors["codes"]
    else:
        scorer.module = ReferenceAttention(*state["keys"].shape, views=scorer.views, n_nearest=scorer.n_nearest)
        scorer.module.load_state_dict(state)
    scorer.module.eval()
    detector._scorer, detector.module_ = scorer, scorer.module
    return detector
