"""TensorBoard as keeper: losses and results as scalars, the configuration as text."""

from __future__ import annotations

import json
import os
from typing import Any

from attime.extras import imported
from attime.files import output_folder
from attime.records.manifest import Manifest
from attime.records.recording import RESULT, Event
from attime.records.scalars import scalars_of


class Tensorboard:
    """Keep a run as files that ``tensorboard --logdir`` shows.

    Parameters
    ----------
    path
        The folder; made if needed.

    Raises
    ------
    MissingExtraError
        If TensorBoard is not installed.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = path
        board = imported(
            "torch.utils.tensorboard", who="records for TensorBoard need", extra="tensorboard", package="tensorboard"
        )
        self._open: Any = board.SummaryWriter

    def begin(self, manifest: Manifest) -> None:
        """Write the configuration."""
        self._writer: Any = self._open(str(output_folder(self.path)))
        self._writer.add_text("command", " ".join(("attime", *manifest.command)))
        told = json.dumps(manifest.configuration, indent=2, default=str)
        self._writer.add_text("configuration", f"```json\n{told}\n```")

    def keep(self, event: Event) -> None:
        """Write the numbers of an epoch or a trial."""
        step = event.facts.get("number", 0)
        for name, value in scalars_of(event).items():
            self._writer.add_scalar(name, value, step)

    def end(self, manifest: Manifest) -> None:
        """Write what came of it."""
        for name, value in manifest.result.items():
            self._writer.add_scalar(f"{RESULT}/{name}", value)
        self._writer.close()
