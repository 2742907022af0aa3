"""Concepts over HTTP: their life, the four eyes, whose languages, and that no work is lost."""

import json
from typing import Any

import pytest

from consentry.glossary.concept import ConceptFile
from consentry.glossary.workflow import Kept, settle
from glossary.api.conftest import COMPLIANCE, CONCEPT, EDITOR, GERMAN, MEDICAL, READER, TERMINOLOGIST, Api

BOTH = {"sub": "both-1", "scope": "glossary:review glossary:approve", "locales": "*", "markets": "*"}


def test_from_draft_to_force(api: Api) -> None:
    created = api.create()
    assert (created.status, created.etag, created.headers["location"]) == (
        201, '"1"', "/v1/glossary/concepts/adverse-event",
    )  # fmt: skip
    assert created.body["concept"]["state"] == "draft"
    assert created.body["in_force"] is None
    submitted = api.submit("en", "de")
    assert submitted.body["concept"]["state"] == "in-review"
    assert submitted.body["pending"] == {
        "en": ["medical-reviewer", "terminologist"], "de": ["medical-reviewer", "terminologist"],
    }  # fmt: skip
    api.review("en", TERMINOLOGIST)
    assert api.review("en", MEDICAL).body["in_force_locales"] == ["en"]
    api.review("de", MEDICAL)
    done = api.review("de", TERMINOLOGIST)
    assert done.body["concept"]["state"] == "approved"
    assert done.body["in_force_locales"] == ["de", "en"]
    assert [(a["locale"], a["role"], a["actor"]) for a in done.body["in_force"]["approvals"]] == [
        ("en", "terminologist", "rev-1"), ("en", "medical-reviewer", "med-1"),
        ("de", "terminologist", "rev-1"), ("de", "medical-reviewer", "med-1"),
    ]  # fmt: skip
    assert done.body["concept"]["approvals"][0]["reference"] == "P-1"


def test_editing_what_is_approved_keeps_it_in_force(api: Api) -> None:
    before = api.approved().body["in_force"]

    def change(concept: dict[str, Any]) -> None:
        concept["terms"]["de"][0]["text"] = "unerwünschter Vorfall"

    edited = api.edit(change, GERMAN)
    assert edited.status == 200, edited.raw
    assert edited.body["concept"]["state"] == "draft"
    assert edited.body["in_force"] == before
    assert edited.body["concept"]["version"] == before["version"] + 1
    api.submit(who=GERMAN)
    api.review("de", TERMINOLOGIST)
    half = api.review("de", MEDICAL)
    assert half.body["in_force"]["terms"]["de"][0]["text"] == "unerwünschter Vorfall"
    assert half.body["in_force_locales"] == ["de", "en", "fr"]
    assert half.body["concept"]["state"] == "approved"


def test_one_language_comes_into_force_while_another_waits(api: Api) -> None:
    api.approved()

    def change(concept: dict[str, Any]) -> None:
        concept["terms"]["de"][0]["text"] = "unerwünschter Vorfall"
        concept["terms"]["fr"][0]["text"] = "incident indésirable"

    api.edit(change)
    api.submit("de")
    api.review("de", TERMINOLOGIST)
    answer = api.review("de", MEDICAL).body
    assert answer["in_force"]["terms"]["de"][0]["text"] == "unerwünschter Vorfall"
    assert answer["in_force"]["terms"]["fr"][0]["text"] == "événement indésirable"
    assert answer["in_force_locales"] == ["de", "en", "fr"]
    assert answer["concept"]["state"] == "draft"
    assert answer["concept"]["terms"]["fr"][0]["text"] == "incident indésirable"
    api.submit("fr")
    api.review("fr", TERMINOLOGIST)
    answer = api.review("fr", MEDICAL).body
    assert answer["in_force"]["terms"]["fr"][0]["text"] == "incident indésirable"
    assert answer["concept"] == answer["in_force"]


