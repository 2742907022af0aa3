"""Everything that can be wrong with a file: a report with place and mend, and nothing half-imported."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consentry.glossary.exchange import api
from consentry.glossary.exchange.api import Imported, RowProblem, read

SAMPLES = Path(__file__).parent / "samples"
TBX = """\
<tbx type="TBX-Basic" style="dca" xml:lang="en" xmlns="urn:iso:std:iso:30042:ed-2"><text><body>
<conceptEntry id="c1">
<langSec xml:lang="en"><termSec><term>adverse event</term></termSec></langSec>
<langSec xml:lang="de"><termSec>
<term>%s</term></termSec></langSec>
</conceptEntry>
<conceptEntry id="c2"><langSec xml:lang="en"><termSec><term>dose</term></termSec></langSec></conceptEntry>
</body></text></tbx>
"""
OWN = "concept,locale,term,status\ndose,en,dose,preferred\ndose,de,%s,preferred\n"


def only(imported: Imported, *weights: str) -> RowProblem:
    (problem,) = [problem for problem in imported.problems if problem.weight in (weights or ("error",))]
    return problem


def tbx(term: str) -> Imported:
    return read((TBX % term).encode(), "x.tbx")


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><tbx>&b;</tbx>'
EXTERNAL = '<!DOCTYPE x [\n<!ENTITY a SYSTEM "file:///etc/passwd">]><tbx>&a;</tbx>'
PARAMETER = '<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1/x.dtd">%a;]><tbx/>'


@pytest.mark.parametrize(
    ("content", "name", "line", "said", "mend"),
    [
        (BOMB, "x.tbx", 1, "declares entities", "without a DOCTYPE"),
        (EXTERNAL, "x.tbx", 2, "declares entities", "without a DOCTYPE"),
        (PARAMETER, "x.tbx", 1, "declares entities", "without a DOCTYPE"),
        (BOMB.replace("tbx", "xliff"), "x.xlf", 1, "declares entities", "without a DOCTYPE"),
        ('<!DOCTYPE martif SYSTEM "x.dtd">\n<martif>&nbsp;</martif>', "x.tbx", 2, "&nbsp; means nothing", "itself"),
        ("<tbx><text>", "x.tbx", 1, "not XML", "export it again"),
        ("<html/>", "x.tbx", 1, "the root element is <html>", "TBX"),
        ("<mtf><conceptGrp/></mtf>", "x.xml", 1, "the root element is <mtf>", "MultiTerm"),
        ("<tbx>" + "<a>" * 100_000, "x.tbx", 1, "deep", "export"),
        ("<tbx/>", "x.tbx", 0, "no entry", "export it again"),
        (TBX.replace("%s", "Übel").encode("cp1252"), "x.tbx", 5, "byte 0xDC", "save it as UTF-8"),
        (TBX.encode("utf-16-le"), "x.tbx", 1, "UTF-16 without", "UTF-8"),
        (b"\xff\xfe<\x00t", "x.tbx", 1, "not XML", "export"),
        ('<?xml version="1.0" encoding="UTF-16"?><tbx/>', "x.tbx", 1, "says UTF-16 and is not", "UTF-8"),
        ('<?xml version="1.0" encoding="klingon"?><tbx/>', "x.tbx", 1, "encoding", ""),
        (b"", "x.tbx", 1, "empty", "export"),
        (b"", "x.csv", 1, "empty", "export"),
        ("\n\n", "x.csv", 1, "empty", "export"),
        ("en,de\nside effect,Übel\n".encode("cp1252"), "x.csv", 2, "in Windows-1252 it would be “Ü”", "UTF-8"),
        ("en,de\na,b\n".encode("utf-16-le"), "x.csv", 1, "zero bytes", "UTF-8"),
        (b"\xff\xfee\x00n", "x.csv", 1, "", ""),
        ("colour,size\nred,7\n", "x.csv", 0, "does not say its languages", "--locale"),
        ("concept,locale,text\nx,en,dose\n", "x.csv", 1, "none that we know", "--format"),
        ('en,de\n"dose,Dosis\nfever,Fieber\n', "x.csv", 2, "not closed", "close it"),
        ('en,de\nfever,Fieber\n"do"se,Dosis\n', "x.csv", 3, "inside a cell", "two quotes"),
        ("<xliff version='1.2' xmlns='urn:oasis:names:tc:xliff:document:1.2'/>", "x.xlf", 1, "1.2 has no", "TBX"),
        ("<xliff version='2.1' xmlns='urn:oasis:names:tc:xliff:document:2.0'/>", "x.xlf", 0, "no unit", "TBX"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_one_report(
    content: str | bytes, name: str, line: int, said: str, mend: str
) -> None:
    imported = read(content.encode() if isinstance(content, str) else content, name)
    if name == "x.csv" and not said:
        assert imported.concepts == ()
        assert imported.errors
        return
    problem = only(imported)
    assert imported.concepts == ()
    assert problem.line == line
    assert said in problem.what
    assert mend in problem.mend


def test_a_document_type_by_name_is_passed_over() -> None:
    assert read(b'<!DOCTYPE tbx SYSTEM "http://127.0.0.1:1/x.dtd">' + (TBX % "UE").encode(), "x.tbx").concepts


def test_a_bom_and_utf_16_with_one_are_read() -> None:
    assert len(read(b"\xef\xbb\xbf" + (TBX % "UE").encode(), "x.tbx").concepts) == 2
    assert len(read((TBX % "UE").encode("utf-16"), "x.tbx").concepts) == 2
    table = "en,de\nside effect,Übel\n"
    assert read(b"\xef\xbb\xbf" + table.encode(), "x.csv").concepts[0].terms["de"][0].text == "Übel"
    imported = read(table.encode("utf-16"), "x.csv")
    assert imported.concepts[0].terms["de"][0].text == "Übel"
    assert only(imported, "warning").what == "the file is UTF-16; it was read so"


@pytest.mark.parametrize(("delimiter", "name"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_another_delimiter_is_found_and_said(delimiter: str, name: str) -> None:
    table = "en,de\nfever,Fieber\ndose,Dosis\n".replace(",", delimiter)
    imported = read(table.encode(), "x.csv")
    assert [concept.terms["de"][0].text for concept in imported.concepts] == ["Fieber", "Dosis"]
    assert only(imported, "warning").what == f"the columns are separated by {name}, not commas; they were read so"


def test_excels_separator_line_is_no_row() -> None:
    imported = read(b"sep=;\r\nen;de\r\nfever;Fieber, hohes\r\n", "x.csv")
    assert imported.concepts[0].terms["de"][0].text == "Fieber, hohes"


def test_a_ragged_row_is_told_and_the_others_are_read() -> None:
    imported = read(b"en,de\nfever,Fieber,hohes\ndose,Dosis\nhand\nfoot,Fuss,,\n", "x.csv")
    told = [(p.line, p.what) for p in imported.errors]
    assert told == [(2, "3 cells, but the header has 2"), (4, "1 cells, but the header has 2")]
    assert [concept.entry for concept in imported.concepts] == ["dose", "foot"]


@pytest.mark.parametrize(
    ("term", "rule", "said"),
    [
        ("…", "empty-term", "no letter or digit"),
        ("--- / ?!", "empty-term", "no letter or digit"),
        ("\u0430dverse", "look-alike", "Cyrillic (U+0430)"),
        ("Ereign\u0456s", "look-alike", "Cyrillic (U+0456)"),
        ("unerwÃ¼nscht", "encoding", "it looks like “unerwünscht”"),
        ("x" * 201, "too-long", "201 characters"),
    ],
)
def test_a_term_that_cannot_be_right_is_refused_with_its_line(term: str, rule: str, said: str) -> None:
    imported = tbx(term)
    problem = only(imported)
    assert (problem.line, problem.entry, problem.rule) == (5, "c1", rule)
    assert said in problem.what
    assert [concept.entry for concept in imported.concepts] == ["c2"]
    problem = only(read((OWN % term).encode(), "x.csv"))
    assert (problem.line, problem.rule) == (3, rule)


@pytest.mark.parametrize("mark", ["\u200b", "\u200e", "\u202e", "\u2066", "\ufeff", "\u00ad", "\u2060", "\u200d"])
def test_marks_that_nobody_sees_are_dropped_and_named(mark: str) -> None:
    imported = tbx(f"uner{mark}wünscht")
    assert imported.concepts[0].terms["de"][0].text == "unerwünscht"
    problem = only(imported, "warning")
    assert problem.line == 5
    assert f"U+{ord(mark):04X}" in problem.what
    assert "after “uner”" in problem.what


def test_languages_that_spell_with_joiners_keep_them() -> None:
    persian = TBX.replace('"de"', '"fa"') % "می\u200cخواهم"
    imported = read(persian.encode(), "x.tbx")
    assert imported.concepts[0].terms["fa"][0].text == "می\u200cخواهم"
    assert imported.problems == ()


NICE = "<termNote type='administrativeStatus'>nice</termNote>"
SHORT = '<conceptEntry id="c1"><descrip type="definition">Short.</descrip>'


@pytest.mark.parametrize(
    ("change", "rule", "said"),
    [
        ((' xml:lang="de"', ""), "no-language", "has no language"),
        (('"de"', '"xq"'), "language", "“xq” is no language tag we know"),
        (('"de"', '"de-XX"'), "language", "“de-XX”"),
        (('"en"><termSec><term>adverse', '"fr"><termSec><term>adverse'), "no-english", "no English term"),
        (("<term>adverse event</term>", f"<term>adverse event</term>{NICE}"), "status", "“nice”"),
        (('<conceptEntry id="c1">', SHORT), "definition", "6 characters; it needs 10 to 600"),
    ],
)  # fmt: skip
def test_an_entry_that_lacks_something_is_refused_alone(change: tuple[str, str], rule: str, said: str) -> None:
    content = TBX % "UE"
    assert change[0] in content
    imported = read(content.replace(*change, 1).encode(), "x.tbx")
    problem = only(imported)
    assert (problem.entry, problem.rule) == ("c1", rule)
    assert said in problem.what
    assert problem.mend
    assert [concept.entry for concept in imported.concepts] == ["c2"]


def term(text: str, status: str) -> str:
    return (
        f"<termSec><term>{text}</term><termNote type='administrativeStatus'>{status}Term-admn-sts</termNote></termSec>"
    )


@pytest.mark.parametrize(
    ("terms", "rule", "said"),
    [
        (("UE", "preferred", "UE", "deprecated"), "contradiction", "“UE” is both preferred and deprecated"),
        (("Übel", "preferred", "übel", "deprecated"), "contradiction", "“übel” is both preferred and deprecated"),
        (("UE", "preferred", "Ereignis", "preferred"), "two-preferred", "“UE” and “Ereignis” are both preferred"),
    ],
)
def test_contradictions_are_told(terms: tuple[str, str, str, str], rule: str, said: str) -> None:
    inside = f"{term(*terms[:2])}{term(*terms[2:])}"
    content = (TBX % "UE").replace("<termSec>\n<term>UE</term></termSec>", inside)
    assert inside in content
    problem = only(read(content.encode(), "x.tbx"))
    assert problem.rule == rule
    assert said in problem.what


def test_one_term_twice_is_taken_once() -> None:
    content = (TBX % "UE").replace("<termSec>\n<term>UE</term></termSec>", term("UE", "preferred") * 2)
    imported = read(content.encode(), "x.tbx")
    assert [t.text for t in imported.concepts[0].terms["de"]] == ["UE"]
    assert only(imported, "warning").what == "de: “UE” stands there twice"


def test_two_entries_for_one_word_are_told_with_both_lines() -> None:
    twice = TBX % "UE"
    imported = read(twice.replace("<term>dose</term>", "<term>adverse event</term>").encode(), "x.tbx")
    assert [(p.line, p.entry, p.rule) for p in imported.errors] == [(2, "c1", "two-entries"), (7, "c2", "two-entries")]
    assert imported.concepts == ()
    subjects = twice.replace("<term>dose</term>", "<term>adverse event</term>")
    for number, subject in ((1, "law"), (2, "safety")):
        subjects = subjects.replace(
            f'id="c{number}">', f'id="c{number}"><descrip type="subjectField">{subject}</descrip>'
        )
    assert len(read(subjects.encode(), "x.tbx").concepts) == 2


def test_the_same_entry_twice_is_taken_once() -> None:
    entry = TBX[TBX.index('<conceptEntry id="c2"') : TBX.index("</body>")]
    imported = read((TBX % "UE").replace("</body>", entry + "</body>").encode(), "x.tbx")
    assert [c.entry for c in imported.concepts] == ["c1", "c2"]
    assert only(imported, "warning").rule == "repeated"


def test_exchanged_columns_are_noticed() -> None:
    imported = read(b"en,ja\nadverse event,placebo pill\n", "x.csv")
    assert "no letter of that language’s script" in only(imported, "warning").what
    assert read(b"en,ja\nWHO,WHO\nCOVID-19,COVID-19\n", "x.csv").problems == ()


def test_our_own_table_says_what_is_missing() -> None:
    rows = [
        "concept,locale,term,status,definition,severity,source_date,source",
        "dose,en,dose,preferred,How much is given at a time.,block,,x",
        "dose,de,Dosis,,Something else.,,,",
        ",fr,dose,preferred,,,,",
        "fever,en,fever,best,,harsh,16/04/2014,ISO",
    ]
    problems = read("\n".join(rows).encode(), "x.csv").errors
    told = {(p.line, p.rule): p.what for p in problems}
    assert told[3, "status"] == "“Dosis” has no status"
    assert (
        "definition is “Something else.” here and “How much is given at a time.” in line 2" in told[3, "contradiction"]
    )
    assert told[4, "no-concept"] == "the concept’s id is missing"
    said = " ".join(p.what for p in problems if p.line == 5)
    assert "status" in said
    assert "severity" in said
    assert "date" in said


def test_our_own_table_without_a_column_it_needs() -> None:
    problem = only(read(b"concept,locale,source,term\nx,en,y,z\n", "x.csv"))
    assert problem.what == "the column status is missing"


def test_a_value_of_ours_changed_by_hand_is_told() -> None:
    made = read((SAMPLES / "aws.csv").read_bytes(), "aws.csv")
    plan = api.merge({}, made)
    text = api.export(api.apply(plan).values(), "tbx").data.decode()
    problem = only(read(text.replace('source={"kind"', "source={kind", 1).encode(), "x.tbx"))
    assert "changed by hand" in problem.what
    problem = only(read(text.replace("severity=block", "severity=harsh", 1).encode(), "x.tbx"))
    assert problem.what.startswith("severity:")


@pytest.mark.parametrize("name", ["options", "history", "empty"])
@pytest.mark.parametrize("changed", ["5", "{}", "[1]", "["])
def test_a_list_of_ours_changed_by_hand_is_told_and_breaks_nothing(name: str, changed: str) -> None:
    made = read((SAMPLES / "aws.csv").read_bytes(), "aws.csv")
    concepts = api.apply(api.merge({}, made)).values()
    text = api.export(concepts, "xliff", locales=["de"], states=["draft"]).data.decode()
    assert text.count(" c:concept=") > 1
    imported = read(text.replace(" c:concept=", f" c:{name}='{changed}' c:concept=", 1).encode(), "x.xlf")
    assert len(imported.errors) == 1
    assert len(imported.concepts) == text.count(" c:concept=") - 1


def test_a_large_file_is_read_and_compared_whole() -> None:
    entry = TBX[TBX.index('<conceptEntry id="c2"') : TBX.index("</body>")]
    count = 1_000_000 // len(entry)
    words = [f"dose {number}" for number in range(count)]
    entries = "".join(entry.replace("c2", f"c{n}").replace("dose", word) for n, word in enumerate(words))
    data = (TBX % "UE").replace("</body>", entries + "</body>").encode()
    assert len(data) > 1_000_000
    imported = read(data, "x.tbx")
    plan = api.merge({}, imported)
    assert plan.counts()["new"] == count + 2


PIECES = st.sampled_from(
    [
        "<tbx>",
        "</tbx>",
        "<martif>",
        "<text><body>",
        "<conceptEntry id='c'>",
        "</conceptEntry>",
        "<termEntry>",
        "<langSec xml:lang='en'>",
        "<langSet xml:lang='xx'>",
        "</langSec>",
        "<termSec><term>dose</term></termSec>",
        "<tig>",
        "<term/>",
        "<note>consentry:concept=x</note>",
        "<note>consentry:form={</note>",
        "<note>consentry:option=</note>",
        "<descrip type='definition'>",
        "<descrip/>",
        "<transacGrp><date/></transacGrp>",
        "<termNote type='termType'>x</termNote>",
        "<xliff xmlns='urn:oasis:names:tc:xliff:document:2.0' srcLang='en' trgLang='de'>",
        "<unit id='u'>",
        "<glossEntry xmlns='urn:oasis:names:tc:xliff:glossary:2.0'>",
        "<term xmlns='urn:oasis:names:tc:xliff:glossary:2.0'>",
        "en,de\n",
        "source,target,context\n",
        "concept,locale,term,status\n",
        "dose,Dosis\n",
        "x,en,dose,preferred\n",
        '"',
        ";",
        "\t",
        "\n",
        ",",
        "|",
        "'=",
        "<!DOCTYPE x>",
        "&amp;",
        "&x;",
        "\x00",
        "\ud7ff",
        "\ufeff",
        "{",
        "[",
        "id,en,de,definition\n",
        "<note>consentry:source=[]</note>",
        "<note>consentry:form=[]</note>",
        "<note>consentry:status=x</note>",
        "[1]",
        "forms,codes,",
    ]
)
BYTES = st.one_of(
    st.binary(max_size=60),
    st.lists(PIECES, max_size=25).map(lambda pieces: "".join(pieces).encode()),
    st.lists(PIECES, max_size=12).map(lambda pieces: "".join(pieces).encode("utf-16")),
)


def _sample_parts() -> st.SearchStrategy[tuple[bytes, str]]:
    files = sorted(SAMPLES.iterdir())

    @st.composite
    def cut(draw: st.DrawFn) -> tuple[bytes, str]:
        path = draw(st.sampled_from(files))
        data = bytearray(path.read_bytes())
        for _ in range(draw(st.integers(1, 3))):
            at = draw(st.integers(0, len(data) - 1))
            end = min(len(data), at + draw(st.integers(0, 30)))
            data[at:end] = draw(st.binary(max_size=4) | PIECES.map(str.encode))
        return bytes(data), path.name

    return cut()


@given(BYTES, st.sampled_from(["x.tbx", "x.csv", "x.tsv", "x.xlf", "x.bin"]), st.sampled_from([None, "de", "??"]))
@settings(max_examples=400)
def test_any_bytes_give_a_report(data: bytes, name: str, locale: str | None) -> None:
    imported = read(data, name, locale=locale)
    assert imported.concepts or imported.errors
    plan = api.merge({}, imported)
    assert all(problem.what and problem.mend for problem in imported.problems)
    assert plan.ok or any(item.problems for item in plan.items)
    if plan.ok:
        api.apply(plan)


@given(_sample_parts())
@settings(max_examples=250)
def test_damaged_files_give_a_report(found: tuple[bytes, str]) -> None:
    data, name = found
    imported = read(data, name, locale="de")
    assert imported.concepts or imported.errors
    api.merge({}, imported).as_json()
