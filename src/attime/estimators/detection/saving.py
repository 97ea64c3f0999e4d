"""How a detector becomes a model file and comes back."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from attime.errors import ModelFileError
from attime.estimators.card import write_card
from attime.estimators.detection.calibration import Calibration
from attime.estimators.detection.fusion import Fusion
from attime.estimators.detection.models import scorer_of
from attime.estimators.detection.reconstruction import ReconstructionScorer
from attime.estimators.detection.scale import ChannelScale
from attime.estimators.filling import filled, finite, made
from attime.estimators.specification import (
    arrays_of,
    arrays_of_histories,
    as_numpy,
    histories_from,
    named,
    opened,
    parameters_of,
    part_of,
    set_learnt,
    to_json,
    told_of_histories,
    values_of,
)
from attime.nn.reference import ReferenceAttention
from attime.persistence import ModelFile, in_line, write_model

if TYPE_CHECKING:
    from attime.estimators.detection.detector import AttentionDetector

#: What is learnt beside arrays, and of what type it is; and what files of older versions lack.
LEARNT: dict[str, type] = {
    "window_": int, "channels_": tuple, "n_features_in_": int, "threshold_": float, "offset_": float, "n_cases_": int,
    "n_steps_": int,
}  # fmt: skip
MOST_STEPS = 10**9  # of a window
MAY_LACK = ("n_cases_", "n_steps_")


def save_detector(detector: AttentionDetector, path: str | os.PathLike[str], *, card: bool = False) -> None:
    """Write a fitted detector to `path`, and a model card beside it if asked for."""
    scorer = detector._scorer
    specification = {
        "estimator": type(detector).__name__,
        "parameters": parameters_of(detector),
        "learnt": {name: to_json(getattr(detector, name)) for name in LEARNT if hasattr(detector, name)},
        "column_names": getattr(detector, "feature_names_in_", np.empty(0)).tolist(),
        "are_distances": detector.fusion_.are_distances,
        "seed": scorer.seed if isinstance(scorer, ReconstructionScorer) else 0,
        "histories": told_of_histories(detector.histories_),
    }
    codes: dict[str, Tensor] = {"codes": scorer.codes} if isinstance(scorer, ReconstructionScorer) else {}
    tensors = {
        **named("module", detector.module_.state_dict()),
        **named("scale", arrays_of(detector.scale_)),
        **named("fusion", arrays_of(detector.fusion_)),
        "calibration": torch.from_numpy(detector.calibration_.scores),
        **codes,
        **arrays_of_histories(detector.histories_),
    }
    write_model(path, ModelFile(specification, tensors))
    if card:
        write_card(path)


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
    set_learnt(detector, told["learnt"], LEARNT, may_lack=MAY_LACK)
    if told["column_names"]:
        detector.feature_names_in_ = np.array(told["column_names"], dtype=object)
    detector.histories_ = histories_from(file)
    detector.scale_ = made(ChannelScale, finite(as_numpy(part_of(tensors, "scale"))))
    fusion = {**finite(as_numpy(part_of(tensors, "fusion"))), "are_distances": told["are_distances"]}
    detector.fusion_ = made(Fusion, fusion)
    detector.calibration_ = made(Calibration, finite({"scores": tensors["calibration"].numpy()}))
    if not (0 <= int(told["seed"]) < 2**63 and all(isinstance(name, str) for name in detector.channels_)):
        raise ModelFileError("its seed is none, or the names of its channels are none")
    scorer = scorer_of(detector.model, detector.window_, training=detector.training, seed=int(told["seed"]))
    state = part_of(tensors, "module")
    if isinstance(scorer, ReconstructionScorer):
        network, size = scorer.network, {"n_channels": detector.n_features_in_, "n_steps": scorer.window}
        scorer.module = filled(lambda: network.build(**size), state)
        scorer.codes = tensors["codes"]
        scorer.histories = detector.histories_
    else:
        views, n_nearest, shape = scorer.views, scorer.n_nearest, state["keys"].shape
        scorer.module = filled(lambda: ReferenceAttention(*shape, views=views, n_nearest=n_nearest), state)
    window = getattr(scorer.module, "window", detector.window_)
    n_groups = len(detector.channels_) + len(scorer.groups)
    sizes = {len(detector.channels_), detector.n_features_in_, len(detector.scale_.mean)}
    if not 0 < detector.window_ <= MOST_STEPS:
        raise ModelFileError(f"windows of {in_line(detector.window_)} steps cannot be")
    if len(sizes) > 1 or window != detector.window_ or len(detector.fusion_.usual) != n_groups:
        raise ModelFileError("its parts were made for different channels or windows")
    detector._scorer, detector.module_ = scorer, scorer.module
    return detector
