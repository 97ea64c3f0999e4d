"""Checkpoints for the commands that train: where they are kept, and how often they are written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from jsonargparse import ArgumentParser, Namespace

from attime import checkpointing
from attime.cli.tell import tell
from attime.errors import OptionError
from attime.files import check_folder
from attime.training import is_first, standing_of
from attime.training.checkpoint import EVERY


def add_checkpoint_arguments(parser: ArgumentParser) -> None:
    """Add the folder, and how often to save."""
    parser.add_argument(
        "--checkpoint",
        type=str | None,
        help="folder that keeps how far training has come; the same command goes on from there if it was killed",
    )
    parser.add_argument(
        "--checkpoint_every",
        "--checkpoint-every",
        type=float,
        default=EVERY,
        help="seconds from one checkpoint to the next; 0: each update",
    )


@contextmanager
def checkpoints_of(options: Namespace) -> Iterator[None]:
    """Train within, and keep checkpoints where a folder was given for them; tell what a run goes on from."""
    if not options.checkpoint:
        if options.checkpoint_every != EVERY:
            raise OptionError("--checkpoint_every arrived without --checkpoint; give that too, or leave it out")
        yield
        return
    check_folder(options.checkpoint)
    n_ended, n_updates = standing_of(options.checkpoint)
    if is_first() and (n_ended or n_updates):
        tell(f"checkpoints in {options.checkpoint}: trainings done: {n_ended}; updates of the next: {n_updates:,}")
    try:
        with checkpointing(options.checkpoint, every=options.checkpoint_every):
            yield
    except KeyboardInterrupt as asked:
        raise KeyboardInterrupt(f"the same command goes on from {options.checkpoint}") from asked
