"""The outbox: at least once on the wire, exactly once by (lead_id, sequence), nothing lost on the way."""

from typing import Any

import jsonschema_rs
import pytest

from consentry.leads.build.asyncapi import data_schema, document
from consentry.leads.messages import ENVELOPE, cloud_event
from support.release import body, consents
from support.stack import Stack


def doorbell(*lead_ids: str) -> dict[str, Any]:
    return {
        "Records": [
            {
                "eventName": "INSERT",
                "eventSource": "aws:dynamodb",
                "eventID": str(number),
                "dynamodb": {"Keys": {"lead_id": {"S": lead_id}}, "SequenceNumber": str(number)},
            }
            for number, lead_id in enumerate(lead_ids, 1)
        ]
    }


def lead_ids(stack: Stack) -> list[str]:
    return [lead["lead_id"] for lead in stack.rows("leads")]


def test_the_doorbell_sends_and_clears(stack: Stack) -> None:
    stack.submit(body())
    assert stack.outbox_worker.handler(doorbell(*lead_ids(stack)), None) == {"batchItemFailures": []}
    assert len(stack.messages()) == 1
    assert "outbox" not in stack.rows("leads")[0]
    stack.outbox_worker.handler(doorbell(*lead_ids(stack)), None)
    assert stack.messages() == []


def test_the_sweep_finds_what_the_doorbell_missed_but_leaves_it_a_head_start(stack: Stack) -> None:
    stack.submit(body())
    stack.sweep(after_seconds=0)
    assert stack.messages() == []
    stack.sweep()
    assert len(stack.messages()) == 1


def test_a_crash_between_sending_and_clearing_repeats_the_message_and_loses_none(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = consents("DE", "de-DE", "event-invitation", "promotional-email", given=("promotional-email",))
    stack.submit(body(consents=given))
    client = stack.outbox_worker._leads._dynamodb
    with monkeypatch.context() as patch:
        patch.setattr(client, "update_item", crash)
        assert stack.outbox_worker.handler(doorbell(*lead_ids(stack)), None)["batchItemFailures"]
    stack.sweep()
    messages = stack.messages()
    assert len(messages) == 4
    assert len({(message["data"]["lead_id"], message["data"]["sequence"]) for message in messages}) == 2
    assert len({message["id"] for message in messages}) == 2


def crash(**_: Any) -> None:
    raise ConnectionError("killed")


def test_one_lead_that_cannot_leave_does_not_hold_up_the_others(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        stack.submit(body())
    stuck = lead_ids(stack)[0]
    drain = stack.outbox_worker._leads.drain

    def flaky(lead_id: str) -> int:
        if lead_id == stuck:
            raise ConnectionError("no route")
        return int(drain(lead_id))

    monkeypatch.setattr(stack.outbox_worker._leads, "drain", flaky)
    stack.sweep()
    assert len(stack.messages()) == 2
    assert [lead["lead_id"] for lead in stack.rows("leads") if "pending" in lead] == [stuck]


def test_a_message_that_arrives_while_draining_stays(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    token = stack.submit(body())[1]["profile_token"]
    client = stack.outbox_worker._leads._sqs
    send = client.send_message
    more = {**body(), "stage": "profile", "answers": {}, "consents": consents("DE", "de-DE", "promotional-phone")}

    def send_and_meanwhile(**arguments: Any) -> Any:
        monkeypatch.setattr(client, "send_message", send)
        assert stack.answer(token, more)[0] == 201
        return send(**arguments)

    monkeypatch.setattr(client, "send_message", send_and_meanwhile)
    stack.sweep()
    assert "pending" in stack.rows("leads")[0]
    stack.sweep()
    assert {message["data"]["sequence"] for message in stack.messages()} == {1, 2}
    assert "pending" not in stack.rows("leads")[0]


def test_messages_match_the_published_schema_and_hold_the_whole_envelope(stack: Stack) -> None:
    stack.submit(body())
    stack.sweep()
    (message,) = stack.messages()
    assert jsonschema_rs.validator_for(data_schema()).is_valid(message["data"])
    assert message["data"].keys() == ENVELOPE.keys()
    described = document()
    payload = next(
        one["payload"] for one in described["components"]["messages"].values() if one["name"] == message["type"]
    )
    assert jsonschema_rs.validator_for({**payload, "components": described["components"]}).is_valid(message)


def test_a_field_the_schema_does_not_know_never_leaves() -> None:
    with pytest.raises(KeyError, match="shoe_size"):
        cloud_event("t", "s", "now", {"lead_id": "1", "sequence": 1, "shoe_size": 43})
