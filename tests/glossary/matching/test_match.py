"""Rules to outcomes: what passes, what blocks, where, why, and what to write instead."""

import pytest

from consentry.glossary.matching.match import Glossary, Judgement
from consentry.glossary.matching.model import Concept, Prohibited, Term, chain, is_acronym, terms_in_force

EVENT = Concept(
    "adverse-event",
    {
        "en": (Term("adverse event"),),
        "de": (Term("unerwünschtes Ereignis"), Term("Nebenwirkung", status="forbidden")),
        "fr": (Term("événement indésirable"), Term("incident", status="deprecated")),
    },
)
EFFECT = Concept("side-effect", {"en": (Term("side effect"),), "de": (Term("Nebenwirkung"),)})
MEDICINE = Concept(
    "medicine",
    {
        "en": (Term("medicine"),),
        "de": (Term("Arzneimittel"), Term("Medikament", status="admitted")),
        "de-CH": (Term("Heilmittel"), Term("Medikament", status="forbidden")),
    },
)
NAME = Concept("name", {"en": (Term("Example Pharma"),)}, do_not_translate=True)


def judge(
    concepts: list[Concept], source: str, target: str, locale: str = "de-DE", market: str | None = None
) -> list[Judgement]:
    return Glossary(concepts, locale, market).check(source, target)


def only(judgements: list[Judgement]) -> Judgement:
    (judgement,) = judgements
    return judgement


def test_the_approved_term_passes() -> None:
    judgement = only(judge([MEDICINE], "A medicine", "Ein Arzneimittel"))
    assert (judgement.outcome, judgement.rule, judgement.found) == ("pass", "approved-term", "Arzneimittel")


def test_an_inflected_form_passes_and_is_proposed() -> None:
    target = "Melden Sie unerwünschte Ereignisse!"
    judgement = only(judge([EVENT], "Report adverse events", target))
    assert judgement.outcome == "pass-with-proposed-form"
    assert judgement.side == "target"
    assert target[judgement.start : judgement.end] == judgement.found == "unerwünschte Ereignisse"


def test_a_strict_concept_wants_its_form_approved() -> None:
    strict = Concept("c", {"en": (Term("medicine"),), "de": (Term("Arzneimittel"),)}, strict=True)
    assert only(judge([strict], "medicine", "mit Arzneimitteln")).outcome == "review"
    approved = Concept(
        "c", {"en": (Term("medicine"),), "de": (Term("Arzneimittel", forms=("Arzneimitteln",)),)}, strict=True
    )
    assert only(judge([approved], "medicine", "mit Arzneimitteln")).outcome == "pass"


def test_a_missing_term_blocks_at_its_place_in_the_source() -> None:
    source = "Please report any adverse events."
    judgement = only(judge([EVENT], source, "Bitte melden Sie alles."))
    assert (judgement.outcome, judgement.rule, judgement.side) == ("block", "missing-term", "source")
    assert source[judgement.start : judgement.end] == "adverse events"
    assert judgement.suggestions == ("unerwünschtes Ereignis",)
    assert "“adverse events” is “unerwünschtes Ereignis” in de-DE" in judgement.reason


@pytest.mark.parametrize(("severity", "outcome"), [("block", "block"), ("review", "review")])
def test_severity_decides_between_block_and_review(severity: str, outcome: str) -> None:
    concept = Concept("c", {"en": (Term("medicine"),), "de": (Term("Arzneimittel"),)}, severity=severity)  # type: ignore[arg-type]
    assert only(judge([concept], "medicine", "Mittel")).outcome == outcome


def test_a_forbidden_term_blocks_in_any_form_even_beside_the_approved_one() -> None:
    target = "Unerwünschtes Ereignis (Nebenwirkungen)"
    judgements = judge([EVENT], "adverse event", target)
    assert [j.outcome for j in judgements] == ["block", "pass"]
    assert target[judgements[0].start : judgements[0].end] == "Nebenwirkungen"
    assert judgements[0].suggestions == ("unerwünschtes Ereignis",)


def test_a_deprecated_term_blocks_with_its_own_words() -> None:
    judgement = only(judge([EVENT], "adverse event", "Les incidents", "fr-FR"))
    assert judgement.rule == "unwanted-term"
    assert "no longer used" in judgement.reason


def test_what_is_forbidden_for_one_concept_may_be_right_for_another() -> None:
    judgements = judge([EVENT, EFFECT], "adverse event or side effect", "Unerwünschtes Ereignis oder Nebenwirkung")
    assert [j.outcome for j in judgements] == ["pass", "pass"]


def test_an_unwanted_term_inside_a_longer_approved_one_is_let_be() -> None:
    concept = Concept(
        "c", {"en": (Term("trial"),), "de": (Term("klinische Prüfung"), Term("Prüfung", status="forbidden"))}
    )
    assert only(judge([concept], "trial", "In klinischen Prüfungen")).outcome == "pass-with-proposed-form"
    assert [j.outcome for j in judge([concept], "trial", "Klinische Prüfung, Prüfung")] == ["block", "pass"]


