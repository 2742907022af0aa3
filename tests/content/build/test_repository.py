"""The repository's own content: it compiles whole, and what a visitor downloads stays within its bounds."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import brotli
import pytest

from consentry.base.build.findings import Unit
from consentry.content.build.compile import Compiled, compile_content, to_bytes
from consentry.content.build.content import load_content
from consentry.content.build.sizes import core_size, first_fields
from consentry.content.build.units import Settings
from consentry.forms.build.documents import consentry_document
from consentry.forms.build.extract import extract
from consentry.forms.build.opening import ONLY_BEFORE, PLACE

ROOT = Path(__file__).parents[3]
FORMS = ("hcp-webinar", "hcp-information-request")


@pytest.fixture(scope="module")
def repository() -> Compiled:
    settings = Settings(datetime(2026, 11, 22, tzinfo=UTC))
    return compile_content(load_content(ROOT, settings.day), settings)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from strings(item)


def test_everything_is_published_without_a_finding(repository: Compiled) -> None:
    assert [f"{f.file}:{f.line} {f.key} [{f.rule}] {f.message}" for f in repository.findings] == []
    assert len(repository.units) == 30
    assert {unit.form for unit in repository.units} == set(FORMS)


def test_nothing_falls_back(repository: Compiled) -> None:
    assert {unit.locale for unit, built in repository.units.items() if built.projection.fallbacks} == set()


def test_swiss_german_has_no_sharp_s_anywhere(repository: Compiled) -> None:
    for form in FORMS:
        for data in repository.documents[Unit(form, "CH", "de-CH")].values():
            assert [text for text in strings(json.loads(data)) if "ß" in text] == []


def test_twelve_fields_fit_in_every_language(repository: Compiled) -> None:
    """3 KB without country list and legal texts, 6 KB whole, brotli."""
    for unit, built in repository.units.items():
        data = to_bytes({**consentry_document(first_fields(built.projection, 12)), "release": repository.release})
        fields, core = core_size(data)
        assert fields == 12, unit
        assert core <= 3_000, unit
        assert len(brotli.compress(data, quality=11)) <= 6_000, unit


def test_a_form_lists_the_countries_of_its_markets_and_one_more(repository: Compiled) -> None:
    for unit, dialects in repository.documents.items():
        document = json.loads(dialects["consentry"])
        country = next(f for stage in document["stages"] for f in stage["fields"] if f["name"] == "country")
        codes = [code for code, _ in country["options"]]
        assert sorted(codes) == ["CA", "CH", "DE", "FR", "GB", "JP", "SA", "US", "ZZ"], unit
        assert codes[-1] == "ZZ"


def test_extract_has_nothing_to_write(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "forms", tmp_path / "forms")
    (tmp_path / PLACE).parent.mkdir()
    shutil.copyfile(ROOT / PLACE, tmp_path / PLACE)
    assert extract(tmp_path).changed == []


def test_the_element_speaks_every_language_before_any_form_has_arrived(repository: Compiled) -> None:
    module = (ROOT / PLACE).read_text("utf-8").partition("export default ")[2].removesuffix(";\n")
    words: dict[str, dict[str, str]] = json.loads(module)
    english = words["en"]
    assert set(ONLY_BEFORE) < set(english)
    for unit, built in repository.units.items():
        said = words.get(unit.locale, words[unit.locale.partition("-")[0]])
        assert said["dir"] == built.projection.dir, unit
        assert said["retry"] == built.projection.messages["retry"], unit
        if not unit.locale.startswith("en"):
            assert [key for key in english if key != "dir" and said.get(key) in {None, english[key]}] == [], unit
        assert not set(ONLY_BEFORE) & set(json.loads(repository.messages[unit])), unit
    assert words["en-US"]["market-ask"] == "Where do you practice?"
    assert (words["fr"]["market-ask"], words["fr-CA"]["market-ask"]) == ("Où exercez-vous\u202f?", "Où exercez-vous?")


def test_the_words_around_a_form_are_a_document_of_their_own(repository: Compiled) -> None:
    unit = Unit(FORMS[0], "DE", "de-DE")
    assert "messages" not in json.loads(repository.documents[unit]["consentry"])
    assert json.loads(repository.messages[unit])["choose"] == "Bitte wählen"
    rules = repository.rules["forms"][unit.form]["markets"]["DE"]["locales"]["de-DE"]
    assert set(rules["projections"]) == {"consentry", "rjsf"}
