"""Explanations of detectors name the channel and the steps of planted faults, and what would have been there."""

from __future__ import annotations

import numpy as np
import pytest

from attime import AttentionDetector, make_solar
from attime.errors import DataError, OptionError
from attime.estimators.detection import MODELS
from attime.estimators.detection.together import Together
from attime.explain.detection import codes, locate, look

N_TRAIN, N_STEPS = 900, 1300
KINDS = ("spike", "flat", "level", "noise", "shape")
QUICK = {"max_epochs": 2}


def normal(rng, *, n_channels: int, together: bool):
    """Return channels with the same cycle, or each with its own; return the length of the (first) cycle, too."""
    time, channels = np.arange(N_STEPS), []
    cycle = int(rng.integers(20, 50))
    for _ in range(n_channels):
        own = cycle if together else rng.uniform(20, 50)
        phase, second = rng.uniform(0, 6, size=2)
        values = np.sin(2 * np.pi * time / own + phase) + rng.uniform(0, 0.5) * np.sin(4 * np.pi * time / own + second)
        channels.append(10 ** rng.uniform(-1, 2) * (values + 0.08 * rng.normal(size=N_STEPS)) + 5 * rng.normal())
    return np.stack(channels, axis=1), cycle


def planted(rng, values, kind: str, cycle: int):
    """Return the series with a fault in one channel, and where: labels of shape (time, channel)."""
    found, channel, start = values.copy(), int(rng.integers(values.shape[1])), int(rng.integers(1000, 1150))
    deviation = values[:, channel].std()
    end = start + {"spike": 2, "flat": cycle // 2, "noise": cycle // 2}.get(kind, cycle)
    own = values[start:end, channel]
    found[start:end, channel] = {
        "spike": own + 3 * deviation,
        "flat": np.full(len(own), own[0]),
        "level": own + 1.5 * deviation,
        "noise": own + deviation * rng.normal(size=len(own)),
        "shape": values[start - cycle : start + cycle : 2, channel][: len(own)],
    }[kind]
    labels = np.zeros(values.shape)
    labels[start:end, channel] = 1
    return found, labels


@pytest.mark.parametrize("together", [True, False], ids=["one cycle", "own cycles"])
def test_the_right_channel_and_the_right_steps_are_named(together):
    located, firsts = [], []
    for seed, n_channels in enumerate((3, 5, 8)):
        rng = np.random.default_rng(seed)
        values, cycle = normal(rng, n_channels=n_channels, together=together)
        detector = AttentionDetector().fit(values[:N_TRAIN])
        for kind in KINDS:
            found, labels = planted(rng, values, kind, cycle)
            departure = detector.explain(found[N_TRAIN:])
            located.append(locate(departure, labels[N_TRAIN:]))
            firsts.append(departure.events[departure.worst[0]].channels[0] == str(int(labels.any(0).argmax())))
    assert np.mean([one.channel for one in located]) >= 0.95
    assert np.mean(firsts) >= 0.95
    assert np.mean([one.steps for one in located]) >= 0.88  # 0.93 over many; chance: 0.05
    assert np.mean([one.steps_by_chance for one in located]) < 0.1


@pytest.fixture(scope="module")
def series():
    time = np.arange(1000)
    values = np.stack([np.sin(time / 4), 3 * np.cos(time / 4), np.sin(time / 8)], axis=1)
    return values + 0.05 * np.random.default_rng(0).normal(size=values.shape)


@pytest.fixture(scope="module")
def detector(series):
    return AttentionDetector(window=25).fit(series[:700])


@pytest.fixture(scope="module")
def faulty(series):
    found = series[700:].copy()
    found[150:165, 1] = 0
    return found


@pytest.fixture(scope="module")
def departure(detector, faulty):
    return detector.explain(faulty)


@pytest.fixture(scope="module")
def variational():
    series = np.sin(np.arange(400) / 4)
    detector = AttentionDetector("variational", window=24, training=QUICK, random_state=0).fit(series)
    return detector, detector.detect(series)


class TestDeparture:
    def test_what_was_expected_is_what_would_have_been(self, departure, series):
        clean = series[700:]
        assert np.abs(departure.expected[150:165, 1] - clean[150:165, 1]).max() < 0.5
        assert np.abs(departure.expected - clean).mean() < 0.15

    def test_relevance_is_not_negative_and_has_the_shape_of_the_series(self, departure, faulty):
        assert departure.relevance.shape == departure.expected.shape == faulty.shape
        assert (departure.relevance >= 0).all()

    def test_the_worst_event_names_channels_steps_and_normal_windows(self, departure):
        worst = departure.events[departure.worst[0]]
        assert worst.channels[0] == "1"
        assert np.isclose(worst.shares.sum(), 1)
        assert worst.shares[0] > 0.9
        assert np.isin(worst.steps, np.arange(148, 167)).all()
        assert worst.begin <= 150 < worst.begin + departure.window

    def test_nearest_windows_are_those_of_training_at_the_place_they_name(self, departure, series):
        nearest = departure.events[departure.worst[0]].nearest
        assert np.isclose(sum(near.weight for near in nearest), 1)
        for near in nearest:
            own = series[near.start : near.start + departure.window].T
            assert near.series == 0
            assert np.allclose(near.values, own, atol=1e-5)

    def test_a_missing_value_has_no_relevance_and_is_still_expected(self, detector, faulty):
        gap = faulty.copy()
        gap[40:50, 0] = np.nan
        departure = detector.explain(gap)
        assert np.isnan(departure.relevance[40:50, 0]).all()
        assert np.isfinite(departure.relevance[:, 1:]).all()
        assert np.abs(departure.expected[40:50, 0] - np.sin((740 + np.arange(10)) / 4)).max() < 0.3

    def test_it_is_the_same_each_time(self, detector, faulty, departure):
        assert np.array_equal(detector.explain(faulty).relevance, departure.relevance)

    def test_of_several_series_there_is_one_for_each(self, detector, faulty):
        found = detector.explain([faulty.T, faulty[:200].T])
        assert [len(part) for part in found] == [300, 200]

    def test_a_series_shorter_than_the_window_can_be_explained(self, detector, faulty):
        assert detector.explain(faulty[:20]).relevance.shape == (20, 3)

    def test_as_a_table_it_has_a_row_for_each_step_and_channel(self, departure):
        frame = departure.to_frame()
        assert list(frame) == ["time", "channel", "value", "expected", "relevance"]
        assert len(frame) == 900

    def test_whole_series_have_no_steps_to_explain(self, faulty):
        detector = AttentionDetector(unit="series").fit(np.random.default_rng(0).normal(size=(20, 1, 30)))
        with pytest.raises(OptionError, match="unit='series'"):
            detector.explain(np.zeros((2, 1, 30)))

    @pytest.mark.parametrize("labels", [np.zeros((300, 3)), np.ones((300, 3)), np.ones((3, 3))])
    def test_labels_that_tell_nothing_are_refused(self, departure, labels):
        with pytest.raises(DataError):
            locate(departure, labels)


def test_an_inverter_at_fault_is_told_from_the_weather_that_all_have():
    data = make_solar(75, n_train_days=60, anomalies={"fault": 1}, random_state=0)
    departure = AttentionDetector().fit(data.values[: data.n_train]).explain(data.values[data.n_train :])
    located = locate(departure, data.labels[data.n_train :])
    assert located.channel
    assert located.steps > 0.7
    assert located.steps_by_chance < 0.1


def test_channels_that_know_nothing_of_each_other_say_nothing_of_each_other():
    differences = np.random.default_rng(0).normal(size=(3, 5000))
    expected, share = Together.fit(differences).others_tell(differences, np.ones((3, 5000), dtype=bool))
    assert np.abs(expected).max() < 0.3
    assert np.allclose(share, 1, atol=0.03)


def test_a_channel_that_is_the_sum_of_others_is_told_by_them_unless_one_is_missing():
    both = np.random.default_rng(0).normal(size=(2, 5000))
    differences = np.stack([*both, both.sum(0)])
    visible = np.ones((3, 5000), dtype=bool)
    visible[0, 2500:] = False
    expected, share = Together.fit(differences).others_tell(differences, visible)
    error = np.abs(expected - differences)[2]
    assert error[:2500].mean() < 0.1
    assert error[2500:].mean() > 0.5
    assert share[2, 0] < 0.05 < 0.4 < share[2, -1]


@pytest.mark.parametrize("model", MODELS)
def test_every_model_says_what_it_expects(model):
    series = np.stack([np.sin(np.arange(400) / 4), np.cos(np.arange(400) / 4)], axis=1)
    detector = AttentionDetector(model, window=24, training=QUICK, random_state=0).fit(series[:300])
    found = series[300:].copy()
    found[50:54, 1] = 4
    departure = detector.explain(found)
    assert departure.relevance.shape == departure.expected.shape == (100, 2)
    assert np.isfinite(departure.expected).mean() > 0.7
    assert departure.relevance[50:54].sum(0).argmax() == 1


class TestNetworks:
    def test_there_is_a_code_for_each_window(self, variational):
        found = codes(*variational, step=10)
        assert len(found.values) == len(found.scores) == len(found.starts) == 39
        assert np.isfinite(found.values).all()

    def test_attention_within_a_window_sums_to_one(self, variational):
        found = look(*variational, 100)
        assert found.values.shape == (1, 24)
        assert np.allclose(found.map.weights.sum(-1), 1, atol=1e-5)

    def test_no_window_begins_after_the_last(self, variational):
        with pytest.raises(OptionError, match="0 to 376"):
            look(*variational, 377)

    def test_reference_attention_has_neither(self):
        series = np.sin(np.arange(400) / 4)
        detector = AttentionDetector(window=24).fit(series)
        detected = detector.detect(series)
        with pytest.raises(DataError, match="codes"):
            codes(detector, detected)
        with pytest.raises(DataError, match="attends within"):
            look(detector, detected, 0)