def test_the_first_of_two_reviews_changes_nothing_in_force_in_whatever_order_a_file_has_its_approvals(api: Api) -> None:
    approved = ConceptFile.model_validate(api.approved().body["in_force"])
    in_force = approved.model_copy(update={"approvals": approved.approvals[::-1]})
    terms = {**approved.terms, "de": approved.terms["de"][:1]}
    draft = approved.model_copy(update={"version": 2, "state": "in-review", "terms": terms})
    digest = draft.meaning_digest("de")
    review = approved.approvals[0].model_copy(update={"locale": "de", "role": "terminologist", "digest": digest})
    draft = draft.model_copy(update={"approvals": (review, *(a for a in approved.approvals if a.locale != "de"))})
    assert settle(Kept(draft, in_force, {"de": ("ed-1",)}, ("de",))).in_force == in_force


def test_a_new_definition_comes_into_force_when_every_language_was_reviewed_again(api: Api) -> None:
    before = api.approved().body["in_force"]

    def change(concept: dict[str, Any]) -> None:
        concept.update(definition="Any untoward occurrence, whatever its cause.")
        concept["terms"]["de"][0]["text"] = "unerwünschter Vorfall"

    api.edit(change)
    api.submit()
    for locale in ("de", "en", "fr"):
        answer = api.review(locale, TERMINOLOGIST)
        assert answer.body["in_force"] == before
        answer = api.review(locale, MEDICAL)
    assert answer.body["in_force"]["definition"] == "Any untoward occurrence, whatever its cause."
    assert answer.body["in_force_locales"] == ["de", "en", "fr"]


def test_what_no_review_binds_needs_no_review(api: Api) -> None:
    api.approved()
    api.edit(lambda concept: concept.update(codes={"mesh": "D064420"}))
    answer = api.submit()
    assert answer.body["concept"]["state"] == "approved"
    assert answer.body["in_force"]["codes"] == {"mesh": "D064420"}


def test_a_change_taken_back_is_no_change(api: Api) -> None:
    before = api.approved().body
    api.edit(lambda concept: concept["terms"]["de"].pop())
    back = api.edit(lambda concept: concept["terms"].update(de=before["in_force"]["terms"]["de"]))
    assert back.body["concept"] == before["in_force"]


def test_who_wrote_what_is_reviewed_is_no_longer_told(api: Api) -> None:
    api.create()
    api.submit()
    api.review("en", TERMINOLOGIST)
    partly = api.review("en", MEDICAL)
    assert partly.body["in_force_locales"] == ["en"]
    assert partly.body["authors"] == {"*": ["ed-1"], "de": ["ed-1"], "fr": ["ed-1"]}


def test_what_did_not_change_is_not_submitted(api: Api) -> None:
    before = api.approved()
    api.submit().refused(409, "not-in-this-state")
    api.submit("de").refused(409, "not-in-this-state")
    assert api("GET", "concepts/adverse-event", EDITOR).etag == before.etag


def test_a_concept_keeps_its_name(api: Api) -> None:
    api.create()
    refused = api.edit(lambda concept: concept.update(concept="another-event")).refused(422, "invalid-body")
    assert "another-event" in refused["detail"]


def test_the_author_does_not_review(api: Api) -> None:
    everything = {**EDITOR, "scope": "glossary:edit glossary:review glossary:approve"}
    api.create(everything)
    api.submit("en", "de", who=everything)
    api.review("de", everything).refused(403, "second-person-needed")
    digest = api("GET", "concepts/adverse-event", everything).body["digests"]["de"]
    body = {"locale": "de", "role": "medical-reviewer", "digest": digest, "reason": "read"}
    api("POST", "concepts/adverse-event/approvals", everything, body).refused(403, "second-person-needed")


def test_whoever_changed_a_language_since_does_not_review_it(api: Api) -> None:
    helper = {**GERMAN, "scope": "glossary:edit glossary:review", "locales": "*"}
    api.create()
    api.edit(lambda concept: concept["terms"]["de"].append({"text": "UE", "status": "admitted"}), helper)
    api.submit()
    api.review("de", helper).refused(403, "second-person-needed")
    assert api.review("fr", helper).status == 200


