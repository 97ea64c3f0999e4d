"""`attime COMMAND …`: finds the command, answers errors in one line, and leaves the work to the library.

A command is a module with ``add_arguments(parser)`` and ``main(options)``. It is imported only when it is called, so
that ``attime --help`` does not wait for torch.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Sequence
from importlib import import_module

import attime
from attime.errors import AttimeError, ProcessStopped
from attime.events import announce
from attime.names import pick

COMMANDS = {
    "demo": ("attime.cli.demo", "run the headline experiment: train, draw, measure"),
    "data sine": ("attime.cli.data_sine", "write the series of the headline experiment to a file"),
    "fit": ("attime.cli.fit", "fit a classifier, or a regressor, on a file of series"),
    "tune": ("attime.cli.tune", "look for better parameters by cross-validation"),
    "evaluate": ("attime.cli.evaluate", "judge a fitted model by a file of labelled series"),
    "report": ("attime.cli.report", "write a page about a fitted classifier and a file of series"),
    "explain": ("attime.cli.explain", "say which steps mattered in every series of a file, and whether to believe it"),
    "predict": ("attime.cli.predict", "predict the class, or the number, of every series in a file"),
    "forecast": ("attime.cli.forecast", "say how series go on, between which limits, and whether to believe it"),
    "backtest": ("attime.cli.backtest", "forecast what is known by now, beside naive forecasts"),
    "detect": ("attime.cli.detect", "say what in a series is out of the ordinary, and what would have been normal"),
    "compare": ("attime.cli.compare", "runs side by side: what differs between them, and what came of each"),
    "export": ("attime.cli.export", "write a fitted model as an ONNX file, for other engines"),
    "card": ("attime.cli.card", "what a model file says of its model, and what that cannot do"),
    "serve": ("attime.cli.serve", "answer questions to fitted models over HTTP, and give a page to try them"),
    "check": ("attime.cli.check", "look for columns and rows of a table that know the future"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return the exit code: 0 if all went well, 2 if something is wrong with what was given.

    A command may return another, or what gives it once the record of the run is written; that of one which returns none
    is 0.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("default", UserWarning)
            warnings.showwarning = _show_warning
            return _run(list(sys.argv[1:] if arguments is None else arguments))
    except ProcessStopped:  # the process that failed has told why
        return 2
    except AttimeError as error:
        print(f"attime: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except MemoryError:
        print("attime: there is not enough memory for this; use fewer or shorter series", file=sys.stderr)
        return 2
    except BrokenPipeError:  # whoever reads our output has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt as asked:
        print(f"attime: interrupted{f'; {asked}' if asked.args else ''}", file=sys.stderr)
        return 130


def _run(words: list[str]) -> int:
    if not words or words[0] in {"-h", "--help"}:
        print(_help())
        return 0
    if words[0] == "--version":
        print(attime.__version__)
        return 0
    name = next((name for name in COMMANDS if words[: len(name.split())] == name.split()), words[0])
    module, summary = pick(COMMANDS, name, what="command")

    from attime.cli.parser import new_parser, parse
    from attime.cli.places import refuse_overwriting
    from attime.cli.records import add_record_arguments, recorded
    from attime.cli.together import together

    command = import_module(module)
    parser = new_parser(name, summary)
    command.add_arguments(parser)
    add_record_arguments(parser)
    with together(name):
        options = parse(parser, words[len(name.split()) :])
        refuse_overwriting(options)
        with recorded(options, words):
            code: int | Callable[[], int] | None = command.main(options)
    return code() if callable(code) else code or 0


def _help() -> str:
    width = max(map(len, COMMANDS))
    commands = "\n".join(f"  {name:{width}}  {summary}" for name, (_, summary) in COMMANDS.items())
    title = str(attime.__doc__).splitlines()[0]
    return f"usage: attime COMMAND [OPTIONS]\n\n{title}\n\n{commands}\n\n'attime COMMAND --help' tells more."


def _show_warning(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
    told = " ".join(str(message).split())
    announce("warning", {"message": told})
    print(f"attime: warning: {told}", file=sys.stderr)
