"""The repository's own content: it compiles whole, and what a visitor downloads stays within its bounds."""

import json
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


@pytest.mark.parametrize("form", FORMS)
def test_twelve_english_fields_fit(repository: Compiled, form: str) -> None:
    """3 KiB without country list and legal texts, 6 KiB whole, brotli. Other languages: ``content build --sizes``."""
    projection = first_fields(repository.units[Unit(form, "GB", "en-GB")].projection, 12)
    data = to_bytes({**consentry_document(projection), "release": repository.release})
    fields, core = core_size(data)
    assert fields == 12
    assert core <= 3 * 1024
    assert len(brotli.compress(data, quality=11)) <= 6 * 1024
