"""``consentry serve`` as a program: ready line, pages, ports, endings."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import boto3
import pytest

from consentry.local.emulator import Emulator
from support.serving import Serve, Visitor, checkout, submission


def _alive(pattern: str) -> list[int]:
    """Ids of processes whose command line holds ``pattern``."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            environment = (entry / "environ").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if pattern in line or pattern in environment:
            found.append(int(entry.name))
    return found


def _emulator_of(serve: Serve) -> str:
    return f"GATEWAY_PORT={serve.url('AWS endpoint').rpartition(':')[2]}\0"


def test_it_is_ready_within_five_seconds_once_the_content_is_built(served: Serve, content_root: Path) -> None:
    assert served.said
    took = []
    for _ in range(3):  # a machine that is busy with something else says nothing about us
        started = time.monotonic()
        serve = Serve(content_root, "--no-build")
        try:
            serve.wait()
            took.append(time.monotonic() - started)
        finally:
            serve.end()
        if took[-1] < 5:
            break
    assert min(took) < 5, took
    assert "Building" not in "".join(serve.said)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_everything_cleanly(served: Serve, content_root: Path, how: signal.Signals) -> None:
    assert served.said
    serve = Serve(content_root).wait()
    emulator, port = _emulator_of(serve), serve.port
    assert len(_alive(emulator)) == 1
    idle = socket.create_connection(("127.0.0.1", port))  # a browser that keeps its connection
    started = time.monotonic()
    rest = serve.end(how)
    assert time.monotonic() - started < 5
    assert (serve.process.returncode, rest.strip()) == (0, "Ended.")
    assert _alive(emulator) == []
    idle.close()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_killed_server_leaves_no_emulator_behind(served: Serve, content_root: Path) -> None:
    assert served.said
    serve = Serve(content_root).wait()
    emulator = _emulator_of(serve)
    serve.process.kill()
    serve.process.communicate()
    until = time.monotonic() + 5
    while _alive(emulator) and time.monotonic() < until:
        time.sleep(0.05)
    assert _alive(emulator) == []


def test_a_port_that_is_taken_is_said_and_nothing_starts(served: Serve, content_root: Path) -> None:
    second = Serve(content_root, PORT=str(served.port))
    said = second.process.communicate(timeout=20)[0]
    assert second.process.returncode == 1
    assert f"port {served.port} cannot be used" in said
    assert "PORT=" in said


def test_a_port_that_is_none_is_wrong_usage(content_root: Path) -> None:
    wrong = Serve(content_root, PORT="eighty")
    assert "is no port" in wrong.process.communicate(timeout=20)[0]
    assert wrong.process.returncode == 2


def test_port_comes_from_the_environment(served: Serve, content_root: Path) -> None:
    assert served.said
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    serve = Serve(content_root, PORT=str(port))
    try:
        assert serve.wait().port == port
    finally:
        serve.end()


def test_outside_a_checkout_it_says_so(tmp_path: Path) -> None:
    lost = Serve(tmp_path)
    assert "template.json is missing" in lost.process.communicate(timeout=20)[0]
    assert lost.process.returncode == 1


def test_content_that_changed_is_built_and_what_is_broken_is_named(tmp_path: Path) -> None:
    root = checkout(tmp_path)
    market = root / "markets" / "JP.yaml"
    market.write_text(market.read_text("utf-8").replace("Asia/Tokyo", "Asia/Tokio"), "utf-8")
    serve = Serve(root)
    try:
        said = "".join(serve.wait().said)
        assert "markets/JP.yaml:" in said
        visitor = Visitor(serve.port)
        assert visitor.send("GET", "/v1/forms/hcp-webinar?market=JP").status == 404
        assert visitor.send("GET", "/v1/forms/hcp-webinar?market=DE").status == 200
        visitor.connection.close()
    finally:
        serve.end()


