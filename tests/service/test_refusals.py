"""Whatever arrives, the answer says what arrived, what was expected and what to do; never that the service failed."""

from __future__ import annotations

import asyncio
import time

import numpy as np
import pytest

from attime import AttentionDetector, SeriesSet
from attime.errors import DataError, OptionError
from attime.service import Limits, make_app
from attime.service.names import names_of
from attime.service.problems import Problem

STEPS = 50


def body(series: str) -> bytes:
    return f'{{"model": "shapes", "series": {series}}}'.encode()


SOUND = body("[[1, 2, 3]]")
BAD = {
    "nothing": (b"", 400),
    "no JSON": (b"{", 400),
    "no text": (b"\xff\xfe\x00", 400),
    "nested deeply": (b'{"model":' + b"[" * 40_000, 400),
    "no object": (b"[1, 2]", 422),
    "no model": (b'{"series": [[1]]}', 422),
    "other model": (b'{"model": "shape", "series": [[1]]}', 404),
    "model of another kind": (b'{"model": "wave", "series": [[1]]}', 404),
    "no series": (b'{"model": "shapes"}', 422),
    "null for a series": (body("null"), 422),
    "no cases": (body("[]"), 422),
    "empty case": (body("[[]]"), 422),
    "nothing measured": (body("[[null, null]]"), 422),
    "text": (body('[["1"]]'), 422),
    "truth values": (body("[[true]]"), 422),
    "beyond numbers": (body("[[1e400]]"), 422),
    "NaN": (body("[[NaN]]"), 422),
    "too large a value": (body("[[1e30]]"), 422),
    "other depth": (body("[[[[1]]]]"), 422),
    "two channels": (body("[[[1], [2]]]"), 422),
    "too long": (body(f"[{[1] * (STEPS + 1)}]"), 422),
    "too many": (body(str([[1]] * 9)), 422),
    "unknown entry": (b'{"model": "shapes", "series": [[1]], "x": 1}', 422),
    "too many bytes": (b" " * 100_001, 413),
}


@pytest.mark.parametrize(("content", "status"), BAD.values(), ids=BAD)
def test_bad_requests_are_refused_in_one_form(client, content, status):
    answer = client.post("/predict", content=content)
    problem = Problem.model_validate(answer.json())
    assert answer.status_code == problem.status == status
    assert all((problem.arrived, problem.expected, problem.remedy, problem.request))
    assert len(answer.content) < 1000


def test_a_refusal_says_where_and_what(client):
    told = client.post("/predict", content=body('[[1, 2], [1, "x"]]')).json()
    assert (told["arrived"], told["expected"]) == ("series.1.1: 'x'", "a valid number")
    told = client.post("/predict", content=b'{"model": "shape", "series": [[1]]}').json()
    assert told["remedy"] == "did you mean 'shapes'?"
    told = client.post("/detect", content=b'{"model": "shapes"}').json()
    assert "classifier" in told["remedy"]


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/predict", 405), ("GET", "/x", 404), ("PUT", "/", 405)]
)
def test_other_paths_and_methods_are_refused_in_the_same_form(client, method, path, status):
    answer = client.request(method, path)
    assert Problem.model_validate(answer.json()).status == answer.status_code == status


def test_what_is_not_announced_is_counted_while_it_arrives(client):
    async def endless():
        while True:
            yield b" " * 1000

    assert client.post("/predict", content=endless()).status_code == 413


@pytest.mark.parametrize("length", ["abc", "-1", "1_0", "9" * 5000, ""])
def test_a_length_that_is_no_number_is_refused(client, length):
    answer = client.post("/predict", content=SOUND, headers={"content-length": length})
    assert Problem.model_validate(answer.json()).status == 400


def test_a_service_for_this_machine_answers_to_its_own_names_alone(models, ask_app):
    client = ask_app(make_app({"wave": models["wave"]}))
    path = "/models/wave/examples"
    assert client.get(path, headers={"host": "elsewhere.example"}).status_code == 200
    client.app.state.names = names_of("127.0.0.1", "127.0.0.1")
    for host in "localhost", "LOCALHOST:80", "127.0.0.1:8000", "[::1]", "[::1]:8000":
        assert client.get(path, headers={"host": host}).status_code == 200
    for host in "elsewhere.example", "elsewhere.example:8000", "127.0.0.1.elsewhere.example", "10.0.0.1", "":
        told = client.get(path, headers={"host": host})
        assert Problem.model_validate(told.json()).status == told.status_code == 400
    assert not names_of("0.0.0.0", "0.0.0.0") | names_of("::", "[::]")
    assert "[::1]" in names_of("::1", "[::1]")


