"""XML for jobs: texts with protected codes written by hand, documents from strangers read without entities."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError
from xml.sax.saxutils import escape, quoteattr

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException

from consentry.content.jobs.model import CODE, JobProblem, check_size

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def local(element: "Element") -> str:
    """The name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def namespace(element: "Element") -> str:
    """The namespace, or an empty string."""
    return element.tag[1:].partition("}")[0] if element.tag.startswith("{") else ""


def attribute(element: "Element", name: str) -> str:
    """An attribute in whatever namespace a tool put it."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def text_xml(text: str) -> str:
    """Character data. A carriage return is written as a reference, or a reader would make it a line feed.

    Raises:
        JobProblem: a control character that XML cannot hold.
    """
    found = _UNWRITABLE.search(text)
    if found:
        raise JobProblem(f"U+{ord(found.group()):04X} in {text[:40]!r} cannot be written in XML: mend the string first")
    return escape(text, {"\r": "&#13;"})


def attribute_xml(text: str) -> str:
    """A quoted attribute value."""
    text_xml(text)
    return quoteattr(text, {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;"})


def coded(text: str, source: str, code: Callable[[int, str], str]) -> str:
    """``text`` as XML, each placeholder by ``code``: the number it has in ``source``, from 1, and what stands there.

    Tools tell by the number which code of the translation is which of the source; the order may differ.
    """
    numbers = list(enumerate(CODE.findall(source), start=1))
    following = len(numbers) + 1
    parts, at = [], 0
    for found in CODE.finditer(text):
        number = next((number for number, held in numbers if held == found.group()), 0)
        if number:
            numbers.remove((number, found.group()))
        else:
            number, following = following, following + 1
        parts += [text_xml(text[at : found.start()]), code(number, found.group())]
        at = found.end()
    return "".join([*parts, text_xml(text[at:])])


def plain(element: "Element", code: Callable[["Element"], str | None]) -> str:
    """Text of an element with its codes put back: ``code`` gives a code's text, None for mere markup."""
    parts = [element.text or ""]
    for child in element:
        said = code(child)
        parts += [plain(child, code) if said is None else said, child.tail or ""]
    return "".join(parts)


def codes(text: str) -> list[str]:
    """The placeholders of a text in its order."""
    return CODE.findall(text)


def parse(data: bytes) -> "Element":
    """The root element. Document types, entities and external references are refused.

    Raises:
        JobProblem: too large, not XML, or with a document type.
    """
    check_size(data)
    try:
        root: Element = defusedxml.ElementTree.fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        raise JobProblem("a document type or entities are declared; export the file without a DTD") from None
    except ParseError as error:
        line, column = error.position
        raise JobProblem(f"line {line}, column {column + 1}: not XML ({error.msg}); export the file again") from None
    except (ValueError, LookupError) as error:
        raise JobProblem(f"{error}; save the file as UTF-8") from None
    return root


def attributes(values: Mapping[str, str] | Iterable[tuple[str, str]]) -> str:
    """`` name="value"`` for every value that is not empty."""
    pairs = values.items() if isinstance(values, Mapping) else values
    return "".join(f" {name}={attribute_xml(value)}" for name, value in pairs if value)
