"""What every picture owes its reader and its caller."""

from __future__ import annotations

import io
from collections.abc import Callable
from types import SimpleNamespace

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from attime.errors import DataError, OptionError
from attime.evaluate import classification_report
from attime.plot import (
    CasePicture,
    case_title,
    plot_cases,
    plot_confusion,
    plot_history,
    plot_roc,
    plot_series,
    plot_strip,
)

WAVE = 3 * np.sin(np.linspace(0, 12, 90))
TRUTH = (np.arange(90) > 30) & (np.arange(90) < 50)
WEIGHTS = np.where(TRUTH, 0.05, 0.0)
MANY = np.random.default_rng(0).normal(size=(12, 90))
LABELS, PROBABILITIES = np.array(["no", "yes", "yes"]), np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]])
REPORT = classification_report(LABELS, PROBABILITIES, np.array(["no", "yes"]))
HISTORY = SimpleNamespace(
    train_loss=np.array([0.7, 0.3, 0.2]),
    validation_loss=np.array([0.7, 0.4, 0.5]),
    learning_rate=np.array([1e-3, 1e-3, 1e-4]),
    best_epoch=1,
)
ON_AXES: dict[str, Callable[[Axes | None], Axes]] = {
    "series": lambda ax: plot_series(WAVE, weights=WEIGHTS, truth=TRUTH, title="a wave", ax=ax),
    "many series": lambda ax: plot_series(MANY, weights=WEIGHTS, truth=TRUTH, ax=ax),
    "strip": lambda ax: plot_strip(WAVE, WEIGHTS, truth=TRUTH, ax=ax),
    "signed strip": lambda ax: plot_strip(MANY, MANY, truth=TRUTH, ax=ax),
    "confusion": lambda ax: plot_confusion(REPORT, ax=ax),
    "roc": lambda ax: plot_roc(LABELS, PROBABILITIES[:, 1], positive="yes", ax=ax),
    "history": lambda ax: plot_history(HISTORY, ax=ax),
}


@pytest.mark.parametrize("draw", ON_AXES.values(), ids=ON_AXES.keys())
def test_the_given_axes_are_drawn_on_and_returned(draw: Callable[[Axes | None], Axes]):
    given = Figure().add_subplot()
    assert draw(given) is given
    assert given.has_data()


@pytest.mark.parametrize("draw", ON_AXES.values(), ids=ON_AXES.keys())
def test_a_picture_can_be_saved_and_shown_by_a_notebook(draw: Callable[[Axes | None], Axes]):
    ax = draw(None)
    for file_format in ("png", "pdf", "svg"):
        ax.figure.savefig(io.BytesIO(), format=file_format)
    assert ax._repr_png_().startswith(b"\x89PNG")


@pytest.mark.parametrize("draw", ON_AXES.values(), ids=ON_AXES.keys())
def test_settings_and_figures_of_the_caller_stay_as_they_were(draw: Callable[[Axes | None], Axes]):
    settings, numbers = dict(mpl.rcParams), plt.get_fignums()
    draw(None)
    assert dict(mpl.rcParams) == settings
    assert plt.get_fignums() == numbers


@pytest.mark.parametrize("draw", ON_AXES.values(), ids=ON_AXES.keys())
def test_both_axes_are_labelled(draw: Callable[[Axes | None], Axes]):
    ax = draw(None)
    assert ax.get_xlabel()
    assert ax.get_ylabel()


@pytest.mark.parametrize("series", [WAVE, WAVE[None], MANY[:2], MANY])
def test_every_channel_is_one_line(series: np.ndarray):
    n_channels = len(np.atleast_2d(series))
    assert len(plot_series(series, weights=WEIGHTS).lines) == n_channels
    assert len(plot_strip(series, WEIGHTS).lines) == n_channels


def test_one_channel_keeps_its_values():
    np.testing.assert_array_equal(plot_strip(WAVE, WEIGHTS).lines[0].get_ydata(), WAVE)


@pytest.mark.parametrize(("series", "relevance"), [(WAVE, WEIGHTS), (WAVE, WAVE), (MANY, WEIGHTS), (MANY, MANY)])
def test_the_strips_hold_the_relevance(series: np.ndarray, relevance: np.ndarray):
    images = plot_strip(series, relevance).images
    np.testing.assert_array_equal(np.concatenate([image.get_array() for image in images]), np.atleast_2d(relevance))


def test_a_single_relevant_step_of_a_long_series_keeps_its_strength_and_place():
    relevance = np.zeros(5003)
    relevance[4001] = -2.0
    (image,) = plot_strip(np.zeros(5003), relevance).images
    columns = image.get_array()[0]
    left, right, *_ = image.get_extent()
    width = (right - left) / len(columns)
    assert columns.min() == -2.0
    assert left + columns.argmin() * width <= 4001 <= left + (columns.argmin() + 1) * width


def test_signed_relevance_is_centred_on_nothing_and_unsigned_starts_there():
    assert plot_strip(WAVE, WAVE).images[0].get_clim() == (-np.abs(WAVE).max(), np.abs(WAVE).max())
    assert plot_strip(WAVE, WEIGHTS).images[0].get_clim() == (0.0, WEIGHTS.max())
    assert plot_strip(WAVE, WEIGHTS, limit=2.0).images[0].get_clim() == (0.0, 2.0)
    assert plot_strip(WAVE, np.zeros(90)).images[0].get_clim() == (0.0, 1.0)


