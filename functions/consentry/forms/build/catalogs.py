"""gettext catalogs: reading, writing, bringing up to date.

``msgctxt`` is the stable id, ``msgid`` the English source. When the English of an id changes, its translation stays,
is marked fuzzy and keeps the previous English beside it. Files carry no dates: the same content is the same bytes.
"""

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po, write_po
from babel.plural import to_gettext

from consentry.base.build.findings import Finding
from consentry.base.po_lines import stray_line
from consentry.forms.build.strings import SourceString

FOLDER = "forms/catalogs"
TEMPLATE = f"{FOLDER}/messages.pot"
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
# Babel wraps comments even where told not to wrap; a previous msgid would break in the middle of a string.
_NO_WRAP = 10**6
CATEGORIES = ("zero", "one", "two", "few", "many", "other")

# CLDR's categories for whole numbers, in CLDR's order, as gettext writes them.
_PLURALS = {
    "ar": "nplurals=6; plural=(n == 0 ? 0 : n == 1 ? 1 : n == 2 ? 2 : n % 100 >= 3 && n % 100 <= 10 ? 3 :"
    " n % 100 >= 11 && n % 100 <= 99 ? 4 : 5);",
    "de": "nplurals=2; plural=(n == 1 ? 0 : 1);",
    "en": "nplurals=2; plural=(n == 1 ? 0 : 1);",
    "fr": "nplurals=3; plural=(n == 0 || n == 1 ? 0 : n != 0 && n % 1000000 == 0 ? 1 : 2);",
    "it": "nplurals=3; plural=(n == 1 ? 0 : n != 0 && n % 1000000 == 0 ? 1 : 2);",
    "ja": "nplurals=1; plural=0;",
}


def language(name: str) -> str:
    """``de`` of ``de-CH``."""
    return name.partition("-")[0]


def is_thin(name: str) -> bool:
    """Catalogs of a region, or of English, hold only what differs."""
    return "-" in name or name == "en"


def plural_categories(name: str) -> list[str]:
    """CLDR plural categories of the catalog's language, in CLDR's order: the order of ``msgstr[n]``."""
    tags = {*Locale.parse(language(name)).plural_form.tags, "other"}
    return [category for category in CATEGORIES if category in tags]


def plural_header(name: str) -> str:
    """``Plural-Forms`` of the catalog's language."""
    return _PLURALS.get(language(name)) or to_gettext(Locale.parse(language(name)).plural_form) + ";"


@dataclass
class Entry:
    """One message of a catalog. ``strings`` has one text, or one per plural category."""

    id: str
    source: str
    other: str | None
    strings: list[str]
    fuzzy: bool = False
    previous: tuple[str, ...] = ()
    comments: list[str] = field(default_factory=list)
    line: int = 0

    @property
    def translated(self) -> bool:
        """At least one form has words."""
        return any(self.strings)


