"""Whole records and whole messages, key by key: what is evidence, and what a CRM acts on, in one piece."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from consentry.submissions.tokens import read
from support.release import FORM, RELEASE, body, consents, notice_ref, projection_digest, statement_digest
from support.stack import Stack

KEY = "golden-key-for-both"
REQUEST = {
    "purpose_id": "webinar-registration",
    "purpose_version": 2,
    "dpv_purpose": "https://w3id.org/dpv#RequestedServiceProvision",
    "legal_basis": "https://w3id.org/dpv/legal/eu/gdpr#A6-1-b",
    "basis": "request",
    "channel": "none",
    "retention_policy": "event-12",
    "retention_period": "P12M",
    "type": "request",
    "method": "form-submit",
}
STATEMENT = {
    "purpose_version": 3,
    "dpv_purpose": "https://w3id.org/dpv#DirectMarketing",
    "legal_basis": "https://w3id.org/dpv/legal/eu/gdpr#A6-1-a",
    "basis": "express",
    "retention_policy": "inactive-36",
    "retention_period": "P36M",
    "type": "express",
    "method": "checkbox",
}


class Place(NamedTuple):
    """Where a submission is made, and what a ticked e-mail box means there."""

    market: str
    locale: str
    country: str
    overlay: str | None
    controller: str
    ticked: str


PLACES = [
    Place("US-CA", "en-US", "US", "US-CA", "example-pharma-us", "given"),
    Place("DE", "de-DE", "DE", None, "example-pharma-de", "requested"),
]
SITES = {"US-CA": "demo", "DE": "demo-de"}


NOW = datetime.now(UTC)


def shown(minutes_ago: int) -> str:
    """When the page showed the form: lately, or it would not be believed."""
    return (NOW - timedelta(minutes=minutes_ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


def opt_in(place: Place) -> dict[str, Any]:
    given = consents(place.market, place.locale, "event-invitation", "promotional-email", given=("promotional-email",))
    sent = body(place.market, place.locale, site=SITES[place.market], consents=given, test=True)
    return {**sent, "displayed_at": shown(9)}


def profile(place: Place) -> dict[str, Any]:
    given = consents(place.market, place.locale, "promotional-phone", given=("promotional-phone",))
    answers = {"phone": "+49 30 1234567", "practice_type": "solo-practice"}
    sent = body(place.market, place.locale, site=SITES[place.market], stage="profile", answers=answers, consents=given)
    return {**sent, "displayed_at": shown(4)}


def text(place: Place, statement: str) -> dict[str, Any]:
    return {
        "statement": statement,
        "version": 1,
        "digest": statement_digest(place.market, place.locale, statement),
    }


def agreed(place: Place, statement: str, purpose: str, channel: str, state: str) -> dict[str, Any]:
    return {
        **STATEMENT,
        "purpose_id": purpose,
        "channel": channel,
        "state": state,
        "text": text(place, statement),
        "double_opt_in": place.market == "DE" and channel == "email",
    }


def chained(stack: Stack) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each event's record and its row, in the order of the chain."""
    read_rows = [(json.loads(row["body"]), row) for row in stack.rows("consents")]
    return sorted(read_rows, key=lambda pair: int(pair[0]["subject_seq"]))


def circumstances(place: Place, reply: dict[str, Any], scope: str, **stage: Any) -> dict[str, Any]:
    """What all records of one submission say."""
    origin = {"US-CA": "demo-landing", "DE": "demo-de-landing"}
    return {
        "schema": "https://w3id.org/dpv/schema/dpv-27560#record-eu-gdpr",
        "schema_version": "consentry-event/1",
        "controller_id": place.controller,
        "idempotency_key_digest": "sha256-" + hashlib.sha256(f"{scope}\n{KEY}".encode()).hexdigest(),
        "occurred_at": reply["accepted_at"],
        "received_at": reply["accepted_at"],
        "recorded_at": reply["accepted_at"],
        "clock": {"source": "server"},
        "notice": notice_ref(place.market, place.locale),
        "language": place.locale,
        "form_id": FORM,
        "form_version": 1,
        "form_digest": projection_digest(RELEASE, place.market, place.locale),
        "release": RELEASE,
        "default_state": "unticked",
        "jurisdiction": place.country,
        "market": place.market,
        "overlay": place.overlay,
        "policy": "europe_permission@1",
        "capture_channel": "web",
        "capture_point_id": origin[place.market],
        "site": SITES[place.market],
        "test": True,
        "actor": "subject",
        "actor_role": "data-subject",
        "action": "submit",
        "reason_code": None,
        "supersedes": None,
        "scope": {"product": None, "content_type": None, "campaign": None},
        "valid_until": None,
        "expressed_by": "subject",
        **stage,
    }


