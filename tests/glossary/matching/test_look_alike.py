"""Letters that only look right are reported with their place; letters meant are left alone."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consentry.glossary.matching.look_alike import look_alikes, repaired
from consentry.glossary.matching.match import Glossary, Judgement
from consentry.glossary.matching.model import Concept, Prohibited, Term

TWINS = {"a": "а", "c": "с", "e": "е", "o": "о", "p": "р", "x": "х", "y": "у", "A": "А", "T": "Τ", "o ": "ο"}
PATIENT = Concept("patient", {"en": (Term("patient"),), "de": (Term("Patient"), Term("Pharmaopfer", "forbidden"))})
NAME = Concept("name", {"en": (Term("Example Pharma"),)}, do_not_translate=True)


def judge(source: str, target: str, locale: str = "de-DE", **options: object) -> list[Judgement]:
    return Glossary([PATIENT, NAME], locale, **options).check(source, target)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("language", "text", "found", "meant"),
    [
        ("de", "Ein Pаtient", "Pаtient", "Patient"),
        ("de", "in der ЕМА", "ЕМА", "EMA"),
        ("fr", "vitamine С", "С", "C"),
        ("de", "Νebenwirkung", "Νebenwirkung", "Nebenwirkung"),
        ("ru", "препараты Cанофи", "Cанофи", "Санофи"),
        ("ru", "СОVID", "СОVID", "COVID"),
        ("ru", "исследование КT", "КT", "КТ"),
        ("el", "φάρμακo", "φάρμακo", "φάρμακο"),
        ("de", "P\u00ada\u200bр\u00adier", "P\u00ada\u200bр\u00adier", "P\u00ada\u200bp\u00adier"),
    ],
)
def test_a_letter_of_another_script_is_found_and_mended(language: str, text: str, found: str, meant: str) -> None:
    (word,) = (each for each in look_alikes(text, language) if each.meant)
    assert text[word.start : word.end] == word.found == found
    assert word.meant == meant
    assert repaired(text, [word]) == text.replace(found, meant)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "IFNγ, TNFα und NFκB in μg; β-Blocker, Ωmega"),
        ("ru", "СМС и SMSки, PCR-тест, вакцина COVID-19, гепатит A"),
        ("uk", "ВІЛ/HIV та інше"),
        ("el", "Η ΟΜΑΔΑ του HIV"),
        ("de", "Аспирин auf Russisch"),
        ("ja", "治験のα版"),
        ("ar", "دواء COVID-19"),
    ],
)
def test_scripts_mixed_on_purpose_are_let_be(language: str, text: str) -> None:
    assert look_alikes(text, language) == []


@given(
    st.lists(st.sampled_from("aceopxyABstrn ÄéИжγ-1"), max_size=30).map("".join), st.sampled_from(["de", "ru", "el"])
)
def test_mending_keeps_every_place(text: str, language: str) -> None:
    for twin in TWINS.values():
        mixed = text.replace("a", twin)
        found = look_alikes(mixed, language)
        assert len(repaired(mixed, found)) == len(mixed)
        assert all(mixed[each.start : each.end] == each.found for each in found)


@given(st.sampled_from(["patient", "Arzneimittel", "consentement", "EXAMPLE"]), st.data())
def test_no_twin_in_a_latin_word_goes_unseen(word: str, data: st.DataObject) -> None:
    places = [at for at, char in enumerate(word) if char in TWINS]
    at = data.draw(st.sampled_from(places))
    (found,) = look_alikes(f"x {word[:at]}{TWINS[word[at]]}{word[at + 1 :]} y", "de")
    assert found.meant == word
    assert unicodedata.name(TWINS[word[at]]).split()[0].capitalize() in found.reason


def test_the_word_waits_for_a_person_and_the_rest_is_judged_as_meant() -> None:
    target = "Ein Pаtient"
    passed, strange = judge("a patient", target)
    assert (passed.outcome, passed.found) == ("pass", "Patient")
    assert (strange.outcome, strange.rule, strange.side, strange.concept) == ("review", "look-alike", "target", "")
    assert target[strange.start : strange.end] == strange.found == "Pаtient"
    assert strange.suggestions == ("Patient",)
    assert "U+0430" in strange.reason


def test_a_forbidden_or_prohibited_word_does_not_hide_behind_twins() -> None:
    rules = [judgement.rule for judgement in judge("a patient", "Patient, Phаrmаopfer")]
    assert rules == ["unwanted-term", "approved-term", "look-alike"]
    banned = [Prohibited("DE", "de", "Wundermittel", "promises too much")]
    rules = [judgement.rule for judgement in judge("x", "Wundеrmittel", market="DE", prohibited=banned)]
    assert rules == ["prohibited-wording", "look-alike"]


def test_a_term_of_the_source_does_not_hide_behind_twins() -> None:
    missing, strange = judge("a pаtient", "Kranker")
    assert (missing.rule, strange.rule, strange.side) == ("missing-term", "look-alike", "source")


def test_a_name_with_a_twin_is_another_name() -> None:
    changed, strange = judge("Example Pharma", "Exаmple Pharma")
    assert (changed.rule, changed.outcome, strange.rule) == ("name-changed", "block", "look-alike")


def test_an_overridden_direction_is_reported() -> None:
    _, strange = judge("patient", "Patient \u202etxet")
    assert (strange.outcome, strange.rule, strange.start) == ("review", "look-alike", 8)
    assert "U+202E" in strange.reason


def test_a_text_without_source_is_read_so_too() -> None:
    glossary = Glossary([PATIENT], "de-DE")
    assert [j.rule for j in glossary.check_text("Phаrmaopfer", [])] == ["unwanted-term", "look-alike"]


@pytest.mark.parametrize("hidden", ["\u200b", "\u2060", "\ufeff"])
def test_a_word_parted_by_what_nobody_sees_waits_for_a_person(hidden: str) -> None:
    _, strange = judge("patient", f"Pati{hidden}ent")
    assert (strange.rule, strange.outcome, strange.start) == ("look-alike", "review", 4)
    assert f"U+{ord(hidden):04X} parts a word" in strange.reason


def test_marks_between_words_and_joiners_within_them_are_nothing_strange() -> None:
    assert look_alikes("ein\u200b Wort,\ufeff Auf\u00adtrag", "de") == []
    assert look_alikes("می\u200cخواهم ภาษา\u200bไทย", "fa") == []
