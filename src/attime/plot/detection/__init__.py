"""Pictures of what a detector finds: scores and events, what would have been normal, codes and attention."""

from __future__ import annotations

from attime.plot.detection.attention import plot_attention
from attime.plot.detection.detected import plot_detected
from attime.plot.detection.event import plot_event
from attime.plot.detection.latent import plot_latent

__all__ = ["plot_attention", "plot_detected", "plot_event", "plot_latent"]
