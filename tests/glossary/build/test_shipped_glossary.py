"""The shipped concepts: whole, in six languages, linked to options that exist, and at peace with the shipped texts."""

from functools import cache
from pathlib import Path

import pytest
import yaml

from consentry.base.build.source import read, validate
from consentry.glossary.build.check import Settings, check_files
from consentry.glossary.build.library import load
from consentry.glossary.concept import ConceptFile, ProhibitedFile
from consentry.glossary.matching.match import Glossary

ROOT = Path(__file__).parents[3]
LIBRARY = load(ROOT)
LANGUAGES = {"en", "de", "fr", "it", "ja", "ar"}
MARKETS = {path.stem for path in (ROOT / "markets").glob("??.yaml")}
FORMS = ROOT / "forms"


@cache
def glossary(locale: str, market: str) -> Glossary:
    return Glossary(LIBRARY.enforced(locale), locale, market, prohibited=LIBRARY.prohibited)


def language(tag: str) -> str:
    return tag.split("-", maxsplit=1)[0]


def test_every_file_is_read_without_findings() -> None:
    assert LIBRARY.findings == ()
    assert len(LIBRARY.files) >= 80


def test_at_least_80_concepts_are_approved_in_all_six_languages() -> None:
    whole = [file.concept for file in LIBRARY.files if file.approved_locales() >= LANGUAGES]
    assert len(whole) >= 80


@pytest.mark.parametrize("file", LIBRARY.files, ids=lambda file: file.concept)
def test_a_concept_has_its_languages_and_their_two_reviews(file: ConceptFile) -> None:
    wanted = {"en"} if file.do_not_translate else LANGUAGES
    assert set(file.terms) >= wanted
    assert file.approved_locales() == {tag for tag in file.terms if language(tag) in LANGUAGES}
    assert file.sample


@pytest.mark.parametrize("file", LIBRARY.files, ids=lambda file: file.concept)
def test_every_level_says_which_term_is_preferred(file: ConceptFile) -> None:
    unled = [tag for tag, terms in file.terms.items() if [t.status for t in terms].count("preferred") != 1]
    assert unled == []


@pytest.mark.parametrize("file", LIBRARY.files, ids=lambda file: file.concept)
def test_every_linked_option_exists(file: ConceptFile) -> None:
    sets = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in (FORMS / "options").glob("*.yaml")}
    known = set(sets) | {f"{name}.{each['code']}" for name, content in sets.items() for each in content["options"]}
    assert set(file.options) - known == set()


def test_drafts_are_there_and_nothing_of_them_is_enforced() -> None:
    drafts = {tag for file in LIBRARY.files for tag in file.terms if language(tag) not in LANGUAGES}
    assert drafts >= {"pt-BR", "pt-PT", "es", "pl", "nl", "tr", "zh-Hans", "zh-Hant", "ru", "hi", "ko"}
    for tag in drafts:
        assert all(tag not in concept.terms for concept in LIBRARY.enforced(tag))
        assert sum(tag in file.terms for file in LIBRARY.files) >= 40


CATALOGS = sorted((FORMS / "catalogs").glob("*.po"))


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.stem)
def test_no_shipped_catalog_string_blocks_or_waits_for_review(path: Path) -> None:
    report = check_files([path], Settings(root=ROOT, locale=path.stem))
    assert report.count("pass") > 20
    held = [r for r in report.results if r.judgement.outcome in {"block", "review"}]
    assert [(r.piece.key, r.judgement.reason) for r in held] == []


TEXTS = [
    path
    for path in sorted((ROOT / "consent_texts").glob("*/*/*.yaml"))
    if path.parent.parent.name not in {"purposes", "controllers", "approvals"}
]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT / "consent_texts")))
def test_no_legal_text_holds_an_unwanted_term(path: Path) -> None:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    lines = [
        content["label"]["text"],
        *(p["text"] for p in content["paragraphs"]),
        *(x["text"] for x in content["links"]),
    ]
    locale, market = content["locale"], path.parents[1].name
    for place in {market, market.split("-")[0]}:
        assert [j for line in lines for j in glossary(locale, place).check_text(line, ())] == []


@pytest.mark.parametrize("market", sorted(MARKETS))
def test_a_market_lists_its_prohibited_wording_with_reasons(market: str) -> None:
    source, _ = read(ROOT, f"glossary/prohibited/{market}.yaml")
    assert source is not None
    listed, findings = validate(source, ProhibitedFile)
    assert findings == []
    assert listed is not None
    assert listed.market == market
    assert len(listed.wording) >= 5
    assert listed.sample


EVERYDAY = [
    "In practice, this works.",
    "The game controller and the processor of your computer.",
    "There is no indication that this is wrong.",
    "Post your request here. Your post was deleted.",
    "Log in to access your account. You may object to this.",
    "Your profile is public.",
    "Take your medicine. An event that is adverse to us.",
    "Bank fees for an international transfer.",
    "Nursing mothers. The nursing of a grudge.",
]


