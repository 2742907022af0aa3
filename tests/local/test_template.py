"""The committed template as the one-machine stack reads it."""

import json
from pathlib import Path
from typing import Any

import pytest

from consentry.base.routes import HANDLERS, ROUTES
from consentry.local.template import Stack, matches, parse

TEMPLATE = json.loads((Path(__file__).parents[2] / "infra" / "template.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def stack() -> Stack:
    return parse(TEMPLATE)


def test_tables_have_the_deployed_keys_indexes_streams_and_expiry(stack: Stack) -> None:
    tables = {table.name: table for table in stack.tables.values()}
    assert set(tables) == {
        f"consentry-local-{name}"
        for name in ("consents", "subjects", "identities", "keys", "leads", "requests", "content", "editorial")
    }
    consents, leads = tables["consentry-local-consents"], tables["consentry-local-leads"]
    assert [key["AttributeName"] for key in consents.arguments["KeySchema"]] == ["subject_ref", "event_key"]
    assert [index["IndexName"] for index in consents.arguments["LocalSecondaryIndexes"]] == ["by-occurrence"]
    assert [index["IndexName"] for index in leads.arguments["GlobalSecondaryIndexes"]] == ["pending"]
    assert leads.arguments["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    assert tables["consentry-local-requests"].ttl == "expires_at"
    assert {name for name, table in tables.items() if table.ttl is None} == set()


def test_queues_and_secrets(stack: Stack) -> None:
    captured = stack.queues["CapturedQueue"]
    assert (captured.name, captured.dead, captured.receives) == ("consentry-local-captured", "CapturedDeadQueue", 5)
    assert captured.attributes["VisibilityTimeout"] == "60"
    recheck = stack.queues["RecheckQueue"]
    assert (recheck.name, recheck.dead, recheck.receives) == ("consentry-local-recheck", "RecheckDeadQueue", 3)
    assert stack.buckets == {"UploadsBucket": "consentry-local-uploads-111122223333-eu-central-1"}
    secret = stack.secrets["TokenSecret"]
    assert (secret.members, secret.generated, secret.length) == ({"current": "1"}, "1", 64)


def test_the_environment_names_tables_queue_and_secrets(stack: Stack) -> None:
    assert stack.environment == {
        **{f"{name.upper()}_TABLE": f"{name.capitalize()}Table"
           for name in ("consents", "subjects", "identities", "keys", "leads", "requests", "content", "editorial")},
        **{f"{name.upper()}_SECRET": f"{name.capitalize()}Secret" for name in ("token", "identity", "kek")},
        "CAPTURED_QUEUE_URL": "CapturedQueue",
        "RECHECK_QUEUE_URL": "RecheckQueue",
        "UPLOADS_BUCKET": "UploadsBucket",
    }  # fmt: skip


def test_workers_have_their_streams_filters_and_schedule(stack: Stack) -> None:
    streams = {source.table: source for source in stack.streams}
    assert {table: source.handler for table, source in streams.items()} == {
        "LeadsTable": HANDLERS["leads-outbox"],
        "ConsentsTable": HANDLERS["consent-watch"],
        "EditorialTable": HANDLERS["consent-watch"],
    }
    pending = {"eventName": "MODIFY", "dynamodb": {"NewImage": {"pending": {"S": "P#1"}}}}
    done: dict[str, Any] = {"eventName": "MODIFY", "dynamodb": {"NewImage": {}}}
    assert [any(matches(f, r) for f in streams["LeadsTable"].filters) for r in (pending, done)] == [True, False]
    tampered, written = {"eventName": "REMOVE"}, {"eventName": "INSERT"}
    assert [any(matches(f, r) for f in streams["ConsentsTable"].filters) for r in (tampered, written)] == [True, False]
    changed: list[dict[str, Any]] = [
        {"eventName": name, "dynamodb": {"Keys": {"path": {"S": "p"}, "version": {"S": version}}}}
        for name, version in (("MODIFY", "000001"), ("INSERT", "000001"), ("MODIFY", "HEAD"))
    ]
    assert [any(matches(f, r) for f in streams["EditorialTable"].filters) for r in changed] == [True, False, False]
    assert sorted((s.handler, s.seconds) for s in stack.schedules) == [
        (HANDLERS["glossary-recheck"], 60),
        (HANDLERS["leads-outbox"], 60),
    ]
    assert [s.event for s in stack.schedules] == [{}, {}]
    assert [(s.queue, s.handler, s.batch) for s in stack.taken] == [("RecheckQueue", HANDLERS["glossary-recheck"], 1)]


def test_every_deployed_function_is_served_and_by_the_same_routes() -> None:
    resources = TEMPLATE["Resources"].values()
    deployed = {r["Properties"]["Handler"] for r in resources if r["Type"] == "AWS::Lambda::Function"}
    assert deployed == set(HANDLERS.values())
    keys = {r["Properties"]["RouteKey"] for r in resources if r["Type"] == "AWS::ApiGatewayV2::Route"}
    assert keys == {route.key for route in ROUTES}


def test_cors_is_the_deployed_one(stack: Stack) -> None:
    assert set(stack.cors.methods) == {"GET", "POST"}
    assert {"authorization", "content-type", "idempotency-key"} <= set(stack.cors.headers)
    assert "etag" in stack.cors.exposed
    assert stack.cors.max_age > 0


@pytest.mark.parametrize(
    ("pattern", "record", "expected"),
    [
        ({"a": ["x", "y"]}, {"a": "y"}, True),
        ({"a": ["x"]}, {"a": "y"}, False),
        ({"a": ["x"]}, {}, False),
        ({"a": [None]}, {}, False),
        ({"a": {"b": ["x"]}}, {"a": {"b": "x"}}, True),
        ({"a": {"b": ["x"]}}, {"a": "x"}, False),
        ({"a": ["x"], "b": ["y"]}, {"a": "x", "b": "z"}, False),
        ({"a": [{"exists": True}]}, {"a": None}, True),
        ({"a": [{"exists": True}]}, {}, False),
        ({"a": [{"exists": False}]}, {}, True),
        ({"a": [{"exists": False}]}, {"a": 1}, False),
        ({"a": [{"prefix": "P#"}]}, {"a": "P#3"}, True),
        ({"a": [{"prefix": "P#"}]}, {"a": 3}, False),
        ({"a": [{"anything-but": ["x", "y"]}]}, {"a": "z"}, True),
        ({"a": [{"anything-but": ["x", "y"]}]}, {"a": "y"}, False),
        ({"a": [{"anything-but": ["x"]}]}, {}, False),
        ({}, {"a": 1}, True),
    ],
)
def test_filters(pattern: dict[str, Any], record: dict[str, Any], expected: bool) -> None:
    assert matches(pattern, record) is expected


@pytest.mark.parametrize("pattern", [{"a": [{"numeric": [">", 1]}]}, {"a": "x"}, {"b": ["y"], "a": [{"suffix": "x"}]}])
def test_a_comparison_that_is_not_known_is_refused(pattern: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"filter|comparison"):
        matches(pattern, {})


def _with(**resources: Any) -> dict[str, Any]:
    return {"Resources": resources}


_NOBODY = {"Fn::GetAtt": ["Nobody", "Arn"]}


@pytest.mark.parametrize(
    ("kind", "properties", "why"),
    [
        ("AWS::SecretsManager::Secret", {"SecretString": "x"}, "only secrets generated"),
        ("AWS::Events::Rule", {"ScheduleExpression": "cron(0 1 * * ? *)", "Targets": []}, "only rate"),
        (
            "AWS::Events::Rule",
            {"ScheduleExpression": "rate(1 minute)", "Targets": [{"Arn": _NOBODY}]},
            "not a function",
        ),
        (
            "AWS::Lambda::EventSourceMapping",
            {
                "EventSourceArn": {"Fn::GetAtt": ["T", "StreamArn"]},
                "FunctionName": _NOBODY,
                "FilterCriteria": {"Filters": [{"Pattern": '{"a": [{"anything-but": {"prefix": "x"}}]}'}]},
            },
            "this comparison",
        ),
    ],
)
def test_what_it_could_not_honour_it_refuses(kind: str, properties: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse(_with(Thing={"Type": kind, "Properties": properties}))


def test_unnamed_resources_get_a_name_and_global_tables_count() -> None:
    key: dict[str, Any] = {"AttributeDefinitions": [], "KeySchema": []}
    stack = parse(_with(Facts={"Type": "AWS::DynamoDB::GlobalTable", "Properties": key}))
    assert stack.tables["Facts"].name == "consentry-local-Facts"
    assert stack.tables["Facts"].ttl is None
    named = {**key, "TableName": "other"}
    assert parse(_with(T={"Type": "AWS::DynamoDB::Table", "Properties": named})).tables["T"].name == "other"
