"""The shipped concepts: whole, in six languages, and harmless to the shipped legal texts."""

from pathlib import Path

import pytest
import yaml

from consentry.glossary.build.library import load
from consentry.glossary.match import Glossary

ROOT = Path(__file__).parents[3]
LIBRARY = load(ROOT)
LANGUAGES = {"en", "de", "fr", "it", "ja", "ar"}


def test_every_file_is_read_without_findings() -> None:
    assert LIBRARY.findings == ()
    assert len(LIBRARY.files) >= 20
    assert LIBRARY.prohibited


@pytest.mark.parametrize("file", LIBRARY.files, ids=lambda file: file.concept)
def test_a_concept_has_every_language_and_its_approval(file) -> None:  # type: ignore[no-untyped-def]
    wanted = {"en"} if file.do_not_translate else LANGUAGES
    assert set(file.terms) >= wanted
    assert file.approved_locales() == set(file.terms)
    assert file.sample


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
    glossary = Glossary(LIBRARY.enforced(locale), locale, market, prohibited=LIBRARY.prohibited)
    assert [j for line in lines for j in glossary.check_text(line, ())] == []
