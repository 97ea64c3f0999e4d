"""The options of every command that keep a record of its run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

from jsonargparse import ArgumentParser, Namespace

from attime.records import Folder, Keeper, Mlflow, Tensorboard, recording

KEEPERS: Mapping[str, Callable[[str], Keeper]] = {"record": Folder, "mlflow": Mlflow, "tensorboard": Tensorboard}


def add_record_arguments(parser: ArgumentParser) -> None:
    """Add where records go."""
    group = parser.add_argument_group("a record of the run")
    group.add_argument(
        "--record", type=str | None, help="new folder for manifest.json and log.jsonl; 'attime compare' reads them"
    )
    group.add_argument("--mlflow", type=str | None, help="MLflow server or store, such as sqlite:///runs.db")
    group.add_argument("--tensorboard", type=str | None, help="folder for TensorBoard")


def recorded(options: Namespace, words: Sequence[str]) -> AbstractContextManager[None]:
    """Record what happens inside, if it was asked for.

    Raises
    ------
    MissingExtraError
        If the package that keeps the record is not installed.
    OutputError
        If nothing can be kept there.
    """
    keepers: list[Keeper] = [kind(options[name]) for name, kind in KEEPERS.items() if options[name]]
    if not keepers:
        return nullcontext()
    from attime.training import is_first  # late: torch takes seconds

    if not is_first():
        return nullcontext()
    told = {name: value for name, value in options.as_dict().items() if name not in KEEPERS}
    if options.mlflow:  # where a password may stand
        words = [word.replace(options.mlflow, "…") for word in words]
    return recording(keepers, command=words, configuration=told)
