"""Checkpoints for the commands that train: where they are kept, and how often they are written."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

from jsonargparse import ArgumentParser, Namespace

from attime import checkpointing
from attime.files import check_folder


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
        default=60.0,
        help="seconds from one checkpoint to the next; 0: each update",
    )


def checkpoints_of(options: Namespace) -> AbstractContextManager[None]:
    """Return the context to train in: one that keeps checkpoints, where a folder was given for them."""
    if not options.checkpoint:
        return nullcontext()
    check_folder(options.checkpoint)
    return checkpointing(options.checkpoint, every=options.checkpoint_every)
