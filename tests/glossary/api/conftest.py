"""The glossary's handlers over moto: HTTP events in, tables and queue out."""

import importlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import boto3
import pytest

from consentry.base.documents import Documents
from consentry.glossary.segments import Segment, to_json
from support import aws, tables
from support.aws import mock_aws
from support.stack import BASE_ENVIRONMENT

SEGMENTS = (
    Segment(
        "forms/catalogs/de#field.report.label", "label", "de-DE", ("DE",), ("hcp-webinar/DE/de-DE",),
        "Report an adverse event", "Ein unerwünschtes Ereignis melden", file="forms/catalogs/de.po", line=12,
    ),
    Segment(
        "forms/catalogs/de#field.report.help", "label", "de-CH", ("CH",), ("hcp-webinar/CH/de-CH",),
        "Tell us about adverse events.", "Melden Sie unerwünschte Ereignisse.", file="forms/catalogs/de.po", line=16,
    ),
    Segment(
        "forms/catalogs/fr#field.report.label", "label", "fr-FR", ("FR",), ("hcp-webinar/FR/fr-FR",),
        "Report an adverse event", "Signaler un événement indésirable", file="forms/catalogs/fr.po", line=12,
    ),
    Segment(
        "consent_texts/DE/safety/1.de-DE", "legal", "de-DE", ("DE",), ("hcp-webinar/DE/de-DE",),
        None, "Jedes unerwünschte Ereignis wird gemeldet.", ("adverse-event",),
        file="consent_texts/DE/safety/1.de-DE.yaml", line=1,
    ),
)  # fmt: skip

EDITOR = {"sub": "ed-1", "scope": "glossary:read glossary:edit", "locales": "en de fr", "markets": "DE CH FR"}
GERMAN = {"sub": "ed-2", "scope": "glossary:edit", "locales": "de", "markets": "DE"}
TERMINOLOGIST = {"sub": "rev-1", "scope": "glossary:review", "locales": "*", "markets": "*"}
MEDICAL = {"sub": "med-1", "scope": "glossary:approve", "locales": "*", "markets": "*"}
COMPLIANCE = {"sub": "com-1", "scope": "glossary:waive", "locales": "*", "markets": "*"}
READER = {"sub": "rd-1", "scope": "glossary:read", "locales": "", "markets": ""}

CONCEPT: dict[str, Any] = {
    "concept": "adverse-event",
    "subject": "safety",
    "definition": "Any untoward medical occurrence in a patient.",
    "source": {"kind": "regulation", "text": "Regulation (EU) No 536/2014"},
    "terms": {
        "en": [{"text": "adverse event"}],
        "de": [{"text": "unerwünschtes Ereignis"}, {"text": "Nebenwirkung", "status": "forbidden"}],
        "fr": [{"text": "événement indésirable"}],
    },
}


class Answer:
    """A response, read."""

    def __init__(self, response: dict[str, Any]) -> None:
        self.status: int = response["statusCode"]
        self.headers: dict[str, str] = response["headers"]
        self.raw: str = response.get("body", "")
        is_json = "json" in self.headers.get("content-type", "")
        self.body: Any = json.loads(self.raw) if is_json else self.raw

    @property
    def etag(self) -> str:
        return self.headers["etag"]

    def refused(self, status: int, code: str) -> dict[str, Any]:
        """The problem, after a look at what every problem has."""
        assert (self.status, self.body.get("type")) == (status, f"urn:consentry:problem:{code}"), self.raw
        assert self.body["detail"].endswith(".")
        assert self.body["mend"].endswith("."), self.body["mend"]
        assert self.headers["content-type"] == "application/problem+json"
        problem: dict[str, Any] = self.body
        return problem


