"""CSV and TSV in: our own shape, Weblate, DeepL, AWS Translate, and tables with a column for each language (memoQ)."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from consentry.glossary.exchange import tags, vocabulary
from consentry.glossary.exchange.assemble import Assembly
from consentry.glossary.exchange.imported import Imported, RawEntry, RawTerm, RowProblem
from consentry.glossary.exchange.markup import Broken
from consentry.glossary.exchange.sheet import Row, Sheet, decode, ragged, sheet
from consentry.glossary.exchange.table_names import (
    CONCEPT_COLUMNS,
    FLAGS,
    NO,
    REQUIRED,
    TERM_COLUMNS,
    YES,
    read_form,
    read_list,
)  # fmt: skip

Shape = Literal["csv", "weblate", "deepl", "aws", "columns"]
SHAPES: tuple[Shape, ...] = get_args(Shape)


def read_table(
    data: bytes,
    name: str = "x.csv",
    *,
    shape: str | None = None,
    locale: str | None = None,
    source_locale: str = "en",
) -> Imported:
    """Every row. ``locale`` and ``source_locale`` are the languages of files that do not say them."""
    book = Assembly(shape or "csv")
    try:
        text, problems = decode(data)
        table = sheet(text, "\t" if name.lower().endswith((".tsv", ".tab")) else ",", problems)
        for problem in table.problems:
            book.problem(problem)
        header = tuple(_plain(cell) for cell in table.rows[0].cells)
        book.format = shape or _shape(header, table)
        languages = _Languages(tags.canonical(source_locale) or "en", locale)
        _READERS[book.format](table, header, languages, book)
    except Broken as broken:
        return book.stop(broken.problem)
    return book.done()


def _plain(cell: str) -> str:
    return re.sub(r"[\s_-]+", "_", cell.strip().lstrip("\ufeff")).lower()


def _shape(header: Sequence[str], table: Sheet) -> Shape:
    names = set(header)
    if names >= REQUIRED:
        return "csv"
    if {"source", "target"} <= names:
        return "weblate" if names & {"context", "location", "translator_comments", "fuzzy"} else "deepl"
    if "source" in names and "term" in names and "locale" in names:
        return "csv"
    if all(tags.canonical(cell) for cell in table.rows[0].cells) and len(header) >= 2:
        return "aws"
    named = [_language_column(cell) is not None for cell in table.rows[0].cells]
    if named == [False, False, True, True]:
        return "deepl"  # source, target, and the tags of their languages
    if sum(named) >= 2:
        return "columns"
    if len(header) in {2, 4} and not {"concept", "term", "locale"} & names:
        return "deepl"
    shown = " | ".join(cell.strip() for cell in table.rows[0].cells)[:120]
    raise Broken(
        table.rows[0].line, "header", f"the columns “{shown}” are none that we know",
        "name the columns en, de, …; or concept, locale, term, status; or source, target; or say --format",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Languages:
    """What the user said about a bilingual file."""

    source: str
    target: str | None

    def wanted(self) -> str:
        """The target's tag."""
        found = tags.canonical(self.target) if self.target else None
        if found is None:
            what = "the file does not say its languages" if not self.target else f"“{self.target}” is no language tag"
            raise Broken(0, "no-language", what, "name the target language with --locale, for example --locale de")
        return found


class _Pairs:
    """Source and target rows, joined by their source text."""

    def __init__(self, book: Assembly) -> None:
        self._book = book
        self._entries: dict[str, RawEntry] = {}
        self._lines: dict[str, dict[str, int]] = {}

    def add(self, line: int, source: tuple[str, str], target: tuple[str, str], notes: Iterable[str] = ()) -> RawEntry:
        """One row: (tag, text) twice."""
        key = source[1].strip().casefold()
        entry = self._entries.get(key)
        if entry is None:
            entry = self._entries[key] = RawEntry(source[1].strip() or f"row in line {line}", line)
            entry.terms.append(RawTerm(source[0], source[1], line))
            if not key:
                entry.problem("no-source", "the source cell is empty", "fill it, or take the row out")
        before = self._lines.setdefault(key, {}).setdefault(target[0], line)
        if target[1].strip():
            entry.terms.append(RawTerm(target[0], target[1], line, notes=[note for note in notes if note.strip()]))
            if before != line and len([t for t in entry.terms if t.tag == target[0]]) > 1:
                what = f"another translation of “{entry.entry}” stands in line {before}; this one is admitted"
                entry.problem("several", what, "check which of them is preferred", line=line, weight="warning")
        else:
            self._book.count("untranslated", f"no term yet in {target[0]}", "nothing; it can come later", line)
        return entry

    def done(self) -> None:
        """Hand every entry on."""
        for entry in self._entries.values():
            self._book.add(entry)


