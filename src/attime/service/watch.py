"""What is known of every request: a number to find it by, a line in the log, and counters for Prometheus."""

from __future__ import annotations

import json
import logging
import re
import time
import uuid

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from attime.service.problems import RefusedError

FAILED = RefusedError(500, "a request", "an answer", "report what the log of the service says")
log = logging.getLogger("attime.service")
ID = re.compile(r"[\w.-]{1,64}", re.ASCII)
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Metrics:
    """Counters of one service, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter("attime_requests", "Requests answered.", ("path", "status"), registry=self.registry)
        self.seconds = Histogram(
            "attime_request_seconds", "From the first byte of a request to the last of its answer.", ("path",),
            buckets=SECONDS, registry=self.registry,
        )  # fmt: skip
        self.batches = Histogram(
            "attime_batch_series", "Series answered together.", ("model",), buckets=SIZES, registry=self.registry
        )
        self.series = Counter("attime_series", "Series answered.", ("path", "model"), registry=self.registry)
        self.in_work = Gauge("attime_requests_in_work", "Requests that were not answered yet.", registry=self.registry)


class Watch:
    """Middleware around the whole service."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and note what became of it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start, status = time.perf_counter(), 0
        state = scope.setdefault("state", {})
        given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
        state["request_id"] = given if ID.fullmatch(given) else uuid.uuid4().hex[:16]
        state["series"] = 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = state["request_id"]
            await send(message)

        self.metrics.in_work.inc()
        try:
            await self.app(scope, receive, noting)
        except Exception:
            log.exception("failed", extra={"told": {"request": state["request_id"]}})
            if status == 0:
                problem = FAILED.told_of(state["request_id"])
                await JSONResponse(problem.model_dump(), FAILED.status)(scope, receive, noting)
        finally:
            self.metrics.in_work.dec()
            self._note(scope, status, time.perf_counter() - start)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        state = scope["state"]
        route = getattr(scope.get("route"), "path", "other")  # or whoever asks for anything would make a counter each
        self.metrics.requests.labels(route, status).inc()
        self.metrics.seconds.labels(route).observe(seconds)
        if state["series"]:
            self.metrics.series.labels(route, state["model"]).inc(state["series"])
        told = {
            "method": scope["method"],
            "path": scope["path"][:200],
            "status": status,
            "ms": round(1000 * seconds, 3),
            "cases": state["series"],
            "request": state["request_id"],
        }
        log.info("request", extra={"told": told})


class AsJSON(logging.Formatter):
    """One line of JSON for each entry of a log.

    Examples
    --------
    >>> record = logging.LogRecord("attime.service", logging.INFO, "", 0, "listening", None, None)
    >>> sorted(json.loads(AsJSON().format(record)))
    ['level', 'message', 'time']
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        told = {"time": f"{moment}.{int(record.msecs):03}Z", "level": record.levelname.lower()}
        told["message"] = " ".join(record.getMessage().split())
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        return json.dumps(told | getattr(record, "told", {}))
