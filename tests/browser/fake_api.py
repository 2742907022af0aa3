"""A small server that keeps the contract of the visitor API, with faults on request.

Serves ``web/`` and the sample landing page too, with the strict Content-Security-Policy that the page must live
under. Idempotency is real: a key answers its own body again and refuses another one.
"""

import json
import socket
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from browser import fixture_documents as fixture

WEB = Path(__file__).parents[2] / "web"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
PAGES = {"/": "index.html", "/path": "path.html", "/docs": "docs.html"}
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


@dataclass
class Fault:
    """What happens to the next POST on ``path``.

    ``kind``: ``drop`` (handled, the reply is lost), ``refuse`` (the connection closes before anything is read
    from it), ``torn`` (handled, half a reply), ``status`` (``status`` with ``problem`` as the body, nothing stored).
    """

    kind: str
    path: str = "/submissions"
    status: int = 503
    problem: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Post:
    """One POST as it arrived."""

    path: str
    key: str | None
    token: str | None
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        """The JSON body."""
        value: dict[str, Any] = json.loads(self.raw)
        return value


class FakeApi:
    """The server and everything a test wants to know or change about it."""

    def __init__(self, content: fixture.FixtureContent | fixture.ReleaseContent | None = None) -> None:
        self.content = content or fixture.FixtureContent()
        self.faults: list[Fault] = []
        self.posts: list[Post] = []
        self.stored: list[Post] = []
        self.double_opt_in = False
        self.arrivals: list[dict[str, Any]] = []
        self._replies: dict[str, tuple[bytes, bytes]] = {}
        self._lock = threading.Lock()
        api = self

        class Handler(_Handler):
            server_api = api

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.origin = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def release(self) -> str:
        """The current release id."""
        return self.content.release

    def publish(self) -> None:
        """New legal texts: the old digests are refused from now on."""
        assert isinstance(self.content, fixture.FixtureContent)
        self.content.version += 1

    def page(self, site: str = "demo-de", query: str = "", form: str = fixture.FORM) -> str:
        """The URL of a sample landing page."""
        return f"{self.origin}/demo/{site}/{form}{query}"

    def texts(self, form: str = fixture.FORM) -> dict[str, str]:
        """Digest to canonical text, of every text served now."""
        found = {}
        for market, locales in self.content.locales(form).items():
            for locale in locales:
                doc = json.loads(self.content.document(form, self.release, market, locale))
                for text in [doc["notice"], *(one for stage in doc["stages"] for one in stage["statements"])]:
                    found[text["digest"]] = fixture.canonical(text)
        return found

    # ---- routes

    def get(self, path: str, query: dict[str, list[str]], language: str) -> tuple[int, str, bytes]:
        """Answer a GET: status, content type, body."""
        if path in PAGES or path.startswith("/demo/"):
            return 200, "text/html", (WEB / PAGES.get(path, "landing.html")).read_bytes()
        if path.startswith("/web/"):
            file = (WEB / path[5:]).resolve()
            if file.is_file() and WEB.resolve() in file.parents:
                return 200, TYPES.get(file.suffix, "application/octet-stream"), file.read_bytes()
        if path == "/_local/sites":
            return 200, "application/json", _json({"sites": self.content.sites()})
        if path == "/_local/arrivals":
            return 200, "application/json", _json({"arrivals": self.arrivals})
        if path == "/v1/markets":
            return 200, "application/json", _json({"markets": [self._market(one) for one in self._markets()]})
        parts = path.split("/")
        if parts[:3] == ["", "v1", "forms"] and parts[3] in self.content.forms:
            if len(parts) == 4:
                return self._pointer(parts[3], query, language)
            if len(parts) == 9 and parts[4] == "projections":
                form, _, release, market, locale, name = parts[3:]
                found = self.content.messages if name == "messages.json" else self.content.document
                return 200, "application/json", found(form, release, market, locale)
        return 404, "application/problem+json", _json(_problem(404, "not-found"))

    def _markets(self) -> list[str]:
        return sorted({market for form in self.content.forms for market in self.content.locales(form)})

    def _market(self, market: str) -> dict[str, Any]:
        forms = [form for form in self.content.forms if market in self.content.locales(form)]
        tags = self.content.locales(forms[0])[market]
        return {
            "market": market,
            "name": self.content.market_name(market),
            "place": {"country": market[:2], "region": None},
            "locales": [{"locale": tag, "name": self.content.language(tag)} for tag in tags],
            "forms": forms,
            "sample": True,
        }

    def _pointer(self, form: str, query: dict[str, list[str]], language: str) -> tuple[int, str, bytes]:
        market = query.get("market", [""])[0]
        locales = self.content.locales(form).get(market)
        if not locales:
            return 404, "application/problem+json", _json(_problem(404, "unknown-market"))
        wanted = query.get("locale", [language])[0]
        locale = next((tag for tag in locales if tag == wanted), locales[0])
        entries = {tag: self._entry(form, market, tag) for tag in locales}
        body = {
            "form": form,
            "market": market,
            "locale": locale,
            "dir": "rtl" if locale.startswith("ar") else "ltr",
            "release": self.release,
            "state": "current",
            "dialect": "consentry",
            **entries[locale],
            "fallbacks": [],
            "alternates": [
                {"locale": tag, "name": self.content.language(tag), **entry} for tag, entry in entries.items()
            ],
        }
        return 200, "application/json", _json(body)

    def _entry(self, form: str, market: str, locale: str) -> dict[str, str]:
        folder = f"/v1/forms/{form}/projections/{self.release}/{market}/{locale}"
        return {
            "document": f"{folder}/consentry.json",
            "messages": f"{folder}/messages.json",
            "digest": fixture.digest_of(self.content.document(form, self.release, market, locale)),
        }

    def post(self, post: Post) -> tuple[int, dict[str, Any]]:
        """Answer a POST that no fault has taken: status, body."""
        if post.path.endswith("/next"):
            done: set[str] = set()
            for one in reversed(self.stored):
                done.add(one.body.get("stage", "opt-in"))
                if "opt-in" in done:
                    break
            stage = next((one for one in ("profile", "interests") if one not in done), None)
            return 200, {"stage": stage, "fields": None, "statements": None, "form": fixture.FORM}
        with self._lock:
            known = self._replies.get(post.key or "")
            if known:
                return (
                    (201, json.loads(known[1]))
                    if known[0] == post.raw
                    else (422, _problem(422, "idempotency-key-reused"))
                )
            refusal = self._judge(self._form_of(post), post.body)
            if refusal:
                return refusal["status"], refusal
            reply = self._accept(post)
            self._replies[post.key or ""] = (post.raw, _json(reply))
            self.stored.append(post)
            return 201, reply

    def _form_of(self, post: Post) -> str:
        if post.path.endswith("/submissions"):
            return post.path.split("/")[3]
        return next(self._form_of(one) for one in reversed(self.stored) if one.path.endswith("/submissions"))

    def _judge(self, form: str, body: dict[str, Any]) -> dict[str, Any] | None:
        market, locale = body["market"], body["locale"]
        pointer = f"/v1/forms/{form}?market={market}&locale={locale}"
        current = self.texts(form)
        if any(one["digest"] not in current for one in [body["notice"], *body["consents"]]):
            return _problem(409, "consent-text-changed", pointer=pointer)
        country = body["answers"].get("country", market[:2])
        if country != market[:2]:
            if country not in self.content.locales(form):
                return _problem(409, "place-not-hosted", pointer=None)
            return _problem(409, "market-mismatch", pointer=f"/v1/forms/{form}?market={country}")
        if body["answers"].get("email", "").endswith("@refused.example.com"):
            errors = [{"pointer": "/answers/email", "code": "invalid", "detail": "Server: check the address"}]
            return _problem(422, "invalid-answers", errors=errors)
        return None

    def _accept(self, post: Post) -> dict[str, Any]:
        stage = post.body.get("stage", "opt-in")
        agreed = "requested" if self.double_opt_in else "given"
        following = {"opt-in": "profile", "profile": "interests"}.get(stage)
        return {
            "submission_id": f"{len(self.stored) + 1:032x}",
            "accepted_at": "2026-11-22T10:00:00Z",
            "statements": [
                {
                    **{name: one[name] for name in ("statement", "version", "digest")},
                    "state": agreed if one["given"] else "refused",
                }
                for one in post.body["consents"]
            ],
            "profile_token": "token-" + (post.key or ""),
            "next": {"stage": following} if following else None,
        }

    def take_fault(self, path: str) -> Fault | None:
        """The first fault waiting for this path, once."""
        with self._lock:
            for at, fault in enumerate(self.faults):
                if path.endswith(fault.path):
                    return self.faults.pop(at)
        return None


