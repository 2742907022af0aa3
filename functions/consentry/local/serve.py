"""Puts the one-machine stack together and takes it apart again: what ``consentry serve`` does."""

import asyncio
import contextlib
import importlib
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from consentry.base.routes import HANDLERS, ROUTES
from consentry.local import freshness
from consentry.local.emulator import REGION, Emulator
from consentry.local.gateway import FAILED, Api
from consentry.local.http1 import MAX_HEAD, Request, Response, Server
from consentry.local.issuer import Authorizer, data_folder, make_key
from consentry.local.loops import Context, Loop, QueueLoop, QueueReader, ScheduleLoop, StreamLoop, Worker
from consentry.local.pages import Pages
from consentry.local.template import Stack, parse

if TYPE_CHECKING:
    from consentry.base.documents import Documents

PARTS = {"forms": "definitions", "submissions": "submissions"}
"""Which part of the release a package's functions read; staff's read what editors work on."""
THREADS = 10
"""As many as a boto3 client keeps connections."""
Say = Callable[[str], None]


class ServeError(Exception):
    """The stack cannot start; the message says what to do about it."""


@dataclass(frozen=True)
class Options:
    """``endpoint_url`` None: an emulator of our own. ``consume``: take messages off the queue for the path page."""

    root: Path
    port: int
    endpoint_url: str | None
    build: bool
    consume: bool

    @property
    def content(self) -> Path:
        """The compiled release."""
        return (self.root / ".build" / "content").resolve()

    @property
    def logs(self) -> Path:
        """Where the functions' lines and the emulator's go."""
        return data_folder(self.root)


def run(options: Options, say: Say) -> None:
    """Serve until Ctrl-C or SIGTERM.

    Raises:
        ServeError: port taken, content broken, template missing.
        EmulatorError: the emulator did not start.
    """
    started = time.monotonic()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, _interrupted)
    stack = _stack(options.root)
    listener = _listen(options.port)
    with listener, contextlib.ExitStack() as ending:
        endpoint = options.endpoint_url
        emulator = None
        if endpoint is None:
            emulator = ending.enter_context(Emulator(options.logs / "emulator.log"))
            endpoint = emulator.endpoint
        _compile(options, say)
        _point_aws_at(endpoint, ours=emulator is not None)
        if emulator is not None:
            emulator.wait()
        origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with _functions_log(options.logs / "functions.log"):
            parts = _assemble(options, stack, origin)
            banner = _banner(options, origin, endpoint, parts.index, time.monotonic() - started)
            asyncio.run(_serve(parts, listener, lambda: say(banner)))
        say("Ended.")


def _interrupted(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _stack(root: Path) -> Stack:
    path = root / "infra" / "template.json"
    try:
        return parse(json.loads(path.read_bytes()))
    except FileNotFoundError:
        raise ServeError(f"{path} is missing: run this at the root of the checkout, or name it with --root") from None


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        raise ServeError(
            f"port {port} cannot be used ({error.strerror}); choose another with PORT= or --port"
        ) from None
    listener.listen(256)
    return listener


def _compile(options: Options, say: Say) -> None:
    """Build the content unless it is fresh.

    Raises:
        ServeError: there is no usable release.
    """
    package = Path(__file__).parents[1]
    today = datetime.now(UTC).date()
    if not options.build:
        for part in ("manifest.json", *freshness.PARTS):
            if not (options.content / part).is_file():
                raise ServeError(f"there is no complete release in {options.content} ({part}); leave out --no-build")
        return
    compiler = [
        file for pattern in ("*/build/*.py", "content/*.py", "glossary/**/*.py") for file in package.glob(pattern)
    ]
    if freshness.is_fresh(options.root, options.content, today, compiler):
        return
    say("Building the content …")
    command = [sys.executable, "-m", "consentry.cli", "content", "build", "--root", str(options.root)]
    # Its own process, so that the compiler's memory is not this server's.
    done = subprocess.run(  # noqa: S603 -- our own interpreter and module
        [*command, "--out", str(options.content)], capture_output=True, text=True, check=False
    )
    if not (options.content / "definitions" / "index.json").is_file():
        raise ServeError(f"the content cannot be built:\n{done.stdout}{done.stderr}")
    if done.returncode:
        # What is broken blocks its own form, market and language; the rest is served.
        say(f"{done.stdout}{done.stderr}".rstrip())


def _point_aws_at(endpoint: str, *, ours: bool) -> None:
    """Every client of this process, whatever profile the shell has, talks to ``endpoint``."""
    os.environ["AWS_ENDPOINT_URL"] = endpoint
    for name in [name for name in os.environ if name.startswith("AWS_ENDPOINT_URL_")]:
        del os.environ[name]  # one for a single service would win
    if ours:
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_DEFAULT_PROFILE"):
            os.environ.pop(name, None)
        os.environ["AWS_REGION"] = REGION
    if ours or not {"AWS_ACCESS_KEY_ID", "AWS_PROFILE"} & set(os.environ):
        os.environ |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}  # what emulators take
    os.environ.setdefault("AWS_REGION", REGION)
    os.environ["AWS_DEFAULT_REGION"] = os.environ["AWS_REGION"]
    # No hunt for credentials on a link-local address.
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"


