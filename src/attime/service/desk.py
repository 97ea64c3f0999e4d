"""`Desk`: how a request becomes a question, waits for its answer, and is refused if there is too much to do."""

from __future__ import annotations

import asyncio
import re
from asyncio import FIRST_COMPLETED
from collections.abc import Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from starlette.requests import ClientDisconnect

from attime.errors import AttimeError
from attime.service.batching import Batcher
from attime.service.limits import Limits
from attime.service.problems import RefusedError, brief, refused_by
from attime.service.questions import Asking
from attime.service.served import Served
from attime.service.watch import Metrics
from attime.service.work import answer, form_of

LARGE = 100_000  # bytes of a request from which it is read in a thread, so that others do not wait
LENGTH = re.compile("[0-9]{1,18}")


class Desk:
    """Where questions arrive and answers are handed out, no more at once than the limits allow."""

    def __init__(self, models: Mapping[str, Served], limits: Limits, metrics: Metrics) -> None:
        self.models, self.limits, self.in_work = models, limits, 0
        self.threads = {name: ThreadPoolExecutor(1, thread_name_prefix="attime-model") for name in models}
        self.batchers = {
            (asked, name): Batcher(
                partial(answer, asked, model),
                self.threads[name],
                seconds=limits.batch_ms / 1000,
                most=limits.batch,
                on_batch=metrics.batches.labels(name).observe,
            )
            for name, model in models.items()
            for asked in model.asked_for
        }

    def comes_to_rest(self, seconds: float) -> bool:
        """Return whether all models are done with what they had begun, waiting so long for it at most."""
        return not wait([thread.submit(lambda: None) for thread in self.threads.values()], seconds).not_done

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
            found = await self._while_there(request, waiting)
            request.state.series, request.state.model = n_series, question.model
            return Response(found, media_type="application/json")
        except AttimeError as error:
            raise refused_by(error) from error
        except ClientDisconnect:
            raise RefusedError(499, "a closed connection", "an open one", "nobody is left to be told") from None
        except TimeoutError:
            told = f"no answer within {self.limits.seconds:g} s"
            raise RefusedError(503, told, "less work", "come back later, or with fewer or shorter series") from None
        except MemoryError:
            raise RefusedError(503, "more than there is memory for", "less", "send fewer or shorter series") from None
        finally:
            self.in_work -= 1

    async def _while_there(self, request: Request, waiting: Coroutine[Any, Any, bytes]) -> bytes:
        """Return the answer, unless it takes too long, or whoever asked hangs up: then nobody waits for it any more."""
        answered, gone = asyncio.ensure_future(waiting), asyncio.ensure_future(_hung_up(request))
        try:
            first, _ = await asyncio.wait((answered, gone), timeout=self.limits.seconds, return_when=FIRST_COMPLETED)
            if answered in first:
                return answered.result()
            raise ClientDisconnect if first else TimeoutError
        finally:
            answered.cancel()
            gone.cancel()

    async def _body(self, request: Request) -> bytes:
        """Read a request, no further than it may be long."""
        most = int(self.limits.body_mb * 1e6)
        length = request.headers.get("content-length", "0")
        if not LENGTH.fullmatch(length):
            raise RefusedError(400, f"Content-Length {brief(length)}", "a number of bytes", "leave that to your client")
        announced = int(length)  # what arrives is counted all the same
        body = bytearray()
        try:
            async with asyncio.timeout(self.limits.seconds):
                stream = request.stream()
                while max(announced, len(body)) <= most and (part := await anext(stream, None)) is not None:
                    body += part
        except TimeoutError:
            told = f"{len(body):,} bytes within {self.limits.seconds:g} s"
            raise RefusedError(408, told, "the whole request", "send it faster") from None
        if max(announced, len(body)) > most:
            raise RefusedError(
                413, f"{max(announced, len(body)):,} bytes or more", f"{most:,} at most", "send less at once"
            )
        return bytes(body)


async def _hung_up(request: Request) -> None:
    """Return once whoever asked is gone."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
