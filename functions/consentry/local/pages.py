"""The local pages: the list of sites, landing pages, the path page, the API's documentation, and ``web/``."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from consentry.local.http1 import Request, Response

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}
_PAGES = {"/": "index.html", "/path": "path.html", "/docs": "docs.html"}
_DEMO = re.compile(r"/demo/([a-z0-9-]+)/([a-z0-9-]+)")
_STATIC = re.compile(r"/web/((?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*)")
_LOOPBACK = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?")


class Pages:
    """Answers local paths; ``None`` means that the path belongs to the API."""

    def __init__(
        self, web: Path, index: Mapping[str, Any], origin: str, arrivals: Callable[[], dict[str, Any]]
    ) -> None:
        self._web = web
        self._sites: Mapping[str, Any] = index["sites"]
        self._origin = origin
        self._arrivals = arrivals

    def answer(self, request: Request) -> Response | None:
        """A local page, a file of ``web/``, or JSON for the pages."""
        path = unquote(request.target.partition("?")[0])
        if not self._is_local(path) or request.method not in ("GET", "HEAD"):
            return None
        host = request.header("host") or ""
        if not _LOOPBACK.fullmatch(host):
            # A foreign name that resolves to this machine must not be able to read what visitors answered.
            return _text(421, "This page is served to 127.0.0.1 and localhost only.\n")
        if f"http://{host}" != self._origin and not path.startswith("/_local/"):
            # One origin, because submissions are accepted from one.
            return Response(307, [("location", self._origin + request.target), ("cache-control", "no-store")], b"")
        if path == "/_local/arrivals":
            return _json(self._arrivals())
        if path == "/_local/sites":
            return _json({"sites": [_site(name, site) for name, site in self._sites.items()]})
        return self._page(path)

    @staticmethod
    def _is_local(path: str) -> bool:
        return path in _PAGES or path.startswith(("/web/", "/demo/", "/_local/"))

    def _page(self, path: str) -> Response:
        name = _PAGES.get(path)
        if found := _DEMO.fullmatch(path):
            site, form = found.groups()
            name = "landing.html" if form in self._sites.get(site, {}).get("forms", ()) else None
        elif found := _STATIC.fullmatch(path):
            name = found[1]
        file = self._web / name if name else None
        if file is None or file.suffix not in _TYPES or not file.is_file():
            return _text(404, "There is no such page here. / lists the sample sites.\n")
        headers = [("content-type", _TYPES[file.suffix]), ("cache-control", "no-cache"), *_GUARDS]
        return Response(200, headers, file.read_bytes())


_GUARDS = [
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("cross-origin-resource-policy", "same-origin"),
]


def _site(name: str, site: Mapping[str, Any]) -> dict[str, Any]:
    return {"site": name, **{key: site.get(key) for key in ("name", "forms", "market", "markets", "theme")}}


def _json(value: Any) -> Response:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(200, [("content-type", "application/json"), ("cache-control", "no-store"), *_GUARDS], body)


def _text(status: int, text: str) -> Response:
    return Response(status, [("content-type", "text/plain; charset=utf-8"), *_GUARDS], text.encode())
