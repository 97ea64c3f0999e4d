"""Pictures of detectors show what was found: lanes, shaded events, strips, codes, attention."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
import torch
from matplotlib.figure import Figure

from attime import AttentionDetector
from attime.attention import AttentionMap
from attime.errors import DataError, OptionError
from attime.explain.detection import Codes, Look
from attime.plot.detection import plot_attention, plot_detected, plot_event, plot_latent


@pytest.fixture(scope="module")
def departure():
    time = np.arange(900)
    values = np.stack([np.sin(time / 4), 3 * np.cos(time / 4), np.sin(time / 8)], axis=1)
    values += 0.05 * np.random.default_rng(0).normal(size=values.shape)
    values[750:765, 1] = 0
    frame = pd.DataFrame(values, pd.date_range("2024-01-01", periods=900, freq="h"), columns=["in", "out", "heat"])
    return AttentionDetector(window=25).fit(frame[:600]).explain(frame[600:])


def drawn(ax) -> list[str]:
    ax.figure.savefig(io.BytesIO())
    return [tick.get_text() for tick in ax.get_yticklabels()]


def test_channels_score_and_p_value_have_a_lane_each(departure):
    assert drawn(plot_detected(departure.detected)) == ["in", "out", "heat", "score", "p-value"]


def test_chosen_channels_are_drawn_in_their_order(departure):
    assert drawn(plot_detected(departure.detected, channels=["heat", "in"])) == ["in", "heat", "score", "p-value"]


def test_events_are_numbered_and_truth_is_drawn(departure):
    ax = plot_detected(departure.detected, truth=np.arange(300) == 150)
    numbers = [text.get_text() for text in ax.texts if text.get_text().isdecimal()]
    assert numbers == [str(number + 1) for number in range(len(departure.events))]


def test_an_event_is_drawn_beside_what_was_expected_and_normal_windows(departure):
    ax = plot_event(departure, departure.worst[0])
    assert drawn(ax) == ["in", "out", "heat"]
    n_normal = sum(line.get_label() == "nearest normal windows" for line in ax.lines)
    assert n_normal == 3 * len(departure.events[departure.worst[0]].nearest)


def test_pictures_are_drawn_where_they_are_asked_to_be(departure):
    for draw in (
        lambda ax: plot_detected(departure.detected, ax=ax),
        lambda ax: plot_event(departure, 0, ax=ax),
        lambda ax: plot_latent(Codes(np.eye(4), np.ones(4), np.arange(4), 2.0), ax=ax),
    ):
        ax = Figure(layout="constrained").add_subplot()
        assert draw(ax) is ax


@pytest.mark.parametrize("n_features", [1, 2, 8])
def test_codes_of_any_size_lie_in_a_plane(n_features):
    rng = np.random.default_rng(0)
    ax = plot_latent(Codes(rng.normal(size=(30, n_features)), np.r_[np.nan, rng.uniform(0, 2, 29)], np.arange(30), 1.0))
    ax.figure.savefig(io.BytesIO())
    assert sum(len(dots.get_offsets()) for dots in ax.collections) == 30
    assert {text.get_text() for text in ax.get_legend().get_texts()} == {"usual", "threshold reached"}


def test_each_attention_map_has_a_colour_scale_of_its_own():
    for size in (0.1, 0.9):
        weights = AttentionMap("self-attention", torch.full((1, 6, 6), size), ("case", "query", "key"))
        ax = plot_attention(Look(np.zeros((1, 6)), np.arange(6), weights))
        assert ax.images[0].norm.vmax == pytest.approx(size)


def test_what_cannot_be_drawn_is_told(departure):
    with pytest.raises(OptionError, match="channels="):
        plot_detected(departure.detected, channels=["nobody"])
    with pytest.raises(OptionError, match="events were found"):
        plot_event(departure, 99)
    with pytest.raises(DataError, match="truth has 3 steps"):
        plot_detected(departure.detected, truth=np.zeros(3))
