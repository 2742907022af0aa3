"""Consent events: what is recorded about one decision, as bytes that never change.

One event is subject × controller × purpose × channel × state. Its canonical bytes (RFC 8785) are made once and
stored; a verifier hashes the stored bytes and never serialises again. Events of a subject form a chain:
``subject_seq`` counts from 1 and ``prev_event_digest`` is the ``record_digest`` of the one before.

Fields follow ISO/IEC TS 27560:2023 §6 through the W3C DPV guide; the comment behind each group in ``record``
names the duty it serves. Field reference: ``docs/architecture.md``.
"""

import hmac
import os
from typing import Any, NamedTuple

from consentry.base.canonical import canonical_bytes, digest
from consentry.base.ids import uuid4
from consentry.base.sealing import sealer

RECORD_SCHEMA = "https://w3id.org/dpv/schema/dpv-27560#record-eu-gdpr"
RECORD_VERSION = "consentry-event/1"
_COMMIT_PREFIX = b"consent-commit/v1\n"
REQUEST_CHANNEL = "none"
"""The channel of a request event: answering it is the request itself, no channel of its own is granted."""


class Context(NamedTuple):
    """What all events of one submission share; every value is clear metadata."""

    subject_ref: str
    lead_id: str
    controller: str
    form: str
    form_version: int
    projection: str
    release: str
    market: str
    overlay: str | None
    country: str
    policy: str
    locale: str
    notice: dict[str, Any]
    site: str
    capture_point: str
    stage: str
    displayed_at: str | None
    occurred_at: str
    received_at: str
    idempotency_key_digest: str
    signals: dict[str, str]
    test: bool


class Decision(NamedTuple):
    """One purpose × channel and its state."""

    purpose: str
    purpose_version: int
    channel: str
    state: str
    basis: str
    """``express``, ``request``, ``implied``, ``notice-opt-out`` or ``legal-duty``."""
    expression: str
    legal_basis: str
    dpv: str
    retention: str
    retention_policy: str
    text: dict[str, Any] | None
    """``{"statement", "version", "digest"}`` of what was agreed to or refused; None for the request itself."""
    method: str
    double_opt_in: bool


class Event(NamedTuple):
    """A record ready to be put: keys, canonical bytes, and what proves them."""

    event_key: str
    occurrence_key: str
    purpose_channel: str
    record_id: str
    body: bytes
    record_digest: str
    commitment: bytes
    sealed_nonce: bytes
    market_month: str
    text_key: str


def circumstances(context: Context) -> dict[str, Any]:
    """What the records of one submission share."""
    return {
        # header (27560 record_id, schema_version, event_time; GDPR art. 5(2))
        "schema": RECORD_SCHEMA,
        "schema_version": RECORD_VERSION,
        "subject_ref": context.subject_ref,
        "controller_id": context.controller,
        "lead_id": context.lead_id,
        "idempotency_key_digest": context.idempotency_key_digest,
        "occurred_at": context.occurred_at,
        "received_at": context.received_at,
        "recorded_at": context.received_at,
        "clock": {"source": "server"},
        # what was shown (GDPR art. 7(1), 7(2), 13; EDPB 05/2020 §5.1)
        "notice": context.notice,
        "language": context.locale,
        "form_id": context.form,
        "form_version": context.form_version,
        "form_digest": context.projection,
        "release": context.release,
        "stage": context.stage,
        "displayed_at": context.displayed_at,
        "default_state": "unticked",
        # where it holds
        "jurisdiction": context.country,
        "market": context.market,
        "overlay": context.overlay,
        "policy": context.policy,
        # how it was captured (27560 collection_method; CPRA signals)
        "capture_channel": "web",
        "capture_point_id": context.capture_point,
        "site": context.site,
        "signals": context.signals,
        "test": context.test,
        # who did what (21 CFR 11.10(e), Annex 11 §9, taken as a voluntary bar)
        "actor": "subject",
        "actor_role": "data-subject",
        "action": "submit",
        "reason_code": None,
        "supersedes": None,
    }


def record(
    shared: dict[str, Any], decision: Decision, record_id: str, seq: int, previous: str | None
) -> dict[str, Any]:
    """The record as a JSON value, ``shared`` being its ``circumstances``; see the module docstring for its source."""
    return {
        **shared,
        # its place in the chain
        "record_id": record_id,
        "subject_seq": seq,
        "prev_event_digest": previous,
        # the processing agreed to (27560 purpose, lawful basis, retention; GDPR art. 6, 30)
        "text": decision.text,
        "purpose_id": decision.purpose,
        "purpose_version": decision.purpose_version,
        "dpv_purpose": decision.dpv,
        "legal_basis": decision.legal_basis,
        "basis": decision.basis,
        "channel": decision.channel,
        "scope": {"product": None, "content_type": None, "campaign": None},
        "retention_policy": decision.retention_policy,
        "retention_period": decision.retention,
        # the act (27560 event_state, event_type, validity; GDPR rec. 32)
        "state": decision.state,
        "type": decision.expression,
        "double_opt_in": decision.double_opt_in,
        "valid_from": shared["occurred_at"] if decision.state == "given" else None,
        "valid_until": None,
        "expressed_by": "subject",
        "method": decision.method,
    }


def commit(nonce: bytes, body: bytes) -> bytes:
    """``HMAC-SHA-256(nonce, prefix ‖ body)``: the log's leaf, unlinkable once the nonce is gone."""
    return hmac.digest(nonce, _COMMIT_PREFIX + body, "sha256")


def chain(
    context: Context, decisions: list[Decision], seq: int, previous: str | None, data_key: bytes
) -> tuple[list[Event], int, str | None]:
    """Events for ``decisions`` after event number ``seq`` whose digest is ``previous``.

    Returns the events, the new sequence number and the digest of the last event.
    """
    events = []
    shared = circumstances(context)
    seal = sealer(data_key)
    for decision in decisions:
        seq += 1
        record_id = uuid4()
        body = canonical_bytes(record(shared, decision, record_id, seq, previous))
        previous = digest(body)
        nonce = os.urandom(32)
        purpose_channel = f"{decision.purpose}#{decision.channel}"
        text = decision.text or {"statement": "request", "version": 0}
        events.append(
            Event(
                event_key=f"E#{purpose_channel}#{context.received_at}#{record_id}",
                occurrence_key=f"{purpose_channel}#{context.occurred_at}#{record_id}",
                purpose_channel=purpose_channel,
                record_id=record_id,
                body=body,
                record_digest=previous,
                commitment=commit(nonce, body),
                sealed_nonce=seal(nonce, f"{record_id}|nonce"),
                market_month=f"M#{context.market}#{context.received_at[:7]}",
                text_key=f"N#{context.market}#{text['statement']}#{text['version']}#{context.locale}",
            )
        )
    return events, seq, previous
