"""What `AttentionClassifier()` picks: by how many cases there are, how much time, and cases it has not learnt from."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from attime import AttentionClassifier, SeriesSet
from attime.errors import OptionError
from attime.estimators import choosing, fitting
from attime.estimators.choosing import QUALITIES, Chooser
from attime.estimators.clock import Clock
from attime.estimators.fitting import Material
from attime.nn import Convolutional, Dictionary, DictionaryClassifier, Ensemble, Mixture, SeriesClassifier
from attime.training import Cases, CrossEntropy, TrainingOptions

QUICK = {"max_epochs": 1, "local": 0, "complete": 0}
FEW = Dictionary(families=("levels", "values"), n_dilations=2)


def ramps(n_cases=400, n_steps=24, *, seed=0, slope=0.5, n_channels=1) -> SeriesSet:
    """Noise, to which class "up" has a slight ramp added."""
    rng = np.random.default_rng(seed)
    up = rng.random(n_cases) < 0.5
    ramp = np.linspace(-slope, slope, n_steps)
    values = rng.standard_normal((n_cases, n_channels, n_steps)) + up[:, None, None] * ramp
    return SeriesSet.of(values, np.where(up, "up", "none"))


def tried(clf: AttentionClassifier) -> set[type]:
    """Return the kinds of what was put together."""
    return {type(part) for part in (clf.module_.networks if isinstance(clf.module_, Ensemble) else [clf.module_])}


@pytest.fixture
def with_network(monkeypatch):
    """Let the default be quick, and try a network however well dictionaries do."""
    quality = choosing.Quality(FEW, 1, networks_from=300, enough=0.0)
    monkeypatch.setitem(QUALITIES, "default", quality)
    monkeypatch.setattr(choosing, "AS_GOOD", -1.0)  # and keep both


def evidence_off(clf, X) -> float:
    return float(np.abs(clf.evidence(X).sum((2, 3)) + clf.bias_ - clf.logits(X)).max())


class TestWhatIsPicked:
    def test_few_cases_are_for_dictionaries(self):
        clf = AttentionClassifier(quality="fast", random_state=0).fit(ramps(40))
        assert isinstance(clf.module_, DictionaryClassifier)
        assert clf.reason_ == "dictionaries, fitted to 40 cases"

    @pytest.mark.parametrize("n_cases", [299, 301])
    def test_a_network_is_trained_where_cases_can_be_held_out(self, n_cases, with_network):
        clf = AttentionClassifier(training=QUICK, random_state=0).fit(ramps(n_cases))
        assert (SeriesClassifier in tried(clf)) == (n_cases > 300)

    def test_the_fast_one_trains_none(self):
        assert tried(AttentionClassifier(quality="fast", random_state=0).fit(ramps())) == {DictionaryClassifier}

    def test_nothing_more_is_tried_when_it_is_good_enough(self, monkeypatch):
        monkeypatch.setitem(QUALITIES, "default", choosing.Quality(FEW, 1, networks_from=300, enough=np.inf))
        clf = AttentionClassifier(training=QUICK, random_state=0).fit(ramps())
        assert len(tried(clf)) == 1
        assert "both" not in clf.reason_

    def test_the_reason_tells_what_the_mixture_is(self, with_network):
        clf = AttentionClassifier(training=QUICK, random_state=0).fit(ramps())
        assert isinstance(clf.network_, Mixture)
        assert {type(part) for part in clf.network_.parts} == {Dictionary, Convolutional}
        what, why = clf.reason_.split(", by the mean loss of 40 cases held out: ")
        assert set(what.split(" and ")) == {"dictionaries", "network"}
        assert [part.split()[0] for part in why.split(", ")] == [*what.split(" and "), "both"]

    def test_more_networks_on_request(self, with_network):
        clf = AttentionClassifier(training=QUICK, n_networks=2, random_state=0).fit(ramps())
        assert [type(part).__name__ for part in clf.module_.networks].count("SeriesClassifier") == 2

    def test_one_that_knows_nothing_is_left_out(self, monkeypatch):
        monkeypatch.setitem(QUALITIES, "default", choosing.Quality(FEW, 1, networks_from=300, enough=0.0))
        clf = AttentionClassifier(training=QUICK | {"learning_rate": 1e-9}, random_state=0).fit(ramps(slope=3.0))
        assert tried(clf) == {DictionaryClassifier}


@pytest.fixture(scope="module")
def both() -> AttentionClassifier:
    """Return a mixture of dictionaries and a network."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(QUALITIES, "default", choosing.Quality(FEW, 1, networks_from=300, enough=0.0))
        patch.setattr(choosing, "AS_GOOD", -1.0)
        return AttentionClassifier(training=QUICK, random_state=0).fit(ramps(n_channels=2))


