"""MLflow as keeper: options as parameters, losses and results as metrics, versions and files as tags."""

from __future__ import annotations

import json
import socket
from typing import Any
from urllib.parse import urlsplit

from attime.errors import OutputError
from attime.extras import imported
from attime.records.manifest import Manifest
from attime.records.recording import Event
from attime.records.scalars import scalars_of

EXPERIMENT = "attime"
LONGEST_WAIT = 5.0  # seconds for a server to answer
LONGEST = 6000  # letters of a parameter that MLflow takes
STATUS = {"finished": "FINISHED", "failed": "FAILED", "interrupted": "KILLED"}


class Mlflow:
    """Keep a run in the experiment ``attime`` of an MLflow server or store.

    Parameters
    ----------
    uri
        Where MLflow keeps its runs: ``http://…``, ``sqlite:///runs.db``.

    Raises
    ------
    MissingExtraError
        If MLflow is not installed.
    """

    def __init__(self, uri: str) -> None:
        tracking = imported("mlflow.tracking", who="records for MLflow need", extra="mlflow", package="mlflow-skinny")
        try:
            self._client: Any = tracking.MlflowClient(tracking_uri=uri)
        except Exception as error:  # whatever a store of whichever kind finds wrong
            raise _unusable(uri, error) from error
        self.uri = uri
        self._run = ""

    def begin(self, manifest: Manifest) -> None:
        """Open a run, and write what it is known by.

        Raises
        ------
        OutputError
            If MLflow cannot be reached.
        """
        _reach(self.uri)
        try:
            experiment = self._client.get_experiment_by_name(EXPERIMENT)
            number = experiment.experiment_id if experiment else self._client.create_experiment(EXPERIMENT)
            self._run = self._client.create_run(number).info.run_id
            for name, value in manifest.configuration.items():
                self._client.log_param(self._run, name, str(value)[:LONGEST])
            self._client.set_tag(self._run, "command", " ".join(("attime", *manifest.command)))
            for name, told in manifest.versions.items():
                self._client.set_tag(self._run, f"version.{name}", told)
            self._client.set_tag(self._run, "inputs", json.dumps({p: f.sha256 for p, f in manifest.inputs.items()}))
        except Exception as error:
            raise _unusable(self.uri, error) from error

    def keep(self, event: Event) -> None:
        """Write the numbers of an epoch or a trial."""
        for name, value in scalars_of(event).items():
            self._client.log_metric(self._run, name, value, step=int(event.facts.get("number", 0)))

    def end(self, manifest: Manifest) -> None:
        """Write what came of it, and close the run."""
        for name, value in manifest.result.items():
            self._client.log_metric(self._run, name, value)
        self._client.set_terminated(self._run, STATUS[manifest.ended])


def _reach(uri: str) -> None:
    """See that a server answers, for which MLflow itself would wait for minutes."""
    place = urlsplit(uri)
    if place.scheme not in ("http", "https") or place.hostname is None:
        return
    try:
        with socket.create_connection((place.hostname, place.port or place.scheme), timeout=LONGEST_WAIT):
            return
    except OSError as error:
        raise _unusable(uri, error) from error


def _unusable(uri: str, error: Exception) -> OutputError:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return OutputError(
        f"{uri}: MLflow cannot keep records there ({reason}); give another URI, such as sqlite:///runs.db"
    )