def _body(table: Sheet, header: Sequence[str], book: Assembly, start: int = 1) -> Iterable[tuple[Row, dict[str, str]]]:
    for row in table.rows[start:]:
        wrong = ragged(row, header)
        if wrong is not None:
            book.problem(wrong)
            continue
        yield row, {name: cell for name, cell in zip(header, row.cells, strict=False) if name}


# Weblate and DeepL


def _weblate(table: Sheet, header: Sequence[str], languages: _Languages, book: Assembly) -> None:
    target = languages.wanted()
    pairs = _Pairs(book)
    _columns_told(header, {"source", "target", "context", "translator_comments", "developer_comments", "fuzzy"}, book)
    for row, cells in _body(table, header, book):
        notes = [cells.get("translator_comments", "")]
        if cells.get("fuzzy", "").strip().lower() in YES:
            notes.append("needs editing in Weblate")
        entry = pairs.add(row.line, (languages.source, cells["source"]), (target, cells["target"]), notes)
        if cells.get("context", "").strip():
            entry.said.setdefault("context", cells["context"].strip())
        explained = cells.get("developer_comments", "").strip()
        if len(explained) >= 10:
            entry.said.setdefault("definition", explained)
        elif explained:
            entry.history.append(f"note: {explained}")
    pairs.done()


def _deepl(table: Sheet, header: Sequence[str], languages: _Languages, book: Assembly) -> None:
    named = {"source", "target"} <= set(header)
    four = len(header) == 4
    target = "" if four else languages.wanted()
    pairs = _Pairs(book)
    names = tuple(header) if named else ("source", "target", "source_lang", "target_lang")[: len(header)]
    for row, cells in _body(table, names, book, 1 if named else 0):
        values = list(cells.values())
        source = values[2] if four else languages.source
        pairs.add(row.line, (source, cells["source"]), (values[3] if four else target, cells["target"]))
    pairs.done()


# A column for each language


_DEFINITION = re.compile(r"(.+)_def(?:inition)?", re.IGNORECASE)
_ROLES: Mapping[str, str] = {
    "entry_id": "id", "id": "id", "concept_id": "id", "entry": "id", "term_id": "id",
    "entry_subject": "subject", "subject": "subject", "subject_field": "subject",
    "entry_domain": "domain", "domain": "domain",
    "definition": "definition", "entry_definition": "definition", "description": "definition",
    "context": "context", "example": "context",
    "entry_note": "note", "note": "note", "notes": "note", "comment": "note", "comments": "note",
    "entry_created": "created", "entry_creator": "creator", "entry_lastmodified": "modified",
    "entry_modifier": "modifier", "entry_clientid": "client", "entry_projectid": "project",
    "term_info": "info", "term_example": "example", "part_of_speech": "pos", "pos": "pos",
}  # fmt: skip


def _language_column(cell: str) -> str | None:
    """The tag of a column of terms; a two-letter word that is a column's name (id) is none."""
    return None if _plain(cell) in _ROLES else tags.from_name(cell)


@dataclass(frozen=True, slots=True)
class _Column:
    role: str
    tag: str = ""


def _columns(cells: Sequence[str], book: Assembly, line: int) -> list[_Column]:
    made: list[_Column] = []
    language = ""
    for cell in cells:
        tag = _language_column(cell)
        definition = _DEFINITION.fullmatch(cell.strip())
        if tag is not None:
            language = tag
            made.append(_Column("term", tag))
        elif definition and tags.from_name(definition[1]):
            made.append(_Column("definition", tags.from_name(definition[1]) or ""))
        elif _plain(cell) in _ROLES:
            role = _ROLES[_plain(cell)]
            made.append(_Column(role, language if role in {"info", "example", "pos"} else ""))
        else:
            if cell.strip():
                book.count("not-kept", f"the column “{cell.strip()}” was not kept", "nothing", line)
            made.append(_Column(""))
    return made


