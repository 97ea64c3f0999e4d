"""`Desk`: how a request becomes a question, waits for its answer, and is refused if there is too much to do."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import wait
from functools import partial

from fastapi import Request
from fastapi.responses import Response
from starlette.requests import ClientDisconnect

from attime.errors import AttimeError
from attime.service.batching import Batcher
from attime.service.limits import Limits
from attime.service.problems import RefusedError, refused_by
from attime.service.questions import Asking
from attime.service.served import Served
from attime.service.watch import Metrics
from attime.service.work import answer, form_of

LARGE = 100_000  # bytes of a request from which it is read in a thread, so that others do not wait


class Desk:
    """Where questions arrive and answers are handed out, no more at once than the limits allow."""

    def __init__(self, models: Mapping[str, Served], limits: Limits, metrics: Metrics) -> None:
        self.models, self.limits, self.in_work = models, limits, 0
        self.batchers = {
            (asked, name): Batcher(
                partial(answer, asked, model),
                seconds=limits.batch_ms / 1000,
                most=limits.batch,
                on_batch=metrics.batches.labels(name).observe,
            )
            for name, model in models.items()
            for asked in model.asked_for
        }
        for name, model in models.items():  # a model has one thread, whatever it is asked for
            for asked in model.asked_for[1:]:
                self.batchers[asked, name].thread = self.batchers[model.asked_for[0], name].thread

    def comes_to_rest(self, seconds: float) -> bool:
        """Return whether all models are done with what they had begun, waiting so long for it at most."""
        threads = {batcher.thread for batcher in self.batchers.values()}
        return not wait([thread.submit(lambda: None) for thread in threads], seconds).not_done

    async def answer(self, asking: Asking, request: Request) -> Response:
        """Answer a request, or say why not."""
        if self.in_work >= self.limits.concurrent:
            raise RefusedError(429, "one request more", f"at most {self.limits.concurrent} in work", "come back later")
        self.in_work += 1
        try:
            body = await self._body(request)
            question = await asyncio.to_thread(asking.read, body) if len(body) > LARGE else asking.read(body)
            n_series = len(getattr(question, "series", None) or ())
            waiting = self.batchers[asking.asked, question.model].ask(
                form_of(asking.asked, question), question, n_series
            )
            found = await asyncio.wait_for(waiting, self.limits.seconds)
            request.state.series, request.state.model = n_series, question.model
            return Response(found, media_type="application/json")
        except AttimeError as error:
            raise refused_by(error) from error
        except TimeoutError:
            told = f"no answer within {self.limits.seconds:g} s"
            raise RefusedError(503, told, "less work", "come back later, or with fewer or shorter series") from None
        except MemoryError:
            raise RefusedError(503, "more than there is memory for", "less", "send fewer or shorter series") from None
        finally:
            self.in_work -= 1

    async def _body(self, request: Request) -> bytes:
        """Read a request, no further than it may be long."""
        most = int(self.limits.body_mb * 1e6)
        announced = int(request.headers.get("content-length", 0))  # what arrives is counted all the same
        body = bytearray()
        try:
            async with asyncio.timeout(self.limits.seconds):
                stream = request.stream()
                while max(announced, len(body)) <= most and (part := await anext(stream, None)) is not None:
                    body += part
        except ClientDisconnect:
            raise RefusedError(400, "part of a request", "the whole", "nobody is left to be told") from None
        except TimeoutError:
            told = f"{len(body):,} bytes within {self.limits.seconds:g} s"
            raise RefusedError(408, told, "the whole request", "send it faster") from None
        if max(announced, len(body)) > most:
            raise RefusedError(
                413, f"{max(announced, len(body)):,} bytes or more", f"{most:,} at most", "send less at once"
            )
        return bytes(body)
