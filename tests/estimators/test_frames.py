"""Tables of pandas and of polars, alone and in scikit-learn's pipelines, are the array that they hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.impute import SimpleImputer
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from attime import AttentionClassifier, SeriesSet
from attime.errors import DataError

polars = pytest.importorskip("polars", reason="the extra 'test' is not installed")

NAMES = [f"t{number}" for number in range(12)]
FRAMES = {
    "pandas": lambda x: pd.DataFrame(x, columns=NAMES),
    "pandas with nullable numbers": lambda x: pd.DataFrame(x, columns=NAMES).convert_dtypes(),
    "polars": lambda x: polars.DataFrame(x, schema=NAMES).fill_nan(None),
}
LABELS = {
    "pandas": pd.Series,
    "pandas categories": lambda y: pd.Series(y, dtype="category"),
    "polars": polars.Series,
    "polars categories": lambda y: polars.Series(y).cast(polars.Categorical),
}


def new() -> AttentionClassifier:
    return AttentionClassifier(training={"max_epochs": 2, "local": 0, "complete": 0}, random_state=0)


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    x = np.random.default_rng(0).normal(size=(20, 12))
    x[3:6, 4] = np.nan
    return x


@pytest.fixture(scope="module")
def labels() -> np.ndarray:
    return np.tile(["a", "b"], 10)


@pytest.fixture(scope="module")
def expected(values, labels) -> np.ndarray:
    return new().fit(values, labels).predict_proba(values)


@pytest.mark.parametrize("kind", FRAMES)
def test_a_frame_is_the_array_that_it_holds(kind, values, labels, expected):
    frame = FRAMES[kind](values)
    clf = new().fit(frame, labels)
    np.testing.assert_allclose(clf.predict_proba(frame), expected, atol=1e-6)
    assert clf.feature_names_in_.tolist() == NAMES
    assert clf.evidence(frame).shape == (20, 2, 1, 12)


@pytest.mark.parametrize("kind", LABELS)
def test_labels_in_a_column_are_labels(kind, values, labels, expected):
    clf = new().fit(values, LABELS[kind](labels))
    np.testing.assert_allclose(clf.predict_proba(values), expected, atol=1e-6)
    assert clf.classes_.tolist() == ["a", "b"]


@pytest.mark.parametrize("kind", FRAMES)
def test_a_frame_becomes_a_set_of_series(kind, values, labels):
    np.testing.assert_array_equal(SeriesSet.of(FRAMES[kind](values), labels).values[:, 0], values)


@pytest.mark.parametrize("output", ["default", "pandas", "polars"])
@pytest.mark.parametrize("kind", ["pandas", "polars"])
def test_a_pipeline_hands_frames_on(kind, output, values, labels):
    frame = FRAMES[kind](values)
    pipeline = make_pipeline(SimpleImputer(), StandardScaler(), new()).set_output(transform=output)
    found = pipeline.fit(frame, labels).predict_proba(frame)
    by_hand = make_pipeline(SimpleImputer(), StandardScaler(), new()).fit(values, labels).predict_proba(values)
    np.testing.assert_allclose(found, by_hand, atol=1e-6)


@pytest.mark.parametrize("kind", ["pandas", "polars"])
def test_frames_are_cross_validated(kind, values, labels):
    by_frame, by_array = (
        cross_val_predict(new(), X, y, cv=2, method="predict_proba")
        for X, y in ((FRAMES[kind](values), LABELS[kind](labels)), (values, labels))
    )
    np.testing.assert_allclose(by_frame, by_array, atol=1e-6)


def test_fitted_on_one_kind_it_predicts_the_other(values, labels, expected):
    clf = new().fit(FRAMES["pandas"](values), labels)
    np.testing.assert_allclose(clf.predict_proba(FRAMES["polars"](values)), expected, atol=1e-6)


@pytest.mark.parametrize("kind", FRAMES)
def test_columns_in_another_order_are_noticed(kind, values, labels):
    frame = FRAMES[kind](values)
    clf = new().fit(frame, labels)
    with pytest.raises(ValueError, match="same order"):
        clf.predict(frame[NAMES[::-1]])


def test_an_infinite_value_in_a_frame_is_located(values, labels):
    frame = FRAMES["polars"](values).with_columns(polars.lit(np.inf).alias("t2"))
    with pytest.raises(DataError, match="case 0, channel 0, step 2"):
        new().fit(frame, labels)


@pytest.mark.parametrize("kind", ["pandas", "polars"])
def test_words_in_a_frame_are_refused(kind, values, labels):
    frame = FRAMES[kind](values)
    frame = frame.assign(t2="x") if kind == "pandas" else frame.with_columns(polars.lit("x").alias("t2"))
    with pytest.raises(ValueError, match="could not convert string to float: 'x'"):
        new().fit(frame, labels)
