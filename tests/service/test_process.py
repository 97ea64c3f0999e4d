"""`attime serve` as a process: how it begins, what it logs, how it ends; and one line for whatever is wrong."""

from __future__ import annotations

import contextlib
import gc
import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import pytest

from attime.cli.main import main
from attime.service import make_app, serve

WAIT = 60  # seconds, for what takes a few at most


@pytest.fixture
def service(request, model_files, tmp_path):
    """A service of all models in a process of its own; a test may give options."""
    command = [sys.executable, "-m", "attime", "serve", *model_files.values(), "--port", "0", "--threads", "1"]
    command += getattr(request, "param", [])
    with open(tmp_path / "log", "w") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        line = process.stdout.readline()
        process.address = re.search(r"http://\S+(?=:\s)", line)[0]
        process.log = tmp_path / "log"
        yield process
        process.kill()
        process.wait()
        process.stdout.close()


def ask(address: str, path: str, question: dict | None = None) -> dict:
    data = None if question is None else json.dumps(question).encode()
    with urllib.request.urlopen(f"{address}{path}", data, timeout=WAIT) as answer:
        return json.load(answer)


def test_a_service_answers_logs_and_ends_in_order(service, series):
    assert ask(service.address, "/health")["models"] == 5
    question = {"model": "shapes", "series": series[:8].tolist(), "method": "occlusion", "faithfulness": True}
    found: list[dict] = []
    asking = threading.Thread(target=lambda: found.append(ask(service.address, "/explain", question)))
    asking.start()
    while "attime_requests_in_work 2.0" not in metrics(service.address):  # that question, and this one
        pass
    service.send_signal(signal.SIGTERM)
    asking.join(WAIT)
    assert len(found[0]["explanations"]) == 8  # what ran is finished
    assert service.wait(WAIT) == 0
    lines = [json.loads(line) for line in service.log.read_text().splitlines()]
    assert lines[0]["message"].startswith("listening at")
    assert lines[-1]["message"] == "stopped"
    told = next(line for line in lines if line.get("path") == "/explain")
    assert {"time", "level", "method", "status", "ms", "cases", "request"} <= set(told)
    assert (told["status"], told["cases"]) == (200, 8)


@pytest.mark.parametrize("service", [["--max-seconds", "1", "--max-measured-steps", "100000"]], indirect=True)
def test_a_service_that_is_told_to_stop_gives_up_what_takes_too_long(service, series):
    question = {"model": "shapes", "series": series.tolist(), "method": "occlusion", "faithfulness": True}
    with pytest.raises(urllib.error.HTTPError, match="503"):
        ask(service.address, "/explain", question)
    asking = threading.Thread(target=lambda: suppressed(service.address, question))
    asking.start()
    while "attime_requests_in_work 2.0" not in metrics(service.address):
        pass
    service.send_signal(signal.SIGTERM)
    assert service.wait(WAIT) == 0
    asking.join(WAIT)
    assert json.loads(service.log.read_text().splitlines()[-1])["message"] == "stopped"  # and no model computes


def test_work_ends_when_whoever_asked_hangs_up(service, series):
    question = {"model": "shapes", "series": series.tolist(), "method": "occlusion", "faithfulness": True}
    content = json.dumps(question).encode()
    place = service.address.removeprefix("http://")
    with socket.create_connection(place.split(":")) as asking:
        head = f"POST /explain HTTP/1.1\r\nHost: {place}\r\nContent-Length: {len(content)}\r\n\r\n"
        asking.sendall(head.encode() + content)
        while "attime_requests_in_work 2.0" not in metrics(service.address):
            pass
    while "attime_requests_in_work 1.0" not in metrics(service.address):
        pass
    start = time.perf_counter()
    assert ask(service.address, "/predict", {"model": "shapes", "series": series[:1].tolist()})["predictions"]
    assert time.perf_counter() - start < 1  # the model, which has one thread, was free
    told = next(
        line for line in map(json.loads, service.log.read_text().splitlines()) if line.get("path") == "/explain"
    )
    assert told["status"] == 499


def test_a_page_from_elsewhere_is_refused(service):
    request = urllib.request.Request(f"{service.address}/models", headers={"Host": "elsewhere.example"})
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(request, timeout=WAIT)


def test_a_signal_that_comes_before_the_server_listens_to_it_ends_the_service(models, monkeypatch):
    monkeypatch.setattr(gc, "collect", lambda: signal.raise_signal(signal.SIGTERM))
    begun = []

    def ready(address: str) -> None:
        begun.append(address)
        signal.raise_signal(signal.SIGTERM)  # or this test would never end

    assert serve(make_app({"wave": models["wave"]}), port=0, ready=ready)
    assert not begun


def suppressed(address: str, question: dict) -> None:
    with contextlib.suppress(OSError):
        ask(address, "/explain", question)


STUCK = """
import sys, time
from attime import AttentionClassifier
from attime.cli.main import main
from attime.service import process
AttentionClassifier.predict_proba = lambda self, X: time.sleep(1000)
process.REST = 0.1
sys.exit(main(sys.argv[1:]))
"""


def test_a_model_that_never_comes_to_rest_keeps_no_process_alive(model_files, tmp_path):
    options = ["--port", "0", "--max-seconds", "1", "--record", str(tmp_path / "run")]
    command = [sys.executable, "-c", STUCK, "serve", model_files["shapes"], *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        address = re.search(r"http://\S+(?=:\s)", process.stdout.readline())[0]
        with pytest.raises(urllib.error.HTTPError, match="503"):
            ask(address, "/predict", {"model": "shapes", "series": [[1, 2, 3]]})
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=WAIT)
    assert process.returncode == 0
    assert "still computes" in json.loads(told.splitlines()[-1])["message"]
    assert json.loads((tmp_path / "run" / "manifest.json").read_text())["ended"] != "running"


def metrics(address: str) -> str:
    with urllib.request.urlopen(f"{address}/metrics", timeout=WAIT) as answer:
        return answer.read().decode()


def refused(capsys, *arguments: str) -> str:
    """Return the one line that a call is refused by."""
    assert main(["serve", *arguments]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    return line


def test_a_port_in_use_is_told(capsys, model_files):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        line = refused(capsys, model_files["wave"], "--port", str(taken.getsockname()[1]))
    assert "choose another port" in line


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", "99999"), ("no.such.host.invalid", "0")])
def test_a_place_that_is_none_is_told(capsys, model_files, host, port):
    assert "cannot be listened at" in refused(capsys, model_files["wave"], "--host", host, "--port", port)


def test_files_that_are_no_models_are_told(capsys, model_files, tmp_path):
    (tmp_path / "wave.attime").write_text("no model")
    assert "there is no such file" in refused(capsys, str(tmp_path / "none.attime"))
    assert "not a model file" in refused(capsys, str(tmp_path / "wave.attime"))
    assert "a model named 'wave'" in refused(capsys, model_files["wave"], str(model_files["wave"]))


def test_options_out_of_range_are_told(capsys, model_files):
    assert "--max_batch is 0" in refused(capsys, model_files["wave"], "--max-batch", "0")
    assert "--max_series is 0" in refused(capsys, model_files["wave"], "--max-series", "0")
    assert "model 'waves' is unknown" in refused(capsys, model_files["wave"], "--examples", "waves=x.csv")


@pytest.mark.parametrize("package", ["fastapi", "uvicorn", "prometheus_client"])
def test_a_missing_package_names_the_command_that_brings_it(capsys, model_files, monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)
    assert "pip install 'attime[serve]'" in refused(capsys, model_files["wave"], "--port", "0")
