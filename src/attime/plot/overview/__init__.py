"""Pictures of many explanations at once: what a class has in common, and which of its cases are different."""

from __future__ import annotations

from attime.plot.overview.aligned import plot_aligned
from attime.plot.overview.cells import plot_cell, plot_cells
from attime.plot.overview.channels import plot_channels
from attime.plot.overview.profile import plot_profile
from attime.plot.overview.typical import plot_typical

__all__ = ["plot_aligned", "plot_cell", "plot_cells", "plot_channels", "plot_profile", "plot_typical"]
