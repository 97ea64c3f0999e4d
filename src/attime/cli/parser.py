"""The parser of all commands: options by flag or from ``--config file.json``, and one line for whatever is wrong."""

from __future__ import annotations

import json
import re
from argparse import ArgumentError, HelpFormatter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import jsonargparse
from jsonargparse import ArgumentParser, Namespace
from pydantic import ValidationError

import attime
from attime.data.config import read_entries
from attime.errors import OptionError

NOISE = re.compile(r"For further information visit \S+|\[type=.*?\]|\d+ validation errors? for \S+")
LACKING = "the following arguments are required: "
WRONG = re.compile(r'Parser key "(?P<name>\w+)": Expected a <class \'(?P<kind>\w+)\'>\. Got value: (?P<value>.*)')
LIMITS = re.compile(r"Annotated\[(\w+),(?:[^\[\]]|\[[^\[\]]*\])*\]")

jsonargparse.set_dumper("json", lambda data: json.dumps(data, indent=2, ensure_ascii=False) + "\n")


class Parser(ArgumentParser):
    """A parser whose help shows ``Annotated[int, Ge(1)]``, as pydantic writes it, as ``int``."""

    def format_help(self, formatter: HelpFormatter | None = None) -> str:
        """Return the help text."""
        return LIMITS.sub(r"\1", super().format_help(formatter))


def new_parser(command: str, summary: str) -> ArgumentParser:
    """Return a parser that knows ``--config`` and ``--print_config``."""
    parser = Parser(
        prog=f"attime {command}", description=summary, parser_mode="json", exit_on_error=False, allow_abbrev=False
    )
    parser.add_argument("--config", action="config", help="a JSON file with options; flags after it overrule it")
    return parser


def parse(parser: ArgumentParser, arguments: Sequence[str]) -> Namespace:
    """Return the options as objects.

    Raises
    ------
    DataError
        If a configuration file cannot be read or holds no JSON object.
    OptionError
        If there is anything else wrong with the options; the message has one line.
    """
    for word, following in pairwise(arguments):
        if word == "--config":
            read_entries(following)  # says at which line it is no JSON, if it is none
    try:
        return parser.instantiate(parser.parse_args(arguments))
    except (ArgumentError, ValidationError) as error:
        told = " ".join(NOISE.sub("", str(error)).split())
        if found := WRONG.fullmatch(told):
            told = f"--{found['name']}: {found['value']!r} arrived, expected {found['kind']}"
        if told.startswith(LACKING):
            names = _as_typed(parser, told.removeprefix(LACKING))
            told = f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} missing"
        raise OptionError(f"{told}; '{parser.prog} --help' lists the options") from error


def _as_typed(parser: ArgumentParser, names: str) -> list[str]:
    """Return how the usage shows what has to be given: ``DATA``, or ``--onnx``."""
    flags = {action.dest: action.option_strings for action in parser._actions}
    return [flags[name][-1] if flags.get(name) else name.upper() for name in names.split(", ")]


def add_static_argument(parser: ArgumentParser, *, fitted: bool) -> None:
    """Add the names of the columns of static covariates; a fitted model knows its own."""
    usual = "those of the model if not given" if fitted else "none if not given"
    told = f"columns of a CSV file that do not change over time, with commas, such as age,sex; {usual}"
    parser.add_argument("--static", type=str | None, help=told)


def static_of(options: Namespace) -> tuple[str, ...] | None:
    """Return the names of the columns of static covariates, None where none were given."""
    return None if options.static is None else tuple(filter(None, map(str.strip, options.static.split(","))))


def add_classifier_arguments(parser: ArgumentParser) -> None:
    """Add the parameters of ``AttentionClassifier``."""
    parser.add_argument(
        "--network",
        type=str,
        default="default",
        help="default, which picks what suits the cases, or one by name: dictionary, convolutional, transformer, "
        "bilstm, lstm or reference",
    )
    parser.add_argument(
        "--quality",
        type=str,
        default="default",
        help="what the default may try: fast (a few dictionaries, no network), default, or best (more of both)",
    )
    parser.add_argument(
        "--time_budget",
        type=float | None,
        help="seconds that fitting may take, roughly; as long as it takes if not given",
    )
    parser.add_argument(
        "--training",
        type=dict[str, Any] | None,
        help="what is to differ from the training that suits the network: --training.max_epochs 10",
    )
    parser.add_argument(
        "--scaling",
        type=str | None,
        help="scale of the series: case, training, both or none; what suits the network if not given",
    )
    parser.add_argument(
        "--n_networks", type=int, default=1, help="train several networks and take their mean: slower, more accurate"
    )
    parser.add_argument("--class_weight", type=str | None, help="'balanced': rare classes count as much")
    parser.add_argument("--random_state", type=int, default=0, help="seed of everything random")


def classifier_of(options: Namespace) -> attime.AttentionClassifier:
    """Return the classifier that the options describe, not yet fitted."""
    names = (
        "network", "quality", "time_budget", "training", "scaling", "class_weight", "n_networks", "random_state"
    )  # fmt: skip
    return attime.AttentionClassifier(**{name: options[name] for name in names})


def regressor_of(options: Namespace) -> attime.AttentionRegressor:
    """Return the regressor that the options describe, not yet fitted."""
    names = ("network", "time_budget", "training", "scaling", "n_networks", "random_state")
    return attime.AttentionRegressor(**{name: options[name] for name in names})


def refuse_classes(options: Namespace, *names: str) -> None:
    """Refuse options that are about classes where numbers are learnt.

    Raises
    ------
    OptionError
        If one of them was given.
    """
    for name in names:
        if options[name] not in (None, "default"):
            raise OptionError(f"--{name} {options[name]} is about classes, but numbers are learnt here; leave it out")
