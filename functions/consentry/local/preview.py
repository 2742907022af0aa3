"""Serves a preview: the real pages and the real read function over drafts. What is sent to it goes nowhere."""

import asyncio
import contextlib
import importlib
import json
import os
import re
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from consentry.local.gateway import FAILED, event, match, response
from consentry.local.http1 import MAX_HEAD, Request, Response, Server
from consentry.local.loops import Context
from consentry.local.pages import Pages

_PAGE = re.compile(r"/preview/([a-z0-9-]+)")
_SUBMIT = re.compile(r"/v1/forms/([a-z0-9-]+)/submissions")
_TOKEN = re.compile(r"Bearer preview\.([a-z0-9-]+)\.([A-Z-]+)\.([A-Za-z-]+)\.([a-z-]+)")


class PreviewServer:
    """Answers for one compiled draft. ``about`` is told to the page beside the form."""

    def __init__(self, root: Path, folder: Path, about: dict[str, Any], origin: str) -> None:
        os.environ |= {"CONTENT_DIR": str(folder / "definitions"), "ENVIRONMENT": "preview", "PRODUCTION": "false"}
        self._read = importlib.import_module("consentry.forms.definitions_handler").handler
        self._index = json.loads((folder / "definitions/index.json").read_bytes())
        self._documents = folder / "definitions/documents"
        self._pages = Pages(root / "web", self._index, origin, lambda: {"arrivals": []})
        self._about = about
        self._origin = origin

    def answer(self, request: Request) -> Response:
        """A page, a document, or an acknowledgement of what was thrown away."""
        path, _, query = request.target.partition("?")
        path = unquote(path)
        if f"http://{request.header('host')}" != self._origin:
            return _json(421, {"detail": f"open {self._origin}/"})
        if path == "/":
            return Response(307, [("location", self.first()), ("cache-control", "no-store")], b"")
        if path == "/_local/preview":
            return _json(200, self._about)
        if request.method == "POST":
            return self._taken(path, request)
        if _PAGE.fullmatch(path):
            request = request._replace(target="/web/preview.html" + ("?" + query if query else ""))
        local = self._pages.answer(request)
        if local is not None:
            return local
        asked = event(request, match(request.method, path), path, time.time())
        return response(self._read(asked, Context("forms-definitions")))

    def first(self) -> str:
        """The page to begin with."""
        for name, form in self._about["forms"].items():
            return f"/preview/{name}?market={form['markets'][0]}&locale={self._about['locales'][0]}"
        return "/preview/none"

    # Nothing is stored: an acknowledgement is what lets a translator see the later stages.

    def _taken(self, path: str, request: Request) -> Response:
        body = json.loads(request.body or b"{}")
        if found := _SUBMIT.fullmatch(path):
            stages = self._stages(found[1], body["market"], body["locale"])
            return self._acknowledged(found[1], body["market"], body["locale"], stages, 0)
        token = _TOKEN.fullmatch(request.header("authorization") or "")
        if token is None:
            return _json(401, {"title": "This is a preview", "detail": "Reload the page."})
        form, market, locale, stage = token.groups()
        stages = self._stages(form, market, locale)
        at = next((index for index, each in enumerate(stages) if each["id"] == stage), 0)
        if path == "/v1/profile/answers":
            return self._acknowledged(form, market, locale, stages, at)
        shown = stages[at]
        fields, statements = [f["name"] for f in shown["fields"]], [s["id"] for s in shown["statements"]]
        return _json(200, {"stage": stage, "fields": fields, "statements": statements})

    def _stages(self, form: str, market: str, locale: str) -> list[dict[str, Any]]:
        entry = self._index["forms"][form]["markets"][market]["documents"][locale]  # a name that is none ends here
        if "consentry" not in entry:
            return []
        path = self._documents / self._index["release"] / form / market / locale / "consentry.json"
        stages: list[dict[str, Any]] = json.loads(path.read_bytes())["stages"]
        return stages

    def _acknowledged(self, form: str, market: str, locale: str, stages: list[dict[str, Any]], done: int) -> Response:
        following = stages[done + 1]["id"] if done + 1 < len(stages) else None
        reply: dict[str, Any] = {
            "submission_id": "preview",
            "accepted_at": "1970-01-01T00:00:00.000Z",
            "statements": [],
            "profile_token": f"preview.{form}.{market}.{locale}.{following}" if following else None,
            "next": {"stage": following} if following else None,
        }
        return _json(201, reply)


def _json(status: int, value: Any) -> Response:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(status, [("content-type", "application/json"), ("cache-control", "no-store")], body)


def serve(root: Path, folder: Path, about: dict[str, Any], port: int, say: Callable[[str], None]) -> None:
    """Serve until Ctrl-C.

    Raises:
        OSError: the port cannot be used.
    """
    with (
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener,
        Path(os.devnull).open("w", encoding="utf-8") as nowhere,
    ):
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(64)
        origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = PreviewServer(root, folder, about, origin)
        say(f"preview: {origin}{server.first()}\nCtrl-C ends it.")
        with contextlib.redirect_stdout(nowhere):  # the read function's metrics
            asyncio.run(_serve(server, listener))


async def _serve(preview: PreviewServer, listener: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    ending = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, ending.set)

    async def respond(request: Request) -> Response:
        try:
            return await loop.run_in_executor(None, preview.answer, request)
        except (KeyError, ValueError, OSError):
            return FAILED

    server = Server(respond)
    listening = await asyncio.start_server(server.connection, sock=listener, limit=MAX_HEAD)
    await ending.wait()
    listening.close()
    await server.close()
