"""How each contender looks wherever it is a line: the same colour and marker in every picture, ours drawn through."""

from __future__ import annotations

from typing import Any

from attime.plot.style import BLACK, BLUE, GREEN, ORANGE, PURPLE, VERMILLION
from contest.contenders import OURS

LOOKS = {
    "ours": (VERMILLION, "o"),
    "fast": (ORANGE, "s"),
    "best": (PURPLE, "P"),
    "minirocket": (BLACK, "^"),
    "multirocket_hydra": (BLUE, "D"),
    "dtw": (GREEN, "v"),
}


def look_of(model: str) -> dict[str, Any]:
    """Return the arguments of a line."""
    colour, marker = LOOKS[model]
    return {"color": colour, "marker": marker, "linestyle": "-" if model in OURS else "--"}
