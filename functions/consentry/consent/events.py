"""Consent events: what is recorded about one decision, as bytes that never change.

One event is subject × controller × purpose × channel × state. Its canonical bytes (RFC 8785) are made once and
stored; a verifier hashes the stored bytes and never serialises again. Events of a subject form a chain:
``subject_seq`` counts from 1 and ``prev_event_digest`` is the ``record_digest`` of the one before.

Fields follow ISO/IEC TS 27560:2023 §6 through the W3C DPV guide; the comment behind each group in ``record``
names the duty it serves. Field reference: ``docs/architecture.md``.
"""

import hmac
import os
from typing import Any, NamedTuple, TypedDict

from consentry.base.canonical import canonical_bytes, digest
from consentry.base.ids import uuid4_of
from consentry.base.sealing import sealer

RECORD_SCHEMA = "https://w3id.org/dpv/schema/dpv-27560#record-eu-gdpr"
RECORD_VERSION = "consentry-event/1"
_COMMIT_PREFIX = b"consent-commit/v1\n"
REQUEST_CHANNEL = "none"
"""The channel of a request event: answering it is the request itself, no channel of its own is granted."""


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

    @property
    def purpose_channel(self) -> str:
        """What the decision is about, as keys have it."""
        return f"{self.purpose}#{self.channel}"


class Event(TypedDict):
    """An item of the table of events, ready to be put: keys, the record's canonical bytes, and what proves them."""

    subject_ref: str
    event_key: str
    occurrence_key: str
    record_id: str
    body: bytes
    record_digest: str
    commitment: bytes
    sealed_nonce: bytes
    market_month: str
    text_key: str


def circumstances(
    *,
    subject_ref: str,
    lead_id: str,
    controller: str,
    form: str,
    form_version: int,
    projection: str,
    release: str,
    market: str,
    overlay: str | None,
    country: str,
    policy: str,
    locale: str,
    notice: dict[str, Any],
    site: str,
    capture_point: str,
    stage: str,
    displayed_at: str | None,
    occurred_at: str,
    received_at: str,
    idempotency_key_digest: str,
    signals: dict[str, str],
    test: bool,
) -> dict[str, Any]:
    """What all events of one submission share; every value is clear metadata."""
    return {
        # header (27560 record_id, schema_version, event_time; GDPR art. 5(2))
        "schema": RECORD_SCHEMA,
        "schema_version": RECORD_VERSION,
        "subject_ref": subject_ref,
        "controller_id": controller,
        "lead_id": lead_id,
        "idempotency_key_digest": idempotency_key_digest,
        "occurred_at": occurred_at,
        "received_at": received_at,
        "recorded_at": received_at,
        "clock": {"source": "server"},
        # what was shown (GDPR art. 7(1), 7(2), 13; EDPB 05/2020 §5.1)
        "notice": notice,
        "language": locale,
        "form_id": form,
        "form_version": form_version,
        "form_digest": projection,
        "release": release,
        "stage": stage,
        "displayed_at": displayed_at,
        "default_state": "unticked",
        # where it holds
        "jurisdiction": country,
        "market": market,
        "overlay": overlay,
        "policy": policy,
        # how it was captured (27560 collection_method; CPRA signals)
        "capture_channel": "web",
        "capture_point_id": capture_point,
        "site": site,
        "signals": signals,
        "test": test,
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
    shared: dict[str, Any], decisions: list[Decision], seq: int, previous: str | None, data_key: bytes
) -> tuple[list[Event], int, str | None]:
    """Events for ``decisions`` after event number ``seq`` whose digest is ``previous``; ``shared``: ``circumstances``.

    Returns the events, the new sequence number and the digest of the last event.
    """
    events: list[Event] = []
    market, locale = shared["market"], shared["language"]
    occurred_at, received_at = shared["occurred_at"], shared["received_at"]
    seal = sealer(data_key)
    for decision in decisions:
        seq += 1
        drawn = os.urandom(48)  # one call to the system for both
        record_id, nonce = uuid4_of(drawn[:16]), drawn[16:]
        body = canonical_bytes(record(shared, decision, record_id, seq, previous))
        previous = digest(body)
        purpose_channel = decision.purpose_channel
        text = decision.text or {"statement": "request", "version": 0}
        events.append(
            {
                "subject_ref": shared["subject_ref"],
                "event_key": f"E#{purpose_channel}#{received_at}#{record_id}",
                "occurrence_key": f"{purpose_channel}#{occurred_at}#{record_id}",
                "record_id": record_id,
                "body": body,
                "record_digest": previous,
                "commitment": commit(nonce, body),
                "sealed_nonce": seal(nonce, f"{record_id}|nonce"),
                "market_month": f"M#{market}#{received_at[:7]}",
                "text_key": f"N#{market}#{text['statement']}#{text['version']}#{locale}",
            }
        )
    return events, seq, previous
