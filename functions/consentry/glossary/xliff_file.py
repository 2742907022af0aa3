"""Translations in XLIFF 1.2 and 2.x, read as they stand in it: one piece for each trans-unit or segment."""

import io
import xml.sax
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesNSImpl, Locator

import defusedxml.sax
from defusedxml.common import DefusedXmlException

from consentry.glossary.exchange.xliff_names import XLIFF_1, XLIFF_2
from consentry.glossary.pieces import FileProblem, Piece, Pieces

_CODES = frozenset({"bpt", "ept", "it", "ph"})
"""Elements of 1.2 whose content is the native code of a tag, not text."""
_APART = frozenset({"x", "ph", "sub"})
"""Elements that stand for a line break or a value, or for a text of its own: words on both sides of one are two."""


class _Xliff(ContentHandler):
    """Collects source and target of every trans-unit (1.2) or segment (2.x); inline elements count by their text."""

    def __init__(self) -> None:
        super().__init__()
        self.locale: str | None = None
        self.source_locale: str | None = None
        self.pieces: list[Piece] = []
        self.seen_root = False
        self._locator: Locator | None = None
        self._unit = ""
        self._number = 0
        self._line = 0
        self._parts: dict[str, list[str]] = {}
        self._into: str | None = None
        self._inside = 0
        self._codes: list[bool] = []
        self._apart = False
        self._alternatives = 0
        self._translated = True
        self.untranslated = 0

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
        if namespace not in {XLIFF_1, XLIFF_2, None}:
            return
        if self._into is not None:
            self._inline(local)
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
            self._into, self._inside, self._codes, self._apart = local, 0, [], False
            self._parts[local] = []
            if local == "target":
                self._line = self._at()
                self._translated = values.get("state") not in {"new", "needs-translation"}

    def endElementNS(self, name: tuple[str | None, str], _qname: str | None) -> None:  # noqa: N802 -- SAX
        local = name[1]
        if self._into is not None:
            if self._inside:
                self._inside -= 1
                self._codes.pop()
                self._apart = self._apart or local in _APART
            else:
                self._into = None
            return
        if local == "alt-trans":
            self._alternatives -= 1
        elif local in {"segment", "trans-unit"} and not self._alternatives:
            self._end()

    def characters(self, content: str) -> None:
        if self._into is not None and not (self._codes and self._codes[-1]):
            parts = self._parts[self._into]
            if self._apart and parts and parts[-1][-1:].isalnum() and content[:1].isalnum():
                parts.append(" ")
            self._apart = False
            parts.append(content)

    def _inline(self, local: str) -> None:
        self._inside += 1
        inside_code = bool(self._codes and self._codes[-1])
        # <sub>: text inside a tag's code, such as an attribute's.
        self._codes.append(local in _CODES or (inside_code and local != "sub"))
        self._apart = self._apart or local in _APART

    def _begin(self) -> None:
        self._parts = {}
        self._translated = True
        self._line = self._at()

    def _end(self) -> None:
        target = "".join(self._parts.get("target", ()))
        self.untranslated += not target or not self._translated
        if target and self._translated:
            key = f"{self._unit}[{self._number}]" if self._number > 1 else self._unit
            self.pieces.append(Piece(key, self._line, "".join(self._parts.get("source", ())), target))

    def _at(self) -> int:
        return (self._locator.getLineNumber() or 0) if self._locator else 0


def read(data: bytes) -> Pieces:
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
    missing = handler.untranslated
    notes = (f"{missing} segments are not translated, and were not checked",) if missing else ()
    return Pieces(handler.locale, handler.source_locale, tuple(handler.pieces), notes)
