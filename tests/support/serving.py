"""``consentry serve`` as a child process on a free port, and a visitor who talks to it."""

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
FOLDERS = ("consent_texts", "forms", "glossary", "markets", "sites", "web")
PLACES = {"US-CA": ("US", "CA"), "CA-QC": ("CA", "QC"), "US": ("US", "NY"), "CA": ("CA", "ON")}
TEXTS = {"family_name_kana": "サンプル", "given_name_kana": "ハナ", "phone": "+49 30 901820"}


def checkout(folder: Path, release: Path | None = None) -> Path:
    """A copy of what ``serve`` reads, so that builds and logs of a test are its own; with a release, built already."""
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("node_modules"))
    (folder / "infra").mkdir()
    shutil.copy(ROOT / "infra" / "template.json", folder / "infra")
    if release:
        shutil.copytree(release, folder / ".build/content", copy_function=shutil.copyfile)  # built just now
    return folder


class Serve:
    """A running ``consentry serve``."""

    def __init__(self, root: Path, *arguments: str, port: int = 0, **environment: str) -> None:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        if "--endpoint-url" not in arguments:
            # Whatever is in the shell must not matter: these would point clients somewhere else.
            inherited |= {"AWS_PROFILE": "nobody", "AWS_ENDPOINT_URL_SQS": "http://127.0.0.1:9"}
        inherited |= environment
        command = [sys.executable, "-m", "consentry.cli", "serve", "--root", str(root)]
        ports = [] if "PORT" in environment else ["--port", str(port)]
        self.process = subprocess.Popen(
            [*command, *ports, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=inherited
        )
        self.said: list[str] = []

    def wait(self, seconds: float = 60) -> "Serve":
        """Return when the ready block has been printed."""
        assert self.process.stdout
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            line = self.process.stdout.readline()
            self.said.append(line)
            if line.startswith("Ctrl-C"):
                return self
            if not line:
                break
        raise AssertionError("".join(self.said))

    def url(self, label: str) -> str:
        """An address of the ready block."""
        found = re.search(rf"^  {re.escape(label)} +(\S+)$", "".join(self.said), re.MULTILINE)
        assert found, self.said
        return found[1]

    @property
    def port(self) -> int:
        return int(self.url("sample pages").rstrip("/").rpartition(":")[2])

    def end(self, how: signal.Signals = signal.SIGINT) -> str:
        """Signal it; what it still said. It has to be gone within seconds."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        rest, _ = self.process.communicate(timeout=15)
        return rest


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Visitor:
    """One keep-alive connection."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self.origin = f"http://127.0.0.1:{port}"

    def send(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, body, named)
        response = self.connection.getresponse()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())

    def post(self, path: str, value: Any, **headers: str) -> Answer:
        given = {"Content-Type": "application/json", "Origin": self.origin, "Idempotency-Key": uuid.uuid4().hex}
        return self.send("POST", path, json.dumps(value).encode(), **(given | headers))

    def eventually(self, lead: Callable[[dict[str, Any]], bool], seconds: float = 10) -> dict[str, Any]:
        """The first arrival that satisfies ``lead``; polls the path page's own source."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for arrival in self.send("GET", "/_local/arrivals").json["arrivals"]:
                if lead(arrival):
                    found: dict[str, Any] = arrival
                    return found
            time.sleep(0.1)
        raise AssertionError("it did not arrive")

    def fetch(self, form: str, market: str, language: str = "") -> dict[str, Any]:
        """Pointer, then document."""
        pointer = self.send("GET", f"/v1/forms/{form}?market={market}", Accept_Language=language or "*").json
        document = self.send("GET", pointer["document"])
        assert document.headers["etag"] == f'"{pointer["digest"]}"'
        return {**document.json, "digest": pointer["digest"]}


def answers(stage: dict[str, Any], market: str, email: str) -> dict[str, Any]:
    """Something acceptable for every field of a stage."""
    country, region = PLACES.get(market, (market, ""))
    given: dict[str, Any] = {}
    for field in stage["fields"]:
        name = field["name"]
        match field["type"]:
            case "email":
                given[name] = email
            case "country":
                given[name] = country
            case "region":
                given[name] = region
            case "choice":
                given[name] = field["options"][0][0]
            case "choices":
                given[name] = [field["options"][0][0]]
            case "declaration":
                given[name] = True
            case "identifier":
                continue
            case _:
                given[name] = TEXTS.get(name, "Sample")
    return given


def submission(document: dict[str, Any], stage: int, site: str, email: str, *, given: bool) -> dict[str, Any]:
    """The body of a POST for a stage of a document, every box ticked or none."""
    notice = document["notice"]
    shown = document["stages"][stage]
    return {
        "site": site,
        "market": document["market"],
        "locale": document["locale"],
        "release": document["release"],
        "projection": document["digest"],
        "stage": shown["id"],
        "notice": {"id": notice["id"], "version": notice["version"], "digest": notice["digest"]},
        "answers": answers(shown, document["market"], email),
        "consents": [
            {"statement": each["id"], "version": each["version"], "digest": each["digest"], "given": given}
            for each in shown["statements"]
        ],
        "marks": {"trap": "", "elapsed_ms": 9000},
    }
