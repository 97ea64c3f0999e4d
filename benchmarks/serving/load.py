"""A generator of load in a process of its own: many connections, at the highest rate or at one that is given.

``python -m serving.load HOST PORT BODY.json --connections 64 --seconds 60 [--rate R]`` prints a JSON object. At a rate
that is given, latency counts from when a request was due, so that a server that is late for one is charged for those
behind it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

END_OF_HEAD = b"\r\n\r\n"


class Connection(asyncio.Protocol):
    """One connection that is kept, with one request in flight."""

    def __init__(self) -> None:
        self.buffer = b""
        self.answered: asyncio.Future[int] | None = None

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
        if self.transport.is_closing():
            self.answered.set_result(0)
        else:
            self.transport.write(request)
        return self.answered

    def data_received(self, data: bytes) -> None:
        """Put an answer together."""
        self.buffer += data
        head, found, body = self.buffer.partition(END_OF_HEAD)
        if not found:
            return
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        if len(body) >= length:
            self.buffer = body[length:]
            if self.answered and not self.answered.done():
                self.answered.set_result(int(head[9:12]))


async def work(request: bytes, connection: Connection, due: Sequence[float] | None, until: float) -> list[list[float]]:
    """Ask until the time is over; return when each request was due or sent, its seconds, and the status."""
    found = []
    turn = 0
    while (start := time.perf_counter()) < until:
        if due is not None:
            if turn == len(due):
                break
            await asyncio.sleep(max(0.0, due[turn] - start))
            start = due[turn]
            turn += 1
        status = await connection.ask(request)
        found.append([start, time.perf_counter() - start, status])
        if status == 0:
            break
    return found


async def load(host: str, port: int, body: bytes, connections: int, seconds: float, rate: float | None) -> list[float]:
    """Ask from all connections at once."""
    head = f"POST /predict HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n"
    request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    loop = asyncio.get_running_loop()
    made = [(await loop.create_connection(Connection, host, port))[1] for _ in range(connections)]
    start = time.perf_counter() + 0.1
    dues: list[Sequence[float] | None] = [None] * connections
    if rate is not None:
        moments = start + np.arange(round(rate * seconds)) / rate
        dues = [moments[number::connections].tolist() for number in range(connections)]
    found = await asyncio.gather(
        *(work(request, one, due, start + seconds) for one, due in zip(made, dues, strict=True))
    )
    for one in made:
        one.transport.close()
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
    found = {
        "requests": len(table),
        "requests_per_second": len(table) / lasted,
        "p50_ms": p50,
        "p99_ms": p99,
        "max_ms": ms.max(),
        "errors": int((table[:, 2] != 200).sum()),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
