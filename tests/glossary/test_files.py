"""Files to pieces, and what is said about files that cannot be read."""

import json
from pathlib import Path

import pytest

from consentry.glossary.files import MAX_BYTES, read_file
from consentry.glossary.pieces import FileProblem

PO = """\
msgid ""
msgstr ""
"Language: de_CH\\n"
"Content-Type: text/plain; charset=utf-8\\n"

msgctxt "a.label"
msgid "Medicine"
msgstr "Arzneimittel"

#, fuzzy
msgctxt "b.label"
msgid "Old"
msgstr "Alt"

msgctxt "c.label"
msgid "Untranslated"
msgstr ""

msgctxt "d.count"
msgid "{count} medicine"
msgid_plural "{count} medicines"
msgstr[0] "{count} Arzneimittel"
msgstr[1] "{count} Arzneien"
"""
XLIFF_1 = """\
<?xml version="1.0" encoding="UTF-8"?>
<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">
 <file source-language="en-GB" target-language="fr-FR" datatype="plaintext" original="x"><body>
  <trans-unit id="1" resname="a.label">
   <source>A <g id="1">medicine</g></source>
   <target>Un <g id="1">médicament</g></target>
   <alt-trans><source>old</source><target>vieux</target></alt-trans>
  </trans-unit>
  <trans-unit id="2"><source>Untranslated</source></trans-unit>
 </body></file></xliff>
"""
XLIFF_2 = """\
<xliff version="2.0" xmlns="urn:oasis:names:tc:xliff:document:2.0" srcLang="en" trgLang="ar-SA">
 <file id="f"><unit id="u1"><segment><source>medicine</source><target>دواء</target></segment>
 <segment><source>trial</source><target>تجربة</target></segment></unit></file></xliff>
"""


def write(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_a_catalog_gives_its_translated_entries(tmp_path: Path) -> None:
    read = read_file(write(tmp_path, "x.po", PO))
    assert read.locale == "de-CH"
    assert [(s.key, s.source, s.target) for s in read.pieces] == [
        ("a.label", "Medicine", "Arzneimittel"),
        ("d.count[0]", "{count} medicine", "{count} Arzneimittel"),
        ("d.count[1]", "{count} medicines", "{count} Arzneien"),
    ]
    assert PO.splitlines()[read.pieces[0].line - 1].startswith(("msgctxt", "msgid"))


def test_xliff_1_keeps_text_of_inline_elements_and_no_alternatives(tmp_path: Path) -> None:
    read = read_file(write(tmp_path, "x.xlf", XLIFF_1))
    assert (read.locale, read.source_locale) == ("fr-FR", "en-GB")
    assert [(s.key, s.line, s.source, s.target) for s in read.pieces] == [("a.label", 6, "A medicine", "Un médicament")]


def test_xliff_2_numbers_the_segments_of_a_unit(tmp_path: Path) -> None:
    read = read_file(write(tmp_path, "x.xliff", XLIFF_2))
    assert (read.locale, read.source_locale) == ("ar-SA", "en")
    assert [(s.key, s.target) for s in read.pieces] == [("u1", "دواء"), ("u1[2]", "تجربة")]


def test_json_comes_in_two_shapes(tmp_path: Path) -> None:
    pairs = [{"key": "a", "source": "medicine", "target": "médicament"}, {"id": 7, "target": "essai"}]
    read = read_file(write(tmp_path, "pairs.json", json.dumps(pairs)))
    assert [(s.key, s.source, s.target) for s in read.pieces] == [
        ("a", "medicine", "médicament"),
        ("7", None, "essai"),
    ]
    source = write(tmp_path, "en.json", '{"a": {"b": "medicine"}}')
    target = write(tmp_path, "fr.json", '{\n "a": {\n  "b": "médicament", "c": ["essai"]}}')
    assert [(s.key, s.line, s.source, s.target) for s in read_file(target, source).pieces] == [
        ("a.b", 3, "medicine", "médicament"),
        ("a.c[0]", 3, None, "essai"),
    ]


def test_text_goes_line_by_line(tmp_path: Path) -> None:
    source = write(tmp_path, "en.txt", "medicine\n\ntrial\n")
    target = write(tmp_path, "fr.txt", "\ufeffmédicament\n\nessai\n")
    assert [(s.key, s.source, s.target) for s in read_file(target, source).pieces] == [
        ("line 1", "medicine", "médicament"),
        ("line 3", "trial", "essai"),
    ]


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xliff>&b;</xliff>'
EXTERNAL = '<!DOCTYPE x SYSTEM "file:///etc/passwd"><xliff/>'


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.po", PO.encode().replace(b"Arzneien", b"\xff"), "UTF-8"),
        ("x.po", 'msgid "a"\nrubbish\n', "mend the entry"),
        ("x.xlf", BOMB, "DTD"),
        ("x.xlf", EXTERNAL, "DTD"),
        ("x.xlf", "<xliff><file>", "not XML"),
        ("x.xlf", "<tmx/>", "not <xliff>"),
        ("x.json", '{"a": \n!}', "x.json:2: not JSON"),
        ("x.json", '[{"source": "a"}]', 'no "target"'),
        ("x.json", "[" * 100_000, "not"),
        ("x.txt", b"ok\nb\xffd", "x.txt:2: not UTF-8"),
        ("x.docx", "x", "known endings"),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused_with_place_and_mend(tmp_path: Path, name: str, content: str, said: str) -> None:
    with pytest.raises(FileProblem, match="x\\.") as refused:
        read_file(write(tmp_path, name, content))
    assert said in str(refused.value) or ("not" in said and "nested" in str(refused.value))


def test_a_missing_file_and_one_too_large_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="No such file"):
        read_file(tmp_path / "none.po")
    with pytest.raises(FileProblem, match="split the file"):
        read_file(write(tmp_path, "large.txt", b"a" * (MAX_BYTES + 1)))


