"""Explanations against each other, against small noise, and against a network that knows nothing."""

from __future__ import annotations

import inspect
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.stats import spearmanr

from attime import AttentionClassifier, SeriesSet
from attime.data.planted import make_planted
from attime.errors import DataError, OptionError
from attime.explain import (
    Explanation,
    Method,
    Relevance,
    agreement,
    explain,
    max_sensitivity,
    randomised_weights_check,
)
from attime.explain.agreement import rank_correlation


@dataclass
class SizeOfValues(Method):
    """Looks at the series and never at the network."""

    def relevance(self, estimator, series, targets, rng) -> Relevance:
        return Relevance(np.abs(np.nan_to_num(series.values)).astype(np.float64))


@dataclass
class Nothing(Method):
    """The same everywhere."""

    def relevance(self, estimator, series, targets, rng) -> Relevance:
        return Relevance(np.zeros((len(series), 1, series.n_steps)))


@pytest.fixture(scope="module")
def spiked() -> SeriesSet:
    return make_planted("spikes", n_series=240, n_steps=60)


@pytest.fixture(scope="module")
def trained(spiked: SeriesSet) -> AttentionClassifier:
    return AttentionClassifier("convolutional", training={"max_epochs": 12}, random_state=0).fit(spiked[:200])


@pytest.fixture(scope="module")
def evidence(trained: AttentionClassifier, spiked: SeriesSet) -> Explanation:
    return explain(trained, spiked[200:])


def test_rank_correlation_is_that_of_scipy_with_ties_and_gaps():
    rng = np.random.default_rng(0)
    one, other = rng.integers(0, 5, (30, 12)).astype(float), rng.integers(0, 5, (30, 12)).astype(float)
    present = rng.random((30, 12)) < 0.8
    expected = [spearmanr(a[seen], b[seen])[0] for a, b, seen in zip(one, other, present, strict=True)]
    np.testing.assert_allclose(rank_correlation(one, other, present), expected)


def test_what_has_no_order_agrees_with_its_like_alone():
    level, rising, present = np.ones((1, 4)), np.arange(4.0)[None], np.ones((1, 4), dtype=bool)
    assert rank_correlation(level, rising, present).tolist() == [0.0]
    assert rank_correlation(level, 3 * level, present).tolist() == [1.0]


def test_an_explanation_agrees_with_itself_and_with_a_random_one_by_chance(trained, spiked, evidence):
    found = agreement({"one": evidence, "again": evidence, "random": explain(trained, spiked[200:], method="random")})
    assert found.names == ("one", "again", "random")
    np.testing.assert_allclose(found.correlation, found.correlation.T)
    assert found.correlation[0, 1] == pytest.approx(1)
    assert abs(found.correlation[0, 2]) < 0.1
    assert found.overlap[0, 1] > 0.9  # relevance of zero is shared by many steps
    assert found.overlap[0, 2] == pytest.approx(found.chance_overlap.mean(), abs=0.06)
    assert len(found.to_frame()) == 3


def test_seeds_can_be_compared_where_they_explain_the_same_class(trained, spiked, evidence):
    other = AttentionClassifier("convolutional", training={"max_epochs": 12}, random_state=1).fit(spiked[:200])
    found = agreement([evidence, explain(other, spiked[200:], target="true")])
    assert found.names == ("evidence 1", "evidence 2")
    assert 0 < len(found.cases) <= 40
    assert found.correlation[0, 1] > 0.2


def test_explanations_of_different_things_do_not_compare(trained, spiked, evidence):
    compare = inspect.unwrap(agreement)
    with pytest.raises(DataError, match="same series"):
        compare([evidence, evidence[:3]])
    with pytest.raises(DataError, match="none of the 40 cases"):
        agreement([explain(trained, spiked[200:], target=name) for name in ("spike", "normal")])
    with pytest.raises(OptionError, match="two explanations"):
        agreement([evidence])
    with pytest.raises(OptionError, match="share=0"):
        agreement([evidence, evidence], share=0.0)


def test_evidence_hangs_on_the_weights_and_the_estimator_stays_as_it_was(trained, spiked, evidence):
    before = trained.logits(spiked)
    found = randomised_weights_check(trained, evidence)
    assert not found.unchanged
    np.testing.assert_array_equal(trained.logits(spiked), before)


@pytest.mark.parametrize("method", [SizeOfValues(), Nothing()], ids=["size", "nothing"])
def test_what_ignores_the_network_is_found_out(trained, spiked, method: Method):
    shown = explain(trained, spiked[200:], method=method)
    assert randomised_weights_check(trained, shown, method=method, n_draws=1).unchanged
    with pytest.raises(OptionError, match="pass it"):
        randomised_weights_check(trained, shown)


def test_random_relevance_is_found_out_whatever_seed_it_had(trained, spiked):
    shown = explain(trained, spiked[200:], method="random", random_state=77)
    assert randomised_weights_check(trained, shown, n_draws=1).unchanged


def test_small_noise_moves_evidence_less_than_a_shuffle_and_more_noise_moves_it_more(trained, evidence):
    little = max_sensitivity(trained, evidence, radius=0.02, n_draws=2)
    much = max_sensitivity(trained, evidence, radius=0.5, n_draws=2)
    assert little.values.mean() < much.values.mean()
    assert (little.values < little.random).mean() > 0.9


def test_what_is_zero_everywhere_has_no_relative_change(trained, spiked):
    shown = explain(trained, spiked[:3], method=Nothing())
    assert np.isnan(max_sensitivity(trained, shown, method=Nothing(), n_draws=1).values).all()


def test_options_out_of_range_are_named(trained, evidence):
    with pytest.raises(OptionError, match="radius=0"):
        max_sensitivity(trained, evidence, radius=0.0)
    with pytest.raises(OptionError, match="n_draws=0"):
        randomised_weights_check(trained, evidence, n_draws=0)
