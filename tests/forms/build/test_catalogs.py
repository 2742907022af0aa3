"""gettext catalogs: what a translator wrote survives every change of the English."""

import io
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from consentry.forms.build.catalogs import (
    CatalogFile,
    Entry,
    catalog_bytes,
    plural_categories,
    read_catalog,
    template_bytes,
    updated,
)
from consentry.forms.build.strings import SourceString
from consentry.forms.build.words import LocaleWords
from consentry.locales.build.registry import LocaleEntry


def string(id_: str, text: str, other: str | None = None) -> SourceString:
    return SourceString(id_, text, other, "forms/messages.yaml", ("ui", id_), "somewhere", 100)


def written(tmp_path: Path, file: CatalogFile, strings: dict[str, SourceString]) -> CatalogFile:
    path = tmp_path / file.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(catalog_bytes(file, strings))
    read, found = read_catalog(tmp_path, file.name)
    assert found == []
    assert read is not None
    return read


def content(file: CatalogFile) -> list[tuple[str, str, str | None, list[str], bool, tuple[str, ...], list[str]]]:
    return [
        (e.id, e.source, e.other, e.strings, e.fuzzy, e.previous, e.comments)
        for e in (*file.entries.values(), *file.obsolete.values())
    ]


_TEXT = st.text(st.characters(exclude_categories=["C"], include_characters="\n\t"), min_size=1, max_size=30).filter(
    lambda text: text.strip() == text and "\r" not in text
)


@given(st.lists(st.tuples(_TEXT, _TEXT, st.booleans(), st.booleans()), max_size=6))
def test_a_catalog_reads_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, bool, bool]]
) -> None:
    strings, file = {}, CatalogFile("de")
    for number, (english, german, plural, fuzzy) in enumerate(rows):
        id_ = f"ui.n{number}"
        strings[id_] = string(id_, english, english + "s" if plural else None)
        texts = [german, german + "e"] if plural else [german]
        previous = ("old " * 30 + english,) if fuzzy else ()
        file.entries[id_] = Entry(id_, english, strings[id_].other, texts, fuzzy, previous, ["a note"])
    read = written(tmp_path_factory.mktemp("catalog"), file, strings)
    assert content(read) == content(file)
    assert catalog_bytes(read, strings) == catalog_bytes(file, strings)


def test_changed_english_keeps_the_translation_as_fuzzy_with_the_previous_english(tmp_path: Path) -> None:
    before = {"ui.a": string("ui.a", "Send"), "ui.b": string("ui.b", "Back")}
    file = CatalogFile("de", {"ui.a": Entry("ui.a", "Send", None, ["Senden"], comments=["formal"])})
    file = updated(file, before)
    assert file.entries["ui.b"].strings == [""]
    after = {**before, "ui.a": string("ui.a", 'Send "now"')}
    changed = written(tmp_path, updated(file, after), after)
    entry = changed.entries["ui.a"]
    assert (entry.source, entry.strings, entry.fuzzy) == ('Send "now"', ["Senden"], True)
    assert (entry.previous, entry.comments) == (("Send",), ["formal"])
    assert updated(changed, after).entries["ui.a"].fuzzy
    # Another change keeps the English that was really translated; untranslated entries never become fuzzy.
    again = written(tmp_path, updated(changed, {"ui.a": string("ui.a", "Submit")}), {"ui.a": string("ui.a", "Submit")})
    assert again.entries["ui.a"].previous == ("Send",)
    assert not updated(file, {"ui.b": string("ui.b", "Go back")}).entries["ui.b"].fuzzy


def test_a_string_that_goes_is_kept_and_comes_back(tmp_path: Path) -> None:
    strings = {"ui.a": string("ui.a", "Send")}
    file = CatalogFile("de", {"ui.a": Entry("ui.a", "Send", None, ["Senden"])})
    gone = written(tmp_path, updated(file, {}), {})
    assert gone.entries == {}
    assert gone.obsolete["ui.a"].strings == ["Senden"]
    assert updated(gone, strings).entries["ui.a"].strings == ["Senden"]


def test_a_thin_catalog_gains_nothing() -> None:
    strings = {"ui.a": string("ui.a", "Send"), "ui.b": string("ui.b", "Back")}
    file = CatalogFile("de-CH", {"ui.a": Entry("ui.a", "Send", None, ["Absenden"])})
    assert list(updated(file, strings).entries) == ["ui.a"]
    assert list(updated(CatalogFile("de"), strings).entries) == ["ui.a", "ui.b"]


