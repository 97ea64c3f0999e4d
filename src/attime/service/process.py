"""The service as a process: its port, its log, and how it ends when it is told to."""

from __future__ import annotations

import contextlib
import gc
import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterator

import uvicorn
from fastapi import FastAPI

from attime.errors import OptionError
from attime.service.names import names_of
from attime.service.watch import AsJSON, log

WAITING = 1024  # connections that the system keeps until they are accepted
REST = 5.0  # seconds in which a model sees that what it computes was given up


def run(app: FastAPI, *, host: str, port: int, seconds: float, ready: Callable[[str], None] | None) -> bool:
    """Serve until the process is told to stop; see `serve`."""
    with contextlib.closing(listen(host, port)) as place, _logging(), _told_to_stop() as told, _without_pauses():
        name, number = place.getsockname()[:2]
        name = f"[{name}]" if ":" in name else name
        address = f"http://{name}:{number}"
        app.state.names = names_of(host, name)
        config = uvicorn.Config(
            app, log_config=None, access_log=False, timeout_graceful_shutdown=round(seconds) or 1, server_header=False
        )
        server = _Server(config, lambda: ready(address) if ready else None, told)
        log.info("listening at %s", address)
        server.run(sockets=[place])
        at_rest: bool = app.state.desk.comes_to_rest(REST)
        if at_rest:
            log.info("stopped")
        else:
            log.warning("stopped while a model still computes what was given up %g s ago", REST)
    return at_rest


class _Server(uvicorn.Server):
    """Says so when requests are accepted; begins nothing once it was told to stop."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], object], told: threading.Event) -> None:
        super().__init__(config)
        self.ready, self.told = ready, told

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to accept requests, unless a signal came before the server could hear it."""
        self.should_exit |= self.told.is_set()
        if not self.should_exit:
            await super().startup(sockets)
            self.ready()


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises
    ------
    OptionError
        If there is no such host, or the port is taken or not for us.

    Examples
    --------
    >>> with listen("127.0.0.1", 0) as taken:
    ...     listen("127.0.0.1", taken.getsockname()[1])
    Traceback (most recent call last):
    attime.errors.OptionError: 127.0.0.1:... cannot be listened at (Address already in use); choose another port or host
    """
    if not 0 <= port < 2**16:
        raise OptionError(f"{host}:{port} cannot be listened at, expected a port from 0 to {2**16 - 1}; choose another")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        place = socket.socket(family, kind, protocol)
        try:
            place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            place.bind(address)
            place.listen(WAITING)
        except OSError:
            place.close()
            raise
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise OptionError(f"{host}:{port} cannot be listened at ({reason}); choose another port or host") from error
    return place


@contextlib.contextmanager
def _logging() -> Iterator[None]:
    """Write the log, warnings included, to the standard error, one JSON object a line."""
    handler = logging.StreamHandler()
    handler.setFormatter(AsJSON())
    names = ("attime.service", "uvicorn", "py.warnings")
    before = [(logging.getLogger(name).level, logging.getLogger(name).propagate) for name in names]
    for name in names:
        logger = logging.getLogger(name)
        logger.addHandler(handler)
        logger.setLevel(logging.WARNING if name == "uvicorn" else logging.INFO)
        logger.propagate = False
    logging.captureWarnings(True)
    try:
        yield
    finally:
        logging.captureWarnings(False)
        for name, (level, propagate) in zip(names, before, strict=True):
            logger = logging.getLogger(name)
            logger.removeHandler(handler)
            logger.setLevel(level)
            logger.propagate = propagate


@contextlib.contextmanager
def _without_pauses() -> Iterator[None]:
    """Keep the garbage collector off what is there already: it would look through all of it while every request waits.

    Models and libraries stay as long as the service does, and looking through them takes .2 s.
    """
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@contextlib.contextmanager
def _told_to_stop() -> Iterator[threading.Event]:
    """Let signals end the service and not the process, and note those that come before the server listens to them.

    The server passes on what it has heard once it has stopped.
    """
    told = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield told
        return
    before = {number: signal.signal(number, lambda *_: told.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
