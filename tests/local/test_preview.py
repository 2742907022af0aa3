"""The preview's server: the real pages and read function; what is sent to it is acknowledged and thrown away."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CHILD = """
import json, sys
from pathlib import Path
from consentry.local.http1 import Request
from consentry.local.preview import PreviewServer
root, folder, about = Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3])
server = PreviewServer(root, folder, about, "http://127.0.0.1:8081")
for line in sys.stdin:
    method, target, headers, body = json.loads(line)
    headers = [*map(tuple, headers), ("host", "127.0.0.1:8081")]
    answer = server.answer(Request(method, target, headers, body.encode(), "-"))
    print("@" + json.dumps([answer.status, dict(answer.headers), answer.body.decode()]), flush=True)
"""
ROOT = Path(__file__).parents[2]
ABOUT = {"forms": {"hcp-webinar": {"title": "x", "markets": ["DE"], "stages": []}}, "locales": ["de-DE"]}


@pytest.fixture(scope="module")
def asked(release: Path) -> Any:
    """In a process of its own: the read function looks where its content lies when it is imported."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(ROOT), str(release), json.dumps(ABOUT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "functions")},
    )
    assert child.stdin
    assert child.stdout

    def ask(method: str, target: str, body: Any = None, **headers: str) -> tuple[int, dict[str, str], Any]:
        assert child.stdin
        assert child.stdout
        child.stdin.write(json.dumps([method, target, list(headers.items()), json.dumps(body) if body else ""]) + "\n")
        child.stdin.flush()
        line = next(line for line in child.stdout if line.startswith("@"))  # between them, the function's metrics
        status, answered, text = json.loads(line[1:])
        return status, answered, json.loads(text) if text.startswith("{") else text

    yield ask
    child.communicate(timeout=10)


def test_pages_and_documents(asked: Any) -> None:
    status, headers, _ = asked("GET", "/")
    assert (status, headers["location"]) == (307, "/preview/hcp-webinar?market=DE&locale=de-DE")
    status, headers, page = asked("GET", "/preview/hcp-webinar?market=DE&locale=de-DE&stage=opt-in")
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "Preview of a draft" in page
    assert "default-src 'none'" in headers["content-security-policy"]
    assert asked("GET", "/_local/preview")[2]["locales"] == ["de-DE"]
    status, _, pointer = asked("GET", "/v1/forms/hcp-webinar?market=DE&locale=de-DE")
    assert (status, pointer["locale"]) == (200, "de-DE")
    assert asked("GET", pointer["document"])[2]["form"] == "hcp-webinar"
    assert asked("GET", "/v1/nowhere")[0] == 404


def test_another_host_is_sent_away(asked: Any) -> None:
    assert asked("GET", "/_local/preview", host="evil.example")[0] == 421
    assert asked("GET", "/web/preview.js", host="evil.example")[0] == 421


def test_what_is_sent_leads_through_the_stages_and_nowhere_else(asked: Any) -> None:
    body = {"market": "DE", "locale": "de-DE", "answers": {"email": "x"}}
    status, _, reply = asked("POST", "/v1/forms/hcp-webinar/submissions", body)
    assert (status, reply["submission_id"], reply["next"]) == (201, "preview", {"stage": "profile"})
    bearer = {"authorization": f"Bearer {reply['profile_token']}"}
    _, _, following = asked("POST", "/v1/profile/next", {}, **bearer)
    assert following["stage"] == "profile"
    assert "practice_type" in following["fields"]
    _, _, reply = asked("POST", "/v1/profile/answers", body, **bearer)
    assert reply["next"] == {"stage": "interests"}
    last = {"authorization": f"Bearer {reply['profile_token']}"}
    assert asked("POST", "/v1/profile/answers", body, **last)[2]["next"] is None
    assert asked("POST", "/v1/profile/next", {})[0] == 401