def test_a_region_inherits_and_overrides() -> None:
    assert chain("zh-Hant-TW") == ("zh", "zh-Hant", "zh-Hant-TW")
    assert only(judge([MEDICINE], "medicine", "Arzneimittel", "de-AT")).outcome == "pass"
    assert only(judge([MEDICINE], "medicine", "Heilmittel", "de-CH")).outcome == "pass"
    assert only(judge([MEDICINE], "medicine", "Medikament", "de-CH")).outcome == "block"
    assert only(judge([MEDICINE], "medicine", "Medikament", "de-DE")).outcome == "pass"


def test_a_market_overrides_the_locale() -> None:
    concept = Concept(
        "c",
        {"en": (Term("consent"),), "fr": (Term("consentement"), Term("accord", status="forbidden", market="CA-QC"))},
    )
    assert [t.status for t in terms_in_force(concept, "fr-CA", "CA-QC")] == ["preferred", "forbidden"]
    assert [t.text for t in terms_in_force(concept, "fr-FR", "FR")] == ["consentement"]
    outcome = [j.outcome for j in judge([concept], "consent", "accord, consentement", "fr-CA", market="CA-QC")]
    assert outcome == ["block", "pass"]
    assert only(judge([concept], "consent", "accord, consentement", "fr-FR", market="FR")).outcome == "pass"


def test_a_name_is_left_alone() -> None:
    assert only(judge([NAME], "By Example Pharma", "Von Example Pharma")).outcome == "pass"
    changed = only(judge([NAME], "By Example Pharma", "Von Beispiel-Pharma"))
    assert (changed.outcome, changed.rule, changed.suggestions) == ("block", "name-changed", ("Example Pharma",))
    assert only(judge([NAME], "By Example Pharma", "Von example pharma")).outcome == "block"


def test_a_concept_without_a_term_in_the_language_demands_nothing() -> None:
    assert judge([EFFECT], "side effect", "n’importe quoi", "fr-FR") == []


def test_inclusive_forms_are_forms() -> None:
    doctor = Concept("doctor", {"en": (Term("doctor"),), "de": (Term("Arzt"),), "fr": (Term("infirmier"),)})
    for target in ("Für Ärzt:innen", "Für Ärzt*innen", "Arzt/Ärztin", "Ärztinnen"):
        assert only(judge([doctor], "doctors", target)).outcome.startswith("pass"), target
    assert only(judge([doctor], "doctors", "infirmier·ère·s", "fr-FR")).outcome.startswith("pass")


def test_prohibited_wording_blocks_in_its_market_alone() -> None:
    banned = Prohibited("DE", "de", "nebenwirkungsfrei", "no effect is free of harm")
    german = Glossary([], "de-DE", "DE", prohibited=[banned])
    judgement = only(german.check("", "Ein nebenwirkungsfreies Mittel"))
    assert (judgement.outcome, judgement.rule, judgement.found) == (
        "block",
        "prohibited-wording",
        "nebenwirkungsfreies",
    )
    assert Glossary([], "de-CH", "CH", prohibited=[banned]).check("", "nebenwirkungsfrei") == []


def test_a_text_without_source_holds_what_it_declares() -> None:
    glossary = Glossary([EVENT, MEDICINE], "de-DE")
    assert [j.outcome for j in glossary.check_text("Arzneimittel", ["medicine"])] == ["pass"]
    assert only(glossary.check_text("Mittel", ["medicine"])).rule == "missing-term"
    assert only(glossary.check_text("Nebenwirkungen", [])).rule == "unwanted-term"
    assert Glossary([EVENT, EFFECT], "de-DE").check_text("Nebenwirkungen", []) == []


def test_positions_hold_with_invisible_and_wide_characters() -> None:
    target = "Ｄas un\u00aderwünschte\u200b Ereignis"
    judgement = only(judge([EVENT], "adverse event", target))
    assert target[judgement.start : judgement.end] == "un\u00aderwünschte\u200b Ereignis"
    japanese = Concept("c", {"en": (Term("trial"),), "ja": (Term("治験"),)})
    target = "この 治 験 は"
    judgement = only(judge([japanese], "trial", target, "ja-JP"))
    assert target[judgement.start : judgement.end] == "治 験"


@pytest.mark.parametrize(
    ("text", "acronym"),
    [("WHO", True), ("HCP", True), ("Who", False), ("A", False), ("COVID-19", False), ("同意", False)],
)
def test_acronyms_are_short_and_in_capitals(text: str, acronym: bool) -> None:
    assert is_acronym(text) is acronym


