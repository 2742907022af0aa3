"""The whole path over HTTP: a visitor's three stages end as messages on the queue, with consents provably worded."""

import gzip
import hashlib
import json
import time
import uuid
from typing import Any

import brotli
import pytest

from consentry.base.routes import ROUTES
from e2e.emulator import Deployed
from support.serving import Answer, submission

MARKETS = [("DE", "demo-de", "de"), ("SA", "demo-sa", "ar"), ("JP", "demo-jp", "ja")]


def fetch(deployed: Deployed, form: str, market: str, language: str, encoding: str = "br") -> dict[str, Any]:
    """Pointer, then the immutable document."""
    pointer = deployed.send("GET", f"/v1/forms/{form}?market={market}", Accept_Language=language)
    assert pointer.status == 200, pointer.body
    answer = deployed.send("GET", pointer.json["document"], Accept_Encoding=encoding)
    assert answer.status == 200, answer.body
    data = {"br": brotli.decompress, "gzip": gzip.decompress, "identity": bytes}[encoding](answer.body)
    assert "sha256-" + hashlib.sha256(data).hexdigest() == pointer.json["digest"]
    return {**json.loads(data), "digest": pointer.json["digest"]}


def origin(site: str) -> str:
    return f"https://{site}.example.com"


def opt_in(
    deployed: Deployed,
    document: dict[str, Any],
    site: str,
    *,
    given: bool = True,
    email: str | None = None,
    key: str | None = None,
) -> Answer:
    """Stage 1."""
    body = submission(document, 0, site, email or f"{uuid.uuid4().hex}@example.com", given=given)
    headers = {"Idempotency_Key": key} if key else {}
    return deployed.post(f"/v1/forms/{document['form']}/submissions", body, Origin=origin(site), **headers)


def later(deployed: Deployed, document: dict[str, Any], stage: int, site: str, token: str) -> Answer:
    """Stage 2 or 3."""
    body = submission(document, stage, site, "", given=True)
    return deployed.post("/v1/profile/answers", body, Origin=origin(site), Authorization=f"Bearer {token}")


def lead_of(deployed: Deployed, before: Any) -> str:
    """The lead written since ``before``."""
    (new,) = [item["lead_id"]["S"] for item in deployed.items("leads") if item["lead_id"]["S"] not in before]
    return str(new)


def known(deployed: Deployed) -> set[str]:
    return {item["lead_id"]["S"] for item in deployed.items("leads")}


@pytest.mark.parametrize(("market", "site", "language"), MARKETS)
def test_three_stages_end_on_the_queue_with_the_consents_that_cover_them(
    market: str, site: str, language: str, deployed: Deployed
) -> None:
    document = fetch(deployed, "hcp-webinar", market, language)
    before, events_before = known(deployed), len(deployed.items("consents"))

    first = opt_in(deployed, document, site)
    assert first.status == 201, first.body
    token = first.json["profile_token"]
    assert first.json["next"] == {"stage": "profile"}
    shown = [(entry["id"], entry["digest"]) for entry in document["stages"][0]["statements"]]
    assert [(entry["statement"], entry["digest"]) for entry in first.json["statements"]] == shown

    for number, stage in ((1, "profile"), (2, "interests")):
        due = deployed.post("/v1/profile/next", {}, Origin=origin(site), Authorization=f"Bearer {token}")
        assert (due.status, due.json["stage"]) == (200, stage), due.body
        done = later(deployed, document, number, site, token)
        assert done.status in (200, 201), done.body
    assert (
        deployed.post("/v1/profile/next", {}, Origin=origin(site), Authorization=f"Bearer {token}").json["stage"]
        is None
    )

    lead_id = lead_of(deployed, before)
    events = deployed.captured(lead_id, 3)
    assert len(events) >= 3, deployed.log("leads-outbox")
    assert {event["specversion"] for event in events} == {"1.0"}
    assert [event["id"] for event in events] == [f"{lead_id}-{sequence + 1}" for sequence in range(len(events))]
    assert "@example.com" not in json.dumps(events)

    said = sum(len(stage["statements"]) for stage in document["stages"])
    assert len(deployed.items("consents")) - events_before >= said
    lead = deployed.settled(lead_id)
    assert "@example.com" not in json.dumps(lead, default=str)


