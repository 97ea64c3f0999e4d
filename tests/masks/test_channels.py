"""Which channel mattered: attention over channels, and differences of channels, find it and account for it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from attime import AttentionClassifier
from attime.attention import WEIGHINGS
from attime.data import SeriesSet
from attime.errors import OptionError
from attime.nn import Convolutional, Dictionary
from attime.nn.dictionary import FAMILIES
from attime.nn.networks import POOLINGS
from attime.plot import plot_map

PAIRS = tuple(name for name in FAMILIES if "pairs" in name)


def with_a_bump(n_cases: int, seed: int) -> tuple[SeriesSet, np.ndarray]:
    """Noise in three channels, and in half of the cases a bump in one of them; return also in which."""
    rng = np.random.default_rng(seed)
    values = 0.3 * rng.standard_normal((n_cases, 3, 50))
    channel, place = rng.integers(3, size=n_cases), rng.integers(5, 35, size=n_cases)
    labels = np.array(["bump", "none"])[np.arange(n_cases) % 2]
    for case in np.flatnonzero(labels == "bump"):
        values[case, channel[case], place[case] : place[case] + 10] += 2
    return SeriesSet.of(values.astype(np.float32), labels), channel


@pytest.fixture(scope="module")
def fitted() -> AttentionClassifier:
    training = {"max_epochs": 15, "local": 0, "complete": 0}
    network = Convolutional(width=8, dilations=(1, 2), channels="attention")
    return AttentionClassifier(network, training=training, random_state=0).fit(with_a_bump(160, 0)[0])


def test_attention_and_evidence_point_to_the_channel_that_decides(fitted):
    series, channel = with_a_bump(60, 1)
    assert fitted.score(series, series.labels) > 0.9
    bumps = series.labels == "bump"
    weights = fitted.attention_maps(series)[1].weights.sum(2).numpy()
    evidence = fitted.evidence(series)[:, 0].sum(2)
    for found in (weights, evidence):
        assert (found.argmax(1) == channel)[bumps].mean() > 0.9  # a third by chance


def test_the_map_of_channels_adds_up_to_that_of_steps(fitted):
    series, _ = with_a_bump(5, 2)
    steps, channels = fitted.attention_maps(series)
    assert (channels.name, channels.axes) == ("channels", ("case", "channel", "time"))
    torch.testing.assert_close(channels.weights.sum(1), steps.weights)
    assert plot_map(channels).get_ylabel() == "channel"


@pytest.mark.parametrize(
    "network",
    [
        *(Convolutional(width=8, channels="attention", pooling=pooling) for pooling in POOLINGS),
        *(Convolutional(width=8, channels="attention", weigh=weigh) for weigh in WEIGHINGS),
        Convolutional(width=8, channels="attention", stride=3),
    ],
    ids=str,
)
def test_evidence_of_channels_adds_up_with_any_attention_in_training_and_after(network):
    module = network.build(n_channels=3, n_classes=2, n_steps=30)
    values, observed = torch.randn(4, 3, 30), torch.rand(4, 3, 30) < 0.8
    for mode in (True, False):
        output = module.train(mode)(values, observed)
        assert output.evidence.shape == (4, 2, 3, 30)
        torch.testing.assert_close(output.evidence.sum((2, 3)) + output.bias, output.prediction, atol=1e-5, rtol=1e-5)


def test_channels_are_told_apart_though_one_encoder_sees_them():
    module = Convolutional(width=8, channels="attention").build(n_channels=2, n_classes=2, n_steps=30).eval()
    values, observed = torch.randn(3, 2, 30), torch.ones(3, 2, 30, dtype=torch.bool)
    assert not torch.allclose(module(values, observed).prediction, module(values.flip(1), observed).prediction)


def test_an_unknown_way_with_channels_is_answered():
    with pytest.raises(OptionError, match="channels 'sorted' is unknown"):
        Convolutional(channels="sorted").build(n_channels=2, n_classes=2, n_steps=30)


def test_pairs_tell_what_no_channel_tells_alone():
    rng = np.random.default_rng(0)
    one, noise, y = *rng.standard_normal((2, 80, 40)), np.arange(80) % 2
    X = np.stack([one, np.where(y, 1.0, -1.0)[:, np.newaxis] * one + 0.2 * noise], axis=1)
    losses = {
        families: AttentionClassifier(Dictionary(families=families)).fit(X, y).history_.validation_loss[0]
        for families in (("values",), ("pairs",))
    }
    assert losses[("pairs",)] < 0.2 * losses[("values",)]


def test_pairs_need_two_channels():
    X, y = np.random.default_rng(0).standard_normal((10, 20)), [0, 1] * 5
    both = AttentionClassifier(Dictionary(families=("levels", *PAIRS))).fit(X, y)
    alone = AttentionClassifier(Dictionary(families=("levels",))).fit(X, y)
    np.testing.assert_array_equal(both.logits(X), alone.logits(X))
    with pytest.raises(OptionError, match="series of 1 channel"):
        AttentionClassifier(Dictionary(families=PAIRS)).fit(X, y)