@contextlib.contextmanager
def _functions_log(path: Path) -> Iterator[None]:
    """What functions print is their log; it goes to a file, not between the lines of this command."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", buffering=1) as file, contextlib.redirect_stdout(file):
        handler = logging.StreamHandler(file)
        logging.getLogger("consentry").addHandler(handler)
        try:
            yield
        finally:
            logging.getLogger("consentry").removeHandler(handler)


@dataclass(frozen=True)
class _Parts:
    api: Api
    pages: Pages
    loops: list[Loop]
    stop: threading.Event
    index: dict[str, Any]


def _import(handler: str) -> Callable[[dict[str, Any], Any], Any]:
    module, _, name = handler.rpartition(".")
    function: Callable[[dict[str, Any], Any], Any] = getattr(importlib.import_module(module), name)
    return function


def _handlers(content: Path, environment: dict[str, str], origin: str) -> dict[str, Callable[..., Any]]:
    """All handlers by function id, imported under the environment that each would have when deployed."""
    os.environ |= environment
    os.environ |= {"ENVIRONMENT": "local", "PRODUCTION": "false", "LOCAL_ORIGIN": origin}
    handlers = {}
    for function, handler in HANDLERS.items():
        os.environ["CONTENT_DIR"] = str(content / PARTS.get(function.partition("-")[0], "editorial"))
        handlers[function] = _import(handler)
    return handlers


def _assemble(options: Options, stack: Stack, origin: str) -> _Parts:
    import boto3  # noqa: PLC0415 -- after the environment says where AWS is
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    from consentry.base import aws  # noqa: PLC0415 -- likewise
    from consentry.base.documents import Documents  # noqa: PLC0415
    from consentry.base.secrets import Secret  # noqa: PLC0415
    from consentry.local.arrivals import Arrivals  # noqa: PLC0415
    from consentry.local.resources import create  # noqa: PLC0415
    from consentry.submissions.api import Store, Tables  # noqa: PLC0415

    try:
        environment = create(stack, aws.dynamodb(), aws.sqs(), aws.secretsmanager(), boto3.client("s3"))
    except (BotoCoreError, ClientError) as error:
        raise ServeError(
            f"tables, queues, buckets and secrets cannot be made at {os.environ['AWS_ENDPOINT_URL']}: {error}"
        ) from None
    stop = threading.Event()
    seeding = Seeding(options.root, Documents(aws.dynamodb(), environment["EDITORIAL_TABLE"]), stop)
    seeding.start()
    handlers = _handlers(options.content, environment, origin)
    handlers |= {route.function: seeding.before(_import(HANDLERS[route.function])) for route in ROUTES if route.staff}
    index = json.loads((options.content / "definitions" / "index.json").read_bytes())
    key_secret = Secret(aws.secretsmanager(), environment["KEK_SECRET"])
    store = Store(aws.dynamodb(), Tables.from_environment())
    arrivals = Arrivals(aws.dynamodb(), store, key_secret, environment, options.content / "texts")

    loops = _loops(stack, handlers, arrivals.lead_seen, stop)
    if options.consume:
        loops.append(QueueReader(aws.sqs(), environment["CAPTURED_QUEUE_URL"], stop, arrivals.message_taken))
    origins = frozenset(each for site in index["sites"].values() for each in site["origins"])
    return _Parts(
        Api(handlers, stack.cors, origins, Context, Authorizer(make_key(options.logs))),
        Pages(options.root / "web", index, origin, arrivals.as_json),
        loops,
        stop,
        index,
    )


def _loops(
    stack: Stack,
    handlers: dict[str, Callable[..., Any]],
    lead_seen: Callable[[dict[str, Any]], None],
    stop: threading.Event,
) -> list[Loop]:
    """What calls the functions that no route leads to."""
    import boto3  # noqa: PLC0415 -- after the environment says where AWS is

    from consentry.base import aws  # noqa: PLC0415 -- likewise

    routed = {route.function for route in ROUTES}
    workers = {
        handler: Worker(function, handlers[function])
        for function, handler in HANDLERS.items()
        if function not in routed
    }
    clients = (aws.dynamodb(), boto3.client("dynamodbstreams"))
    streams = [
        StreamLoop(
            source,
            stack.tables[source.table].name,
            workers[source.handler],
            clients,
            stop,
            lead_seen if source.table == "LeadsTable" else lambda _: None,
        )
        for source in stack.streams
    ]
    queues = [
        QueueLoop(
            aws.sqs(),
            aws.sqs().get_queue_url(QueueName=stack.queues[source.queue].name)["QueueUrl"],
            source.batch,
            workers[source.handler],
            stop,
        )
        for source in stack.taken
    ]
    schedules = [ScheduleLoop(schedule, workers[schedule.handler], stop) for schedule in stack.schedules]
    return [*streams, *queues, *schedules]


class Seeding(threading.Thread):
    """Fills the editors' store from the files; what it holds already stays. Visitors do not wait for it."""

    def __init__(self, root: Path, documents: "Documents", stop: threading.Event) -> None:
        super().__init__(name="seeding", daemon=True)
        self._stopped = stop
        self._root = root
        self._documents = documents
        self._failed: Exception | None = None

    def run(self) -> None:
        """Seed once."""
        from consentry.base import clock  # noqa: PLC0415 -- while others start
        from consentry.content.build.push import seed  # noqa: PLC0415

        try:
            seed(self._root, self._documents, clock.rfc3339(clock.now_ms()))
        except Exception as error:
            self._failed = error
            if not self._stopped.is_set():
                logging.getLogger(__name__).exception("the editors' store cannot be filled")

    def before(self, handler: Callable[[dict[str, Any], Any], Any]) -> Callable[[dict[str, Any], Any], Any]:
        """``handler``, called when the store is filled."""

        def waited(event: dict[str, Any], context: Any) -> Any:
            self.join()
            if self._failed is not None:
                raise ServeError("the editors' store could not be filled") from self._failed
            return handler(event, context)

        return waited