def test_more_than_can_be_in_work_are_told_to_come_back(models, ask_app):
    limits = Limits(concurrent=2, batch_ms=100)
    answers = ask_app(make_app(models, limits)).all_at_once([("POST", "/predict", {"content": SOUND})] * 5)
    assert sorted(answer.status_code for answer in answers) == [200, 200, 429, 429, 429]
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in answers if answer.status_code == 429)


def test_an_answer_that_takes_too_long_is_given_up(models, ask_app, monkeypatch):
    def slow(self, X):
        time.sleep(0.5)
        raise AssertionError

    monkeypatch.setattr(type(models["shapes"]), "predict_proba", slow)
    answer = ask_app(make_app(models, Limits(seconds=0.1))).post("/predict", content=SOUND)
    assert Problem.model_validate(answer.json()).status == 503
    assert "Retry-After" in answer.headers


def test_work_that_was_given_up_ends_and_leaves_the_model_to_others(models, ask_app, series):
    client = ask_app(make_app(models, Limits(seconds=1)))
    long = {"model": "shapes", "series": series.tolist(), "method": "occlusion", "faithfulness": True}
    assert client.post("/explain", json=long).status_code == 503
    assert client.app.state.desk.comes_to_rest(60)
    assert client.post("/predict", content=SOUND).status_code == 200


def test_no_more_is_measured_than_the_limit(models, ask_app, series):
    client = ask_app(make_app(models, Limits(measured_steps=STEPS)))
    question = {"model": "shapes", "series": series[:2].tolist()}
    told = client.post("/explain", json={**question, "faithfulness": True}).json()
    assert (told["status"], told["expected"]) == (422, "50 at most")
    assert client.post("/explain", json=question).status_code == 200


def test_a_request_that_never_ends_is_given_up(models, ask_app):
    async def endless():
        yield b"{"
        await asyncio.sleep(60)

    app = make_app(models, Limits(seconds=0.1))
    answer = ask_app(app).post("/predict", content=endless())
    assert Problem.model_validate(answer.json()).status == 408


def test_what_fails_inside_is_told_without_details(models, ask_app, monkeypatch, caplog):
    def fails(self, X):
        raise RuntimeError("secret")

    monkeypatch.setattr(type(models["shapes"]), "predict_proba", fails)
    with caplog.at_level("ERROR", logger="attime.service"):
        answer = ask_app(make_app(models)).post("/predict", content=SOUND)
    assert Problem.model_validate(answer.json()).status == 500
    assert "secret" not in answer.text
    assert "secret" in caplog.text


def test_models_and_limits_are_checked_before_anything_is_served(models):
    with pytest.raises(OptionError, match=r"Limits\.concurrent is 0"):
        make_app(models, Limits(concurrent=0))
    with pytest.raises(OptionError, match=r"Limits\.body_mb is 1e\+305"):
        make_app(models, Limits(body_mb=1e305))
    with pytest.raises(OptionError, match="no models arrived"):
        make_app({})
    with pytest.raises(OptionError, match=r"takes series of .* steps at least"):
        make_app({"pump": models["pump"]}, Limits(steps=3))
    with pytest.raises(OptionError, match="model 'shape' is unknown"):
        make_app(models, examples={"shape": SeriesSet.of(np.zeros((1, 1, STEPS)))})
    with pytest.raises(DataError, match="1 to 50 steps"):
        make_app(models, examples={"shapes": SeriesSet.of(np.zeros((1, 1, STEPS + 1)))})


def test_a_detector_of_whole_series_answers_without_steps(series, ask_app):
    detector = AttentionDetector(unit="series", alarm_rate=500, random_state=0).fit(series[:40])
    question = {"model": "whole", "series": series[:2].tolist()}
    told = ask_app(make_app({"whole": detector})).post("/detect", json=question).json()["detections"]
    assert [len(one["scores"]) for one in told] == [1, 1]
    assert told[0]["scores"][0] == pytest.approx(-detector.score_samples(series[:2])[0])
