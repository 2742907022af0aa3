"""Files as other tools, and people, hand them back."""

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook

from consentry.content.jobs import po, xliff, xlsx
from consentry.content.jobs.model import Delivery, Job, JobProblem, Unit
from consentry.forms.build.catalogs import plural_categories

UNIT = Unit("forms/catalogs/de#a", ("From {name}",), "Von {name}", state="translated", stamp="0123456789abcdef")
OTHER = Unit("forms/catalogs/de#b", ("Second",), "Zwei", state="needs-review", stamp="fedcba9876543210")
JOB = Job("de-DE", (UNIT, OTHER))
V12, V20 = "urn:oasis:names:tc:xliff:document:1.2", "urn:oasis:names:tc:xliff:document:2.0"


def read_po(data: bytes) -> Delivery:
    return po.read(data, plural_categories)


def v12(body: str) -> bytes:
    file = '<file original="x" source-language="en" target-language="de-DE" datatype="x">'
    return f'<xliff version="1.2" xmlns="{V12}">{file}<body>{body}</body></file></xliff>'.encode()


def v20(body: str) -> bytes:
    return (
        f'<xliff version="2.1" xmlns="{V20}" srcLang="en" trgLang="de-DE"><file id="f">{body}</file></xliff>'.encode()
    )


# PO


def test_po_of_another_editor() -> None:
    """Wrapped lines, a new header, CRLF, a byte order mark, moved entries, dropped comments."""
    data = (
        '\ufeff# Translators\r\nmsgid ""\r\nmsgstr ""\r\n"Language: de_DE\\n"\r\n"X-Generator: Poedit 3.4\\n"\r\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\r\n\r\n'
        'msgctxt "forms/catalogs/de#b"\r\nmsgid ""\r\n"Sec"\r\n"ond"\r\nmsgstr ""\r\n"Zw"\r\n"ei"\r\n\r\n'
        '#. stamp: 0123456789abcdef\r\nmsgctxt "forms/catalogs/de#a"\r\nmsgid "From {name}"\r\nmsgstr "Von {name}"\r\n'
    ).encode()
    second, first = read_po(data).units
    assert (second.key, second.sources, second.target, second.mark) == (OTHER.key, ("Second",), "Zwei", "")
    assert (first.target, first.mark, first.state) == ("Von {name}", UNIT.stamp, "translated")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (po.write(JOB).decode().encode("cp1252", "replace").replace(b"Zwei", b"Zw\xf6lf"), "not UTF-8"),
        (b"", "not a gettext catalog"),
        (b'msgctxt "a"\nmsgid "b"\nmsgstr "c\n', "line"),
        (
            b'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "a"\nmsgstr "b"\n',
            "no Language",
        ),
        (b"msgid" + b" " * (10 * 1024 * 1024), "the limit is 10,485,760"),
    ],
)
def test_broken_po_is_refused_with_what_to_do(data: bytes, said: str) -> None:
    with pytest.raises(JobProblem, match=said):
        read_po(data)


# XLIFF


def test_xliff_12_with_segments_marks_and_codes_of_another_tool() -> None:
    body = """
     <trans-unit id="7" resname="forms/catalogs/de#a"><source>From <x id="1" equiv-text="{name}"/>. Now.</source>
      <seg-source><mrk mtype="seg" mid="1">From <x id="1"/>.</mrk> <mrk mtype="seg" mid="2">Now.</mrk></seg-source>
      <target state="final"><mrk mid="1">Von <x id="1"/>.</mrk> <mrk mid="2">Jetzt.</mrk></target>
      <alt-trans><source>Other</source><target>Anderes</target></alt-trans>
      <note from="stamp"> 0123456789abcdef </note></trans-unit>
     <trans-unit id="forms/catalogs/de#b"><source>In <ph id="1">{name}</ph></source>
      <target>In <ph id="1">{name}</ph>!</target></trans-unit>
     <trans-unit id="forms/catalogs/de#c"><source>New</source>
      <target state="needs-translation">New</target></trans-unit>"""
    first, second, third = xliff.read(v12(body)).units
    assert (first.sources, first.target) == (("From {name}. Now.",), "Von {name}. Jetzt.")
    assert (first.key, first.mark, first.state) == (UNIT.key, UNIT.stamp, "translated")
    assert (second.key, second.target, second.state) == (OTHER.key, "In {name}!", "translated")
    assert third.state == "needs-review"


def test_a_suggestion_is_confirmed_in_xliff_12_by_its_state_or_by_approval() -> None:
    data = xliff.write_12(JOB).decode()
    assert [unit.state for unit in xliff.read(data.encode()).units] == ["translated", "needs-review"]
    for old, new in (('approved="no"', 'approved="yes"'), (' state="needs-review-translation"', "")):
        assert old in data
        assert [u.state for u in xliff.read(data.replace(old, new).encode()).units] == ["translated", "translated"]


def test_xliff_20_segmented_anew() -> None:
    body = """<unit id="u" name="forms/catalogs/de#a"><originalData><data id="d1">{name}</data></originalData>
      <segment state="translated"><source>From <ph id="1" dataRef="d1"/>.</source>
       <target>Von <ph id="1" dataRef="d1"/>.</target></segment>
      <ignorable><source> </source></ignorable>
      <segment state="final"><source>Now<cp hex="0007"/>.</source><target>Jetzt.</target></segment></unit>
     <unit id="v" name="forms/catalogs/de#b"><segment><source>Half.</source><target>Halb.</target></segment>
      <segment><source>Done.</source></segment></unit>
     <unit id="w" name="forms/catalogs/de#c"><segment><source>Plain</source>
      <target>Schlicht</target></segment></unit>"""
    first, second, third = xliff.read(v20(body)).units
    assert (first.sources[0], first.target, first.state) == (
        "From {name}. Now\x07.",
        "Von {name}. Jetzt.",
        "translated",
    )
    assert (second.state, second.target) == ("new", "")
    assert (third.state, third.target) == ("translated", "Schlicht")


