"""From questions to answers: what a worker does with questions of one form, several of which it answers at once.

A series gets the same answer alone and together with others of its shape, up to the rounding of 32 bits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pydantic import BaseModel

from attime.service.giving_up import looking_whether
from attime.service.served import Served
from attime.service.work.detections import detect
from attime.service.work.forecasts import forecast
from attime.service.work.outcomes import explain_all, predict

#: What is done with the questions of each endpoint.
ANSWERS: dict[str, Callable[[Served, Sequence[Any]], list[BaseModel]]] = {
    "predict": predict,
    "explain": explain_all,
    "forecast": forecast,
    "detect": detect,
}


def form_of(asked: str, question: Any) -> tuple[object, ...]:
    """Return what questions to one model must have in common to be answered together."""
    options = tuple(value for name, value in question if name not in ("model", "series"))
    series = getattr(question, "series", None)  # forecasters may be asked without
    if series is None:
        return (asked, None, *options)
    shapes = set(map(_shape, series))
    alone = len(shapes) != 1 or getattr(question, "faithfulness", False)
    return (asked, id(question) if alone else shapes.pop(), *options)


def _shape(series: Sequence[Any]) -> tuple[int, int]:
    return (len(series), max(map(len, series))) if isinstance(series[0], list) else (1, len(series))


def answer(asked: str, model: Served, questions: Sequence[Any], given_up: Callable[[], bool]) -> list[bytes]:
    """Return the JSON of an answer for each question; all have the same `form_of`.

    Raises
    ------
    AttimeError
        If the model cannot do it.
    GivenUpError
        If `given_up` says that nobody waits for it any more.
    """
    with looking_whether(given_up, getattr(model.estimator, "module_", None)):
        return [part.model_dump_json().encode() for part in ANSWERS[asked](model, questions)]
