"""Explanations say what is known of a case, whatever the method, and hold it fixed while steps are taken away."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from attime import AttentionClassifier, AttentionRegressor, Explanation, SeriesSet, explain, faithfulness
from attime.data import make_planted
from attime.errors import DataError, OptionError
from attime.explain import METHODS, Occlusion
from attime.explain.methods import Captum
from attime.nn import Dictionary
from attime.plot import plot_static


@pytest.fixture(scope="module")
def series() -> SeriesSet:
    """Series and a sex, both of which have to do with the class."""
    level = make_planted("level", n_series=80, n_steps=60)
    classes, rng = np.unique(level.labels, return_inverse=True)[1], np.random.default_rng(0)
    sex = np.where(rng.random(80) < 0.8, classes, 1 - classes)
    static = pd.DataFrame({"sex": np.array(["f", "m"])[sex], "age": rng.normal(50, 10, 80)})
    static.loc[0, "age"] = np.nan
    return SeriesSet.of(level, static=static)


@pytest.fixture(scope="module", params=["convolutional", "dictionary"])
def clf(request, series) -> AttentionClassifier:
    return AttentionClassifier(request.param, training={"max_epochs": 2}, random_state=0).fit(series)


@pytest.mark.parametrize("method", [*METHODS, Occlusion(window=40, stride=40)], ids=str)
def test_every_method_tells_it(clf, series, method):
    if method in ("rollout",) or (not clf.module_.has_gradient and "gradient" in str(method)) or method == "captum":
        pytest.skip("has nothing to say of this network")
    explanation = explain(clf, series[:6], method=method)
    assert explanation.static_names == ("sex", "age")
    of_class = np.arange(6), explanation.target_index
    np.testing.assert_array_equal(explanation.static_evidence, clf.static_evidence(series[:6])[of_class])
    assert explanation[[4, 2]].static_evidence.tolist() == explanation.static_evidence[[4, 2]].tolist()


def test_evidence_and_what_is_known_are_all_there_is(clf, series):
    explanation = explain(clf, series, target="true")
    whole = clf.bias_[explanation.target_index] + explanation.by_step.sum(1) + explanation.static_evidence.sum(1)
    np.testing.assert_allclose(whole, clf.logits(series)[np.arange(80), explanation.target_index], atol=1e-4)


def test_what_is_left_without_any_step_is_what_is_known(clf, series):
    """One window over everything takes away just what the steps had brought."""
    everything = explain(clf, series[:9], method=Occlusion(window=80, stride=80))
    evidence = explain(clf, series[:9]).by_step.sum(1)
    centred = clf.bias_ - clf.bias_.mean()
    logits = clf.logits(series[:9])
    centred_logits = logits - logits.mean(1, keepdims=True)
    fall = centred_logits[np.arange(9), everything.target_index] - centred[everything.target_index]
    np.testing.assert_allclose(everything.relevance.max((1, 2)), fall - everything.static_evidence.sum(1), atol=1e-4)
    np.testing.assert_allclose(everything.relevance.max((1, 2)), evidence, atol=1e-3)


def test_captum_holds_it_fixed(series):
    pytest.importorskip("captum")
    clf = AttentionClassifier("convolutional", training={"max_epochs": 1}, random_state=0).fit(series)
    for algorithm in ("InputXGradient", "FeatureAblation"):
        assert np.isfinite(explain(clf, series[:3], method=Captum(algorithm, window=10)).relevance).all()


def test_faithfulness_hands_it_on(series):
    clf = AttentionClassifier(Dictionary(families=("levels",)), random_state=0).fit(series)
    found = faithfulness(clf, explain(clf, series[:12]))
    own = clf.predict_proba(series[:12]).max(1)
    np.testing.assert_allclose(found.deletion.whole_probabilities, own, atol=1e-5)


def test_it_comes_back_from_a_file(clf, series, tmp_path):
    explanation = explain(clf, series[:5])
    explanation.save(tmp_path / "five.attime")
    back = Explanation.load(tmp_path / "five.attime")
    np.testing.assert_array_equal(back.static_evidence, explanation.static_evidence)
    pd.testing.assert_frame_equal(back.series.static, explanation.series.static)


def test_it_is_drawn_below_the_series(clf, series):
    ax = plot_static(explain(clf, series[:3]), case=0)
    assert [label.get_text() for label in ax.get_yticklabels()][::2] == ["the series", "age: missing"]
    assert len(plot_static(explain(clf, series[:3], method="attention"), case=1).patches) == 2
    with pytest.raises(OptionError, match="has 3 cases"):
        plot_static(explain(clf, series[:3]), case=3)


def test_a_number_is_explained_in_its_unit(series):
    reg = AttentionRegressor("bilstm", training={"max_epochs": 1}, random_state=0).fit(
        series, series.static["age"].fillna(50) * 100
    )
    explanation = explain(reg, series)
    whole = reg.bias_ + explanation.by_step.sum(1) + explanation.static_evidence.sum(1)
    np.testing.assert_allclose(whole, explanation.prediction, rtol=1e-4)
    assert plot_static(explanation).get_xlabel() == "added to the number"


def test_nothing_is_drawn_where_nothing_is_known():
    series = make_planted("level", n_series=20, n_steps=60)
    clf = AttentionClassifier(Dictionary(families=("levels",))).fit(series)
    assert explain(clf, series).static_evidence is None
    with pytest.raises(DataError, match="no static covariates"):
        plot_static(explain(clf, series))
