"""One submission, first stage or later: from judged input to everything that is written. Pure but for randomness.

Stage 1 opens a new provisional subject without looking anybody up; a later stage extends what its token points to.
Either way the result is one transaction's worth of items.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

from consentry.base.ids import uuid4
from consentry.consent.api import REQUEST_CHANNEL, Decision, Event, chain, circumstances
from consentry.leads.api import (
    CONFIRMATION_REQUESTED,
    LEAD_CAPTURED,
    PROFILE_UPDATED,
    cloud_event,
    quality_flags,
)

if TYPE_CHECKING:
    from consentry.content.rules import StatementRules
    from consentry.submissions.answers import Answers
    from consentry.submissions.body import Body, Statement
    from consentry.submissions.judge import Ground


class Person(NamedTuple):
    """A subject's head: where its chain of events stands and the latest state per purpose#channel."""

    subject_ref: str
    data_key: bytes
    seq: int
    last_digest: str | None
    states: dict[str, dict[str, Any]]


class Lead(NamedTuple):
    """A lead as far as it has been captured. ``sealed`` holds personal answers in clear, in memory only."""

    lead_id: str
    sequence: int
    stages: list[str]
    profile: dict[str, Any]
    sealed: dict[str, Any]
    captured_at: str
    facts: dict[str, Any]
    """What stage 1 fixed: form, market, locale, site, source, quality, test …"""


class Arrival(NamedTuple):
    """When and how the request came."""

    now: str
    """RFC 3339, UTC, milliseconds."""
    idempotency_key_digest: str
    displayed_at: str | None
    """What the page said, where it can be true."""
    signals: dict[str, str]
    message_source: str


class Submission(NamedTuple):
    """Everything that one transaction writes, and the acknowledgement without its token."""

    submission_id: str
    events: list[Event]
    person: Person
    lead: Lead
    messages: list[str]
    """CloudEvents in the order of their sequence."""
    acknowledgement: dict[str, Any]


def submit(
    judged: "Ground", body: "Body", answers: "Answers", person: Person, lead: Lead, arrival: Arrival
) -> Submission:
    """Fold one judged stage into ``person`` and ``lead``."""
    first = not lead.stages
    submission_id = uuid4()
    facts = _facts(judged, body) if first else lead.facts
    decisions = [_request(judged)] if first else []
    for entry in body.consents:
        decisions += _decisions(entry, judged.market["statements"][entry.statement])
    shared = _shared(judged, body, person, lead, arrival)
    events, seq, last_digest = chain(shared, decisions, person.seq, person.last_digest, person.data_key)
    states = {
        **person.states,
        **{
            decision.purpose_channel: _state(event, decision, arrival.now)
            for event, decision in zip(events, decisions, strict=True)
        },
    }
    types = [LEAD_CAPTURED if first else PROFILE_UPDATED]
    if any(decision.state == "requested" for decision in decisions):
        types.append(CONFIRMATION_REQUESTED)
    new_lead = Lead(
        lead_id=lead.lead_id,
        sequence=lead.sequence + len(types),
        stages=[*lead.stages, judged.stage["id"]],
        profile={**lead.profile, **answers.coded},
        sealed={**lead.sealed, **answers.sealed},
        captured_at=lead.captured_at or arrival.now,
        facts=facts,
    )
    data = _message_data(person.subject_ref, new_lead, states, arrival.now)
    messages = [
        cloud_event(message_type, arrival.message_source, arrival.now, {**data, "sequence": sequence})
        for sequence, message_type in enumerate(types, lead.sequence + 1)
    ]
    acknowledgement = {
        "submission_id": submission_id,
        "accepted_at": arrival.now,
        "statements": [
            {
                "statement": entry.statement,
                "version": entry.version,
                "digest": entry.digest,
                "state": _answer(entry, judged.market["statements"][entry.statement]),
            }
            for entry in body.consents
        ],
        "next": {"stage": judged.next_stage} if judged.next_stage else None,
    }
    return Submission(
        submission_id,
        events,
        Person(person.subject_ref, person.data_key, seq, last_digest, states),
        new_lead,
        messages,
        acknowledgement,
    )


