"""The benchmark of the service, and requests that are malformed: both with a real process."""

from __future__ import annotations

import asyncio
import time
from importlib.util import find_spec
from pathlib import Path

import pytest
import service
from common import Settings
from faults.nonsense import KINDS
from faults.requests import malformed
from serving import load

needs_service = pytest.mark.skipif(find_spec("fastapi") is None, reason="the extra serve is not installed")
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
LAST = ANSWER.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")


def asked(answer, *, seconds=0.5, rate=400.0, connections=8):
    """Load a server that does `answer(reader, writer)` for each connection."""

    async def both():
        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
            rows = await load.load(*server.sockets[0].getsockname(), b"{}", connections, seconds, rate)
            await asyncio.sleep(0.3)  # until its connections are closed
        return rows

    return asyncio.run(both())


def answering(answer, *, after=0.0, times=None):
    """Return what gives an answer so many times, each after some seconds, and then closes the connection."""

    async def one(reader, writer):
        left = times
        while left != 0 and await reader.read(1000):
            await asyncio.sleep(after)
            writer.write(answer)
            left = None if left is None else left - 1
        writer.close()

    return one


@pytest.mark.parametrize("answer", [answering(ANSWER), answering(LAST, times=1)])
def test_every_request_that_is_due_is_answered(answer):
    statuses = [status for _, _, status in asked(answer)]
    assert statuses == [200] * 200


def test_a_connection_that_is_lost_is_an_error_each_time():
    statuses = [status for _, _, status in asked(answering(b"", times=1))]
    assert statuses == [0] * 200


def test_what_a_slow_server_leaves_over_is_an_error(monkeypatch):
    monkeypatch.setattr(load, "GRACE", 0.5)
    rows, end = asked(answering(ANSWER, after=0.2)), time.perf_counter()
    n_answered = sum(status == 200 for _, _, status in rows)
    assert len(rows) == 200
    assert 16 <= n_answered <= 40  # 8 connections, five times a second, for a second
    assert all(due + seconds <= end for due, seconds, _ in rows)
    assert max(seconds for _, seconds, status in rows if status == 0) > 0.4


def test_as_fast_as_it_answers():
    rows = asked(answering(ANSWER, after=0.01), rate=None, seconds=0.3)
    assert {status for _, _, status in rows} == {200}
    assert 24 <= len(rows) <= 8 * 41


@needs_service
@pytest.mark.slow
def test_malformed_requests_are_survived():
    counts = malformed(5 * len(KINDS), seed=1)
    assert (counts.lost, counts.wrong, counts.crashed) == (0, 0, 0), counts.examples
    assert counts.survived == 5 * len(KINDS)


@needs_service
@pytest.mark.slow
def test_a_quick_run_measures_without_errors(tmp_path):
    nothing = {"seeds": None, "first_seed": 0, "only": None, "models": None, "resume": False}
    settings = Settings(
        data=Path("unused"), pictures=tmp_path, quick=True, threads=1, out=tmp_path / "service.json", **nothing
    )
    summary = service.run(settings).summary
    assert {"requests_per_second", "p50_ms", "p99_ms", "errors", "memory_growth_mb"} <= set(summary)
    assert summary["errors"] == 0
