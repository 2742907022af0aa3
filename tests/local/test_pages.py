"""Local pages: what is served, to whom, under which policy."""

from pathlib import Path
from typing import Any

import pytest

from consentry.local.http1 import Request, Response
from consentry.local.pages import POLICY, Pages

ORIGIN = "http://127.0.0.1:8080"
INDEX: dict[str, Any] = {
    "sites": {
        "demo-de": {
            "name": "D",
            "forms": ["f"],
            "market": "DE",
            "markets": ["DE"],
            "theme": {},
            "origins": ["https://x"],
        }
    }
}


@pytest.fixture
def pages(tmp_path: Path) -> Pages:
    web = tmp_path / "web"
    (web / "deep").mkdir(parents=True)
    for name in (
        "index.html",
        "path.html",
        "docs.html",
        "landing.html",
        "a.js",
        "deep/b.css",
        "notes.md",
        ".hidden.js",
    ):
        (web / name).write_text(name)
    (web / ".hidden.js").write_text("hidden")
    (tmp_path / "secret.js").write_text("secret")
    return Pages(web, INDEX, ORIGIN, lambda: {"arrivals": ["é"]})


def _ask(pages: Pages, path: str, host: str = "127.0.0.1:8080", method: str = "GET") -> Response | None:
    return pages.answer(Request(method, path, [("host", host)], b"", "127.0.0.1"))


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("/", "index.html"),
        ("/?a=b", "index.html"),
        ("/path", "path.html"),
        ("/docs", "docs.html"),
        ("/demo/demo-de/f?locale=de-DE", "landing.html"),
        ("/web/a.js", "a.js"),
        ("/web/deep/b.css", "deep/b.css"),
    ],
)
def test_pages_and_files(pages: Pages, path: str, file: str) -> None:
    answered = _ask(pages, path)
    assert answered
    assert (answered.status, answered.body) == (200, file.encode())
    assert dict(answered.headers)["content-security-policy"] == POLICY
    assert dict(answered.headers)["cache-control"] == "no-cache"


def test_the_policy_is_the_strict_one() -> None:
    assert POLICY == (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


@pytest.mark.parametrize(
    "path",
    [
        "/web/../secret.js", "/web/%2e%2e/secret.js", "/web/..%2fsecret.js", "/web//etc/passwd", "/web/.hidden.js",
        "/web/notes.md", "/web/nothing.js", "/web/", "/demo/demo-de/g", "/demo/other/f", "/demo/demo-de", "/_local/x",
    ],
)  # fmt: skip
def test_everything_else_under_local_paths_is_not_there(pages: Pages, path: str) -> None:
    answered = _ask(pages, path)
    assert answered
    assert answered.status == 404


@pytest.mark.parametrize("path", ["/v1/markets", "/openapi.json", "/nope", "/pathological", "/docs/x"])
def test_other_paths_are_the_apis(pages: Pages, path: str) -> None:
    assert _ask(pages, path) is None


def test_only_reading_is_local(pages: Pages) -> None:
    assert _ask(pages, "/path", method="POST") is None
    assert _ask(pages, "/path", method="HEAD")


def test_json_for_the_pages(pages: Pages) -> None:
    arrivals, sites = _ask(pages, "/_local/arrivals"), _ask(pages, "/_local/sites")
    assert arrivals
    assert sites
    assert arrivals.body == '{"arrivals":["é"]}'.encode()
    assert dict(arrivals.headers)["cache-control"] == "no-store"
    assert b'"site":"demo-de"' in sites.body
    assert b"origins" not in sites.body


@pytest.mark.parametrize("host", ["evil.example.net", "127.0.0.1.example.net:8080", "", "localhost.example.net"])
@pytest.mark.parametrize("path", ["/_local/arrivals", "/path"])
def test_foreign_names_are_refused(pages: Pages, host: str, path: str) -> None:
    answered = _ask(pages, path, host)
    assert answered
    assert answered.status == 421


def test_other_names_of_this_machine_are_sent_to_the_one_origin(pages: Pages) -> None:
    moved = _ask(pages, "/demo/demo-de/f?locale=de-DE", "localhost:8080")
    assert moved
    assert (moved.status, dict(moved.headers)["location"]) == (307, f"{ORIGIN}/demo/demo-de/f?locale=de-DE")
    answered = _ask(pages, "/_local/arrivals", "localhost:8080")
    assert answered
    assert answered.status == 200
