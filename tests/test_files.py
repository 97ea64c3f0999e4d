"""What files promise: they are written whole or not at all, and what was there before stays."""

from __future__ import annotations

import errno
import os
import resource
from contextlib import suppress

import pytest
import torch

from attime.errors import OutputError
from attime.files import whole_file, write_json
from attime.persistence import ModelFile, write_model


@pytest.fixture
def no_room():
    """Let no file become longer than 1,000 bytes, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize(
    "write",
    [
        lambda path: write_json(list(range(1000)), path),
        lambda path: write_model(path, ModelFile({}, {"weight": torch.zeros(1000)})),
    ],
    ids=["json", "model"],
)
def test_without_room_the_older_file_stays_and_nothing_is_left_beside_it(write, tmp_path, no_room):
    path = tmp_path / "result"
    path.write_text("older")
    with pytest.raises(OutputError, match=r"result: cannot be written .*File too large"):
        write(path)
    assert path.read_text() == "older"
    assert os.listdir(tmp_path) == ["result"]


def test_an_error_while_writing_leaves_nothing(tmp_path):
    with suppress(ZeroDivisionError), whole_file(tmp_path / "result") as unfinished:
        unfinished.write_text("half")
        _ = 1 / 0
    assert os.listdir(tmp_path) == []


def test_a_file_and_its_name_are_on_the_disk_before_it_is_told_to_be_written(tmp_path, monkeypatch):
    synced, fsync, rename = [], os.fsync, os.replace

    def told(handle):
        synced.append(os.path.basename(os.readlink(f"/proc/self/fd/{handle}")))
        fsync(handle)

    def replaced(source, target):
        synced.append("replaced")
        rename(source, target)

    monkeypatch.setattr(os, "fsync", told)
    monkeypatch.setattr(os, "replace", replaced)
    write_json({}, tmp_path / "result.json")
    assert synced[0].startswith(".result.json.")
    assert synced[1:] == ["replaced", tmp_path.name]


def test_a_file_is_synced_as_every_system_wants_and_a_folder_where_that_can_be_done(tmp_path, monkeypatch):
    """Windows wants a file that may be written to; many network disks do not know a folder."""

    def strict(handle):
        if os.path.isdir(f"/proc/self/fd/{handle}"):
            raise OSError(errno.EINVAL, "Invalid argument")
        os.pwrite(handle, b"", 0)

    monkeypatch.setattr(os, "fsync", strict)
    write_json({}, tmp_path / "result.json")
    assert os.listdir(tmp_path) == ["result.json"]


def test_what_a_killed_process_left_is_removed_and_what_another_writes_is_not(tmp_path):
    target = tmp_path / "model.attime"
    (tmp_path / ".model.attime.abcdefgh.attime").write_text("half")
    (tmp_path / ".other.attime.abcdefgh.attime").write_text("of another file")
    with whole_file(target) as first, whole_file(target) as second:
        first.write_text("first")
        second.write_text("second")
    assert target.read_text() == "first"
    assert sorted(path.name for path in tmp_path.iterdir()) == [".other.attime.abcdefgh.attime", "model.attime"]
