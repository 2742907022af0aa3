"""What the one-machine stack takes from ``infra/template.json``, so that it is the deployed one in small. Pure.

Tables, queues, buckets and secrets with their keys and attributes, the environment of the functions, stream filters,
queues' workers, the schedules and the CORS headers. Encryption, recovery, alarms and permissions have no meaning here.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Rename = Callable[..., str]

_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}


@dataclass(frozen=True)
class Table:
    """``arguments`` are those of ``CreateTable``; ``ttl`` is the attribute that expires items, if any."""

    arguments: Mapping[str, Any]
    ttl: str | None

    @property
    def name(self) -> str:
        """The table's name on this machine."""
        return str(self.arguments["TableName"])


@dataclass(frozen=True)
class Queue:
    """``dead`` is the logical id of the queue that takes what could not be handled ``receives`` times."""

    name: str
    attributes: Mapping[str, str]
    dead: str | None
    receives: int


@dataclass(frozen=True)
class Secret:
    """A JSON object with one generated member."""

    name: str
    members: Mapping[str, str]
    generated: str
    length: int


@dataclass(frozen=True)
class StreamSource:
    """A worker on a table's stream. A record passes when any filter matches, or there is none."""

    table: str
    handler: str
    filters: tuple[Mapping[str, Any], ...]
    batch: int
    attempts: int


@dataclass(frozen=True)
class QueueSource:
    """A worker that takes messages off a queue."""

    queue: str
    handler: str
    batch: int


@dataclass(frozen=True)
class Schedule:
    """A worker called every so many seconds with the same event."""

    handler: str
    seconds: int
    event: Mapping[str, Any]


@dataclass(frozen=True)
class Cors:
    """The API's answer to a preflight; origins come with the content."""

    methods: tuple[str, ...]
    headers: tuple[str, ...]
    exposed: tuple[str, ...]
    max_age: int


@dataclass(frozen=True)
class Stack:
    """The parts of the template by logical id; ``environment`` is variable to logical id.

    ``buckets`` are only those that a function knows, each with its name.
    """

    tables: Mapping[str, Table]
    queues: Mapping[str, Queue]
    buckets: Mapping[str, str]
    secrets: Mapping[str, Secret]
    environment: Mapping[str, str]
    streams: tuple[StreamSource, ...]
    taken: tuple[QueueSource, ...]
    schedules: tuple[Schedule, ...]
    cors: Cors


def parse(template: Mapping[str, Any]) -> Stack:
    """The stack in a CloudFormation template as CDK writes it.

    Raises:
        ValueError: something this stack has to honour is written in a way it does not know.
    """
    resources: Mapping[str, Mapping[str, Any]] = template["Resources"]

    def of(*types: str) -> dict[str, Mapping[str, Any]]:
        return {
            name: resource.get("Properties", {}) for name, resource in resources.items() if resource["Type"] in types
        }

    functions = of("AWS::Lambda::Function")
    rename = _renamer(functions)
    environment = {
        variable: value["Ref"]
        for properties in functions.values()
        for variable, value in properties.get("Environment", {}).get("Variables", {}).items()
        if isinstance(value, dict) and "Ref" in value
    }
    sources = of("AWS::Lambda::EventSourceMapping").values()
    return Stack(
        tables={
            name: _table(name, properties, rename)
            for name, properties in of("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable").items()
        },
        queues={name: _queue(name, properties, rename) for name, properties in of("AWS::SQS::Queue").items()},
        buckets={
            name: rename(properties.get("BucketName"), logical_id=name.lower())
            for name, properties in of("AWS::S3::Bucket").items()
            if name in environment.values()
        },
        secrets={
            name: _secret(name, properties, rename) for name, properties in of("AWS::SecretsManager::Secret").items()
        },
        environment=environment,
        streams=tuple(
            _stream(properties, functions)
            for properties in sources
            if _attribute(properties["EventSourceArn"], "StreamArn")
        ),
        taken=tuple(
            QueueSource(queue, _handler(properties["FunctionName"], functions), properties.get("BatchSize", 10))
            for properties in sources
            if (queue := _attribute(properties["EventSourceArn"], "Arn"))
        ),
        schedules=tuple(
            schedule
            for properties in of("AWS::Events::Rule").values()
            if "ScheduleExpression" in properties
            for schedule in _schedules(properties, functions)
        ),
        cors=_cors(of("AWS::ApiGatewayV2::Api")),
    )


def _renamer(functions: Mapping[str, Mapping[str, Any]]) -> Rename:
    """Physical names of the template's environment become names of this machine; unnamed things get one."""
    variables = (properties.get("Environment", {}).get("Variables", {}) for properties in functions.values())
    prefixes = {f"consentry-{each['ENVIRONMENT']}" for each in variables if "ENVIRONMENT" in each}

    def rename(name: object, logical_id: str) -> str:
        if not isinstance(name, str):
            return f"consentry-local-{logical_id}"
        prefix = next((each for each in prefixes if name.startswith(each)), None)
        return f"consentry-local{name.removeprefix(prefix)}" if prefix else name

    return rename


def _attribute(value: object, attribute: str) -> str | None:
    """The logical id in ``{"Fn::GetAtt": [id, attribute]}``."""
    got = value.get("Fn::GetAtt") if isinstance(value, dict) else None
    return str(got[0]) if isinstance(got, list) and got[1] == attribute else None


