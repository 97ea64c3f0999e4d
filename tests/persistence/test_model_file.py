"""A model file comes back as it was written, or is refused with one clear error."""

from __future__ import annotations

import json

import pytest
import torch
from safetensors.torch import save_file

from attime.errors import ModelFileError, OutputError
from attime.persistence import ModelFile, read_model, write_model

MODEL = ModelFile({"model": "example", "sizes": [1, 2]}, {"weight": torch.arange(6.0).reshape(2, 3).T})


@pytest.fixture
def path(tmp_path):
    write_model(tmp_path / "model.attime", MODEL)
    return tmp_path / "model.attime"


def test_what_was_written_comes_back(path):
    found = read_model(path)
    assert found.specification == MODEL.specification
    assert torch.equal(found.tensors["weight"], MODEL.tensors["weight"])


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ModelFileError, match=r"none.attime: there is no such file"):
        read_model(tmp_path / "none.attime")


@pytest.mark.parametrize("keep", [0, 4, 20, -1])
def test_a_cut_file_is_refused(path, keep):
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(ModelFileError, match="not a model file, or a damaged one"):
        read_model(path)


def test_another_kind_of_file_is_refused(tmp_path):
    (tmp_path / "table.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ModelFileError, match="not a model file"):
        read_model(tmp_path / "table.csv")


@pytest.mark.parametrize("metadata", [None, {"other": "{}"}, {"attime": "[]"}])
def test_safetensors_of_somebody_else_are_refused(tmp_path, metadata):
    save_file(MODEL.tensors | {"weight": torch.ones(2)}, tmp_path / "other", metadata=metadata)
    with pytest.raises(ModelFileError, match="not one that attime wrote"):
        read_model(tmp_path / "other")


def test_a_later_format_is_refused(tmp_path):
    save_file({"weight": torch.ones(2)}, tmp_path / "later", metadata={"attime": json.dumps({"format": 99})})
    with pytest.raises(ModelFileError, match="format 99 arrived, this version of attime reads format 2"):
        read_model(tmp_path / "later")


def test_a_failed_write_keeps_the_older_file(path, monkeypatch):
    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    before = path.read_bytes()
    monkeypatch.setattr("attime.persistence.model_file.save_file", fail)
    with pytest.raises(OutputError, match="No space left on device"):
        write_model(path, MODEL)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(OutputError, match=r"nowhere/model.attime: cannot be written"):
        write_model(tmp_path / "nowhere" / "model.attime", MODEL)
