"""Translation files to pieces: PO, XLIFF 1.2 and 2.x, JSON, plain text. The edge: everything here reads bytes.

Broken input is a ``FileProblem`` with the place and what to do, never a half-read file.
"""

import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from consentry.glossary.pieces import FileProblem, Piece, Pieces

MAX_BYTES = 10 * 1024 * 1024


def read_file(path: Path, source: Path | None = None) -> Pieces:
    """The pieces of a file by its ending; ``source`` is the source-language file of a JSON or text translation."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(sorted(READERS))
        raise FileProblem(f"{path}: I do not know this kind of file; known endings: {known}")
    data = _bytes(path)
    other = None if source is None else _bytes(source)
    try:
        return reader(data, other)
    except FileProblem as problem:
        raise FileProblem(f"{path}:{problem}") from None


def _bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise FileProblem(f"{path}: {size:,} bytes; the limit is {MAX_BYTES:,}: split the file")
        return path.read_bytes()
    except OSError as error:
        raise FileProblem(f"{path}: {error.strerror or error}") from None


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise FileProblem("1: this is UTF-16; save the file as UTF-8") from None
        line = data.count(b"\n", 0, error.start) + 1
        raise FileProblem(f"{line}: not UTF-8; save the file as UTF-8") from None


def read_po_bytes(data: bytes, _source: bytes | None = None) -> Pieces:
    """Translated, not fuzzy entries of a gettext catalog; plural forms are pieces of their own.

    A form is judged against the singular or the plural of its source: the first against the singular, others against
    the plural; the only form of a language without a singular (Japanese) against the plural.
    """
    # A fifth of the cold start, for one kind of file.
    from babel.messages.pofile import PoFileError, read_po  # noqa: PLC0415

    try:
        catalog = read_po(io.BytesIO(data.removeprefix(b"\xef\xbb\xbf")), abort_invalid=True)
    except PoFileError as error:
        raise FileProblem(f"{error.lineno}: {error}; mend the entry at this line") from None
    except (UnicodeDecodeError, LookupError, ValueError) as error:
        raise FileProblem(f"1: {error}; save the file as UTF-8 with a correct header") from None
    found, fuzzy, untranslated = [], 0, 0
    for message in catalog:
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, (list, tuple)) else (message.id,)
        texts = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
        fuzzy += message.fuzzy
        untranslated += not message.fuzzy and not any(texts)
        for number, text in enumerate(() if message.fuzzy else texts):
            if text:
                key = message.context or ids[0]
                key = f"{key}[{number}]" if len(ids) > 1 else key
                source = ids[0] if number == 0 and len(texts) > 1 else ids[-1]
                found.append(Piece(key, message.lineno or 0, source, text))
    locale = catalog.locale_identifier
    counts = ((fuzzy, "are fuzzy"), (untranslated, "are not translated"))
    notes = tuple(f"{number} entries {what}, and were not checked" for number, what in counts if number)
    return Pieces(locale.replace("_", "-") if locale else None, None, tuple(found), notes)


def read_xliff_bytes(data: bytes, _source: bytes | None = None) -> Pieces:
    """XLIFF 1.2 and 2.x. Entity declarations and external references are refused."""
    from consentry.glossary import xliff_file  # noqa: PLC0415 -- as above

    return xliff_file.read(data)


def read_json_bytes(data: bytes, source: bytes | None = None) -> Pieces:
    """JSON: a list of {"key", "source", "target"}, or nested texts beside a source file of the same shape.

    A list's objects may name ``id`` instead of ``key``. Of objects with a ``message`` or ``defaultMessage`` (browser
    extensions, FormatJS) that is the text; names that begin with ``@`` (ARB) are left out, ``@@locale`` is the locale.
    A plural form of a key (``item_few``) that the source does not have is judged against ``item_other``.
    """
    text = _text(data)
    value = _json(text)
    if isinstance(value, list):
        return Pieces(None, None, tuple(_pairs(value, text)))
    if not isinstance(value, Mapping):
        raise FileProblem('1: neither an object of texts nor a list; write {"key": "text"}')
    sources = dict(_leaves(_json(_text(source)))) if source is not None else {}
    lines = _Lines(text)
    found = [Piece(key, lines.of(target), _source_of(key, sources), target) for key, target in _leaves(value)]
    alone = sum(piece.source is None for piece in found) if source is not None else 0
    notes = (f"{alone} texts have no source of the same key: forbidden words only",) if alone else ()
    locale = value.get("@@locale")
    return Pieces(locale.replace("_", "-") if isinstance(locale, str) else None, None, tuple(found), notes)


_PLURAL = re.compile(r"(.+?)_(?:(?:ordinal_)?(?:zero|one|two|few|many|other)|plural|[0-9]+)")


def _source_of(key: str, sources: Mapping[str, str]) -> str | None:
    """The source of a key; i18next writes as many plural forms as a language has."""
    if key in sources:
        return sources[key]
    plural = _PLURAL.fullmatch(key)
    names = [f"{plural[1]}{ending}" for ending in ("_other", "_plural", "_1", "")] if plural else []
    return next((sources[name] for name in names if name in sources), None)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise FileProblem(f"{error.lineno}: not JSON: {error.msg}; mend the syntax at this line") from None
    except RecursionError:
        raise FileProblem("1: nested too deeply; write the texts as a flat object") from None


def _pairs(entries: list[Any], text: str) -> Iterable[Piece]:
    lines = _Lines(text)
    for number, entry in enumerate(entries):
        if not isinstance(entry, Mapping) or not isinstance(entry.get("target"), str):
            raise FileProblem(f'1: entry {number} has no "target" text; write {{"key": …, "source": …, "target": …}}')
        source = entry.get("source")
        key = entry.get("key", entry.get("id", number))
        target = entry["target"]
        yield Piece(str(key), lines.of(target), source if isinstance(source, str) else None, target)


def _leaves(value: Any, key: str = "") -> Iterable[tuple[str, str]]:
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, Mapping):
        whole = next((value[name] for name in ("message", "defaultMessage") if isinstance(value.get(name), str)), None)
        if whole is not None and key:
            yield key, whole
            return
        for name, part in value.items():
            if not str(name).startswith("@"):
                yield from _leaves(part, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _leaves(part, f"{key}[{number}]")


class _Lines:
    """The lines of texts that are asked for in the order they stand in a JSON file."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1

    def of(self, part: str) -> int:
        """The line of the next place that holds the text; of the first one, if it is written in escapes otherwise."""
        for written in (json.dumps(part, ensure_ascii=False), json.dumps(part)):
            at = self._text.find(written, self._at)
            if at >= 0:
                self._line += self._text.count("\n", self._at, at)
                self._at = at
                line = self._line
                self._at += len(written)
                return line
        return self._line


def read_text_bytes(data: bytes, source: bytes | None = None) -> Pieces:
    """Plain text, one piece a line; with a source file, line by line against it."""
    lines = _text(data).splitlines()
    sources: list[str | None] = [*_text(source).splitlines()] if source is not None else [None] * len(lines)
    if len(sources) != len(lines):
        raise FileProblem(f"1: {len(lines)} lines, but the source file has {len(sources)}; give both the same lines")
    numbered = enumerate(zip(sources, lines, strict=True), start=1)
    return Pieces(None, None, tuple(Piece(f"line {n}", n, s, t) for n, (s, t) in numbered if t.strip()))


READERS: Mapping[str, Callable[[bytes, bytes | None], Pieces]] = {
    ".po": read_po_bytes,
    ".pot": read_po_bytes,
    ".xlf": read_xliff_bytes,
    ".xliff": read_xliff_bytes,
    ".sdlxliff": read_xliff_bytes,
    ".mqxliff": read_xliff_bytes,
    ".mxliff": read_xliff_bytes,
    ".json": read_json_bytes,
    ".arb": read_json_bytes,
    ".txt": read_text_bytes,
    ".md": read_text_bytes,
}
"""By the ending of the file's name; the second argument is the source file of a JSON or text translation."""
