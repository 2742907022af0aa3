"""From a text with slots to the canonical plain text: the bytes whose digest is the proof of what was shown."""

import re
import unicodedata
from dataclasses import dataclass

from consentry.base.build.findings import Finding
from consentry.base.build.source import Key, Source
from consentry.base.canonical import digest
from consentry.consent.build.models import SLOTS, Controller, Text

FSI = "\u2068"  # first strong isolate
PDI = "\u2069"  # pop directional isolate

_SLOT = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Rendered:
    """A text with its slots filled. ``canonical`` is what every dialect shows, line by line."""

    label: str
    paragraphs: tuple[str, ...]
    links: tuple[tuple[str, str], ...]

    @property
    def canonical(self) -> str:
        """Label, paragraphs and ``text: url`` lines, joined by line feeds."""
        return "\n".join([self.label, *self.paragraphs, *(f"{text}: {url}" for text, url in self.links)])

    @property
    def digest(self) -> str:
        """``sha256-…`` of the canonical text in UTF-8."""
        return digest(self.canonical.encode("utf-8"))


def fill(text: str, controller: Controller, locale: str, *, isolate: bool) -> tuple[str, list[str]]:
    """Fill ``{controller.…}`` slots. The second value names slots that could not be filled.

    With ``isolate`` each value stands between U+2068 and U+2069, so that a Latin name does not reorder an
    Arabic sentence. The result is NFC.
    """
    unfilled: list[str] = []

    def put(match: re.Match[str]) -> str:
        scope, _, name = match.group(1).partition(".")
        value = controller.value(name, locale) if scope == "controller" else None
        if value is None:
            unfilled.append(match.group(1))
            return match.group()
        return f"{FSI}{value}{PDI}" if isolate else value

    filled = _SLOT.sub(put, text)
    if "{" in _SLOT.sub("", text) or "}" in _SLOT.sub("", text):
        unfilled.append("a single brace")
    return unicodedata.normalize("NFC", filled), unfilled


def render(
    source: Source, text: Text, controller: Controller, locale: str, *, rtl: bool
) -> tuple[Rendered | None, list[Finding]]:
    """``text`` with its slots filled from ``controller``; a slot without words in ``locale`` is a finding.

    Addresses are filled without isolates: they are followed, not only read.
    """
    found: list[Finding] = []

    def filled(template: str, key: Key, *, isolate: bool = rtl) -> str:
        words, unfilled = fill(template, controller, locale, isolate=isolate)
        for slot in unfilled:
            known = slot.partition(".")[2] in SLOTS and slot.startswith("controller.")
            where = f"consent_texts/controllers/{controller.controller}.yaml"
            message = f"the slot {{{slot}}} has no words in {locale}" if known else f"there is no slot {{{slot}}}"
            mend = f"add {locale} to it in {where}" if known else "use {controller.<key>} with a key of the controller"
            found.append(source.finding(key, "slot", message, mend))
        return words

    links = []
    for index, link in enumerate(text.links):
        url = filled(link.url, ("links", index, "url"), isolate=False)
        if not url.startswith("https://") or any(c.isspace() for c in url):
            message = f"{url!r} is not an https address"
            found.append(source.finding(("links", index, "url"), "link", message, "write an address with https://"))
        links.append((filled(link.text, ("links", index, "text")), url))
    rendered = Rendered(
        filled(text.label.text, ("label", "text")),
        tuple(filled(p.text, ("paragraphs", i, "text")) for i, p in enumerate(text.paragraphs)),
        tuple(links),
    )
    return (None if found else rendered), found
