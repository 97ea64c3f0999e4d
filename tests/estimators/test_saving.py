"""A saved classifier comes back the same, in whatever way it was made; a file that is not one is refused."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from attime import AttentionClassifier, TrainingOptions
from attime.errors import ModelFileError, OptionError
from attime.estimators.scaling import SCALES
from attime.nn import Convolutional, Recurrent
from attime.persistence import ModelFile, read_model, write_model

VARIANTS = [
    {},
    {"quality": "fast", "time_budget": 60.0},
    {"network": "convolutional"},
    {"network": "convolutional", "n_networks": 2, "class_weight": "balanced"},
    {"network": "dictionary", "class_weight": "balanced"},
    {"network": "reference"},
    {"network": Convolutional(width=8, dilations=(1,), pooling="conjunctive")},
    {"network": Recurrent(hidden=4, cell="gru")},
    {"random_state": np.int64(3)},
    {"class_weight": {"flattened": 2.0, "normal": 1.0}},
    {"training": TrainingOptions(max_epochs=2)},
    *({"scaling": scaling, "quality": "fast"} for scaling in SCALES),
    {"training": {"max_epochs": 2, "validation_share": 0.2}, "network": "convolutional"},  # sharpened
]


@pytest.mark.parametrize("parameters", VARIANTS, ids=str)
def test_a_loaded_classifier_is_the_same(parameters, waves, tmp_path):
    clf = AttentionClassifier(**{"training": {"max_epochs": 2}, "random_state": 0, **parameters}).fit(waves)
    clf.save(tmp_path / "model.attime")
    loaded = AttentionClassifier.load(tmp_path / "model.attime")
    np.testing.assert_array_equal(loaded.predict_proba(waves), clf.predict_proba(waves))
    np.testing.assert_array_equal(loaded.evidence(waves), clf.evidence(waves))
    assert loaded.get_params() == clf.get_params()
    np.testing.assert_array_equal(loaded.history_.train_loss, clf.history_.train_loss)
    np.testing.assert_array_equal(loaded.fit(waves).predict_proba(waves), clf.predict_proba(waves))


@pytest.mark.parametrize(
    "labels", [[0, 1], ["a", "b"], [True, False], [-1.0, 1.0], np.array(["x", "y"], object)], ids=str
)
def test_class_names_come_back(labels, waves, tmp_path):
    y = np.array(labels)[(waves.labels == "normal").astype(int)]
    clf = AttentionClassifier(training={"max_epochs": 1}).fit(waves.values, y)
    clf.save(tmp_path / "model.attime")
    loaded = AttentionClassifier.load(tmp_path / "model.attime")
    assert loaded.classes_.tolist() == clf.classes_.tolist()
    assert loaded.classes_.dtype == clf.classes_.dtype


def test_column_names_come_back(waves, tmp_path):
    import pandas as pd

    frame = pd.DataFrame(waves.values[:, 0], columns=[f"t{step}" for step in range(60)])
    clf = AttentionClassifier(training={"max_epochs": 1}).fit(frame, waves.labels)
    clf.save(tmp_path / "model.attime")
    loaded = AttentionClassifier.load(tmp_path / "model.attime")
    assert loaded.feature_names_in_.tolist() == list(frame)
    with pytest.raises(ValueError, match="feature names"):
        loaded.predict(frame.iloc[:, ::-1])


def test_a_list_among_the_options_loses_nothing(waves, tmp_path):
    network = Convolutional().set_params(dilations=[1, 4])
    AttentionClassifier(network, training={"max_epochs": 1}).fit(waves).save(tmp_path / "model.attime")
    assert AttentionClassifier.load(tmp_path / "model.attime").network.dilations == (1, 4)


def test_what_has_no_form_in_a_file_is_refused_when_it_is_saved(waves, tmp_path):
    @dataclasses.dataclass
    class Own(Convolutional):
        width: int = 4

    clf = AttentionClassifier(Own(), training={"max_epochs": 1}).fit(waves)
    with pytest.raises(OptionError, match="kind of options 'Own' is unknown"):
        clf.save(tmp_path / "model.attime")
    assert not list(tmp_path.iterdir())


def test_nothing_is_saved_before_fitting(tmp_path):
    with pytest.raises(NotFittedError):
        AttentionClassifier().save(tmp_path / "model.attime")
    assert not list(tmp_path.iterdir())


def change(specification, *keys, value):
    *path, last = keys
    for key in path:
        specification = specification[key]
    specification[last] = value


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (("parameters",), 3),
        (("learnt", "network_"), ["options", "Backdoor", {}]),
        (("learnt", "network_"), ["options", "Convolutional", {"width": 10**9}]),
        (("learnt", "network_"), ["options", "Convolutional", {"width": 8}]),
        (("learnt", "network_"), None),
        (("learnt", "n_channels_"), 7),
        (("learnt", "scaling_"), "none"),
        (("classes", "kind"), "nonsense"),
        (("histories", 0, "ended"), None),
        (("histories",), [{"surprise": 1}]),
    ],
    ids=str,
)
def test_a_file_that_does_not_fit_together_is_refused(keys, value, fitted, tmp_path):
    fitted.save(tmp_path / "model.attime")
    file = read_model(tmp_path / "model.attime")
    change(file.specification, *keys, value=value)
    write_model(tmp_path / "model.attime", file)
    with pytest.raises(ModelFileError, match="does not fit together"):
        AttentionClassifier.load(tmp_path / "model.attime")


def test_another_kind_of_model_is_named(fitted, tmp_path):
    write_model(tmp_path / "other.attime", ModelFile({"estimator": "AttentionForecaster"}, {}))
    with pytest.raises(ModelFileError, match="holds the model AttentionForecaster, expected AttentionClassifier"):
        AttentionClassifier.load(tmp_path / "other.attime")