def test_text_files_need_the_same_lines(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="the source file has 2"):
        read_file(write(tmp_path, "fr.txt", "a\n"), write(tmp_path, "en.txt", "a\nb\n"))


def test_what_a_catalog_leaves_out_is_said(tmp_path: Path) -> None:
    assert read_file(write(tmp_path, "x.po", PO)).notes == (
        "1 entries are fuzzy, and were not checked",
        "1 entries are not translated, and were not checked",
    )


def test_a_language_without_a_singular_is_judged_by_the_plural(tmp_path: Path) -> None:
    japanese = (
        'msgid ""\nmsgstr ""\n"Language: ja\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "One medicine"\nmsgid_plural "{count} medicines"\nmsgstr[0] "{count}の薬"\n'
    )
    (segment,) = read_file(write(tmp_path, "x.po", b"\xef\xbb\xbf" + japanese.encode())).pieces
    assert (segment.key, segment.source) == ("One medicine[0]", "{count} medicines")


INLINE = """\
<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">
 <file source-language="en" target-language="de-DE" datatype="html" original="x"><body>
  <trans-unit id="1">
   <source>An <bpt id="1">&lt;b="<sub>bold</sub>"</bpt>adverse<ept id="1">&lt;/b&gt;</ept> event<x id="2"/>here</source>
   <seg-source><mrk mtype="seg" mid="1">An adverse event</mrk></seg-source>
   <target>Ein <mrk mtype="seg">un<g id="1">erwünschtes</g></mrk> Ereignis<ph id="2">&lt;br/&gt;</ph>hier</target>
  </trans-unit>
  <trans-unit id="2"><source>dose</source><target state="needs-translation">dose</target></trans-unit>
  <trans-unit id="3"><source>dose</source><target state="translated">Dosis</target></trans-unit>
 </body></file></xliff>
"""


@pytest.mark.parametrize("name", ["x.xlf", "x.sdlxliff", "x.mqxliff"])
def test_codes_of_tags_are_no_text_and_line_breaks_part_words(tmp_path: Path, name: str) -> None:
    read = read_file(write(tmp_path, name, INLINE))
    assert [(s.source, s.target) for s in read.pieces] == [
        ("An bold adverse event here", "Ein unerwünschtes Ereignis hier"),
        ("dose", "Dosis"),
    ]
    assert read.notes == ("1 segments are not translated, and were not checked",)


def test_xliff_2_tags_and_candidates(tmp_path: Path) -> None:
    text = (
        '<xliff version="2.1" xmlns="urn:oasis:names:tc:xliff:document:2.0"'
        ' xmlns:mtc="urn:oasis:names:tc:xliff:matches:2.0" srcLang="en" trgLang="fr"><file id="f"><unit id="u">'
        '<mtc:matches><mtc:match ref="#s"><source>old</source><target>vieux</target></mtc:match></mtc:matches>'
        '<segment id="s"><source>a <pc id="1">medicine</pc><ph id="2"/>now</source>'
        '<target>un <pc id="1">médi<mrk id="m1" type="comment">cament</mrk></pc><ph id="2"/>ici</target></segment>'
        "<ignorable><source> </source><target> </target></ignorable></unit></file></xliff>"
    )
    (segment,) = read_file(write(tmp_path, "x.xlf", text)).pieces
    assert (segment.source, segment.target) == ("a medicine now", "un médicament ici")


def test_plural_forms_that_the_source_lacks_are_judged_by_its_other(tmp_path: Path) -> None:
    source = write(
        tmp_path, "en.json", '{"dose_one": "one dose", "dose_other": "{{count}} doses", "x": {"y_plural": "b"}}'
    )
    polish = ['"dose_one": "dawka"', '"dose_few": "dawki"', '"dose_many": "dawek"', '"x": {"y_2": "c"}']
    lines = ",\n".join([*polish, '"lone": "dawki"', '"d": "dawki"'])
    target = write(tmp_path, "pl.json", f"{{{lines}}}")
    read = read_file(target, source)
    assert [(s.key, s.line, s.source) for s in read.pieces] == [
        ("dose_one", 1, "one dose"),
        ("dose_few", 2, "{{count}} doses"),
        ("dose_many", 3, "{{count}} doses"),
        ("x.y_2", 4, "b"),
        ("lone", 5, None),
        ("d", 6, None),
    ]
    assert read.notes == ("2 texts have no source of the same key: forbidden words only",)


def test_descriptions_beside_messages_are_no_translations(tmp_path: Path) -> None:
    arb = '{"@@locale": "de_CH", "title": "Dosis", "@title": {"description": "The dose"}}'
    read = read_file(write(tmp_path, "app_de.arb", arb))
    assert (read.locale, [s.target for s in read.pieces]) == ("de-CH", ["Dosis"])
    extension = '{"title": {"message": "Dosis", "description": "The dose"}}'
    assert [(s.key, s.target) for s in read_file(write(tmp_path, "m.json", extension)).pieces] == [("title", "Dosis")]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [("x.json", "7", "neither an object"), ("x.txt", "ä".encode("utf-16"), "this is UTF-16")],
)
def test_other_shapes_are_refused(tmp_path: Path, name: str, content: str | bytes, said: str) -> None:
    with pytest.raises(FileProblem, match=said):
        read_file(write(tmp_path, name, content))