@pytest.mark.parametrize("sentence", EVERYDAY)
def test_a_common_english_word_in_its_everyday_sense_asks_for_no_term(sentence: str) -> None:
    assert glossary("de-DE", "DE").check(sentence, "") == []


GOOD = [
    ("de-DE", "If you have consented, you can withdraw.", "Wenn Sie eingewilligt haben, können Sie widerrufen."),
    ("de-DE", "doctors, nurses and dentists", "Ärzt:innen, Pflegefachpersonen und Zahnärzt*innen"),
    ("de-DE", "over-the-counter medicine", "nicht verschreibungspflichtiges Arzneimittel"),
    ("de-DE", "reports of serious adverse reactions", "Meldungen schwerwiegender Nebenwirkungen"),
    ("de-DE", "Please be patient.", "Bitte haben Sie etwas Geduld."),
    ("de-CH", "side effects", "unerwünschte Wirkungen"),
    ("fr-FR", "the data controllers", "les responsables du traitement"),
    ("fr-FR", "healthcare professionals", "les professionnel·le·s de santé"),
    ("fr-CA", "an email about personal data", "un courriel sur les renseignements personnels"),
    ("it-CH", "patients and medicines", "i pazienti e i medicamenti"),
    ("ja-JP", "Cardiology, internal medicine", "循環器内科、内科"),
    ("ja-JP", "doctors and dentists", "医師、歯科医師"),
    ("ar-SA", "doctors and pharmacists", "الأطباء والصيادلة"),
    ("ar-SA", "If you consent", "إذا وافقت"),
    ("en-US", "Haematology", "Hematology"),
    ("en-US", "healthcare professional", "health care professional"),
]


@pytest.mark.parametrize(("locale", "source", "target"), GOOD)
def test_a_good_translation_passes(locale: str, source: str, target: str) -> None:
    judgements = glossary(locale, locale[-2:]).check(source, target)
    assert judgements
    assert [j for j in judgements if j.outcome in {"block", "review"}] == []


WRONG = [
    ("de-DE", "adverse events", "Nebenwirkungen", "adverse-event"),
    (
        "de-DE",
        "prescription-only medicines",
        "nicht verschreibungspflichtige Arzneimittel",
        "prescription-only-medicine",
    ),
    ("de-DE", "over-the-counter medicine", "verschreibungspflichtiges Arzneimittel", "over-the-counter-medicine"),
    ("de-DE", "Orthopaedic surgery", "Kieferorthopädie", "orthopaedics"),
    ("de-DE", "anonymisation", "Pseudonymisierung", "anonymisation"),
    ("de-DE", "Our RPPS number", "Unsere R.P.P.S.-Nummer", "rpps"),
    ("fr-FR", "adverse events", "effets indésirables", "adverse-event"),
    ("fr-CA", "an email", "un e-mail", "email"),
    ("it-CH", "data processor", "titolare del trattamento", "processor"),
    ("ja-JP", "Internal medicine", "循環器内科", "internal-medicine"),
    ("ja-JP", "Doctor", "歯科医師", "physician"),
    ("ar-SA", "prescription-only medicine", "دواء لا وصفي", "prescription-only-medicine"),
    ("en-US", "Haematology", "Haematology", "haematology"),
]


@pytest.mark.parametrize(("locale", "source", "target", "concept"), WRONG)
def test_a_wrong_term_is_held_back(locale: str, source: str, target: str, concept: str) -> None:
    judgements = glossary(locale, locale[-2:]).check(source, target)
    assert concept in {j.concept for j in judgements if j.outcome in {"block", "review"}}


PROMOTION = [
    ("de-DE", "DE", "Unser Mittel wirkt garantiert und ist frei von Nebenwirkungen."),
    ("de-CH", "CH", "Ein sicheres Arzneimittel"),
    ("fr-FR", "FR", "Une efficacité garantie, sans effets indésirables"),
    ("it-CH", "CH", "efficacia garantita"),
    ("en-GB", "GB", "It has no side effects and is 100% effective."),
    ("en-US", "US", "A miracle drug, completely safe"),
    ("fr-CA", "CA", "un remède miracle"),
    ("ja-JP", "JP", "副作用の心配はありません"),
    ("ar-SA", "SA", "علاج مضمون بلا آثار جانبية"),
]


@pytest.mark.parametrize(("locale", "market", "sentence"), PROMOTION)
def test_prohibited_promotion_is_held_back(locale: str, market: str, sentence: str) -> None:
    assert {j.rule for j in glossary(locale, market).check_text(sentence, ())} >= {"prohibited-wording"}
