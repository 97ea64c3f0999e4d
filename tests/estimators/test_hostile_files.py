"""Whatever a model file claims, loading it is refused in one line or gives a model, and costs little."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

import attime
from attime.errors import ModelFileError
from attime.persistence import ModelFile, read_model, write_model

OLD = Path(__file__).parents[1] / "persistence" / "old"
HUGE = 10**12
LEARNT = "learnt"
CONVOLUTIONAL = {"width": 4, "dilations": ["tuple", 1], "looks": 1}


def written(name: str, place: Path, change) -> Path:
    file = read_model(OLD / f"{name}.attime")
    change(file.specification, file.tensors)
    write_model(place / "model.attime", ModelFile(file.specification, file.tensors))
    return place / "model.attime"


def learnt(**values):
    return lambda told, tensors: told["learnt"].update(values)


def tensor(name, change):
    return lambda told, tensors: tensors.update({name: change(tensors[name])})


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("classifier", learnt(n_channels_=HUGE)),
        ("classifier", learnt(n_steps_=HUGE)),
        ("classifier", learnt(n_steps_="16")),
        ("classifier", learnt(made_up_=1)),
        ("classifier", learnt(network_=["options", "Convolutional", CONVOLUTIONAL | {"width": 10**6}])),
        ("classifier", learnt(network_=["options", "Convolutional", {"dilations": ["tuple", *[1] * 10**5]}])),
        ("classifier", learnt(network_=["options", "Transformer", {"n_layers": 10**6}])),
        ("classifier", learnt(network_=["options", "Dictionary", {"n_dilations": 10**9}])),
        ("classifier", learnt(network_=["options", "Mixture", {"parts": ["tuple"]}])),
        ("classifier", lambda told, tensors: told.update(histories=told["histories"] * 10**5)),
        ("classifier", tensor("module.pooling.class_scores.b", torch.Tensor.double)),
        ("classifier", tensor("module.pooling.class_scores.b", lambda part: part * np.nan)),
        ("classifier", tensor("scale.mean", lambda part: part * np.inf)),
        ("classifier", tensor("scale.mean", lambda part: part[:1])),
        ("classifier", tensor("history 0.train_loss", lambda part: part[:1])),
        ("regressor", learnt(target_mean_="0")),
        ("forecaster", lambda told, tensors: told["plan"].update(horizon=HUGE)),
        ("forecaster", lambda told, tensors: told["plan"].update(look_back=HUGE)),
        ("forecaster", lambda told, tensors: told["plan"].update(n_features=10**9)),
        ("forecaster", lambda told, tensors: told.update(names=[str(n) for n in range(10**5)])),
        ("forecaster", tensor("limits.errors", lambda part: part[..., :1])),
        ("detector", learnt(window_=HUGE, channels_=["tuple", *"ab"])),
        ("detector", tensor("calibration", lambda part: part * np.nan)),
        ("reference_detector", learnt(window_=HUGE)),
        ("reference_detector", tensor("module.keys", lambda part: part[0])),
    ],
)
def test_what_a_file_claims_is_not_believed(name, change, tmp_path):
    path = written(name, tmp_path, change)
    with pytest.raises(ModelFileError, match="does not fit together") as caught:
        attime.load(path)
    assert "\n" not in str(caught.value)
    assert torch.is_grad_enabled()  # or nothing could be fitted afterwards


def test_a_missing_extra_is_named_where_the_model_needs_one(tmp_path, monkeypatch):
    network = ["options", "Convolutional", CONVOLUTIONAL | {"weigh": "entmax15"}]
    path = written("classifier", tmp_path, learnt(network_=network))
    monkeypatch.setitem(__import__("sys").modules, "entmax", None)
    with pytest.raises(attime.AttimeError, match=r"pip install 'attime\[entmax\]'"):
        attime.load(path)