@pytest.mark.parametrize(
    ("name", "categories"),
    [
        ("de", ["one", "other"]),
        ("fr-CA", ["one", "many", "other"]),
        ("it", ["one", "many", "other"]),
        ("ja", ["other"]),
        ("ar", ["zero", "one", "two", "few", "many", "other"]),
        ("pl", ["one", "few", "many", "other"]),
    ],
)
def test_plural_forms_are_cldr_s_and_the_header_says_them(name: str, categories: list[str]) -> None:
    assert plural_categories(name) == categories
    strings = {"ui.n": string("ui.n", "{count} answer", "{count} answers")}
    data = catalog_bytes(updated(CatalogFile(name), strings) if "-" not in name else CatalogFile(name), strings)
    catalog = read_po(io.BytesIO(data))
    assert catalog.num_plurals == len(categories)
    assert b"Date" not in data


# CLDR's own category for whole numbers, against the expression in the header.
@pytest.mark.parametrize("name", ["de", "fr", "it", "ja", "ar"])
def test_the_plural_expression_agrees_with_cldr(name: str) -> None:
    data = catalog_bytes(CatalogFile(name), {}).decode()
    expression = data.partition("plural=")[2].partition(";")[0].removeprefix("(").removesuffix(")")
    rule = Locale.parse(name).plural_form
    for number in [*range(210), 1_000_000, 2_000_000, 1_000_001]:
        assert plural_categories(name)[_c(expression, number)] == rule(number), (name, number)


def _c(expression: str, n: int) -> int:
    """Evaluate a C conditional chain ``a ? 0 : b ? 1 : 2`` for ``n``."""
    for part in expression.split(":"):
        condition, question, value = part.partition("?")
        if not question:
            return int(part)
        if eval(condition.replace("&&", "and").replace("||", "or"), {"n": n}):
            return int(value)
    raise AssertionError(expression)


def test_the_template_tells_translators_where_and_how_long() -> None:
    strings = {"ui.step": string("ui.step", "Step {stage} of {stages}")}
    text = template_bytes(strings).decode()
    assert "#. somewhere\n#. Max length: 100\n#. Placeholders: {stage}, {stages}\n#: forms/messages.yaml\n" in text
    assert 'msgctxt "ui.step"\nmsgid "Step {stage} of {stages}"\nmsgstr ""\n' in text


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ('msgid "Send"\nmsgstr "Senden"\n', "without msgctxt"),
        ('msgctxt "a"\nmsgid "x"\nmsgstr ""\n\nmsgctxt "a"\nmsgid "y"\nmsgstr ""\n', "twice"),
        ('msgctxt "a"\nmsgid "x"\nmsgctxt "b"\nmsgid "y"\nmsgstr ""\n', "missing msgstr for msgid 'x'"),
    ],
)
def test_a_broken_catalog_is_a_finding(tmp_path: Path, body: str, says: str) -> None:
    path = tmp_path / "forms/catalogs/de.po"
    path.parent.mkdir(parents=True)
    path.write_text(body, "utf-8")
    _, found = read_catalog(tmp_path, "de")
    assert any(says in finding.message and finding.line for finding in found)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('msgctxt "a"', 'msgctxt "a', 4),
        ('msgctxt "a"', 'msgctxt a"', 4),
        ('msgid "x"', 'msgid "x', 5),
        ('msgstr "Wort"', 'msgstr "Wort', 6),
        ('msgstr "Wort"', 'msgstr "Wo"rt"', 6),
        ('msgstr "Wort"', 'msgsrt "Wort"', 6),
        ('msgctxt "a"', "<<<<<<< HEAD", 4),
        ("Wort", "W\xf6rt", 6),
    ],
)
def test_a_line_that_would_be_misread_is_named_where_it_stands(tmp_path: Path, old: str, new: str, line: int) -> None:
    """Babel takes a text without its closing quotation mark for one a character shorter."""
    path = tmp_path / "forms/catalogs/de.po"
    path.parent.mkdir(parents=True)
    body = 'msgid ""\nmsgstr ""\n\nmsgctxt "a"\nmsgid "x"\nmsgstr "Wort"\n'
    path.write_bytes(body.replace(old, new).encode("latin-1"))
    file, (finding,) = read_catalog(tmp_path, "de")
    assert file is None
    assert (finding.line, finding.rule) == (line, "catalog")
    assert finding.message.startswith("not a catalog: ")


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        (Entry("a", "Send", "Sends", ["x", "y"], True), "marked as fuzzy: nobody has said yet that it is right"),
        (Entry("a", "Send", "Sends", ["x", "y"], True, ("Go", "Goes")), "from 'Go'; the English now reads 'Send'"),
        (Entry("a", "Send", "Send all", ["x", "y"]), "from 'Send all'; the English now reads 'Sends'"),
    ],
)
def test_a_stale_translation_says_what_changed(entry: Entry, says: str) -> None:
    words = LocaleWords(
        LocaleEntry(tag="de-DE", cldr="de_DE", catalogs=["de"]),
        {"a": string("a", "Send", "Sends")},
        {"de": CatalogFile("de", {"a": entry})},
    )
    (finding,) = words.word("a").findings
    assert finding.rule == "stale"
    assert says in finding.message
