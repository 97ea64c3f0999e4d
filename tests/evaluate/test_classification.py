"""The report says what scikit-learn says, and neither fails nor warns where a number is undefined."""

from __future__ import annotations

import inspect
import json
import math
import warnings

import numpy as np
import pytest
from sklearn import metrics

from attime.errors import DataError, OptionError
from attime.evaluate import classification_report

TWO = np.array(["flattened", "normal"])
THREE = np.array([3, 5, 9])


def some_cases(classes: np.ndarray, n_cases: int = 200) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    true = rng.integers(0, len(classes), n_cases)
    logits = rng.normal(size=(n_cases, len(classes)))
    logits[np.arange(n_cases), true] += 1.0
    return classes[true], np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def test_two_classes_agree_with_scikit_learn():
    labels, probabilities = some_cases(TWO)
    predicted = TWO[probabilities.argmax(axis=1)]
    report = classification_report(labels, probabilities, TWO)
    assert report.positive == "normal"
    assert report.accuracy == metrics.accuracy_score(labels, predicted)
    assert report.balanced_accuracy == pytest.approx(metrics.balanced_accuracy_score(labels, predicted))
    assert report.precision == metrics.precision_score(labels, predicted, pos_label="normal")
    assert report.recall == metrics.recall_score(labels, predicted, pos_label="normal")
    assert report.f1 == metrics.f1_score(labels, predicted, pos_label="normal")
    assert report.roc_auc == metrics.roc_auc_score(labels == "normal", probabilities[:, 1])
    assert report.negative_log_likelihood == pytest.approx(metrics.log_loss(labels, probabilities))
    assert (report.confusion_matrix == metrics.confusion_matrix(labels, predicted)).all()
    assert report.n_cases == report.confusion_matrix.sum() == 200


def test_three_classes_are_averaged_as_scikit_learn_does():
    labels, probabilities = some_cases(THREE)
    predicted = THREE[probabilities.argmax(axis=1)]
    report = classification_report(labels, probabilities, THREE)
    assert report.positive is None
    assert report.f1 == pytest.approx(metrics.f1_score(labels, predicted, average="macro"))
    assert report.precision == pytest.approx(metrics.precision_score(labels, predicted, average="macro"))
    assert report.roc_auc == pytest.approx(metrics.roc_auc_score(labels, probabilities, multi_class="ovr"))


def test_the_positive_class_can_be_chosen():
    labels, probabilities = some_cases(TWO)
    report = classification_report(labels, probabilities, TWO, positive="flattened")
    predicted = TWO[probabilities.argmax(axis=1)]
    assert report.recall == metrics.recall_score(labels, predicted, pos_label="flattened")


@pytest.mark.parametrize("classes", [TWO, THREE])
def test_a_class_missing_from_the_test_set_leaves_the_area_undefined(classes: np.ndarray):
    labels, probabilities = some_cases(classes)
    kept = labels != classes[-1]
    report = classification_report(labels[kept], probabilities[kept], classes)
    assert math.isnan(report.roc_auc)
    assert report.to_dict()["roc_auc"] is None
    assert report.confusion_matrix.shape == (len(classes), len(classes))


def test_single_precision_probabilities_are_probabilities():
    labels, probabilities = some_cases(THREE)
    report = classification_report(labels, probabilities.astype(np.float32), THREE)
    assert report.negative_log_likelihood == pytest.approx(metrics.log_loss(labels, probabilities), rel=1e-5)


def test_certain_and_wrong_costs_much_but_not_infinitely():
    report = classification_report(np.array(["normal"]), np.array([[1.0, 0.0]]), TWO)
    assert 10 < report.negative_log_likelihood < math.inf
    assert report.precision == report.recall == report.f1 == 0.0


def test_the_dictionary_survives_strict_json():
    for classes in (TWO, THREE, np.array(["a", "b"], dtype=object), np.array(["2020-01-01", "2020-01-02"], "M8[D]")):
        labels, probabilities = some_cases(classes)
        found = classification_report(labels, probabilities, classes).to_dict()
        assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_labels_that_the_model_does_not_know_are_named():
    labels, probabilities = some_cases(TWO)
    labels = labels.astype(object)
    labels[:2] = "peaked", "clipped"
    with pytest.raises(DataError, match="'clipped', 'peaked'; it knows 'flattened', 'normal'"):
        classification_report(labels, probabilities, TWO)


@pytest.mark.parametrize(
    ("labels", "probabilities", "message"),
    [
        (np.array([]), np.zeros((0, 2)), "at least one case"),
        (np.array(["normal"]), np.zeros((2, 2)), "pass the output of predict_proba"),
        (np.array(["normal"]), np.array([[-3.0, 4.0]]), "not logits"),
        (np.array(["normal"]), np.array([[np.nan, 1.0]]), "not logits"),
    ],
)
def test_what_cannot_be_compared_is_refused(labels: np.ndarray, probabilities: np.ndarray, message: str):
    with pytest.raises(DataError, match=message):
        inspect.unwrap(classification_report)(labels, probabilities, TWO)


def test_a_positive_class_that_makes_no_sense_is_refused():
    with pytest.raises(OptionError, match="'peaked' is not a class"):
        classification_report(*some_cases(TWO), TWO, positive="peaked")
    with pytest.raises(OptionError, match="needs two classes"):
        classification_report(*some_cases(THREE), THREE, positive=5)
