"""How often DynamoDB is called, counted at the client; which writes, see ``test_writes.py``."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from consentry.base import aws
from support.release import FORM, body, consents
from support.stack import Stack, post


@pytest.fixture
def calls(stack: Stack) -> Iterator[list[tuple[str, int]]]:
    """Every request to DynamoDB from now on: operation, and how many items it writes or keys it reads."""
    assert stack.submit(body())[0] == 201  # warm: secrets held, revocations fresh
    seen: list[tuple[str, int]] = []

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        sent = json.loads(params["body"])
        tables = sent.get("RequestItems", {})
        seen.append(
            (model.name, len(sent.get("TransactItems", ())) or sum(len(each["Keys"]) for each in tables.values()))
        )

    events = aws.dynamodb().meta.events
    events.register("before-call.dynamodb", note)
    yield seen
    events.unregister("before-call.dynamodb", note)


@pytest.mark.parametrize("given", [(), ("promotional-email",), ("event-invitation", "promotional-email")])
@pytest.mark.parametrize(("market", "locale"), [("DE", "de-DE"), ("SA", "ar-SA"), ("US-CA", "en-US")])
def test_stage_one_writes_once_at_most_six_items_plus_one_per_event_and_reads_nothing(
    stack: Stack, calls: list[tuple[str, int]], market: str, locale: str, given: tuple[str, ...]
) -> None:
    before = stack.counts()["consents"]
    calls.clear()
    answered = consents(market, locale, "event-invitation", "promotional-email", given=given)
    assert stack.submit(body(market, locale, consents=answered))[0] == 201

    ((operation, items),) = calls
    assert operation == "TransactWriteItems"
    assert items <= 6 + stack.counts()["consents"] - before


def test_next_is_one_read_and_answers_one_read_and_one_write(stack: Stack, calls: list[tuple[str, int]]) -> None:
    token = stack.submit(body())[1]["profile_token"]
    calls.clear()
    assert stack.next(token)[1]["stage"] == "profile"
    assert calls == [("BatchGetItem", 3)]
    calls.clear()
    more = {**body(), "stage": "profile", "answers": {}, "consents": consents("DE", "de-DE", "promotional-phone")}
    assert stack.answer(token, more)[0] == 201
    assert calls == [("BatchGetItem", 4), ("TransactWriteItems", 4)]


def test_known_and_unknown_addresses_get_replies_of_the_same_length_for_the_same_calls(
    stack: Stack, calls: list[tuple[str, int]]
) -> None:
    def reply(email: str) -> tuple[int, dict[str, str], int]:
        value = body(answers={**body()["answers"], "email": email})
        response = stack.submit_handler.handler(post(f"/v1/forms/{FORM}/submissions", value), None)
        return response["statusCode"], response["headers"], len(response["body"])

    known = body()["answers"]["email"]
    assert reply(known) == reply("x" + known) == reply(known)
    assert calls == [calls[0]] * 3
