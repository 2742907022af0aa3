"""A small HTTP/1.1 server on asyncio: keep-alive, pipelining, bodies by length or chunked, nothing else.

It knows nothing of the API. For one machine only: no TLS, loopback, one process.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import NamedTuple

MAX_HEAD = 64 * 1024
MAX_BODY = 10 * 1024 * 1024
"""What an HTTP API takes (10 MB)."""
IDLE_SECONDS = 75.0
_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


class Request(NamedTuple):
    """A request as it came; header names lower-case, in order."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    peer: str

    def header(self, name: str) -> str | None:
        """The first header of that lower-case name."""
        return next((value for known, value in self.headers if known == name), None)


class Response(NamedTuple):
    """A response; Content-Length, Date and Connection are the server's."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


Respond = Callable[[Request], Awaitable[Response]]


class _Refused(Exception):
    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def _head(data: bytes) -> tuple[str, str, str, list[tuple[str, str]]]:
    """Method, target, version, headers; strict, because leniency here is how requests are smuggled."""
    try:
        lines = data[:-4].decode("latin-1").split("\r\n")
        method, target, version = lines[0].split(" ")
    except ValueError:
        raise _Refused(400) from None
    if version not in ("HTTP/1.1", "HTTP/1.0") or not set(method) <= _TOKEN:
        raise _Refused(505 if version.startswith("HTTP/") and set(method) <= _TOKEN else 400)
    if not target.startswith("/") or any(character <= " " or character == "\x7f" for character in target):
        raise _Refused(400)
    headers = []
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon or not name or not set(name) <= _TOKEN or "\n" in value or "\r" in value or "\0" in value:
            raise _Refused(400)
        headers.append((name.lower(), value.strip(" \t")))
    return method, target, version, headers


def _length(headers: list[tuple[str, str]]) -> int | None:
    """The body's length; None when it is chunked."""
    lengths = {value for name, value in headers if name == "content-length"}
    codings = [value.lower() for name, value in headers if name == "transfer-encoding"]
    if codings:
        if lengths or codings != ["chunked"]:
            raise _Refused(400)
        return None
    if len(lengths) > 1:
        raise _Refused(400)
    text = lengths.pop() if lengths else "0"
    if not (text.isascii() and text.isdigit()):
        raise _Refused(400)
    length = int(text)
    if length > MAX_BODY:
        raise _Refused(413)
    return length


async def _chunked(reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    while True:
        line = await reader.readuntil(b"\r\n")
        try:
            size = int(line.partition(b";")[0].strip(), 16)
        except ValueError:
            raise _Refused(400) from None
        if size < 0 or len(body) + size > MAX_BODY:
            raise _Refused(413)
        if size == 0:
            while await reader.readuntil(b"\r\n") != b"\r\n":
                pass  # trailers are of no use here
            return bytes(body)
        body += await reader.readexactly(size)
        if await reader.readexactly(2) != b"\r\n":
            raise _Refused(400)


def render(response: Response, *, keep: bool, head: bool) -> bytes:
    """The bytes of a response; ``head`` leaves the body out but not its length."""
    try:
        phrase = HTTPStatus(response.status).phrase
    except ValueError:
        phrase = "Unknown"
    lines = [f"HTTP/1.1 {response.status} {phrase}"]
    lines += [f"{name}: {value}" for name, value in response.headers]
    bodiless = response.status in (204, 304)
    if not bodiless:
        lines.append(f"content-length: {len(response.body)}")
    lines.append(f"connection: {'keep-alive' if keep else 'close'}")
    head_bytes = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
    return head_bytes if head or bodiless else head_bytes + response.body


class Server:
    """Serves connections until closed; requests in hand are finished first."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond
        self._busy: set[asyncio.Task[None]] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, any number of requests. The callback of ``asyncio.start_server``."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 -- asyncio runs this in a task
        self._tasks.add(task)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, TimeoutError):
                while not self._closing and await self._exchange(task, reader, writer):
                    pass
        except asyncio.CancelledError:
            pass  # the server is closing and this client was idle
        finally:
            self._tasks.discard(task)
            self._busy.discard(task)
            writer.close()

    async def _exchange(
        self, task: "asyncio.Task[None]", reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Read one request, answer it; whether the connection stays open."""
        keep = head = False
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                data = await reader.readuntil(b"\r\n\r\n")
            self._busy.add(task)
            method, target, version, headers = _head(data)
            head = method == "HEAD"
            async with asyncio.timeout(IDLE_SECONDS):
                body = await self._body(reader, writer, version, headers)
            wish = {
                part.strip().lower() for name, value in headers if name == "connection" for part in value.split(",")
            }
            keep = "close" not in wish and (version == "HTTP/1.1" or "keep-alive" in wish)
            peer = writer.get_extra_info("peername")
            request = Request(method, target, headers, body, peer[0] if peer else "")
            response = await self._respond(request)
        except asyncio.LimitOverrunError:
            response = _plain(431)
        except _Refused as refused:
            response = _plain(refused.status)
        keep = keep and not self._closing
        writer.write(render(response, keep=keep, head=head))
        await writer.drain()
        self._busy.discard(task)
        return keep

    @staticmethod
    async def _body(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter, version: str, headers: list[tuple[str, str]]
    ) -> bytes:
        length = _length(headers)
        if length == 0:
            return b""
        if version == "HTTP/1.1" and any(name == "expect" and "100" in value for name, value in headers):
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return await _chunked(reader) if length is None else await reader.readexactly(length)

    async def close(self, patience: float = 3.0) -> None:
        """End idle connections, wait ``patience`` seconds for requests in hand, then end those too."""
        self._closing = True
        for task in self._tasks - self._busy:
            task.cancel()
        if self._busy:
            await asyncio.wait(self._busy, timeout=patience)
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=1)


def _plain(status: int) -> Response:
    """A refusal of the gateway itself; like API Gateway's own, it is no problem document."""
    text = f'{{"message":"{HTTPStatus(status).phrase}"}}'
    return Response(status, [("content-type", "application/json")], text.encode())
