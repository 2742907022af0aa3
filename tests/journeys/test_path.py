"""The product's main job on one machine: from a pointer to a message on the queue, and what the path page shows."""

import gzip
import hashlib
import json
import uuid
from typing import Any

import pytest

from support.serving import Visitor, submission

MARKETS = {
    "DE": "de-DE", "SA": "ar-SA", "JP": "ja-JP", "FR": "fr-FR", "CH": "de-CH", "GB": "en-GB", "US": "en-US",
    "US-CA": "en-US", "CA": "en-CA", "CA-QC": "fr-CA",
}  # fmt: skip


def _digest(text: bytes) -> str:
    return f"sha256-{hashlib.sha256(text).hexdigest()}"


@pytest.mark.parametrize("market", MARKETS)
def test_a_visitor_goes_through_three_stages_and_the_lead_lies_on_the_queue(visitor: Visitor, market: str) -> None:
    site, email = f"demo-{market[:2].lower()}", f"{uuid.uuid4().hex}@practice.example"
    document = visitor.fetch("hcp-webinar", market)
    assert (document["market"], document["locale"]) == (market, MARKETS[market])

    first = visitor.post("/v1/forms/hcp-webinar/submissions", submission(document, 0, site, email, given=True))
    assert first.status == 201, first.body
    accepted = first.json
    expected = "requested" if market == "DE" else "given"
    assert {statement["state"] for statement in accepted["statements"]} == {expected}
    assert accepted["next"] == {"stage": "profile"}

    bearer = {"Authorization": f"Bearer {accepted['profile_token']}"}
    for position, stage in enumerate(document["stages"][1:], 1):
        due = visitor.post("/v1/profile/next", {}, **bearer).json
        assert due["stage"] == stage["id"]
        assert due["fields"] == [field["name"] for field in stage["fields"]]
        later = visitor.post("/v1/profile/answers", submission(document, position, site, email, given=False), **bearer)
        assert later.status in (200, 201), later.body
    assert visitor.post("/v1/profile/next", {}, **bearer).json["stage"] is None

    arrival = visitor.eventually(lambda each: each["answers"].get("email") == email and _left(each))
    _is_whole(arrival, market, email, confirmed=market != "DE")


def _left(arrival: dict[str, Any]) -> bool:
    """Everything the lead has to say was sent and taken off the queue."""
    lead = arrival["lead"]
    return not lead["pending"] and len(arrival["messages"]) == lead["sequence"]


def _is_whole(arrival: dict[str, Any], market: str, email: str, *, confirmed: bool) -> None:
    lead, events, messages, texts = (arrival[name] for name in ("lead", "events", "messages", "texts"))
    assert (lead["facts"]["market"], lead["confirmed"], lead["pending"]) == (market, confirmed, False)
    assert lead["stages"] == ["opt-in", "profile", "interests"]
    # Every event is bound to the one before and to the exact words.
    previous = None
    for number, event in enumerate(events, 1):
        record = event["record"]
        assert (record["subject_seq"], record["prev_event_digest"]) == (number, previous)
        canonical = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        previous = event["record_digest"]
        assert previous == _digest(canonical)
        if record["text"]:
            assert _digest(texts[record["text"]["digest"]].encode()) == record["text"]["digest"]
    assert events[0]["record"]["basis"] == "request"
    # Messages are in order and carry no contact data.
    assert [message["data"]["sequence"] for message in messages] == list(range(1, len(messages) + 1))
    assert {message["data"]["lead_id"] for message in messages} == {lead["lead_id"]}
    assert email not in json.dumps(messages)
    assert "Sample" not in json.dumps(messages)


def test_every_box_empty_is_a_lead_with_the_request_as_its_only_purpose(visitor: Visitor) -> None:
    email = f"{uuid.uuid4().hex}@practice.example"
    document = visitor.fetch("hcp-information-request", "SA", "en")
    assert document["locale"] == "en-SA"
    body = submission(document, 0, "demo-sa", email, given=False)
    assert visitor.post("/v1/forms/hcp-information-request/submissions", body).status == 201
    arrival = visitor.eventually(lambda each: each["answers"].get("email") == email and each["messages"])
    given = [e["record"] for e in arrival["events"] if e["record"]["state"] == "given"]
    assert [record["basis"] for record in given] == ["request"]
    assert arrival["lead"]["confirmed"] is True


def test_the_same_key_is_one_lead_and_one_answer(visitor: Visitor) -> None:
    email, key = f"{uuid.uuid4().hex}@practice.example", uuid.uuid4().hex
    body = submission(visitor.fetch("hcp-webinar", "JP"), 0, "demo-jp", email, given=True)
    path = "/v1/forms/hcp-webinar/submissions"
    first, again = (visitor.post(path, body, Idempotency_Key=key) for _ in range(2))
    assert (first.status, first.body) == (201, again.body)
    body["answers"]["given_name"] = "Other"
    assert visitor.post(path, body, Idempotency_Key=key).status == 422
    visitor.eventually(lambda each: each["answers"].get("email") == email)
    arrivals = visitor.send("GET", "/_local/arrivals").json["arrivals"]
    assert [each["answers"].get("email") for each in arrivals].count(email) == 1


def test_a_body_of_another_type_reaches_the_function_in_base64_and_is_refused_by_it(visitor: Visitor) -> None:
    path = "/v1/forms/hcp-webinar/submissions"
    refused = visitor.send("POST", path, b"\xff\x00", Content_Type="application/octet-stream", Idempotency_Key="k" * 20)
    assert (refused.status, refused.json["type"]) == (415, "urn:consentry:problem:unsupported-media-type")
    refused = visitor.send("POST", path, b'{"a": "\xff"}', Content_Type="application/json", Idempotency_Key="k" * 20)
    assert (refused.status, refused.json["type"]) == (400, "urn:consentry:problem:bad-encoding")


def test_a_json_type_that_the_gateway_does_not_know_arrives_all_the_same(visitor: Visitor) -> None:
    email = f"{uuid.uuid4().hex}@practice.example"
    body = submission(visitor.fetch("hcp-webinar", "GB"), 0, "demo-gb", email, given=True)
    accepted = visitor.post("/v1/forms/hcp-webinar/submissions", body, Content_Type="application/vnd.form+json")
    assert accepted.status == 201  # such a body travels in base64


def test_precompressed_documents_come_back_as_the_bytes_they_are(visitor: Visitor) -> None:
    pointer = visitor.send("GET", "/v1/forms/hcp-webinar?market=DE").json
    packed = visitor.send("GET", pointer["document"], Accept_Encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["etag"] == f'"{pointer["digest"]}-gzip"'
    assert _digest(gzip.decompress(packed.body)) == pointer["digest"]
    unchanged = visitor.send("GET", pointer["document"], Accept_Encoding="gzip", If_None_Match=packed.headers["etag"])
    assert (unchanged.status, unchanged.body) == (304, b"")