def _wide(table: Sheet, _header: Sequence[str], _languages: _Languages, book: Assembly) -> None:
    first = table.rows[0]
    columns = _columns(first.cells, book, first.line)
    entries: dict[str, RawEntry] = {}
    source = next((column for column in columns if column.role == "term"), None)
    if source is None:
        raise Broken(first.line, "header", "no column is named by a language", "name the columns en, de, fr-CA, …")
    for row, _ in _body(table, first.cells, book):
        cells = [(column, cell.strip()) for column, cell in zip(columns, row.cells, strict=False)]
        named = next((cell for column, cell in cells if column.role == "id"), "")
        text = next(cell for column, cell in cells if column == source)
        subject = next((cell for column, cell in cells if column.role == "subject"), "")
        key = f"#{named}" if named else f"{text}\n{subject}".casefold() if text else f"row {row.line}"
        if key not in entries:
            entries[key] = RawEntry(named or text or f"row in line {row.line}", row.line)
        _row(entries[key], cells, row.line, book)
    for entry in entries.values():
        book.add(entry)


def _row(entry: RawEntry, cells: Sequence[tuple[_Column, str]], line: int, book: Assembly) -> None:
    term: RawTerm | None = None
    facts: dict[str, str] = {}
    for column, text in cells:
        if column.role == "term":
            term = _term_of(entry, column.tag, text, line)
        elif text and term is not None and column.role in {"info", "pos"}:
            _about(term, column.role, text)
        elif text and column.role:
            _told(entry, column, text, facts)
    _remember(entry, facts)
    for tag in dict.fromkeys(column.tag for column, _ in cells if column.role == "term"):
        if not any(text for column, text in cells if column.tag == tag and column.role == "term"):
            book.count("untranslated", f"no term yet in {tag}", "nothing; it can come later", line)


def _term_of(entry: RawEntry, tag: str, text: str, line: int) -> RawTerm | None:
    if not text:
        return None
    term = RawTerm(tag, _wildcards(text, entry, line), line)
    if any((known.tag, known.text) == (tag, term.text) for known in entry.terms):
        return None  # a row for each synonym repeats the other languages
    entry.terms.append(term)
    return term


def _about(term: RawTerm, role: str, text: str) -> None:
    if role == "pos":
        term.said["part_of_speech"] = vocabulary.PART_OF_SPEECH.get(text.lower(), "other")
        return
    flags = {flag.strip().lower() for flag in re.split(r"[;,|]", text)}
    if flags & {"forbidden", "isforbidden"}:
        term.said["status"] = "forbidden"
    if flags & {"casesensitive", "casesense", "casestrict"}:
        term.said["case"] = "exact"


def _told(entry: RawEntry, column: _Column, text: str, facts: dict[str, str]) -> None:
    if column.role in {"example", "context"}:
        entry.said.setdefault("context", text)
    elif column.role == "definition":
        if not column.tag or column.tag.startswith("en") or "definition" not in entry.said:
            entry.said["definition"] = text
    elif column.role in {"subject", "domain"}:
        entry.said.setdefault("subject", text)
    else:
        facts[column.role] = text


def _remember(entry: RawEntry, facts: Mapping[str, str]) -> None:
    for done, when, who in (("created", "created", "creator"), ("modified", "modified", "modifier")):
        if facts.get(when) or facts.get(who):
            by = f" by {facts[who]}" if facts.get(who) else ""
            entry.history.append(f"{done} {facts.get(when, '')[:10]}{by}".replace("  ", " "))
    entry.history += [f"{name}: {facts[name]}" for name in ("note", "client", "project") if name in facts]


def _wildcards(text: str, entry: RawEntry, line: int) -> str:
    """MemoQ marks where a word may go on: Medikament|e*. The matcher knows endings by itself."""
    if not re.search(r"(?<=\w)\||\*$|\*(?=\s)", text):
        return text
    plain = re.sub(r"(?<=\w)\||\*", "", text)
    entry.problem(
        "wildcard",
        f"“{text}” was read as “{plain}”",
        "nothing; inflected forms are known without marks",
        line=line,
        weight="note",
    )
    return plain


# Our own shape


