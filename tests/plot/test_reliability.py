"""What a reliability diagram owes its reader."""

from __future__ import annotations

import io

import numpy as np
import pytest
from matplotlib.figure import Figure

from attime.evaluate import Calibration, calibration
from attime.plot import plot_reliability


@pytest.fixture
def found() -> Calibration:
    """60 % sure and right in 60 of 100, 90 % sure and right in 50 of 100."""
    confidence = np.repeat([0.6, 0.9], 100)
    right = np.concatenate([np.arange(100) < 60, np.arange(100) < 50])
    labels = np.where(right, "yes", "no")
    return calibration(labels, np.stack([1 - confidence, confidence], axis=1), np.array(["no", "yes"]))


def test_dots_are_the_accuracy_over_the_confidence(found):
    ax = plot_reliability(found)
    assert [tuple(point) for point in ax.lines[1].get_xydata().round(3)] == [(0.6, 0.6), (0.9, 0.5)]


def test_what_chance_cannot_explain_has_a_sign_of_its_own_beside_its_colour(found):
    off, fits = plot_reliability(found).lines[2:4]
    assert off.get_xdata().round(3) == [0.9]
    assert fits.get_xdata().round(3) == [0.6]
    assert off.get_markerfacecolor() != fits.get_markerfacecolor() == "white"


def test_lines_reach_over_the_intervals(found):
    ends = [line[:, 1] for lines in plot_reliability(found).collections for line in lines.get_segments()]
    filled = found.counts > 0
    np.testing.assert_allclose(
        sorted(map(tuple, ends)), sorted(zip(found.low[filled], found.high[filled], strict=True))
    )


def test_every_case_is_counted_above(found):
    (above,) = plot_reliability(found).child_axes
    assert sum(bar.get_height() for bar in above.patches) == 200


def test_the_given_axes_are_drawn_on_and_returned(found):
    given = Figure(layout="constrained").add_subplot()
    assert plot_reliability(found, ax=given) is given
    given.figure.savefig(io.BytesIO())


def test_one_case_is_enough():
    plot_reliability(calibration(np.array(["a"]), np.array([[1.0, 0.0]]), np.array(["a", "b"]))).figure.savefig(
        io.BytesIO()
    )
