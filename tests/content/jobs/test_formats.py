"""Whatever a string holds, it comes back from every format as it went out."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import load_workbook

from consentry.content.jobs import po, xliff, xlsx
from consentry.content.jobs.model import Delivery, Job, JobProblem, Returned, Term, Unit, short, split_id, stamp
from consentry.forms.build.catalogs import plural_categories, plural_header

Write = Callable[[Job], bytes]
Read = Callable[[bytes], Delivery]
FORMATS: dict[str, tuple[Write, Read]] = {
    "po": (po.write, lambda data: po.read(data, plural_categories)),
    "xliff-1.2": (xliff.write_12, xliff.read),
    "xliff-2.0": (xliff.write_20, xliff.read),
    "xlsx": (xlsx.write, xlsx.read),
}
ALL = pytest.mark.parametrize("name", FORMATS)

# Control characters are refused (test_control_characters); lone surrogates are no text.
CHARACTERS = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
CODES = ["{name}", "{controller.name}", "{count}", "{", "}", "{{", "%s"]
MARKUP = ["<b>", "</target>", "]]>", "&amp;", "&", "#", "msgid", "_x000D_", '"', "'", "\\", "\\n"]
FORMULAS = ["=1+1", "==", "+", "-", "@"]
BLANKS = ["\n", "\t", "\r", "  ", " ", "\u00a0", "\u202f", "\u200f", "\u2028"]
SCRIPTS = ["العربية", "日本語", "עברית", "👩🏽\u200d⚕️", "é", "e\u0301"]
PIECES = st.one_of(CHARACTERS, *(st.sampled_from(group) for group in (CODES, MARKUP, FORMULAS, BLANKS, SCRIPTS)))
TEXTS = st.lists(PIECES, min_size=1, max_size=12).map("".join).filter(lambda text: text.strip() != "")


def job(*units: Unit, locale: str = "de-DE") -> Job:
    return Job(locale, units, plural_forms=plural_header(locale))


def unit(key: str, source: str, target: str = "", **more: object) -> Unit:
    made = Unit(f"forms/catalogs/de#{key}", (source,), target, stamp=stamp(key, [source], [target]))
    return replace(made, **more)  # type: ignore[arg-type]


def back(name: str, sent: Job) -> tuple[Returned, ...]:
    write, read = FORMATS[name]
    delivery = read(write(sent))
    assert delivery.locale == sent.locale
    return delivery.units


@ALL
@given(source=TEXTS, target=TEXTS)
@example(source="=cmd|' /C calc'!A0", target="=SUM(A1)")
@example(source="{a}{b}{a}", target="{b} {a}\r\n\t{a} ")
@example(source="x", target="_x005F_x000D_")
def test_any_text_comes_back(name: str, source: str, target: str) -> None:
    sent = unit("field.email.label", source, target, state="translated", limit=120, where="a <label> & more")
    (returned,) = back(name, job(sent))
    assert (returned.key, returned.sources, returned.target) == (sent.key, (source,), target)
    assert (returned.state, returned.mark, returned.wrong) == ("translated", sent.stamp, "")


@ALL
@pytest.mark.parametrize("locale", ["de-DE", "ja-JP", "ar-SA", "pl-PL", "fr-FR"])
def test_every_plural_form_comes_back_under_its_category(name: str, locale: str) -> None:
    categories = plural_categories(locale)
    sources = ("{count} answer", "{count} answers")
    units = [
        Unit(
            "forms/catalogs/x#ui.errors",
            sources,
            f"{category}: {{count}} \u200f{number}",
            category,
            "translated",
            "0" * 16,
        )
        for number, category in enumerate(categories)
    ]
    returned = back(name, job(*units, locale=locale))
    assert [(r.category, r.target, r.state) for r in returned] == [(u.category, u.target, "translated") for u in units]
    for sent, came in zip(units, returned, strict=True):
        assert came.sources == (sources if name == "po" else (sent.source,))


@ALL
def test_states_come_back(name: str) -> None:
    sent = job(
        unit("a", "One"),
        unit("b", "Two", "Zwei", state="needs-review", prefilled="exact match"),
        unit("c", "Three", "Drei", state="translated"),
    )
    returned = back(name, sent)
    assert [r.state for r in returned] == ["new", "needs-review", "translated"]
    assert [r.untouched for r in returned] == [False, True, False]
    assert [r.stamp for r in returned] == [u.stamp for u in sent.units]


@ALL
def test_the_same_job_holds_what_a_translator_needs(name: str) -> None:
    told = unit(
        "field.report.help", "Report every adverse event to {controller.name}", limit=240, where="Hint of report",
        markets=("DE", "CH"), preview="http://127.0.0.1:8081/preview/x?a=1&b=2#y",
        terms=(Term("adverse-event", "adverse event", ("unerwünschtes Ereignis",), ("Nebenwirkung",)),),
    )  # fmt: skip
    data = FORMATS[name][0](job(told))
    if name == "xlsx":
        sheet = load_workbook(io.BytesIO(data))["translation"]
        text = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
    else:
        text = data.decode().replace("&amp;", "&")
    for piece in ("Hint of report", "240", "DE, CH", "unerwünschtes Ereignis", "Nebenwirkung", "preview/x?a=1&b=2#y"):
        assert piece in text, piece


@pytest.mark.parametrize("name", ["xliff-1.2", "xliff-2.0"])
def test_placeholders_are_codes_that_no_translator_can_misspell(name: str) -> None:
    data = FORMATS[name][0](job(unit("a", "From {controller.name} to {count}", "Von {controller.name} bis {count}")))
    root = fromstring(data)
    for part in ("source", "target"):
        element = next(e for e in root.iter() if e.tag.endswith("}" + part))
        assert "{" not in "".join(element.itertext())
        assert len(list(element)) == 2


@pytest.mark.parametrize("name", ["xliff-1.2", "xliff-2.0"])
def test_a_code_has_the_number_that_it_has_in_the_source(name: str) -> None:
    root = fromstring(FORMATS[name][0](job(unit("a", "{a} to {b} and {a}", "{b}, {c}, {a}, {a}"))))
    target = next(e for e in root.iter() if e.tag.endswith("}target"))
    assert [code.attrib["id"] for code in target] == ["2", "4", "1", "3"]


def test_xliff_2_carries_terms_in_the_glossary_module_and_limits_in_size_restriction() -> None:
    terms = (Term("trial", "clinical trial", ("klinische Prüfung", "klinische Studie")),)
    root = fromstring(xliff.write_20(job(unit("a", "A clinical trial", limit=40, terms=terms))))
    names = {"g": "urn:oasis:names:tc:xliff:glossary:2.0", "x": "urn:oasis:names:tc:xliff:document:2.0"}
    assert [e.text for e in root.iterfind(".//g:translation", names)] == ["klinische Prüfung", "klinische Studie"]
    held = root.find(".//x:unit", names)
    assert held is not None
    assert held.attrib["{urn:oasis:names:tc:xliff:sizerestriction:2.0}sizeRestriction"] == "40"
    assert re.fullmatch(r"[A-Za-z0-9._:-]+", held.attrib["id"])


@ALL
def test_control_characters_are_refused_by_name_or_survive(name: str) -> None:
    sent = job(unit("a", "One", "bell \x07"))
    if name == "po":
        assert back(name, sent)[0].target == "bell \x07"
        return
    with pytest.raises(JobProblem, match=r"U\+0007|control character"):
        FORMATS[name][0](sent)


@pytest.mark.parametrize("name", ["po", "xliff-1.2", "xliff-2.0"])  # a workbook holds the time of its making
def test_the_same_job_is_the_same_bytes(name: str) -> None:
    sent = job(unit("a", "One"), unit("b", "Two", "Zwei", state="translated"))
    assert FORMATS[name][0](sent) == FORMATS[name][0](sent)


def test_ids_split_into_key_and_category() -> None:
    assert split_id("forms/catalogs/de#ui.x[few]") == ("forms/catalogs/de#ui.x", "few")
    assert split_id("consent_texts/DE/a/1.de-DE#paragraphs[0]") == ("consent_texts/DE/a/1.de-DE#paragraphs[0]", "")


def test_stamps_tell_key_english_and_translation_apart() -> None:
    base = stamp("k", ["a"], ["b"])
    assert len({base, stamp("l", ["a"], ["b"]), stamp("k", ["x"], ["b"]), stamp("k", ["a"], ["x"])}) == 4
    assert stamp("k", ["a", "b"], ["c"]) != stamp("k", ["a"], ["b", "c"])
    assert short("a") != short("b")
