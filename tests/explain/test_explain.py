"""`explain`: which class is explained, and what is answered to requests that cannot be met."""

from __future__ import annotations

import inspect
import sys

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

import attime
from attime import AttentionClassifier, SeriesSet
from attime.errors import DataError, MissingExtraError, OptionError
from attime.explain import Captum, Explanation, IntegratedGradients, Occlusion, explain

unchecked = inspect.unwrap(explain)  # past the check of types that only the tests have


@pytest.fixture(scope="module")
def numbered(level: SeriesSet) -> AttentionClassifier:
    """A classifier whose classes are the numbers 0 and 1."""
    return AttentionClassifier(quality="fast", random_state=0).fit(level.values, (level.labels == "level").astype(int))


class TestTargets:
    def test_predicted_is_what_the_classifier_says(self, finder, level):
        explanation = explain(finder, level[:30])
        np.testing.assert_array_equal(explanation.target, finder.predict(level[:30]))
        np.testing.assert_array_equal(explanation.prediction, finder.predict(level[:30]))
        np.testing.assert_array_equal(explanation.probabilities, finder.predict_proba(level[:30]))

    def test_true_is_the_label(self, finder, level):
        np.testing.assert_array_equal(explain(finder, level[:9], target="true").target, level.labels[:9])

    def test_one_label_is_for_all_cases(self, finder, level):
        assert set(explain(finder, level[:9], target="level").target) == {"level"}

    @pytest.mark.parametrize("form", [list, np.array, tuple, lambda labels: np.array(labels, dtype=object)])
    def test_one_label_for_each_case(self, form, finder, level):
        labels = ["level", "normal", "normal"]
        assert explain(finder, level[:3], target=form(labels)).target.tolist() == labels

    def test_the_class_makes_the_relevance(self, finder, level):
        of, against = (explain(finder, level[:9], target=name).relevance for name in ("level", "normal"))
        np.testing.assert_allclose(of, -against, atol=1e-5)  # two classes: what is for one is against the other

    def test_numbers_of_any_kind(self, numbered, level):
        for one in (1, np.int64(1), 1.0, True, [1, 1, 1], np.ones(3, dtype=np.uint8)):
            assert explain(numbered, level[:3], target=one).target.tolist() == [1, 1, 1]

    def test_a_class_called_predicted_is_given_as_a_list(self, level):
        y = np.where(level.labels == "level", "predicted", "other")
        clf = AttentionClassifier(quality="fast", random_state=0).fit(level.values, y)
        assert explain(clf, level.values[:2], target=["predicted"] * 2).target.tolist() == ["predicted"] * 2