async def _serve(parts: _Parts, listener: socket.socket, ready: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    ending = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, ending.set)
    streams = [each for each in parts.loops if isinstance(each, StreamLoop)]
    with ThreadPoolExecutor(THREADS, "function") as pool:

        def answer(request: Request) -> Response:
            local = parts.pages.answer(request)
            if local is not None:
                return local
            answered, _ = parts.api.answer(request)
            if request.method == "POST":
                for stream in streams:
                    stream.wake.set()  # lower latency than polling, as cheap when nothing happens
            return answered

        async def respond(request: Request) -> Response:
            try:
                return await loop.run_in_executor(pool, answer, request)
            except Exception:
                logging.getLogger(__name__).exception("a request failed")
                return FAILED

        server = Server(respond)
        listening = await asyncio.start_server(server.connection, sock=listener, limit=MAX_HEAD)
        for each in parts.loops:
            each.start()
        ready()
        await ending.wait()
        listening.close()
        await server.close()
        parts.stop.set()
        for stream in streams:
            stream.wake.set()
    for each in parts.loops:
        each.join(3)


def _banner(options: Options, origin: str, endpoint: str, index: dict[str, Any], seconds: float) -> str:
    sites = index["sites"]
    site = "demo-de" if "demo-de" in sites else next(iter(sites), None)
    landing = f"{origin}/demo/{site}/{sites[site]['forms'][0]}" if site and sites[site]["forms"] else "(no site)"
    lines = [
        f"consentry is ready in {seconds:.1f} s: release {index['release'][:9]}…, {len(index['markets'])} markets",
        f"  sample pages   {origin}/",
        f"  landing page   {landing}",
        f"  what arrived   {origin}/path",
        f"  API            {origin}/v1/markets",
        f"  API docs       {origin}/docs",
        f"  staff API      {origin}/v1/glossary/concepts",
        "  signing in     consentry token --sub anna-t --scopes glossary:read",
        f"  AWS endpoint   {endpoint}",
        f"  logs           {options.logs}",
        "Ctrl-C ends it.",
    ]
    return "\n".join(lines)
