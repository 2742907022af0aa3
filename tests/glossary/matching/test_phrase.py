"""Phrases in texts: what may come between the words of a term, and what makes it another phrase."""

import pytest

from consentry.glossary.matching.inflect.languages import language
from consentry.glossary.matching.phrase import Phrase, Prepared, find, token_span

FOUND = [
    ("fr", "essai clinique", "les essais cliniques sont gratuits"),
    ("fr", "essai clinique", "un essai surtout clinique"),
    ("fr", "restriction de circulation", "les restrictions des circulations"),
    ("fr", "effet du vaccin", "les effets certains du vaccin"),
    ("fr", "cas confirmé", "trois cas COVID-19 confirmés"),
    ("fr", "auto-test", "un autotest rapide"),
    ("de", "klinische Prüfung", "in klinischen Prüfungen"),
    ("de", "Impfstoff-Studie", "die Impfstoffstudie"),
    ("de", "positiver Test", "ein positives Testergebnis"),
    ("es", "periodo de prueba", "los periodos de prueba"),
    ("ru", "клиническое исследование", "в клинических исследованиях"),
    ("ar", "تجربة سريرية", "نتائج التجارب السريرية"),
    ("tr", "klinik çalışma", "klinik çalışmaların sonuçları"),
    ("tr", "maskenizi takın", "Maskenizi hastanede bekleme odasında her zaman takın"),
    ("hi", "नैदानिक परीक्षण", "नैदानिक परीक्षणों में"),
    ("pl", "badanie kliniczne", "w badaniach klinicznych"),
    ("zh", "临床试验", "参加临床试验的患者"),
    ("ja", "治験", "治験に参加する"),
    ("zh", "患者", "除非患者同意"),
    ("ja", "COVID-19 検査", "COVID-19検査"),
]
NOT_FOUND = [
    ("fr", "maladie du foie", "maladie au foie"),
    ("fr", "effet du vaccin", "effet de la vaccination"),
    ("fr", "crise du Brexit", "crise de la Brexit"),
    ("fr", "essai clinique", "essai long et coûteux, clinique"),
    ("fr", "essai clinique", "cliniques ou essais"),
    ("es", "brote de la fiebre", "brote de una fiebre"),
    ("de", "SARS-CoV", "SARS und MERS-CoV"),
    ("zh", "AI", "PAIN 检查"),
    ("zh", "处方药", "购买非处方药"),
    ("ja", "臨床", "非臨床試験"),
    ("tr", "klinik çalışma", "klinik odasında her zaman bir çalışma"),
    ("ja", "副作用", "副次的な作用"),
]


@pytest.mark.parametrize(("tag", "term", "text"), FOUND)
def test_the_term_is_found(tag: str, term: str, text: str) -> None:
    spoken = language(tag)
    assert find(Phrase(term, spoken), Prepared(text, spoken)) is not None


@pytest.mark.parametrize(("tag", "term", "text"), NOT_FOUND)
def test_another_phrase_is_not_the_term(tag: str, term: str, text: str) -> None:
    spoken = language(tag)
    assert find(Phrase(term, spoken), Prepared(text, spoken)) is None


def test_an_exact_use_counts_before_an_inflected_one_that_comes_first() -> None:
    spoken = language("de")
    text = Prepared("Arzneimitteln folgen Arzneimittel", spoken)
    hit = find(Phrase("Arzneimittel", spoken), text)
    assert hit is not None
    assert hit.kind == "exact"
    assert token_span(text, hit.start, hit.end) == (21, 33)


def test_forms_can_be_switched_off() -> None:
    spoken = language("de")
    assert find(Phrase("Arzneimittel", spoken), Prepared("Arzneimitteln", spoken), forms=False) is None


@pytest.mark.parametrize("term", ["", "…", "—", "\u200b"])
def test_a_term_without_letters_is_never_found(term: str) -> None:
    for tag in ("de", "zh"):
        spoken = language(tag)
        assert find(Phrase(term, spoken), Prepared("Text … — ", spoken)) is None