def test_what_a_source_holds_is_judged_and_nothing_else() -> None:
    glossary = Glossary([EVENT, EFFECT, MEDICINE, NAME], "de-DE")
    found = glossary.check("Side effects and adverse events at Example Pharma", "…")
    assert {judgement.concept for judgement in found} == {"side-effect", "adverse-event", "name"}
    assert glossary.check("Example Pharmacy, adverse side", "…") == []


def test_one_word_for_two_concepts_has_to_obey_one_of_them() -> None:
    other = Concept("cure", {"en": (Term("medicine"),), "de": (Term("Mittel"),)})
    glossary = Glossary([MEDICINE, other], "de-DE")
    passed = only(glossary.check("medicine", "Mittel"))
    assert (passed.concept, passed.outcome) == ("cure", "pass")
    assert only(glossary.check("medicine", "Pille")).outcome == "block"


@pytest.mark.parametrize(
    "target",
    ["Example Pharmas", "XExample Pharma", "Example Pharmá", "Examples Pharma", "ExamplePharma", "Example Pharma2"],
)
def test_a_name_inside_another_word_is_changed(target: str) -> None:
    assert only(judge([NAME], "By Example Pharma", target)).rule == "name-changed"


@pytest.mark.parametrize(
    ("locale", "target"),
    [
        ("ko", "Example Pharma는"),
        ("ar", "وExample Pharma"),
        ("ja", "Example Pharmaは"),
        ("tr", "Example Pharma'nın"),
    ],
)
def test_a_particle_written_onto_a_name_leaves_it_whole(locale: str, target: str) -> None:
    assert only(judge([NAME], "By Example Pharma", target, locale)).outcome == "pass"


def test_an_acronym_keeps_its_capitals_in_the_target_too() -> None:
    concept = Concept("mers", {"en": (Term("MERS"),), "fr": (Term("MERS"),), "de": (Term("MERS"),)})
    assert only(judge([concept], "MERS", "les mères", "fr-FR")).rule == "missing-term"
    assert only(judge([concept], "MERS", "mers et MERS", "fr-FR")).outcome == "pass"
    assert only(judge([concept], "MERS", "mers, MERSs", "de-DE")).outcome == "pass-with-proposed-form"
    assert only(judge([concept], "MERS", "Fälle von Mers", "de-DE")).outcome == "pass"


def test_what_is_right_for_another_concept_stands_only_where_that_one_is_spoken_of() -> None:
    concepts = [EVENT, EFFECT]
    assert only(judge(concepts, "an adverse event", "eine Nebenwirkung")).rule == "unwanted-term"
    assert only(judge(concepts, "a side effect", "eine Nebenwirkung")).outcome == "pass"


def test_an_admitted_term_is_right_where_others_are_forbidden() -> None:
    assert only(judge([MEDICINE, EVENT], "medicine", "Medikament")).outcome == "pass"
    assert only(Glossary([MEDICINE, EVENT], "de-DE").check_text("Medikament", ["medicine"])).outcome == "pass"


def test_prohibited_wording_is_of_its_language() -> None:
    banned = [Prohibited("CH", "de", "Patient", "test")]
    assert only(Glossary([], "de-CH", "CH", prohibited=banned).check_text("Der Patient", ())).rule == (
        "prohibited-wording"
    )
    assert Glossary([], "fr-CH", "CH", prohibited=banned).check_text("Le patient", ()) == []
    assert Glossary([], "de-DE", "DE", prohibited=banned).check_text("Der Patient", ()) == []


def test_a_declared_name_has_to_stand_in_the_text() -> None:
    glossary = Glossary([NAME], "de-DE")
    assert only(glossary.check_text("Von Example Pharma.", ["name"])).outcome == "pass"
    assert only(glossary.check_text("Von uns.", ["name"])).rule == "name-changed"


def test_a_number_written_onto_a_name_makes_another_one() -> None:
    assert only(judge([NAME], "Example Pharma", "Example Pharma2")).rule == "name-changed"
    plus = Concept("plus", {"en": (Term("Bio+"),)}, do_not_translate=True)
    assert only(judge([plus], "Bio+", "Bio+s neue App")).outcome == "pass"


def test_capitals_count_in_every_word_of_a_name_and_an_ending_only_at_its_end() -> None:
    trial = Concept("t", {"en": (Term("trial"),), "de": (Term("Example Study", case="exact"),)})
    assert only(judge([trial], "trial", "Examples Studys")).rule == "missing-term"
    assert only(judge([trial], "trial", "example study")).rule == "missing-term"
    assert only(judge([trial], "trial", "Example Studys")).outcome == "pass-with-proposed-form"
    assert only(judge([trial], "trial", "Example Studyxy")).rule == "missing-term"


def test_what_has_no_right_word_is_told_without_one() -> None:
    nothing = Concept("c", {"en": (Term("cure"),), "de": (Term("Wundermittel", status="forbidden"),)})
    judgement = only(judge([nothing], "cure", "Wundermittel"))
    assert (judgement.reason, judgement.suggestions) == ("“Wundermittel” is forbidden for this concept", ())
