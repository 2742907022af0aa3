"""What every benchmark stands on: the compiled content, requests as the gateway makes them, an AWS endpoint."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import boto3
from botocore.config import Config

from benchmarks.runtime_api import ROOT, Program
from consentry.base import clock
from consentry.local import gateway, resources, template
from consentry.local.emulator import REGION, Emulator
from consentry.local.http1 import Request
from infra import packaging
from support.serving import submission

BUILD = ROOT / ".build" / "bench"
SOURCES = ROOT / "functions"
LIBRARIES = next(Path(entry) for entry in sys.path if (Path(entry) / "awslambdaric").is_dir())
FORM, MARKET, LOCALE, SITE = "hcp-webinar", "DE", "de-DE", "demo-de"
ORIGIN = f"https://{SITE}.example.com"


@dataclass(frozen=True)
class Content:
    """A compiled release on disk, and how long it took to compile."""

    folder: Path
    seconds: float

    @property
    def index(self) -> dict[str, Any]:
        """``definitions/index.json``."""
        value: dict[str, Any] = json.loads((self.folder / "definitions" / "index.json").read_bytes())
        return value

    def path(self, dialect: str = "consentry") -> str:
        """The path of the sample projection."""
        return f"/v1/forms/{FORM}/projections/{self.index['release']}/{MARKET}/{LOCALE}/{dialect}.json"

    def document(self) -> dict[str, Any]:
        """The sample projection, with its digest."""
        release = self.index["release"]
        name = f"{release}/{FORM}/{MARKET}/{LOCALE}/consentry"
        file = self.folder / "definitions" / "documents" / f"{name}.json"
        return {**json.loads(file.read_bytes()), "digest": self.index["documents"][name]}


def build_content(out: Path, *more: str) -> Content:
    """Compile the repository's content as an operator does.

    Raises:
        RuntimeError: there is no usable release.
    """
    started = time.perf_counter()
    command = [sys.executable, "-m", "consentry.cli", "content", "build", "--out", str(out), *more]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if not (out / "definitions" / "index.json").is_file():
        raise RuntimeError(f"the content cannot be built:\n{done.stdout}{done.stderr}")
    return Content(out, time.perf_counter() - started)


def event(method: str, target: str, headers: dict[str, str], body: bytes = b"") -> dict[str, Any]:
    """An API Gateway v2 event, made by the product's own gateway."""
    request = Request(method, target, list(headers.items()), body, "127.0.0.1")
    path = gateway.decoded(target.partition("?")[0])
    return gateway.event(request, gateway.match(method, path), path, time.time())


def pointer_event() -> dict[str, Any]:
    """What a page asks first."""
    return event("GET", f"/v1/forms/{FORM}?market={MARKET}", BROWSER)


def document_event(path: str) -> dict[str, Any]:
    """The localized form, in brotli."""
    return event("GET", path, BROWSER)


BROWSER = {
    "host": "api.example.com",
    "origin": ORIGIN,
    "accept": "application/json",
    "accept-encoding": "gzip, deflate, br",
    "accept-language": "de-DE,de;q=0.9,en;q=0.7",
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0",
}


def body(document: dict[str, Any], number: int = 0, *, given: bool = False) -> dict[str, Any]:
    """A stage-1 body of the sample form; every ``number`` is another person."""
    made = submission(document, 0, SITE, f"person-{number}@praxis.example.com", given=given)
    shown = clock.rfc3339(clock.now_ms())
    return {**made, "source": {"type": "search", "utm_campaign": "autumn"}, "displayed_at": shown}


def post_headers(key: str | None = None) -> dict[str, str]:
    """Headers of a page's POST."""
    return {**BROWSER, "content-type": "application/json", "idempotency-key": key or uuid.uuid4().hex}


def written(value: Any) -> bytes:
    """JSON as a browser's ``JSON.stringify`` writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def post_event(value: dict[str, Any], key: str | None = None) -> dict[str, Any]:
    """Stage 1 as an event."""
    return event("POST", f"/v1/forms/{FORM}/submissions", post_headers(key), written(value))


def packaged(function: str) -> tuple[Path, ...]:
    """Where a function's code lies once deployed: its package and the layer, unpacked; the runtime client behind them.

    Built for this machine's Python, otherwise as for Lambda: own import closure, trimmed libraries, own bytecode.
    """
    built = packaging.build(packaging.HOST, BUILD / "packages-host", BUILD / "content")
    path = []
    for name, inner in ((function, ""), ("libraries", "python")):
        folder = BUILD / "package" / name
        shutil.rmtree(folder, ignore_errors=True)
        with zipfile.ZipFile(built[name]) as archive:
            archive.extractall(folder)
        path.append(folder / inner)
    return (*path, LIBRARIES)


def read_function(content: Content) -> Program:
    """forms-definitions."""
    environment = {"CONTENT_DIR": str(content.folder / "definitions"), "PRODUCTION": "false", "ENVIRONMENT": "bench"}
    return Program("consentry.forms.definitions_handler.handler", (SOURCES, LIBRARIES), environment)


def write_function(content: Content, environment: dict[str, str]) -> Program:
    """submissions-submit."""
    own = {"CONTENT_DIR": str(content.folder / "submissions"), "PRODUCTION": "false", "ENVIRONMENT": "bench"}
    return Program("consentry.submissions.submit_handler.handler", (SOURCES, LIBRARIES), {**environment, **own})


def credentials(endpoint: str) -> dict[str, str]:
    """The environment that points AWS clients at an emulator and nowhere else."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def client(service: str, endpoint: str) -> Any:
    """A patient client of our own on an emulator."""
    config = Config(retries={"total_max_attempts": 5}, max_pool_connections=32, read_timeout=30)
    return boto3.client(  # type: ignore[call-overload]
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=config,
    )


class Cloud(NamedTuple):
    """An AWS endpoint with the template's tables, queues and secrets; ``environment`` is for a function."""

    endpoint: str
    dynamodb_endpoint: str
    environment: dict[str, str]
    stack: template.Stack

    def table(self, name: str) -> list[dict[str, Any]]:
        """Every item of a table, as DynamoDB holds it."""
        pages = client("dynamodb", self.dynamodb_endpoint).get_paginator("scan")
        name = self.environment[f"{name.upper()}_TABLE"]
        return [row for page in pages.paginate(TableName=name, ConsistentRead=True) for row in page["Items"]]


@contextlib.contextmanager
def cloud(dynamodb_endpoint: str | None = None) -> Iterator[Cloud]:
    """ministack with everything in it; tables on ``dynamodb_endpoint`` instead, where one is given."""
    stack = template.parse(json.loads((ROOT / "infra" / "template.json").read_bytes()))
    with Emulator(BUILD / "emulator.log") as emulator:
        emulator.wait()
        tables = dynamodb_endpoint or emulator.endpoint
        others = [client(name, emulator.endpoint) for name in ("sqs", "secretsmanager", "s3")]
        made = resources.create(stack, client("dynamodb", tables), *others)
        environment = {**credentials(emulator.endpoint), **made, "AWS_ENDPOINT_URL_DYNAMODB": tables}
        yield Cloud(emulator.endpoint, tables, environment, stack)


def load_average() -> float:
    """Processes that wanted to run in the last minute."""
    return os.getloadavg()[0]
