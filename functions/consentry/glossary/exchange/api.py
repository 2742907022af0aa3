"""Termbases in and out, for the command line and the import API. Bytes in, values out.

``read(data, name)`` → ``Imported``; ``merge(existing, imported)`` → ``Plan``; ``apply(plan)`` → concepts to write;
``export(concepts, format_, locales=…)`` → ``Exported``.
"""

from consentry.glossary.exchange.export import (
    EXPORT_FORMATS,
    CannotExport,
    Exported,
    ExportFormat,
    export,
)
from consentry.glossary.exchange.imported import Imported, ImportedConcept, RowProblem
from consentry.glossary.exchange.merge import Change, Item, NotApplicable, Plan, apply, merge
from consentry.glossary.exchange.table_read import SHAPES, read_table
from consentry.glossary.exchange.tbx_read import read_tbx
from consentry.glossary.exchange.xliff_read import read_xliff

MAX_BYTES = 50 * 1024 * 1024
"""The largest file the command line reads."""
FORMATS = ("tbx", "xliff", *SHAPES)
"""What ``format_`` may say."""

__all__ = [
    "EXPORT_FORMATS",
    "FORMATS",
    "MAX_BYTES",
    "CannotExport",
    "Change",
    "ExportFormat",
    "Exported",
    "Imported",
    "ImportedConcept",
    "Item",
    "NotApplicable",
    "Plan",
    "RowProblem",
    "apply",
    "export",
    "merge",
    "read",
]

_MARKUP = (".tbx", ".xml", ".tbxm", ".mtf", "+xml", "/xml", "x-tbx", "/tbx")
_XLIFF = (".xlf", ".xliff", ".sdlxliff", ".mqxliff", ".mxliff", "xliff+xml")
_TABLE = (".csv", ".tsv", ".tab", ".txt", "csv", "tab-separated-values", "text/plain")


def read(
    data: bytes,
    name_or_media_type: str,
    *,
    format_: str | None = None,
    locale: str | None = None,
    source_locale: str = "en",
) -> Imported:
    """Read a termbase. Never raises for what is in the bytes: what is wrong is among the problems.

    The shape is recognised by name, media type and content; ``format_`` (``FORMATS``) overrides that. ``locale`` and
    ``source_locale`` are the languages of bilingual files that do not say them.
    """
    name = name_or_media_type.partition(";")[0].strip().lower()
    if format_ == "xliff" or (format_ is None and _is_xliff(data, name)):
        return read_xliff(data, locale=locale, source_locale=source_locale)
    if format_ == "tbx" or (format_ is None and _is_tbx(data, name)):
        return read_tbx(data)
    table = "x.tsv" if name.endswith((".tsv", ".tab", "tab-separated-values")) else "x.csv"
    return read_table(data, table, shape=format_, locale=locale, source_locale=source_locale)


def _is_tbx(data: bytes, name: str) -> bool:
    return name.endswith(_MARKUP) or (not name.endswith(_TABLE) and _head(data)[:1] == b"<")


def _is_xliff(data: bytes, name: str) -> bool:
    return name.endswith(_XLIFF) or (not name.endswith(_TABLE) and b"<xliff" in _head(data)[:1000])


def _head(data: bytes) -> bytes:
    """The beginning in one byte a letter, whatever the encoding."""
    return data[:4096].replace(b"\x00", b"").lstrip(b"\xef\xbb\xff\xfe\xbf \r\n\t")
