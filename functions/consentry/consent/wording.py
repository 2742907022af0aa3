"""The words of a legal text as they are shown: slots filled, one canonical plain text, its digest.

The compiler and the translators' API both go through here, so that what is approved is what is published.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from consentry.base.canonical import digest
from consentry.consent.models import Text

Slots = Callable[[str], str | None]
"""A controller's words for a slot in one locale; ``None`` when there are none."""

FSI = "\u2068"  # first strong isolate
PDI = "\u2069"  # pop directional isolate

LONGEST = {"notice": 3200, "statement": 800}
"""Characters of a canonical text that a phone and the size budget bear."""
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


@dataclass(frozen=True)
class Objection:
    """What stands against publishing a text that can be rendered. A ``warning`` holds nothing back."""

    key: tuple[str | int, ...]
    rule: str
    message: str
    mend: str
    warning: bool = False


def objections(text: Text, shown: Rendered, locale: str) -> list[Objection]:
    """Against the words themselves, wherever they are shown."""
    found = []
    if locale == "de-CH" and "ß" in shown.canonical:
        at = ("label",) if "ß" in shown.label else ("paragraphs",)
        found.append(Objection(at, "eszett", "Swiss German has no ß", "write ss, here or in the controller's data"))
    passages = [text.label.text, *(p.text for p in text.paragraphs)]
    if not any("{controller.name}" in passage for passage in passages):
        mend = "write {controller.name} in the label or a paragraph"
        found.append(Objection(("label",), "controller", "the text does not name the controller", mend))
    length = len(shown.canonical)
    if length > LONGEST[text.kind]:
        message = f"{length} characters; {LONGEST[text.kind]} is what a phone and the size budget bear"
        found.append(Objection((), "length", message, "shorten it", warning=True))
    return found


def lacking_elements(text: Text, required: Iterable[str], market: str) -> list[Objection]:
    """Against showing the text in ``market``, whose law asks for ``required``."""
    lacking = sorted(set(required) - text.covers)
    if not lacking:
        return []
    message = f"{market} requires what no passage covers: {', '.join(lacking)}"
    mend = "state it and name it under `covers:` of the passage that does"
    return [Objection(("paragraphs",), "elements", message, mend)]


@dataclass(frozen=True)
class Fault:
    """A place that cannot be rendered: ``subject`` is the slot without words, or the address that is none."""

    key: tuple[str | int, ...]
    rule: Literal["slot", "link"]
    subject: str


def rendered(text: Text, value: Slots, *, rtl: bool) -> tuple[Rendered, list[Fault]]:
    """``text`` with its slots filled. With faults it is for reading only and must not be published.

    Addresses are filled without isolates: they are followed, not only read.
    """
    faults: list[Fault] = []

    def filled(template: str, key: tuple[str | int, ...], *, isolate: bool = rtl) -> str:
        words, unfilled = fill(template, value, isolate=isolate)
        faults.extend(Fault(key, "slot", slot) for slot in unfilled)
        return words

    links = []
    for index, link in enumerate(text.links):
        url = filled(link.url, ("links", index, "url"), isolate=False)
        if not url.startswith("https://") or any(c.isspace() for c in url):
            faults.append(Fault(("links", index, "url"), "link", url))
        links.append((filled(link.text, ("links", index, "text")), url))
    made = Rendered(
        filled(text.label.text, ("label", "text")),
        tuple(filled(p.text, ("paragraphs", i, "text")) for i, p in enumerate(text.paragraphs)),
        tuple(links),
    )
    return made, faults


def fill(text: str, value: Slots, *, isolate: bool) -> tuple[str, list[str]]:
    """Fill ``{controller.<slot>}`` with ``value(<slot>)``. The second value names slots that could not be filled.

    With ``isolate`` each value stands between U+2068 and U+2069, so that a Latin name does not reorder an
    Arabic sentence. The result is NFC.
    """
    unfilled: list[str] = []

    def put(match: re.Match[str]) -> str:
        scope, _, name = match.group(1).partition(".")
        found = value(name) if scope == "controller" else None
        if found is None:
            unfilled.append(match.group(1))
            return match.group()
        return f"{FSI}{found}{PDI}" if isolate else found

    filled = _SLOT.sub(put, text)
    if "{" in _SLOT.sub("", text) or "}" in _SLOT.sub("", text):
        unfilled.append("a single brace")
    return unicodedata.normalize("NFC", filled), unfilled
