"""What an import would change, and what it never does."""

import json
from datetime import date
from typing import Any

import pytest

from consentry.glossary.concept import NO_DEFINITION, Approval, ConceptFile, FormEntry
from consentry.glossary.exchange.api import Imported, NotApplicable, Plan, apply, export, merge, read
from consentry.glossary.exchange.merge import NO_SOURCE
from consentry.glossary.rulebook import as_term


def concept(**changes: Any) -> ConceptFile:
    facts: dict[str, Any] = {
        "concept": "adverse-event",
        "version": 3,
        "state": "draft",
        "subject": "safety",
        "definition": "Any untoward medical occurrence in a patient.",
        "source": {"kind": "regulation", "text": "Regulation (EU) No 536/2014"},
        "terms": {
            "en": [{"text": "adverse event"}, {"text": "AE", "status": "admitted", "case": "exact"}],
            "de": [{"text": "unerwünschtes Ereignis"}, {"text": "Nebenwirkung", "status": "forbidden"}],
            "fr": [{"text": "événement indésirable"}],
        },
    }
    return ConceptFile.model_validate({**facts, **changes})


def approved(file: ConceptFile) -> ConceptFile:
    approvals = tuple(
        Approval(locale=tag, role=role, actor=actor, at=date(2026, 11, 22), digest=file.meaning_digest(tag))
        for tag in file.terms
        for role, actor in (("terminologist", "k.brandt"), ("medical-reviewer", "m.rossi"))
    )
    return file.model_copy(update={"state": "approved", "approvals": approvals})


EVENT = approved(concept())


def table(*rows: str, **options: str) -> Imported:
    return read("\n".join(rows).encode(), "x.csv", **options)


def plan_of(*rows: str, overwrite: bool = False, existing: ConceptFile = EVENT) -> Plan:
    return merge({existing.concept: existing}, table(*rows), overwrite=overwrite)


def own(file: ConceptFile) -> Imported:
    return read(export([file], "csv", states=["draft", "in-review", "approved", "retired"]).data, "x.csv")


def test_a_new_concept_is_a_draft_named_by_its_english_term() -> None:
    plan = plan_of("en,de", "Serious adverse event,schwerwiegendes Ereignis")
    (new,) = apply(plan).values()
    assert (new.concept, new.state, new.version, new.approvals) == ("serious-adverse-event", "draft", 1, ())
    assert new.definition == NO_DEFINITION
    assert plan.items[0].remarks == (
        "the file has no definition; write one before the review",
        "the file has no source; write one before the review",
    )


def test_names_do_not_collide() -> None:
    plan = merge(
        {EVENT.concept: EVENT}, table("en,de,subject", "dose,Dosis,law", "dose,Gabe,safety", "adverse, event,x,y")
    )
    assert sorted(item.concept for item in plan.of("new")) == ["dose", "dose-safety"]
    existing = {"dose": concept(concept="dose", terms={"en": [{"text": "amount"}]})}
    assert set(apply(merge(existing, table("en,de", "dose,Dosis")))) == {"dose-2"}


def test_approvals_fall_in_the_locale_that_changes_and_only_there() -> None:
    changed = EVENT.model_copy(
        update={"terms": {**EVENT.terms, "de": (EVENT.terms["de"][0].model_copy(update={"text": "Ereignis"}),)}}
    )
    plan = merge({EVENT.concept: EVENT}, own(changed))
    (item,) = plan.of("changed")
    assert [(c.field, c.old, c.new) for c in item.changes] == [
        ("terms.de", "unerwünschtes Ereignis (preferred)", None),
        ("terms.de", "Nebenwirkung (forbidden)", None),
        ("terms.de", None, "Ereignis (preferred)"),
    ]
    assert item.drafts == ("de",)
    result = apply(plan)["adverse-event"]
    assert (result.state, result.version) == ("approved", 4)
    assert result.approved_locales() == {"en", "fr"}
    assert {given.locale for given in result.approvals} == {"en", "fr"}


def test_another_meaning_makes_the_whole_concept_a_draft() -> None:
    plan = merge({EVENT.concept: EVENT}, own(EVENT.model_copy(update={"definition": "Something quite different."})))
    assert plan.items[0].drafts == ("de", "en", "fr")
    result = apply(plan)["adverse-event"]
    assert (result.state, result.approvals) == ("draft", ())


def test_a_note_or_a_form_takes_no_approval() -> None:
    noted = EVENT.terms["de"][0].model_copy(update={"note": "legal term", "forms": (FormEntry(text="Ereignisse"),)})
    plan = merge(
        {EVENT.concept: EVENT},
        own(EVENT.model_copy(update={"terms": {**EVENT.terms, "de": (noted, EVENT.terms["de"][1])}})),
    )
    (item,) = plan.of("changed")
    assert {change.field for change in item.changes} == {
        "terms.de “unerwünschtes Ereignis”.note",
        "terms.de “unerwünschtes Ereignis”.forms",
    }
    assert item.drafts == ()
    assert apply(plan)["adverse-event"].approved_locales() == {"en", "de", "fr"}


