"""The editors' table over moto: real documents without a deployment."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl

import boto3

from consentry.base.documents import Document, Documents, Write
from support.aws import mock_aws
from support.stack import BASE_ENVIRONMENT

TABLE = "editorial"
AT = "2026-11-22T09:00:00.000Z"


def create(client: Any, table: str = TABLE) -> None:
    """The table as the template makes it."""
    client.create_table(
        TableName=table,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("path", "version", "folder")],
        KeySchema=[{"AttributeName": "path", "KeyType": "HASH"}, {"AttributeName": "version", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-folder",
                "KeySchema": [
                    {"AttributeName": "folder", "KeyType": "HASH"},
                    {"AttributeName": "path", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )


class Editorial:
    """One store and what it holds."""

    def __init__(self, client: Any, table: str) -> None:
        self.client = client
        self.table = table
        self.documents = Documents(client, table)

    def get(self, path: str) -> Document:
        """A document that is there."""
        found = self.documents.get(path)
        assert found is not None, path
        return found

    def put(self, path: str, body: dict[str, Any], actor: str = "anna-t", action: str = "draft") -> Document:
        """A next version, whatever there is."""
        held = self.documents.get(path)
        write = Write(path, held.number if held else 0, body, action)
        return self.documents.write([write], actor=actor, reason="a test", at=AT)[0]

    def paths(self) -> dict[str, int]:
        """Every document's path and number."""
        pages = self.client.get_paginator("scan").paginate(TableName=self.table)
        heads = (row for page in pages for row in page["Items"] if row["version"]["S"] == "HEAD" and "body" in row)
        return {row["path"]["S"]: int(row["number"]["N"]) for row in heads}


@contextmanager
def store(table: str = TABLE) -> Iterator[Editorial]:
    """An empty store."""
    with mock_aws():
        client = boto3.client(
            "dynamodb",
            region_name=BASE_ENVIRONMENT["AWS_DEFAULT_REGION"],
            aws_access_key_id=BASE_ENVIRONMENT["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=BASE_ENVIRONMENT["AWS_SECRET_ACCESS_KEY"],
        )
        create(client, table)
        try:
            yield Editorial(client, table)
        finally:
            client.delete_table(TableName=table)


def request(method: str, path: str, who: dict[str, str] | None, body: Any = None, **headers: str) -> dict[str, Any]:
    """A staff event as the gateway hands it over; ``who`` are the verified claims, None without a token."""
    raw, _, search = path.partition("?")
    sent = {"content-type": "application/json"} if body is not None else {}
    context: dict[str, Any] = {"http": {"method": method, "path": raw}}
    if who is not None:
        context["authorizer"] = {"jwt": {"claims": who, "scopes": None}}
    return {
        "version": "2.0",
        "rawPath": raw,
        "headers": sent | {name.replace("_", "-"): value for name, value in headers.items()},
        "queryStringParameters": dict(parse_qsl(search, keep_blank_values=True)),
        "requestContext": context,
        "body": json.dumps(body) if body is not None else None,
        "isBase64Encoded": False,
    }


def claims(sub: str, scopes: str, locales: str = "*", markets: str = "*") -> dict[str, str]:
    """Verified claims of a member of staff."""
    return {"sub": sub, "scope": scopes, "locales": locales, "markets": markets}
