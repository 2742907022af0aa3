"""Staff at work: an identity provider for tests, people with tokens, and a concept's way into force."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from support.serving import Answer

AUDIENCE = "consentry-staff"
Send = Callable[..., Answer]
"""``send(method, path, body, **headers)``."""


class Issuer:
    """An OpenID Connect issuer: its address, and tokens it signs."""

    def __init__(self, address: str, key: rsa.RSAPrivateKey) -> None:
        self.address = address
        self._key = key

    def token(self, sub: str, scopes: str, locales: str = "*", markets: str = "*", **changes: Any) -> str:
        """A token as the authorizer wants it, but for ``changes`` (None leaves a claim out)."""
        now = int(time.time())
        claims = {
            "iss": self.address, "aud": AUDIENCE, "sub": sub, "scope": scopes, "locales": locales, "markets": markets,
            "iat": now - 1, "nbf": now - 1, "exp": now + 3600, **changes,
        }  # fmt: skip
        said = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(said, self._key, algorithm="RS256", headers={"kid": "tests"})


@contextmanager
def issuer() -> Iterator[Issuer]:
    """One on a free loopback port."""
    key = rsa.generate_private_key(65537, 2048)
    public = {**RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": "tests", "alg": "RS256", "use": "sig"}

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            at = f"http://{self.headers['host']}"
            pages = {
                "/.well-known/openid-configuration": {"issuer": at, "jwks_uri": f"{at}/keys"},
                "/keys": {"keys": [public]},
            }
            page = pages.get(self.path)
            self.send_response(200 if page else 404)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(page or {}).encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the base class's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Issuer(f"http://127.0.0.1:{server.server_address[1]}", key)
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


class Person:
    """One member of staff, with a token of their own."""

    def __init__(self, send: Send, token: str) -> None:
        self._send = send
        self._token = token

    def ask(self, method: str, path: str, value: Any = None, **headers: str) -> Answer:
        """A request with the token; ``value`` as JSON."""
        body = None if value is None else json.dumps(value).encode()
        given = {"Content_Type": "application/json"} if value is not None else {}
        return self._send(method, path, body, Authorization=f"Bearer {self._token}", **given, **headers)

    def send(self, method: str, path: str, body: bytes, **headers: str) -> Answer:
        """A request with the token and any body."""
        return self._send(method, path, body, Authorization=f"Bearer {self._token}", **headers)

    def get(self, path: str) -> Any:
        """The JSON at ``path``."""
        answer = self.ask("GET", path)
        assert answer.status == 200, answer.body
        return answer.json

    def listed(self, path: str, name: str) -> list[Any]:
        """All pages of a list; a filtered page may be empty and still have a next one."""
        found: list[Any] = []
        following: str | None = ""
        while following is not None:
            page = self.get(f"{path}&cursor={following}" if following else path)
            found += page[name]
            following = page["next"]
        return found


def concept(name: str, german: str = "Elektropostfach", english: str = "email address") -> dict[str, Any]:
    """A concept whose German is not what is published, so that approving it breaks something."""
    return {
        "concept": name,
        "subject": "communication",
        "definition": "Where electronic mail for a person is delivered.",
        "source": {"kind": "house", "text": "Tests"},
        "terms": {"en": [{"text": english}], "de": [{"text": german}]},
    }


class Team:
    """An author, a terminologist and a medical reviewer: nobody reviews their own work."""

    def __init__(self, send: Send, token: Callable[[str, str], str]) -> None:
        self.author = Person(send, token("author-1", "glossary:read glossary:edit translations:edit"))
        self.terminologist = Person(send, token("terminologist-1", "glossary:read glossary:review translations:review"))
        self.physician = Person(send, token("physician-1", "glossary:read glossary:approve translations:approve"))

    def create(self, name: str, **words: str) -> Answer:
        return self.author.ask("POST", "/v1/glossary/concepts", {"concept": concept(name, **words), "reason": "a test"})

    def submitted(self, name: str) -> Answer:
        """Created and handed to the reviewers."""
        made = self.create(name)
        assert made.status == 201, made.body
        handed = self.author.ask("POST", f"/v1/glossary/concepts/{name}/submission", {"reason": "please review"})
        assert handed.status == 200, handed.body
        return handed

    def reviews(self, name: str, tag: str) -> Iterator[Answer]:
        """Both reviews of both languages, one by one; the last one brings the concept into force."""
        for locale in ("en", "de"):
            for person, role in ((self.terminologist, "terminologist"), (self.physician, "medical-reviewer")):
                said = {"locale": locale, "role": role, "reason": "it is right"}
                answer = person.ask("POST", f"/v1/glossary/concepts/{name}/approvals", said, If_Match=tag)
                yield answer
                tag = answer.headers.get("etag", tag)

    def in_force(self, name: str) -> Answer:
        """A concept all the way; the answer to the last review."""
        answers = list(self.reviews(name, self.submitted(name).headers["etag"]))
        assert [answer.status for answer in answers] == [200] * 4, [answer.body for answer in answers]
        return answers[-1]

    def rechecked(self, answer: Answer, seconds: float = 60) -> dict[str, Any]:
        """The re-check that an approval caused, once it is done."""
        path = answer.headers["link"].partition("<")[2].partition(">")[0]
        until = time.monotonic() + seconds
        while True:
            report: dict[str, Any] = self.author.get(path)
            if report["state"] == "done" or time.monotonic() > until:
                return report
            time.sleep(0.2)
