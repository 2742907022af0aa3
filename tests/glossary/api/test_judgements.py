"""Three judgements kept apart, reversible, none asked twice; tasks and re-checks."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from consentry.base.clock import now_ms
from consentry.base.documents import Write
from consentry.glossary.segments import Published
from glossary.api.conftest import (
    COMPLIANCE,
    CONCEPT,
    EDITOR,
    GERMAN,
    MEDICAL,
    READER,
    SEGMENTS,
    TERMINOLOGIST,
    Answer,
    Api,
)

TODAY = datetime.now(UTC).date()
FORM = {
    "kind": "form", "concept": "adverse-event", "locale": "de-DE", "text": "unerwünschter Ereignisse",
    "reason": "genitive plural, right as it stands",
}  # fmt: skip
TERM = {
    "kind": "term", "concept": "adverse-event", "locale": "de-DE", "text": "unerwünschter Vorfall",
    "reason": "usual in Swiss study protocols",
}  # fmt: skip
WAIVER = {
    "kind": "waiver", "concept": "adverse-event", "locale": "de-DE", "market": "DE", "text": "Nebenwirkung",
    "rule": "missing-term", "key": "forms/catalogs/de#field.x.label", "source": "Report an adverse event",
    "target": "Nebeneffekt melden", "role": "compliance-officer", "expires": (TODAY + timedelta(30)).isoformat(),
    "reason": "wording of the authority's own form",
}  # fmt: skip


def ask(api: Api, who: dict[str, str], body: dict[str, Any], **changed: Any) -> Answer:
    return api("POST", "judgements", who, {**body, **changed})


def in_force(api: Api) -> dict[str, Any]:
    body: dict[str, Any] = api("GET", "concepts/adverse-event", READER).body
    return body


def decide(api: Api, who: dict[str, str], name: str, *, accept: bool) -> Answer:
    return api("POST", f"judgements/{name}/decision", who, {"accept": accept, "reason": "looked it up"})


def test_a_form_is_settled_by_whoever_may_review(api: Api) -> None:
    api.approved()
    asked = ask(api, TERMINOLOGIST, FORM)
    assert (asked.status, asked.body["state"], asked.body["locale"]) == (201, "accepted", "de")
    concept = in_force(api)
    form = {"text": "unerwünschter Ereignisse", "origin": "learnt", "approved_by": "rev-1"}
    assert concept["in_force"]["terms"]["de"][0]["forms"] == [form]
    assert concept["concept"] == concept["in_force"]
    assert "de" in concept["in_force_locales"]
    again = ask(api, {**TERMINOLOGIST, "sub": "rev-2"}, FORM, reason="somebody else asks the same")
    assert (again.status, again.body["decided_by"]) == (200, "rev-1")
    assert len(in_force(api)["in_force"]["terms"]["de"][0]["forms"]) == 1


def test_a_form_asked_for_by_an_editor_waits(api: Api) -> None:
    api.approved()
    asked = ask(api, GERMAN, FORM)
    assert asked.body["state"] == "proposed"
    assert in_force(api)["in_force"]["terms"]["de"][0]["forms"] == []
    decide(api, GERMAN, asked.body["id"], accept=True).refused(403, "scope-missing")
    assert decide(api, TERMINOLOGIST, asked.body["id"], accept=True).body["state"] == "accepted"
    assert in_force(api)["in_force"]["terms"]["de"][0]["forms"][0]["approved_by"] == "rev-1"


def test_a_proposal_is_taken_back_by_whoever_made_it_or_may_decide_it(api: Api) -> None:
    api.approved()
    name = ask(api, GERMAN, FORM).body["id"]
    api("DELETE", f"judgements/{name}?reason=not%20mine", {**GERMAN, "sub": "ed-9"}).refused(403, "scope-missing")
    assert api("DELETE", f"judgements/{name}?reason=a%20slip", GERMAN).body["state"] == "reversed"


def test_what_was_settled_before_a_concept_was_retired_is_reversed_without_it(api: Api) -> None:
    api.approved()
    settled = ask(api, TERMINOLOGIST, FORM).body["id"]
    proposed = ask(api, GERMAN, FORM, text="unerwünschtem Ereignis").body["id"]
    etag = api("GET", "concepts/adverse-event", MEDICAL).etag
    assert api("DELETE", "concepts/adverse-event?reason=unused", MEDICAL, if_match=etag).status == 200
    decide(api, TERMINOLOGIST, proposed, accept=True).refused(409, "not-in-this-state")
    undone = api("DELETE", f"judgements/{settled}?reason=unused", TERMINOLOGIST)
    assert (undone.status, undone.body["state"]) == (200, "reversed")
    assert in_force(api)["in_force"] is None


def test_a_form_is_reversed_and_decided_anew(api: Api) -> None:
    api.approved()
    name = ask(api, TERMINOLOGIST, FORM).body["id"]
    api("DELETE", f"judgements/{name}?reason=wrong%20case", EDITOR).refused(403, "scope-missing")
    api("DELETE", f"judgements/{name}", TERMINOLOGIST).refused(400, "invalid-parameter")
    undone = api("DELETE", f"judgements/{name}?reason=wrong%20case", TERMINOLOGIST)
    assert (undone.status, undone.body["state"], undone.body["decision"]) == (200, "reversed", "wrong case")
    assert in_force(api)["in_force"]["terms"]["de"][0]["forms"] == []
    repeated = ask(api, TERMINOLOGIST, FORM)
    assert (repeated.status, repeated.body["state"]) == (200, "reversed")
    assert decide(api, TERMINOLOGIST, name, accept=True).body["state"] == "accepted"
    assert len(in_force(api)["in_force"]["terms"]["de"][0]["forms"]) == 1
    states = [e["changes"] for e in api("GET", f"judgements/{name}/history", READER).body["history"]]
    assert [change["new"] for changes in states[:2] for change in changes if change["pointer"] == "/state"] == [
        "accepted", "reversed",
    ]  # fmt: skip


def test_a_form_of_a_markets_own_term_is_that_markets(api: Api) -> None:
    swiss = {"text": "Zwischenfall", "status": "admitted", "market": "CH"}
    api.approved(terms={**CONCEPT["terms"], "de": [*CONCEPT["terms"]["de"], swiss]})
    asked = {**FORM, "locale": "de-CH", "market": "CH-ZH", "text": "Zwischenfalls", "term": "Zwischenfall"}
    ask(api, {**TERMINOLOGIST, "markets": "CH-ZH"}, asked).refused(403, "market-not-yours")
    settled = ask(api, {**TERMINOLOGIST, "markets": "CH"}, asked)
    assert (settled.status, settled.body["market"]) == (201, "CH")
    assert in_force(api)["in_force"]["terms"]["de"][-1]["forms"][0]["text"] == "Zwischenfalls"


def test_a_term_needs_a_second_person(api: Api) -> None:
    approved = api.approved()
    proposer = {**EDITOR, "scope": "glossary:edit glossary:review glossary:approve"}
    asked = ask(api, proposer, TERM)
    assert (asked.status, asked.body["state"], asked.body["locale"]) == (201, "proposed", "de")
    assert in_force(api)["in_force"] == approved.body["in_force"]
    name = asked.body["id"]
    decide(api, proposer, name, accept=True).refused(403, "second-person-needed")
    for accept in (True, False):
        decide(api, TERMINOLOGIST, name, accept=accept).refused(403, "scope-missing")
    decide(api, {**MEDICAL, "locales": "fr"}, name, accept=False).refused(403, "locale-not-yours")
    decide(api, {**MEDICAL, "locales": "fr"}, name, accept=True).refused(403, "locale-not-yours")
    accepted = decide(api, MEDICAL, name, accept=True)
    assert (accepted.status, accepted.body["state"]) == (200, "accepted")
    now = in_force(api)
    assert [(t["text"], t["status"]) for t in now["in_force"]["terms"]["de"]] == [
        ("unerwünschtes Ereignis", "preferred"), ("Nebenwirkung", "forbidden"), ("unerwünschter Vorfall", "admitted"),
    ]  # fmt: skip
    assert now["in_force_locales"] == ["de", "en", "fr"]
    assert {(a["role"], a["actor"]) for a in now["in_force"]["approvals"] if a["locale"] == "de"} == {
        ("terminologist", "ed-1"), ("medical-reviewer", "med-1"),
    }  # fmt: skip
    checked = api("POST", "checks", READER, {"locale": "de-DE", "segments": [
        {"source": "Report an adverse event", "target": "Einen unerwünschten Vorfall melden"}]})  # fmt: skip
    assert checked.body["segments"][0]["judgements"][0]["outcome"] in ("pass", "pass-with-proposed-form")


def test_an_accepted_term_is_reversed_with_the_approvals_that_were(api: Api) -> None:
    before = api.approved().body
    name = ask(api, EDITOR, TERM).body["id"]
    decide(api, MEDICAL, name, accept=True)
    undone = api("DELETE", f"judgements/{name}?reason=not%20usual", MEDICAL)
    assert undone.body["state"] == "reversed"
    now = in_force(api)
    assert now["in_force"]["terms"] == before["in_force"]["terms"]
    assert now["in_force"]["approvals"] == before["in_force"]["approvals"]
    assert now["in_force_locales"] == before["in_force_locales"]


def test_an_accepted_term_also_stands_in_the_draft(api: Api) -> None:
    api.approved()
    api.edit(lambda concept: concept["terms"]["fr"].append({"text": "EI", "status": "admitted"}))
    decide(api, MEDICAL, ask(api, EDITOR, TERM).body["id"], accept=True)
    now = in_force(api)
    assert now["concept"]["state"] == "draft"
    assert now["concept"]["terms"]["de"][-1]["text"] == "unerwünschter Vorfall"
    assert len(now["in_force"]["terms"]["fr"]) == 1
    api.submit()
    api.review("fr", TERMINOLOGIST)
    assert api.review("fr", MEDICAL).body["concept"]["state"] == "approved"


def test_what_was_forbidden_since_it_was_proposed_is_not_accepted(api: Api) -> None:
    api.approved()
    name = ask(api, EDITOR, TERM).body["id"]
    form = ask(api, GERMAN, FORM, text="unerwünschtem Vorfall").body["id"]
    forbidden = [{"text": text, "status": "forbidden"} for text in ("Unerwünschter vorfall", "UNERWÜNSCHTEM VORFALL")]
    api.edit(lambda concept: concept["terms"]["de"].extend(forbidden))
    decide(api, MEDICAL, name, accept=True).refused(409, "conflict")
    api.submit("de")
    api.review("de", TERMINOLOGIST)
    assert api.review("de", MEDICAL).body["concept"]["state"] == "approved"
    assert "Unerwünschter vorfall" in decide(api, MEDICAL, name, accept=True).refused(409, "conflict")["detail"]
    decide(api, TERMINOLOGIST, form, accept=True).refused(409, "conflict")
    assert {each["state"] for each in api("GET", "judgements", READER).body["judgements"]} == {"proposed"}
    assert decide(api, MEDICAL, name, accept=False).body["state"] == "rejected"


def test_a_term_that_came_in_another_way_since_is_not_accepted_again(api: Api) -> None:
    api.approved()
    name = ask(api, EDITOR, TERM).body["id"]
    api.edit(lambda concept: concept["terms"]["de"].append({"text": TERM["text"], "status": "admitted"}))
    api.submit("de")
    api.review("de", TERMINOLOGIST)
    api.review("de", MEDICAL)
    assert "already an entry" in decide(api, MEDICAL, name, accept=True).refused(409, "conflict")["detail"]


def test_what_was_rejected_is_not_asked_again_but_can_be_decided_anew(api: Api) -> None:
    api.approved()
    name = ask(api, EDITOR, TERM).body["id"]
    assert decide(api, MEDICAL, name, accept=False).body["state"] == "rejected"
    repeated = ask(api, GERMAN, TERM, reason="I ask once more, please")
    assert (repeated.status, repeated.body["state"], repeated.body["decision"]) == (200, "rejected", "looked it up")
    assert decide(api, MEDICAL, name, accept=True).body["state"] == "accepted"
    decide(api, MEDICAL, name, accept=False).refused(409, "not-in-this-state")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({**TERM, "text": "Nebenwirkung"}, 409, "conflict"),
        ({**FORM, "text": "nebenwirkung"}, 409, "conflict"),
        ({**TERM, "text": "unerwünschtes Ereignis"}, 409, "conflict"),
        ({**TERM, "text": "***"}, 422, "invalid-body"),
        ({**TERM, "text": "un\u200berwünscht"}, 422, "invalid-body"),
        ({**TERM, "concept": "none"}, 404, "not-found"),
        ({**FORM, "term": "Zwischenfall"}, 422, "invalid-body"),
        ({**TERM, "locale": "ja"}, 409, "not-in-this-state"),
        ({**TERM, "locale": "fr-FR"}, 403, "locale-not-yours"),
        ({**TERM, "market": "FR"}, 403, "market-not-yours"),
        ({**TERM, "reason": "short"}, 422, "invalid-body"),
        ({**TERM, "expires": "2027-01-01"}, 422, "invalid-body"),
        ({**TERM, "kind": "other"}, 422, "invalid-body"),
        ({"kind": "form"}, 422, "invalid-body"),
    ],
)
def test_judgements_that_cannot_be(api: Api, body: dict[str, Any], status: int, code: str) -> None:
    api.approved()
    german = {**GERMAN, "locales": "de ja"}
    ask(api, german, body).refused(status, code)
    assert api("GET", "judgements", READER).body["judgements"] == []


def test_a_waiver_covers_one_text_until_a_day(api: Api) -> None:
    api.approved()
    waived = ask(api, COMPLIANCE, WAIVER)
    assert (waived.status, waived.body["state"]) == (201, "accepted"), waived.raw
    document = api.documents.get(f"glossary/waivers/{waived.body['id']}")
    assert document is not None
    assert (document.body["role"], document.body["actor"], document.body["reason"], document.body["expires"]) == (
        "compliance-officer", "com-1", WAIVER["reason"], WAIVER["expires"],
    )  # fmt: skip
    assert document.body["source_digest"].startswith("sha256-")
    assert document.body["target_digest"].startswith("sha256-")
    assert (document.actor, document.action, document.at[:10]) == ("com-1", "propose", TODAY.isoformat())

    def check(target: str) -> dict[str, Any]:
        segments = [{"source": "Report an adverse event", "target": target}]
        answer = api("POST", "checks", READER, {"locale": "de-DE", "market": "DE", "segments": segments})
        judgement: dict[str, Any] = answer.body["segments"][0]["judgements"][0]
        return judgement

    assert check("Nebeneffekt melden")["waived"] is True
    assert check("Nebeneffekt melden!")["waived"] is False
    again = ask(api, {**COMPLIANCE, "sub": "com-2"}, WAIVER)
    assert (again.status, again.body["decided_by"]) == (200, "com-1")
    undone = api("DELETE", f"judgements/{waived.body['id']}?reason=over", COMPLIANCE)
    assert undone.body["state"] == "reversed"
    document = api.documents.get(f"glossary/waivers/{waived.body['id']}")
    assert document is not None
    assert document.body["closed"]["actor"] == "com-1"
    assert [version.action for version in api.documents.history(document.path)] == ["reverse", "propose"]
    assert check("Nebeneffekt melden")["waived"] is False
    assert decide(api, COMPLIANCE, waived.body["id"], accept=True).body["state"] == "accepted"
    assert check("Nebeneffekt melden")["waived"] is True


def test_what_belongs_to_no_concept_is_waived_without_one(api: Api) -> None:
    api.approved()
    said = {"locale": "de", "text": "Wunder", "reason": "promises too much", "severity": "block"}
    listed = {"market": "DE", "sample": False, "source": {"kind": "house", "text": "Test"}, "wording": [said]}
    api.documents.write(
        [Write("glossary/prohibited/DE", 0, listed, "push")], actor="x", reason="", at="2026-01-01T00:00:00Z"
    )
    body = {**WAIVER, "rule": "prohibited-wording", "text": "Wunder", "target": "Ein Wunder"}
    del body["concept"]
    given = ask(api, COMPLIANCE, body)
    assert (given.status, given.body["concept"]) == (201, ""), given.raw
    for concept in (None, ""):
        assert ask(api, COMPLIANCE, body, concept=concept).body["id"] == given.body["id"]
    ask(api, COMPLIANCE, WAIVER, concept=None).refused(422, "invalid-body")


def test_nothing_is_judged_of_a_concept_that_is_not_in_force(api: Api) -> None:
    api.create()
    for body in (FORM, TERM):
        ask(api, EDITOR, body).refused(404, "not-found")


def test_a_waiver_elsewhere_is_another_one(api: Api) -> None:
    api.approved()
    known = {ask(api, COMPLIANCE, WAIVER).body["id"]}
    for elsewhere in ({"key": "forms/catalogs/de#field.y.label"}, {"target": "Nebeneffekt angeben"}, {"market": "CH"}):
        other = ask(api, COMPLIANCE, WAIVER, **elsewhere)
        assert (other.status, other.body["id"] in known) == (201, False), elsewhere
        known.add(other.body["id"])


def test_a_waiver_that_has_ended_is_asked_for_again(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    api.approved()
    first = ask(api, COMPLIANCE, WAIVER)
    later = (TODAY + timedelta(60)).isoformat()
    assert ask(api, COMPLIANCE, WAIVER, expires=later).body["expires"] == WAIVER["expires"]
    monkeypatch.setattr(api.concepts, "now_ms", lambda: now_ms() + 30 * 86_400_000)
    renewed = ask(api, COMPLIANCE, WAIVER, expires=later)
    assert (renewed.status, renewed.body["id"], renewed.body["expires"]) == (201, first.body["id"], later), renewed.raw
    document = api.documents.get(f"glossary/waivers/{first.body['id']}")
    assert document is not None
    assert (document.number, document.body["expires"]) == (2, later)


def test_an_editor_asks_for_a_waiver_and_somebody_else_gives_it(api: Api) -> None:
    api.approved()
    asked = ask(api, GERMAN, WAIVER)
    assert asked.body["state"] == "proposed"
    assert api.documents.get(f"glossary/waivers/{asked.body['id']}") is None
    decide(api, MEDICAL, asked.body["id"], accept=True).refused(403, "scope-missing")
    assert decide(api, COMPLIANCE, asked.body["id"], accept=True).body["decided_by"] == "com-1"


def test_a_waiver_for_every_market_is_given_and_taken_back_by_somebody_of_every_market(api: Api) -> None:
    api.approved()
    german = {**COMPLIANCE, "sub": "com-2", "markets": "DE"}
    ask(api, german, WAIVER, market=None).refused(403, "market-not-yours")
    asked = ask(api, GERMAN, WAIVER, market=None)
    decide(api, german, asked.body["id"], accept=True).refused(403, "market-not-yours")
    assert decide(api, COMPLIANCE, asked.body["id"], accept=True).body["state"] == "accepted"
    api("DELETE", f"judgements/{asked.body['id']}?reason=over", german).refused(403, "market-not-yours")
    assert ask(api, german, WAIVER, market="DE").status == 201


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"expires": (TODAY + timedelta(366)).isoformat()}, 422),
        ({"expires": TODAY.isoformat()}, 422),
        ({"expires": None}, 422),
        ({"target": None}, 422),
        ({"key": None}, 422),
        ({"role": None}, 422),
        ({"role": "translator"}, 422),
        ({"rule": None}, 422),
        ({"term": "x"}, 422),
        ({"target_digest": "sha256-" + "0" * 64}, 422),
        ({"target": "Unerwünschtes Ereignis melden"}, 409),
    ],
)
def test_waivers_that_cannot_be(api: Api, changed: dict[str, Any], status: int) -> None:
    api.approved()
    answer = ask(api, COMPLIANCE, WAIVER, **changed)
    answer.refused(status, "invalid-body" if status == 422 else "conflict")


def test_a_medical_reviewers_waiver_is_given_by_one(api: Api) -> None:
    api.approved()
    asked = ask(api, COMPLIANCE, WAIVER, role="medical-reviewer")
    assert asked.body["state"] == "proposed"
    decide(api, COMPLIANCE, asked.body["id"], accept=True).refused(403, "scope-missing")
    both = {**MEDICAL, "scope": "glossary:approve glossary:waive"}
    assert decide(api, both, asked.body["id"], accept=True).body["state"] == "accepted"


def test_judgements_are_listed_by_what_they_are(api: Api) -> None:
    api.approved()
    ask(api, GERMAN, FORM)
    ask(api, GERMAN, TERM)
    name = ask(api, COMPLIANCE, WAIVER).body["id"]

    def kinds(query: str) -> list[str]:
        return [each["kind"] for each in api("GET", f"judgements?{query}", READER).body["judgements"]]

    assert kinds("") == ["form", "term", "waiver"]
    assert kinds("state=proposed") == ["form", "term"]
    assert kinds("kind=waiver&concept=adverse-event") == ["waiver"]
    assert kinds("locale=fr") == []
    assert api("GET", f"judgements/{name}", READER).body["key"] == WAIVER["key"]
    api("GET", "judgements/none", READER).refused(404, "not-found")
    decide(api, MEDICAL, "none", accept=True).refused(404, "not-found")
    api("POST", f"judgements/{name}/decision", COMPLIANCE, {"reason": "yes"}).refused(422, "invalid-body")
    api("PUT", f"judgements/{name}", COMPLIANCE, {}).refused(405, "method-not-allowed")


# What becomes of published texts


def change_german(api: Api) -> Answer:
    """“unerwünschtes Ereignis” gives way to another word."""

    def change(concept: dict[str, Any]) -> None:
        concept["terms"]["de"][0]["text"] = "unerwünschter Vorfall"

    assert api.edit(change).status == 200
    assert api.submit().status == 200
    assert api.review("de", TERMINOLOGIST).status == 200
    answer = api.review("de", MEDICAL)
    assert answer.status == 200
    return answer


def test_impact_tells_what_would_break_before_anybody_approves(api: Api) -> None:
    api.approved()
    assert api("GET", "concepts/adverse-event/impact", READER).body["total"] == 0

    def change(concept: dict[str, Any]) -> None:
        concept["terms"]["de"][0]["text"] = "unerwünschter Vorfall"

    api.edit(change)
    answer = api("GET", "concepts/adverse-event/impact", READER)
    assert (answer.body["total"], answer.body["markets"], answer.body["release"]) == (
        3, {"CH": 1, "DE": 2}, "r" + "0" * 32,
    )  # fmt: skip
    first = answer.body["breaks"][0]
    assert (first["key"], first["file"], first["line"], first["rule"], first["owner"]) == (
        SEGMENTS[0].key, "forms/catalogs/de.po", 12, "missing-term", "translator",
    )  # fmt: skip
    assert first["proposed"] == "Ein unerwünschter Vorfall melden"
    assert first["source_digest"] == SEGMENTS[0].source_digest
    assert answer.body["breaks"][-1]["owner"] == "compliance-officer"
    assert api.rows() == api.rows()


def test_an_approval_opens_tasks_and_nothing_goes_dark(api: Api) -> None:
    api.approved()
    api.work()
    approved = change_german(api)
    report = approved.headers["link"].partition(">")[0].removeprefix("</v1/glossary/")
    assert api("GET", report, READER).body["state"] == "pending"
    assert api.work() == {"batchItemFailures": []}
    done = api("GET", report, READER).body
    assert (done["state"], done["breaks"], len(done["tasks"]), done["segments"]) == ("done", 3, 3, 4)
    tasks = api("GET", "tasks", READER).body["tasks"]
    assert sorted((t["key"], t["owner"], t["overdue"], t["version"]) for t in tasks) == [
        ("consent_texts/DE/safety/1.de-DE", "compliance-officer", False, done["version"]),
        (SEGMENTS[1].key, "translator", False, done["version"]),
        (SEGMENTS[0].key, "translator", False, done["version"]),
    ]
    assert {t["due"] for t in tasks} == {
        (TODAY + timedelta(14)).isoformat(), (TODAY + timedelta(30)).isoformat(),
    }  # fmt: skip
    assert next(t for t in tasks if t["key"] == SEGMENTS[0].key)["text"]["target"] == SEGMENTS[0].target


def test_a_repeated_recheck_changes_nothing(api: Api) -> None:
    api.approved()
    change_german(api)
    api.work()
    rows = sorted(str(row) for row in api.rows())
    for message in ({"concept": "adverse-event", "version": v} for v in (1, 2, 3, 99)):
        api.worker.recheck(f"{message['concept']}-{message['version']}")
    assert sorted(str(row) for row in api.rows()) == rows


def test_a_recheck_does_not_close_what_one_beside_it_opened_by_terms_it_has_not_read(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.approved()
    *_, waiting = api.messages()
    before = api.worker._reader.enforced()
    change_german(api)

    def meanwhile() -> Any:
        monkeypatch.undo()
        assert api.work() == {"batchItemFailures": []}
        return before

    monkeypatch.setattr(api.worker._reader, "enforced", meanwhile)
    api.worker.recheck(f"{waiting['concept']}-{waiting['version']}")
    assert len(api("GET", "tasks", READER).body["tasks"]) == 3


def test_a_recheck_cut_off_before_its_report_ends_later(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    api.approved()
    api.work()
    change_german(api)
    real = api.documents.write

    def failing(writes: Any, **how: Any) -> Any:
        if any(write.action == "done" for write in writes):
            raise RuntimeError
        return real(writes, **how)

    monkeypatch.setattr(api.worker._documents, "write", failing)
    assert api.work() == {"batchItemFailures": [{"itemIdentifier": "0"}]}
    monkeypatch.setattr(api.worker._documents, "write", real)
    assert len(api("GET", "tasks", READER).body["tasks"]) == 3
    api.worker.handler({}, None)
    assert api.messages() == [], "younger than a minute: left to the queue"
    api.worker.sweep(now_ms() + 61_000)
    assert api.work() == {"batchItemFailures": []}
    report = api("GET", "rechecks/adverse-event-3", READER)
    pending = [
        r for r in api.rows() if '"state":"pending"' in r.get("body", {}).get("S", "") and r["version"]["S"] == "HEAD"
    ]
    assert pending == []
    assert report.status in (200, 404)
    assert len(api("GET", "tasks?state=all", READER).body["tasks"]) == 3


def test_what_the_queue_lost_the_sweep_finds(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    api.approved()
    api.messages()

    def down(**_arguments: Any) -> Any:
        raise EndpointConnectionError(endpoint_url="x")

    with monkeypatch.context() as broken:
        broken.setattr(api.concepts._editorial._sqs, "send_message", down)
        change_german(api)
    assert api.messages() == []
    api.worker.sweep(now_ms() + 61_000)
    api.work()
    assert len(api("GET", "tasks", READER).body["tasks"]) == 3


def test_tasks_are_filtered(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    api.approved()
    change_german(api)
    api.work()

    def keys(query: str) -> int:
        return len(api("GET", f"tasks?{query}", READER).body["tasks"])

    assert (keys("locale=de-CH"), keys("owner=compliance-officer"), keys("overdue=true"), keys("overdue=false")) == (
        1, 1, 0, 3,
    )  # fmt: skip
    assert (keys("state=closed"), keys("concept=other"), keys("limit=2")) == (0, 0, 2)
    (first, *_) = api.documents.folder("glossary/tasks")
    others = [{**first.body, "id": f"aaa-1-{n}", "concept": "aaa"} for n in range(3)]
    writes = [Write(f"glossary/tasks/{body['id']}", 0, body, "open") for body in others]
    api.documents.write(writes, actor="t", reason="of another concept", at=first.at)
    monkeypatch.setattr(api.concepts, "SCANNED", 3)
    found = api("GET", "tasks?concept=adverse-event", READER).body
    assert ({task["concept"] for task in found["tasks"]}, len(found["tasks"]), found["next"]) == (
        {"adverse-event"}, 3, None,
    )  # fmt: skip
    api("GET", "tasks?overdue=maybe", READER).refused(400, "invalid-parameter")
    api("GET", "tasks?state=lost", READER).refused(400, "invalid-parameter")


def test_tasks_close_when_the_rule_is_back_or_the_text_is_waived(api: Api) -> None:
    api.approved()
    change_german(api)
    api.work()
    segment = SEGMENTS[0]
    waived = ask(
        api, COMPLIANCE, WAIVER, key=segment.key, source=segment.source, target=segment.target, text="Ereignis"
    )
    assert waived.status == 201, waived.raw
    closed = api("GET", "tasks?state=closed", READER).body["tasks"]
    assert [(t["key"], t["closed"]["reason"], t["closed"]["actor"]) for t in closed] == [
        (segment.key, "waived", "com-1")
    ]  # fmt: skip
    api("DELETE", f"judgements/{waived.body['id']}?reason=too+early", COMPLIANCE)
    assert api("GET", "tasks?state=closed", READER).body["tasks"] == []
    assert decide(api, COMPLIANCE, waived.body["id"], accept=True).status == 200
    name = ask(api, EDITOR, TERM, text="unerwünschtes Ereignis").body["id"]
    decide(api, MEDICAL, name, accept=True)
    api.work()
    assert api("GET", "tasks", READER).body["tasks"] == []
    assert {t["closed"]["reason"] for t in api("GET", "tasks?state=closed", READER).body["tasks"]} == {
        "waived", "mended",
    }  # fmt: skip


def test_a_release_with_mended_words_closes_their_tasks(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    api.approved()
    change_german(api)
    api.work()
    mended = tuple(segment for segment in SEGMENTS if segment != SEGMENTS[1])
    monkeypatch.setattr(api.worker._live, "_published", Published("r" + "1" * 32, mended))
    api.worker.handler({}, None)
    assert [t["key"] for t in api("GET", "tasks?state=closed", READER).body["tasks"]] == [SEGMENTS[1].key]
    rows = len(api.rows())
    api.worker.handler({}, None)
    assert len(api.rows()) == rows, "once a release"


def test_retiring_a_concept_closes_its_tasks(api: Api) -> None:
    api.approved()
    etag = change_german(api).etag
    api.work()
    assert api("DELETE", "concepts/adverse-event?reason=unused", MEDICAL, if_match=etag).status == 200
    api.work()
    assert api("GET", "tasks", READER).body["tasks"] == []