def _problem(status: int, code: str, **more: Any) -> dict[str, Any]:
    return {
        "type": f"urn:consentry:problem:{code}",
        "title": f"Title of {code}",
        "status": status,
        "detail": f"Detail of {code}",
        **more,
    }


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


class _Handler(BaseHTTPRequestHandler):
    server_api: FakeApi
    protocol_version = "HTTP/1.0"  # on a kept-alive connection Chromium itself repeats a POST whose reply was lost

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the name is the base class's
        """Say nothing."""

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        language = self.headers.get("Accept-Language", "").split(",")[0]
        self._answer(*self.server_api.get(url.path, parse_qs(url.query), language))

    def do_POST(self) -> None:
        api = self.server_api
        raw = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        token = self.headers.get("Authorization")
        post = Post(self.path, self.headers.get("Idempotency-Key"), token, raw)
        fault = api.take_fault(self.path)
        api.posts.append(post)
        if fault and fault.kind == "refuse":
            return self._hang_up()
        if fault and fault.kind == "status":
            problem = fault.problem or _problem(fault.status, "try-again")
            return self._answer(fault.status, "application/problem+json", _json(problem), **fault.headers)
        status, body = api.post(post)
        if fault and fault.kind == "drop":
            return self._hang_up()
        data = _json(body)
        if fault and fault.kind == "torn":
            data = data[: len(data) // 2]
        kind = "application/json" if status < 400 else "application/problem+json"
        return self._answer(status, kind, data)

    def _hang_up(self) -> None:
        self.connection.shutdown(socket.SHUT_RDWR)

    def _answer(self, status: int, kind: str, body: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)