class TestTheMixture:
    def test_evidence_adds_up(self, both):
        series = ramps(30, n_channels=2, seed=1)
        assert evidence_off(both, series) < 1e-5
        np.testing.assert_allclose(both.attention(series).sum(1), 1, rtol=1e-5)

    @pytest.mark.parametrize("class_weight", [None, "balanced"])
    def test_it_comes_back_from_a_file(self, class_weight, with_network, tmp_path):
        series = ramps()
        clf = AttentionClassifier(training=QUICK, class_weight=class_weight, random_state=0).fit(series)
        clf.save(tmp_path / "model.attime")
        loaded = AttentionClassifier.load(tmp_path / "model.attime")
        np.testing.assert_array_equal(loaded.predict_proba(series), clf.predict_proba(series))
        np.testing.assert_array_equal(loaded.evidence(series[:9]), clf.evidence(series[:9]))
        assert (loaded.reason_, loaded.network_) == (clf.reason_, clf.network_)

    def test_equal_seeds_give_equal_models(self, both, with_network):
        again = AttentionClassifier(training=QUICK, random_state=0).fit(ramps(n_channels=2))
        series = ramps(30, n_channels=2, seed=1)
        np.testing.assert_array_equal(again.logits(series), both.logits(series))

    def test_the_options_are_left_as_they_were(self, both):
        assert both.get_params()["network"] == "default"
        assert QUALITIES["fast"].n_networks == 0


class TestCasesNotLearntFrom:
    @pytest.mark.parametrize("n_cases", [60, 320])
    def test_validation_cases_of_the_user_only_weigh(self, n_cases, with_network, monkeypatch):
        seen = []

        def look(module, cases, **options):
            seen.append(len(cases))
            return learn(module, cases, **options)

        learn = fitting.fit_dictionary_once
        monkeypatch.setattr(fitting, "fit_dictionary_once", look)
        AttentionClassifier(training=QUICK, random_state=0).fit(ramps(n_cases), validation=ramps(70, seed=1))
        assert seen == [n_cases]

    def test_dictionaries_are_judged_by_validation_cases_and_not_by_the_last_training_cases(self, with_network):
        series, others = ramps(320, slope=4.0), ramps(80, slope=4.0, seed=1)
        flipped = SeriesSet.of(others.values, np.where(others.labels == "up", "none", "up"))
        losses = []
        for validation in (others, flipped):
            clf = AttentionClassifier(training=QUICK, random_state=0).fit(series, validation=validation)
            losses.append(float(clf.reason_.split("dictionaries ")[-1].split(",")[0]))
        assert losses[0] < 0.2 < 0.6 < losses[1]

    @pytest.mark.parametrize("budget", [None, 1e6])
    def test_of_too_many_cases_those_held_out_are_not_learnt_from(self, budget, monkeypatch):
        monkeypatch.setattr(fitting, "MOST_CASES", 50)
        seen = []

        def look(module, cases, **options):
            seen.append(cases.values)
            return learn(module, cases, **options)

        learn = fitting.fit_dictionary
        for name in ("fit_dictionary", "fit_dictionary_once"):
            monkeypatch.setattr(fitting, name, look)
        cases, held_out = (
            Cases.of(series.values.astype(np.float32), (series.labels == "up").astype(int))
            for series in (ramps(90), ramps(30, seed=1))
        )
        fitted = fitting.fit_dictionaries(
            FEW,
            lambda network: network.build(n_channels=1, n_classes=2, n_steps=24),
            Material(cases, held_out),
            options=TrainingOptions(),
            clock=Clock(budget),
            rng=np.random.default_rng(0),
        )
        assert fitted.left_out is None
        assert len(seen[-1]) == 50
        assert not (seen[-1].flatten(1)[:, None] == held_out.values.flatten(1)).all(-1).any()


