"""What reaches DynamoDB: one transaction, nothing read at stage 1, events put and never touched again."""

from collections.abc import Iterator
from typing import Any

import pytest

from support.release import body, consents
from support.stack import Stack

Call = tuple[str, dict[str, Any]]


@pytest.fixture
def calls(stack: Stack) -> Iterator[list[Call]]:
    """Every DynamoDB call from now on: operation and parameters."""
    assert stack.submit(body())[0] == 201  # the revocations are read once a minute
    seen: list[Call] = []

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        seen.append((model.name, dict(params)))

    events = stack.edge.store._dynamodb.meta.events
    events.register("provide-client-params.dynamodb", note)
    yield seen
    events.unregister("provide-client-params.dynamodb", note)


def table(stack: Stack, write: dict[str, Any]) -> str:
    names = {name: key.removesuffix("_TABLE").lower() for key, name in stack.environment.items()}
    ((_, parameters),) = write.items()
    return names[parameters["TableName"]]


def later(stage: str, *statements: str) -> dict[str, Any]:
    return {**body(), "stage": stage, "answers": {}, "consents": consents("DE", "de-DE", *statements)}


def test_stage_one_is_one_transaction_and_reads_nothing(stack: Stack, calls: list[Call]) -> None:
    assert stack.submit(body())[0] == 201

    ((operation, parameters),) = calls
    assert operation == "TransactWriteItems"
    written = [table(stack, write) for write in parameters["TransactItems"]]
    assert sorted(written) == ["consents"] * 3 + ["identities", "keys", "leads", "requests", "subjects"]


def test_a_replay_is_one_transaction_too(stack: Stack, calls: list[Call]) -> None:
    for _ in range(2):
        assert stack.submit(body(), idempotency_key="k" * 16)[0] == 201
    assert [operation for operation, _ in calls] == ["TransactWriteItems"] * 2


def test_a_later_stage_is_one_read_and_one_transaction(stack: Stack, calls: list[Call]) -> None:
    token = stack.submit(body())[1]["profile_token"]
    calls.clear()
    assert stack.answer(token, later("profile", "promotional-phone"))[0] == 201
    assert stack.answer(token, later("interests"))[0] == 201
    assert [operation for operation, _ in calls] == ["BatchGetItem", "TransactWriteItems"] * 2


def test_known_and_unknown_people_cause_the_same_calls(stack: Stack, calls: list[Call]) -> None:
    stack.submit(body())
    stack.submit(body(answers={**body()["answers"], "email": "Dr.Bekannte@Praxis.example.com"}))
    known, unknown = (_shape(call) for call in calls)
    assert known == unknown


def _shape(value: Any) -> Any:
    """The value with every text and binary replaced by its length."""
    match value:
        case dict():
            return {name: _shape(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_shape(inner) for inner in value]
        case str() | bytes():
            return len(value)
    return value


def test_every_put_is_conditional_on_absence_and_events_are_only_put(stack: Stack, calls: list[Call]) -> None:
    token = stack.submit(body())[1]["profile_token"]
    stack.answer(token, later("profile", "promotional-phone"))
    writes = [write for name, call in calls if name == "TransactWriteItems" for write in call["TransactItems"]]
    assert {(next(iter(write)), table(stack, write)) for write in writes} == {
        *(("Put", name) for name in ("consents", "identities", "keys", "leads", "requests", "subjects")),
        *(("Update", name) for name in ("leads", "subjects")),
    }
    for write in writes:
        for kind, parameters in write.items():
            stored = parameters["Item"] if kind == "Put" else {}
            conditions = [f"attribute_not_exists({key})" for key in stored]
            assert parameters["ConditionExpression"] in (conditions or ["#sequence = :seen", "seq = :seen"])


def test_a_transaction_that_fails_writes_nothing_at_all(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stack.submit_handler, "random_ref", lambda: "5" * 32)
    assert stack.submit(body())[0] == 201
    before = stack.counts()
    assert stack.submit(body())[0] == 500
    assert stack.counts() == before
