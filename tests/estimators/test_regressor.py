"""What `AttentionRegressor` promises: numbers in their own unit, evidence that adds up to them and lies where it is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.exceptions import NotFittedError

from attime import AttentionClassifier, AttentionRegressor, SeriesSet
from attime.errors import DataError, DataWarning, ModelFileError, OptionError
from attime.estimators import load
from attime.estimators.recipes import RECIPES
from attime.estimators.regressor import LOSSES
from attime.explain import measure_localisation
from attime.nn import Output
from attime.persistence import read_model, write_model

QUICK = {"max_epochs": 2, "local": 0, "complete": 0}


@pytest.fixture(scope="module")
def unseen(make_bumps) -> SeriesSet:
    return make_bumps(100, random_state=1)


def sums_of(reg: AttentionRegressor, X) -> np.ndarray:
    return reg.evidence(X).astype(np.float64).sum((1, 2, 3)) + reg.bias_


def test_it_learns_the_height_of_a_bump(regressor, unseen):
    assert regressor.score(unseen.values, unseen.labels) > 0.9


def test_evidence_lies_on_the_bump(regressor, unseen):
    evidence = regressor.evidence(unseen)[:, 0, 0]
    found = measure_localisation(np.abs(evidence), unseen.truth).mean()
    assert found.average_precision > found.chance_average_precision + 0.4


class TestEvidence:
    @pytest.mark.parametrize("recipe", [name for name in RECIPES if name != "dictionary"])
    def test_it_adds_up_to_the_number_for_every_recipe(self, recipe, bumps):
        reg = AttentionRegressor(recipe, training=QUICK, random_state=0).fit(bumps[:40])
        assert reg.evidence(bumps).shape == (len(bumps), 1, 1, 60)
        np.testing.assert_allclose(sums_of(reg, bumps), reg.predict(bumps), rtol=1e-5, atol=1e-5)

    def test_it_adds_up_where_steps_are_missing_and_lengths_differ(self, bumps):
        values = bumps.values[:40].copy()
        values[np.random.default_rng(0).random(values.shape) < 0.2] = np.nan
        values[::2, :, 45:] = np.nan
        reg = AttentionRegressor(training=QUICK, random_state=0).fit(values, bumps.labels[:40])
        np.testing.assert_allclose(sums_of(reg, values), reg.predict(values), rtol=1e-5, atol=1e-5)
        assert (reg.evidence(values)[np.isnan(values)[:, None]] == 0).all()

    def test_it_adds_up_over_several_networks(self, bumps):
        reg = AttentionRegressor(training=QUICK, n_networks=2, random_state=0).fit(bumps[:40])
        assert len(reg.histories_) == 2
        np.testing.assert_allclose(sums_of(reg, bumps), reg.predict(bumps), rtol=1e-5, atol=1e-5)

    def test_outputs_say_the_same_at_once(self, regressor, unseen):
        output = next(regressor.outputs(unseen[:5]))
        np.testing.assert_array_equal(output.prediction[:, 0].numpy(), regressor.predict(unseen[:5]))
        np.testing.assert_array_equal(output.bias.detach().numpy(), regressor.bias_)


class TestUnits:
    @pytest.mark.parametrize(("factor", "shift"), [(1000.0, 0.0), (1e-6, 0.0), (1.0, 1e9), (-3.0, 7.0)], ids=str)
    def test_other_units_of_the_number_change_nothing_else(self, factor, shift, bumps):
        one, other = (
            AttentionRegressor(training=QUICK, random_state=0).fit(bumps.values, y)
            for y in (bumps.labels, factor * bumps.labels + shift)
        )
        if factor > 0:
            expected = factor * one.predict(bumps) + shift
            np.testing.assert_allclose(other.predict(bumps), expected, rtol=1e-9, atol=abs(factor) * 1e-3)
        assert abs(other.predict(bumps).mean() - other.target_mean_) < 3 * other.target_deviation_

    def test_evidence_is_in_the_unit_of_the_number(self, bumps):
        one, other = (
            AttentionRegressor(training=QUICK, random_state=0).fit(bumps.values, y)
            for y in (bumps.labels, 1000 * bumps.labels)
        )
        np.testing.assert_allclose(other.evidence(bumps), 1000 * one.evidence(bumps), rtol=1e-3, atol=1e-2)


class TestForms:
    @pytest.mark.parametrize(
        "form",
        [list, pd.Series, lambda y: y.astype(object), lambda y: y.astype(np.float32).astype(np.float64)],
        ids=["list", "Series", "objects", "rounded"],
    )
    def test_numbers_in_other_forms(self, form, bumps):
        X, y = bumps.values[:30], bumps.labels[:30].astype(np.float32).astype(np.float64)
        first, second = (AttentionRegressor(training=QUICK, random_state=0).fit(X, of) for of in (y, form(y)))
        np.testing.assert_array_equal(first.predict(X), second.predict(X))

    @pytest.mark.parametrize("y", [np.arange(30), np.arange(30) % 2 == 0], ids=["whole", "truth values"])
    def test_whole_numbers_and_truth_values_are_numbers(self, y, bumps):
        assert AttentionRegressor(training=QUICK).fit(bumps.values[:30], y).predict(bumps[:3]).dtype == np.float64

    def test_numbers_of_the_set_itself(self, bumps):
        reg = AttentionRegressor(training=QUICK).fit(bumps)
        assert reg.target_mean_ == pytest.approx(bumps.labels.mean())
        assert reg.target_deviation_ == pytest.approx(bumps.labels.std())


def test_equal_seeds_give_equal_models(bumps):
    first, second = (AttentionRegressor(training=QUICK, random_state=3).fit(bumps) for _ in range(2))
    np.testing.assert_array_equal(first.predict(bumps), second.predict(bumps))


def test_validation_chooses_the_epoch(bumps):
    reg = AttentionRegressor(training=QUICK | {"max_epochs": 4}, random_state=0).fit(bumps[:80], validation=bumps[80:])
    assert reg.history_.best_epoch == reg.history_.validation_loss.argmin()


def test_a_share_is_held_out_on_request(bumps):
    reg = AttentionRegressor(training=QUICK | {"validation_share": 0.2}, random_state=0).fit(bumps)
    assert len(reg.history_.validation_loss) == 2


@pytest.mark.parametrize("error", [0.0, 0.3, -0.5, 3.0, -20.0])
def test_errors_far_out_count_less_with_the_huber_loss(error):
    output, numbers = Output(torch.tensor([[error]])), torch.zeros(1)
    squared, huber = (kind()(output, numbers).item() for kind in LOSSES.values())
    assert squared == pytest.approx(error**2)
    assert huber == pytest.approx(error**2 if abs(error) <= 1 else 2 * abs(error) - 1)


def test_the_huber_loss_is_learnt_by(bumps):
    reg = AttentionRegressor(loss="huber", training={"max_epochs": 20, "complete": 0}, random_state=0).fit(bumps)
    assert reg.score(bumps.values, bumps.labels) > 0.8


class TestBadInput:
    @pytest.mark.parametrize("method", ["predict", "outcomes", "attention", "evidence"])
    def test_using_it_before_fitting(self, method, bumps):
        with pytest.raises(NotFittedError):
            getattr(AttentionRegressor(), method)(bumps)

    @pytest.mark.parametrize("form", [lambda x: x, lambda x: x[:, 0]], ids=["series", "table"])
    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            (np.nan, "the label of case 3 .* is missing"),
            (np.inf, "the target of case 3 .* is inf, expected a finite number"),
            (-np.inf, "the target of case 3 .* is -inf"),
            (1e300, r"is 1e\+300, expected a finite number of at most 3.4e\+38"),
        ],
    )
    def test_what_is_no_number_is_located(self, form, wrong, message, bumps):
        y = bumps.labels.copy()
        y[3] = wrong
        with pytest.raises(DataError, match=message):
            AttentionRegressor().fit(form(bumps.values), y)

    @pytest.mark.parametrize(
        "y",
        [["up", "down"] * 60, np.array(["1.5", "2"] * 60), np.arange(120).astype("M8[D]"), [None, "x"] * 60],
        ids=["words", "numbers in words", "dates", "nothing"],
    )
    def test_words_are_refused(self, y, bumps):
        with pytest.raises(DataError, match=r"the targets are no numbers|is missing"):
            AttentionRegressor().fit(bumps.values, y)

    def test_several_numbers_a_case_are_refused(self, bumps):
        with pytest.raises(DataError, match=r"shape \(120, 2\) arrived, expected one for each of the 120 cases"):
            AttentionRegressor().fit(bumps.values, np.ones((120, 2)))

    @pytest.mark.parametrize("number", [4.5, 0.1, 1e9 / 3])
    def test_a_constant_number_is_mentioned_and_predicted(self, number, bumps):
        with pytest.warns(DataWarning, match=f"the target of all 120 cases is {number:g}".replace("+", r"\+")):
            reg = AttentionRegressor(training=QUICK).fit(bumps.values, np.full(120, number))
        np.testing.assert_array_equal(reg.predict(bumps), number)
        assert not reg.evidence(bumps).any()

    def test_one_case_or_one_step_is_too_little(self, bumps):
        with pytest.raises(DataError, match="1 case arrived"):
            AttentionRegressor().fit(bumps.values[:1], [1.0])
        with pytest.raises(DataError, match="1 time step"):
            AttentionRegressor().fit(bumps.values[:, 0, :1], bumps.labels)

    def test_no_numbers_at_all(self, bumps):
        with pytest.raises(DataError, match="requires y to be passed"):
            AttentionRegressor().fit(bumps.values)

    @pytest.mark.parametrize(
        ("parameters", "message"),
        [
            ({"loss": "squared"}, "loss 'squared' is unknown.*did you mean 'squared_error'"),
            ({"network": "defualt"}, "did you mean 'default'"),
            ({"n_networks": 0}, "n_networks=0 arrived"),
            ({"network": "dictionary"}, "Dictionary arrived as the network of a regressor; it tells classes"),
            ({"time_budget": 0}, "time_budget=0 arrived, expected seconds, a number above 0"),
        ],
    )
    def test_a_wrong_choice_is_named(self, parameters, message, bumps):
        with pytest.raises(OptionError, match=message):
            AttentionRegressor(**parameters).fit(bumps)


class TestFiles:
    @pytest.mark.parametrize("parameters", [{}, {"network": "bilstm"}, {"n_networks": 2}, {"loss": "huber"}], ids=str)
    def test_a_loaded_regressor_is_the_same(self, parameters, bumps, tmp_path):
        reg = AttentionRegressor(**parameters, training=QUICK, random_state=0).fit(bumps)
        reg.save(tmp_path / "model.attime")
        loaded = AttentionRegressor.load(tmp_path / "model.attime")
        np.testing.assert_array_equal(loaded.predict(bumps), reg.predict(bumps))
        np.testing.assert_array_equal(loaded.evidence(bumps), reg.evidence(bumps))
        assert loaded.get_params() == reg.get_params()
        assert isinstance(loaded.module_, torch.nn.Module)

    def test_a_file_of_whatever_kind_can_be_loaded(self, regressor, fitted, tmp_path):
        for estimator in (regressor, fitted):
            estimator.save(tmp_path / "model.attime")
            assert type(load(tmp_path / "model.attime")) is type(estimator)

    def test_another_kind_is_named(self, regressor, tmp_path):
        regressor.save(tmp_path / "model.attime")
        with pytest.raises(ModelFileError, match=r"load it with attime\.load"):
            AttentionClassifier.load(tmp_path / "model.attime")

    @pytest.mark.parametrize(("name", "value"), [("target_mean_", None), ("target_deviation_", "much")])
    def test_a_file_that_does_not_fit_together_is_refused(self, name, value, regressor, tmp_path):
        regressor.save(tmp_path / "model.attime")
        file = read_model(tmp_path / "model.attime")
        file.specification["learnt"][name] = value
        write_model(tmp_path / "model.attime", file)
        with pytest.raises(ModelFileError, match="does not fit together"):
            AttentionRegressor.load(tmp_path / "model.attime")
