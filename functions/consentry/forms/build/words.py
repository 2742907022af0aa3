"""The words of one locale: catalogs from the most specific to the least, every gate on the way.

A missing translation falls back to English and is declared. A stale one blocks the locale: it says something
else than the form now means.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest

from consentry.base.build.findings import Finding
from consentry.base.faults import dotted
from consentry.forms.build.catalogs import CatalogFile, Entry, is_thin, plural_categories
from consentry.forms.build.strings import SourceString
from consentry.forms.labels import faults
from consentry.locales.build.registry import LocaleEntry

Plural = dict[str, str]


@dataclass(frozen=True)
class Word:
    """A string in a locale. ``fallback``: it is English because no translation exists.

    ``catalog`` and ``line`` say where its translation lies; empty where the English source itself is shown.
    """

    text: str | Plural
    fallback: bool
    findings: tuple[Finding, ...]
    catalog: str = ""
    line: int = 0


class LocaleWords:
    """Looks strings up by id; each id is judged once."""

    def __init__(
        self, locale: LocaleEntry, strings: Mapping[str, SourceString], catalogs: Mapping[str, CatalogFile]
    ) -> None:
        self.locale = locale
        self._strings = strings
        self._chain = [catalogs[name] for name in locale.catalogs if name in catalogs]
        self._whole = len(self._chain) == len(locale.catalogs)
        self._known: dict[str, Word] = {}

    def word(self, id_: str) -> Word:
        """The string ``id_``. Raises ``KeyError`` for an id the sources do not have."""
        if id_ not in self._known:
            self._known[id_] = self._look_up(self._strings[id_])
        return self._known[id_]

    def has(self, id_: str) -> bool:
        """True when the English sources have the id."""
        return id_ in self._strings

    def _look_up(self, string: SourceString) -> Word:
        found: list[Finding] = []
        for catalog in self._chain:
            entry = catalog.entries.get(string.id)
            if entry is None or not entry.translated:
                continue
            if entry.fuzzy or (entry.source, entry.other) != (string.text, string.other):
                found.append(self._stale(catalog, entry, string))
                break
            found += judge(catalog, entry, string, self.locale)
            return Word(_text(catalog, entry), False, tuple(found), catalog.name, entry.line)
        if self.locale.language == "en":
            return Word(string.english, False, (*found, *_judge_english(string)))
        if not found and self._whole:  # a catalog that cannot be read says so itself, once
            found.append(self._missing(string))
        return Word(string.english, True, tuple(found))

    def _stale(self, catalog: CatalogFile, entry: Entry, string: SourceString) -> Finding:
        was = entry.previous or (entry.source, entry.other or "")
        changed = [
            (old, new) for old, new in zip_longest(was, (string.text, string.other or ""), fillvalue="") if old != new
        ]
        if changed:
            message = f"translated from {changed[0][0]!r}; the English now reads {changed[0][1]!r}"
            mend = "translate it anew and remove the fuzzy mark (after `consentry content extract`)"
        else:
            message = f"marked as fuzzy: nobody has said yet that it is right; the English is {string.text!r}"
            mend = "correct it if need be, and remove the fuzzy mark"
        return Finding(catalog.path, entry.line, string.id, "stale", message, mend)

    def _missing(self, string: SourceString) -> Finding:
        full = next((c for c in self._chain if not is_thin(c.name)), self._chain[-1] if self._chain else None)
        path = full.path if full else f"forms/catalogs/{self.locale.language}.po"
        entry = full.entries.get(string.id) if full else None
        message = f"not translated; English stands in ({string.file}, {dotted(string.key)})"
        line = entry.line if entry else 0
        return Finding(path, line, string.id, "missing-label", message, "translate it", "warning")


def _text(catalog: CatalogFile, entry: Entry) -> str | Plural:
    strings = [unicodedata.normalize("NFC", text) for text in entry.strings]
    if entry.other is None:
        return strings[0]
    return dict(zip(plural_categories(catalog.name), strings, strict=False))


def judge(catalog: CatalogFile, entry: Entry, string: SourceString, locale: LocaleEntry) -> list[Finding]:
    """Everything wrong with a translation that exists."""

    def finding(rule: str, message: str, mend: str, *, warning: bool = False) -> Finding:
        severity = "warning" if warning else "error"
        return Finding(catalog.path, entry.line, string.id, rule, message, mend, severity)  # type: ignore[arg-type]

    plurals = plural_categories(catalog.name) if string.other is not None else []
    found = faults(entry.strings, plurals, string.placeholders, string.limit, locale.tag)
    return [finding(fault.rule, fault.message, fault.mend, warning=fault.warning) for fault in found]


def _judge_english(string: SourceString) -> list[Finding]:
    longest = max(len(string.text), len(string.other or ""))
    if longest <= string.limit:
        return []
    message = f"{longest} characters, and {string.limit} fit"
    return [Finding(string.file, 0, dotted(string.key), "length", message, "shorten it", "warning")]
