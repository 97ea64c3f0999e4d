"""The space of a search: which parameters may vary, each between two numbers or among choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

from attime.errors import OptionError
from attime.names import name_hint
from attime.nn.dictionary import FAMILIES
from attime.nn.networks.dictionary import QUICK, THOROUGH


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


@dataclass(frozen=True)
class Between:
    """Any number from `low` to `high`, both included; a whole one if both are whole.

    Parameters
    ----------
    low, high
        The ends; `low` is below `high`.
    log
        Whether twice as much counts as one step, wherever one is: for numbers whose order of magnitude is in question.

    Raises
    ------
    OptionError
        If the ends are no numbers in ascending order, or `log` is asked for where not all are above 0.

    Examples
    --------
    >>> Between(1e-3, 1e-2, log=True).holds(0.005)
    True
    >>> Between(16, 64).holds(16.5)
    False
    """

    low: float
    high: float
    log: bool = False

    def __post_init__(self) -> None:
        if not (_is_number(self.low) and _is_number(self.high) and self.low < self.high < float("inf")):
            raise OptionError(f"{self} arrived, expected two numbers in ascending order; e.g. Between(16, 64)")
        if self.low == -float("inf") or (self.log and self.low <= 0):
            raise OptionError(
                f"{self} arrived, expected ends that are {'above 0' if self.log else 'finite'}; move them"
            )

    @property
    def whole(self) -> bool:
        """Whether only whole numbers are meant."""
        return isinstance(self.low, int) and isinstance(self.high, int)

    def holds(self, value: object) -> bool:
        """Say whether a value lies in the range."""
        return _is_number(value) and self.low <= value <= self.high and (not self.whole or isinstance(value, int))  # type: ignore[operator]


#: A parameter's range: two ends, or the choices one by one.
Range = Between | Sequence[object]
FAMILIES_TRIED = (QUICK, THOROUGH, tuple(FAMILIES))
POOLINGS = ("capped_attention", "attention", "conjunctive", "mean")

#: What is varied if the caller does not say, by the kind of network. Names are those of scikit-learn's `set_params`.
SPACES: dict[str, dict[str, Range]] = {
    "Convolutional": {
        "network__width": Between(16, 64, log=True),
        "network__kernel": (3, 5, 7),
        "network__dilations": ((1, 1, 2, 2, 4, 4), (1, 1, 2, 2), (1, 2, 4, 8), (1, 1, 2, 2, 4, 4, 8, 8)),
        "network__pooling": POOLINGS,
        "network__dropout": Between(0.0, 0.3),
        "training__learning_rate": Between(1e-3, 2e-2, log=True),
        "scaling": ("training", "case", "both"),
    },
    "Dictionary": {
        "network__families": FAMILIES_TRIED,
        "network__n_dilations": Between(4, 16, log=True),
        "scaling": ("training", "case", "both"),
    },
    "Recurrent": {
        "network__hidden": Between(16, 64, log=True),
        "network__cell": ("lstm", "gru"),
        "network__layers": (1, 2),
        "network__pooling": POOLINGS,
        "training__learning_rate": Between(3e-4, 1e-2, log=True),
        "scaling": ("case", "training", "both", "none"),
    },
    "Transformer": {
        "network__d_model": (32, 64, 96),
        "network__n_heads": (2, 4, 8),
        "network__n_layers": (1, 2, 3),
        "network__pooling": POOLINGS,
        "network__dropout": Between(0.0, 0.3),
        "training__learning_rate": Between(3e-4, 1e-2, log=True),
        "scaling": ("both", "case", "training"),
    },
}


def checked_space(space: Mapping[str, Any], known: Mapping[str, object]) -> dict[str, Range]:
    """Return a space in which every name is a parameter and every range can be drawn from.

    Parameters
    ----------
    space
        As the caller gave it.
    known
        The parameters that there are, with their values.

    Raises
    ------
    OptionError
        If it is no such space; the message names the parameter.

    Examples
    --------
    >>> checked_space({"size": [8, 16]}, {"width": 32})
    Traceback (most recent call last):
    attime.errors.OptionError: the space varies 'size', which is no parameter of the estimator; known are width
    """
    if not isinstance(space, Mapping) or not space:
        raise OptionError(
            f"the space {space!r} arrived, expected ranges by parameter; e.g. {{'scaling': ['case', 'both']}}"
        )
    for name, values in space.items():
        if name not in known:
            raise OptionError(
                f"the space varies {name!r}, which is no parameter of the estimator; {name_hint(str(name), known)}"
            )
        if not isinstance(values, Between | list | tuple) or (not isinstance(values, Between) and not values):
            raise OptionError(
                f"{name} is to vary over {values!r}, expected Between(low, high) or a list of choices; e.g. [8, 16]"
            )
    return dict(space)


def own_values(space: Mapping[str, Range], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that an estimator has already, of those parameters whose range holds them; in Optuna's form."""
    return {
        name: known[name] if isinstance(values, Between) else repr(known[name])
        for name, values in space.items()
        if (values.holds(known[name]) if isinstance(values, Between) else repr(known[name]) in map(repr, values))
    }


def decoded(space: Mapping[str, Range], drawn: Mapping[str, Any]) -> dict[str, Any]:
    """Return what Optuna drew as values of parameters; a choice, of whatever kind, is drawn by its `repr`."""
    return {
        name: drawn[name] if isinstance(values, Between) else {repr(value): value for value in values}[drawn[name]]
        for name, values in space.items()
    }
