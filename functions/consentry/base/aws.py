"""AWS clients, made once while the function initialises; no connection is opened before the first call.

botocore's own: boto3 makes the same clients, 40 ms and 3 MiB later.
"""

import base64
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import botocore.session
import orjson
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient

# A visitor waits: give up fast and let the page retry with the same key.
# What is sent is made by typed code and judged by the service; judging it here as well is a fifth of a call's CPU.
# Who calls is in the role; a description of this machine would be put together anew for every call.
_CONFIG = Config(
    connect_timeout=2,
    read_timeout=4,
    retries={"total_max_attempts": 3, "mode": "standard"},
    parameter_validation=False,
    user_agent="consentry",
)


@cache
def _session() -> botocore.session.Session:
    return botocore.session.get_session()


def _client(service: str) -> Any:
    return _session().create_client(service, config=_CONFIG)


@cache
def dynamodb() -> "DynamoDBClient":
    """The DynamoDB client.

    botocore would walk a transaction attribute by attribute to find its bytes, and again for the tables it names: a
    fifth of the call's CPU. All but the bytes is the wire's form already, so it is given nothing to walk.
    """
    client: Any = _client("dynamodb")
    client.meta.events.register_last("before-parameter-build.dynamodb.TransactWriteItems", _set_aside)
    client.meta.events.register_first("before-call.dynamodb.TransactWriteItems", _write)
    return cast("DynamoDBClient", client)


def _set_aside(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    context["wire"] = dict(params)
    params.clear()


def _write(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    params["body"] = orjson.dumps(context["wire"], default=_base64)


def _base64(value: object) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    raise TypeError(f"{type(value).__name__} has no place in an item")


@cache
def secretsmanager() -> "SecretsManagerClient":
    """The Secrets Manager client."""
    client: SecretsManagerClient = _client("secretsmanager")
    return client


@cache
def sqs() -> "SQSClient":
    """The SQS client."""
    client: SQSClient = _client("sqs")
    return client


@cache
def s3() -> "S3Client":
    """The S3 client. Addresses it signs name the region: a new bucket answers a PUT elsewhere with a redirect."""
    config = _CONFIG.merge(Config(signature_version="s3v4", s3={"addressing_style": "virtual"}))
    client: Any = _session().create_client("s3", config=config)
    return cast("S3Client", client)


_AS_THEY_ARE = {str: "S", bytes: "B", bool: "BOOL"}


def attribute(value: Any) -> dict[str, Any]:
    """A DynamoDB attribute value; floats do not occur (boto3's serializer takes ten times as long)."""
    match value:
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case str() | bytes():
            return {_AS_THEY_ARE[type(value)]: value}
        case None:
            return {"NULL": True}
        case dict():
            return {"M": {key: attribute(item) for key, item in value.items()}}
        case list():
            return {"L": [attribute(item) for item in value]}
    raise TypeError(f"{type(value).__name__} has no place in an item")


def item(values: Mapping[str, Any]) -> dict[str, Any]:
    """A DynamoDB item; keys whose value is ``None`` are left out."""
    kinds = _AS_THEY_ARE
    return {
        key: {kinds[kind]: value} if (kind := type(value)) in kinds else attribute(value)
        for key, value in values.items()
        if value is not None
    }


def values(stored: dict[str, Any]) -> dict[str, Any]:
    """Plain values of a stored item: binaries as bytes, numbers as ``int``."""
    return {key: _plain(value) for key, value in stored.items()}


def _plain(attribute: dict[str, Any]) -> Any:
    ((kind, value),) = attribute.items()
    match kind:
        case "N":
            return int(value)
        case "M":
            return values(value)
        case "L":
            return [_plain(inner) for inner in value]
        case "SS":
            return set(value)
        case "NULL":
            return None
    return value
