"""Who takes part: a table from names to builders. A new contender is one function and one line."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from attime import AttentionClassifier
from attime.data import SeriesSet
from attime.errors import OptionError
from attime.names import pick
from contest.peers import Model, NeighbourPeer, RidgePeer

MOST_CELLS = 1e11  # of all tables that one set needs for dynamic time warping: minutes on two cores


@dataclass(frozen=True)
class Contender:
    """A classifier that takes part.

    Attributes
    ----------
    build
        Makes it from a seed and a number of threads.
    needs
        The package it comes from, if not attime.
    random
        Whether another seed gives another result.
    gives_probabilities
        Whether a likelihood can be told.
    too_costly
        Says why it is not worth waiting for, or nothing.
    """

    build: Callable[[int, int], Model]
    needs: str = ""
    random: bool = True
    gives_probabilities: bool = True
    too_costly: Callable[[SeriesSet, SeriesSet], str] = lambda train, test: ""


def ours(quality: str) -> Callable[[int, int], Model]:
    """Return a builder of our classifier at its default ("") or at another quality."""

    def build(seed: int, threads: int) -> Model:
        return AttentionClassifier(random_state=seed, **({"quality": quality} if quality else {}))

    return build


def minirocket(seed: int, threads: int) -> Model:
    """Build aeon's MiniRocket."""
    from aeon.classification.convolution_based import MiniRocketClassifier

    return RidgePeer(MiniRocketClassifier(n_jobs=threads, random_state=seed), head="estimator_")


def multirocket_hydra(seed: int, threads: int) -> Model:
    """Build aeon's MultiRocket-Hydra."""
    from aeon.classification.convolution_based import MultiRocketHydraClassifier

    return RidgePeer(MultiRocketHydraClassifier(n_jobs=threads, random_state=seed), head="classifier")


def dtw(seed: int, threads: int) -> Model:
    """Build aeon's nearest neighbour under dynamic time warping without a window."""
    from aeon.classification.distance_based import KNeighborsTimeSeriesClassifier

    return NeighbourPeer(KNeighborsTimeSeriesClassifier(distance="dtw", n_neighbors=1, n_jobs=threads))


def warping_too_costly(train: SeriesSet, test: SeriesSet) -> str:
    """Count the cells of all tables of distances."""
    cells = len(train) * len(test) * train.n_steps * test.n_steps * train.n_channels
    return f"{cells:.1e} cells are more than {MOST_CELLS:.0e}" if cells > MOST_CELLS else ""


CONTENDERS = {
    "ours": Contender(ours("")),
    "fast": Contender(ours("fast")),
    "best": Contender(ours("best")),
    "minirocket": Contender(minirocket, needs="aeon"),
    "multirocket_hydra": Contender(multirocket_hydra, needs="aeon"),
    "dtw": Contender(dtw, needs="aeon", random=False, gives_probabilities=False, too_costly=warping_too_costly),
}
OURS = tuple(name for name, contender in CONTENDERS.items() if not contender.needs)
USUAL = tuple(name for name in CONTENDERS if name != "best")
NAMES = {
    "ours": "ours",
    "fast": "ours, fast",
    "best": "ours, best",
    "minirocket": "MiniRocket",
    "multirocket_hydra": "MultiRocket-Hydra",
    "dtw": "1-NN DTW",
}


def chosen(asked: Sequence[str] | None, usual: Iterable[str] = USUAL) -> tuple[str, ...]:
    """Return the names of those that take part: the ones asked for, or the usual ones that are installed.

    Raises
    ------
    OptionError
        If one that was asked for is unknown or not installed.
    """
    for name in asked or ():
        pick(CONTENDERS, name, what="model")
        if lacking := what_lacks(name):
            raise OptionError(f"model {name!r} was asked for, but {lacking}; leave it out of --models or install it")
    return tuple(asked) if asked else tuple(name for name in usual if not what_lacks(name))


def what_lacks(name: str) -> str:
    """Say what is needed that is not there, or nothing."""
    needs = CONTENDERS[name].needs
    if needs and find_spec(needs) is None:
        return f"{needs} is not installed"
    if name in ("fast", "best") and "quality" not in inspect.signature(AttentionClassifier).parameters:
        return "AttentionClassifier has no parameter quality"
    return ""