def test_two_reviews_come_from_two_people(api: Api) -> None:
    api.create()
    api.submit()
    assert api.review("de", BOTH).status == 200
    digest = api("GET", "concepts/adverse-event", BOTH).body["digests"]["de"]
    body = {"locale": "de", "role": "medical-reviewer", "digest": digest, "reason": "read"}
    api("POST", "concepts/adverse-event/approvals", BOTH, body).refused(403, "second-person-needed")
    again = api.review("de", BOTH)
    assert again.status == 200
    api.review("de", TERMINOLOGIST).refused(409, "conflict")


def test_who_wrote_a_language_is_known_until_it_is_reviewed(api: Api) -> None:
    author = {**EDITOR, "scope": "glossary:edit glossary:review"}
    api.create(author)
    api.submit("en", "de", who=author)
    for locale in ("en", "de"):
        api.review(locale, TERMINOLOGIST)
        answer = api.review(locale, MEDICAL)
    assert (answer.body["concept"]["state"], answer.body["authors"]) == ("approved", {"fr": ["ed-1"]})
    api.edit(lambda concept: concept["terms"]["de"].pop())
    back = api.edit(lambda concept: concept["terms"].update(de=CONCEPT["terms"]["de"]))
    assert (back.body["concept"]["state"], back.body["authors"]) == ("approved", {"fr": ["ed-1"]})
    assert api.submit("fr", who=author).status == 200
    api.review("fr", author).refused(403, "second-person-needed")
    assert api.review("fr", TERMINOLOGIST).status == 200


def test_a_review_is_of_the_words_that_were_read(api: Api) -> None:
    api.create()
    api.submit()
    read = api("GET", "concepts/adverse-event", MEDICAL)
    api.edit(lambda concept: concept["terms"]["de"].append({"text": "UE", "status": "admitted"}))
    api.submit()
    said = {"locale": "de", "role": "medical-reviewer", "reason": "read"}
    unbound = api("POST", "concepts/adverse-event/approvals", MEDICAL, said)
    unbound.refused(428, "precondition-required")
    late = api("POST", "concepts/adverse-event/approvals", MEDICAL, {**said, "digest": read.body["digests"]["de"]})
    assert late.refused(412, "changed-meanwhile")["current"]["body"]["current"]["terms"]["de"][-1]["text"] == "UE"
    late = api("POST", "concepts/adverse-event/approvals", MEDICAL, said, if_match=read.etag)
    late.refused(412, "changed-meanwhile")
    unchanged = {**said, "locale": "fr", "digest": read.body["digests"]["fr"]}
    assert api("POST", "concepts/adverse-event/approvals", MEDICAL, unchanged).status == 200


def test_a_review_is_of_the_forms_that_were_read(api: Api) -> None:
    """A term taken out and put in again with other forms is another text, though its words are the same."""
    api.create()
    api.submit()
    read = api("GET", "concepts/adverse-event", MEDICAL).body
    entry = read["concept"]["terms"]["de"][0]
    api.edit(lambda concept: concept["terms"]["de"].pop(0))
    again = {**entry, "forms": [{"text": "unerwünschte Wirkung"}]}
    api.edit(lambda concept: concept["terms"]["de"].insert(0, again))
    api.submit()
    said = {"locale": "de", "role": "medical-reviewer", "reason": "read", "digest": read["digests"]["de"]}
    api("POST", "concepts/adverse-event/approvals", MEDICAL, said).refused(412, "changed-meanwhile")
    assert api.review("de", MEDICAL).status == 200


def test_only_what_is_submitted_is_reviewed(api: Api) -> None:
    api.create()
    api.review("de", MEDICAL).refused(409, "not-in-this-state")
    api.submit("en", "fr")
    api.review("de", MEDICAL).refused(409, "not-in-this-state")
    api.submit("de", who={**EDITOR, "locales": "fr"}).refused(403, "locale-not-yours")
    api.submit("ja").refused(422, "invalid-body")


def test_english_is_reviewed_with_or_before_the_others(api: Api) -> None:
    api.create()
    assert "en" in api.submit("de").refused(409, "not-in-this-state")["mend"]


