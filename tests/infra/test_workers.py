"""Streams and the clock: filters, retries, and where a failure goes."""

import json
from typing import Any

MAPPING = "AWS::Lambda::EventSourceMapping"


def mapping(prod: Any, table: Any) -> Any:
    (found,) = [
        item for item in prod.of(MAPPING).values() if item["EventSourceArn"] == {"Fn::GetAtt": [table, "StreamArn"]}
    ]
    return found


def pattern(item: Any) -> Any:
    (only,) = item["FilterCriteria"]["Filters"]
    return json.loads(only["Pattern"])


def name_of(prod: Any, reference: Any) -> Any:
    return prod.resources[reference["Fn::GetAtt"][0]]["Properties"]["FunctionName"]


def test_a_lead_with_something_to_send_rings_the_outbox(prod: Any) -> None:
    item = mapping(prod, "LeadsTable")
    assert name_of(prod, item["FunctionName"]) == "consentry-prod-leads-outbox"
    assert pattern(item) == {
        "eventName": ["INSERT", "MODIFY"],
        "dynamodb": {"NewImage": {"pending": {"S": [{"exists": True}]}}},
    }


def test_a_changed_or_removed_event_rings_the_watch(prod: Any) -> None:
    item = mapping(prod, "ConsentsTable")
    assert name_of(prod, item["FunctionName"]) == "consentry-prod-consent-watch"
    assert pattern(item) == {"eventName": ["MODIFY", "REMOVE"]}


def test_a_changed_or_removed_version_of_a_document_rings_the_watch_too(prod: Any) -> None:
    item = mapping(prod, "EditorialTable")
    assert name_of(prod, item["FunctionName"]) == "consentry-prod-consent-watch"
    assert pattern(item) == {
        "eventName": ["MODIFY", "REMOVE"],
        "dynamodb": {"Keys": {"version": {"S": [{"anything-but": ["HEAD"]}]}}},
    }


def test_a_failing_batch_is_retried_halved_and_set_aside(prod: Any) -> None:
    for table, queue in (
        ("LeadsTable", "OutboxFailureQueue"),
        ("ConsentsTable", "WatchFailureQueue"),
        ("EditorialTable", "WatchFailureQueue"),
    ):
        item = mapping(prod, table)
        assert item["BisectBatchOnFunctionError"] is True
        assert item["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert 0 < item["MaximumRetryAttempts"] <= 20
        assert item["StartingPosition"] == "TRIM_HORIZON"
        assert item["DestinationConfig"] == {"OnFailure": {"Destination": {"Fn::GetAtt": [queue, "Arn"]}}}


def test_the_sweep_comes_every_minute(prod: Any) -> None:
    (rule,) = prod.of("AWS::Events::Rule").values()
    assert rule["ScheduleExpression"] == "rate(1 minute)"
    (target,) = rule["Targets"]
    assert name_of(prod, target["Arn"]) == "consentry-prod-leads-outbox"
    assert "Records" not in json.loads(target["Input"])
    permission = prod.named("AWS::Lambda::Permission", Principal="events.amazonaws.com")
    assert permission["SourceArn"]["Fn::GetAtt"][1] == "Arn"


def test_a_sweep_that_crashed_leaves_a_trace(prod: Any) -> None:
    (config,) = prod.of("AWS::Lambda::EventInvokeConfig").values()
    assert config["DestinationConfig"] == {"OnFailure": {"Destination": {"Fn::GetAtt": ["OutboxFailureQueue", "Arn"]}}}
    assert config["MaximumRetryAttempts"] == 0