@pytest.fixture(params=PLACES, ids=lambda place: place.market)
def place(request: pytest.FixtureRequest) -> Place:
    chosen: Place = request.param
    return chosen


def send(stack: Stack, place: Place) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both replies: the opt-in, a test, with the signal of a browser; the profile without either."""
    origin = f"https://{SITES[place.market]}.example.com"
    status, first = stack.submit(opt_in(place), idempotency_key=KEY, origin=origin, sec_gpc="1")
    assert status == 201
    status, second = stack.answer(first["profile_token"], profile(place), idempotency_key=KEY, origin=origin)
    assert status == 201
    return first, second


def test_every_field_of_every_record_is_what_was_sent_and_what_the_rules_say(stack: Stack, place: Place) -> None:
    first, second = send(stack, place)
    person = read(first["profile_token"], stack.edge.token_secret.get(), 0)
    opted = circumstances(place, first, FORM, stage="opt-in", displayed_at=shown(9), signals={"sec_gpc": "1"})
    later = circumstances(
        place, second, f"profile|{person.lead_id}", stage="profile", displayed_at=shown(4), signals={}
    )
    expected = [
        {**opted, **REQUEST, "state": "given", "text": None, "double_opt_in": False},
        {**opted, **agreed(place, "event-invitation", "event-invitation", "email", "refused")},
        {**opted, **agreed(place, "promotional-email", "promotional-communication", "email", place.ticked)},
        {**later, **agreed(place, "promotional-phone", "promotional-communication", "phone", "given")},
    ]
    assert len({row["record_id"] for _, row in chained(stack)}) == 4
    previous = None
    for number, ((record, row), fields) in enumerate(zip(chained(stack), expected, strict=True), 1):
        assert record == {
            **fields,
            "record_id": row["record_id"],
            "subject_ref": person.subject_ref,
            "lead_id": person.lead_id,
            "subject_seq": number,
            "prev_event_digest": previous,
            "valid_from": fields["occurred_at"] if fields["state"] == "given" else None,
        }
        previous = row["record_digest"]


def test_an_event_is_found_by_its_person_its_occurrence_its_month_and_its_text(stack: Stack, place: Place) -> None:
    first, second = send(stack, place)
    person = read(first["profile_token"], stack.edge.token_secret.get(), 0)
    expected = [
        ("webinar-registration#none", first, "request#0"),
        ("event-invitation#email", first, "event-invitation#1"),
        ("promotional-communication#email", first, "promotional-email#1"),
        ("promotional-communication#phone", second, "promotional-phone#1"),
    ]
    for (_, row), (about, reply, shown) in zip(chained(stack), expected, strict=True):
        at = reply["accepted_at"]
        assert row["subject_ref"] == person.subject_ref
        assert row["event_key"] == f"E#{about}#{at}#{row['record_id']}"
        assert row["occurrence_key"] == f"{about}#{at}#{row['record_id']}"
        assert row["market_month"] == f"M#{place.market}#{at[:7]}"
        assert row["text_key"] == f"N#{place.market}#{shown}#{place.locale}"


def test_every_field_of_every_message_is_what_was_sent_and_what_the_rules_say(stack: Stack, place: Place) -> None:
    first, second = send(stack, place)
    person = read(first["profile_token"], stack.edge.token_secret.get(), 0)
    stack.sweep()
    messages = sorted(stack.messages(), key=lambda message: int(message["data"]["sequence"]))
    asked = ["consentry.confirmation.requested.v1"] if place.ticked == "requested" else []
    assert [message["type"] for message in messages] == [
        "consentry.lead.captured.v1",
        *asked,
        "consentry.lead.profile-updated.v1",
    ]
    rows = [row for _, row in chained(stack)]
    coded = {"country": place.country, "specialty": "cardiology", "hcp_declaration": True}
    coded |= {"region": "CA"} if place.overlay else {}
    at_first = [
        {**of(REQUEST), "state": "given", "text": None, **proof(rows[0], first)},
        {
            **of(agreed(place, "event-invitation", "event-invitation", "email", "refused")),
            **proof(rows[1], first),
        },
        {
            **of(agreed(place, "promotional-email", "promotional-communication", "email", place.ticked)),
            **proof(rows[2], first),
        },
    ]
    by_phone = agreed(place, "promotional-phone", "promotional-communication", "phone", "given")
    at_last = [*at_first, {**of(by_phone), **proof(rows[3], second)}]
    for sequence, message in enumerate(messages, 1):
        last = message is messages[-1]
        assert message.pop("data") == {
            "lead_id": person.lead_id,
            "sequence": sequence,
            "subject_ref": person.subject_ref,
            "captured_at": first["accepted_at"],
            "changed_at": (second if last else first)["accepted_at"],
            "test": True,
            "status": "captured",
            "confirmed": place.ticked == "given",
            "market": place.market,
            "overlay": place.overlay,
            "country": place.country,
            "locale": place.locale,
            "form": f"{FORM}@1",
            "site": SITES[place.market],
            "release": RELEASE,
            "offer": {"id": "webinar-registration", "type": "event_invitation"},
            "persona": "hcp",
            "program_type": None,
            "product_type": None,
            "controller": place.controller,
            "stage": "profile" if last else "opt-in",
            "profile": {**coded, "practice_type": "solo-practice"} if last else coded,
            "verification": {"level": "self", "required_before": "content"},
            "eligibility": None,
            "dedup": None,
            "quality": {"flags": []},
            "consents": at_last if last else at_first,
            "contact_policy": None,
            "lane": None,
            "route_reason": None,
            "score": None,
            "source": {"type": "search", "utm_campaign": "autumn"},
            "approved_material_refs": None,
            "policy": "europe_permission@1",
            "glossary": None,
            "sla_due_at": None,
            "reconfirm_due_at": None,
            "timezone": None,
        }
        assert message == {
            "specversion": "1.0",
            "id": f"{person.lead_id}-{sequence}",
            "type": message["type"],
            "source": "urn:consentry:test",
            "subject": person.lead_id,
            "time": (second if last else first)["accepted_at"],
            "datacontenttype": "application/json",
            "dataschema": "urn:consentry:schema:lead-message:1",
        }


def of(record: dict[str, Any]) -> dict[str, Any]:
    """What a message says of a record."""
    said = ("purpose_version", "channel", "basis", "state", "text")
    return {"purpose": record["purpose_id"]} | {name: record[name] for name in said if name in record}


def proof(row: dict[str, Any], reply: dict[str, Any]) -> dict[str, Any]:
    """Where the record lies that a message's consent rests on, and since when it holds."""
    return {"record_id": row["record_id"], "record_digest": row["record_digest"], "at": reply["accepted_at"]}


def test_a_lead_that_is_no_test_stays_none_whatever_a_later_stage_says(stack: Stack) -> None:
    place = PLACES[0]
    token = stack.submit({**opt_in(place), "test": False})[1]["profile_token"]
    assert stack.answer(token, {**profile(place), "test": True})[0] == 201
    stack.sweep()
    assert {record["test"] for record, _ in chained(stack)} == {False}
    assert {message["data"]["test"] for message in stack.messages()} == {False}