def test_in_review_can_be_given_back(api: Api) -> None:
    api.create()
    api.submit()
    api.review("de", TERMINOLOGIST)
    japanese = {**MEDICAL, "locales": "ja"}
    api("POST", "concepts/adverse-event/reopening", japanese, {"reason": "wrong"}).refused(403, "locale-not-yours")
    api("POST", "concepts/adverse-event/reopening", READER, {"reason": "wrong"}).refused(403, "scope-missing")
    back = api("POST", "concepts/adverse-event/reopening", MEDICAL, {"reason": "the definition is wrong"})
    assert (back.status, back.body["concept"]["state"], back.body["concept"]["approvals"]) == (200, "draft", [])
    api("POST", "concepts/adverse-event/reopening", MEDICAL, {"reason": "again"}).refused(409, "not-in-this-state")


def test_retiring_and_taking_up_again(api: Api) -> None:
    approved = api.approved()
    api("DELETE", "concepts/adverse-event?reason=unused", EDITOR, if_match=approved.etag).refused(403, "scope-missing")
    api("DELETE", "concepts/adverse-event?reason=unused", MEDICAL).refused(428, "precondition-required")
    api("DELETE", "concepts/adverse-event", MEDICAL, if_match=approved.etag).refused(400, "invalid-parameter")
    api("DELETE", "concepts/adverse-event?reason=unused", MEDICAL, if_match='"1"').refused(412, "changed-meanwhile")
    retired = api("DELETE", "concepts/adverse-event?reason=unused", MEDICAL, if_match=approved.etag)
    assert (retired.status, retired.body["concept"]["state"], retired.body["in_force"]) == (200, "retired", None)
    api.edit(lambda concept: concept.update(strict=True)).refused(409, "not-in-this-state")
    api.submit().refused(409, "not-in-this-state")
    again = api("POST", "concepts/adverse-event/reopening", EDITOR, {"reason": "needed after all"})
    assert again.body["concept"]["state"] == "draft"
    assert again.body["concept"]["version"] > approved.body["concept"]["version"]
    assert api.edit(lambda concept: concept.update(strict=True)).status == 200


def test_whoever_wrote_a_draft_does_not_review_it_after_it_was_retired_and_taken_up_by_another(api: Api) -> None:
    author = {**EDITOR, "scope": "glossary:edit glossary:review"}
    created = api.create(author)
    assert api("DELETE", "concepts/adverse-event?reason=unused", author, if_match=created.etag).status == 200
    again = api("POST", "concepts/adverse-event/reopening", {**EDITOR, "sub": "ed-9"}, {"reason": "needed after all"})
    assert again.body["authors"] == {"*": ["ed-1", "ed-9"], "en": ["ed-1"], "de": ["ed-1"], "fr": ["ed-1"]}
    api.submit()
    api.review("de", author).refused(403, "second-person-needed")


def test_a_concept_with_terms_of_a_market_is_retired_by_somebody_of_that_market(api: Api) -> None:
    swiss = {"text": "unerwünschte Wirkung", "status": "admitted", "market": "CH"}
    approved = api.approved(terms={**CONCEPT["terms"], "de": [*CONCEPT["terms"]["de"], swiss]})
    german = {**MEDICAL, "markets": "DE"}
    refused = api("DELETE", "concepts/adverse-event?reason=unused", german, if_match=approved.etag)
    assert refused.refused(403, "market-not-yours")["market"] == "CH"


def test_no_update_is_lost(api: Api) -> None:
    api.create()
    first = api("GET", "concepts/adverse-event", EDITOR)
    second = api("GET", "concepts/adverse-event", GERMAN)
    first.body["concept"]["terms"]["fr"].append({"text": "EI", "status": "admitted"})
    second.body["concept"]["terms"]["de"].append({"text": "UE", "status": "admitted"})
    sent = {"concept": first.body["concept"], "reason": "acronym"}
    written = api("PUT", "concepts/adverse-event", EDITOR, sent, if_match=first.etag)
    assert (written.status, written.etag) == (200, '"2"')
    sent = {"concept": second.body["concept"], "reason": "acronym"}
    problem = api("PUT", "concepts/adverse-event", GERMAN, sent, if_match=second.etag).refused(412, "changed-meanwhile")
    assert problem["current"]["number"] == 2
    assert problem["current"]["actor"] == "ed-1"
    assert problem["current"]["body"]["current"]["terms"]["fr"][-1]["text"] == "EI"
    api("PUT", "concepts/adverse-event", GERMAN, sent).refused(428, "precondition-required")
    now = api("GET", "concepts/adverse-event", GERMAN).body["concept"]["terms"]
    assert ("EI" in json.dumps(now), "UE" in json.dumps(now)) == (True, False)


