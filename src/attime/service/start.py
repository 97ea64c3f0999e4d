"""`make_app` and `serve`: the service as a value, and as a process; both say so if the extra is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from attime.data import SeriesSet
from attime.extras import imported
from attime.service.limits import Limits
from attime.service.served import Estimator

if TYPE_CHECKING:
    from fastapi import FastAPI

PACKAGES = ("fastapi", "uvicorn", "prometheus_client")


def make_app(
    models: Mapping[str, Estimator], limits: Limits | None = None, *, examples: Mapping[str, SeriesSet] | None = None
) -> FastAPI:
    """Return the service as an ASGI application, for a server of your own or for tests.

    Parameters
    ----------
    models
        Fitted estimators by the names under which they are served.
    limits
        How much is taken on at once; the defaults of `Limits` if not given.
    examples
        Series that the explorer page offers for a model, by its name; generated ones if not given.

    Raises
    ------
    MissingExtraError
        If ``fastapi`` or ``prometheus-client`` is not installed.
    OptionError
        If a limit is out of range, or a model cannot be served.
    DataError
        If a model does not take its examples.

    Examples
    --------
    >>> import numpy as np
    >>> from attime import AttentionForecaster
    >>> forecaster = AttentionForecaster(3, "linear").fit(np.sin(np.arange(100) / 3))
    >>> app = make_app({"wave": forecaster})
    >>> "/forecast" in app.openapi()["paths"]
    True
    """
    _look_for_packages()
    from attime.service.app import build

    return build(models, (limits or Limits()).checked(), examples or {})


def serve(
    app: FastAPI,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    seconds: float = 30.0,
    ready: Callable[[str], None] | None = None,
) -> bool:
    """Serve until the process is told to stop (SIGTERM or SIGINT); what runs then is finished, or given up in time.

    What is given up ends before the next part of its network begins. Should one part take longer than some seconds,
    this returns all the same, with False; then a thread still computes, for which Python waits at its end.

    Parameters
    ----------
    app
        From `make_app`.
    host, port
        Where to listen; port 0 is any that is free.
    seconds
        That what runs may still take after the signal, before it is given up.
    ready
        Called with the address once requests are accepted.

    Returns
    -------
    bool
        Whether all models have come to rest.

    Raises
    ------
    MissingExtraError
        If ``uvicorn`` is not installed.
    OptionError
        If nobody can listen there.
    """
    _look_for_packages()
    from attime.service.process import run

    return run(app, host=host, port=port, seconds=seconds, ready=ready)


def _look_for_packages() -> None:
    """Say how to get what is missing.

    Raises
    ------
    MissingExtraError
        If a package is not installed.
    """
    for name in PACKAGES:
        imported(name, who="the service needs", extra="serve", package=name.replace("_", "-"))


def use_threads(number: int | None) -> None:
    """Let a prediction run in so many threads; None leaves it to torch."""
    if number is not None:
        import torch

        torch.set_num_threads(number)
