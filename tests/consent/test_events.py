"""Events: canonical bytes, an unbroken chain, a commitment that only the nonce opens."""

import hashlib
import hmac
import json

from hypothesis import given
from hypothesis import strategies as st

from consentry.base.canonical import canonical_bytes, digest
from consentry.base.sealing import new_data_key, unseal
from consentry.consent.events import Decision, chain, circumstances

SHARED = circumstances(
    subject_ref="1" * 32,
    lead_id="2" * 32,
    controller="example-pharma-de",
    form="hcp-webinar",
    form_version=1,
    projection="sha256-" + "0" * 64,
    release="r" + "0" * 32,
    market="DE",
    overlay=None,
    country="DE",
    policy="europe_permission@1",
    locale="de-DE",
    notice={"id": "privacy-notice", "version": 1, "digest": "sha256-" + "1" * 64},
    site="demo-de",
    capture_point="landing",
    stage="opt-in",
    displayed_at=None,
    occurred_at="2026-11-22T09:00:00.000Z",
    received_at="2026-11-22T09:00:01.000Z",
    idempotency_key_digest="sha256-" + "2" * 64,
    signals={},
    test=False,
)

DECISIONS = st.lists(
    st.builds(
        Decision,
        purpose=st.sampled_from(["promotional-communication", "event-invitation"]),
        purpose_version=st.just(1),
        channel=st.sampled_from(["email", "phone"]),
        state=st.sampled_from(["given", "refused", "requested"]),
        basis=st.just("express"),
        expression=st.just("express"),
        legal_basis=st.just("https://w3id.org/dpv/legal/eu/gdpr#A6-1-a"),
        dpv=st.just("https://w3id.org/dpv#DirectMarketing"),
        retention=st.just("P36M"),
        retention_policy=st.just("inactive-36"),
        text=st.just({"statement": "promotional-email", "version": 1, "digest": "sha256-" + "3" * 64}),
        method=st.just("checkbox"),
        double_opt_in=st.booleans(),
    ),
    max_size=6,
)


@given(st.lists(DECISIONS, max_size=4))
def test_submissions_one_after_another_make_one_unbroken_chain(submissions: list[list[Decision]]) -> None:
    key, seq, last = new_data_key(), 0, None
    events = []
    for decisions in submissions:
        more, seq, last = chain(SHARED, decisions, seq, last, key)
        events += more
    previous = None
    for number, event in enumerate(events, 1):
        record = json.loads(event["body"])
        assert (record["subject_seq"], record["prev_event_digest"]) == (number, previous)
        assert event["record_digest"] == digest(event["body"])
        assert event["body"] == canonical_bytes(record)
        previous = event["record_digest"]
    assert (seq, last) == (len(events), previous)
    assert len({event["event_key"] for event in events}) == len(events)


@given(DECISIONS)
def test_the_commitment_opens_with_the_sealed_nonce_alone(decisions: list[Decision]) -> None:
    key = new_data_key()
    for event in chain(SHARED, decisions, 0, None, key)[0]:
        nonce = unseal(key, event["sealed_nonce"], f"{event['record_id']}|nonce")
        assert hmac.digest(nonce, b"consent-commit/v1\n" + event["body"], hashlib.sha256) == event["commitment"]


@given(DECISIONS)
def test_equal_decisions_have_different_records_and_commitments(decisions: list[Decision]) -> None:
    events, _, _ = chain(SHARED, [*decisions, *decisions], 0, None, new_data_key())
    assert (
        len({event["commitment"] for event in events}) == len({event["record_id"] for event in events}) == len(events)
    )
