"""What a picture of attention owes its reader: the weights as they are, in words he knows, on one scale."""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import pairwise

import matplotlib as mpl
import numpy as np
import pytest
import torch
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from attime.attention import Attention, AttentionMap, Dot, MultiHead, Sparsemax
from attime.errors import OptionError
from attime.plot import plot_heads, plot_map


def some_weights(*shape: int) -> Tensor:
    return torch.softmax(torch.randn(*shape, generator=torch.Generator().manual_seed(0)), dim=-1)


MAPS = {
    "self-attention": AttentionMap("rollout", some_weights(2, 6, 6), ("case", "query", "key")),
    "heads": AttentionMap("layer 1", some_weights(2, 4, 6, 6), ("case", "head", "query", "key")),
    "cross-attention": AttentionMap("alignment", some_weights(2, 3, 30), ("case", "query", "key")),
    "forecast": AttentionMap("decoder", some_weights(2, 5, 21), ("case", "step ahead", "time")),
    "modules": AttentionMap("activation", some_weights(2, 50, 6), ("case", "time", "module")),
    "pooling": AttentionMap("pooling", some_weights(2, 90), ("case", "time")),
    "pooling with heads": AttentionMap("pooling", some_weights(2, 3, 90), ("case", "head", "time")),
}
each_map = pytest.mark.parametrize("attention_map", MAPS.values(), ids=MAPS.keys())
PICTURES: dict[str, Callable[[], Figure]] = {
    **{name: lambda drawn=drawn: plot_map(drawn).figure for name, drawn in MAPS.items()},
    "each head": lambda: plot_heads(MAPS["heads"]),
}
each_picture = pytest.mark.parametrize("draw", PICTURES.values(), ids=PICTURES.keys())


def shown(ax: Axes) -> np.ndarray:
    """Read the picture as a reader does: one number for each place between the ticks."""
    (image,) = ax.images
    cells = np.asarray(image.get_array())
    left, right, bottom, top = image.get_extent()
    assert (right - left) > 0
    assert (bottom - top) > 0
    high, wide = len(cells) / (bottom - top), cells.shape[1] / (right - left)
    (low_x, high_x), (low_y, high_y) = ax.get_xlim(), sorted(ax.get_ylim())
    rows = ((np.arange(low_y + 0.5, high_y) - top) * high).astype(int)
    columns = ((np.arange(low_x + 0.5, high_x) - left) * wide).astype(int)
    return cells[np.ix_(rows, columns)]


def tick_words(axis: mpl.axis.Axis) -> list[str]:
    return [tick.get_text() for tick in axis.get_ticklabels()]


def bars(figure: Figure) -> list[Axes]:
    return [ax for ax in figure.axes if ax.get_label() == "<colorbar>"]


@each_map
def test_the_picture_shows_the_weights_of_the_case(attention_map: AttentionMap):
    expected = attention_map.weights[1].double().numpy()
    if "head" in attention_map.axes:
        expected = expected.mean(axis=0)
    if attention_map.axes[-1] == "module":
        expected = expected.T  # time runs to the right
    np.testing.assert_allclose(shown(plot_map(attention_map, case=1)), np.atleast_2d(expected))


def test_one_head_or_the_mean_of_all():
    weights = MAPS["heads"].weights[0].double().numpy()
    np.testing.assert_allclose(shown(plot_map(MAPS["heads"], head=2)), weights[2])
    assert plot_map(MAPS["heads"], head=2).get_title() == "layer 1, head 2"
    assert plot_map(MAPS["heads"]).get_title() == "layer 1, mean of 4 heads"
    assert plot_map(MAPS["heads"], title="mine").get_title() == "mine"


@pytest.mark.parametrize(
    ("name", "down", "right"),
    [
        ("self-attention", "query", "key"),
        ("cross-attention", "query", "key"),
        ("forecast", "step ahead", "time step"),
        ("modules", "module", "time step"),
        ("pooling", "", "time step"),
    ],
)
def test_the_sides_are_named(name: str, down: str, right: str):
    ax = plot_map(MAPS[name])
    assert (ax.get_ylabel(), ax.get_xlabel()) == (down, right)


def test_the_first_step_ahead_is_one_and_a_single_row_has_no_number():
    assert sorted(plot_map(MAPS["forecast"]).get_ylim()) == [0.5, 5.5]
    assert len(plot_map(MAPS["pooling"]).get_yticks()) == 0


def test_tokens_of_several_steps_are_numbered_in_steps():
    ax = plot_map(AttentionMap("layer", some_weights(1, 6, 6), ("case", "query", "key"), stride=8))
    assert ax.get_xlim() == (-0.5, 47.5)
    assert "tokens of 8" in ax.get_xlabel()
    assert "tokens of 8" in ax.get_ylabel()
    np.testing.assert_array_equal(shown(ax)[::8, ::8], ax.images[0].get_array())