def test_the_strip_lies_below_the_values():
    ax = plot_strip(WAVE, WEIGHTS)
    *_, low, high = ax.images[0].get_extent()
    assert ax.get_ylim()[0] < low < high < WAVE.min()


def test_gaps_stay_gaps_and_padding_is_not_drawn():
    series = WAVE.copy()
    series[20:30] = np.nan
    series[70:] = np.nan
    ax = plot_strip(series, WAVE, truth=TRUTH)
    drawn = ax.lines[0].get_ydata()
    assert len(drawn) == 70
    assert np.isnan(drawn[20:30]).all()
    assert ax.images[0].get_array().shape == (1, 70)
    assert ax.get_xlim() == (-0.5, 69.5)


def test_a_value_between_two_gaps_is_still_seen():
    (line,) = plot_series(np.array([1.0, 2.0, np.nan, 3.0, np.nan, 1.0, 1.0])).lines
    assert line.get_markevery() == [3]


def test_the_attention_has_an_axis_of_its_own_that_starts_at_zero():
    ax = plot_series(WAVE, weights=WEIGHTS)
    (twin,) = [other for other in ax.figure.axes if other is not ax]
    np.testing.assert_array_equal(twin.lines[0].get_ydata(), WEIGHTS)
    assert twin.get_ylim()[0] == 0.0
    assert twin.lines[0].get_linestyle() != ax.lines[0].get_linestyle()


@pytest.mark.parametrize("first", [0, 30, 89])
def test_a_single_true_step_is_shaded_over_its_whole_width(first: int):
    truth = np.arange(90) == first
    (shade,) = plot_series(WAVE, truth=truth).collections
    assert shade.get_paths()[0].vertices[:, 0].min() == first - 0.5
    assert shade.get_paths()[0].vertices[:, 0].max() == first + 0.5


def test_cases_share_one_scale_and_show_both_forms():
    weak = CasePicture(WAVE, 0.1 * WAVE, WEIGHTS, title=case_title("normal", "normal", 0.9))
    strong = CasePicture(MANY, MANY, None, TRUTH, title=case_title("normal", "odd", 0.9999))
    figure = plot_cases([weak, strong, weak])
    images = [image for ax in figure.axes for image in ax.images if ax.get_xlabel() == "time step"]
    assert {image.get_clim() for image in images} == {(-np.abs(MANY).max(), np.abs(MANY).max())}
    assert len(images) == 1 + 12 + 1
    assert [ax.get_title() for ax in figure.axes if ax.get_title()] == [weak.title, strong.title, weak.title]
    assert figure._repr_png_().startswith(b"\x89PNG")
    assert plt.get_fignums() == []


def test_cases_without_attention_are_drawn_once():
    figure = plot_cases([CasePicture(WAVE, WAVE, truth=TRUTH), CasePicture(WAVE, WAVE)])
    assert sum(len(ax.lines) for ax in figure.axes) == 2


def test_only_certainty_is_shown_as_certain():
    assert "p = 1.00" in case_title("a", "a", 1.0)
    assert "p > 0.99" in case_title("a", "a", 0.9999)
    (first, _) = plot_roc(np.arange(5000) > 2, np.r_[0.0, 0.0, 1.0, np.ones(4997)], positive=True).lines
    assert "AUC 1.000" not in first.get_label()


def test_a_perfect_curve_stays_inside_the_picture():
    ax = plot_roc(LABELS, (LABELS == "yes").astype(float), positive="yes")
    assert "AUC 1.000" in ax.lines[0].get_label()
    assert ax.get_xlim()[0] < 0
    assert ax.get_ylim()[1] > 1


@pytest.mark.parametrize("n_classes", [2, 20, 21, 60])
def test_confusion_shows_numbers_as_long_as_they_can_be_read(n_classes: int):
    labels = np.arange(n_classes)
    ax = plot_confusion(classification_report(labels, np.eye(n_classes), labels))
    assert len(ax.texts) == (n_classes**2 if n_classes <= 20 else 0)
    assert len(ax.get_xticklabels()) == n_classes


def test_the_best_epoch_is_marked_where_it_was_judged():
    star = plot_history(HISTORY).get_legend_handles_labels()
    (mark,) = [handle for handle, label in zip(*star, strict=True) if label == "best epoch: 2"]
    assert mark.get_xdata() == [2]
    assert mark.get_ydata() == [0.4]


def test_a_history_without_validation_is_drawn():
    history = SimpleNamespace(**{**vars(HISTORY), "validation_loss": np.array([]), "best_epoch": 2})
    assert [text.get_text() for text in plot_history(history).get_legend().get_texts()] == ["training"]


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(DataError, match="no observed value"):
        plot_series(np.full(5, np.nan))
    with pytest.raises(DataError, match="one case at a time"):
        plot_series(np.zeros((2, 3, 4)))
    with pytest.raises(DataError, match="3 channels"):
        plot_strip(MANY[:3], MANY[:2])
    with pytest.raises(DataError, match="at least one CasePicture"):
        plot_cases([])
    with pytest.raises(DataError, match="some but not all"):
        plot_roc(LABELS, PROBABILITIES[:, 1], positive="maybe")
    with pytest.raises(DataError, match="no epochs"):
        plot_history(SimpleNamespace(**{**vars(HISTORY), "train_loss": np.array([])}))
    with pytest.raises(OptionError, match="2 channel names for 12 channels"):
        plot_series(MANY, channels=["a", "b"])
    with pytest.raises(OptionError, match="limit is 0"):
        plot_strip(WAVE, WEIGHTS, limit=0.0)
