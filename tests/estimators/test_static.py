"""What is known of a case beside its series counts, adds up, and says nothing where it is missing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from attime import AttentionClassifier, AttentionRegressor, SeriesSet
from attime.data import make_planted
from attime.errors import DataError, DataWarning
from attime.estimators.recipes import RECIPES
from attime.nn import Convolutional, Dictionary, WithStatic
from attime.tuning import METRICS
from attime.tuning.folds import Folds

SHORT = {"max_epochs": 2}
NETWORKS = ["default", *RECIPES, Convolutional(width=8, channels="attention")]


def made_up(n_cases: int, seed: int = 0) -> SeriesSet:
    """Series of noise, and a sex that is the class."""
    rng = np.random.default_rng(seed)
    sex, age = rng.choice(["f", "m"], n_cases), rng.normal(50, 10, n_cases)
    values = rng.normal(size=(n_cases, 2, 30))
    return SeriesSet.of(values, np.where(sex == "f", "a", "b"), static=pd.DataFrame({"age": age, "sex": sex}))


def with_static(series: SeriesSet, static) -> SeriesSet:
    return SeriesSet.of(series, static=static)


def adds_up(estimator, series: SeriesSet) -> None:
    evidence, known = estimator.evidence(series), estimator.static_evidence(series)
    assert known.shape[2] == (0 if series.static is None else series.static.shape[1])
    np.testing.assert_allclose(
        estimator.bias_ + evidence.sum((2, 3)) + known.sum(2), estimator.outcomes(series), atol=1e-4
    )


@pytest.fixture(scope="module")
def train() -> SeriesSet:
    return made_up(60)


@pytest.fixture(scope="module")
def test() -> SeriesSet:
    return made_up(100, seed=1)


@pytest.fixture(scope="module", params=NETWORKS, ids=str)
def fitted(request, train) -> AttentionClassifier:
    return AttentionClassifier(request.param, training=SHORT, random_state=0).fit(train)


@pytest.fixture(scope="module")
def clf(train) -> AttentionClassifier:
    return AttentionClassifier(Dictionary(families=("levels",)), random_state=0).fit(train)


def test_what_is_known_decides_where_series_say_nothing(fitted, test):
    assert fitted.score(test, test.labels) >= 0.95


def test_bias_evidence_and_what_is_known_add_up(fitted, test):
    adds_up(fitted, test)


def test_what_is_known_adds_up_where_there_are_several_networks(train, test, tmp_path):
    for options in ({"n_networks": 2}, {"class_weight": "balanced"}):
        many = AttentionClassifier("bilstm", training=SHORT, random_state=0, **options).fit(train)
        adds_up(many, test)
        many.save(tmp_path / "model.attime")
        np.testing.assert_array_equal(
            AttentionClassifier.load(tmp_path / "model.attime").logits(test), many.logits(test)
        )


@pytest.mark.parametrize("quality", ["default", "best"])
def test_the_default_of_many_cases_adds_up(quality, test, tmp_path):
    series = made_up(520, seed=2)
    weak = with_static(series, series.static[["age"]])  # says nothing, so that both parts are fitted
    clf = AttentionClassifier(quality=quality, training={"max_epochs": 1}, random_state=0).fit(weak)
    some = with_static(test, test.static[["age"]])
    adds_up(clf, some)
    clf.save(tmp_path / "model.attime")
    np.testing.assert_array_equal(AttentionClassifier.load(tmp_path / "model.attime").logits(some), clf.logits(some))


@pytest.mark.parametrize("network", ["default", "bilstm"])
def test_numbers_are_predicted_by_what_is_known(network, train, test):
    reg = AttentionRegressor(network, training=SHORT, random_state=0).fit(train, train.static["age"] * 1000)
    assert reg.score(test, test.static["age"] * 1000) > 0.9
    evidence = reg.bias_ + reg.evidence(test).sum((2, 3)) + reg.static_evidence(test).sum(2)
    np.testing.assert_allclose(evidence[:, 0], reg.predict(test), rtol=1e-5)


def test_noise_beside_series_that_decide_hardly_changes_the_loss():
    series = make_planted("level", n_series=100, n_steps=60)
    noise = pd.DataFrame(np.random.default_rng(0).normal(size=(100, 3)))
    noise["word"] = np.random.default_rng(1).choice([*"abcd"], 100)
    losses = [
        AttentionClassifier("dictionary", random_state=0).fit(part).history_.validation_loss[0]
        for part in (series, with_static(series, noise))
    ]
    assert losses[1] < losses[0] + 0.03


def test_what_is_missing_or_unseen_says_nothing(fitted, test):
    n_cases = len(test)
    unknown = pd.DataFrame({"age": [np.nan] * n_cases, "sex": ["other"] * n_cases})
    assert (fitted.static_evidence(with_static(test, unknown)) == 0).all()
    missing = pd.DataFrame({"age": [np.nan] * n_cases, "sex": [None] * n_cases})
    np.testing.assert_array_equal(fitted.logits(with_static(test, missing)), fitted.logits(with_static(test, unknown)))


def test_missing_values_and_constant_columns_are_learnt_from(train):
    static = train.static.assign(always=1.0)
    static.loc[::3, "age"] = np.nan
    static.loc[::4, "sex"] = None
    clf = AttentionClassifier("dictionary", random_state=0).fit(with_static(train, static))
    adds_up(clf, with_static(train, static))
    assert (clf.static_evidence(with_static(train, static.assign(always=5.0)))[:, :, 2] == 0).all()


def test_only_a_constant_is_known(train):
    known = with_static(train, np.ones((len(train), 1)))
    for network in ("dictionary", "lstm"):
        clf = AttentionClassifier(network, training=SHORT, random_state=0).fit(known)
        assert np.isfinite(clf.logits(known)).all()


def test_the_order_of_the_columns_does_not_matter(clf, test):
    turned = with_static(test, test.static[["sex", "age"]])
    np.testing.assert_array_equal(clf.logits(turned), clf.logits(test))
    assert clf.series(turned).static.columns.tolist() == list(clf.static_.columns) == ["age", "sex"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            lambda series: replace(series, static=None),
            "nothing arrived .* fitted on 'age', 'sex': lacking 'age', 'sex'",
        ),
        (lambda series: with_static(series, series.static[["age"]]), "lacking 'sex'"),
        (lambda series: with_static(series, series.static.assign(height=1.0)), "leave out 'height'"),
        (lambda series: with_static(series, series.static.assign(age="old")), "'age' holds words"),
        (lambda series: with_static(series, series.static.assign(sex=1)), "'sex' holds numbers"),
    ],
)
def test_other_columns_than_in_fit_are_refused(clf, test, change, told):
    with pytest.raises(DataError, match=told):
        clf.predict(change(test))


def test_columns_are_refused_by_who_was_fitted_without_any(train):
    clf = AttentionClassifier(Dictionary(families=("levels",))).fit(replace(train, static=None))
    assert not isinstance(clf.module_, WithStatic)
    assert clf.static_evidence(replace(train, static=None)).shape == (60, 2, 0)
    with pytest.raises(DataError, match="fitted without static covariates: leave out 'age', 'sex'"):
        clf.predict(train)


def test_validation_cases_need_the_same_columns(train, test):
    clf = AttentionClassifier("lstm", training=SHORT, random_state=0)
    clf.fit(train, validation=with_static(test, test.static[["sex", "age"]]))
    with pytest.raises(DataError, match="lacking"):
        clf.fit(train, validation=replace(test, static=None))


def test_columns_of_which_nothing_can_be_learnt_are_told(train):
    clf = AttentionClassifier(Dictionary(families=("levels",)))
    with pytest.raises(DataError, match="nothing stands in the static column 'age'"):
        clf.fit(with_static(train, train.static.assign(age=np.nan)))
    with pytest.warns(DataWarning, match="'name' holds 60 words in 60 cases"):
        clf.fit(with_static(train, train.static.assign(name=[f"case {number}" for number in range(60)])))


def test_a_loaded_estimator_knows_the_same(fitted, test, tmp_path):
    fitted.save(tmp_path / "model.attime")
    loaded = AttentionClassifier.load(tmp_path / "model.attime")
    assert loaded.static_ == fitted.static_
    np.testing.assert_array_equal(loaded.logits(test), fitted.logits(test))
    np.testing.assert_array_equal(loaded.static_evidence(test), fitted.static_evidence(test))


def test_padding_and_what_stands_in_it_change_nothing(fitted, test):
    padded = SeriesSet.of(np.pad(test.values, ((0, 0), (0, 0), (0, 9)), constant_values=np.nan), static=test.static)
    np.testing.assert_allclose(fitted.logits(padded), fitted.logits(test), atol=1e-5)
    cases = fitted.cases(padded)
    values = cases.values.masked_fill(~cases.observed, 1e4)
    others = fitted.module_(values, cases.observed, None, cases.static).prediction
    np.testing.assert_allclose(others.detach().numpy(), fitted.logits(test), atol=1e-4)


def test_equal_seeds_give_equal_models_and_clones_are_fitted_alike(clf, train, test):
    np.testing.assert_array_equal(clone(clf).fit(train).logits(test), clf.logits(test))


def test_cross_validation_hands_on_what_is_known(clf, train):
    *_, mean = Folds.of(train, 3, seed=0).scores(clf, METRICS["accuracy"])
    assert mean >= 0.95


def test_a_budget_of_time_reckons_with_it(train, test):
    adds_up(AttentionClassifier(time_budget=0.5, random_state=0).fit(train), test)


def test_fitting_without_them_forgets_them(train):
    clf = AttentionClassifier(Dictionary(families=("levels",))).fit(train).fit(replace(train, static=None))
    assert clf.static_ is None


def test_a_number_too_far_out_to_count_with_is_refused():
    rng = np.random.default_rng(0)
    values, labels = rng.normal(size=(40, 20)), np.arange(40) % 2
    fitted = AttentionClassifier(random_state=0).fit(
        SeriesSet.of(values, labels, static=pd.DataFrame({"age": rng.normal(size=40) * 1e-3}))
    )
    for age, value in ((1e37, 0.0), (0.0, 1e37)):
        new = values[:2].copy()
        new[1, 3] = value
        with pytest.raises(DataError, match="expected numbers that can be counted with"):
            fitted.predict_proba(SeriesSet.of(new, static=pd.DataFrame({"age": [age, 0.0]})))
