"""The colours of every picture: Okabe and Ito's palette, chosen so that colour-blind readers can tell them apart.

Colour is never the only sign: lines also differ in dash or marker, and the colour maps grow darker with strength, so
that a picture printed in grey says the same. Reference: Okabe & Ito (2008), "Color Universal Design".
"""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap

BLACK = "#000000"
ORANGE = "#E69F00"
SKY_BLUE = "#56B4E9"
GREEN = "#009E73"
YELLOW = "#F0E442"
BLUE = "#0072B2"
VERMILLION = "#D55E00"
PURPLE = "#CC79A7"

SERIES = BLACK
ATTENTION = VERMILLION
TRUTH = "#DCDCDC"
CHANCE = "#707070"
FRAME = "#606060"
MISSING = "#BDBDBD"
FEW = "#EBEBEB"

# Without yellow, which is too light for a line on white.
CLASSES = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY_BLUE)
HATCHES = ("", "////", "....")
LONGEST_NAME = 28


def relevance_colours() -> Colormap:
    """Return the map for relevance ≥ 0: white for none, then vermillion, then dark.

    Examples
    --------
    >>> relevance_colours().name
    'relevance'
    """
    return LinearSegmentedColormap.from_list("relevance", ["#FFFFFF", "#F7B98B", VERMILLION, "#5A2000"]).with_extremes(
        bad=MISSING
    )


def signed_colours() -> Colormap:
    """Return the map for evidence of both signs: blue against, white for none, vermillion for.

    Examples
    --------
    >>> signed_colours().name
    'signed'
    """
    colours = ["#00263D", BLUE, "#9CCBE6", "#FFFFFF", "#F7B98B", VERMILLION, "#5A2000"]
    return LinearSegmentedColormap.from_list("signed", colours).with_extremes(bad=MISSING)


def share_colours() -> Colormap:
    """Return the map for shares and counts: white for none, then blue, then dark.

    Examples
    --------
    >>> share_colours().name
    'share'
    """
    return LinearSegmentedColormap.from_list("share", ["#FFFFFF", "#9CCBE6", BLUE, "#00263D"])


def class_colour(number: int) -> str:
    """Return the colour of a class; after six classes they come again, so a name must stand beside them.

    Examples
    --------
    >>> class_colour(0), class_colour(6)
    ('#0072B2', '#0072B2')
    """
    return CLASSES[number % len(CLASSES)]


def class_hatch(number: int) -> str:
    """Return the hatch that tells apart classes of the same colour.

    Examples
    --------
    >>> class_hatch(0), class_hatch(6)
    ('', '////')
    """
    return HATCHES[number // len(CLASSES) % len(HATCHES)]


def short(name: object) -> str:
    """Return a name as text that leaves room for the picture.

    Examples
    --------
    >>> short("walking downstairs with a heavy bag")
    'walking downstairs with a h…'
    """
    text = str(name)
    return text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 1] + "…"


def tidy(ax: Axes) -> None:
    """Take away the frame lines that carry no scale."""
    ax.spines[["top", "right"]].set_visible(False)