def test_a_suggestion_confirmed_in_the_tool_is_taken_and_one_left_alone_is_not() -> None:
    data = xliff.write_20(JOB).decode()
    assert [unit.state for unit in xliff.read(data.encode()).units] == ["translated", "needs-review"]
    confirmed = data.replace('state="initial"', 'state="reviewed"')
    assert [unit.state for unit in xliff.read(confirmed.encode()).units] == ["translated", "translated"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'<!DOCTYPE x [<!ENTITY a "b">]>' + v12(""), "document type or entities"),
        (b'<!DOCTYPE xliff SYSTEM "https://example.com/xliff.dtd">' + v12(""), "document type"),
        (b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + v12("&a;"), "document type"),
        (v12("<trans-unit>")[:-20], "line 1, column"),
        (b"<tmx/>", "not <xliff>"),
        (v12("").replace(b' target-language="de-DE"', b""), "no target language"),
        (v12("") .replace(b"</file>", b'</file><file target-language="fr-FR"/>'), "several target languages"),
        (b"\xff\xfe\x00", "not XML"),
        (b"<xliff>" + b" " * (10 * 1024 * 1024), "the limit is"),
    ],
)  # fmt: skip
def test_broken_xliff_is_refused_with_what_to_do(data: bytes, said: str) -> None:
    with pytest.raises(JobProblem, match=said):
        xliff.read(data)


# XLSX


def edited(change: Any) -> bytes:
    book = load_workbook(io.BytesIO(xlsx.write(JOB)))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_what_is_not_the_translators_is_locked_and_nothing_is_a_formula() -> None:
    nasty = Unit("forms/catalogs/de#=a", ("=HYPERLINK(1)",), "=cmd|' /C calc'!A0", state="translated", where="@SUM(A1)")
    sheet = load_workbook(io.BytesIO(xlsx.write(Job("de-DE", (nasty,)))))["translation"]
    cells = {sheet.cell(1, cell.column).value: cell for cell in sheet[2]}
    assert {name for name, cell in cells.items() if not cell.protection.locked} == {"translation", "state"}
    assert sheet.protection.sheet
    assert sheet.freeze_panes == "D2"
    formulas = {name for name, cell in cells.items() if cell.data_type == "f"}
    assert formulas == {"length"}
    assert cells["translation"].value == "=cmd|' /C calc'!A0"
    assert cells["translation"].quotePrefix
    assert cells["translation"].number_format == "@"


def test_rows_and_columns_moved_and_emptied() -> None:
    def change(book: Any) -> None:
        sheet = book["translation"]
        sheet.move_range("A2:N3", rows=5)
        sheet.insert_cols(1)
        sheet["A1"] = "my notes"

    first, second = xlsx.read(edited(change)).units
    assert (first.key, first.target, first.place) == (UNIT.key, "Von {name}", "row 7")
    assert second.state == "needs-review"


@pytest.mark.parametrize(
    ("value", "said", "target"),
    [
        (date(2026, 3, 1), "made a date of it", "2026-03-01"),
        (True, "made a truth value of it", "True"),
        ("=B2", "a formula", "=B2"),
        (24, "", "24"),
        (0.5, "", "0.5"),
    ],
)
def test_what_programs_make_of_words(value: object, said: str, target: str) -> None:
    def change(book: Any) -> None:
        cell = book["translation"]["C2"]
        cell.value = value
        cell.number_format = "yyyy-mm-dd" if isinstance(value, date) else "General"

    unit = xlsx.read(edited(change)).units[0]
    assert said in unit.wrong
    assert bool(unit.wrong) == bool(said)
    assert unit.target.startswith(target)


def test_a_suggestion_that_was_edited_counts_as_reviewed_in_a_table() -> None:
    def change(book: Any) -> None:
        book["translation"]["C3"] = "Zweites"

    assert [unit.state for unit in xlsx.read(edited(change)).units] == ["translated", "translated"]


def zipped(size: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * size)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"id;English;translation\n", "save the table as .xlsx"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old .xls, or a workbook with a password"),
        (zipped(201 * 1024 * 1024), "when unpacked"),
        (zipped(10), "not a workbook that can be read"),
        (edited(lambda book: book["translation"].delete_cols(1)), "the columns `id` and `translation`"),
        (edited(lambda book: book.remove(book["about"])), "the sheet `about`"),
    ],
    ids=["csv", "xls", "bomb", "broken", "no-id", "no-about"],
)
def test_broken_workbooks_are_refused_with_what_to_do(data: bytes, said: str) -> None:
    with pytest.raises(JobProblem, match=said):
        xlsx.read(data)


def test_a_workbook_with_entities_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx.write(JOB))) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.infolist():
            data = old.read(item)
            if item.filename == "xl/workbook.xml":
                data = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + data
            new.writestr(item, data)
    with pytest.raises(JobProblem, match="document type or entities"):
        xlsx.read(out.getvalue())