class TestTime:
    @pytest.mark.parametrize("budget", [1e-3, 0.05])
    @pytest.mark.parametrize("network", ["default", "dictionary", "convolutional"])
    def test_even_with_next_to_none_something_is_fitted(self, network, budget):
        series = ramps(310)
        clf = AttentionClassifier(network, time_budget=budget, random_state=0).fit(series)
        assert np.isfinite(clf.predict_proba(series)).all()
        assert evidence_off(clf, series[:9]) < 1e-5

    def test_nothing_more_is_begun_when_time_is_up(self):
        class Over(Clock):
            left = 0.0

        begun = []

        class Told(Chooser):
            def _network(self, material):
                begun.append("network")
                return super()._network(material)

            def _dictionary(self, material):
                begun.append("dictionaries")
                return super()._dictionary(material)

        series, device = ramps(310), torch.device("cpu")
        cases = Cases.of(series.values.astype(np.float32), (series.labels == "up").astype(int))
        chooser = Told(
            choosing.Quality(FEW, 1, networks_from=300, enough=0.0),
            lambda network: network.build(n_channels=1, n_classes=2, n_steps=24),
            CrossEntropy(None),
            TrainingOptions(),
            Over(1.0),
            np.random.default_rng(0),
        )
        fitted = chooser.fit(Material(cases.take(slice(280), device), cases.take(slice(280, None), device)))
        assert begun == ["dictionaries"]  # a network learns nothing in little time
        assert fitted.reason.startswith("dictionaries, by the mean loss of 30 cases held out")

    def test_with_less_time_there_are_fewer_families_and_then_fewer_cases(self, monkeypatch):
        monkeypatch.setattr(fitting, "_seconds_for", lambda network, *_: float(len(network.families)))
        cases = Cases.of(ramps(200).values.astype(np.float32), np.arange(200) % 2)
        full, quick = len(Dictionary().families), len(fitting.QUICK)

        def in_time(seconds):
            network, n_cases = fitting._in_time(Dictionary(), None, cases, seconds, np.random.default_rng(0))
            return len(network.families), n_cases

        assert in_time(2.0 * full) == (full, 200)
        assert in_time(2.0 * quick) == (quick, 200)
        assert in_time(0.5 * quick) == (quick, 80)
        assert in_time(1e-9) == (quick, 4)

    @pytest.mark.parametrize("budget", [0, -1, "a", True, float("nan"), float("inf")], ids=str)
    def test_a_budget_that_is_none_is_one_clear_error(self, budget):
        with pytest.raises(OptionError, match=r"time_budget=.* arrived, expected seconds, a number above 0"):
            AttentionClassifier(time_budget=budget).fit(ramps(20))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"quality": "fats"}, "quality 'fats' is unknown, expected one of fast, default, best; did you mean 'fast'"),
        ({"quality": None}, "quality None is unknown"),
        ({"quality": 3}, "quality 3 is unknown"),
        ({"n_networks": 0}, "n_networks=0 arrived"),
        ({"network": Mixture(parts=(Dictionary(), Convolutional()))}, "Mixture arrived as the network to train"),
        ({"network": Dictionary(families=("levles",))}, "family 'levles' is unknown.*did you mean 'levels'"),
        ({"network": Dictionary(n_dilations=0)}, "Dictionary.n_dilations is 0"),
        ({"training": {"device": "no such"}}, "device 'no such' cannot be used here"),
        ({"class_weight": {"up": 0.0, "none": 1.0}}, "class_weight=.*numbers above 0"),
        ({"class_weight": {"up": -1.0, "none": 1.0}}, "class_weight=.*numbers above 0"),
    ],
    ids=str,
)
def test_a_wrong_choice_is_one_clear_error(parameters, message):
    with pytest.raises(OptionError, match=message):
        AttentionClassifier(**parameters).fit(ramps(20))
