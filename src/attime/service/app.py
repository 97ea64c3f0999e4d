"""The application: what is at which path, and what the specification says of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from fastapi import FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException

import attime
from attime.data import SeriesSet
from attime.names import pick
from attime.service.answers import Detections, Explanations, Forecasts, Predicted
from attime.service.desk import Desk
from attime.service.examples import check_examples, examples_of
from attime.service.limits import Limits
from attime.service.listings import Examples, Health, Model, Models
from attime.service.names import Named
from attime.service.page import explorer_page
from attime.service.problems import RefusedError, documented
from attime.service.questions import Asking
from attime.service.served import Estimator, Served, all_served
from attime.service.watch import Metrics, Watch

ASKED = {
    "predict": (Predicted, "Predict the class, or the number, of each series."),
    "explain": (Explanations, "Predict, and say which steps mattered."),
    "forecast": (Forecasts, "Say how series go on, and between which limits."),
    "detect": (Detections, "Say what in series is out of the ordinary, and what would have been normal."),
}
PATHS = ", ".join([*(f"POST /{asked}" for asked in ASKED), "GET /", "GET /models", "GET /health", "GET /metrics"])
REFUSALS = (400, 404, 408, 413, 422, 429, 503)


def build(models: Mapping[str, Estimator], limits: Limits, examples: Mapping[str, SeriesSet]) -> FastAPI:
    """Return the application; see `make_app`."""
    known = all_served(models, limits)
    for name, given in examples.items():
        check_examples(pick(known, name, what="model"), given)
    metrics = Metrics()
    app = FastAPI(
        title="attime",
        version=attime.__version__,
        summary="Attention for time series that you can check.",
        docs_url=None,  # these pages ask other servers for scripts
        redoc_url=None,
    )
    app.add_middleware(Named)
    app.add_middleware(Watch, metrics=metrics)  # the last is the first to see a request
    app.add_exception_handler(RefusedError, _refuse)
    app.add_exception_handler(HTTPException, _refuse_http)
    desk = app.state.desk = Desk(known, limits, metrics)
    askings = {asked: Asking.of(asked, known, limits) for asked in ASKED}
    for asked, (kind, told) in ASKED.items():
        app.add_api_route(
            f"/{asked}",
            partial(desk.answer, askings[asked]),
            methods=["POST"],
            name=asked,
            summary=told,
            response_model=kind,
            responses=documented(*REFUSALS),
        )
    _add_what_is_there(app, known, examples, metrics)
    app.openapi = partial(_specification, app, askings)  # type: ignore[method-assign]
    return app


def _add_what_is_there(
    app: FastAPI, models: Mapping[str, Served], examples: Mapping[str, SeriesSet], metrics: Metrics
) -> None:
    """Add what can be had without asking a model."""
    page = explorer_page()
    begin_with = {name: examples_of(model, examples.get(name)).model_dump_json() for name, model in models.items()}

    @app.get("/", response_class=HTMLResponse, summary="The explorer: a page to try the models.")
    async def explorer() -> HTMLResponse:
        return HTMLResponse(page.html, headers={"Content-Security-Policy": page.policy, "Cache-Control": "no-cache"})

    @app.get("/health", summary="Whether the service answers.")
    async def health() -> Health:
        return Health(status="ok", version=attime.__version__, models=len(models))

    @app.get("/models", summary="The models that are served, and what series they take.")
    async def listed() -> Models:
        return Models(models=[_model(one) for one in models.values()])

    names = {"name": "name", "in": "path", "required": True, "schema": {"type": "string", "enum": list(models)}}

    @app.get(
        "/models/{name}/examples",
        summary="Series to begin with.",
        response_model=Examples,
        responses=documented(404),
        openapi_extra={"parameters": [names]},
    )
    async def begin(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in models:
            raise RefusedError(404, f"model {name[:80]!r}", f"one of {', '.join(models)}", "see GET /models")
        return Response(begin_with[name], media_type="application/json")

    @app.get("/metrics", response_class=PlainTextResponse, summary="Counters, as Prometheus reads them.")
    async def counters() -> Response:
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)


def _model(one: Served) -> Model:
    return Model(
        name=one.name,
        kind=one.kind,
        endpoints=list(one.asked_for),
        classes=list(one.classes),
        channels=list(one.channels),
        fewest_steps=one.fewest,
        most_steps=one.most,
        horizon=one.horizon,
    )


def _specification(app: FastAPI, askings: Mapping[str, Asking]) -> dict[str, Any]:
    """Return the specification, with requests as these models take them."""
    if app.openapi_schema is None:
        told = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
        schemas = told["components"]["schemas"]
        for asked, asking in askings.items():
            schema = asking.adapter.json_schema(ref_template="#/components/schemas/{model}")
            schemas |= schema.pop("$defs", {})
            body = {"required": True, "content": {"application/json": {"schema": schema}}}
            told["paths"][f"/{asked}"]["post"]["requestBody"] = body
        app.openapi_schema = told
    return app.openapi_schema


def _as_answer(request: Request, refused: RefusedError) -> JSONResponse:
    problem = refused.told_of(request.state.request_id)
    return JSONResponse(problem.model_dump(), refused.status, dict(refused.headers))


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError)
    return _as_answer(request, error)


async def _refuse_http(request: Request, error: Exception) -> Response:
    """Answer in our form what the framework refuses: unknown paths and methods."""
    assert isinstance(error, HTTPException)
    told = f"{request.method} {request.url.path[:80]}"
    method = (error.headers or {}).get("Allow")
    refused = RefusedError(
        error.status_code, told, f"one of {PATHS}", f"use {method}" if method else "see /openapi.json"
    )
    found = _as_answer(request, refused)
    found.headers.update(error.headers or {})
    return found