class TestWhatIsAnswered:
    def test_true_needs_labels(self, finder, level):
        with pytest.raises(OptionError, match="target 'true' needs labels"):
            explain(finder, level.values[:3], target="true")

    def test_a_class_that_does_not_exist(self, finder, level):
        with pytest.raises(OptionError, match="class 'levle' is unknown, expected one of level, normal; did you mean"):
            explain(finder, level[:3], target="levle")
        with pytest.raises(OptionError, match="class '3' is unknown"):
            explain(finder, level[:3], target=3)
        with pytest.raises(OptionError, match="class 'other' is unknown"):
            explain(finder, level[:2], target=["level", "other"])

    def test_a_class_of_the_wrong_type(self, numbered, level):
        with pytest.raises(OptionError, match="class '1' arrived as str, the classes of the model are int; give 0"):
            explain(numbered, level[:3], target="1")
        with pytest.raises(OptionError, match=r"class '1.5' is unknown"):
            explain(numbered, level[:3], target=1.5)
        with pytest.raises(OptionError, match="class 'None' is unknown"):
            explain(numbered, level[:3], target=None)

    @pytest.mark.parametrize("targets", [["level"] * 2, [["level"] * 3], []])
    def test_the_wrong_number_of_targets(self, targets, finder, level):
        with pytest.raises(OptionError, match=r"targets of shape .* arrived for 3 cases"):
            explain(finder, level[:3], target=targets)

    def test_a_label_that_the_model_does_not_know(self, finder, level):
        with pytest.raises(DataError, match="classes that the model does not know: 'strange'"):
            explain(finder, SeriesSet.of(level.values[:2], ["level", "strange"]), target="true")

    def test_a_method_that_does_not_exist(self, finder, level):
        with pytest.raises(OptionError, match=r"method 'oclusion' is unknown.*did you mean 'occlusion'\?"):
            explain(finder, level[:3], method="oclusion")

    @pytest.mark.parametrize("method", [Occlusion, None, 3])
    def test_something_that_is_no_method(self, method, finder, level):
        with pytest.raises(OptionError, match=r"expected a name .evidence, .* or a method with its options"):
            unchecked(finder, level[:3], method=method)

    @pytest.mark.parametrize(
        "method",
        [
            Occlusion(window=0),
            Occlusion().set_params(replacement=3),
            IntegratedGradients(n_steps=-1),
            Captum().set_params(window="wide"),
        ],
        ids=repr,
    )
    def test_an_option_out_of_range(self, method, finder, level):
        with pytest.raises(OptionError, match=f"{type(method).__name__}\\..* is "):
            explain(finder, level[:3], method=method)

    def test_series_longer_than_any_in_fit(self, finder, level):
        longer = np.concatenate([level.values[:3], level.values[:3, :, :5]], axis=2)
        with pytest.raises(DataError, match=r"series of 65 steps arrived, the longest in fit had 60.*cut the series"):
            explain(finder, longer)

    def test_padding_does_not_make_a_series_longer(self, finder, level):
        padded = np.concatenate([level.values[:3], np.full((3, 1, 9), np.nan, dtype=np.float32)], axis=2)
        assert explain(finder, padded).relevance.shape == (3, 1, 69)

    def test_other_channels(self, finder):
        with pytest.raises(DataError, match="series of 2 channels arrived"):
            explain(finder, np.zeros((3, 2, 60)))

    def test_before_fitting(self, level):
        with pytest.raises(NotFittedError):
            explain(AttentionClassifier(), level)

    @pytest.mark.parametrize("random_state", [-1])
    def test_a_seed_that_is_none(self, random_state, finder, level):
        with pytest.raises(OptionError, match=r"random_state=.* arrived, expected a whole number"):
            unchecked(finder, level[:3], random_state=random_state)

    def test_a_missing_extra(self, finder, level, monkeypatch):
        monkeypatch.setitem(sys.modules, "captum.attr", None)  # an import of it fails now
        with pytest.raises(MissingExtraError, match=r"pip install 'attime\[captum\]', or use the method"):
            explain(finder, level[:3], method="captum")


def test_the_name_and_the_options_are_told(finder, level):
    explanation = explain(finder, level[:3], method=Occlusion().set_params(window=np.int64(10)))
    assert explanation.method == "occlusion"
    assert explanation.options == {"window": 10, "stride": None, "replacement": "missing", "per_channel": False}
    assert type(explanation.options["window"]) is int  # or it could not be saved


def test_a_method_of_ones_own_goes_by_the_name_of_its_class(finder, level):
    class Mine(Occlusion):
        pass

    assert explain(finder, level[:3], method=Mine(window=20)).method == "Mine"


@pytest.mark.parametrize("form", [lambda x: x[:, 0], lambda x: list(x), lambda x: x.astype(np.float64)])
def test_series_in_any_form(form, finder, level):
    found = explain(finder, form(level.values[:5])).relevance
    np.testing.assert_allclose(found, explain(finder, level[:5]).relevance, atol=1e-4)


def test_the_front_door_gives_a_room_that_is_also_the_function(finder, level):
    assert attime.Explanation is Explanation
    assert attime.explain is sys.modules["attime.explain"]
    np.testing.assert_array_equal(attime.explain(finder, level[:2]).relevance, explain(finder, level[:2]).relevance)
