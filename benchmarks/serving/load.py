"""A generator of load in a process of its own: many connections, at the highest rate or at one that is given.

``python -m serving.load HOST PORT BODY.json --connections 64 --seconds 60 [--rate R]`` prints a JSON object. At a rate
that is given, latency counts from when a request was due, so that a server that is late for one is charged for those
behind it. Every request that was due is in ``requests``; what has no answer with status 200 some seconds after the last
was due is an error. A connection that was closed is made anew.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import Iterable
from contextlib import suppress
from itertools import repeat
from pathlib import Path

import numpy as np

END_OF_HEAD = b"\r\n\r\n"
GRACE = 10.0  # seconds for what was sent or due before the time was over
PAUSE = 0.01  # seconds after an error


class Connection(asyncio.Protocol):
    """One connection that is kept as long as the server keeps it, with one request in flight."""

    def __init__(self) -> None:
        self.buffer = b""
        self.answered: asyncio.Future[int] | None = None
        self.is_last = False

    @property
    def is_open(self) -> bool:
        """Whether another request may be sent."""
        return not (self.is_last or self.transport.is_closing())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what is written to."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        """Whoever waits for an answer gets none."""
        if self.answered and not self.answered.done():
            self.answered.set_result(0)

    def ask(self, request: bytes) -> asyncio.Future[int]:
        """Send a request; return what will be the status of the answer, 0 if the connection is lost."""
        self.answered = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self.answered

    def data_received(self, data: bytes) -> None:
        """Put an answer together."""
        self.buffer += data
        head, found, body = self.buffer.partition(END_OF_HEAD)
        if not found:
            return
        head = head.lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        self.is_last = b"connection: close" in head
        if len(body) >= length:
            self.buffer = body[length:]
            if self.answered and not self.answered.done():
                self.answered.set_result(int(head[9:12]))


async def connected(host: str, port: int) -> Connection:
    """Return a new connection."""
    return (await asyncio.get_running_loop().create_connection(Connection, host, port))[1]


async def work(
    host: str, port: int, request: bytes, connection: Connection, dues: Iterable[float | None], until: float
) -> list[list[float]]:
    """Ask until the time is over; return when each request was due or sent, its seconds, and the status."""
    found = []
    for due in dues:
        start = time.perf_counter()
        if due is None and start >= until:
            break
        if due is not None:
            await asyncio.sleep(max(0.0, due - start))
            start = due
        status, left = 0, until + GRACE - time.perf_counter()
        if left > 0:
            with suppress(OSError):  # TimeoutError is one
                async with asyncio.timeout(left):
                    if not connection.is_open:
                        connection.transport.abort()
                        connection = await connected(host, port)
                    status = await connection.ask(request)
        found.append([start, time.perf_counter() - start, status])
        if status == 0 and left > 0:
            connection.transport.abort()
            await asyncio.sleep(PAUSE)
    connection.transport.close()
    return found


async def load(host: str, port: int, body: bytes, connections: int, seconds: float, rate: float | None) -> list[float]:
    """Ask from all connections at once."""
    head = f"POST /predict HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n"
    request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    made = [await connected(host, port) for _ in range(connections)]
    start = time.perf_counter() + 0.1
    dues: list[Iterable[float | None]] = [repeat(None)] * connections
    if rate is not None:
        moments = start + np.arange(round(rate * seconds)) / rate
        dues = [moments[number::connections].tolist() for number in range(connections)]
    found = await asyncio.gather(
        *(work(host, port, request, one, due, start + seconds) for one, due in zip(made, dues, strict=True))
    )
    return [row for rows in found for row in rows]


def main() -> None:
    """Ask, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("body", type=Path)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=float)
    told = parser.parse_args()
    rows = asyncio.run(load(told.host, told.port, told.body.read_bytes(), told.connections, told.seconds, told.rate))
    table = np.array(rows)
    ms = 1000 * table[:, 1]
    lasted = (table[:, 0] + table[:, 1]).max() - table[:, 0].min()
    p50, p99 = np.quantile(ms, [0.5, 0.99])
    n_answered = int((table[:, 2] == 200).sum())
    found = {
        "requests": len(table),
        "requests_per_second": n_answered / lasted,
        "p50_ms": p50,
        "p99_ms": p99,
        "max_ms": ms.max(),
        "errors": len(table) - n_answered,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
