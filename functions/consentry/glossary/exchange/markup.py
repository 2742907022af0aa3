"""XML from strangers as small trees, one entry at a time, with lines. No entities, nothing fetched, no deep nesting."""

import io
import re
import xml.sax
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesNSImpl, Locator

import defusedxml.sax
from defusedxml.common import DefusedXmlException

from consentry.glossary.exchange.imported import RowProblem

XML = "http://www.w3.org/XML/1998/namespace"
_DEPTH = 60


@dataclass(slots=True)
class Node:
    """An element. ``name`` without its namespace; attributes of no namespace by name, others by ``{namespace}name``."""

    namespace: str
    name: str
    line: int
    attributes: dict[str, str]
    children: list["Node"] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    """Its text and its children's in reading order; a child's own pieces are in the child as well."""

    @property
    def text(self) -> str:
        """All text in it, line ends and runs of blanks as one blank."""
        return re.sub("[ \t\r\n]+", " ", "".join(self.pieces)).strip(" ")

    @property
    def lang(self) -> str | None:
        """Its ``xml:lang``."""
        return self.attributes.get(f"{{{XML}}}lang")

    def get(self, name: str, default: str = "") -> str:
        """An attribute's value."""
        return self.attributes.get(name, default)

    def named(self, *names: str) -> Iterator["Node"]:
        """Its children of these names."""
        return (child for child in self.children if child.name in names)

    def walk(self) -> Iterator["Node"]:
        """Every element in it, in order."""
        for child in self.children:
            yield child
            yield from child.walk()


class Broken(Exception):
    """The file cannot be read any further."""

    def __init__(self, line: int, rule: str, what: str, mend: str) -> None:
        super().__init__(what)
        self.problem = RowProblem(line, "", rule, what, mend)


class _Trees(ContentHandler):
    def __init__(self, entries: frozenset[str], take: Callable[[Node], None], open_: Callable[[Node], None]) -> None:
        super().__init__()
        self._entries = entries
        self._take = take
        self._open = open_
        self._locator: Locator | None = None
        self._depth = 0
        self._stack: list[Node] = []

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802 -- SAX
        self._locator = locator

    def line(self) -> int:
        return (self._locator.getLineNumber() or 0) if self._locator else 0

    def startElementNS(  # noqa: N802 -- SAX
        self, name: tuple[str | None, str], _qname: str | None, attrs: AttributesNSImpl
    ) -> None:
        self._depth += 1
        if self._depth > _DEPTH:
            message = f"elements lie more than {_DEPTH} deep in each other"
            raise Broken(self.line(), "too-deep", message, "export the file again; no termbase nests like this")
        values = {(f"{{{key[0]}}}{key[1]}" if key[0] else key[1]): value for key, value in attrs.items()}
        node = Node(name[0] or "", name[1], self.line(), values)
        if self._stack:
            self._stack[-1].children.append(node)
            self._stack.append(node)
        elif node.name in self._entries:
            self._stack.append(node)
        else:
            self._open(node)

    def endElementNS(self, name: tuple[str | None, str], _qname: str | None) -> None:  # noqa: ARG002, N802 -- SAX
        self._depth -= 1
        if self._stack:
            node = self._stack.pop()
            if self._stack:
                self._stack[-1].pieces.extend(node.pieces)
            else:
                self._take(node)

    def characters(self, content: str) -> None:
        if self._stack:
            self._stack[-1].pieces.append(content)

    def skippedEntity(self, name: str) -> None:  # noqa: N802 -- SAX
        message = f"&{name}; means nothing without the document type, which is never fetched"
        raise Broken(self.line(), "entity", message, "write the character itself, and export again")


def read_entries(
    data: bytes, entries: frozenset[str], take: Callable[[Node], None], open_: Callable[[Node], None]
) -> None:
    """Call ``take`` with each element named in ``entries`` (outermost), ``open_`` with every element around them.

    Raises:
        Broken: not XML, declares entities, or wrongly encoded; what was taken before must not be used alone.

    """
    handler = _Trees(entries, take, open_)
    # A document type by its name is what older TBX begins with; it is passed over, never fetched. Entities are refused,
    # and with them the only other way out of the file.
    parser = defusedxml.sax.make_parser()
    parser.forbid_dtd = False
    parser.forbid_entities = True
    parser.forbid_external = False
    parser.setFeature(xml.sax.handler.feature_external_ges, False)
    parser.setFeature(xml.sax.handler.feature_namespaces, True)
    parser.setContentHandler(handler)
    _check_encoding(data)
    try:
        parser.parse(io.BytesIO(data))  # in pieces: a tree of one entry at a time
    except DefusedXmlException:
        message = "the file declares entities, which can blow up or read other files"
        raise Broken(handler.line() or 1, "entity", message, "export it without a DOCTYPE that declares any") from None
    except xml.sax.SAXParseException as error:
        raise Broken(
            error.getLineNumber() or 1, "not-xml", f"not XML: {error.getMessage()}", "export it again"
        ) from None
    except (ValueError, LookupError) as error:
        raise Broken(1, "encoding", f"the encoding cannot be read: {error}", "save the file as UTF-8") from None


_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


def _check_encoding(data: bytes) -> None:
    """Say in plain words what expat would call an invalid token."""
    if not data.strip():
        raise Broken(1, "empty", "the file is empty", "export it again")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return
    if b"\x00" in data[:64]:
        raise Broken(1, "encoding", "UTF-16 without a byte order mark", "save the file as UTF-8")
    declared = _DECLARED.match(data.removeprefix(b"\xef\xbb\xbf")[:200])
    if declared is None or declared[1].lower() in {b"utf-8", b"utf8"}:
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise not_utf8(data, error) from None
    elif declared[1].lower().startswith(b"utf-16"):
        raise Broken(1, "encoding", "the file says UTF-16 and is not", "save it as UTF-8 and let it say so")


def not_utf8(data: bytes, error: UnicodeDecodeError) -> Broken:
    """Where the first wrong byte is, and what it probably was."""
    line = data.count(b"\n", 0, error.start) + 1
    byte = data[error.start : error.start + 1]
    around = data[max(0, error.start - 12) : error.start].decode("utf-8", "replace").rpartition("\n")[2]
    was = byte.decode("cp1252", "replace")
    guess = f"; in Windows-1252 it would be “{was}”" if was.isalpha() else ""
    message = f"byte 0x{byte.hex().upper()} after “{around}” is not UTF-8{guess}"
    return Broken(line, "encoding", message, "open the file with its right encoding and save it as UTF-8")
