"""What a change of the glossary would break, and the tasks that keep it live. Pure."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import pytest

from consentry.glossary.decisions import Violation, decide, tasks_for, violations
from consentry.glossary.impact import impact
from consentry.glossary.matching.match import Judgement
from consentry.glossary.matching.model import Concept, Term
from consentry.glossary.rulebook import Rulebook
from consentry.glossary.segments import Segment

Concepts = Callable[[str], Sequence[Concept]]


def concept(name: str, english: str, *german: Term, **other: object) -> Concept:
    return Concept(name, {"en": (Term(english),), "de": german}, **other)  # type: ignore[arg-type]


def fixed(*concepts: Concept) -> Concepts:
    return lambda _: concepts


def label(target: str, source: str, *markets: str, locale: str = "de-DE", key: str = "k") -> Segment:
    shown = markets or ("DE",)
    units = tuple(f"form/{market}/{locale}" for market in shown)
    return Segment(f"forms/catalogs/de#{key}", "label", locale, shown, units, source, target, file="de.po", line=3)


def legal(target: str, *concepts: str) -> Segment:
    key = "consent_texts/DE/notice/1.de-DE"
    return Segment(key, "legal", "de-DE", ("DE",), ("form/DE/de-DE",), None, target, concepts)


OLD = concept("adverse-event", "adverse event", Term("Ereignis"))
NEW = concept("adverse-event", "adverse event", Term("unerwünschtes Ereignis"), Term("Ereignis", "deprecated"))


def test_what_was_right_and_would_not_be_is_found_with_a_proposal() -> None:
    live = [label("Ereignis melden", "Report an adverse event"), label("Guten Tag", "Hello")]
    (found,) = impact(live, fixed(OLD), fixed(NEW))
    assert found.segment is live[0]
    assert found.judgement.rule == "unwanted-term"
    assert found.proposed == "Unerwünschtes Ereignis melden"
    assert found.markets == ("DE",)
    assert found.units == ("form/DE/de-DE",)


def test_a_missing_term_is_proposed_where_the_old_one_stood() -> None:
    new = concept("adverse-event", "adverse event", Term("Zwischenfall"))
    (found,) = impact([label("Ihr Ereignis", "Your adverse event")], fixed(OLD), fixed(new))
    assert (found.judgement.rule, found.proposed) == ("missing-term", "Ihr Zwischenfall")


def test_the_proposal_replaces_the_concepts_own_word() -> None:
    card = concept("card", "card", Term("Karte"))
    new = concept("adverse-event", "adverse event", Term("Zwischenfall"))
    live = [label("Karte und Ereignis", "Card and adverse event")]
    (found,) = impact(live, fixed(card, OLD), fixed(card, new))
    assert found.proposed == "Karte und Zwischenfall"


def test_a_text_whose_source_alone_names_the_concept_breaks_too() -> None:
    (found,) = impact([label("Guten Tag", "Report an adverse event")], fixed(), fixed(OLD))
    assert found.judgement.rule == "missing-term"


def test_what_was_wrong_before_is_not_new() -> None:
    live = [label("Vorfall melden", "Report an adverse event")]
    assert impact(live, fixed(OLD), fixed(concept("adverse-event", "adverse event", Term("Zwischenfall")))) == []


def test_nothing_changed_breaks_nothing() -> None:
    live = [label("Vorfall", "adverse event"), legal("Text", "adverse-event")]
    assert impact(live, fixed(OLD), fixed(OLD)) == []


def test_a_concept_that_is_enforced_for_the_first_time_breaks_what_lacks_it() -> None:
    live = [legal("Keine Rede davon", "adverse-event"), legal("Keine Rede davon")]
    (found,) = impact(live, fixed(), fixed(NEW))
    assert found.segment.concepts == ("adverse-event",)
    assert found.judgement.rule == "missing-term"
    assert found.proposed == ""


def test_an_unwanted_word_breaks_a_legal_text_that_declares_nothing() -> None:
    new = concept("adverse-event", "adverse event", Term("unerwünschtes Ereignis"), Term("Zwischenfall", "forbidden"))
    (found,) = impact([legal("Zwischenfälle melden")], fixed(OLD), fixed(new))
    assert found.judgement.rule == "unwanted-term"


def test_a_name_that_no_longer_shadows_uncovers_another_concept() -> None:
    name = Concept("app", {"en": (Term("Adverse Event App"),)}, do_not_translate=True)
    other = concept("adverse-event", "adverse event", Term("Ereignis"))
    live = [label("Die Adverse Event App", "The Adverse Event App")]
    (found,) = impact(live, fixed(name, other), fixed(other))
    assert found.judgement.concept == "adverse-event"


def test_only_markets_where_it_is_new_count() -> None:
    after = concept("c", "card", Term("Ausweis"))
    before = concept("c", "card", Term("Karte", "admitted", market="CH"), Term("Ausweis"))
    (found,) = impact([label("Ihre Karte", "Your card", "CH", "DE")], fixed(before), fixed(after))
    assert found.markets == ("CH",)


def test_tasks_name_who_mends_and_when_and_cover_what_they_were_opened_for() -> None:
    live = [label("Ereignis melden", "Report an adverse event", "CH", "DE"), legal("Ereignis", "adverse-event")]
    found = impact(live, fixed(OLD), fixed(NEW))
    tasks = tasks_for(found, {"adverse-event": 4}, date(2026, 11, 22))
    assert [(task.owner, task.due, task.version) for task in tasks] == [
        ("translator", date(2026, 12, 6), 4),
        ("compliance-officer", date(2026, 12, 22), 4),
    ]
    assert [task.market for task in tasks] == [None, None]
    assert tasks_for(found, {"adverse-event": 4}, date(2026, 11, 23))[0].id == tasks[0].id
    after = list(violations(Rulebook(fixed(NEW)), live))
    decided = decide(after, [], tasks, date(2026, 11, 22))
    assert decided.standing == []
    assert {task.id for _, task in decided.tasked} == {task.id for task in tasks}
    edited = [replace(segment, target=segment.target + ".") for segment in live]
    anew = decide(violations(Rulebook(fixed(NEW)), edited), [], tasks, date(2026, 11, 22))
    assert len(anew.standing) == 2
    assert anew.tasked == []


def test_a_violation_in_some_markets_opens_a_task_for_each() -> None:
    found = Violation(label("x", "y", "CH", "DE", "AT"), impact_of_one(), ("CH", "AT"))
    assert [task.market for task in tasks_for([found], {}, date(2026, 11, 22))] == ["CH", "AT"]


def impact_of_one() -> Judgement:
    (found,) = impact([label("Ereignis", "adverse event")], fixed(OLD), fixed(NEW))
    return found.judgement


WORDS = ["melden", "Sie", "bitte", "das", "Formular", "mit", "Angaben", "zur", "Praxis", "und", "Klinik", "an", "uns"]


@pytest.mark.parametrize("share", [0.02, 1.0])
def test_many_segments_only_the_concept_changed_is_found(share: float) -> None:
    choose = random.Random(1)
    others = [concept(f"c{i}", f"term{i} word{i}", Term(f"Begriff{i} Wort{i}")) for i in range(300)]
    live = []
    for i in range(1_000):
        words = " ".join(choose.choices(WORDS, k=12))
        about = ("adverse event", "Ereignis") if choose.random() < share else ("visit", "Besuch")
        live.append(label(f"{words} {about[1]} {i}", f"please report term{i % 300} word{i % 300} {about[0]} {i}"))
    found = impact(live, fixed(*others, OLD), fixed(*others, NEW))
    assert found
    assert all(violation.judgement.concept == "adverse-event" for violation in found)
