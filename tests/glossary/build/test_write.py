"""A concept written as a file: equal when read, and the shipped files as they are."""

import unicodedata
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from consentry.base.build.source import read
from consentry.glossary.build.library import load
from consentry.glossary.build.write import concept_yaml
from consentry.glossary.concept import ConceptFile
from support.concepts import concepts

ROOT = Path(__file__).parents[3]
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).map(
    lambda text: unicodedata.normalize("NFC", text)
)
WORDS = st.sampled_from(["true", "null", "NO", "1", "2026-11-22", "~", "- a", "a: b", "#x", "{", "''", "yes", "on"])


@given(concepts(), TEXT | WORDS, TEXT | WORDS, TEXT | WORDS)
@settings(max_examples=60)
def test_what_is_written_reads_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, concept: ConceptFile, context: str, code: str, option: str
) -> None:
    made = concept.model_copy(update={"context": context, "codes": {"mesh": code}, "options": (option,)})
    root = tmp_path_factory.getbasetemp()
    (root / "concept.yaml").write_text(concept_yaml(made), encoding="utf-8", newline="\n")
    source, findings = read(root, "concept.yaml")
    assert findings == []
    assert source is not None
    assert ConceptFile.model_validate(source.data) == made


def test_the_shipped_files_are_written_so() -> None:
    for file in load(ROOT).files:
        path = ROOT / "glossary" / "concepts" / f"{file.concept}.yaml"
        assert concept_yaml(file) == path.read_text(encoding="utf-8"), file.concept


def test_a_change_of_one_term_changes_one_line() -> None:
    file = next(file for file in load(ROOT).files if file.concept == "adverse-event")
    changed = file.terms["de"][0].model_copy(update={"note": "legal term"})
    after = file.model_copy(update={"terms": {**file.terms, "de": (changed, *file.terms["de"][1:])}})
    differing = [
        (old, new)
        for old, new in zip(concept_yaml(file).splitlines(), concept_yaml(after).splitlines(), strict=True)
        if old != new
    ]
    assert len(differing) == 1
    assert differing[0][1].endswith(', note: "legal term"}')


def test_any_yaml_reader_reads_it() -> None:
    for file in load(ROOT).files[:5]:
        assert ConceptFile.model_validate(yaml.safe_load(concept_yaml(file))) == file
