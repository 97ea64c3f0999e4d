"""A model file comes back as it was written, bit for bit, or is refused with one clear error."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
import torch
from safetensors import SafetensorError
from safetensors.torch import save_file

from attime.errors import ModelFileError, OutputError
from attime.persistence import ModelFile, read_model, write_model

MODEL = ModelFile(
    {"model": "é", "sizes": [1, 2], "limits": [float("inf"), None]}, {"weight": torch.arange(6.0).reshape(2, 3).T}
)
WRITE = """
import sys, torch
from attime.persistence import ModelFile, write_model
write_model(sys.argv[1], ModelFile({"b": 1, "a": [2]}, {"y": torch.ones(3), "x": torch.zeros(2)}))
"""


@pytest.fixture
def path(tmp_path):
    write_model(tmp_path / "model.attime", MODEL)
    return tmp_path / "model.attime"


def test_what_was_written_comes_back(path):
    found = read_model(path)
    assert found.specification == MODEL.specification
    assert torch.equal(found.tensors["weight"], MODEL.tensors["weight"])
    assert set(found.versions) == {"attime", "torch", "numpy"}


def test_equal_models_make_equal_bytes_in_any_process(path, tmp_path):
    write_model(tmp_path / "again.attime", read_model(path))
    assert (tmp_path / "again.attime").read_bytes() == path.read_bytes()
    write_model(tmp_path / "here", ModelFile({"b": 1, "a": [2]}, {"y": torch.ones(3), "x": torch.zeros(2)}))
    environment = {**os.environ, "PYTHONHASHSEED": "1"}
    subprocess.run([sys.executable, "-c", WRITE, str(tmp_path / "there")], check=True, env=environment)
    assert (tmp_path / "here").read_bytes() == (tmp_path / "there").read_bytes()


def test_a_flipped_bit_of_any_byte_is_refused(path):
    content = path.read_bytes()
    for place in range(len(content)):
        changed = bytearray(content)
        changed[place] ^= 1 << place % 8
        path.write_bytes(changed)
        with pytest.raises(ModelFileError, match=r"model\.attime"):
            read_model(path)


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


def test_a_later_format_names_the_version_that_wrote_it(tmp_path):
    document = {"format": 99, "versions": {"attime": "7.1"}}
    save_file({"weight": torch.ones(2)}, tmp_path / "later", metadata={"attime": json.dumps(document)})
    with pytest.raises(
        ModelFileError, match=r"format 99, written by attime 7\.1, arrived, attime \S+ reads formats 2 and 3"
    ):
        read_model(tmp_path / "later")


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), SafetensorError("No space left on device")])
def test_a_failed_write_keeps_the_older_file(path, monkeypatch, error):
    def fail(*_, **__):
        raise error

    before = path.read_bytes()
    monkeypatch.setattr("attime.persistence.model_file.save_file", fail)
    with pytest.raises(OutputError, match="No space left on device"):
        write_model(path, MODEL)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(OutputError, match=r"nowhere/model.attime: cannot be written"):
        write_model(tmp_path / "nowhere" / "model.attime", MODEL)