def test_no_file_carries_an_approval_of_a_form() -> None:
    form = FormEntry(text="Ereignisse", origin="learnt", approved_by="anna-t")
    german = EVENT.terms["de"][0].model_copy(update={"forms": (form,)})
    learnt = EVENT.model_copy(update={"terms": {**EVENT.terms, "de": (german, EVENT.terms["de"][1])}})
    result = apply(merge({EVENT.concept: EVENT}, own(learnt)))["adverse-event"]
    assert result.terms["de"][0].forms == (FormEntry(text="Ereignisse", origin="imported"),)
    assert as_term(result.terms["de"][0]).forms == ()
    assert as_term(learnt.terms["de"][0]).forms == ("Ereignisse",)
    assert merge({EVENT.concept: learnt}, own(learnt)).counts()["unchanged"] == 1


def test_foreign_files_add_and_leave_ours_alone() -> None:
    plan = plan_of(
        "en,de,fr,definition", "adverse event,unerwünschter Vorfall,événement indésirable,Some other definition."
    )
    (item,) = plan.of("changed")
    assert [(c.field, c.new) for c in item.changes] == [("terms.de", "unerwünschter Vorfall (admitted)")]
    assert item.remarks == (
        "definition differs in the file; ours was kept",
        "de: the file prefers “unerwünschter Vorfall”; ours, “unerwünschtes Ereignis”, stays preferred",
    )
    assert item.drafts == ("de",)


def test_overwrite_lets_the_file_decide() -> None:
    plan = plan_of("en,de", "adverse event,unerwünschter Vorfall", overwrite=True)
    result = apply(plan)["adverse-event"]
    assert [(t.text, t.status) for t in result.terms["de"]] == [
        ("unerwünschtes Ereignis", "admitted"),
        ("Nebenwirkung", "forbidden"),
        ("unerwünschter Vorfall", "preferred"),
    ]


def test_overwrite_takes_the_definition_but_not_the_subject() -> None:
    rows = ("en,de,definition,subject", "adverse event,unerwünschtes Ereignis,Some other definition.,law")
    (item,) = plan_of(*rows, overwrite=True).of("changed")
    assert [(change.field, change.new) for change in item.changes] == [("definition", "Some other definition.")]
    assert plan_of(*rows).counts()["unchanged"] == 1


def test_overwrite_makes_a_word_right_that_is_forbidden_here() -> None:
    result = apply(plan_of("en,de", "adverse event,Nebenwirkung", overwrite=True))["adverse-event"]
    assert [(t.text, t.status) for t in result.terms["de"]] == [
        ("unerwünschtes Ereignis", "admitted"),
        ("Nebenwirkung", "preferred"),
    ]


def test_a_word_that_is_forbidden_here_and_a_translation_there_is_a_conflict() -> None:
    plan = plan_of("en,de", "adverse event,Nebenwirkung", "dose,Dosis")
    (item,) = plan.of("conflicting")
    assert item.problems[0].what == "de: “Nebenwirkung” is forbidden here, and a translation in the file"
    assert item.problems[0].line == 2
    with pytest.raises(NotApplicable, match="1 conflicting"):
        apply(plan)
    imported = table("en,de", "adverse event,Nebenwirkung", "dose,Dosis")
    for left_out in ({"skip": ["adverse event"]}, {"skip_problems": True}):
        plan = merge({EVENT.concept: EVENT}, imported, **left_out)
        assert plan.counts()["left-out"] == 1
        assert set(apply(plan)) == {"dose"}


def test_one_word_for_two_concepts_is_a_conflict_unless_the_subject_tells() -> None:
    other = concept(concept="event-in-law", subject="law")
    existing = {file.concept: file for file in (EVENT, other)}
    plan = merge(existing, table("en,de", "adverse event,Vorfall"))
    assert (
        plan.of("conflicting")[0].problems[0].what
        == "“adverse event” is an English term of adverse-event and event-in-law"
    )
    plan = merge(existing, table("en,de,subject", "adverse event,Vorfall,law"))
    assert plan.of("changed")[0].concept == "event-in-law"


def test_an_admitted_english_term_finds_its_concept() -> None:
    plan = plan_of("en,de", "AE,unerwünschtes Ereignis")
    assert plan.counts()["unchanged"] == 1
    assert plan.items[0].remarks == (
        "“AE” is an admitted English term of adverse-event; it was taken for that concept",
    )


def test_a_preferred_english_term_finds_its_concept_before_an_admitted_one() -> None:
    dose = concept(concept="dose", terms={"en": [{"text": "dose"}]})
    portion = concept(concept="portion", terms={"en": [{"text": "portion"}, {"text": "dose", "status": "admitted"}]})
    plan = merge({file.concept: file for file in (portion, dose)}, table("en,de", "dose,Dosis"))
    assert [item.concept for item in plan.of("changed")] == ["dose"]


def test_only_english_terms_find_a_concept() -> None:
    poison = concept(concept="poison", terms={"en": [{"text": "poison"}], "de": [{"text": "Gift"}]})
    plan = merge({"poison": poison}, table("en,de", "Gift,Geschenk"))
    assert [(item.kind, item.concept) for item in plan.items] == [("new", "gift")]


