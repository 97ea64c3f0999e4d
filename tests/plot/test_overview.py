"""What pictures of many explanations owe their reader; the explanations are made by hand."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from attime.data import SeriesSet
from attime.errors import DataError, OptionError
from attime.explain import (
    ConfusionCells,
    Explanation,
    align,
    channel_importance,
    confusion_cells,
    relevance_by_class,
    typical_cases,
)
from attime.plot import plot_aligned, plot_cell, plot_cells, plot_channels, plot_profile, plot_typical
from attime.plot.overview.limits import classes_that_fit
from attime.plot.style import class_colour, class_hatch


def explained(n_classes: int = 2, n_channels: int = 1, *, n_of_class: int = 8, divided: bool = True) -> Explanation:
    """Make an explanation by hand: series of unequal lengths, and one case of each class taken for the next one."""
    rng = np.random.default_rng(0)
    n_cases, n_steps = n_classes * n_of_class, 40
    values = rng.normal(size=(n_cases, n_channels, n_steps))
    values[0, :, 10:] = np.nan
    values[1:n_of_class, :, 30:] = np.nan
    true = np.arange(n_cases) // n_of_class
    predicted = np.where(np.arange(n_cases) % n_of_class == 0, (true + 1) % n_classes, true)
    classes = np.array([f"class {number}" for number in range(n_classes)])
    relevance = rng.normal(size=(n_cases, n_channels if divided else 1, n_steps))
    seen = ~np.isnan(values) if divided else ~np.isnan(values).all(axis=1, keepdims=True)
    return Explanation(
        series=SeriesSet(values, classes[true]),
        relevance=np.where(seen, relevance, 0.0),
        target=classes[predicted],
        probabilities=0.8 * np.eye(n_classes)[predicted] + 0.2 / n_classes,
        classes=classes,
        method="by hand",
    )


PICTURES: dict[str, Callable[[Explanation], Figure]] = {
    "profile": lambda explanation: plot_profile(relevance_by_class(explanation)),
    "typical": lambda explanation: plot_typical(explanation, typical_cases(explanation, n=1)),
    "aligned": lambda explanation: plot_aligned(align(explanation)),
    "channels": lambda explanation: plot_channels(channel_importance(explanation)).figure,
    "cells": lambda explanation: plot_cells(confusion_cells(explanation)).figure,
    "cell": lambda explanation: plot_cell(explanation, true="class 0", predicted="class 1"),
}


@pytest.mark.parametrize("draw", PICTURES.values(), ids=PICTURES.keys())
@pytest.mark.parametrize(("n_classes", "n_channels"), [(2, 1), (3, 3), (12, 1)])
def test_any_number_of_classes_and_channels_can_be_drawn(
    draw: Callable[[Explanation], Figure], n_classes: int, n_channels: int
):
    open_figures = plt.get_fignums()
    figure = draw(explained(n_classes, n_channels))
    figure.savefig(io.BytesIO(), format="png", dpi=30)  # what does not fit is warned of, and that fails the test
    assert plt.get_fignums() == open_figures


@pytest.mark.parametrize("name", ["profile", "typical", "aligned"])
@pytest.mark.parametrize("divided", [True, False], ids=["divided", "undivided"])
def test_a_picture_of_many_classes_and_channels_stays_one_that_can_be_looked_at(name: str, divided: bool):
    explanation = explained(60, 12, n_of_class=2, divided=divided)
    figure = PICTURES[name](explanation)
    assert figure.get_size_inches().max() <= 30
    names = {(ax.get_title() + " " + ax.get_ylabel()).replace("\n", " ") for ax in figure.axes}
    shown = {part for text in names for part in re.findall(r"class \d+", text)}
    assert figure.get_suptitle().startswith(f"{len(shown)} of ")


def test_the_classes_with_the_most_cases_are_shown_in_their_order():
    assert classes_that_fit(np.array([3, 9, 0, 5, 9]), row=9.0, around=3.0) == [1, 3, 4]
    assert classes_that_fit(np.array([3, 9, 0, 5, 9]), row=9.0, around=3.0, columns=2) == [0, 1, 3, 4]
    assert classes_that_fit(np.array([3, 9]), row=90.0, around=3.0) == [1]


@pytest.mark.parametrize("draw", [plot_channels, plot_cells])
def test_the_given_axes_are_drawn_on_and_returned(draw: Callable[..., object]):
    given = Figure().add_subplot()
    see = channel_importance if draw is plot_channels else confusion_cells
    assert draw(see(explained(2, 2)), ax=given) is given
    assert given.get_xlabel()
    assert given.get_ylabel()
    assert draw(see(explained(2, 2)))._repr_png_().startswith(b"\x89PNG")


def test_a_profile_shows_the_mean_of_each_class_on_one_scale():
    profile = relevance_by_class(explained(3))
    figure = plot_profile(profile)
    series, bands = figure.axes[::2], figure.axes[1::2]
    for number in range(3):
        np.testing.assert_array_equal(bands[number].lines[-1].get_ydata(), profile.mean[number, 0])
        drawn = series[number].lines[0].get_ydata()
        np.testing.assert_array_equal(drawn, profile.series[number, 0, : len(drawn)])
    assert len({ax.get_ylim() for ax in bands}) == 1
    assert [ax.get_title() for ax in series] == [f"class {number} (8 cases)" for number in range(3)]


def test_a_profile_of_several_channels_has_a_strip_for_each():
    profile = relevance_by_class(explained(2, 3))
    top = plot_profile(profile).axes[0]
    strips = [image.get_array()[0] for image in top.images]
    np.testing.assert_array_equal(strips, profile.mean[0][:, : len(strips[0])])


def test_steps_of_few_cases_are_shaded():
    figure = plot_profile(relevance_by_class(explained(2), by="true"))
    labels = [[part.get_label() for part in ax.collections] for ax in figure.axes]
    assert ["fewer than half of the cases" in part for part in labels] == [True, True, False, False]


def test_undivided_relevance_of_several_channels_is_drawn_once():
    explanation = explained(2, 3, divided=False)
    figure = plot_profile(relevance_by_class(explanation))
    assert [len(ax.lines) for ax in figure.axes[:2]] == [3, 2]
    (_, strip, *_) = plot_aligned(align(explanation)).axes
    assert len(strip.images) == 1


def test_a_strange_case_with_large_relevance_does_not_make_the_typical_ones_pale():
    explanation = explained(1, n_of_class=6)
    explanation.relevance[:] += 5 * np.sin(np.arange(40))
    explanation.relevance[4] = -1e3 * np.sin(np.arange(40))
    found = typical_cases(explanation, n=1)
    assert 4 not in found.typical[0]
    figure = plot_typical(explanation, found)
    (image,) = figure.axes[0].images
    assert image.get_clim()[1] == np.abs(explanation.relevance[found.typical[0][0]]).max()
    assert figure.axes[0].get_title().startswith(f"typical: case {found.typical[0][0]} (")


def test_aligned_series_have_their_centre_at_zero_and_their_mean_in_front():
    aligned = align(explained(2), width=9)
    series, strip = plot_aligned(aligned).axes[:2]
    assert [line.get_xdata()[4] for line in series.lines[:2]] == [0, 0]
    np.testing.assert_allclose(series.lines[1].get_ydata(), aligned.mean_series[0, 0])
    np.testing.assert_array_equal(strip.images[0].get_array()[0], aligned.mean_relevance[0, 0])
    assert strip.images[0].get_extent()[:2] == [-4.5, 4.5]
    assert len(series.collections[0].get_paths()) == (aligned.numbers == 0).sum()


def test_of_many_aligned_cases_some_are_drawn_and_the_picture_says_so():
    aligned = align(explained(1, n_of_class=150))
    top = plot_aligned(aligned).axes[0]
    n_drawn = len(top.collections[0].get_paths())
    assert n_drawn <= 60
    assert top.get_title() == f"class 0 ({len(aligned.cases)} cases, {n_drawn} drawn)"


def test_bars_are_the_shares_and_lines_reach_over_the_interval():
    importance = channel_importance(explained(3, 4))
    ax = plot_channels(importance)
    np.testing.assert_array_equal([bar.get_width() for bar in ax.patches], importance.mean.ravel())
    ends = [line[:, 0] for lines in ax.collections[:3] for line in lines.get_segments()]
    np.testing.assert_array_equal(ends, np.stack([importance.low.ravel(), importance.high.ravel()], axis=1))
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["class 0", "class 1", "class 2", "10 to 90 % of the cases", "equal shares"]


def test_too_many_bars_become_a_table():
    importance = channel_importance(explained(12, 5))
    ax = plot_channels(importance)
    np.testing.assert_array_equal(ax.images[0].get_array(), importance.mean)
    assert len(ax.texts) == 60


def test_classes_of_one_colour_differ_in_hatch():
    assert len({(class_colour(number), class_hatch(number)) for number in range(18)}) == 18


def test_every_cell_with_cases_has_its_number_and_its_mean_inside():
    cells = confusion_cells(explained(3))
    ax = plot_cells(cells)
    filled = np.argwhere(cells.counts)
    assert [text.get_text() for text in ax.texts] == [str(cells.counts[true, predicted]) for true, predicted in filled]
    for image, (true, predicted) in zip(ax.images, filled, strict=True):
        np.testing.assert_array_equal(image.get_array()[0], cells.mean[true, predicted])
        left, right, bottom, top = image.get_extent()
        assert predicted - 0.5 < left < right < predicted + 0.5
        assert true - 0.5 < top < bottom < true + 0.5


def test_a_strip_of_a_long_series_fills_its_cell_and_no_more():
    mean = np.zeros((1, 1, 5003))
    mean[0, 0, 4001] = -2.0
    one = np.array([0])
    (image,) = plot_cells(ConfusionCells(np.array(["a"]), np.array([[1]]), one, one, np.ones(1), mean)).images
    left, right, *_ = image.get_extent()
    assert (left, right) == pytest.approx((-0.42, 0.42), abs=0.005)
    place = left + (image.get_array()[0].argmin() + 0.5) * (right - left) / image.get_array().shape[1]
    assert place == pytest.approx(-0.42 + 0.84 * 4001 / 5003, abs=0.005)


def test_a_cell_shows_its_cases_the_most_certain_first():
    explanation = explained(2)
    explanation.probabilities[3] = [0.99, 0.01]
    figure = plot_cell(explanation, true="class 0", predicted="class 0", most=2)
    titles = [ax.get_title().split("\n")[0] for ax in figure.axes if ax.get_title()]
    assert titles == ["1 of 7: case 3", "2 of 7: case 1"]


def test_relevance_for_another_class_than_the_predicted_one_is_named():
    explanation = explained(2)
    explanation.target[0] = "class 0"
    (first, *_) = plot_cell(explanation, true="class 0", predicted="class 1").axes
    assert "relevance for: class 0" in first.get_title()


def test_classes_without_cases_are_not_drawn():
    figure = plot_profile(relevance_by_class(explained(3)[9:12]))
    assert [ax.get_title() for ax in figure.axes] == ["class 1 (3 cases)", ""]


def test_what_cannot_be_drawn_is_refused():
    explanation = explained(2, 2)
    nothing = Explanation(
        explanation.series,
        np.zeros_like(explanation.relevance),
        explanation.target,
        explanation.probabilities,
        explanation.classes,
        "by hand",
    )
    with pytest.raises(DataError, match="no case has any relevance"):
        plot_channels(channel_importance(nothing))
    plot_typical(nothing, typical_cases(nothing))
    with pytest.raises(DataError, match="typical cases of 16 cases arrived with an explanation of 3"):
        plot_typical(explanation[:3], typical_cases(explanation))
    with pytest.raises(DataError, match="no case of class 'class 1' was taken for 'class 0'"):
        plot_cell(explanation[:12][1:8], true="class 1", predicted="class 0")
    with pytest.raises(OptionError, match=r"class 'class 3' is unknown.*did you mean"):
        plot_cell(explanation, true="class 3", predicted="class 0")
    with pytest.raises(OptionError, match="most is 0"):
        plot_cell(explanation, true="class 0", predicted="class 0", most=0)
    empty = explanation[np.zeros(16, dtype=bool)]
    with pytest.raises(DataError, match="no cases"):
        plot_profile(relevance_by_class(empty))
    with pytest.raises(DataError, match="no cases"):
        plot_cells(confusion_cells(empty))
    with pytest.raises(DataError, match="no typical cases"):
        plot_typical(empty, typical_cases(empty))
