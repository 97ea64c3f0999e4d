"""Pictures of values: each function takes what is to be drawn and returns the Axes, or the Figure if it has several.

No function shows or saves anything: a notebook shows what it returns, and ``ax.figure.savefig(path)`` writes a file.
Whoever passes an `ax` lays out the figure: ``plt.subplots(layout="constrained")`` keeps labels and legends apart.
"""

from __future__ import annotations

from attime.plot.attention import plot_series
from attime.plot.cases import CasePicture, case_title, plot_cases
from attime.plot.classification import plot_confusion, plot_roc
from attime.plot.curves import plot_curve, plot_faithfulness
from attime.plot.explanation import plot_explanation
from attime.plot.forecasting import (
    plot_activation,
    plot_backtest,
    plot_errors_by_step,
    plot_forecast,
    plot_importance,
    plot_look_back,
    plot_verdict,
)
from attime.plot.history import HasHistory, plot_history
from attime.plot.map import plot_heads, plot_map
from attime.plot.overview import plot_aligned, plot_cell, plot_cells, plot_channels, plot_profile, plot_typical
from attime.plot.regression import plot_numbers
from attime.plot.reliability import plot_reliability
from attime.plot.runs import plot_runs
from attime.plot.static import plot_static
from attime.plot.strip import plot_strip

__all__ = [
    "CasePicture",
    "HasHistory",
    "case_title",
    "plot_activation",
    "plot_aligned",
    "plot_backtest",
    "plot_cases",
    "plot_cell",
    "plot_cells",
    "plot_channels",
    "plot_confusion",
    "plot_curve",
    "plot_errors_by_step",
    "plot_explanation",
    "plot_faithfulness",
    "plot_forecast",
    "plot_heads",
    "plot_history",
    "plot_importance",
    "plot_look_back",
    "plot_map",
    "plot_numbers",
    "plot_profile",
    "plot_reliability",
    "plot_roc",
    "plot_runs",
    "plot_series",
    "plot_static",
    "plot_strip",
    "plot_typical",
    "plot_verdict",
]
