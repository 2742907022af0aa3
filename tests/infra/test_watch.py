"""Alarms: each condition that somebody must hear of, and that they are told."""

import json
from typing import Any

import pytest

from consentry.base.routes import HANDLERS

ALARM = "AWS::CloudWatch::Alarm"


@pytest.fixture
def alarms(prod: Any) -> Any:
    return {item["AlarmName"].removeprefix("consentry-prod-"): item for item in prod.of(ALARM).values()}


def test_what_is_watched(alarms: Any) -> None:
    assert set(alarms) == {
        "outbox-age",
        "consent-tampering",
        "submissions-submit-refusals",
        "submissions-profile-refusals",
        "api-5xx",
        "captured-dead-depth",
        "outbox-failure-depth",
        "watch-failure-depth",
        "recheck-dead-depth",
        "captured-waiting",
        "recheck-age",
        *(f"{function_id}-errors" for function_id in HANDLERS),
        *(f"{function_id}-throttles" for function_id in HANDLERS),
    }


def test_every_alarm_tells_the_target_and_says_where_to_read_on(alarms: Any, prod: Any) -> None:
    (topic,) = prod.of("AWS::SNS::Topic")
    for alarm in alarms.values():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": topic}]
        assert "docs/operator-guide.md" in alarm["AlarmDescription"]
    (subscription,) = prod.of("AWS::SNS::Subscription").values()
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "forms-operations@example.com")


@pytest.mark.parametrize(
    ("name", "metric", "function_id", "seconds"),
    [
        ("outbox-age", "OutboxAgeSeconds", "leads-outbox", 300),
        ("recheck-age", "RecheckAgeSeconds", "glossary-recheck", 900),
    ],
)
def test_a_sweep_that_falls_silent_alarms_as_old_work_does(
    name: str, metric: str, function_id: str, seconds: int, alarms: Any
) -> None:
    alarm = alarms[name]
    assert alarm["TreatMissingData"] == "breaching"
    assert (alarm["Namespace"], alarm["MetricName"]) == ("consentry", metric)
    assert alarm["Dimensions"] == [{"Name": "function", "Value": function_id}]
    assert (alarm["Statistic"], alarm["Threshold"], alarm["ComparisonOperator"]) == (
        "Maximum",
        seconds,
        "GreaterThanThreshold",
    )


def test_one_changed_event_is_enough(alarms: Any) -> None:
    alarm = alarms["consent-tampering"]
    assert alarm["Dimensions"] == [{"Name": "function", "Value": "consent-watch"}]
    assert (alarm["MetricName"], alarm["Statistic"], alarm["Threshold"], alarm["EvaluationPeriods"]) == (
        "EventTampering",
        "Sum",
        0,
        1,
    )


@pytest.mark.parametrize("function_id", ["submissions-submit", "submissions-profile"])
def test_refusals_alarm_by_rate(function_id: Any, alarms: Any) -> None:
    alarm = alarms[f"{function_id}-refusals"]
    metrics = {item["Id"]: item for item in alarm["Metrics"]}
    (expression,) = [item["Expression"] for item in metrics.values() if "Expression" in item]
    assert expression == "IF(requests > 20, refusals / requests, 0)"
    for name, metric in (("refusals", "Refusals"), ("requests", "Requests")):
        assert metrics[name]["MetricStat"]["Metric"] == {
            "Namespace": "consentry",
            "MetricName": metric,
            "Dimensions": [{"Name": "function", "Value": function_id}],
        }
    assert alarm["Threshold"] == 0.5


@pytest.mark.parametrize("name", ["captured-dead", "outbox-failure", "watch-failure", "recheck-dead"])
def test_anything_given_up_alarms(name: Any, alarms: Any, prod: Any) -> None:
    alarm = alarms[f"{name}-depth"]
    assert (alarm["MetricName"], alarm["Threshold"]) == ("ApproximateNumberOfMessagesVisible", 0)
    queue = alarm["Dimensions"][0]["Value"]["Fn::GetAtt"][0]
    assert prod.resources[queue]["Properties"]["QueueName"] == f"consentry-prod-{name}"


def test_alarms_can_be_published_to_the_encrypted_topic(prod: Any) -> None:
    (topic,) = prod.of("AWS::SNS::Topic").values()
    assert topic["KmsMasterKeyId"] == {"Fn::GetAtt": ["TableKey", "Arn"]}
    statements = prod.of("AWS::KMS::Key")["TableKey"]["KeyPolicy"]["Statement"]
    (publish,) = [item for item in statements if item.get("Sid") == "AlarmsPublish"]
    assert publish["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert set(publish["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey*"}


def test_there_is_a_dashboard(prod: Any) -> None:
    (dashboard,) = prod.of("AWS::CloudWatch::Dashboard").values()
    text = str(dashboard["DashboardBody"])
    assert all(metric in text for metric in ("OutboxAgeSeconds", "Refusals", "EventTampering", "Failures"))


def test_requests_are_drawn_as_lambda_counts_them_because_reading_a_form_emits_nothing(prod: Any) -> None:
    (dashboard,) = prod.of("AWS::CloudWatch::Dashboard").values()
    _, parts = dashboard["DashboardBody"]["Fn::Join"]
    body = json.loads("".join(part if isinstance(part, str) else part.get("Ref", "?") for part in parts))
    (metrics,) = [one["properties"]["metrics"] for one in body["widgets"] if one["properties"]["title"] == "Requests"]
    named = {prod.of("AWS::Lambda::Function")[metric[3]]["FunctionName"] for metric in metrics}
    assert {metric[1] for metric in metrics} == {"Invocations"}
    assert {"consentry-prod-forms-definitions", "consentry-prod-submissions-submit"} < named


def test_an_alarm_target_of_the_organisation_is_used_as_it_is(elsewhere: Any) -> None:
    assert elsewhere.of("AWS::SNS::Topic") == {}
    targets = {tuple(item["AlarmActions"]) for item in elsewhere.of(ALARM).values()}
    assert targets == {("arn:aws:sns:us-east-1:111122223333:on-call",)}