def test_messages_can_stay_on_the_queue_of_an_endpoint_that_runs_already(
    served: Serve, content_root: Path, tmp_path: Path
) -> None:
    assert served.said
    with Emulator(tmp_path / "emulator.log") as emulator:
        emulator.wait()
        for round_number in (1, 2):  # the second time tables, secrets and queues are there and are used as they are
            serve = Serve(content_root, "--endpoint-url", emulator.endpoint, "--leave-messages").wait()
            try:
                visitor = Visitor(serve.port)
                document = visitor.fetch("hcp-webinar", "US")
                body = submission(document, 0, "demo-us", f"{round_number}@practice.example", given=True)
                assert visitor.post("/v1/forms/hcp-webinar/submissions", body).status == 201
                arrived = visitor.eventually(lambda each: not each["lead"]["pending"])
                assert arrived["messages"] == []
                visitor.connection.close()
            finally:
                serve.end()
        sqs = boto3.client(
            "sqs", endpoint_url=emulator.endpoint, region_name="us-east-1",
            aws_access_key_id="test", aws_secret_access_key="test",
        )  # fmt: skip
        queue = sqs.get_queue_url(QueueName="consentry-local-captured")["QueueUrl"]
        counted = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"])
        assert counted["Attributes"]["ApproximateNumberOfMessages"] == "2"
        sqs.close()


def test_an_endpoint_that_does_not_answer_is_said(served: Serve, content_root: Path) -> None:
    assert served.said
    lost = Serve(content_root, "--endpoint-url", "http://127.0.0.1:9")
    assert "cannot be made at http://127.0.0.1:9" in lost.process.communicate(timeout=60)[0]
    assert lost.process.returncode == 1


def test_pages_and_their_policy(visitor: Visitor) -> None:
    for path in ("/", "/path", "/docs", "/demo/demo-de/hcp-webinar", "/demo/demo/hcp-information-request?market=SA"):
        page = visitor.send("GET", path)
        assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert "default-src 'none'; script-src 'self'" in page.headers["content-security-policy"]
        assert "unsafe" not in page.headers["content-security-policy"]
    assert visitor.send("GET", "/web/consentry-form.js").headers["content-type"].startswith("text/javascript")
    assert visitor.send("HEAD", "/path").body == b""
    for path in ("/demo/demo-de/nothing", "/demo/nobody/hcp-webinar", "/web/../pyproject.toml", "/web/%2e%2e/x.js",
                 "/web/", "/_local/secrets"):  # fmt: skip
        assert visitor.send("GET", path).status == 404, path


def test_unknown_paths_get_our_problem_in_the_language_asked(visitor: Visitor) -> None:
    refused = visitor.send("GET", "/v2/anything", Accept_Language="de")
    assert (refused.status, refused.headers["content-language"]) == (404, "de-DE")
    assert refused.json["type"] == "urn:consentry:problem:not-found"
    refused = visitor.send("DELETE", "/v1/markets")
    assert (refused.status, refused.json["type"]) == (405, "urn:consentry:problem:method-not-allowed")


def test_what_visitors_answered_is_for_this_machine_alone(visitor: Visitor) -> None:
    assert visitor.send("GET", "/_local/arrivals", Host="rebound.example.net").status == 421
    allowed = visitor.send("GET", "/_local/arrivals", Origin="https://demo-de.example.com")
    assert "access-control-allow-origin" not in allowed.headers


def test_preflight_and_cross_origin_answers(visitor: Visitor) -> None:
    path, origin = "/v1/forms/hcp-webinar/submissions", "https://demo-de.example.com"
    asks: Any = {"Access_Control_Request_Method": "POST", "Access_Control_Request_Headers": "idempotency-key"}
    allowed = visitor.send("OPTIONS", path, Origin=origin, **asks)
    assert (allowed.status, allowed.headers["access-control-allow-origin"]) == (204, origin)
    assert "idempotency-key" in allowed.headers["access-control-allow-headers"].lower()
    assert "POST" in allowed.headers["access-control-allow-methods"]
    refused = visitor.send("OPTIONS", path, Origin="https://elsewhere.example.com", **asks)
    assert "access-control-allow-origin" not in refused.headers
    read = visitor.send("GET", "/v1/markets", Origin=origin)
    assert read.headers["access-control-allow-origin"] == origin


def test_help_has_an_example() -> None:
    command = [sys.executable, "-m", "consentry.cli", "serve", "--help"]
    said = subprocess.run(command, capture_output=True, text=True, check=True, env=dict(os.environ)).stdout
    assert "PORT=9000 consentry serve" in said