def _table(logical_id: str, properties: Mapping[str, Any], rename: Rename) -> Table:
    same = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "LocalSecondaryIndexes")
    arguments: dict[str, Any] = {key: properties[key] for key in same if key in properties}
    arguments |= {"TableName": rename(properties.get("TableName"), logical_id), "BillingMode": "PAY_PER_REQUEST"}
    if "StreamSpecification" in properties:
        view = properties["StreamSpecification"]["StreamViewType"]
        arguments["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": view}
    ttl = properties.get("TimeToLiveSpecification", {})
    return Table(arguments, ttl.get("AttributeName") if ttl.get("Enabled") else None)


def _queue(logical_id: str, properties: Mapping[str, Any], rename: Rename) -> Queue:
    redrive = properties.get("RedrivePolicy", {})
    taken = ("VisibilityTimeout", "MessageRetentionPeriod", "FifoQueue", "ContentBasedDeduplication")
    attributes = {key: str(properties[key]).lower() for key in taken if key in properties}
    dead = _attribute(redrive.get("deadLetterTargetArn"), "Arn")
    return Queue(rename(properties.get("QueueName"), logical_id), attributes, dead, redrive.get("maxReceiveCount", 1))


def _secret(logical_id: str, properties: Mapping[str, Any], rename: Rename) -> Secret:
    generate = properties.get("GenerateSecretString")
    if not generate or "GenerateStringKey" not in generate:
        raise ValueError(f"{logical_id}: only secrets generated into one member of a JSON object are known here")
    return Secret(
        rename(properties.get("Name"), logical_id),
        json.loads(generate.get("SecretStringTemplate", "{}")),
        generate["GenerateStringKey"],
        generate.get("PasswordLength", 32),
    )


def _handler(value: object, functions: Mapping[str, Mapping[str, Any]]) -> str:
    """The handler of the function that an ARN names: also written as a reference to it."""
    logical_id = _attribute(value, "Arn") or (str(value.get("Ref")) if isinstance(value, dict) else "")
    if logical_id not in functions:
        raise ValueError(f"{value}: not a function of this template")
    return str(functions[logical_id]["Handler"])


def _stream(properties: Mapping[str, Any], functions: Mapping[str, Mapping[str, Any]]) -> StreamSource:
    filters = tuple(json.loads(each["Pattern"]) for each in properties.get("FilterCriteria", {}).get("Filters", ()))
    for pattern in filters:
        matches(pattern, {})  # an unknown comparison must fail here and not at the first record
    attempts = properties.get("MaximumRetryAttempts", 3)
    table = _attribute(properties["EventSourceArn"], "StreamArn") or ""
    handler = _handler(properties["FunctionName"], functions)
    return StreamSource(table, handler, filters, properties.get("BatchSize", 100), attempts)


def _schedules(properties: Mapping[str, Any], functions: Mapping[str, Mapping[str, Any]]) -> list[Schedule]:
    found = re.fullmatch(r"rate\(([1-9][0-9]*) (minute|hour|day)s?\)", properties["ScheduleExpression"])
    if found is None:
        raise ValueError(f"{properties['ScheduleExpression']}: only rate(…) schedules are known here")
    seconds = int(found[1]) * _SECONDS[found[2]]
    return [
        Schedule(_handler(target["Arn"], functions), seconds, json.loads(target.get("Input", "{}")))
        for target in properties["Targets"]
    ]


def _cors(apis: Mapping[str, Mapping[str, Any]]) -> Cors:
    found: Mapping[str, Any] = next(
        (each["CorsConfiguration"] for each in apis.values() if "CorsConfiguration" in each), {}
    )

    def listed(key: str) -> tuple[str, ...]:
        return tuple(found.get(key, ()))

    return Cors(listed("AllowMethods"), listed("AllowHeaders"), listed("ExposeHeaders"), found.get("MaxAge", 0))


def matches(pattern: Mapping[str, Any], record: Mapping[str, Any]) -> bool:
    """Whether a stream record passes an event filter: every key of the pattern must match.

    Known: nested objects, lists of literals, ``{"exists": …}``, ``{"prefix": …}``, ``{"anything-but": [literals]}``.

    Raises:
        ValueError: another comparison.
    """
    # Every key is looked at, so that an unknown comparison behind one that already failed is still refused.
    results = [_matches(rule, record.get(key), key in record) for key, rule in pattern.items()]
    return all(results)


def _matches(rule: object, value: object, present: bool) -> bool:
    if isinstance(rule, dict):
        return matches(rule, value if isinstance(value, dict) else {})
    if not isinstance(rule, list):
        raise ValueError(f"{rule!r}: a filter names its values in a list")  # noqa: TRY004 -- content, not a caller
    results = [_compares(each, value, present) for each in rule]
    return any(results)


def _compares(each: object, value: object, present: bool) -> bool:
    if not isinstance(each, dict):
        return present and value == each
    if set(each) == {"exists"}:
        return present is bool(each["exists"])
    if set(each) == {"prefix"}:
        return isinstance(value, str) and value.startswith(each["prefix"])
    if set(each) == {"anything-but"} and isinstance(each["anything-but"], list):
        return present and value not in each["anything-but"]
    raise ValueError(f"{each}: this comparison is not known here")
