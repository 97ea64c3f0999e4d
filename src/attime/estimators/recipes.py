"""Recipes: a network with the scaling and the training that suit it, by name."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from attime.names import pick
from attime.nn import Convolutional, Dictionary, Network, Recurrent, Transformer
from attime.training import TrainingOptions


@dataclass(frozen=True)
class Recipe:
    """What the name of a network stands for."""

    network: Network
    scaling: str
    training: TrainingOptions


POINTING = TrainingOptions(local=0.3, complete=1.0, cases_shown=30_000)

RECIPES: dict[str, Recipe] = {
    "default": Recipe(Convolutional(), "training", POINTING),  # of a classifier, what networks come to if any
    "convolutional": Recipe(Convolutional(), "training", POINTING),
    "dictionary": Recipe(Dictionary(), "training", POINTING),
    "bilstm": Recipe(
        Recurrent(hidden=32),
        "case",
        TrainingOptions(max_epochs=50, patience=5, schedule="constant", learning_rate=1e-3),
    ),
    "transformer": Recipe(Transformer(), "both", TrainingOptions(learning_rate=2e-3)),
    # The table classifier of the attention tutorials: LSTM(64), dot-product attention over time, one sigmoid unit.
    "lstm": Recipe(
        Recurrent(hidden=64, bidirectional=False, score="dot", sigmoid=True, initial="keras"),
        "case",
        TrainingOptions(
            max_epochs=10, batch_size=32, learning_rate=1e-3, weight_decay=0, schedule="constant", clip_norm=None
        ),
    ),
    # The article's network of the headline experiment, with its settings: see docs/sine.
    "reference": Recipe(
        Recurrent(hidden=32, score="additive", sigmoid=True, initial="keras"),
        "none",
        TrainingOptions(
            max_epochs=50,
            patience=5,
            batch_size=32,
            learning_rate=1e-3,
            weight_decay=0,
            schedule="constant",
            clip_norm=None,
            validation_share=0.1,
        ),
    ),
}


def recipe_for(network: Network) -> Recipe:
    """Return the recipe with the scaling and the training for networks of this kind.

    Examples
    --------
    >>> recipe_for(Recurrent(cell="gru")) is RECIPES["bilstm"]
    True
    """
    kinds = {Recurrent: "bilstm", Transformer: "transformer", Dictionary: "dictionary"}
    return RECIPES[kinds.get(type(network), "default")]


def recipe_of(
    network: str | Network, *, scaling: str | None = None, training: TrainingOptions | Mapping[str, Any] | None = None
) -> Recipe:
    """Return network, scaling and training as given, and what is not given as it suits the network.

    Raises
    ------
    OptionError
        If there is no such network, or an option of it or of the training is unknown or out of range.

    Examples
    --------
    >>> recipe_of("bilstm", training={"patience": 9}).training.patience
    9
    """
    recipe = recipe_for(network) if isinstance(network, Network) else pick(RECIPES, network, what="network")
    chosen = network if isinstance(network, Network) else recipe.network
    if not isinstance(training, TrainingOptions):
        training = copy.copy(recipe.training).set_params(**(training or {}))
    return Recipe(chosen.checked(), scaling or recipe.scaling, training.checked())
