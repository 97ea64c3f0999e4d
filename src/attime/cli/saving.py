"""The options of commands that fit a model: where it is saved, and its card beside it."""

from __future__ import annotations

from jsonargparse import ArgumentParser, Namespace

from attime.errors import OptionError
from attime.estimators.card import card_place
from attime.files import check_file


def add_save_arguments(parser: ArgumentParser, *others: str) -> None:
    """Add the file and the card; `others` are flags that mean the file, too."""
    parser.add_argument("--save", *others, type=str | None, help="file for the fitted model, such as model.attime")
    parser.add_argument("--card", action="store_true", help="write a model card, model.card.md, beside the model")


def check_save_place(options: Namespace) -> None:
    """See that the files can be written, before anything is fitted.

    Raises
    ------
    OptionError
        If a card was asked for, but no model.
    OutputError
        If there is no place for them.
    """
    if options.save:
        check_file(options.save)
    if options.card:
        if not options.save:
            raise OptionError("--card arrived without --save, expected a model to write it beside; give --save FILE")
        check_file(card_place(options.save))
