"""An HTTP front before real runtime clients: ``python -m benchmarks.front plan.json``. Ends with its standard input.

The product's own gateway makes the events; each function has its worker processes and its Runtime API. Prints one
line of JSON once it listens: its port and the process ids of the workers by function.
"""

import asyncio
import contextlib
import json
import sys
import threading
import time
from pathlib import Path
from typing import Any

from benchmarks.runtime_api import Program, RuntimeApi, workers
from consentry.local import gateway
from consentry.local.http1 import MAX_HEAD, Request, Response, Server


async def serve(plan: dict[str, Any]) -> None:
    """``plan``: function id to ``{"handler", "path", "environment", "workers"}``."""
    apis: dict[str, RuntimeApi] = {}

    async def respond(request: Request) -> Response:
        path = gateway.decoded(request.target.partition("?")[0])
        matched = gateway.match(request.method, path)
        event = gateway.event(request, matched, path, time.time())
        answer = await apis[matched.route.function].invoke(json.dumps(event).encode())
        return gateway.response(json.loads(answer))

    async with contextlib.AsyncExitStack() as ending:
        pids = {}
        for function, how in plan.items():
            program = Program(how["handler"], tuple(map(Path, how["path"])), how["environment"])
            apis[function], pids[function] = await ending.enter_async_context(workers(program, how["workers"]))
        server = Server(respond)
        listening = await asyncio.start_server(server.connection, "127.0.0.1", 0, limit=MAX_HEAD)
        print(json.dumps({"port": listening.sockets[0].getsockname()[1], "pids": pids}), flush=True)  # noqa: T201
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        threading.Thread(target=lambda: (sys.stdin.read(), loop.call_soon_threadsafe(ended.set)), daemon=True).start()
        await ended.wait()
        listening.close()
        await server.close()


if __name__ == "__main__":
    asyncio.run(serve(json.loads(Path(sys.argv[1]).read_bytes())))