def _answer(entry: "Statement", rules: "StatementRules") -> str:
    """The state of an answered statement: a box left empty is refused; a ticked one may await its mailbox."""
    if not entry.given:
        return "refused"
    return "requested" if rules["double_opt_in"] else "given"


def _decisions(entry: "Statement", rules: "StatementRules") -> list[Decision]:
    text = {"statement": entry.statement, "version": entry.version, "digest": entry.digest}
    return [
        Decision(
            purpose=rules["purpose"],
            purpose_version=rules["purpose_version"],
            channel=channel,
            state=_answer(entry, rules),
            basis="express",
            expression=rules["expression"],
            legal_basis=rules["legal_basis"],
            dpv=rules["dpv"],
            retention=rules["retention"],
            retention_policy=rules["retention_policy"],
            text=text,
            method="checkbox",
            double_opt_in=rules["double_opt_in"],
        )
        for channel in rules["channels"]
    ]


def _request(judged: "Ground") -> Decision:
    """The request itself: the lead's only purpose when every box stayed empty."""
    request = judged.market["request"]
    return Decision(
        purpose=request["purpose"],
        purpose_version=request["purpose_version"],
        channel=REQUEST_CHANNEL,
        state="given",
        basis="request",
        expression="request",
        legal_basis=request["legal_basis"],
        dpv=request["dpv"],
        retention=request["retention"],
        retention_policy=request["retention_policy"],
        text=None,
        method="form-submit",
        double_opt_in=False,
    )


def _shared(judged: "Ground", body: "Body", person: Person, lead: Lead, arrival: Arrival) -> dict[str, Any]:
    market = judged.market
    return circumstances(
        subject_ref=person.subject_ref,
        lead_id=lead.lead_id,
        controller=market["controller"],
        form=judged.form_id,
        form_version=judged.form["version"],
        projection=body.projection,
        release=body.release,
        market=body.market,
        overlay=market["overlay"],
        country=market["country"],
        policy=market["policy"],
        locale=body.locale,
        notice=body.notice,
        site=body.site,
        capture_point=judged.site["capture_point"],
        stage=judged.stage["id"],
        displayed_at=arrival.displayed_at,
        occurred_at=arrival.now,
        received_at=arrival.now,
        idempotency_key_digest=arrival.idempotency_key_digest,
        signals=arrival.signals,
        test=bool(lead.facts.get("test", body.test)),
    )


def _state(event: Event, decision: Decision, now: str) -> dict[str, Any]:
    return {
        "purpose": decision.purpose,
        "purpose_version": decision.purpose_version,
        "channel": decision.channel,
        "state": decision.state,
        "basis": decision.basis,
        "text": decision.text,
        "record_id": event["record_id"],
        "record_digest": event["record_digest"],
        "at": now,
    }


def _facts(judged: "Ground", body: "Body") -> dict[str, Any]:
    """What stage 1 fixes for the life of the lead, in the words of the message envelope."""
    market = judged.market
    return {
        "test": body.test,
        "status": "captured",
        "market": body.market,
        "overlay": market["overlay"],
        "country": market["country"],
        "locale": body.locale,
        "form": f"{judged.form_id}@{judged.form['version']}",
        "site": body.site,
        "release": body.release,
        "offer": judged.form["offer"],
        "persona": judged.form["persona"],
        "product_type": judged.form["product_type"],
        "controller": market["controller"],
        "policy": market["policy"],
        "quality": {"flags": quality_flags(body.marks)},
        "source": body.source,
        "verification_required_before": market["verification_required_before"],
    }


def _message_data(subject_ref: str, lead: Lead, states: dict[str, dict[str, Any]], now: str) -> dict[str, Any]:
    facts = dict(lead.facts)
    required_before = facts.pop("verification_required_before")
    return {
        "lead_id": lead.lead_id,
        "subject_ref": subject_ref,
        "captured_at": lead.captured_at,
        "changed_at": now,
        "confirmed": not any(state["state"] == "requested" for state in states.values()),
        "stage": lead.stages[-1],
        "profile": lead.profile,
        "verification": {
            "level": "self" if lead.profile.get("hcp_declaration") else "none",
            "required_before": required_before,
        },
        "consents": list(states.values()),
        **facts,
    }
