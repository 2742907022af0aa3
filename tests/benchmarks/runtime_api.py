"""The Lambda Runtime API on loopback: real runtime clients poll it, so a handler runs as it does in AWS.

Three endpoints and ``init/error`` (AWS Lambda developer guide, "Using the Lambda runtime API"); one instance may
serve several functions, each with any number of worker processes.
"""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from consentry.local.http1 import MAX_HEAD, Request, Response, Server

ROOT = Path(__file__).parents[2]
_PREFIX = "/2018-06-01/runtime/"


class InvocationError(Exception):
    """The function failed: while initialising, or with an exception; the text is what it reported."""


class _Pending(NamedTuple):
    event: bytes
    answer: "asyncio.Future[bytes]"


class RuntimeApi:
    """One function's queue of events. ``address`` goes into ``AWS_LAMBDA_RUNTIME_API``."""

    def __init__(self) -> None:
        self.address = ""
        self._queue: asyncio.Queue[tuple[str, _Pending]] = asyncio.Queue()
        self._running: dict[str, _Pending] = {}
        self._server = Server(self._respond)
        self._listening: asyncio.Server | None = None

    async def __aenter__(self) -> "RuntimeApi":
        self._listening = await asyncio.start_server(self._server.connection, "127.0.0.1", 0, limit=MAX_HEAD)
        host, port = self._listening.sockets[0].getsockname()[:2]
        self.address = f"{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._listening
        self._listening.close()
        await self._server.close(patience=0.1)

    async def invoke(self, event: bytes) -> bytes:
        """The function's answer to a JSON event; whichever worker is free takes it.

        Raises:
            InvocationError: it failed.
        """
        pending = _Pending(event, asyncio.get_running_loop().create_future())
        await self._queue.put((uuid.uuid4().hex, pending))
        return await pending.answer

    def abandon(self, why: str) -> None:
        """Fail every invocation that has no answer: its worker is gone."""
        waiting = list(self._running.values())
        while not self._queue.empty():
            waiting.append(self._queue.get_nowait()[1])
        for pending in waiting:
            if not pending.answer.done():
                pending.answer.set_exception(InvocationError(why))

    async def _respond(self, request: Request) -> Response:
        path = request.target.removeprefix(_PREFIX)
        if path == "invocation/next":
            return await self._next()
        if path == "init/error":
            _, pending = await self._queue.get()
            pending.answer.set_exception(InvocationError(f"init: {request.body.decode()}"))
            return Response(202, [], b"")
        _, invocation, what = path.split("/")
        pending = self._running.pop(invocation)
        if what == "response":
            pending.answer.set_result(request.body)
        else:
            pending.answer.set_exception(InvocationError(request.body.decode()))
        return Response(202, [("content-type", "application/json")], b'{"status":"OK"}')

    async def _next(self) -> Response:
        invocation, pending = await self._queue.get()
        self._running[invocation] = pending
        deadline = int((time.time() + 30) * 1000)
        headers = [
            ("content-type", "application/json"),
            ("lambda-runtime-aws-request-id", invocation),
            ("lambda-runtime-deadline-ms", str(deadline)),
            ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:us-east-1:000000000000:function:bench"),
        ]
        return Response(200, headers, pending.event)


class Program(NamedTuple):
    """A handler and where its code and libraries lie. ``-S``: as in Lambda, no virtual environment's start-up hooks."""

    handler: str
    path: tuple[Path, ...]
    environment: Mapping[str, str] = {}

    def start(self, runtime_api: str, log: Path | None = None) -> "subprocess.Popen[bytes]":
        """One worker process polling ``runtime_api``; its output goes to ``log`` or nowhere."""
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("AWS_", "PYTHON", "POWERTOOLS_", "LD_"))
        }
        environment |= {
            "AWS_LAMBDA_RUNTIME_API": runtime_api,
            "AWS_LAMBDA_FUNCTION_NAME": "bench",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "PYTHONPATH": os.pathsep.join(map(str, self.path)),
            **self.environment,
        }
        with (log or Path(os.devnull)).open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-S", "-m", "awslambdaric", self.handler],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )


def end(process: "subprocess.Popen[bytes]", how: signal.Signals = signal.SIGKILL) -> None:
    """End a worker that we started."""
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(how)
    process.wait(10)


def peak_mib(pid: int) -> float:
    """The most memory a living process has held resident, MiB."""
    status = Path(f"/proc/{pid}/status").read_text("ascii", "replace")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


@contextlib.asynccontextmanager
async def workers(program: Program, count: int, log: Path | None = None) -> AsyncIterator[tuple[RuntimeApi, list[int]]]:
    """A function with ``count`` workers, ended at the end; their process ids."""
    async with RuntimeApi() as api:
        started = [program.start(api.address, log) for _ in range(count)]
        try:
            yield api, [process.pid for process in started]
        finally:
            for process in started:
                end(process)


def body_of(answer: bytes) -> Any:
    """The JSON body of an API Gateway answer.

    Raises:
        InvocationError: its status is not 2xx.
    """
    response = json.loads(answer)
    if not 200 <= response["statusCode"] < 300:
        raise InvocationError(f"{response['statusCode']}: {response.get('body')}")
    return json.loads(response["body"])
