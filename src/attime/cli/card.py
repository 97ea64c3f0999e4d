"""`attime card`: what a model file says of its model, in Markdown."""

from __future__ import annotations

from jsonargparse import ArgumentParser, Namespace

from attime.cli.tell import tell
from attime.estimators.card import model_card, write_card


def add_arguments(parser: ArgumentParser) -> None:
    """Add the file, and where to write."""
    parser.add_argument("model", type=str, help="file of any fitted model, such as model.attime")
    parser.add_argument("--out", type=str | None, help="Markdown file, such as model.card.md; shown here without it")


def main(options: Namespace) -> None:
    """Write or show the card."""
    if options.out:
        write_card(options.model, options.out)
        tell(f"written to {options.out}")
    else:
        tell(model_card(options.model).rstrip())