@pytest.mark.parametrize("stride", [1, 8])
def test_words_stand_in_the_middle_of_their_rows_and_columns(stride: int):
    weights = AttentionMap("alignment", some_weights(1, 2, 3), ("case", "query", "key"), stride=stride)
    ax = plot_map(weights, queries=["die", "Katze"], keys=["the", "black", "cat"])
    assert tick_words(ax.yaxis) == ["die", "Katze"]
    assert tick_words(ax.xaxis) == ["the", "black", "cat"]
    np.testing.assert_allclose(ax.get_xticks(), stride * (np.arange(3) + 0.5) - 0.5)


@pytest.mark.parametrize("n_words", [3, 30])
def test_words_do_not_run_into_each_other(n_words: int):
    words = ["internationally", "a", "windowsill"] * n_words
    ax = plot_map(
        AttentionMap("alignment", some_weights(1, n_words, n_words), ("case", "query", "key")),
        queries=words[:n_words],
        keys=words[:n_words],
    )
    ax.figure.savefig(io.BytesIO())
    ax.figure.canvas.draw()
    heights = [label.get_window_extent() for label in ax.get_yticklabels()]
    assert all(above.y0 >= below.y1 - 1 for above, below in pairwise(heights))
    assert {label.get_rotation() for label in ax.get_xticklabels()} == {40.0}
    # Slanted words are as far apart as their columns, across their own direction.
    apart = (ax.get_window_extent().width / n_words) * np.sin(np.radians(40))
    assert apart >= ax.get_xticklabels()[0].get_fontsize() * ax.figure.dpi / 72 * 0.8
    whole = ax.figure.bbox
    assert all(label.get_window_extent().x0 >= whole.x0 for label in [*ax.get_xticklabels(), *ax.get_yticklabels()])


def test_padding_is_not_drawn():
    weights = torch.zeros(1, 2, 6, 6)
    weights[:, :, :4, :4] = some_weights(1, 2, 4, 4)
    axes = ("case", "head", "query", "key")
    np.testing.assert_allclose(shown(plot_map(AttentionMap("layer", weights, axes), head=0)), weights[0, 0, :4, :4])
    for ax in plot_heads(AttentionMap("layer", weights, axes)).axes[:2]:
        assert shown(ax).shape == (4, 4)


def test_keys_that_nobody_chose_are_drawn():
    nobody_chose_the_last = torch.tensor([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]])
    assert shown(plot_map(AttentionMap("hard", nobody_chose_the_last, ("case", "query", "key")))).shape == (3, 3)
    assert shown(plot_map(AttentionMap("hard", nobody_chose_the_last[:, 0], ("case", "time")))).shape == (1, 3)


def test_words_may_leave_out_padding_but_no_weights():
    weights = torch.zeros(1, 5, 4)
    weights[:, :3, :2] = some_weights(1, 3, 2)
    alignment = AttentionMap("alignment", weights, ("case", "query", "key"))
    ax = plot_map(alignment, queries=["kurzer", "Satz", "."], keys=["a", "sentence"])
    np.testing.assert_allclose(shown(ax), weights[0, :3, :2])
    assert shown(plot_map(alignment, queries=list("12345"), keys=list("1234"))).shape == (5, 4)
    with pytest.raises(OptionError, match="1 keys for 4 entries of the map, expected 2 to 4"):
        plot_map(alignment, keys=["a"])


def test_a_map_without_any_weight_is_white():
    ax = plot_map(AttentionMap("empty", torch.zeros(1, 3, 4), ("case", "query", "key")))
    np.testing.assert_array_equal(shown(ax), np.zeros((3, 4)))
    assert ax.images[0].get_clim() == (0.0, 1.0)


@each_picture
def test_colours_begin_at_no_weight_and_have_a_labelled_bar(draw: Callable[[], Figure]):
    figure = draw()
    (bar,) = bars(figure)
    assert bar.get_ylabel() == "attention weight"
    limits = {image.get_clim() for ax in figure.axes for image in ax.images}
    assert len(limits) == 1
    assert limits.pop()[0] == 0.0


def test_more_attention_is_darker():
    darkness = 1 - plot_map(MAPS["pooling"]).images[0].get_cmap()(np.linspace(0, 1, 20))[:, :3].mean(axis=1)
    assert darkness[0] == pytest.approx(0)
    assert (np.diff(darkness) > 0).all()


def test_the_heads_share_one_scale_and_pictures_to_be_compared_can():
    weights = torch.stack([torch.full((3, 3), 1 / 3), torch.eye(3)])[None]
    figure = plot_heads(AttentionMap("layer", weights, ("case", "head", "query", "key")))
    assert [image.get_clim() for ax in figure.axes for image in ax.images][:2] == [(0.0, 1.0)] * 2
    assert plot_map(MAPS["pooling"], limit=0.5).images[0].get_clim() == (0.0, 0.5)


