"""The server on the wire."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from consentry.local import http1
from consentry.local.http1 import MAX_BODY, MAX_HEAD, Request, Response, Server

GET = b"GET /a HTTP/1.1\r\nhost: x\r\n\r\n"


async def _echo(request: Request) -> Response:
    said = f"{request.method} {request.target} {request.header('x-a')} ".encode() + request.body
    return Response(200, [("content-type", "text/plain")], said)


def _talk(sent: bytes, respond: Callable[[Request], Awaitable[Response]] = _echo, *, end: bool = True) -> bytes:
    async def talk() -> bytes:
        server = Server(respond)
        listening = await asyncio.start_server(server.connection, "127.0.0.1", 0, limit=MAX_HEAD)
        reader, writer = await asyncio.open_connection(*listening.sockets[0].getsockname())
        writer.write(sent)
        if end:
            writer.write_eof()
        async with asyncio.timeout(5):
            answered = await reader.read()
        writer.close()
        listening.close()
        await server.close()
        return answered

    return asyncio.run(talk())


def test_a_request_and_its_answer() -> None:
    answered = _talk(b"POST /a?b=c HTTP/1.1\r\nHost: x\r\nX-A:  1 \r\nContent-Length: 3\r\n\r\nabc")
    head, _, body = answered.partition(b"\r\n\r\n")
    assert head.split(b"\r\n") == [
        b"HTTP/1.1 200 OK", b"content-type: text/plain", b"content-length: 17", b"connection: keep-alive",
    ]  # fmt: skip
    assert body == b"POST /a?b=c 1 abc"


def test_connections_are_kept_and_pipelined_requests_answered_in_order() -> None:
    answered = _talk(GET + GET.replace(b"/a", b"/b") + GET.replace(b"/a", b"/c"))
    assert answered.count(b"HTTP/1.1 200") == 3
    assert answered.index(b"GET /a") < answered.index(b"GET /b") < answered.index(b"GET /c")


@pytest.mark.parametrize(
    ("request_head", "answers"),
    [
        (b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", 1),
        (b"GET / HTTP/1.0\r\n\r\n", 1),
        (b"GET / HTTP/1.0\r\nconnection: keep-alive\r\n\r\n", 2),
    ],
)
def test_connections_close_when_asked(request_head: bytes, answers: int) -> None:
    assert _talk(request_head * 2, end=answers == 2).count(b"HTTP/1.1 200") == answers


def test_chunked_bodies() -> None:
    head = b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
    answered = _talk(head + b"3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\ntrailer: x\r\n\r\n" + GET)
    assert b"POST / None abcde" in answered
    assert b"GET /a" in answered


def test_expect_continue() -> None:
    head = b"POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 1\r\n\r\n"
    assert _talk(head + b"z").startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")


def test_head_has_the_length_and_no_body() -> None:
    answered = _talk(GET.replace(b"GET", b"HEAD") + GET)
    first, _, rest = answered.partition(b"\r\n\r\n")
    assert b"content-length: 13" in first
    assert rest.startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize("status", [204, 304])
def test_bodiless_answers(status: int) -> None:
    async def nothing(_request: Request) -> Response:
        return Response(status, [("etag", '"x"')], b"")

    answered = _talk(GET, nothing)
    assert answered.startswith(f"HTTP/1.1 {status}".encode())
    assert b"content-length" not in answered


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /\r\n\r\n", 400),
        (b"GET  / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\n\r\n", 505),
        (b"G(T / HTTP/1.1\r\n\r\n", 400),
        (b"GET http://x/ HTTP/1.1\r\n\r\n", 400),
        (b"GET /\x01 HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\na b: c\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n folded: c\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\na: b\nc: d\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab", 400),
        (b"POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\ncontent-length: +1\r\n\r\na", 400),
        (b"POST / HTTP/1.1\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc\r\n", 400),
        (b"POST / HTTP/1.1\r\ncontent-length: %d\r\n\r\n" % (MAX_BODY + 1), 413),
        (b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n%x\r\n" % (MAX_BODY + 1), 413),
        (b"GET / HTTP/1.1\r\na: " + b"b" * MAX_HEAD + b"\r\n\r\n", 431),
    ],
)
def test_what_is_not_http_is_refused_and_the_connection_closed(sent: bytes, status: int) -> None:
    answered = _talk(sent + GET)
    assert answered.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"connection: close" in answered
    assert answered.count(b"HTTP/1.1") == 1


def test_a_client_that_leaves_in_the_middle_harms_nobody() -> None:
    assert _talk(b"POST / HTTP/1.1\r\ncontent-length: 9\r\n\r\nabc") == b""


def test_closing_finishes_what_is_in_hand_and_drops_what_is_idle() -> None:
    async def talk() -> tuple[bytes, bytes]:
        working = asyncio.Event()

        async def slow(_request: Request) -> Response:
            working.set()
            await asyncio.sleep(0.2)
            return Response(200, [], b"done")

        server = Server(slow)
        listening = await asyncio.start_server(server.connection, "127.0.0.1", 0)
        address = listening.sockets[0].getsockname()
        idle, idle_writer = await asyncio.open_connection(*address)
        busy, busy_writer = await asyncio.open_connection(*address)
        busy_writer.write(GET)
        await working.wait()
        async with asyncio.timeout(2):
            await server.close()
            said = await busy.read(), await idle.read()
        listening.close()
        idle_writer.close()
        busy_writer.close()
        return said

    busy, idle = asyncio.run(talk())
    assert busy.startswith(b"HTTP/1.1 200")
    assert b"connection: close" in busy
    assert busy.endswith(b"done")
    assert idle == b""


def test_closing_does_not_wait_for_ever() -> None:
    async def talk() -> float:
        working = asyncio.Event()

        async def stuck(_request: Request) -> Response:
            working.set()
            await asyncio.sleep(60)
            raise AssertionError

        server = Server(stuck)
        listening = await asyncio.start_server(server.connection, "127.0.0.1", 0)
        _, writer = await asyncio.open_connection(*listening.sockets[0].getsockname())
        writer.write(GET)
        await working.wait()
        before = asyncio.get_running_loop().time()
        await server.close(patience=0.1)
        took = asyncio.get_running_loop().time() - before
        listening.close()
        writer.close()
        return took

    assert asyncio.run(talk()) < 2


def test_an_idle_connection_is_closed_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http1, "IDLE_SECONDS", 0.1)
    assert _talk(b"", end=False) == b""
    assert _talk(b"POST / HTTP/1.1\r\ncontent-length: 9\r\n\r\nabc", end=False) == b""
