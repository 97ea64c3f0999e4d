"""What is answered when something is wrong: what arrived, what was expected and what to do, always in the same form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from attime.errors import AttimeError

WITH_WAIT = {429, 503}
LONGEST = 80  # characters of what arrived that are told back
IN_BRIEF = {
    400: "The request is no JSON, or is broken, or was sent to another host.",
    404: "There is no such model, or it cannot be asked for this.",
    408: "The request did not arrive in time.",
    413: "The request is too large.",
    422: "The request is JSON, but not what was expected.",
    429: "Too many requests are in work; come back after the seconds in Retry-After.",
    500: "The service failed; that should not be.",
    503: "No answer was found in time; come back after the seconds in Retry-After.",
}


class Problem(BaseModel):
    """What is wrong with a request."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "status": 404,
                    "arrived": "model 'sinus'",
                    "expected": "one of sine",
                    "remedy": "did you mean 'sine'?",
                    "request": "4c0f6c1e2f5d4b7f",
                }
            ]
        }
    )

    status: int = Field(description="The status of the answer.", ge=400, le=599)
    arrived: str = Field(description="What arrived.")
    expected: str = Field(description="What was expected.")
    remedy: str = Field(description="What to do.")
    request: str = Field(description="The request, as the log of the service names it.")


class RefusedError(Exception):
    """Ends a request with a problem; caught by the service."""

    def __init__(self, status: int, arrived: str, expected: str, remedy: str) -> None:
        super().__init__(f"{arrived}, expected {expected}; {remedy}")
        self.status, self.arrived, self.expected, self.remedy = status, arrived, expected, remedy

    @property
    def headers(self) -> Mapping[str, str]:
        """What the answer carries beside its body."""
        return {"Retry-After": "1"} if self.status in WITH_WAIT else {}

    def told_of(self, request: str) -> Problem:
        """Return the problem of a request."""
        return Problem(
            status=self.status, arrived=self.arrived, expected=self.expected, remedy=self.remedy, request=request
        )


def refused_by(error: AttimeError) -> RefusedError:
    """Return what the library found wrong with series, in the parts that its messages have.

    Examples
    --------
    >>> from attime.errors import DataError
    >>> refused_by(DataError("2 channels arrived, expected 1; give one")).expected
    '1'
    """
    text = " ".join(str(error).split())
    told, _, remedy = text.rpartition("; ")
    arrived, _, expected = (told or text).partition(", expected ")
    return RefusedError(
        422, arrived, expected or "what the model was fitted on", remedy if told else "change the request"
    )


def refused_for(error: ValidationError, ignore: Sequence[str] = ()) -> RefusedError:
    """Return the first thing that is wrong: where it is (less what only we call so), what stands there, what should."""
    first: Any = error.errors(include_url=False)[0]
    if first["type"] == "json_invalid":
        return RefusedError(400, "a body that is no JSON", "a JSON object", f"write it as JSON ({first['msg']})")
    place = ".".join(str(part) for part in first["loc"] if part not in ignore) or "the body"
    told = "nothing" if first["type"] == "missing" else brief(first["input"])
    return RefusedError(422, f"{place}: {told}", _expected(first), "see /openapi.json for what is accepted")


def _expected(error: Any) -> str:
    """Return what pydantic expected, in words of ours where its own are about its insides."""
    kind, context = error["type"], error.get("ctx", {})
    if kind in ("too_short", "too_long"):
        n, limit = (context["min_length"], "least") if kind == "too_short" else (context["max_length"], "most")
        return f"{n:,} {'entry' if n == 1 else 'entries'} at {limit}"
    known = {
        "missing": "a value",
        "extra_forbidden": "no entry of that name",
        "list_type": "a list ('series' is a list of series, each a list of numbers, or of channels of numbers)",
    }
    told = error["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    return known.get(kind, told[:1].lower() + told[1:])


def brief(value: object) -> str:
    """Return a value as text that is short whatever it is.

    Examples
    --------
    >>> brief([1.0] * 1000)
    'a list of 1000'
    """
    if isinstance(value, list | dict):
        return f"{'a list' if isinstance(value, list) else 'an object'} of {len(value)}"
    if isinstance(value, int) and not -(10**LONGEST) < value < 10**LONGEST:
        return "a whole number of many digits"
    text = repr(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what the specification says of answers with these statuses."""
    after = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
    told: dict[int | str, dict[str, Any]] = {
        status: {"model": Problem, "description": IN_BRIEF[status]} for status in statuses
    }
    for status in WITH_WAIT.intersection(statuses):
        told[status]["headers"] = after
    return told
