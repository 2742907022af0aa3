"""Cells that hold several terms, formulas, tags."""

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consentry.glossary.exchange import tags
from consentry.glossary.exchange.words import clean, disarm, has_word, rearm, split


@pytest.mark.parametrize(
    ("cell", "terms", "acronyms", "remarks"),
    [
        ("dose", ("dose",), (), ()),
        ("adverse event / adverse experience", ("adverse event", "adverse experience"), (), ()),
        ("a ; b;c", ("a", "b", "c"), (), ()),
        ("fever : high temperature", ("fever", "high temperature"), (), ()),
        ("adverse event (AE)", ("adverse event",), ("AE",), ()),
        ("polymerase chain reaction (RT-PCR) test", ("polymerase chain reaction test",), ("RT-PCR",), ()),
        ("dose (# per day)", ("dose",), (), ("per day",)),
        ("有害事象\uff08AE\uff09\uff1b副作用", ("有害事象", "副作用"), ("AE",), ()),
        ("dose; dose", ("dose",), (), ()),
        ("test (A*B)", ("test (A*B)",), (), ()),
        ("dose (#)", ("dose",), (), ()),
        ("and/or", ("and/or",), (), ()),
        ("mg/ml", ("mg/ml",), (), ()),
        ("patient(s)", ("patient(s)",), (), ()),
        ("fever (high)", ("fever (high)",), (), ()),
        ("note: this", ("note: this",), (), ()),
        ("(AE)", ("(AE)",), (), ()),
        ("(# only a remark)", (), (), ("only a remark",)),
    ],
)
def test_a_cell_is_split_into_its_terms(
    cell: str, terms: tuple[str, ...], acronyms: tuple[str, ...], remarks: tuple[str, ...]
) -> None:
    found = split(cell)
    assert (found.terms, found.acronyms, found.remarks) == (terms, acronyms, remarks)


@given(st.text(alphabet="'=+-@\t\r\n\uff1dab", max_size=6))
def test_no_cell_is_a_formula_and_every_cell_comes_back(cell: str) -> None:
    out = disarm(cell)
    assert not out.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"))
    assert rearm(out) == cell


def test_only_what_could_be_a_formula_is_touched() -> None:
    assert disarm("dose = 5") == "dose = 5"
    assert disarm("'tis") == "'tis"
    assert disarm("=1+1") == "'=1+1"
    assert rearm("'tis") == "'tis"


def test_blanks_are_single_and_letters_composed() -> None:
    assert clean(" a\u0308  b\r\n c ", "de").text == "ä b c"


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("EN_us", "en-US"), ("de", "de"), ("GER", "de"), ("deu", "de"), ("zh-TW", "zh-Hant"), ("zh_cn", "zh-Hans"),
        ("sr-latn-rs", "sr-Latn-RS"), ("iw", "he"), ("fil", "fil"), ("xq", None), ("de-XX", None), ("english", None),
        ("", None), ("es-419", None), ("de-DE-1996", None),
    ],
)  # fmt: skip
def test_tags_as_tools_write_them(written: str, tag: str | None) -> None:
    assert tags.canonical(written) == tag


@pytest.mark.parametrize(
    ("heading", "tag"),
    [
        ("German", "de"), ("English (United Kingdom)", "en-GB"), ("English_UK", "en-GB"), ("fr-CA", "fr-CA"),
        ("Chinese (Simplified)", "zh-Hans"), ("Portuguese (Brazil)", "pt-BR"), ("French-CA", "fr-CA"),
        ("Definition", None), ("German_Def", None),
    ],
)  # fmt: skip
def test_headings_as_tools_write_them(heading: str, tag: str | None) -> None:
    assert tags.from_name(heading) == tag


@pytest.mark.parametrize(
    ("text", "market"),
    [("CH", "CH"), ("ca-qc", "CA-QC"), ("Germany", "DE"), ("de-CH", "CH"), ("Example Pharma", None), ("EU", None)],
)
def test_markets_as_tools_write_them(text: str, market: str | None) -> None:
    assert tags.market(text) == market


def test_the_lists_are_those_of_iso() -> None:
    two = {language.alpha_2 for language in pycountry.languages if hasattr(language, "alpha_2")}
    assert two == tags.LANGUAGES
    assert {country.alpha_2 for country in pycountry.countries} == tags.REGIONS
    three = {language.alpha_3 for language in pycountry.languages}
    assert three >= tags.THREE_LETTERS
    for language in pycountry.languages:
        if hasattr(language, "alpha_2"):
            for code in {language.alpha_3, getattr(language, "bibliographic", language.alpha_3)}:
                assert tags.canonical(code) == tags.canonical(language.alpha_2)


def test_a_word_is_what_the_matcher_can_look_for() -> None:
    assert has_word("§ 2", "de")
    assert has_word("مرض", "ar")
    for text, tag in (("***", "de"), ("ـ", "ar"), ("…", "ja")):
        assert not has_word(text, tag), text
