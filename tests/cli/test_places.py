"""No command writes over what it reads."""

import pytest

from attime.cli.main import main


@pytest.mark.parametrize(
    "words",
    [
        "card model.attime --out model.attime",
        "export model.attime --onnx ./model.attime",
        "fit series.npz --save series.npz",
        "fit series.npz:train --save series.npz",
        "predict model.attime series.csv --out link.csv",
    ],
)
def test_what_is_read_is_not_written_over(words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("model.attime", "series.npz", "series.csv"):
        (tmp_path / name).write_text("as it was")
    (tmp_path / "link.csv").symlink_to("series.csv")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert main(words.split()) == 2
    assert "write to another file" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