@pytest.mark.parametrize("columns", [1, 3, 4, 9])
def test_every_head_has_a_matrix_with_its_number(columns: int):
    figure = plot_heads(MAPS["heads"], columns=columns, case=1)
    axes = [ax for ax in figure.axes if ax not in bars(figure)]
    assert [ax.get_title() for ax in axes] == ["head 0", "head 1", "head 2", "head 3"]
    for ax, expected in zip(axes, MAPS["heads"].weights[1], strict=True):
        np.testing.assert_allclose(shown(ax), expected)
    assert axes[-1].get_xlabel() == "key"
    assert axes[0].get_ylabel() == "query"


@each_map
def test_the_given_axes_are_drawn_on_and_returned(attention_map: AttentionMap):
    given = Figure().add_subplot()
    assert plot_map(attention_map, ax=given) is given
    assert given.has_data()


@each_picture
def test_a_picture_can_be_saved_and_shown_by_a_notebook(draw: Callable[[], Figure]):
    figure = draw()
    for file_format in ("png", "pdf", "svg"):
        figure.savefig(io.BytesIO(), format=file_format)
    assert figure._repr_png_().startswith(b"\x89PNG")


@each_picture
def test_settings_and_figures_of_the_caller_stay_as_they_were(draw: Callable[[], Figure]):
    settings, numbers = dict(mpl.rcParams), plt.get_fignums()
    draw()
    assert dict(mpl.rcParams) == settings
    assert plt.get_fignums() == numbers


def test_weights_are_computed_when_they_are_drawn_and_may_need_gradients():
    x = torch.randn(1, 5, 4, requires_grad=True)
    attended = MultiHead(Attention(Dot(2, 2)), d_model=4, n_heads=2)(x, x)
    asked = []
    lazy = AttentionMap("layer", lambda: asked.append(1) or attended.weights, ("case", "head", "query", "key"))
    assert asked == []
    np.testing.assert_allclose(shown(plot_map(lazy)), attended.weights[0].mean(0).detach(), atol=1e-6)
    plot_heads(lazy)
    assert asked == [1]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_weights_of_any_precision_are_drawn(dtype: torch.dtype):
    weights = MAPS["self-attention"].weights.to(dtype)
    ax = plot_map(AttentionMap("layer", weights, ("case", "query", "key")))
    np.testing.assert_array_equal(shown(ax), weights[0].double().numpy())


@pytest.mark.parametrize(("query", "key"), [(1201, 1400), (7, 1200), (1200, 7)])
def test_a_single_weight_among_very_many_keeps_its_strength_and_place(query: int, key: int):
    weights = torch.zeros(1, 1400, 1402)
    weights[0, :, 0] = 0.001
    weights[0, query, key] = 1.0
    found = shown(plot_map(AttentionMap("layer", weights, ("case", "query", "key"))))
    assert found[query, key] == 1.0
    assert (found == 1.0).sum() <= 9


@pytest.mark.parametrize("shape", [(6, 600), (600, 6), (2, 9)])
def test_ribbons_show_every_weight_in_its_place(shape: tuple[int, int]):
    weights = Sparsemax()(torch.randn(1, *shape, generator=torch.Generator().manual_seed(1)))
    ax = plot_map(AttentionMap("alignment", weights, ("case", "query", "key")))
    found = shown(ax)
    assert found.shape == shape
    assert (found >= weights[0].numpy()).all()  # neighbours may share a pixel, which then shows the stronger
    assert ax.get_aspect() == "auto"


def test_square_cells_where_there_is_a_matrix():
    assert plot_map(MAPS["self-attention"]).get_aspect() == 1.0


UNKNOWN = AttentionMap("odd", some_weights(1, 3, 4), ("case", "channel", "class"))


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plot_map(MAPS["heads"], case=2), "case is 2, but the map 'layer 1' has 2 cases; choose 0 to 1"),
        (lambda: plot_map(MAPS["heads"], case=-1), "case is -1"),
        (lambda: plot_map(MAPS["heads"], head=4), "head is 4, but the map 'layer 1' has 4 heads; choose 0 to 3"),
        (lambda: plot_map(MAPS["pooling"], head=0), "has no heads; leave `head` out"),
        (lambda: plot_map(MAPS["heads"], queries=["a"]), "1 queries for 6 entries of the map, expected 6"),
        (lambda: plot_map(MAPS["heads"], keys=list("abcdefg")), "7 keys for 6 entries of the map, expected 6"),
        (lambda: plot_map(MAPS["modules"], queries=["a"] * 50), "50 queries for 6 entries"),
        (lambda: plot_map(UNKNOWN), r"\(case, channel, class\), expected one of \(case, query, key\)"),
        (lambda: plot_map(MAPS["heads"], limit=0.0), "limit is 0"),
        (lambda: plot_heads(MAPS["pooling"]), "expected 'head' among them; use plot_map"),
        (lambda: plot_heads(MAPS["heads"], case=7), "choose 0 to 1"),
        (lambda: plot_heads(MAPS["heads"], columns=0), "columns is 0"),
        (lambda: plot_heads(UNKNOWN), "name the axes so"),
    ],
)
def test_what_cannot_be_drawn_is_refused_and_said_how_to_mend(draw: Callable[[], object], message: str):
    with pytest.raises(OptionError, match=message):
        draw()