def test_of_two_who_write_at_the_same_moment_one_is_refused(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other write happens between reading and writing of ours: the condition in the table decides."""
    api.create()
    real = api.documents.write
    raced: list[bool] = []

    def write(writes: Any, **how: Any) -> Any:
        if not raced:
            raced.append(True)
            rival = api.documents.get("glossary/concepts/adverse-event")
            assert rival is not None
            body = json.loads(json.dumps(rival.body))
            body["current"]["terms"]["de"].append(
                {**body["current"]["terms"]["de"][0], "text": "UE", "status": "admitted"}
            )
            real([type(writes[0])(rival.path, rival.number, body, "edit")], actor="rival", reason="first", at=rival.at)
        return real(writes, **how)

    monkeypatch.setattr(api.documents, "write", write)
    answer = api.edit(lambda concept: concept["terms"]["fr"].append({"text": "EI", "status": "admitted"}))
    assert answer.refused(412, "changed-meanwhile")["current"]["actor"] == "rival"
    # A review of other words than the rival's is repeated on what is there now.
    monkeypatch.setattr(api.documents, "write", real)
    api.submit()
    raced.clear()
    monkeypatch.setattr(api.documents, "write", write)
    digest = api("GET", "concepts/adverse-event", MEDICAL).body["digests"]["fr"]
    body = {"locale": "fr", "role": "medical-reviewer", "digest": digest, "reason": "read"}
    assert api("POST", "concepts/adverse-event/approvals", MEDICAL, body).status == 200


def test_other_peoples_languages_stay_as_they_are(api: Api) -> None:
    api.approved()

    def french(concept: dict[str, Any]) -> None:
        concept["terms"]["de"].append({"text": "UE", "status": "admitted"})
        concept["terms"]["fr"][0]["note"] = "mine now"

    assert api.edit(french, GERMAN).refused(403, "locale-not-yours")["locale"] == "fr"
    api.edit(lambda c: c["terms"].update(ja=[{"text": "有害事象"}]), GERMAN).refused(403, "locale-not-yours")
    api.edit(lambda c: c.update(severity="review"), GERMAN).refused(403, "locale-not-yours")
    api.edit(lambda c: c.update(subject="other"), GERMAN).refused(403, "locale-not-yours")
    assert (
        api.edit(lambda c: c["terms"].update({"de-AT": [{"text": "UE", "status": "admitted"}]}), GERMAN).status == 200
    )


def test_other_peoples_markets_stay_as_they_are(api: Api) -> None:
    api.create()
    swiss = {"text": "UE", "status": "admitted", "market": "CH"}
    assert api.edit(lambda c: c["terms"]["de"].append(swiss), GERMAN).refused(403, "market-not-yours")["market"] == "CH"
    assert api.edit(lambda c: c["terms"]["de"].append({**swiss, "market": "DE"}), GERMAN).status == 200
    api.submit("en", "de")
    abroad = {**MEDICAL, "markets": "FR"}
    api.review("de", abroad).refused(403, "market-not-yours")


def test_reviewers_review_their_own_languages(api: Api) -> None:
    api.create()
    api.submit()
    api.review("de", {**MEDICAL, "locales": "fr"}).refused(403, "locale-not-yours")
    api.review("de", {**EDITOR, "sub": "x"}).refused(403, "scope-missing")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"state": "retired"}, "/concept/state"),
        ({"version": 7}, "/concept/version"),
        ({"sample": True}, "/concept/sample"),
        ({"approvals": [{"locale": "de", "role": "terminologist", "actor": "x", "at": "2026-01-01",
                         "digest": "sha256-" + "0" * 64}]}, "/concept/approvals"),
    ],
)  # fmt: skip
def test_states_and_reviews_are_not_written_by_hand(api: Api, change: dict[str, Any], pointer: str) -> None:
    api.create()
    problem = api.edit(lambda concept: concept.update(change)).refused(422, "invalid-body")
    assert problem["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("***", "letter"),
        ("adverse\u200bevent", "U+200B"),
        ("adverse \u202eevent", "U+202E"),
        ("аdverse event", "looks Latin"),
        ("adverse  event", "single blanks"),
    ],
)
def test_terms_are_what_they_look_like(api: Api, text: str, word: str) -> None:
    terms = {"en": [{"text": text}]}
    problem = api.create(terms=terms).refused(422, "invalid-body")
    assert problem["errors"][0]["pointer"] == "/concept/terms/en/0/text"
    assert any(word in error["detail"] for error in problem["errors"]), problem["errors"]


def test_contradictions_and_unknown_members_are_refused_with_their_place(api: Api) -> None:
    twice = {"en": [{"text": "a"}, {"text": "a", "status": "forbidden"}]}
    assert "both" in api.create(terms=twice).refused(422, "invalid-body")["errors"][0]["detail"]
    problem = api.create(colour="red").refused(422, "invalid-body")
    assert problem["errors"][0]["pointer"] == "/concept/colour"
    problem = api.create(terms={"en": [{"text": "x" * 201}]}).refused(422, "invalid-body")
    assert problem["errors"][0]["pointer"] == "/concept/terms/en/0/text"
    problem = api("POST", "concepts", EDITOR, {"concept": CONCEPT}).refused(422, "invalid-body")
    assert problem["errors"][0]["pointer"] == "/reason"
    api.create(terms={"de": [{"text": "Ereignis"}]}).refused(422, "invalid-body")
    api.create()
    api.create().refused(409, "conflict")


def test_languages_in_force_and_forms_are_not_lost_by_editing(api: Api) -> None:
    api.approved()
    problem = api.edit(lambda concept: concept["terms"].pop("fr")).refused(422, "invalid-body")
    assert problem["errors"][0]["pointer"] == "/concept/terms/fr"
    form = {"text": "unerwünschten Ereignissen"}
    problem = api.edit(lambda c: c["terms"]["de"][0].update(forms=[form])).refused(422, "invalid-body")
    assert problem["errors"][0]["pointer"] == "/concept/terms/de/0/forms"
    forged = {
        "text": "UE",
        "status": "admitted",
        "forms": [{"text": "UEs", "origin": "learnt", "approved_by": "med-1"}],
    }
    api.edit(lambda c: c["terms"]["de"].append(forged)).refused(422, "invalid-body")


def test_the_history_tells_who_when_why_and_what(api: Api) -> None:
    api.approved("en", "de")
    api.edit(lambda concept: concept["terms"]["de"][0].update(note="in Protokollen"), GERMAN)
    entries = api("GET", "concepts/adverse-event/history", READER).body["history"]
    assert [(e["number"], e["actor"], e["action"]) for e in entries] == [
        (7, "ed-2", "edit"),
        (6, "med-1", "approve de as medical-reviewer"),
        (5, "rev-1", "approve de as terminologist"),
        (4, "med-1", "approve en as medical-reviewer"),
        (3, "rev-1", "approve en as terminologist"),
        (2, "ed-1", "submit"),
        (1, "ed-1", "create"),
    ]
    newest = entries[0]
    assert newest["reason"] == "better so"
    assert newest["at"].startswith("20")
    assert {"pointer": "/current/terms/de/0/note", "old": None, "new": "in Protokollen"} in newest["changes"]
    came = {change["pointer"]: change for change in entries[3]["changes"]}
    assert came["/in_force"]["old"] is None
    assert came["/in_force"]["new"]["state"] == "approved"
    page = api("GET", "concepts/adverse-event/history?limit=3", READER)
    rest = api("GET", f"concepts/adverse-event/history?limit=3&cursor={page.body['next']}", READER)
    assert [e["number"] for e in (*page.body["history"], *rest.body["history"])] == [7, 6, 5, 4, 3, 2]
    assert page.headers["link"].endswith('rel="next"')
    assert rest.body["history"][-1]["changes"], "the oldest of a page is compared with the one before it"
    api("GET", "concepts/none/history", READER).refused(404, "not-found")
    api("GET", "concepts/adverse-event/history?cursor=eHg", READER).refused(400, "invalid-parameter")


def test_lists_are_filtered_and_paged(api: Api) -> None:
    for number in range(5):
        api.create(concept=f"concept-{number}", subject="safety" if number % 2 else "consent")
    api.create(concept="other", definition="Something about cardiology.", terms={"en": [{"text": "heart"}]})
    api.submit(name="concept-1")

    def names(query: str) -> list[str]:
        answer = api("GET", f"concepts?{query}", READER)
        assert answer.status == 200, answer.raw
        return [each["concept"] for each in answer.body["concepts"]]

    assert names("subject=safety") == ["concept-1", "concept-3", "other"]
    assert names("state=in-review") == ["concept-1"]
    assert names("q=CARDIO") == ["other"]
    assert names("q=unerw%C3%BCnscht&limit=200") == [f"concept-{number}" for number in range(5)]
    assert names("locale=de-CH") == [f"concept-{number}" for number in range(5)]
    assert names("locale=ja") == []
    page = api("GET", "concepts?subject=safety&limit=2", READER)
    assert [each["concept"] for each in page.body["concepts"]] == ["concept-1", "concept-3"]
    assert page.body["concepts"][0]["terms"]["de"] == "unerwünschtes Ereignis"
    rest = api("GET", f"concepts?subject=safety&limit=2&cursor={page.body['next']}", READER)
    assert ([each["concept"] for each in rest.body["concepts"]], rest.body["next"]) == (["other"], None)
    api("GET", "concepts?state=good", READER).refused(400, "invalid-parameter")
    api("GET", f"concepts?q={'x' * 201}", READER).refused(400, "invalid-parameter")
    api("GET", "concepts?limit=0", READER).refused(400, "invalid-parameter")


def test_a_concept_that_is_known_is_not_sent_again(api: Api) -> None:
    etag = api.create().etag
    assert api("GET", "concepts/adverse-event", READER, if_none_match=etag).status == 304


def test_who_is_not_let_in_and_what_is_not_there(api: Api) -> None:
    assert "www-authenticate" in api("GET", "concepts", None).headers
    api("GET", "concepts", None).refused(401, "not-signed-in")
    api("POST", "judgements", None, {}).refused(401, "not-signed-in")
    api("GET", "concepts", {"sub": "x", "scope": "translations:edit"}).refused(403, "scope-missing")
    api("GET", "concepts/none", READER).refused(404, "not-found")
    api("GET", f"concepts/{'x' * 500}", READER).refused(404, "not-found")
    api("GET", "nothing", READER).refused(404, "not-found")
    api("GET", "concepts/a/b/c", READER).refused(404, "not-found")
    assert api("PATCH", "concepts", READER).refused(405, "method-not-allowed")["mend"] == "Use GET, POST."
    assert api("POST", "concepts/x", READER, {}).headers["allow"] == "GET, PUT, DELETE"
    api("POST", "concepts", READER, {"concept": CONCEPT, "reason": "mine"}).refused(403, "scope-missing")
    api("POST", "concepts", EDITOR, "{", content_type="application/json").refused(400, "malformed-json")
    api("POST", "concepts", EDITOR, '{"a":1,"a":2}').refused(400, "malformed-json")
    api("POST", "concepts", EDITOR, "a", content_type="text/plain").refused(415, "unsupported-media-type")
    api("POST", "concepts", EDITOR, '{"concept": "' + "x" * 300_000 + '"}').refused(413, "body-too-large")
    api("POST", "concepts", EDITOR, {"concept": CONCEPT, "reason": "mine", "colour": 1}).refused(422, "invalid-body")


def test_what_is_kept_names_nobody(api: Api) -> None:
    api.approved()
    for row in api.rows():
        assert "@" not in row.get("actor", {}).get("S", "")
        assert row["path"]["S"] == "@glossary" or row["actor"]["S"] in {
            who["sub"] for who in (EDITOR, TERMINOLOGIST, MEDICAL, COMPLIANCE)
        }
