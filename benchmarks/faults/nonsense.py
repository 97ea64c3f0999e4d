"""Requests that are broken, hostile or nonsense, each aimed at a model of some kind."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

STEPS = 30
PATHS = ("/predict", "/explain", "/forecast", "/detect")
Random = np.random.Generator


@dataclass(frozen=True)
class Target:
    """A model that is asked at a path; `sound` is a request that it answers."""

    path: str
    sound: dict[str, Any]

    @property
    def name(self) -> str:
        """Of the model."""
        return str(self.sound["model"])

    def place(self, rng: Random) -> str:
        """Return mostly the path of the model, now and then that of others."""
        return self.path if rng.random() < AIMED else str(rng.choice(PATHS))


Make = Callable[[Random, Target], bytes]  # what makes a request
AIMED = 0.8  # share that goes where the model answers
WAVE = [round(float(np.sin(step / 3)), 3) for step in range(STEPS)]
TARGETS = (
    Target("/predict", {"model": "classifier", "series": [WAVE]}),
    Target("/explain", {"model": "classifier", "series": [WAVE]}),
    Target("/predict", {"model": "regressor", "series": [WAVE]}),
    Target("/explain", {"model": "regressor", "series": [WAVE], "method": "occlusion"}),
    Target("/forecast", {"model": "forecaster", "series": [WAVE], "horizon": 2}),
    Target("/forecast", {"model": "covariates", "horizon": 2}),  # takes no series
    Target("/detect", {"model": "detector", "series": [[WAVE, WAVE]]}),
)


def post(body: bytes, path: str = "/predict", *, length: int | None = None, more: str = "") -> bytes:
    """Return the bytes of a request."""
    size = len(body) if length is None else length
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{more}Content-Length: {size}\r\n\r\n"
    return head.encode("latin-1") + body


def _json(value: object, rng: Random, target: Target) -> bytes:
    """Return a request with a value in JSON."""
    return post(json.dumps(value).encode(), target.place(rng))


def _text(*texts: str) -> Make:
    """Return what makes a request of one of the texts; MODEL stands for the name of the model."""
    return lambda rng, target: post(str(rng.choice(texts)).replace("MODEL", target.name).encode(), target.place(rng))


def _with(*entries: dict[str, object]) -> Make:
    """Return what makes a sound request but for one of the entries."""
    return lambda rng, target: _json({**target.sound, **entries[rng.integers(len(entries))]}, rng, target)


def _half(rng: Random, target: Target) -> bytes:
    body = json.dumps(target.sound).encode()
    return post(body[: rng.integers(1, len(body))], target.place(rng))


def _scrambled(rng: Random, target: Target) -> bytes:
    body = bytearray(json.dumps(target.sound).encode())
    for place in rng.integers(len(body), size=rng.integers(1, 6)):
        body[place] = rng.integers(256)
    return post(bytes(body), target.place(rng))


def _chunked(rng: Random, target: Target) -> bytes:
    sizes = ("5", "zz", "ffffffffffffffffff", "-1", "")
    return (
        f"POST {target.path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        f"{rng.choice(sizes)}\r\nabc\r\n0\r\n\r\n"
    ).encode()


def _numbers(*numbers: str) -> Make:
    """Return what puts one of the numbers into a series."""

    def make(rng: Random, target: Target) -> bytes:
        body = json.dumps({"series": [[WAVE]], **target.sound})
        return post(body.replace("0.327", str(rng.choice(numbers))).encode(), target.place(rng))

    return make


def _method(rng: Random, target: Target) -> bytes:
    name = rng.choice(["PUT", "DELETE", "BREW"])
    return f"{name} {target.path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()


def _path(rng: Random, _: Target) -> bytes:
    paths = ("/../../etc/passwd", "/%00", "//", "/predict/x", "/models/%2e%2e/examples")
    return post(b"{}", str(rng.choice(paths)))


def _incomplete(rng: Random, target: Target) -> bytes:
    return post(json.dumps(target.sound).encode(), target.path, length=int(rng.integers(500, 10**6)))


#: What is sent.
KINDS: dict[str, Make] = {
    "random bytes": lambda rng, target: post(rng.bytes(rng.integers(1, 400)), target.place(rng)),
    "no body": lambda rng, target: post(b"", target.place(rng)),
    "half a body": _half,
    "bytes changed": _scrambled,
    "nested deeply": _text("[" * 50_000, '{"a":' * 50_000, '{"model":"MODEL","series":' + "[" * 50_000),
    "huge numbers": _numbers("1e400", "-1e400", "9" * 5000, "1e16"),
    "no numbers": _numbers("NaN", "Infinity", "-Infinity", "0x1", "01"),
    "other types": lambda rng, target: _with(*OTHERS)(rng, target),
    "other bodies": _text("null", "true", "3", '"text"', "[]", "{}", '{"model":["MODEL"]}', '{"series":[[1]]}'),
    "odd models": lambda rng, target: _with(*MODELS)(rng, target),
    "half a character": _text('{"model":"\\ud800","series":[[1]]}', '{"\\udfff":1}'),
    "unknown entries": _with({"sql": "'; DROP TABLE models; --"}),
    "odd options": _with(
        {"method": "../../etc/passwd"},
        {"target": "nobody"},
        {"faithfulness": 2},
        {"horizon": 10**30},
        {"horizon": -1},
        {"horizon": 1.5},
        {"horizon": "2"},
        {"look": 3},
        {"look": None},
        {"expected": "yes"},
        {"expected": []},
    ),
    "too many series": _with({"series": [WAVE] * 300}, {"series": [[WAVE, WAVE]] * 300}),
    "too many steps": _with({"series": [[0.5] * 20_000]}, {"series": [[[0.5] * 20_000] * 2]}),
    "other channels": _with({"series": [[WAVE] * 3]}, {"series": [[WAVE, WAVE[:-1], []]]}),
    "too large": lambda _, target: post(b" " * 1_200_000, target.path),
    "not all of it": _incomplete,
    "false lengths": lambda rng, target: post(b"{}", target.path, length=int(rng.choice([-1, 10**18]))),
    "broken chunks": _chunked,
    "other methods": _method,
    "other paths": _path,
    "no HTTP": lambda rng, _: rng.bytes(rng.integers(1, 300)) + b"\r\n\r\n",
    "long headers": lambda _, target: post(b"{}", target.path, more=f"X-Long: {'x' * 200_000}\r\n"),
    "odd headers": lambda _, target: post(b"{}", target.path, more="X-Request-ID: a\tb\x00c\r\n"),
}
OTHERS: list[dict[str, object]] = [{"series": value} for value in (
    True, 3, "text", {}, [], [[]], [[], []], [None], [[None]], [["1"]], [[True]], [[[]]], [[[[1]]]], [{"a": 1}],
    [[1], "text"], [[1, [2]]], [[[1], [2]]], {"0": [1]}, [[{}]],
)]  # fmt: skip
MODELS: list[dict[str, object]] = [{"model": value} for value in (
    "", "models", "Classifier", None, 3, ["forecaster"], {"model": "detector"}, "x" * 100_000, "../detector", "\u0000",
)]  # fmt: skip
