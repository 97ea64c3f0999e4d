"""Explaining a number: relevance in its unit, by the methods that need no classes; what needs them says so."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from attime import AttentionRegressor
from attime.errors import OptionError
from attime.explain import (
    METHODS,
    Explanation,
    Occlusion,
    compare,
    explain,
    faithfulness,
    measure_localisation,
)
from attime.explain.orders import check_fits
from attime.plot import plot_explanation

SUITABLE = [name for name in METHODS if name not in {"rollout", "captum"}]


@pytest.mark.parametrize("method", SUITABLE)
def test_every_method_that_suits_the_network_explains_a_number(method, regressor, bumps):
    explanation = explain(regressor, bumps[:5], method=method)
    assert explanation.relevance.shape == (5, 1, 60)
    assert np.isfinite(explanation.relevance).all()
    np.testing.assert_allclose(explanation.prediction, regressor.predict(bumps[:5]))
    assert explanation.relevance.any()


def test_captum_explains_a_number_too(regressor, bumps):
    pytest.importorskip("captum")
    assert explain(regressor, bumps[:5], method="captum").relevance.any()


def test_evidence_is_what_the_regressor_says(regressor, bumps):
    relevance = explain(regressor, bumps[:9]).relevance
    np.testing.assert_array_equal(relevance, regressor.evidence(bumps[:9])[:, 0])
    np.testing.assert_allclose(relevance.sum((1, 2)) + regressor.bias_, regressor.predict(bumps[:9]), rtol=1e-4)


@pytest.mark.parametrize("method", ["occlusion", "gradient_times_input", "integrated_gradients"])
def test_relevance_by_other_methods_is_in_the_unit_of_the_number(method, bumps):
    quick = {"max_epochs": 2, "local": 0, "complete": 0}
    one, other = (
        explain(
            AttentionRegressor(training=quick, random_state=0).fit(bumps.values, y), bumps.values[:5], method=method
        )
        for y in (bumps.labels, 1000 * bumps.labels)
    )
    size = np.abs(one.relevance).max()
    np.testing.assert_allclose(other.relevance / 1000, one.relevance, rtol=0.01, atol=0.01 * size)


def test_integrated_gradients_sum_to_what_differs_from_the_baseline(regressor, bumps):
    relevance = explain(regressor, bumps[:5], method="integrated_gradients").relevance.sum((1, 2))
    flat = regressor.predict(np.full((5, 1, 60), regressor.scale_.mean[0]))  # zero on the scale of the network
    np.testing.assert_allclose(relevance, regressor.predict(bumps[:5]) - flat, atol=0.3)


def test_occlusion_finds_the_bump(regressor, bumps):
    relevance = np.abs(explain(regressor, bumps[:30], method=Occlusion(window=6)).by_step)
    found = measure_localisation(relevance, bumps.truth[:30]).mean()
    assert found.average_precision > found.chance_average_precision + 0.3


class TestTheValue:
    def test_it_can_be_cut_saved_and_loaded(self, regressor, bumps, tmp_path):
        part = explain(regressor, bumps[:9])[3:5]
        np.testing.assert_array_equal(part.prediction, regressor.predict(bumps[:9])[3:5])
        part.save(tmp_path / "explanation")
        loaded = Explanation.load(tmp_path / "explanation")
        np.testing.assert_array_equal(loaded.prediction, part.prediction)
        np.testing.assert_array_equal(loaded.relevance, part.relevance)

    def test_it_is_a_table(self, regressor, bumps):
        table = explain(regressor, bumps[:2]).to_frame()
        assert set(table["target"]) == {"number"}
        assert table["prediction"].unique().tolist() == regressor.predict(bumps[:2]).tolist()

    def test_it_is_a_picture(self, regressor, bumps):
        title = plot_explanation(explain(regressor, bumps[:2])).get_title()
        assert title.startswith(f"evidence for number ({regressor.predict(bumps[:1])[0]:.4g}), true: ")


class TestWhatNeedsClasses:
    @pytest.mark.parametrize("target", ["true", 3.5, [1, 2]])
    def test_a_number_has_no_target(self, target, regressor, bumps):
        with pytest.raises(OptionError, match="a regressor has no classes"):
            explain(regressor, bumps[:2], target=target)

    def test_measures_on_probabilities_are_refused(self, regressor, bumps):
        explanation = explain(regressor, bumps[:5])
        for measure in (faithfulness, check_fits):
            with pytest.raises(OptionError, match=r"type AttentionRegressor arrived.*measured for classifiers only"):
                inspect.unwrap(measure)(regressor, explanation)
        with pytest.raises(OptionError, match="measured for classifiers only"):
            inspect.unwrap(compare)(regressor, ["evidence"], bumps[:5])
