"""boto3 clients, made once while the function initialises; no connection is opened before the first call."""

from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from boto3.dynamodb.types import TypeDeserializer
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient

# A visitor waits: give up fast and let the page retry with the same key.
_CONFIG = Config(connect_timeout=2, read_timeout=4, retries={"total_max_attempts": 3, "mode": "standard"})


@cache
def dynamodb() -> "DynamoDBClient":
    """The DynamoDB client."""
    return boto3.client("dynamodb", config=_CONFIG)


@cache
def secretsmanager() -> "SecretsManagerClient":
    """The Secrets Manager client."""
    return boto3.client("secretsmanager", config=_CONFIG)


@cache
def sqs() -> "SQSClient":
    """The SQS client."""
    return boto3.client("sqs", config=_CONFIG)


_AS_THEY_ARE = {str: "S", bytes: "B", bool: "BOOL"}


def attribute(value: Any) -> dict[str, Any]:
    """A DynamoDB attribute value; floats do not occur (boto3's serializer costs ten times as much)."""
    match value:
        case str() | bytes() | bool():
            return {_AS_THEY_ARE[type(value)]: value}
        case int():
            return {"N": str(value)}
        case None:
            return {"NULL": True}
        case dict():
            return {"M": {key: attribute(item) for key, item in value.items()}}
        case list():
            return {"L": [attribute(item) for item in value]}
    raise TypeError(f"{type(value).__name__} has no place in an item")


def item(values: dict[str, Any]) -> dict[str, Any]:
    """A DynamoDB item; keys whose value is ``None`` are left out."""
    kinds = _AS_THEY_ARE
    return {
        key: {kinds[type(value)]: value} if type(value) in kinds else attribute(value)
        for key, value in values.items()
        if value is not None
    }


_deserialize = TypeDeserializer().deserialize


def values(stored: dict[str, Any]) -> dict[str, Any]:
    """Plain values of a stored item: binaries as bytes, numbers as ``int``."""
    return {key: _plain(_deserialize(value)) for key, value in stored.items()}


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {key: _plain(inner) for key, inner in value.items()}
        case list():
            return [_plain(inner) for inner in value]
        case str() | bool() | None:
            return value
        case _ if hasattr(value, "value"):
            return bytes(value.value)
    return int(value)
