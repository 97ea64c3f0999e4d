"""MLflow as keeper: options as parameters, losses and results as metrics, versions and files as tags."""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import unquote, urlsplit

from attime.errors import OutputError
from attime.extras import imported
from attime.records.manifest import Manifest
from attime.records.recording import Event
from attime.records.scalars import scalars_of

EXPERIMENT = "attime"
LONGEST_WAIT = 5.0  # seconds for a server to be reached
#: How long MLflow waits for answers, and how often it asks again: by itself it would for many minutes.
PATIENCE = {"MLFLOW_HTTP_REQUEST_TIMEOUT": "10", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1"}
#: Or MLflow prints where a run is to be seen, credentials included.
SILENCE = {"MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true"}
LONGEST = 6000  # letters of a parameter that MLflow takes
STATUS = {"finished": "FINISHED", "failed": "FAILED", "interrupted": "KILLED"}


class Mlflow:
    """Keep a run in the experiment ``attime`` of an MLflow server or store.

    A server that has not answered after 10 seconds is asked once more, and then given up, unless the environment says
    otherwise (``MLFLOW_HTTP_REQUEST_TIMEOUT``, ``MLFLOW_HTTP_REQUEST_MAX_RETRIES``).

    Parameters
    ----------
    uri
        Where MLflow keeps its runs: ``http://…``, ``sqlite:///runs.db``. Credentials in it are shown to nobody.

    Raises
    ------
    MissingExtraError
        If MLflow is not installed.
    """

    def __init__(self, uri: str) -> None:
        tracking = imported("mlflow.tracking", who="records for MLflow need", extra="mlflow", package="mlflow-skinny")
        for name, value in (PATIENCE | (SILENCE if _secrets(uri) else {})).items():
            os.environ.setdefault(name, value)
        with _told_in_one_error(uri):
            self._client: Any = tracking.MlflowClient(tracking_uri=uri)
        self.uri = uri
        self._run = ""

    def begin(self, manifest: Manifest) -> None:
        """Open a run, and write what it is known by.

        Raises
        ------
        OutputError
            If MLflow cannot be reached.
        """
        with _told_in_one_error(self.uri):
            _reach(self.uri)
            experiment = self._client.get_experiment_by_name(EXPERIMENT)
            number = experiment.experiment_id if experiment else self._client.create_experiment(EXPERIMENT)
            self._run = self._client.create_run(number).info.run_id
            try:
                self._tell(manifest)
            except Exception:
                with suppress(Exception):  # what was wrong first counts
                    self._client.set_terminated(self._run, STATUS["failed"])
                raise

    def keep(self, event: Event) -> None:
        """Write the numbers of an epoch or a trial."""
        with _told_in_one_error(self.uri):
            for name, value in scalars_of(event).items():
                self._client.log_metric(self._run, name, value, step=int(event.facts.get("number", 0)))

    def end(self, manifest: Manifest) -> None:
        """Write what came of it, and close the run."""
        with _told_in_one_error(self.uri):
            for name, value in manifest.result.items():
                self._client.log_metric(self._run, name, value)
            self._client.set_terminated(self._run, STATUS[manifest.ended])

    def _tell(self, manifest: Manifest) -> None:
        for name, value in manifest.configuration.items():
            self._client.log_param(self._run, name, str(value)[:LONGEST])
        self._client.set_tag(self._run, "command", " ".join(("attime", *manifest.command)))
        for name, told in manifest.versions.items():
            self._client.set_tag(self._run, f"version.{name}", told)
        self._client.set_tag(self._run, "inputs", json.dumps({p: f.sha256 for p, f in manifest.inputs.items()}))


def _reach(uri: str) -> None:
    """See that a server is there, for which MLflow itself would wait for minutes."""
    place = urlsplit(uri)
    if place.scheme not in ("http", "https") or place.hostname is None:
        return
    with socket.create_connection((place.hostname, place.port or place.scheme), timeout=LONGEST_WAIT):
        return


@contextmanager
def _told_in_one_error(uri: str) -> Iterator[None]:
    """Turn whatever a store of whichever kind finds wrong into an OutputError without credentials."""
    try:
        yield
    except Exception as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        told = OutputError(
            f"{_without_secrets(uri, uri)}: MLflow cannot keep records there ({_without_secrets(reason, uri)}); give "
            "another URI, such as sqlite:///runs.db"
        )
        raise told from (None if _secrets(uri) else error)


def _secrets(uri: str) -> list[str]:
    """Return what nobody else should see: name and password before the place, and what is told after ``?``."""
    known, at, _ = uri.partition("://")[2].rpartition("@")
    return [known] * bool(at) + re.findall(r"[?&][^=&]+=([^&]+)", uri)


def _without_secrets(text: str, uri: str) -> str:
    """Return text without what nobody else should see of a URI, as it is there or unquoted.

    Examples
    --------
    >>> uri = "http://me:word@host/mlflow"
    >>> _without_secrets(f"{uri}: no answer to 'word'", uri)
    "http://…@host/mlflow: no answer to '…'"
    """
    secrets = [part for known in _secrets(uri) for part in (known, known.partition(":")[2])]
    for secret in sorted({*secrets, *map(unquote, secrets)} - {""}, key=len, reverse=True):
        text = text.replace(secret, "…")
    return text