def test_with_every_box_empty_there_is_a_lead_whose_only_purpose_is_the_request(deployed: Deployed) -> None:
    document = fetch(deployed, "hcp-webinar", "DE", "de", "gzip")
    before = known(deployed)
    answer = opt_in(deployed, document, "demo-de", given=False)
    assert {entry["state"] for entry in answer.json["statements"]} == {"refused"}
    assert deployed.captured(lead_of(deployed, before), 1)


def test_a_replay_is_the_same_bytes_and_no_second_lead(deployed: Deployed) -> None:
    document = fetch(deployed, "hcp-webinar", "DE", "de", "identity")
    body = submission(document, 0, "demo-de", f"{uuid.uuid4().hex}@example.com", given=True)
    key, before = uuid.uuid4().hex, known(deployed)
    path = "/v1/forms/hcp-webinar/submissions"
    first, second = (deployed.post(path, body, Origin=origin("demo-de"), Idempotency_Key=key) for _ in range(2))
    assert (first.status, first.body) == (second.status, second.body)
    assert first.status == 201
    lead_id = lead_of(deployed, before)
    sent = deployed.captured(lead_id, 1)
    assert deployed.captured(lead_id, len(sent) + 1, seconds=2) == sent


def test_a_refusal_is_ours_and_writes_nothing(deployed: Deployed) -> None:
    document = fetch(deployed, "hcp-webinar", "DE", "de")
    before = known(deployed)
    body = submission(document, 0, "demo-de", "not an address", given=True)
    refused = deployed.post("/v1/forms/hcp-webinar/submissions", body, Origin=origin("demo-de"))
    assert (refused.status, refused.json["type"]) == (422, "urn:consentry:problem:invalid-answers")
    body = submission(document, 0, "demo-de", "a@example.com", given=True)
    refused = deployed.post("/v1/forms/hcp-webinar/submissions", body, Origin="https://evil.example.net")
    assert (refused.status, refused.json["type"]) == (403, "urn:consentry:problem:origin-not-allowed")
    assert known(deployed) == before


def test_an_unknown_path_gets_our_problem_document(deployed: Deployed) -> None:
    answer = deployed.send("GET", "/nowhere", Accept_Language="fr")
    assert (answer.status, answer.headers["content-type"]) == (404, "application/problem+json")
    assert answer.headers["content-language"].startswith("fr")


def test_every_route_of_the_table_answers_with_something_of_ours(deployed: Deployed) -> None:
    for route in ROUTES:
        path = (
            "/x" if route.path == "$default" else route.path.replace("{form}", "hcp-webinar").replace("{proxy+}", "a/b")
        )
        answer = deployed.send("GET" if route.method == "ANY" else route.method, path)
        assert answer.status in (200, 400, 401, 404, 415), (route.key, answer.status, answer.body)
        assert answer.headers["content-type"] in ("application/json", "application/problem+json")


def test_a_changed_event_is_seen(deployed: Deployed) -> None:
    """Not even the operator overwrites an event unseen."""
    document = fetch(deployed, "hcp-webinar", "DE", "de")
    assert opt_in(deployed, document, "demo-de").status == 201
    event = deployed.items("consents")[0]
    seen = deployed.log("consent-watch").count('"EventTampering"')
    deployed.dynamodb.put_item(TableName=deployed.name("consents"), Item={**event, "body": {"B": b"another truth"}})
    until = time.monotonic() + 20
    while time.monotonic() < until and deployed.log("consent-watch").count('"EventTampering"') == seen:
        time.sleep(0.2)
    assert deployed.log("consent-watch").count('"EventTampering"') > seen
    deployed.dynamodb.put_item(TableName=deployed.name("consents"), Item=event)


def test_the_sweep_takes_what_the_doorbell_missed(deployed: Deployed) -> None:
    with deployed.doorbell_off():
        lead_id = deployed.waiting_lead()
        assert not deployed.drained(lead_id)
        assert deployed.invoke("leads-outbox", {}) == (None, None)
        assert deployed.drained(lead_id)


def test_no_function_has_logged_an_address_or_an_answer(deployed: Deployed) -> None:
    document = fetch(deployed, "hcp-webinar", "DE", "de")
    email = f"{uuid.uuid4().hex}@example.com"
    assert opt_in(deployed, document, "demo-de", email=email).status == 201
    for function_id in ("forms-definitions", "submissions-submit", "leads-outbox"):
        log = deployed.log(function_id)
        assert email not in log
        assert "/v1/" not in log
