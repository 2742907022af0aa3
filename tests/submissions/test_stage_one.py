"""Stage 1 from the outside: HTTP in, tables and acknowledgement out."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from consentry.submissions.tokens import read
from support.release import FORM, body, consents, statement_digest
from support.stack import Stack, post


def test_every_box_empty_yields_a_lead_whose_only_purpose_is_the_request(stack: Stack) -> None:
    status, answer = stack.submit(body())

    assert status == 201
    assert [entry["state"] for entry in answer["statements"]] == ["refused", "refused"]
    assert answer["next"] == {"stage": "profile"}
    assert list(answer) == ["submission_id", "accepted_at", "statements", "next", "profile_token"]
    granted = [row for row in stack.rows("subjects")[0]["states"].values() if row["state"] == "given"]
    assert [(row["purpose"], row["channel"], row["basis"]) for row in granted] == [
        ("webinar-registration", "none", "request")
    ]
    assert stack.counts() == {"consents": 3, "subjects": 1, "identities": 1, "keys": 1, "leads": 1, "requests": 1}


def test_a_given_statement_is_recorded_with_the_digest_of_the_text_shown(stack: Stack) -> None:
    given = consents("SA", "ar-SA", "event-invitation", "promotional-email", given=("promotional-email",))
    status, answer = stack.submit(body("SA", "ar-SA", consents=given))

    assert status == 201
    assert answer["statements"][1] == {
        "statement": "promotional-email",
        "version": 1,
        "digest": statement_digest("SA", "ar-SA", "promotional-email"),
        "state": "given",
    }
    records = [json.loads(row["body"]) for row in stack.rows("consents")]
    record = next(entry for entry in records if entry["purpose_id"] == "promotional-communication")
    assert record["state"] == "given"
    assert record["text"]["digest"] == statement_digest("SA", "ar-SA", "promotional-email")
    assert record["language"] == "ar-SA"
    assert record["market"] == "SA"
    assert record["default_state"] == "unticked"


def test_marks_that_pasted_text_brings_along_are_not_kept_and_joiners_are(stack: Stack) -> None:
    typed = {"email": "\u202akim\u200b@Praxis.example.com\u202c ", "given_name": "\u200f\u0646\u06cc\u200c\u0627\u00a0"}
    _, answer = stack.submit(body(answers={**body()["answers"], **typed}))
    seen = read(answer["profile_token"], stack.edge.token_secret.get(), 0)
    _, lead, _ = stack.edge.store.read(seen.subject_ref, seen.lead_id, None, stack.edge.key_secret.get())
    assert lead.sealed == {"email": "kim@praxis.example.com", "given_name": "\u0646\u06cc\u200c\u0627"}


def test_where_double_opt_in_is_law_a_ticked_box_is_only_requested(stack: Stack) -> None:
    given = consents("DE", "de-DE", "event-invitation", "promotional-email", given=("promotional-email",))
    _, answer = stack.submit(body(consents=given))
    stack.sweep()

    assert [entry["state"] for entry in answer["statements"]] == ["refused", "requested"]
    messages = sorted(stack.messages(), key=lambda message: message["data"]["sequence"])
    assert [message["type"] for message in messages] == [
        "consentry.lead.captured.v1",
        "consentry.confirmation.requested.v1",
    ]
    assert [message["data"]["confirmed"] for message in messages] == [False, False]


def test_replaying_a_key_answers_byte_for_byte_and_writes_nothing(stack: Stack) -> None:
    first = stack.submit_handler.handler(_event("one-key-for-both-0"), None)
    before = stack.counts()
    again = stack.submit_handler.handler(_event("one-key-for-both-0"), None)

    assert again == first
    assert first["statusCode"] == 201
    assert stack.counts() == before


def test_the_same_key_with_another_body_is_refused(stack: Stack) -> None:
    assert stack.submit(body(), idempotency_key="k" * 16)[0] == 201
    before = stack.counts()
    status, problem = stack.submit(body(test=True), idempotency_key="k" * 16)

    assert (status, problem["type"]) == (422, "urn:consentry:problem:idempotency-key-reused")
    assert stack.counts() == before


def test_key_order_and_white_space_do_not_make_another_body(stack: Stack) -> None:
    value = body()
    assert stack.submit(value, idempotency_key="k" * 16)[0] == 201
    turned = json.dumps(dict(reversed(value.items())), indent=2)
    assert stack.submit(turned, idempotency_key="k" * 16)[0] == 201
    assert stack.counts()["leads"] == 1


def test_known_and_unknown_people_take_the_same_path(stack: Stack) -> None:
    status, first = stack.submit(body())
    again_status, again = stack.submit(body())

    assert (status, again_status) == (201, 201)
    shape = [{**answer, "submission_id": "", "accepted_at": "", "profile_token": ""} for answer in (first, again)]
    assert shape[0] == shape[1]
    assert len(first["profile_token"]) == len(again["profile_token"])
    assert stack.counts()["subjects"] == 2
    assert len({row["idx"] for row in stack.rows("identities")}) == 1


def test_no_personal_data_lies_in_clear(stack: Stack) -> None:
    stack.submit(body())
    stack.sweep()
    personal = ("beispiel", "praxis.example", "kim")
    for table in ("consents", "subjects", "identities", "keys", "leads", "requests"):
        assert not [word for word in personal if word in repr(stack.rows(table)).lower()], table
    assert not [word for word in personal if word in json.dumps(stack.messages()).lower()]


def test_neither_the_key_nor_a_digest_that_could_be_guessed_back_is_kept(stack: Stack) -> None:
    keys = ("kim-was-born-on-1970", "kim-was-born-on-1971")
    for key in keys:
        assert stack.submit(body(), idempotency_key=key)[0] == 201
    kept = [row for name in ("requests", "consents", "leads", "subjects") for row in stack.rows(name)]
    assert not [key for key in keys if key in repr(kept)]
    assert len({row["body_mac"] for row in stack.rows("requests")}) == 2


def test_a_filled_trap_is_flagged_and_not_dropped(stack: Stack) -> None:
    assert stack.submit(body(marks={"trap": "http://spam.example", "elapsed_ms": 300}))[0] == 201
    assert stack.rows("leads")[0]["facts"]["quality"] == {"flags": ["trap-filled", "too-fast"]}


def test_the_message_carries_codes_and_the_text_each_consent_rests_on(stack: Stack) -> None:
    stack.submit(body())
    stack.sweep()
    (message,) = stack.messages()

    assert message["specversion"] == "1.0"
    assert message["id"] == f"{message['data']['lead_id']}-1"
    data = message["data"]
    assert data["profile"] == {"country": "DE", "specialty": "cardiology", "hcp_declaration": True}
    assert data["form"] == f"{FORM}@1"
    assert data["verification"] == {"level": "self", "required_before": "content"}
    assert data["source"] == {"type": "search", "utm_campaign": "autumn"}
    assert {entry["channel"] for entry in data["consents"]} == {"none", "email"}
    assert data["contact_policy"] is None
    assert "pending" not in stack.rows("leads")[0]


@pytest.mark.parametrize("key", ["utm_campaign", "utm_source", "campaign_id", "id"])
@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("autumn-2026_q4.webinar-3", True),
        ("webinar-2026-11-22", True),
        ("17654321098", True),
        ("kim@praxis.example", False),
        ("Kim Muster", False),
        ("+44 7700 900123", False),
        ("", False),
        ("x" * 101, False),
    ],
)
def test_a_campaign_value_that_is_no_code_is_dropped_and_named_and_the_lead_kept(
    stack: Stack, key: str, said: str, kept: bool
) -> None:
    assert stack.submit(body(source={"type": "rep", "utm_medium": "mail", key: said}))[0] == 201
    stack.sweep()
    (message,) = stack.messages()
    expected = {key: said} if kept else {"dropped": [key]}
    assert message["data"]["source"] == {"type": "rep", "utm_medium": "mail", **expected}


@pytest.mark.parametrize(
    ("ahead", "plausible"),
    [
        (timedelta(0), True),
        (timedelta(hours=-30), True),
        (timedelta(minutes=4), True),
        (timedelta(minutes=6), False),
        (timedelta(days=1), False),
        (timedelta(days=-365), True),
        (timedelta(days=-368), False),
    ],
)
def test_when_the_form_was_shown_is_kept_where_it_can_be_true(stack: Stack, ahead: timedelta, plausible: bool) -> None:
    shown = (datetime.now(UTC) + ahead).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    recorded_as(stack, shown, shown if plausible else None)


@pytest.mark.parametrize("shown", ["2026-02-31T09:00:00Z", "9999-12-31T23:59:59.999Z", "1970-01-01T00:00:00Z"])
def test_a_day_that_is_none_is_no_evidence(stack: Stack, shown: str) -> None:
    recorded_as(stack, shown, None)


def recorded_as(stack: Stack, sent: str, kept: str | None) -> None:
    assert stack.submit(body(displayed_at=sent), sec_gpc="1")[0] == 201
    signals = {"sec_gpc": "1"} | ({} if kept else {"displayed_at": "implausible"})
    for row in stack.rows("consents"):
        record = json.loads(row["body"])
        assert (record["displayed_at"], record["signals"]) == (kept, signals)


def test_a_page_that_says_nothing_of_the_kind_is_believed(stack: Stack) -> None:
    sent = body()
    del sent["displayed_at"]
    assert stack.submit(sent)[0] == 201
    records = [json.loads(row["body"]) for row in stack.rows("consents")]
    assert [(record["displayed_at"], record["signals"]) for record in records] == [(None, {})] * 3


def _event(key: str) -> dict[str, object]:
    return post(f"/v1/forms/{FORM}/submissions", json.dumps(body()), idempotency_key=key)
