"""`attime serve`: models behind HTTP, and a page to try them."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from typing import NoReturn

from jsonargparse import ArgumentParser, Namespace
from jsonargparse.typing import PositiveInt

from attime.cli.tell import tell
from attime.errors import OptionError
from attime.service import Limits, make_app, read_examples, read_models, serve
from attime.service.start import use_threads

#: What is too much, by its name in `Limits`, and the option that says it.
LIMITS = {
    "body_mb": "max_body_mb", "series": "max_series", "steps": "max_steps", "measured_steps": "max_measured_steps",
    "concurrent": "max_concurrent", "seconds": "max_seconds", "batch_ms": "batch_ms", "batch": "max_batch",
}  # fmt: skip


def add_arguments(parser: ArgumentParser) -> None:
    """Add the models, where to listen, and how much to take on."""
    usual = Limits()
    parser.add_argument("models", type=str, nargs="+", help="files of fitted models, each served under its name")
    parser.add_argument("--host", type=str, default="127.0.0.1", help="address to listen at; 0.0.0.0 for all")
    parser.add_argument("--port", type=int, default=8000, help="port to listen at; 0 for any that is free")
    parser.add_argument(
        "--examples", type=str, action="append", default=[], metavar="[MODEL=]FILE",
        help="file of series that the page offers, for one model or for all; may be repeated",
    )  # fmt: skip
    parser.add_argument("--max_body_mb", "--max-body-mb", type=float, default=usual.body_mb, help="MB of a request")
    parser.add_argument("--max_series", "--max-series", type=int, default=usual.series, help="series in a request")
    parser.add_argument("--max_steps", "--max-steps", type=int, default=usual.steps, help="time steps of a series")
    parser.add_argument(
        "--max_measured_steps", "--max-measured-steps", type=int, default=usual.measured_steps,
        help="time steps over all series of a request whose explanation is measured",
    )  # fmt: skip
    parser.add_argument(
        "--max_concurrent", "--max-concurrent", type=int, default=usual.concurrent, help="requests in work at once"
    )
    parser.add_argument(
        "--max_seconds", "--max-seconds", type=float, default=usual.seconds, help="that a request may take"
    )
    parser.add_argument(
        "--batch_ms", "--batch-ms", type=float, default=usual.batch_ms, help="to wait for requests of the same shape"
    )
    parser.add_argument("--max_batch", "--max-batch", type=int, default=usual.batch, help="series answered together")
    parser.add_argument("--threads", type=PositiveInt | None, help="for a prediction; as many as cores if not given")


def main(options: Namespace) -> Callable[[], NoReturn] | None:
    """Serve until told to stop; if a model still computes then, return how to leave without waiting for it."""
    limits = Limits(**{name: options[option] for name, option in LIMITS.items()})
    try:
        limits.checked()
    except OptionError as error:
        flags = {f"Limits.{name}": f"--{option}" for name, option in LIMITS.items()}
        raise OptionError(" ".join(flags.get(word, word) for word in str(error).split())) from error
    use_threads(options.threads)
    models = read_models(options.models)
    app = make_app(models, limits, examples=read_examples(options.examples, models))
    names = f"{len(models)} {'model' if len(models) == 1 else 'models'} ({', '.join(models)})"
    at_rest = serve(
        app, host=options.host, port=options.port, seconds=limits.seconds,
        ready=lambda address: tell(f"{names} at {address}: open it in a browser"),
    )  # fmt: skip
    return None if at_rest else leave


def leave() -> NoReturn:
    """End the process at once: Python would wait for the thread of the model, and a daemon inside torch would abort."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    logging.shutdown()
    os._exit(0)
