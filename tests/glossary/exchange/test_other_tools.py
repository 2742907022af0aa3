"""Files as other tools write them, and what comes of them."""

from pathlib import Path

import pytest

from consentry.glossary.exchange.api import Imported, ImportedConcept, read

SAMPLES = Path(__file__).parent / "samples"


def sample(name: str, **options: str) -> Imported:
    return read((SAMPLES / name).read_bytes(), name, **options)


def shown(concept: ImportedConcept, tag: str) -> list[tuple[str, str]]:
    return [(term.text, term.status) for term in concept.terms[tag]]


def notes(imported: Imported) -> set[str]:
    return {problem.rule for problem in imported.problems}


def test_a_termbase_as_multiterm_exports_it() -> None:
    imported = sample("multiterm.tbx")
    assert imported.format == "tbx-martif"
    assert not imported.errors
    event, placebo = imported.concepts
    assert event.said == {
        "subject": "pharmacovigilance",
        "definition": "Any untoward medical occurrence in a trial participant.",
        "source": {"kind": "regulation", "text": "Regulation (EU) No 536/2014"},
        "context": "Report every adverse event within 24 hours.",
    }
    assert shown(event, "en") == [("adverse event", "preferred"), ("AE", "admitted")]
    assert event.terms["en"][1].type == "acronym"
    assert event.terms["en"][1].case == "exact"
    german = [(t.text, t.status, t.market, t.gender) for t in event.terms["de"]]
    assert german == [
        ("unerwünschtes Ereignis", "preferred", "DE", "neuter"),
        ("unerwünschtes Ereignis", "preferred", "AT", "neuter"),
        ("Nebenwirkung", "deprecated", None, None),
    ]
    assert event.terms["de"][2].note == "customer: Example Pharma"
    assert shown(event, "fr") == [("événement indésirable", "preferred"), ("événement défavorable", "admitted")]
    assert "ja" not in event.terms
    assert event.history == (
        "origination 2009-03-04 by super",
        "DE-DE, unerwünschtes Ereignis: modification 2015-06-07 by lektorat",
    )
    assert shown(placebo, "de") == [("Placebo", "preferred")]
    assert placebo.terms["de"][0].type == "variant"
    assert {"split", "region", "untranslated", "not-kept", "market"} == notes(imported)
    untranslated = next(problem for problem in imported.problems if problem.rule == "untranslated")
    assert (untranslated.line, untranslated.what) == (54, "no term yet in ja")


def test_a_glossary_as_weblate_exports_it() -> None:
    notice, side_effect, name = sample("weblate.tbx").concepts
    assert notice.said["definition"] == "Shown above the form, never inside it."
    assert notice.history == ("note (de): plural on purpose",)
    assert shown(side_effect, "de") == [("Nebeneffekt", "forbidden")]
    assert name.said["do_not_translate"] is True


def test_tbx_2019_in_dct_style() -> None:
    imported = sample("basic-dct.tbx")
    assert imported.format == "tbx-dct"
    (placebo,) = imported.concepts
    assert placebo.said["subject"] == "clinical-trials"
    assert placebo.said["source"] == {"kind": "guideline", "text": "ICH E10"}
    assert placebo.history == ("modification 2020-02-03 by R. Vogel",)
    swiss = [(t.text, t.status, t.market, t.note) for t in placebo.terms["de-CH"]]
    assert swiss == [("Scheinmedikament", "deprecated", "CH", "colloquial"), ("Placebo", "preferred", None, None)]


def test_a_table_as_memoq_exports_it() -> None:
    imported = sample("memoq.csv")
    event, placebo = imported.concepts
    assert (event.entry, event.said["subject"]) == ("17", "safety")
    assert shown(event, "en") == [("adverse event", "preferred"), ("AE", "admitted")]
    assert shown(event, "de") == [("unerwünschtes Ereignis", "preferred"), ("Nebenwirkung", "forbidden")]
    assert "modified 2021-02-03 by lektorat" in event.history
    assert shown(placebo, "de") == [("Placebo", "preferred")]
    assert notes(imported) == {"wildcard"}


def test_weblate_csv_needs_its_language_and_keeps_what_it_says() -> None:
    assert [(p.rule, p.mend) for p in sample("weblate.csv").problems] == [
        ("no-language", "name the target language with --locale, for example --locale de")
    ]
    product, patient, subject = sample("weblate.csv", locale="de-CH").concepts
    assert shown(product, "de-CH") == [("Arzneimittel", "preferred")]
    assert product.terms["de-CH"][0].note == "not: Medikament"
    assert product.said["definition"].startswith("A substance presented")
    assert patient.terms["de-CH"][0].note == "needs editing in Weblate"
    assert set(subject.terms) == {"en"}


def test_deepl_with_two_columns_and_with_four() -> None:
    pairs = sample("deepl.tsv", locale="de").concepts
    assert [(c.terms["en"][0].text, c.terms["de"][0].text) for c in pairs] == [
        ("adverse event", "unerwünschtes Ereignis"),
        ("side effect", "Nebenwirkung"),
        ("dose", "Dosis"),
        ("-itis", "-itis"),
    ]
    event, fever = sample("deepl-four.csv").concepts
    assert shown(event, "fr") == [("événement indésirable", "preferred")]
    assert shown(fever, "en") == [("fever, high", "preferred")]


def test_aws_with_its_disarmed_formulas() -> None:
    imported = sample("aws.csv")
    assert imported.format == "aws"
    assert [c.terms["fr"][0].text for c in imported.concepts] == ["événement indésirable", "Example Pharma", "=SOMME"]


def test_xliff_entries_repeated_in_units_are_one() -> None:
    imported = sample("studio.xlf")
    event, dose = imported.concepts
    assert shown(event, "de") == [("unerwünschtes Ereignis", "preferred"), ("UE", "admitted")]
    assert event.terms["de"][0].note == "source: client termbase"
    assert event.said["source"] == {"kind": "guideline", "text": "ICH E6(R2)"}
    assert shown(dose, "de") == [("Dosis", "preferred")]
    assert notes(imported) == {"region"}


@pytest.mark.parametrize(
    ("media_type", "name"),
    [
        ("application/x-tbx", "multiterm.tbx"),
        ("application/xml", "basic-dct.tbx"),
        ("application/octet-stream", "multiterm.tbx"),
        ("text/csv; charset=utf-8", "aws.csv"),
        ("text/tab-separated-values", "deepl.tsv"),
        ("application/xliff+xml", "studio.xlf"),
        ("application/octet-stream", "studio.xlf"),
    ],
)
def test_a_media_type_does_as_well_as_a_name(media_type: str, name: str) -> None:
    data = (SAMPLES / name).read_bytes()
    by_type, by_name = read(data, media_type, locale="de"), read(data, name, locale="de")
    assert by_type == by_name
    assert by_type.concepts


def test_words_that_begin_alike_in_a_spreadsheet_of_synonyms_are_one_concept() -> None:
    table = "en,de\nside effect,Nebenwirkung\nside effect,Nebeneffekt\ndose,Dosis\n"
    effect, dose = read(table.encode(), "x.csv").concepts
    assert shown(effect, "de") == [("Nebenwirkung", "preferred"), ("Nebeneffekt", "admitted")]
    assert shown(dose, "de") == [("Dosis", "preferred")]
    imported = read(b"side effect\tNebenwirkung\nside effect\tNebeneffekt\n", "x.tsv", locale="de")
    (warning,) = imported.problems
    assert (warning.weight, warning.line) == ("warning", 2)
    assert "stands in line 1; this one is admitted" in warning.what
