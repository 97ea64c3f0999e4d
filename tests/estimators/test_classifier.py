"""What `AttentionClassifier` promises: input in many forms, repeatable fits, evidence that adds up."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.exceptions import NotFittedError

from attime import AttentionClassifier, SeriesSet, TrainingOptions
from attime.errors import AttimeError, DataError, DataWarning, OptionError
from attime.estimators.recipes import RECIPES
from attime.estimators.scaling import SCALES
from attime.nn import Convolutional, Recurrent

QUICK = {"max_epochs": 6}


def logits_of(clf: AttentionClassifier, X) -> np.ndarray:
    return clf.evidence(X).sum((2, 3)) + clf.bias_


def softmax(logits: np.ndarray) -> np.ndarray:
    odds = np.exp(logits - logits.max(1, keepdims=True))
    return odds / odds.sum(1, keepdims=True)


def test_it_learns_and_looks(fitted, waves):
    assert fitted.score(waves.values, waves.labels) > 0.9
    assert fitted.predict(waves).dtype == waves.labels.dtype
    attention = fitted.attention(waves)
    assert attention.shape == (120, 60)
    np.testing.assert_allclose(attention.sum(1), 1, rtol=1e-5)


def test_evidence_adds_up_to_the_prediction(fitted, waves):
    assert fitted.evidence(waves).shape == (120, 2, 1, 60)
    np.testing.assert_allclose(softmax(logits_of(fitted, waves)), fitted.predict_proba(waves), atol=1e-5)


def test_the_module_is_an_ordinary_module(fitted, waves):
    assert isinstance(fitted.module_, torch.nn.Module)
    assert not fitted.module_.training


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_recipe_fits_predicts_and_explains(recipe, waves):
    clf = AttentionClassifier(recipe, training={"max_epochs": 1}, random_state=0).fit(waves[:30])
    assert clf.predict_proba(waves).shape == (120, 2)
    np.testing.assert_allclose(softmax(logits_of(clf, waves)), clf.predict_proba(waves), atol=1e-5)


@pytest.mark.parametrize("scaling", SCALES)
def test_every_scaling_takes_missing_values_and_many_channels(scaling):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(12, 3, 20)) * [[[1], [100], [0.01]]]
    X[rng.random(X.shape) < 0.2] = np.nan
    clf = AttentionClassifier(scaling=scaling, training=QUICK, random_state=0).fit(X, [0, 1, 2] * 4)
    assert np.isfinite(clf.predict_proba(X)).all()


class TestForms:
    """The same series in other forms give the same predictions."""

    @pytest.mark.parametrize(
        "form",
        [
            lambda x: x[:, 0],
            lambda x: pd.DataFrame(x[:, 0]),
            lambda x: list(x),
            lambda x: list(x[:, 0]),
            lambda x: x[:, 0].tolist(),
            lambda x: SeriesSet.of(x),
            lambda x: x.astype(np.float64),
        ],
        ids=["2-D", "frame", "list of 2-D", "list of 1-D", "lists", "SeriesSet", "float64"],
    )
    def test_form(self, form, waves):
        expected, found = (
            AttentionClassifier(training=QUICK, random_state=0).fit(X, waves.labels).predict_proba(X)
            for X in (waves.values, form(waves.values))
        )
        np.testing.assert_allclose(found, expected, atol=1e-6)

    def test_series_of_unequal_length(self, waves):
        cut = [case[:, : 30 + number % 31] for number, case in enumerate(waves.values)]
        clf = AttentionClassifier(training=QUICK, random_state=0).fit(cut, waves.labels)
        padded = SeriesSet.of(cut).values
        more = np.concatenate([padded, np.full((120, 1, 40), np.nan)], axis=2)
        for same in (padded, more):
            np.testing.assert_allclose(clf.predict_proba(same), clf.predict_proba(cut), atol=1e-6)
        assert clf.evidence(cut).shape[-1] == 60
        assert (clf.attention(cut)[0, 30:] == 0).all()

    @pytest.mark.parametrize("labels", [[0, 1], ["a", "b"], [True, False], [-1.0, 1.0], [3, 7]], ids=str)
    def test_labels_of_any_kind_come_back(self, labels, waves):
        y = np.array(labels)[(waves.labels == "normal").astype(int)]
        clf = AttentionClassifier(training=QUICK, random_state=0).fit(waves.values, y)
        assert set(clf.predict(waves)) <= set(y)
        assert clf.classes_.tolist() == sorted(labels)

    def test_labels_of_the_set_itself(self, waves):
        assert AttentionClassifier(training=QUICK).fit(waves).classes_.tolist() == ["flattened", "normal"]


class TestRepeatability:
    @pytest.mark.parametrize("network", ["default", "convolutional"])
    def test_equal_seeds_give_equal_models(self, network, waves):
        first, second = (AttentionClassifier(network, training=QUICK, random_state=3).fit(waves) for _ in range(2))
        np.testing.assert_array_equal(first.predict_proba(waves), second.predict_proba(waves))

    def test_other_seeds_give_other_networks(self, waves):
        first, second = (
            AttentionClassifier("convolutional", training=QUICK, random_state=seed).fit(waves) for seed in (3, 4)
        )
        assert not np.array_equal(first.predict_proba(waves), second.predict_proba(waves))

    @pytest.mark.parametrize("network", ["default", "convolutional"])
    def test_the_users_generators_are_left_alone(self, network, waves):
        torch.manual_seed(5)
        np.random.seed(5)  # noqa: NPY002
        expected = torch.rand(3), np.random.rand(3)  # noqa: NPY002
        torch.manual_seed(5)
        np.random.seed(5)  # noqa: NPY002
        AttentionClassifier(network, training=QUICK, random_state=0).fit(waves)
        assert torch.equal(torch.rand(3), expected[0])
        np.testing.assert_array_equal(np.random.rand(3), expected[1])  # noqa: NPY002


class TestValidation:
    def test_cases_that_are_handed_over_choose_the_epoch(self, waves):
        clf = AttentionClassifier("convolutional", training=QUICK, random_state=0)
        clf.fit(waves[:80], validation=waves[80:])
        assert clf.history_.best_epoch == clf.history_.validation_loss.argmin()

    def test_so_do_arrays(self, waves):
        pair = waves.values[80:], waves.labels[80:]
        clf = AttentionClassifier("convolutional", training=QUICK, random_state=0)
        clf.fit(waves.values[:80], waves.labels[:80], validation=pair)
        assert len(clf.history_.validation_loss) == clf.history_.n_epochs

    def test_few_cases_are_all_learnt_from(self, waves):
        clf = AttentionClassifier("convolutional", training=QUICK, random_state=0).fit(waves)
        assert len(clf.history_.validation_loss) == 0

    def test_a_share_is_held_out_on_request(self, waves):
        training = {**QUICK, "validation_share": 0.2}
        clf = AttentionClassifier("convolutional", training=training, random_state=0).fit(waves)
        assert len(clf.history_.validation_loss) > 0

    def test_unknown_labels_are_named(self, waves):
        with pytest.raises(DataError, match="classes that the model does not know: 'odd'"):
            AttentionClassifier().fit(waves, validation=(waves.values[:2], ["normal", "odd"]))


@pytest.mark.parametrize("network", ["default", "convolutional"])
def test_class_weights_raise_the_recall_of_a_rare_class(network):
    rng = np.random.default_rng(0)
    y = (np.arange(400) < 40).astype(int)  # so many that some are held out
    X = rng.normal(size=(400, 30)) + 0.4 * y[:, None]
    shares = [
        AttentionClassifier(network, training={"max_epochs": 4}, class_weight=weight, scaling="none", random_state=0)
        .fit(X, y)
        .predict_proba(X)[:, 1]
        .mean()
        for weight in (None, "balanced", {0: 1, 1: 30})
    ]
    assert shares[0] < shares[1] < shares[2]


class TestChoices:
    def test_what_is_not_given_comes_from_the_recipe(self, waves):
        clf = AttentionClassifier("reference", training={"max_epochs": 1}).fit(waves[:30])
        expected = RECIPES["reference"]
        assert (clf.network_, clf.scaling_) == (expected.network, expected.scaling)
        assert (clf.training_.batch_size, clf.training_.max_epochs) == (32, 1)

    def test_all_options_at_once_replace_those_of_the_recipe(self, waves):
        clf = AttentionClassifier("reference", training=TrainingOptions(max_epochs=1)).fit(waves[:30])
        assert clf.training_ == TrainingOptions(max_epochs=1)

    def test_a_description_is_trained_as_suits_its_kind(self, waves):
        clf = AttentionClassifier(Recurrent(hidden=4), training={"max_epochs": 1}).fit(waves[:30])
        assert clf.training_.learning_rate == RECIPES["bilstm"].training.learning_rate

    @pytest.mark.parametrize(
        ("parameters", "message"),
        [
            ({"network": "defualt"}, "network 'defualt' is unknown, expected one of .*did you mean 'default'"),
            ({"network": 3}, "network 3 is unknown, expected one of"),
            ({"scaling": "cases"}, "scaling 'cases' is unknown.*did you mean 'case'"),
            ({"training": {"epochs": 3}}, "TrainingOptions has no option 'epochs'; did you mean 'max_epochs'"),
            ({"training": {"max_epochs": 0}}, "TrainingOptions.max_epochs is 0; input should be greater"),
            (
                {"training": {"precision": "fp8"}},
                "TrainingOptions.precision is 'fp8'; input should be 'fp32' or 'bf16'",
            ),
            ({"network": Convolutional(dropout=2.0)}, "Convolutional.dropout is 2.0"),
        ],
    )
    def test_a_wrong_choice_is_named(self, parameters, message, waves):
        with pytest.raises(OptionError, match=message):
            AttentionClassifier(**parameters).fit(waves[:30])


class TestBadInput:
    @pytest.mark.parametrize("method", ["predict", "predict_proba", "attention", "evidence"])
    def test_using_it_before_fitting(self, method, waves):
        with pytest.raises(NotFittedError):
            getattr(AttentionClassifier(), method)(waves)

    def test_one_class_only(self):
        with pytest.raises(DataError, match="only one class, 'a', among 4 cases"):
            AttentionClassifier().fit(np.ones((4, 9)), ["a"] * 4)

    def test_a_single_time_step(self):
        with pytest.raises(DataError, match="1 time step"):
            AttentionClassifier().fit(np.arange(4.0)[:, None], [0, 1, 0, 1])

    def test_constant_series_only(self):
        with pytest.raises(DataError, match="all 4 series are constant"):
            AttentionClassifier(scaling="case").fit(np.ones((4, 9)) * np.arange(4)[:, None], [0, 1, 0, 1])

    def test_some_constant_series_are_mentioned(self, waves):
        values = waves.values.copy()
        values[7] = 3.0
        with pytest.warns(DataWarning, match="1 of 120 series are constant, case 7 the first"):
            AttentionClassifier(training=QUICK).fit(values, waves.labels)

    def test_a_class_of_one_case_is_mentioned(self, waves):
        labels = waves.labels.astype(object)
        labels[0] = "odd"
        with pytest.warns(DataWarning, match="one case only of class 'odd'"):
            AttentionClassifier(training=QUICK).fit(waves.values, labels)

    def test_an_infinite_value_is_located(self, waves):
        values = waves.values.copy()
        values[3, 0, 17] = np.inf
        with pytest.raises(DataError, match="case 3, channel 0, step 17"):
            AttentionClassifier().fit(values, waves.labels)

    def test_a_series_without_any_value_is_located(self, waves):
        values = waves.values.copy()
        values[5] = np.nan
        with pytest.raises(DataError, match=r"case 5 .*no observed value"):
            AttentionClassifier().fit(values, waves.labels)

    def test_other_channels_than_in_fit(self, fitted):
        with pytest.raises(DataError, match="series of 2 channels arrived, the model was fitted on 1"):
            fitted.predict(np.zeros((3, 2, 60)))

    def test_channels_in_another_order_than_in_fit(self, waves, tmp_path):
        values = np.concatenate([waves.values, waves.values[:, :, ::-1]], axis=1)
        named, swapped = (SeriesSet.of(values, waves.labels, channels=names) for names in (["x", "y"], ["y", "x"]))
        AttentionClassifier(training={"max_epochs": 1}).fit(named).save(tmp_path / "model.attime")
        model = AttentionClassifier.load(tmp_path / "model.attime")
        with pytest.raises(DataError, match=r"channel 0 .* is 'y', and was 'x' in fit"):
            model.predict(swapped)
        assert (model.predict(named) == model.predict(values)).all()  # an array has no names
        model.fit(SeriesSet.of(values, waves.labels))
        with pytest.raises(DataError, match=r"channel 0 .* is '1', and was '0' in fit"):
            model.predict(SeriesSet.of(values, channels=["1", "0"]))
        model.predict(named)  # and they may be given some later

    def test_fit_without_labels(self, waves):
        with pytest.raises(DataError, match="requires y to be passed"):
            AttentionClassifier().fit(waves.values)


def test_what_was_learnt_of_a_table_is_forgotten_with_the_next_fit(waves):
    clf = AttentionClassifier(training={"max_epochs": 1}).fit(waves.values[:, 0], waves.labels).fit(waves)
    assert clf.predict(waves.values[:3, 0, :50]).shape == (3,)


def test_a_longer_series_can_be_predicted_but_is_mentioned(fitted):
    with pytest.warns(DataWarning, match="series of 200 steps arrived, those in fit had 60"):
        assert fitted.evidence(np.random.default_rng(0).normal(size=(2, 1, 200))).shape == (2, 2, 1, 200)


class TestAFitThatFails:
    @pytest.mark.parametrize("first", [False, True])
    @pytest.mark.parametrize("trouble", [{"device": "no such"}, {"learning_rate": 1e30, "clip_norm": None}], ids=str)
    def test_leaves_nothing_behind(self, first, trouble, waves):
        clf = AttentionClassifier("convolutional", training=QUICK, random_state=0)
        if first:
            clf.fit(waves)
        with pytest.raises(AttimeError):
            clf.set_params(training={**QUICK, **trouble}).fit(waves)
        with pytest.raises(NotFittedError):
            clf.predict(waves)

    def test_a_target_of_numbers_is_refused(self, waves):
        with pytest.raises(DataError, match="the labels are no classes"):
            AttentionClassifier().fit(waves.values, np.linspace(0, 1, 120))

    @pytest.mark.parametrize(
        "parameters", [{"random_state": -1}, {"class_weight": "equal"}, {"class_weight": {"odd": 2.0}}], ids=str
    )
    def test_a_wrong_option_is_one_of_our_errors(self, parameters, waves):
        with pytest.raises(OptionError):
            AttentionClassifier(**parameters, training=QUICK).fit(waves)


def test_small_changes_on_a_large_level_are_seen(waves):
    lifted = waves.values.astype(np.float64) / 100 + 1e6
    clf = AttentionClassifier(scaling="case", training=QUICK, random_state=0)
    expected = clf.fit(waves.values, waves.labels).predict_proba(waves.values)
    np.testing.assert_allclose(clf.fit(lifted, waves.labels).predict_proba(lifted), expected, atol=1e-3)
