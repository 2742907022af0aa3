"""Our own files come back as they went: TBX in both styles, CSV, XLIFF; and what the others can hold."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consentry.glossary.concept import ConceptFile
from consentry.glossary.exchange.api import apply, export, merge, read
from consentry.glossary.matching.model import chain
from support.concepts import LOCALES, as_new, concepts

WHOLE = {"tbx": "g.tbx", "tbx-dct": "g.tbx", "csv": "g.csv"}


@pytest.mark.parametrize("format_", WHOLE)
@given(st.lists(concepts(), min_size=1, max_size=3, unique_by=lambda concept: concept.concept))
@settings(max_examples=40)
def test_nothing_is_lost(format_: str, made: list[ConceptFile]) -> None:
    data = export(made, format_).data  # type: ignore[arg-type]
    imported = read(data, WHOLE[format_])
    assert [problem for problem in imported.problems if problem.weight != "note" and problem.rule != "script"] == []
    plan = merge({}, imported)
    assert apply(plan) == {concept.concept: as_new(concept) for concept in made}
    again = merge({concept.concept: concept for concept in made}, imported)
    assert again.counts()["unchanged"] == len(made), again.items


@given(concepts(), st.sampled_from(LOCALES))
@settings(max_examples=50)
def test_xliff_holds_one_language_pair_whole(concept: ConceptFile, locale: str) -> None:
    imported = read(export([concept], "xliff", locales=[locale]).data, "g.xlf")
    assert [problem for problem in imported.problems if problem.weight != "note" and problem.rule != "script"] == []
    kept = {tag: terms for tag, terms in concept.terms.items() if tag in {"en", *chain(locale)}}
    assert apply(merge({}, imported)) == {concept.concept: as_new(concept.model_copy(update={"terms": kept}))}
    assert merge({concept.concept: concept}, imported).counts()["unchanged"] == 1


def test_a_forbidden_term_is_deprecated_to_others_and_forbidden_to_us() -> None:
    concept = _adverse_event()
    text = export([concept], "tbx").data.decode()
    assert '<termNote type="administrativeStatus">deprecatedTerm-admn-sts</termNote>' in text
    assert "<note>consentry:status=forbidden</note>" in text
    (back,) = read(text.encode(), "g.tbx").concepts
    assert [term.status for term in back.terms["de"]] == ["forbidden", "preferred", "deprecated"]
    without = text.replace("<note>consentry:status=forbidden</note>", "")
    (back,) = read(without.encode(), "g.tbx").concepts
    assert [term.status for term in back.terms["de"]] == ["deprecated", "preferred", "deprecated"]


def _adverse_event() -> ConceptFile:
    return ConceptFile.model_validate(
        {
            "concept": "adverse-event",
            "state": "draft",
            "subject": "safety",
            "definition": "Any untoward medical occurrence in a patient.",
            "source": {"kind": "regulation", "text": "Regulation (EU) No 536/2014"},
            "terms": {
                "en": [{"text": "adverse event"}, {"text": "AE", "status": "admitted", "type": "acronym"}],
                "de": [
                    {"text": "Nebenwirkung", "status": "forbidden"},
                    {"text": "unerwünschtes Ereignis"},
                    {"text": "Zwischenfall", "status": "deprecated"},
                ],
                "de-CH": [{"text": "Vorfall", "status": "admitted"}, {"text": "unerwünschter Vorfall", "market": "CH"}],
            },
        }
    )


@pytest.mark.parametrize("format_", ["weblate", "deepl", "aws"])
def test_machine_formats_hold_pairs_and_no_word_that_is_not_to_be_used(format_: str) -> None:
    done = export([_adverse_event()], format_, locales=["de-CH"], states=["draft"])  # type: ignore[arg-type]
    text = done.data.decode()
    assert "unerwünschtes Ereignis" in text
    for unwanted in ("Nebenwirkung", "Zwischenfall", "Vorfall"):
        assert unwanted not in text
    name = "g.tsv" if format_ == "deepl" else "g.csv"
    imported = read(done.data, name, locale="de-CH")
    assert imported.format == format_
    pairs = {(found.entry, found.terms["de-CH"][0].text) for found in imported.concepts}
    assert pairs == {("adverse event", "unerwünschtes Ereignis"), ("AE", "unerwünschtes Ereignis")}
    plan = merge({"adverse-event": _adverse_event()}, imported)
    assert plan.counts()["unchanged"] == 1, plan.items


def test_dct_puts_categories_into_their_modules() -> None:
    text = export([_adverse_event()], "tbx-dct").data.decode()
    assert 'style="dct"' in text
    assert "<min:administrativeStatus>preferredTerm-admn-sts</min:administrativeStatus>" in text
    assert "<basic:definition>Any untoward medical occurrence in a patient.</basic:definition>" in text
    assert "<basic:geographicalUsage>CH</basic:geographicalUsage>" in text


def test_drafts_stay_out_of_what_machines_learn_from() -> None:
    assert export([_adverse_event()], "deepl", locales=["de"]).concepts == 0
    assert export([_adverse_event()], "tbx").concepts == 1
    retired = _adverse_event().model_copy(update={"state": "retired"})
    assert export([retired], "tbx").concepts == 0
    assert export([retired], "tbx", states=["retired"]).concepts == 1
