"""The file, and the model that is read from it: checked, complete, without torch, and clear about what is wrong."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from attime import AttentionClassifier, AttentionDetector, SeriesSet
from attime.cli.main import main
from attime.data import write
from attime.errors import DataError, MissingExtraError, ModelFileError, OptionError, UnsuitableError
from attime.export import OnnxModel, to_onnx, verify
from attime.nn import Recurrent

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 2, 20)).astype(np.float32)
Y = np.arange(40) % 2


@pytest.fixture(scope="module")
def classifier() -> AttentionClassifier:
    return AttentionClassifier(Recurrent(hidden=4), training={"max_epochs": 1}, random_state=0).fit(X, Y)


@pytest.fixture(scope="module")
def path(classifier, tmp_path_factory):
    """A model file beside the file that the command made of it."""
    folder = tmp_path_factory.mktemp("onnx")
    classifier.save(folder / "model.attime")
    assert main(["export", str(folder / "model.attime"), "--onnx", str(folder / "model.onnx")]) == 0
    return folder / "model.onnx"


def test_the_file_stands_alone_with_free_axes(path):
    onnx = pytest.importorskip("onnx")
    document = onnx.load(path, load_external_data=False)
    assert {entry.version for entry in document.opset_import if entry.domain == ""} == {20}
    assert not any(tensor.external_data for tensor in document.graph.initializer)
    assert [axis.dim_param for axis in document.graph.input[0].type.tensor_type.shape.dim] == ["case", "", "time"]
    model = OnnxModel(path)
    assert model.told_["axes"]["evidence"] == ["case", 2, 1, "time"]
    assert model.classes_.tolist() == [0, 1]
    assert [file.name for file in path.parent.iterdir() if "onnx" in file.name] == ["model.onnx"]


def test_predictions_need_no_torch(path):
    script = (
        "import sys; from attime.export import OnnxModel; import numpy as np; "
        f"OnnxModel({str(path)!r}).explain(np.zeros((3, 2, 20))); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_large_sets_are_looked_at_in_parts(classifier, path):
    many = RNG.normal(size=(300, 2, 20)).astype(np.float32)
    assert np.allclose(OnnxModel(path).predict_proba(many), classifier.predict_proba(many), atol=1e-5)


def test_the_table_is_that_of_the_command(classifier, path):
    table = OnnxModel(path).table(SeriesSet.of(X))
    assert list(table) == ["predicted", "probability_0", "probability_1"]
    assert (table["predicted"] == classifier.predict(X)).all()


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ({"series": np.zeros((1, 3, 20))}, r"series of shape \(1, 3, 20\) arrived, expected \(case, 2, time\)"),
        ({"series": np.zeros((1, 20))}, r"expected \(case, 2, time\)"),
        ({"other": np.zeros((1, 2, 20))}, "the inputs other arrived, expected series; add series"),
    ],
)
def test_inputs_of_other_shapes_are_refused(path, inputs, told):
    with pytest.raises(DataError, match=told):
        OnnxModel(path).run(inputs)


def test_series_of_other_channels_are_refused(path):
    with pytest.raises(DataError, match="series of 3 channels arrived, the model was fitted on 2"):
        OnnxModel(path).predict(np.zeros((1, 3, 20)))


@pytest.mark.parametrize("content", [b"", b"no model", b"\x08\x07\x12\x07pytorch"])
def test_files_that_are_no_models_are_refused(content, tmp_path):
    (tmp_path / "model.onnx").write_bytes(content)
    with pytest.raises(ModelFileError, match="is no ONNX model of attime"):
        OnnxModel(tmp_path / "model.onnx")


def test_what_differs_is_not_written(classifier, tmp_path, monkeypatch):
    monkeypatch.setattr(verify, "TOLERANCE", 0.0)
    with pytest.raises(UnsuitableError, match="nothing was written"):
        to_onnx(classifier, tmp_path / "model.onnx")
    assert not list(tmp_path.iterdir())


def test_a_detector_without_a_network_is_refused(tmp_path):
    detector = AttentionDetector(window=20, alarm_rate=50).fit(np.sin(np.arange(300.0)))
    with pytest.raises(UnsuitableError, match="has no network to export; fit one with model='variational'"):
        to_onnx(detector, tmp_path / "model.onnx")


def test_an_opset_that_cannot_be_written_is_refused(classifier, tmp_path):
    with pytest.raises(OptionError, match="opset=9 arrived, expected 18 to 23"):
        to_onnx(classifier, tmp_path / "model.onnx", opset=9)


def test_a_missing_extra_is_told_with_its_command(classifier, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'attime\[onnx\]'"):
        to_onnx(classifier, tmp_path / "model.onnx")


def test_the_command_predicts_by_the_onnx_engine_what_the_local_engine_predicts(classifier, path, tmp_path):
    write(SeriesSet.of(X), tmp_path / "series.npz")
    tables = []
    for engine, model in (("local", path.with_suffix(".attime")), ("onnx", path)):
        out = tmp_path / f"{engine}.csv"
        words = ["predict", str(model), str(tmp_path / "series.npz"), "--engine", engine, "--out", str(out)]
        assert main(words) == 0
        tables.append(pd.read_csv(out))
    pd.testing.assert_frame_equal(*tables, atol=1e-5)


def test_an_estimator_is_no_model_of_the_onnx_engine(path, tmp_path, capsys):
    assert main(["predict", str(path.with_suffix(".attime")), str(tmp_path), "--engine", "onnx"]) == 2
    told = capsys.readouterr().err
    assert "is no ONNX model of attime" in told
    assert "attime export MODEL --onnx FILE" in told
    assert told.count("\n") == 1
