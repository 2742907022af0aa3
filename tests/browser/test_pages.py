"""The path page shows what arrived and checks it; the API page reads the description; the index lists the sites."""

import hashlib
import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser import fixture_documents as fixture
from browser.fake_api import FakeApi

TEXT = "Ich willige ein.\nJederzeit widerrufbar."


def _event(seq: int, previous: str | None, state: str, text: dict[str, Any] | None) -> dict[str, Any]:
    record = {
        "subject_seq": seq,
        "prev_event_digest": previous,
        "state": state,
        "text": text,
        "purpose_id": "promotional-communication" if text else "webinar-registration",
        "channel": "email" if text else "none",
        "language": "de-DE",
        "occurred_at": "2026-11-22T10:00:00Z",
        "note": "ü",
    }
    body = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return {"record": record, "record_digest": "sha256-" + hashlib.sha256(body).hexdigest()}


def arrival() -> dict[str, Any]:
    """One lead with a chain of two events and one message."""
    digest = fixture.digest_of(TEXT)
    first = _event(1, None, "given", None)
    text = {"statement": "promotional-email", "version": 1, "digest": digest}
    second = _event(2, first["record_digest"], "refused", text)
    data = {
        "lead_id": "a" * 32,
        "sequence": 1,
        "stage": "opt-in",
        "status": "captured",
        "confirmed": True,
        "consents": [],
    }
    return {
        "lead": {"lead_id": "a" * 32, "status": "captured", "market": "DE", "locale": "de-DE", "form": "hcp-webinar@1"},
        "answers": {"email": "a.visitor@example.com", "profession": "physician"},
        "events": [first, second],
        "messages": [{"type": "consentry.lead.captured.v1", "time": "2026-11-22T10:00:01Z", "data": data}],
        "texts": {digest: TEXT},
    }


def test_the_path_is_drawn_from_page_to_queue(api: FakeApi, page: Page) -> None:
    api.arrivals = [arrival()]
    page.goto(api.origin + "/path")
    columns = page.locator(".column h3")
    expect(columns).to_have_text(["The page sent", "Lead", "Consent events", "On the queue"])
    positions = page.locator(".column").evaluate_all("all => all.map(one => one.getBoundingClientRect().x)")
    assert positions == sorted(positions)
    assert len(set(positions)) == 4
    expect(page.locator(".column-1")).to_contain_text("a.visitor@example.com")
    expect(page.locator(".column-1 .boxes")).to_have_text("promotional-email (email): left empty")
    expect(page.locator(".column-4")).to_contain_text("lead.captured.v1")
    expect(page.locator(".event .verdict-good")).to_have_count(4)
    page.locator(".wording summary").click()
    expect(page.locator(".wording-text")).to_have_text(TEXT)
    expect(page.locator(".wording .verdict")).to_have_text("✓ text matches digest")


@pytest.mark.parametrize("where", ["text", "record", "chain"])
def test_tampering_is_seen_in_the_browser(api: FakeApi, page: Page, where: str) -> None:
    one = arrival()
    if where == "text":
        one["texts"] = {digest: text + " " for digest, text in one["texts"].items()}
    elif where == "record":
        one["events"][1]["record"]["state"] = "given"
    else:
        one["events"][1] = _event(2, "sha256-" + "0" * 64, "refused", one["events"][1]["record"]["text"])
    api.arrivals = [one]
    page.goto(api.origin + "/path")
    page.locator(".wording summary").click()
    expected = {
        "text": "✗ text does not match digest",
        "record": "✗ record does not match its digest",
        "chain": "✗ chain broken",
    }
    expect(page.locator(".verdict-bad")).to_have_text(expected[where])


def test_a_new_arrival_appears_and_what_is_open_stays_open(api: FakeApi, page: Page) -> None:
    api.arrivals = [arrival()]
    page.goto(api.origin + "/path")
    page.locator(".wording summary").click()
    later = arrival()
    later["lead"]["lead_id"] = "b" * 32
    api.arrivals = [later, *api.arrivals]
    expect(page.locator(".arrival")).to_have_count(2)
    expect(page.locator(".wording").nth(1)).to_have_attribute("open", "")


def test_before_anything_arrives_the_page_says_where_to_go(api: FakeApi, page: Page) -> None:
    page.goto(api.origin + "/path")
    page.locator(".empty a").click()
    expect(page.locator(".site").first).to_be_visible()


def test_the_index_lists_sites_and_leads_to_their_forms(api: FakeApi, page: Page) -> None:
    page.goto(api.origin + "/")
    expect(page.locator(".site")).to_have_count(1 + len(fixture.LOCALES))
    page.locator("a[href='/demo/demo-jp/hcp-webinar']").click()
    expect(page.locator(".cf")).to_have_attribute("lang", "ja-JP")


def test_the_index_says_when_there_are_no_sites(api: FakeApi, page: Page) -> None:
    page.route("**/_local/sites", lambda route: route.fulfill(status=404, body=""))
    page.goto(api.origin + "/")
    expect(page.locator(".empty")).to_be_visible()
    expect(page.locator(".site")).to_have_count(0)


def test_the_api_page_reads_the_description(api: FakeApi, page: Page) -> None:
    spec = {
        "openapi": "3.1.0",
        "info": {"title": "consentry", "version": "1", "description": "Forms and consent"},
        "components": {
            "schemas": {
                "Node": {
                    "type": "object",
                    "required": ["name"],
                    "properties": {
                        "name": {"type": "string", "maxLength": 9},
                        "next": {"$ref": "#/components/schemas/Node"},
                    },
                }
            }
        },
        "paths": {
            "/v1/things/{id}": {
                "post": {
                    "tags": ["visitors"],
                    "summary": "Make a thing",
                    "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                    "requestBody": {
                        "content": {
                            "application/json": {
                                "schema": {"$ref": "#/components/schemas/Node"},
                                "example": {"name": "<b>x</b>"},
                            }
                        }
                    },
                    "responses": {"201": {"description": "Made"}},
                }
            }
        },
    }
    page.route("**/openapi.json", lambda route: route.fulfill(json=spec))
    page.goto(api.origin + "/docs")
    expect(page.locator("h1")).to_have_text("consentry 1")
    page.locator(".operation > summary").click()
    expect(page.locator(".operation")).to_contain_text("POST/v1/things/{id}Make a thing")
    expect(page.locator(".rows").nth(1)).to_contain_text("string, at most 9 characters")
    expect(page.locator(".sample-code")).to_contain_text("<b>x</b>")
    expect(page.locator(".operation")).to_contain_text("201 Made")
