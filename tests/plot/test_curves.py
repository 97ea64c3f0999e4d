"""Curves and measures as pictures."""

from __future__ import annotations

import io

import numpy as np
import pytest
from matplotlib.figure import Figure

from attime.errors import DataError
from attime.explain import Curve, Faithfulness
from attime.explain.measured import KINDS, measured
from attime.plot import plot_curve, plot_faithfulness

SHARES = np.array([0.0, 0.1, 0.2])


def curve(*, kind: str = "deletion", method: str = "evidence", n_cases: int = 9) -> Curve:
    heights = np.random.default_rng(0).normal(size=(n_cases, 3))
    p = 1 / (1 + np.exp(-heights))
    return Curve(kind, method, "mean", SHARES, heights, p, heights, p, heights[:, 0], p[:, 0], 3)


def measures(n_cases: int = 9) -> Faithfulness:
    values = np.linspace(0.2, 0.6, n_cases)
    rows = [
        measured(name, 40 * values if name == "aopcr" else values, None if name == "randomised_weights" else values / 2)
        for name in KINDS
    ]
    return Faithfulness("evidence", n_cases, tuple(rows), curve(), curve(kind="insertion"), "")


@pytest.mark.parametrize("n_cases", [1, 9])
def test_pictures_have_labels_and_can_be_saved_however_few_the_cases(n_cases: int):
    for ax in (plot_curve(curve(n_cases=n_cases)), plot_faithfulness(measures(n_cases))):
        ax.figure.savefig(io.BytesIO())
        assert ax.get_xlabel()
        assert ax.get_ylabel()


def test_the_given_axes_are_drawn_on_and_returned():
    for draw in (lambda ax: plot_curve(curve(), ax=ax), lambda ax: plot_faithfulness(measures(), ax=ax)):
        given = Figure().add_subplot()
        assert draw(given) is given
        assert given.has_data()


def test_the_line_is_the_mean_over_cases_and_every_method_has_one():
    one, other = curve(), curve(method="attention")
    ax = plot_curve([one, other], probabilities=True)
    np.testing.assert_allclose(ax.lines[0].get_ydata(), one.probabilities.mean(axis=0))
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["evidence", "attention", "random order"]
    assert [line.get_linestyle() for line in ax.lines] == ["-", "-", "--"]


def test_curves_of_two_kinds_do_not_share_axes():
    with pytest.raises(DataError, match="axes of their own"):
        plot_curve([curve(), curve(kind="insertion")])
    with pytest.raises(DataError, match="0 curves"):
        plot_curve([])


def test_every_measure_is_a_row_with_its_direction_and_its_scale():
    ax = plot_faithfulness(measures())
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert len(names) == len(KINDS)
    assert names[0] == "AOPCR, logit ÷ 100 ↑"
    assert "sufficiency ↓" in names