@dataclass
class CatalogFile:
    """A catalog by msgctxt. ``obsolete`` holds translations whose id is gone."""

    name: str
    entries: dict[str, Entry] = field(default_factory=dict)
    obsolete: dict[str, Entry] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Below the content root."""
        return f"{FOLDER}/{self.name}.po"


def _entry(message: Message, plurals: int) -> Entry:
    ids = list(message.id) if isinstance(message.id, list | tuple) else [message.id]
    strings = list(message.string) if isinstance(message.string, list | tuple) else [message.string or ""]
    previous, comments = [], []
    for comment in message.user_comments:
        # Babel hands over ``#| msgid "…"`` as an ordinary comment.
        if comment.startswith("|"):
            previous.append(comment[1:].strip())
        else:
            comments.append(comment)
    if len(ids) > 1:
        strings = (strings + [""] * plurals)[:plurals]
    return Entry(
        id=message.context or "",
        source=str(ids[0]),
        other=str(ids[1]) if len(ids) > 1 else None,
        strings=[str(s) for s in strings],
        fuzzy=message.fuzzy,
        previous=_previous(previous),
        comments=comments,
        line=message.lineno or 0,
    )


def _previous(lines: Iterable[str]) -> tuple[str, ...]:
    texts: list[str] = []
    for line in lines:
        if line.partition(" ")[0] in {"msgid", "msgid_plural"}:
            texts.append("")
        if texts:
            texts[-1] += "".join(_unquote(part) for part in _QUOTED.findall(line))
    return tuple(texts)


def _unquote(body: str) -> str:
    return body.replace("\\\\", "\0").replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"').replace("\0", "\\")


def read_catalog(root: Path, name: str) -> tuple[CatalogFile | None, list[Finding]]:
    """Read ``forms/catalogs/<name>.po``; a missing file is a finding."""
    file = CatalogFile(name)
    try:
        data = (root / file.path).read_bytes()
    except FileNotFoundError:
        mend = "run `consentry content extract` and translate it"
        return None, [Finding(file.path, 0, "", "missing-file", "the catalog does not exist", mend)]

    def broken(line: int, what: str, mend: str) -> tuple[None, list[Finding]]:
        return None, [Finding(file.path, line, "", "catalog", f"not a catalog: {what}", mend)]

    try:
        stray = stray_line(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        return broken(data.count(b"\n", 0, error.start) + 1, "not UTF-8", "save the file as UTF-8")
    if stray:
        number, said = stray
        mend = 'write a keyword and its text, `msgstr "…"`, with a quotation mark before and after'
        return broken(number, f"`{said[:60]}` is no line of one", mend)
    try:
        catalog = read_po(io.BytesIO(data), abort_invalid=True)
    except PoFileError as error:
        # Babel ends its message with the line's number, counted from 0.
        return broken((error.lineno or 0) + 1, str(error).rpartition(" on ")[0], "mend the entry at this line")
    except ValueError as error:
        return broken(1, str(error), "mend the header, the first entry")
    found = []
    plurals = len(plural_categories(name))
    for message in catalog:
        if message.id == "":
            continue
        entry = _entry(message, plurals)
        if not entry.id:
            text = f"an entry without msgctxt: {entry.source[:40]!r}"
            found.append(Finding(file.path, entry.line, "", "catalog", text, "give it its id, or delete it"))
        elif entry.id in file.entries:
            found.append(Finding(file.path, entry.line, entry.id, "catalog", "appears twice", "keep one of the two"))
        else:
            file.entries[entry.id] = entry
    for message in catalog.obsolete.values():
        entry = _entry(message, plurals)
        file.obsolete[entry.id] = entry
    return file, found


def updated(file: CatalogFile, strings: Mapping[str, SourceString]) -> CatalogFile:
    """The catalog against the current English strings; a thin one gains nothing, a full one every missing id."""
    fresh = CatalogFile(file.name)
    plurals = len(plural_categories(file.name))
    for id_, string in strings.items():
        old = file.entries.get(id_) or file.obsolete.get(id_)
        if old is None and is_thin(file.name):
            continue
        texts = [""] * plurals if string.other is not None else [""]
        entry = Entry(id_, string.text, string.other, texts)
        if old is not None:
            entry.comments = old.comments
            same = (old.source, old.other) == (string.text, string.other)
            entry.strings = old.strings if len(old.strings) == len(texts) else old.strings[:1] * len(texts)
            entry.fuzzy = old.translated and (old.fuzzy or not same)
            if entry.fuzzy:
                entry.previous = old.previous if same or old.previous else _sources(old)
        fresh.entries[id_] = entry
    gone = {**file.obsolete, **file.entries}
    fresh.obsolete = {i: e for i, e in sorted(gone.items()) if i not in strings and e.translated}
    return fresh


def _sources(entry: Entry) -> tuple[str, ...]:
    return (entry.source,) if entry.other is None else (entry.source, entry.other)


def _location(string: SourceString | None) -> list[tuple[str, int]]:
    # Without a line number, so that moving a string about changes no catalog; Babel writes the bare file name.
    return [cast("tuple[str, int]", (string.file, None))] if string is not None else []


def _message(entry: Entry, string: SourceString | None) -> Message:
    comments: list[str] = []
    if string is not None:
        comments = [string.where, f"Max length: {string.limit}"]
        if string.placeholders:
            comments.append("Placeholders: " + ", ".join(f"{{{name}}}" for name in sorted(string.placeholders)))
    return Message(
        entry.source if entry.other is None else (entry.source, entry.other),
        entry.strings[0] if entry.other is None else tuple(entry.strings),
        locations=_location(string),
        flags=["fuzzy"] if entry.fuzzy else [],
        auto_comments=comments,
        user_comments=entry.comments,
        previous_id=entry.previous,
        context=entry.id,
    )


def _header(name: str | None) -> str:
    lines = ["Project-Id-Version: consentry", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8"]
    lines.append("Content-Transfer-Encoding: 8bit")
    if name is not None:
        lines += [f"Language: {name.replace('-', '_')}", f"Plural-Forms: {plural_header(name)}"]
    return 'msgid ""\nmsgstr ""\n' + "".join(f'"{line}\\n"\n' for line in lines) + "\n"


def _written(name: str | None, messages: Iterable[Message], obsolete: Iterable[Message]) -> bytes:
    # A locale gives Babel the number of msgstr[n] lines; the header proper is ours, free of dates.
    catalog = Catalog(locale=None, charset="utf-8", fuzzy=False)
    catalog.mime_headers = [("Plural-Forms", plural_header(name) if name is not None else _PLURALS["en"])]
    for message in messages:
        catalog[message.id] = message
    for message in obsolete:
        catalog.obsolete[catalog._key_for(message.id, message.context)] = message
    body = io.BytesIO()
    write_po(body, catalog, width=_NO_WRAP, omit_header=True, include_previous=True, include_lineno=False)
    return _header(name).encode() + body.getvalue().rstrip(b"\n") + b"\n"


def template_bytes(strings: Mapping[str, SourceString]) -> bytes:
    """``messages.pot``."""
    entries = [(Entry(s.id, s.text, s.other, [""] * (2 if s.other is not None else 1)), s) for s in strings.values()]
    return _written(None, [_message(entry, string) for entry, string in entries], [])


def catalog_bytes(file: CatalogFile, strings: Mapping[str, SourceString]) -> bytes:
    """``<name>.po``, sorted by id."""
    current = [_message(entry, strings.get(id_)) for id_, entry in sorted(file.entries.items())]
    return _written(file.name, current, [_message(entry, None) for entry in file.obsolete.values()])