class Api:
    """The four glossary functions of one deployment."""

    def __init__(self) -> None:
        module = importlib.import_module
        self.concepts = module("consentry.glossary.concepts_handler")
        self.checks = module("consentry.glossary.checks_handler")
        self.imports = module("consentry.glossary.imports_handler")
        self.worker = module("consentry.glossary.recheck_worker")
        self.documents: Documents = self.concepts._documents
        self.environment = dict(os.environ)
        self.dynamodb, self.sqs = boto3.client("dynamodb"), boto3.client("sqs")

    def __call__(self, method: str, url: str, who: dict[str, str] | None, body: Any = None, **headers: str) -> Answer:
        """One request; ``url`` is what stands behind ``/v1/glossary/``; ``encoded``: the body is base64."""
        encoded = headers.pop("encoded", "") == "yes"
        split = urlsplit(url)
        path = f"/v1/glossary/{split.path}"
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None and not isinstance(body, str):
            body = json.dumps(body)
        if body is not None:
            sent.setdefault("content-type", "application/json")
        context: dict[str, Any] = {"http": {"method": method, "path": path}}
        if who is not None:
            context["authorizer"] = {"jwt": {"claims": who, "scopes": None}}
        event = {
            "version": "2.0",
            "rawPath": path,
            "headers": sent,
            "queryStringParameters": dict(parse_qsl(split.query)),
            "requestContext": context,
            "body": body,
            "isBase64Encoded": encoded,
        }
        first = split.path.split("/")[0]
        module = {"checks": self.checks, "exports": self.checks, "imports": self.imports, "uploads": self.imports}
        return Answer(module.get(first, self.concepts).handler(event, None))

    def create(self, who: dict[str, str] = EDITOR, **changed: Any) -> Answer:
        """A draft."""
        return self("POST", "concepts", who, {"concept": {**CONCEPT, **changed}, "reason": "needed for the form"})

    def submit(self, *locales: str, who: dict[str, str] = EDITOR, name: str = "adverse-event") -> Answer:
        """Hand languages in."""
        body = {"reason": "ready", **({"locales": list(locales)} if locales else {})}
        return self("POST", f"concepts/{name}/submission", who, body)

    def review(self, locale: str, who: dict[str, str], name: str = "adverse-event") -> Answer:
        """Give the review that ``who`` can give."""
        role = "terminologist" if "glossary:review" in who["scope"].split() else "medical-reviewer"
        digest = self("GET", f"concepts/{name}", who).body["digests"][locale]
        body = {"locale": locale, "role": role, "reference": "P-1", "digest": digest, "reason": "read and right"}
        return self("POST", f"concepts/{name}/approvals", who, body)

    def approved(self, *locales: str, name: str = "adverse-event", **changed: Any) -> Answer:
        """A concept in force, all languages or some."""
        assert self.create(concept=name, **changed).status == 201
        assert self.submit(*locales, name=name).status == 200
        answer = self("GET", f"concepts/{name}", EDITOR)
        for locale in answer.body["submitted"]:
            assert self.review(locale, TERMINOLOGIST, name).status == 200
            answer = self.review(locale, MEDICAL, name)
            assert answer.status == 200, answer.raw
        return answer

    def edit(self, change: Any, who: dict[str, str] = EDITOR, name: str = "adverse-event") -> Answer:
        """Read, change in place with ``change(concept)``, write."""
        read = self("GET", f"concepts/{name}", who)
        change(read.body["concept"])
        body = {"concept": read.body["concept"], "reason": "better so"}
        return self("PUT", f"concepts/{name}", who, body, if_match=read.etag)

    def messages(self) -> list[dict[str, Any]]:
        """What lies on the re-check's queue; taken off it."""
        sqs = self.sqs
        url = self.environment["RECHECK_QUEUE_URL"]
        found = []
        while batch := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in batch:
                found.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found

    def work(self) -> dict[str, Any]:
        """Let the worker do what lies on the queue."""
        records = [
            {"messageId": str(number), "body": json.dumps(message)} for number, message in enumerate(self.messages())
        ]
        answer: dict[str, Any] = self.worker.handler({"Records": records}, None)
        return answer

    def rows(self) -> list[dict[str, Any]]:
        """Every item of the editors' table."""
        table = self.environment["EDITORIAL_TABLE"]
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=table)
        return [row for page in pages for row in page["Items"]]

    def empty(self) -> None:
        """As if nothing had happened (the emulator's own rights; no role of ours could)."""
        aws.empty(self.environment["EDITORIAL_TABLE"])
        self.messages()
        for module in (self.concepts, self.checks, self.worker):
            module._reader.__init__(module._documents)


@pytest.fixture(scope="session")
def _handlers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    content: Path = tmp_path_factory.mktemp("editorial")
    (content / "segments.json").write_text(json.dumps({"release": "r" + "0" * 32, "segments": to_json(SEGMENTS)}))
    before = dict(os.environ)
    os.environ.update(BASE_ENVIRONMENT, CONTENT_DIR=str(content))
    with mock_aws():
        tables.create()
        api = Api()
        # A busy machine is no reason to leave an import to the sweep.
        vars(api.imports)["WRITE_MS"] = 3_600_000
        yield api
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def api(_handlers: Api) -> Api:
    """The handlers with an empty store."""
    _handlers.empty()
    return _handlers