def _own(table: Sheet, header: Sequence[str], _languages: _Languages, book: Assembly) -> None:
    missing = REQUIRED - set(header)
    if missing:
        what = f"the column {' and '.join(sorted(missing))} is missing"
        raise Broken(table.rows[0].line, "header", what, "export a file with --format csv and keep its header")
    _columns_told(header, {*CONCEPT_COLUMNS, *TERM_COLUMNS}, book)
    entries: dict[str, RawEntry] = {}
    stated: dict[str, dict[str, tuple[str, int]]] = {}
    for row, cells in _body(table, header, book):
        name = cells["concept"].strip()
        if not name:
            what, mend = "the concept’s id is missing", "write it in each row of the concept"
            book.problem(RowProblem(row.line, f"row in line {row.line}", "no-concept", what, mend))
            continue
        entry = entries.setdefault(name, RawEntry(name, row.line, concept=name, own=True))
        for column in CONCEPT_COLUMNS[1:]:
            value = cells.get(column, "").strip()
            if not value:
                continue
            before = stated.setdefault(name, {}).setdefault(column, (value, row.line))
            if before[0] != value:
                what = f"{column} is “{value}” here and “{before[0]}” in line {before[1]}"
                entry.problem("contradiction", what, "write it once, or alike", line=row.line)
        _own_term(entry, cells, row)
    for name, entry in entries.items():
        _own_concept(entry, {column: value for column, (value, _) in stated.get(name, {}).items()})
        book.add(entry)


def _own_term(entry: RawEntry, cells: Mapping[str, str], row: Row) -> None:
    locale, text = cells["locale"].strip(), cells["term"].strip()
    if not text:
        if locale and not any(cells.get(name, "").strip() for name in TERM_COLUMNS[2:]):
            entry.said["empty"] = (*entry.said.get("empty", ()), locale)  # a region that adds nothing
        else:
            entry.problem("no-term", "the row has no term", "write it, or take the row out", line=row.line)
        return
    term = RawTerm(locale, text, row.line)
    if not cells["status"].strip():
        what, mend = f"“{text}” has no status", "write preferred, admitted, deprecated or forbidden"
        entry.problem("status", what, mend, line=row.line)
    for name in ("status", "type", "part_of_speech", "gender", "case", "match"):
        value = cells.get(name, "").strip().lower()
        if value:
            term.said[name] = value
    if cells.get("market", "").strip():
        term.said["market"] = cells["market"].strip()
    if cells.get("note", "").strip():
        term.notes.append(cells["note"].strip())
    try:
        forms = tuple(read_form(form) for form in read_list(cells.get("forms", "")))
    except ValueError:
        entry.problem("value", f"the forms of “{text}” cannot be read", "separate them by |", line=row.line)
    else:
        if forms:
            term.said["forms"] = forms
    entry.terms.append(term)


def _own_concept(entry: RawEntry, stated: Mapping[str, str]) -> None:
    said = entry.said
    for name in ("subject", "definition", "context", "severity"):
        if name in stated:
            said[name] = stated[name]
    for name in FLAGS:
        value = stated.get(name, "").lower()
        if value in YES or value in NO:
            said[name] = value in YES
        elif value:
            entry.problem("value", f"{name} is “{value}”", "write yes or no")
    if "source" in stated:
        source: dict[str, Any] = {"kind": stated.get("source_kind") or vocabulary.citation_kind(stated["source"])}
        source["text"] = stated["source"]
        if "source_date" in stated:
            source["date"] = stated["source_date"]
        said["source"] = source
    try:
        if "codes" in stated:
            said["codes"] = dict(code.split("=", 1) for code in read_list(stated["codes"]))
        for name in ("options", "history"):
            if name in stated:
                said[name] = tuple(read_list(stated[name]))
    except ValueError:
        entry.problem(
            "value", "codes, options or history cannot be read", "write mesh=D000001 | atc=A01, separated by |"
        )
    entry.history = list(said.get("history", ()))


def _columns_told(header: Sequence[str], known: Iterable[str], book: Assembly) -> None:
    for name in header:
        if name and name not in {*known, "location", "id", "state", "version"}:
            book.count("not-kept", f"the column “{name}” was not kept", "nothing", 1)


_READERS: Mapping[str, Callable[[Sheet, Sequence[str], _Languages, Assembly], None]] = {
    "csv": _own,
    "weblate": _weblate,
    "deepl": _deepl,
    "aws": _wide,
    "columns": _wide,
}