def test_a_concept_of_ours_with_anothers_english_term_is_new_and_says_so() -> None:
    plan = merge({EVENT.concept: EVENT}, own(concept(concept="event-in-law", subject="law")))
    (item,) = plan.of("new")
    assert item.remarks == (
        "“adverse event” is also the preferred English term of adverse-event; perhaps they are one concept",
    )


def test_our_own_file_may_prefer_what_was_admitted() -> None:
    english = [{"text": "adverse event", "status": "admitted"}, {"text": "AE", "case": "exact"}]
    (item,) = merge({EVENT.concept: EVENT}, own(concept(terms={"en": english}))).of("changed")
    assert item.remarks == ()


def test_a_region_stands_for_english_only_where_it_is_english() -> None:
    (new,) = apply(merge({}, table("de-AT,en-GB,en-US", "Dosis,dose,dosage"))).values()
    assert {tag: [term.text for term in terms] for tag, terms in new.terms.items()} == {
        "en": ["dose"], "de-AT": ["Dosis"], "en-US": ["dosage"],
    }  # fmt: skip


def test_blanks_are_filled_where_that_costs_no_review() -> None:
    rows = ("en,de,pos", "adverse event,unerwünschtes Ereignis,noun")
    assert plan_of(*rows).counts()["unchanged"] == 1
    (item,) = plan_of(*rows, existing=concept()).of("changed")
    assert [(change.field, change.new) for change in item.changes] == [
        ("terms.de “unerwünschtes Ereignis”.part_of_speech", "noun")
    ]


def test_a_source_takes_the_place_of_none() -> None:
    unknown = concept(source={"kind": "house", "text": NO_SOURCE})
    entry = (
        '<tbx style="dca" xml:lang="en" xmlns="urn:iso:std:iso:30042:ed-2"><text><body><conceptEntry id="c1">'
        '<admin type="source">ICH E2A</admin><langSec xml:lang="en"><termSec><term>adverse event</term></termSec>'
        "</langSec></conceptEntry></body></text></tbx>"
    )
    imported = read(entry.encode(), "x.tbx")
    (item,) = merge({unknown.concept: unknown}, imported).of("changed")
    assert [change.field for change in item.changes] == ["source"]
    assert merge({EVENT.concept: EVENT}, imported).counts()["unchanged"] == 1


def test_rows_that_are_one_concept_here_are_joined() -> None:
    plan = plan_of("en,de", "AE,UE", "adverse event,unerwünschter Vorfall")
    (item,) = plan.of("changed")
    assert [c.new for c in item.changes] == ["UE (admitted)", "unerwünschter Vorfall (admitted)"]


def test_a_retired_concept_is_not_brought_back() -> None:
    retired = concept(state="retired")
    assert merge({retired.concept: retired}, own(retired)).counts()["unchanged"] == 1
    plan = plan_of("en,de", "adverse event,Vorfall", existing=retired)
    assert "is retired" in plan.of("conflicting")[0].problems[0].what


def test_names_that_are_not_translated_stay_as_they_are() -> None:
    name = approved(concept(concept="gmc", do_not_translate=True, terms={"en": [{"text": "GMC"}]}))
    plan = plan_of("en,de,fr", "GMC,GMC,GMC", existing=name)
    assert plan.counts()["unchanged"] == 1
    plan = plan_of("en,de", "GMC,Ärztekammer", existing=name)
    assert [change.new for change in plan.of("changed")[0].changes] == ["Ärztekammer (preferred)"]


def test_a_region_that_says_what_its_language_says_adds_nothing() -> None:
    plan = plan_of("en,de,de-AT", "adverse event,unerwünschtes Ereignis,unerwünschtes Ereignis")
    assert plan.counts()["unchanged"] == 1


def test_what_a_reader_refused_keeps_the_whole_import_out() -> None:
    plan = plan_of("en,de", "dose,Dosis", "fever,…")
    (item,) = plan.of("refused")
    assert (item.entry, item.line) == ("fever", 3)
    assert not plan.ok
    assert set(apply(merge({}, table("en,de", "dose,Dosis", "fever,…"), skip_problems=True))) == {"dose"}
    unreadable = merge({}, read(b"<tbx>", "x.tbx"), skip_problems=True)
    assert not unreadable.ok


def test_a_plan_is_json() -> None:
    plan = plan_of("en,de", "adverse event,unerwünschter Vorfall", "dose,Dosis", "fever,…")
    said = json.loads(json.dumps(plan.as_json()))
    assert said["counts"] == {"new": 1, "changed": 1, "unchanged": 0, "conflicting": 0, "refused": 1, "left-out": 0}
    assert said["ok"] is False
    assert {note.weight for note in plan.notes} <= {"warning", "note"}
    assert plan_of("en,de", "adverse event,unerwünschtes Ereignis").as_json()["items"] == []
    assert said["items"][0]["changes"][0] == {
        "field": "terms.de",
        "old": None,
        "new": "unerwünschter Vorfall (admitted)",
    }
