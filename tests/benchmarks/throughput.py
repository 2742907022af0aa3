"""One machine, as many workers a side as clients: form reads and submissions beside Wagtail with django-consent-trail.

Loopback only, a bounded number of requests, rounds interleaved. One form read of ours is two requests, the pointer and
the projection in brotli; Wagtail's is its rendered page. A submission of ours is one transaction of eight items;
Wagtail's is its row, the person and two acceptances in one SQLite transaction.
"""

import contextlib
import json
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from benchmarks import ground
from benchmarks.peer_environment import PEERS, dynamodb_local, python
from benchmarks.report import Figure, compared, figure, median, percentile
from benchmarks.runtime_api import Program, peak_mib
from consentry.local.emulator import free_port

WORKERS = CLIENTS = 4
CORES = 2
"""Workers of the read function, which waits for nothing."""
ROUNDS = 5
SECONDS = 3.0
LIMIT = 20_000
"""Requests of one measurement at most."""
Requests = Callable[[int], list[bytes]]
"""What one visit sends, by its number."""


class Measured(NamedTuple):
    """Visits a second, and seconds of each."""

    rate: float
    taken: list[float]


class _Connection:
    """HTTP/1.1 on a socket of its own; reconnects where the server closes."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None
        self._held = b""

    def exchange(self, request: bytes) -> int:
        """Send, read the whole answer; its status."""
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), 20)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._held = b""
        self._socket.sendall(request)
        while (end := self._held.find(b"\r\n\r\n")) < 0:
            self._more()
        head = self._held[:end].lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        while len(self._held) < end + 4 + length:
            self._more()
        self._held = self._held[end + 4 + length :]
        if b"connection: close" in head:
            self.close()
        return int(head[9:12])

    def _more(self) -> None:
        assert self._socket
        data = self._socket.recv(65536)
        if not data:
            raise ConnectionError("closed within an answer")
        self._held += data

    def close(self) -> None:
        """Hang up."""
        if self._socket:
            self._socket.close()
        self._socket = None


def load(port: int, visit: Requests, seconds: float = SECONDS, clients: int = CLIENTS, first: int = 0) -> Measured:
    """``clients`` visitors at once, one visit after the other, for ``seconds`` or ``LIMIT`` visits.

    Raises:
        AssertionError: an answer is neither 200 nor 201.
    """
    numbers = iter(range(first, first + LIMIT))
    taken: list[float] = []
    faults: list[str] = []
    until = time.perf_counter() + seconds

    def client() -> None:
        connection = _Connection(port)
        try:
            for number in numbers:
                began = time.perf_counter()
                if began > until:
                    return
                statuses = [connection.exchange(request) for request in visit(number)]
                taken.append(time.perf_counter() - began)
                assert set(statuses) <= {200, 201}, statuses
        except Exception as error:
            faults.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=client) for _ in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults, faults
    return Measured(len(taken) / (time.perf_counter() - began), taken)


def request(method: str, target: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """A request as bytes."""
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines.append(f"content-length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def reads(content: ground.Content) -> Requests:
    """Pointer and projection."""
    sent = [
        request("GET", f"/v1/forms/{ground.FORM}?market={ground.MARKET}", ground.BROWSER),
        request("GET", content.path(), ground.BROWSER),
    ]
    return lambda _: sent


def submissions(content: ground.Content) -> Requests:
    """A new person with every visit."""
    document = content.document()

    def visit(number: int) -> list[bytes]:
        body = ground.written(ground.body(document, number, given=bool(number % 2)))
        return [request("POST", f"/v1/forms/{ground.FORM}/submissions", ground.post_headers(), body)]

    return visit


class Ours(NamedTuple):
    """A front with its workers."""

    port: int
    pids: dict[str, list[int]]


@contextlib.contextmanager
def front(content: ground.Content, environment: dict[str, str]) -> Iterator[Ours]:
    """Our read and write function, with their workers, behind a front on loopback."""

    def how(program: Program, workers: int) -> dict[str, object]:
        path = [str(entry) for entry in program.path]
        return {"handler": program.handler, "path": path, "environment": program.environment, "workers": workers}

    plan = {
        "forms-definitions": how(ground.read_function(content), CORES),
        "submissions-submit": how(ground.write_function(content, environment), WORKERS),
    }
    file = ground.BUILD / f"front-{free_port()}.json"
    file.write_text(json.dumps(plan), "utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.front", file],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": str(Path(__file__).parents[1]), "PATH": "/usr/bin:/bin"},
        text=True,
    )
    try:
        assert process.stdout
        assert process.stdin
        told = json.loads(process.stdout.readline())
        yield Ours(told["port"], told["pids"])
    finally:
        process.communicate(timeout=10)
        file.unlink()


@contextlib.contextmanager
def _running(command: list[object], port: int, log: Path, **environment: str) -> Iterator[int]:
    """A peer on a port until the end; its process id."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=log.parent,
            env={"PATH": "/usr/bin:/bin", **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        for _ in range(600):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            if process.poll() is not None:
                raise RuntimeError(log.read_text("utf-8", "replace")[-1000:])
            time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait(20)


class Wagtail(NamedTuple):
    """The peer on its port."""

    port: int
    page: str
    pid: int

    def reads(self) -> Requests:
        """Its page."""
        sent = [request("GET", self.page, {**ground.BROWSER, "host": f"127.0.0.1:{self.port}"})]
        return lambda _: sent

    def submissions(self, content: ground.Content) -> Requests:
        """The same answers as ours, as its form posts them."""
        document = content.document()
        headers = {
            **ground.BROWSER,
            "host": f"127.0.0.1:{self.port}",
            "content-type": "application/x-www-form-urlencoded",
        }

        def visit(number: int) -> list[bytes]:
            body = ground.body(document, number)
            sent = {**body["answers"], "hcp_declaration": "on"}
            if number % 2:
                sent |= {entry["statement"].replace("-", "_"): "on" for entry in body["consents"]}
            return [request("POST", self.page, headers, urlencode(sent).encode())]

        return visit

    def worker_peaks(self) -> list[float]:
        """MiB of each worker of gunicorn."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text("ascii").split()
        return [peak_mib(int(child)) for child in children]


@contextlib.contextmanager
def wagtail(content: ground.Content) -> Iterator[Wagtail]:
    """Wagtail with the same form, fields and texts, gunicorn's workers, a fresh database."""
    folder = ground.BUILD / "wagtail"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "document.json").write_text(json.dumps(content.document()), "utf-8")
    environment = {"WAGTAIL_FOLDER": str(folder), "PYTHONPATH": f"{PEERS}:{folder}"}
    fill = subprocess.run(
        [python(), "-m", "wagtail_site.fill", folder / "document.json"],
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if fill.returncode:
        raise RuntimeError(fill.stderr[-1000:])
    port = free_port()
    command = [python(), "-m", "gunicorn", "-w", WORKERS, "-k", "gthread", "--threads", "2", "-b", f"127.0.0.1:{port}"]
    with _running([*command, "wagtail_site.wsgi"], port, folder / "gunicorn.log", **environment) as pid:
        yield Wagtail(port, fill.stdout.split()[-1], pid)


@contextlib.contextmanager
def local_dynamodb() -> Iterator[str]:
    """DynamoDB Local with its file on disk; its endpoint.

    Raises:
        PeerMissing: no Java or no jar.
    """
    jar = dynamodb_local()
    folder = ground.BUILD / "dynamodb-local"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    port = free_port()
    java = shutil.which("java")
    library = f"-Djava.library.path={jar.parent / 'DynamoDBLocal_lib'}"
    command = [java, "-Xmx512m", library, "-jar", jar, "-port", port, "-dbPath", folder, "-sharedDb"]
    with _running([*command, "-disableTelemetry"], port, ground.BUILD / "dynamodb-local.log", HOME=str(folder)):
        endpoint = f"http://127.0.0.1:{port}"
        for _ in range(100):
            try:
                urllib.request.urlopen(endpoint, timeout=5)
            except urllib.error.HTTPError:
                break  # it answers: unsigned requests are refused
            except OSError:
                time.sleep(0.2)
        yield endpoint


def _line(name: str, ours: list[Measured], theirs: list[Measured], at_least: float, note: str) -> Figure:
    taken = [seconds for each in ours for seconds in each.taken]
    peers = [seconds for each in theirs for seconds in each.taken]
    said = (
        f"p50 {median(taken) * 1000:.1f} ms, p99 {percentile(taken, 0.99) * 1000:.0f} ms; "
        f"peer's p50 {median(peers) * 1000:.0f} ms, p99 {percentile(peers, 0.99) * 1000:.0f} ms; {note}"
    )
    rate, peer_rate = median([each.rate for each in ours]), median([each.rate for each in theirs])
    return compared(name, rate, "a second", "Wagtail + consent-trail", peer_rate, at_least=at_least, note=said)


def measure(content: ground.Content, rounds: int = ROUNDS, seconds: float = SECONDS) -> list[Figure]:
    """Reads and submissions of both sides, and the memory of their workers."""
    read, write = reads(content), submissions(content)
    with contextlib.ExitStack() as running:
        cloud = running.enter_context(ground.cloud())
        local = running.enter_context(local_dynamodb())
        second = running.enter_context(ground.cloud(local))
        ours = running.enter_context(front(content, cloud.environment))
        on_local = running.enter_context(front(content, second.environment))
        peer = running.enter_context(wagtail(content))
        their_read, their_write = peer.reads(), peer.submissions(content)
        sides: dict[str, tuple[int, Requests]] = {
            "read": (ours.port, read),
            "their read": (peer.port, their_read),
            "write": (ours.port, write),
            "their write": (peer.port, their_write),
            "write on DynamoDB Local": (on_local.port, write),
        }
        for port, visit in sides.values():  # warm: workers start with the first request
            load(port, visit, 1.0, first=0)
        found: dict[str, list[Measured]] = {name: [] for name in sides}
        for turn in range(1, rounds + 1):
            for name, (port, visit) in sides.items():
                found[name].append(load(port, visit, seconds, first=turn * LIMIT))
        peaks = [peak_mib(pid) for pids in ours.pids.values() for pid in pids]
        their_peaks = peer.worker_peaks()
    clients = f"{WORKERS} workers, {CLIENTS} clients"
    figures = [
        _line(
            "form reads",
            found["read"],
            found["their read"],
            10,
            f"{clients}, ours {CORES} workers; a read of ours: two requests",
        ),
        _line(
            "submissions",
            found["write"],
            found["their write"],
            3,
            f"{clients}; ours in ministack's memory (lost with its process), theirs SQLite WAL (survives its process)",
        ),
        _line(
            "submissions, DynamoDB Local",
            found["write on DynamoDB Local"],
            found["their write"],
            0,
            "ours in SQLite files of DynamoDB Local (survives its process)",
        )._replace(budget="", ok=None),
        compared("memory of a worker, peak", max(peaks), "MiB", "Wagtail + consent-trail", max(their_peaks)),
    ]
    return [*figures, figure("memory of a worker, peak", max(peaks), "MiB", at_most=60)]
