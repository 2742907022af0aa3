"""The real handlers over moto, in process: HTTP events in, tables and queue out."""

import importlib
import json
import time
import uuid
from pathlib import Path
from typing import Any

import boto3

from consentry.base.aws import item, values
from support import aws, release

BASE_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "ENVIRONMENT": "test",
    "PRODUCTION": "false",
    "POWERTOOLS_METRICS_NAMESPACE": "consentry",
}


def post(path: str, body: Any, **headers: str) -> dict[str, Any]:
    """An API Gateway v2 POST event; a header set to the empty string is left out."""
    sent = {
        "content-type": "application/json",
        "origin": "https://demo.example.com",
        "idempotency-key": uuid.uuid4().hex,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    parts = path.split("/")
    return {
        "version": "2.0",
        "rawPath": path,
        "headers": {name: value for name, value in sent.items() if value},
        "queryStringParameters": {},
        "pathParameters": {"form": parts[3]} if parts[2] == "forms" else {},
        "requestContext": {"http": {"method": "POST", "path": path}},
        "body": body if isinstance(body, str) else json.dumps(body),
        "isBase64Encoded": False,
    }


class Stack:
    """One deployment's tables and handlers."""

    def __init__(self, content: Path, environment: dict[str, str]) -> None:
        self.environment = environment
        release.write(content)
        self.submit_handler = importlib.import_module("consentry.submissions.submit_handler")
        self.profile_handler = importlib.import_module("consentry.submissions.profile_handler")
        self.edge = importlib.import_module("consentry.submissions.edge")
        self.outbox_worker = importlib.import_module("consentry.leads.outbox_worker")

    def submit(self, body: Any, **headers: str) -> tuple[int, dict[str, Any]]:
        """``POST …/submissions``."""
        return self._answer(
            self.submit_handler.handler(post(f"/v1/forms/{release.FORM}/submissions", body, **headers), None)
        )

    def next(self, token: str, **headers: str) -> tuple[int, dict[str, Any]]:
        """``POST /v1/profile/next``."""
        event = post("/v1/profile/next", {}, authorization=f"Bearer {token}", **headers)
        return self._answer(self.profile_handler.handler(event, None))

    def answer(self, token: str, body: Any, **headers: str) -> tuple[int, dict[str, Any]]:
        """``POST /v1/profile/answers``."""
        event = post("/v1/profile/answers", body, **{"authorization": f"Bearer {token}", **headers})
        return self._answer(self.profile_handler.handler(event, None))

    @staticmethod
    def _answer(response: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return response["statusCode"], json.loads(response["body"])

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Every item of a table, as plain values."""
        pages = (
            boto3.client("dynamodb")
            .get_paginator("scan")
            .paginate(TableName=self.environment[f"{table.upper()}_TABLE"])
        )
        return [_opened(values(row)) for page in pages for row in page["Items"]]

    def put_content(self, values: dict[str, Any]) -> None:
        """Put an item into the content table, as an operator's release does."""
        boto3.client("dynamodb").put_item(TableName=self.environment["CONTENT_TABLE"], Item=item(values))

    def counts(self) -> dict[str, int]:
        """Items per table."""
        return {
            name: len(self.rows(name)) for name in ("consents", "subjects", "identities", "keys", "leads", "requests")
        }

    def empty(self) -> None:
        """Remove every item and message (the emulator's own rights; no role of ours could)."""
        aws.empty(*(table for name, table in self.environment.items() if name.endswith("_TABLE")))
        self.messages()

    def sweep(self, after_seconds: float = 60) -> None:
        """The minute's schedule, as if ``after_seconds`` had passed."""
        self.outbox_worker.sweep(time.time() + after_seconds)

    def messages(self) -> list[dict[str, Any]]:
        """What lies on the captured queue; taken off it."""
        sqs = boto3.client("sqs")
        url = self.environment["CAPTURED_QUEUE_URL"]
        found = []
        while batch := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in batch:
                found.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found


def _opened(row: dict[str, Any]) -> dict[str, Any]:
    """The row with its JSON texts read."""
    return {name: json.loads(value) if name in {"facts", "profile", "states"} else value for name, value in row.items()}
