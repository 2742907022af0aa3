"""Streams and the clock: filters, retries, and where a failure goes."""

import json
from typing import Any

MAPPING = "AWS::Lambda::EventSourceMapping"


def mapping(prod: Any, source: Any, attribute: str = "StreamArn") -> Any:
    (found,) = [
        item for item in prod.of(MAPPING).values() if item["EventSourceArn"] == {"Fn::GetAtt": [source, attribute]}
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


def test_sweeps_come_by_the_clock(prod: Any) -> None:
    found = {}
    for rule in prod.of("AWS::Events::Rule").values():
        (target,) = rule["Targets"]
        assert "Records" not in json.loads(target["Input"])
        found[name_of(prod, target["Arn"])] = rule["ScheduleExpression"]
    assert found == {
        "consentry-prod-leads-outbox": "rate(1 minute)",
        "consentry-prod-glossary-recheck": "rate(1 minute)",
    }
    permitted = [
        item["SourceArn"]["Fn::GetAtt"]
        for item in prod.of("AWS::Lambda::Permission").values()
        if item["Principal"] == "events.amazonaws.com"
    ]
    assert sorted(permitted) == sorted([name, "Arn"] for name in prod.of("AWS::Events::Rule"))


def test_a_sweep_that_crashed_leaves_a_trace(prod: Any) -> None:
    traces = {}
    for config in prod.of("AWS::Lambda::EventInvokeConfig").values():
        assert config["MaximumRetryAttempts"] == 0
        function = prod.resources[config["FunctionName"]["Ref"]]["Properties"]["FunctionName"]
        traces[function] = config["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"]
    assert traces == {
        "consentry-prod-leads-outbox": ["OutboxFailureQueue", "Arn"],
        "consentry-prod-glossary-recheck": ["RecheckDeadQueue", "Arn"],
    }


def test_rechecks_are_taken_one_by_one_and_never_twice_at_once(prod: Any) -> None:
    item = mapping(prod, "RecheckQueue", "Arn")
    assert name_of(prod, item["FunctionName"]) == "consentry-prod-glossary-recheck"
    assert (item["BatchSize"], item["ScalingConfig"]) == (1, {"MaximumConcurrency": 2})
    assert item["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    worker = prod.named("AWS::Lambda::Function", FunctionName="consentry-prod-glossary-recheck")
    hidden = prod.of("AWS::SQS::Queue")["RecheckQueue"]["VisibilityTimeout"]
    assert hidden >= 6 * worker["Timeout"]  # what SQS event sources ask for
