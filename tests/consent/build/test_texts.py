"""Canonical text: what is digested is what a browser shows, whatever the words."""

import unicodedata
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from consentry.base.build.source import parse
from consentry.base.canonical import digest
from consentry.consent.build.texts import render
from consentry.consent.models import SLOTS, Controller, Effective, Line, Text
from consentry.consent.wording import FSI, PDI, fill

# Words as a legal text may hold them: any script, no control, surrogate or bidirectional mark.
_WORD = st.text(
    st.characters(exclude_categories=["C", "Z"], exclude_characters="{}\u0340\u0341"), min_size=1, max_size=12
)
_SENTENCE = st.lists(_WORD, min_size=1, max_size=6).map(" ".join)
_SLOT = st.sampled_from(sorted(SLOTS))


def controller(**values: Any) -> Controller:
    given_values = dict.fromkeys(SLOTS, "value") | values
    return Controller(controller="example", country="DE", storage=["DE"], **given_values)


def text(label: str, paragraphs: list[str], links: list[tuple[str, str]]) -> Text:
    return Text.model_validate(
        {
            "kind": "statement",
            "version": 1,
            "locale": "de-DE",
            "effective": {"from": "2026-01-01"},
            "label": {"text": label},
            "paragraphs": [{"text": paragraph} for paragraph in paragraphs],
            "links": [{"text": words, "url": url} for words, url in links],
        }
    )


SOURCE, _ = parse("text.yaml", b"label: {text: x}\nparagraphs: []\nlinks: []\n")
assert SOURCE is not None


@given(_SENTENCE, st.lists(_SENTENCE, max_size=4), st.lists(_SENTENCE, max_size=2), st.booleans())
def test_canonical_text_is_the_lines_joined(label: str, paragraphs: list[str], links: list[str], rtl: bool) -> None:
    assert SOURCE is not None
    body = text(label, paragraphs, [(words, "https://example.com/x") for words in links])
    rendered, found = render(SOURCE, body, controller(), "de-DE", rtl=rtl)
    assert not found
    assert rendered is not None
    lines = [label, *paragraphs, *(f"{words}: https://example.com/x" for words in links)]
    assert rendered.canonical == unicodedata.normalize("NFC", "\n".join(lines))
    assert rendered.digest == digest(rendered.canonical.encode("utf-8"))
    assert unicodedata.is_normalized("NFC", rendered.canonical)
    assert all(line == line.strip() for line in rendered.canonical.split("\n"))


@given(st.lists(st.tuples(_SENTENCE, _SLOT), min_size=1, max_size=4), st.data())
def test_every_slot_is_filled_and_isolated_only_from_right_to_left(
    parts: list[tuple[str, str]], data: st.DataObject
) -> None:
    values = {slot: data.draw(_SENTENCE) for _, slot in parts}
    template = " ".join(f"{words} {{controller.{slot}}}" for words, slot in parts)
    plain, unfilled = fill(template, lambda slot: controller(**values).value(slot, "ar-SA"), isolate=False)
    assert unfilled == []
    expected = " ".join(f"{words} {values[slot]}" for words, slot in parts)
    assert plain == unicodedata.normalize("NFC", expected)
    isolated, _ = fill(template, lambda slot: controller(**values).value(slot, "ar-SA"), isolate=True)
    assert isolated.count(FSI) == isolated.count(PDI) == len(parts)
    assert isolated.replace(FSI, "").replace(PDI, "") == plain
    depth = 0
    for character in isolated:
        depth += (character == FSI) - (character == PDI)
        assert depth in (0, 1)
    assert depth == 0


@given(_SENTENCE, _SENTENCE)
def test_a_value_of_another_language_never_stands_in(english: str, arabic: str) -> None:
    held = controller(name={"en-SA": english, "ar-SA": arabic})
    assert fill("{controller.name}", lambda slot: held.value(slot, "en-SA"), isolate=False) == (
        unicodedata.normalize("NFC", english),
        [],
    )
    filled, unfilled = fill("{controller.name}", lambda slot: held.value(slot, "de-DE"), isolate=False)
    assert (filled, unfilled) == ("{controller.name}", ["controller.name"])


@given(_SENTENCE)
def test_composed_and_decomposed_words_have_one_digest(words: str) -> None:
    assert SOURCE is not None
    digests = set()
    for form in ("NFC", "NFD"):
        rendered, _ = render(SOURCE, text(unicodedata.normalize(form, words), [], []), controller(), "de-DE", rtl=False)
        assert rendered is not None
        digests.add(rendered.digest)
    assert len(digests) == 1


@given(st.text(max_size=30))
def test_a_line_is_refused_or_shown_as_it_stands(words: str) -> None:
    """Whatever passes survives the white-space rules of HTML unchanged."""
    try:
        line = TypeAdapter(Line).validate_python(words)
    except ValidationError:
        return
    assert " ".join(part for part in line.split(" ") if part) == line
    assert not any(unicodedata.category(c) == "Cc" for c in line)
    assert line == unicodedata.normalize("NFC", words)


@pytest.mark.parametrize("character", "\n\t\r\u200b\u200e\u200f\u202a\u202e\u2066\u2069\ufeff\u2028\u0000")
def test_what_cannot_be_seen_is_refused(character: str) -> None:
    with pytest.raises(ValidationError, match=f"{ord(character):04X}"):
        TypeAdapter(Line).validate_python(f"a{character}b")


def test_a_no_break_space_and_arabic_joiners_may_stay() -> None:
    for words in ("10\u00a0ans", "«\u202foui\u202f»", "می\u200cشود", "ー・"):
        assert TypeAdapter(Line).validate_python(words) == words


@pytest.mark.parametrize(
    ("day", "expected"), [("2025-12-31", False), ("2026-01-01", True), ("2026-06-30", True), ("2026-07-01", False)]
)
def test_effective_dates_are_half_open(day: str, expected: bool) -> None:
    period = Effective.model_validate({"from": "2026-01-01", "until": "2026-07-01"})
    assert period.holds(date.fromisoformat(day)) is expected
