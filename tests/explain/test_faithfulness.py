"""Every number beside a random one, and a verdict that says what the numbers say."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from attime import AttentionClassifier, SeriesSet
from attime.data.planted import make_planted
from attime.errors import DataError, OptionError
from attime.explain import (
    METHODS,
    Explanation,
    Faithfulness,
    Method,
    Relevance,
    aopcr,
    compare,
    explain,
    faithfulness,
    mean_interval,
)
from attime.explain.measured import KINDS, measured
from attime.explain.verdict import verdict_of


@pytest.fixture(scope="module")
def noisy() -> SeriesSet:
    return make_planted("noise", n_series=260, n_steps=60)


@pytest.fixture(scope="module")
def trained(noisy: SeriesSet) -> AttentionClassifier:
    return AttentionClassifier("convolutional", training={"max_epochs": 12}, random_state=0).fit(noisy[:200])


@pytest.fixture(scope="module")
def evidence(trained: AttentionClassifier, noisy: SeriesSet) -> Explanation:
    return explain(trained, noisy[200:])


@pytest.fixture(scope="module")
def found(trained: AttentionClassifier, evidence: Explanation) -> Faithfulness:
    return faithfulness(trained, evidence)


def row(name: str, value: float, *, spread: float = 0.05, n: int = 200, random: float | None = 0.0):
    values = value + spread * np.linspace(-1, 1, n)
    return measured(name, values, None if random is None else np.full(n, random))


def test_all_measures_are_there_and_each_lies_within_its_interval(found: Faithfulness):
    assert [one.name for one in found.measures] == list(KINDS)
    for one in found.measures:
        assert one.low <= one.value <= one.high
        assert (one.random is None) == (one.better_share is None) == (one.beside_random is None)
    assert found.to_frame().loc["aopcr", "value"] == pytest.approx(aopcr(found.deletion).mean())
    assert found.insertion.replacement == "mean"


def test_evidence_of_a_trained_network_is_better_than_random_and_the_verdict_says_so(found: Faithfulness):
    table = found.to_frame()
    assert table.loc["aopcr_probability", "beside_random"] == "better"
    assert "changes the prediction more than deleting random steps" in found.verdict
    assert "It changes when the weights are randomised" in found.verdict


def test_upside_down_it_is_worse(trained: AttentionClassifier, evidence: Explanation):
    reverse = faithfulness(trained, dataclasses.replace(evidence, relevance=-evidence.relevance))
    table = reverse.to_frame()
    assert table.loc["average_precision", "beside_random"] == "worse"
    # Cutting out what does not matter also makes jumps, so taken away it need not be worse than random steps.
    assert table.loc["aopcr_probability", "beside_random"] != "better"
    assert "do not trust it" in reverse.verdict


def test_a_random_order_is_told_to_be_one(trained: AttentionClassifier, noisy: SeriesSet):
    found = faithfulness(trained, explain(trained, noisy[200:], method="random"))
    table = found.to_frame()
    assert table.loc["aopcr", "beside_random"] == "undecided"
    assert abs(table.loc["aopcr", "better_share"] - 0.5) < 0.2
    assert "no better than a random order, do not trust it" in found.verdict
    assert "does not show what the model has learnt" in found.verdict


def test_one_case_says_little_and_is_said_to(trained: AttentionClassifier, evidence: Explanation):
    found = faithfulness(trained, evidence[:1])
    assert "cannot be told from deleting random steps with 1 case" in found.verdict
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["measures"][0]["low"] is None
    with pytest.raises(OptionError, match="one case only"):
        faithfulness(trained, evidence[:1], replacement="other")
    with pytest.raises(DataError, match="no cases"):
        faithfulness(trained, evidence[np.zeros(60, dtype=bool)])


@pytest.mark.parametrize("replacement", ["missing", "mean", "interpolation", "other"])
def test_every_replacement_works_and_the_verdict_names_it(trained, evidence, replacement: str):
    found = faithfulness(trained, evidence[:8], replacement=replacement)
    assert found.deletion.replacement == replacement
    assert "Deleting" not in found.verdict


def test_an_unknown_replacement_is_answered_with_a_hint(trained, evidence):
    with pytest.raises(OptionError, match="did you mean 'delete'"):
        faithfulness(trained, evidence, replacement="delet")


def test_equal_seeds_give_equal_results(trained, evidence, found):
    again = faithfulness(trained, evidence)
    assert again.to_dict() == found.to_dict()


def test_without_truth_or_where_another_class_is_explained_nothing_is_said_of_truth(trained, noisy, evidence):
    unknown = dataclasses.replace(evidence, series=dataclasses.replace(evidence.series, truth=None))
    assert "true steps" not in faithfulness(trained, unknown[:8]).verdict
    planted = noisy[200:][noisy.labels[200:] == "noise"]
    assert "true steps" not in faithfulness(trained, explain(trained, planted[:8], target="normal")).verdict


def test_a_method_of_ones_own_is_checked_if_it_is_handed_over(trained, noisy):
    class Own(Method):
        def get_params(self, deep: bool = True) -> dict[str, object]:
            return {}

        def checked(self):
            return self

        def relevance(self, estimator, series, targets, rng) -> Relevance:
            return Relevance(np.abs(series.values).astype(np.float64))

    shown = explain(trained, noisy[200:210], method=Own())
    assert "was not checked: pass method=Own" in faithfulness(trained, shown).verdict
    assert "stays the same when" in faithfulness(trained, shown, method=Own()).verdict


@pytest.mark.parametrize("network", ["default", "convolutional"])
def test_several_channels_unequal_lengths_and_missing_values_work(network: str):
    series = make_planted("one of three channels", n_series=60, n_steps=60)
    values = series.values.copy()
    values[::3, :, 45:] = np.nan
    values[::4, 1, 10:20] = np.nan
    values[::5, :, 30] = np.nan
    series = dataclasses.replace(series, values=values, truth=series.truth & ~np.isnan(values).all(axis=1))
    clf = AttentionClassifier(network, quality="fast", training={"max_epochs": 2}, random_state=0).fit(series)
    found = faithfulness(clf, explain(clf, series[:20]))
    assert all(np.isfinite(one.value) for one in found.measures)


@pytest.mark.parametrize("network", ["transformer", "bilstm"])
def test_other_networks_and_all_their_methods_can_be_compared(noisy, network: str):
    clf = AttentionClassifier(network, training={"max_epochs": 1}, random_state=0).fit(noisy[:60])
    methods = ["evidence", "attention"] + (["rollout"] if network == "transformer" else [])
    table = compare(clf, methods, noisy[60:66])
    assert table.index.tolist() == [*methods, "random"]
    assert table.loc["random", "randomised_weights"] == pytest.approx(1)
    table.loc["random", "max_sensitivity"] = 0.0  # noise cannot change what no series has a say in
    assert not table.isna().to_numpy().any()


def test_explanations_can_be_compared_as_they_are(trained, evidence):
    table = compare(trained, [evidence[:6], METHODS["random"]()])
    assert table.index.tolist() == ["evidence", "random"]
    with pytest.raises(OptionError, match="without series"):
        compare(trained, ["evidence"])
    with pytest.raises(OptionError, match="nothing to compare"):
        compare(trained, [])


def test_the_words_of_the_verdict_depend_on_the_numbers():
    def words(*measures) -> str:
        return verdict_of(measures, "delete")

    agree, differ = row("aopcr_second", 0.2), row("aopcr_second", -0.2)
    assert "Hiding them instead says the same." in words(row("aopcr_probability", 0.3), agree)
    assert "So it hangs on what stands in place of a step." in words(row("aopcr_probability", 0.3), differ)
    assert "So do not trust it." in words(row("aopcr_probability", 0.0), differ)
    good, none = row("aopcr_probability", 0.3), row("aopcr_probability", 0.0)
    assert "in 100 % of the cases (on average by .30" in words(good)
    assert "no better than a random order" in words(none)
    assert "hardly another thing" in words(row("aopcr_probability", 0.005, spread=0.001))
    assert "cannot be told from deleting random steps with 5 cases" in words(row("aopcr_probability", 0.3, n=5))
    assert "But put back first" in words(good, row("insertion_gain", 0.0))
    assert "Put back first, they do" in words(none, row("insertion_gain", 0.3))
    assert "stays the same" in words(good, row("randomised_weights", 0.93, random=None))
    assert "(correlation .93)" in words(good, row("randomised_weights", 0.93, random=None))
    assert "It changes when" in words(good, row("randomised_weights", -0.1, random=None))
    assert "A little noise" in words(good, row("max_sensitivity", 1.5, random=1.2))
    assert "noise" not in words(good, row("max_sensitivity", 0.1, random=1.2))
    true = words(good, row("average_precision", 0.9, random=0.21))
    assert "It lies on the true steps: average precision .90 (by chance .21)." in true
    assert "It avoids the true steps" in words(good, row("average_precision", 0.1, random=0.21))
    assert "cannot be told from chance:" in words(good, row("average_precision", 0.21, random=0.21))


def test_hits_that_never_occur_are_not_worse_than_rare_ones():
    assert measured("pointing", np.zeros(50), np.full(50, 0.04)).beside_random == "undecided"
    assert measured("pointing", np.zeros(50), np.full(50, 0.5)).beside_random == "worse"


def test_the_interval_holds_the_true_mean_as_often_as_it_says():
    rng = np.random.default_rng(0)
    drawn = mean_interval(rng.normal(size=(8, 4000)))
    assert ((drawn.low <= 0) & (drawn.high >= 0)).mean() == pytest.approx(0.95, abs=0.015)
