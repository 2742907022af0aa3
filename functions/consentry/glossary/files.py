"""Translation files to segments: PO, XLIFF 1.2 and 2.0, JSON, plain text. The edge: everything here reads bytes.

Broken input is a ``FileProblem`` with the place and what to do, never a half-read file.
"""

import io
import json
import xml.sax
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesNSImpl, Locator

import defusedxml.sax
from babel.messages.pofile import PoFileError, read_po
from defusedxml.common import DefusedXmlException

MAX_BYTES = 10 * 1024 * 1024


class FileProblem(Exception):
    """A file that cannot be read; the message says where and how to mend it."""


@dataclass(frozen=True)
class Segment:
    """One source text and its translation. ``source`` is None where the file has none; ``line`` counts from 1."""

    key: str
    line: int
    source: str | None
    target: str


@dataclass(frozen=True)
class Segments:
    """What a file holds; ``locale`` and ``source_locale`` where the file says them."""

    locale: str | None
    source_locale: str | None
    segments: tuple[Segment, ...]


def read_file(path: Path, source: Path | None = None) -> Segments:
    """Segments of a file by its ending; ``source`` is the source-language file of a JSON or text translation."""
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(sorted(_READERS))
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
        line = data.count(b"\n", 0, error.start) + 1
        raise FileProblem(f"{line}: not UTF-8; save the file as UTF-8") from None


def read_po_bytes(data: bytes, _source: bytes | None = None) -> Segments:
    """Translated, not fuzzy entries of a gettext catalog; plural forms are segments of their own."""
    try:
        catalog = read_po(io.BytesIO(data), abort_invalid=True)
    except PoFileError as error:
        raise FileProblem(f"{error.lineno}: {error}; mend the entry at this line") from None
    except (UnicodeDecodeError, LookupError, ValueError) as error:
        raise FileProblem(f"1: {error}; save the file as UTF-8 with a correct header") from None
    found = []
    for message in catalog:
        if not message.id or message.fuzzy:
            continue
        ids = message.id if isinstance(message.id, (list, tuple)) else (message.id,)
        texts = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
        for number, text in enumerate(texts):
            if text:
                key = message.context or ids[0]
                key = f"{key}[{number}]" if len(texts) > 1 else key
                source = ids[0] if number == 0 else ids[-1]
                found.append(Segment(key, message.lineno or 0, source, text))
    locale = catalog.locale_identifier
    return Segments(locale.replace("_", "-") if locale else None, None, tuple(found))


_XLIFF_1 = "urn:oasis:names:tc:xliff:document:1.2"
_XLIFF_2 = "urn:oasis:names:tc:xliff:document:2.0"


class _Xliff(ContentHandler):
    """Collects source and target of every trans-unit (1.2) or segment (2.0); inline elements count by their text."""

    def __init__(self) -> None:
        super().__init__()
        self.locale: str | None = None
        self.source_locale: str | None = None
        self.segments: list[Segment] = []
        self.seen_root = False
        self._locator: Locator | None = None
        self._unit = ""
        self._number = 0
        self._line = 0
        self._parts: dict[str, list[str]] = {}
        self._into: str | None = None
        self._inside = 0
        self._alternatives = 0

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802 -- SAX
        self._locator = locator

    def startElementNS(  # noqa: N802 -- SAX
        self, name: tuple[str | None, str], _qname: str | None, attrs: AttributesNSImpl
    ) -> None:
        namespace, local = name
        values = {key[1]: value for key, value in attrs.items()}
        if not self.seen_root:
            if local != "xliff":
                raise FileProblem(f"{self._at()}: the root element is <{local}>, not <xliff>")
            self.seen_root = True
        if namespace not in {_XLIFF_1, _XLIFF_2, None}:
            return
        if self._into is not None:
            self._inside += 1
            return
        if local == "alt-trans":
            self._alternatives += 1
        if self._alternatives:
            return
        if local in {"xliff", "file"}:
            self.locale = values.get("trgLang") or values.get("target-language") or self.locale
            self.source_locale = values.get("srcLang") or values.get("source-language") or self.source_locale
        elif local in {"unit", "trans-unit"}:
            self._unit, self._number = values.get("resname") or values.get("name") or values.get("id", ""), 0
            self._begin()
        elif local == "segment":
            self._number += 1
            self._begin()
        elif local in {"source", "target"}:
            self._into, self._inside = local, 0
            self._parts[local] = []
            if local == "target":
                self._line = self._at()

    def endElementNS(self, name: tuple[str | None, str], _qname: str | None) -> None:  # noqa: N802 -- SAX
        local = name[1]
        if self._into is not None:
            if self._inside:
                self._inside -= 1
            else:
                self._into = None
            return
        if local == "alt-trans":
            self._alternatives -= 1
        elif local in {"segment", "trans-unit"} and not self._alternatives:
            self._end()

    def characters(self, content: str) -> None:
        if self._into is not None:
            self._parts[self._into].append(content)

    def _begin(self) -> None:
        self._parts = {}
        self._line = self._at()

    def _end(self) -> None:
        target = "".join(self._parts.get("target", ()))
        if target:
            key = f"{self._unit}[{self._number}]" if self._number > 1 else self._unit
            self.segments.append(Segment(key, self._line, "".join(self._parts.get("source", ())), target))

    def _at(self) -> int:
        return (self._locator.getLineNumber() or 0) if self._locator else 0


