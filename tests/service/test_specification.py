"""The service does what its specification says, and the specification says all of it."""

from __future__ import annotations

import pytest

from attime.service import make_app
from attime.service.problems import Problem

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")
pytestmark = pytest.mark.filterwarnings("ignore")  # of series shorter than in fit; of the generator of requests

POSTS = ("/predict", "/explain", "/forecast", "/detect")


def look_for_deviations(client, n_requests: int) -> None:
    """Send generated requests, sound ones and others, and compare each answer with the specification."""
    from hypothesis import HealthCheck, Phase, given, settings

    schema = schemathesis.openapi.from_asgi("/openapi.json", client.app)
    for found in schema.get_all_operations():
        operation = found.ok()
        for mode in schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE:
            if mode is schemathesis.GenerationMode.NEGATIVE and operation.method.upper() == "GET":
                continue

            @settings(
                max_examples=n_requests,
                derandomize=True,
                database=None,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                phases=[Phase.generate, Phase.shrink],
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def agrees(case) -> None:
                case.call_and_validate()

            agrees()


def test_generated_requests_find_nothing(client):
    look_for_deviations(client, 4)


@pytest.mark.slow
def test_many_generated_requests_find_nothing(client):
    look_for_deviations(client, 300)


def test_every_refusal_is_documented_in_one_form(client):
    told = client.get("/openapi.json").json()
    for path in POSTS:
        answers = told["paths"][path]["post"]["responses"]
        assert {"200", "400", "404", "408", "413", "422", "429", "503"} <= set(answers)
        for status, answer in answers.items():
            name = answer["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
            assert (name == Problem.__name__) == (status != "200")


def references_in(part) -> set[str]:
    parts = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    own = {part["$ref"]} if isinstance(part, dict) and isinstance(part.get("$ref"), str) else set()
    return own.union(*map(references_in, parts))


def test_each_model_has_its_own_place_whatever_its_name(models, ask_app):
    names = {"sine.v1": "shapes", "sine.v2": "height", "x.Problem": "shapes", "Predicted": "shapes", "a b/ä": "height"}
    told = ask_app(make_app({name: models[kind] for name, kind in names.items()})).get("/openapi.json").json()
    schemas = told["components"]["schemas"]
    assert references_in(told) == {f"#/components/schemas/{name}" for name in schemas}
    assert "arrived" in schemas["Problem"]["properties"]
    for path in "/predict", "/explain":
        schema = told["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
        found = {name: schemas[place.rsplit("/", 1)[1]] for name, place in schema["discriminator"]["mapping"].items()}
        assert set(found) == set(names)
        for name, kind in found.items():
            assert kind["properties"]["model"]["const"] == name
            assert kind["title"] == f"{path[1:].title()} {name}"
            assert ("target" in kind["properties"]) == (path == "/explain" and names[name] == "shapes")


def test_examples_in_the_specification_are_answered(client):
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    told = client.get("/openapi.json").json()["paths"]
    for path in POSTS:
        schema = told[path]["post"]["requestBody"]["content"]["application/json"]["schema"]
        kinds = [schemas[one["$ref"].rsplit("/", 1)[1]] for one in schema.get("oneOf", [])] or [schema]
        for kind in kinds:
            for example in kind["examples"]:
                answer = client.post(path, json=example)
                assert answer.status_code == 200, answer.text
