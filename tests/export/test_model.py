"""The file, and the model that is read from it: checked, complete, without torch, and clear about what is wrong."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from attime import AttentionClassifier, AttentionDetector, AttentionForecaster, SeriesSet
from attime.cli.main import main
from attime.data import TrainingScale, write
from attime.errors import DataError, DataWarning, MissingExtraError, ModelFileError, OptionError, UnsuitableError
from attime.estimators.scaling import SCALES
from attime.export import OnnxModel, to_onnx, verify
from attime.nn import Recurrent, Transformer

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


STATIC = pd.DataFrame({"dose": ["1", "2"] * 20, "age": RNG.normal(50, 10, 40)})


@pytest.fixture(scope="module")
def with_static(tmp_path_factory):
    """A classifier of series with static covariates, and its file; a class and a word are no UTF-8."""
    path = tmp_path_factory.mktemp("static") / "model.onnx"
    static = STATIC.assign(dose=pd.Series(["1", "\udcff"] * 20, dtype=object))
    series = SeriesSet.of(X, np.array(["a", "\ud800"])[Y], static=static)
    classifier = AttentionClassifier(Recurrent(hidden=4), training={"max_epochs": 1}, random_state=0).fit(series)
    to_onnx(classifier, path)
    return classifier, path


@pytest.fixture(scope="module")
def of_a_table(tmp_path_factory):
    """A classifier of a table, with a position for each of its columns, and its file."""
    path = tmp_path_factory.mktemp("table") / "model.onnx"
    network = Transformer(d_model=8, n_heads=2, n_layers=1, patch=1, position="learned")
    frame = pd.DataFrame(X[:, 0], columns=[f"day {number}" for number in range(20)])
    classifier = AttentionClassifier(network, training={"max_epochs": 1}, random_state=0).fit(frame, Y)
    to_onnx(classifier, path)
    return classifier, path, frame


@pytest.fixture(scope="module")
def of_a_forecaster(tmp_path_factory):
    path = tmp_path_factory.mktemp("forecaster") / "model.onnx"
    frame = pd.DataFrame({"unique_id": np.repeat(["a", "b"], 60), "ds": [*range(60)] * 2, "y": RNG.normal(size=120)})
    to_onnx(AttentionForecaster(2, "linear", look_back=8, random_state=0).fit(frame), path)
    return OnnxModel(path)


def test_names_that_are_no_text_come_back(with_static):
    classifier, path = with_static
    model = OnnxModel(path)
    assert model.classes_.tolist() == classifier.classes_.tolist() == ["a", "\ud800"]
    assert model.told_["static"][0]["words"] == ["1", "\udcff"]


@pytest.mark.parametrize(
    "static",
    [
        STATIC.assign(dose=[1, 2] * 20),
        STATIC.assign(age="old"),
        STATIC[["age"]],
        None,
    ],
)
def test_static_covariates_that_the_estimator_refuses_are_refused(static, with_static):
    classifier, path = with_static
    series = SeriesSet.of(X, static=static)
    for model in (classifier, OnnxModel(path)):
        with pytest.raises(DataError, match="the model was fitted"):
            model.predict(series)


def test_a_static_column_with_nothing_in_it_may_be_of_either_kind(with_static):
    classifier, path = with_static
    for static in (STATIC.assign(dose=np.nan), STATIC.assign(age=pd.Series([None] * 40, dtype=object))):
        series = SeriesSet.of(X, static=static)
        assert np.allclose(OnnxModel(path).predict_proba(series), classifier.predict_proba(series), atol=1e-5)


def test_static_covariates_that_the_model_does_not_know_are_refused(classifier, path):
    for model in (classifier, OnnxModel(path)):
        with pytest.raises(DataError, match="fitted without static covariates"):
            model.predict(SeriesSet.of(X, static=STATIC))


@pytest.mark.filterwarnings("ignore:X does not have valid feature names")  # of scikit-learn
def test_tables_that_the_estimator_refuses_are_refused(of_a_table):
    classifier, path, frame = of_a_table
    others = [frame[frame.columns[::-1]], frame.rename(columns={"day 3": "class"}), frame.iloc[:, :15]]
    for other in [*others, X[:, 0, :15], X[:, 0, :15].tolist()]:
        for model in (classifier, OnnxModel(path)):
            with pytest.raises(ValueError, match=r"in fit|during fit|features|columns arrived"):
                model.predict(other)
    for same in (frame, X[:, :1], [*X[:, 0]], SeriesSet.of(frame), X[:, :1, :15]):
        OnnxModel(path).predict(same)


@pytest.mark.filterwarnings("ignore:.*series of 25 steps")
def test_series_that_are_longer_than_learned_positions_are_refused(of_a_table, tmp_path, capsys):
    _, path, _ = of_a_table
    longer = RNG.normal(size=(3, 1, 25))
    with pytest.raises(DataError, match="series of 25 steps arrived, more than this graph can read"):
        OnnxModel(path).predict(longer)
    write(SeriesSet.of(longer), tmp_path / "long.npz")
    capsys.readouterr()
    assert main(["predict", str(path), str(tmp_path / "long.npz"), "--engine", "onnx"]) == 2
    told = [line for line in capsys.readouterr().err.splitlines() if "warning" not in line]
    assert len(told) == 1


def test_longer_series_than_in_fit_are_warned_of_as_the_estimator_does(classifier, path):
    for model in (classifier, OnnxModel(path)):
        with pytest.warns(DataWarning, match="series of 25 steps arrived, those in fit had 20"):
            model.predict(RNG.normal(size=(3, 2, 25)))


@pytest.mark.parametrize(
    ("inputs", "outputs", "told"),
    [
        ({}, ["nonsense"], "the outputs nonsense were asked for, expected some of prediction, logits"),
        ({}, [], "were asked for"),
        ({"series": [["words"]]}, None, "series cannot be read as an array of numbers"),
        ({"series": [[1.0], [1.0, 2.0]]}, None, "series cannot be read as an array of numbers"),
        ({"series": np.full((1, 2, 20), np.inf)}, None, "series holds inf, expected finite numbers"),
    ],
)
def test_what_the_graph_cannot_answer_is_told_in_one_error(path, inputs, outputs, told):
    with pytest.raises(DataError, match=told):
        OnnxModel(path).run({"series": X} | inputs, outputs)


@pytest.mark.parametrize(
    ("owner", "told"),
    [
        (2, "owner holds 2 in case 1 .*, expected the place of one of the 2 series of fit, or -1 for another"),
        (-2, "owner holds -2 in case 1"),
        (np.nan, "owner holds nan, expected whole numbers"),
        (0.5, "owner holds 0.5, expected whole numbers"),
        (2.0**63, r"owner holds 9\.22.*e\+18, expected whole numbers"),
        ("a", "owner cannot be read as an array of numbers"),
    ],
)
def test_owners_that_there_are_not_are_refused(of_a_forecaster, owner, told):
    inputs = {"series": np.zeros((2, 1, 8)), "owner": np.array([0, owner])}
    with pytest.raises(DataError, match=told):
        of_a_forecaster.run(inputs)
    assert len(of_a_forecaster.run(inputs | {"owner": [1.0, -1.0]})["prediction"]) == 2


def test_a_forecaster_takes_no_series_as_they_are(of_a_forecaster):
    with pytest.raises(UnsuitableError, match="call run"):
        of_a_forecaster.inputs_of(X)


@pytest.mark.parametrize(
    "forged",
    [
        {"static": 5},
        {"static": [{"name": "age", "words": None}]},
        {"classes": [0, 1, 2]},
        {"classes": 5},
        {"classes": [[0], [1]]},
        {"kind": []},
        {"n_channels": 3},
        {"n_channels": "2"},
        {"n_steps": 0},
        {"channels": ["x"]},
        {"channels": 5},
        {"columns": [1]},
        {"n_columns": "many"},
        {"time_unit": 1.0},
        {"task": "regress", "classes": 1},
        {"task": "forecast"},
        {"task": "dream"},
    ],
)
def test_a_file_whose_metadata_do_not_fit_is_refused(path, tmp_path, forged):
    onnx = pytest.importorskip("onnx")
    document = onnx.load(path)
    told = json.loads(document.metadata_props[0].value)
    onnx.helper.set_model_props(document, {"attime": json.dumps(told | forged)})
    onnx.save(document, tmp_path / "forged.onnx")
    with pytest.raises(ModelFileError, match="is no ONNX model of attime"):
        OnnxModel(tmp_path / "forged.onnx")


def test_classes_that_a_file_cannot_hold_are_refused(tmp_path):
    dates = pd.to_datetime(["2020", "2021"]).to_numpy()[Y]
    classifier = AttentionClassifier(Recurrent(hidden=4), training={"max_epochs": 1}, random_state=0).fit(X, dates)
    with pytest.raises(UnsuitableError, match="expected words, numbers or truth values"):
        to_onnx(classifier, tmp_path / "model.onnx")


class Doubled(TrainingScale):
    """A scale of somebody else, of which no graph is known."""

    def apply(self, values):
        return 2 * super().apply(values)


def test_a_scale_of_which_no_graph_is_known_is_refused(tmp_path, monkeypatch):
    monkeypatch.setitem(SCALES, "doubled", Doubled)
    options = {"training": {"max_epochs": 1}, "random_state": 0}
    classifier = AttentionClassifier(Recurrent(hidden=4), scaling="doubled", **options).fit(X, Y)
    with pytest.raises(UnsuitableError, match="the scale Doubled arrived"):
        to_onnx(classifier, tmp_path / "model.onnx")


def test_a_graph_that_says_something_else_than_the_estimator_is_not_written(tmp_path, monkeypatch):
    options = {"training": {"max_epochs": 1}, "random_state": 0}
    classifier = AttentionClassifier(Recurrent(hidden=4), scaling="training", **options).fit(X, Y)
    apply = TrainingScale.apply
    monkeypatch.setattr(TrainingScale, "apply", lambda self, values: 2 * apply(self, values))
    with pytest.raises(UnsuitableError, match="from what the estimator gives"):
        to_onnx(classifier, tmp_path / "model.onnx")
    assert not list(tmp_path.iterdir())