def read_xliff_bytes(data: bytes, _source: bytes | None = None) -> Segments:
    """XLIFF 1.2 and 2.x. Entity declarations and external references are refused."""
    handler = _Xliff()
    parser = defusedxml.sax.make_parser()
    parser.forbid_dtd = True
    parser.setFeature(xml.sax.handler.feature_namespaces, True)
    parser.setContentHandler(handler)
    try:
        parser.parse(io.BytesIO(data))
    except DefusedXmlException:
        raise FileProblem("1: a document type or entities are declared; export the file without a DTD") from None
    except xml.sax.SAXParseException as error:
        raise FileProblem(f"{error.getLineNumber()}: not XML: {error.getMessage()}; export the file again") from None
    except (ValueError, LookupError) as error:
        raise FileProblem(f"1: {error}; save the file as UTF-8") from None
    return Segments(handler.locale, handler.source_locale, tuple(handler.segments))


def read_json_bytes(data: bytes, source: bytes | None = None) -> Segments:
    """JSON: a list of {"key", "source", "target"}, or nested texts beside a source file of the same shape.

    A list's objects may name ``id`` instead of ``key``. Lines are those of the first line that holds the text.
    """
    text = _text(data)
    value = _json(text)
    if isinstance(value, list):
        return Segments(None, None, tuple(_pairs(value, text)))
    sources = dict(_leaves(_json(_text(source)))) if source is not None else {}
    found = [Segment(key, _line_of(text, target), sources.get(key), target) for key, target in _leaves(value)]
    return Segments(None, None, tuple(found))


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise FileProblem(f"{error.lineno}: not JSON: {error.msg}; mend the syntax at this line") from None
    except RecursionError:
        raise FileProblem("1: nested too deeply; write the texts as a flat object") from None


def _pairs(entries: list[Any], text: str) -> Iterable[Segment]:
    for number, entry in enumerate(entries):
        if not isinstance(entry, Mapping) or not isinstance(entry.get("target"), str):
            raise FileProblem(f'1: entry {number} has no "target" text; write {{"key": …, "source": …, "target": …}}')
        source = entry.get("source")
        key = entry.get("key", entry.get("id", number))
        target = entry["target"]
        yield Segment(str(key), _line_of(text, target), source if isinstance(source, str) else None, target)


def _leaves(value: Any, key: str = "") -> Iterable[tuple[str, str]]:
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _leaves(part, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _leaves(part, f"{key}[{number}]")


def _line_of(text: str, part: str) -> int:
    at = text.find(json.dumps(part, ensure_ascii=False)[1:-1])
    if at < 0:
        at = text.find(json.dumps(part)[1:-1])
    return text.count("\n", 0, at) + 1 if at >= 0 else 1


def read_text_bytes(data: bytes, source: bytes | None = None) -> Segments:
    """Plain text, one segment a line; with a source file, line by line against it."""
    lines = _text(data).splitlines()
    sources: list[str | None] = [*_text(source).splitlines()] if source is not None else [None] * len(lines)
    if len(sources) != len(lines):
        raise FileProblem(f"1: {len(lines)} lines, but the source file has {len(sources)}; give both the same lines")
    numbered = enumerate(zip(sources, lines, strict=True), start=1)
    return Segments(None, None, tuple(Segment(f"line {n}", n, s, t) for n, (s, t) in numbered if t.strip()))


_READERS: Mapping[str, Callable[[bytes, bytes | None], Segments]] = {
    ".po": read_po_bytes,
    ".pot": read_po_bytes,
    ".xlf": read_xliff_bytes,
    ".xliff": read_xliff_bytes,
    ".json": read_json_bytes,
    ".txt": read_text_bytes,
    ".md": read_text_bytes,
}
