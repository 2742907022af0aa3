"""The words of one form × market × locale, and what is known of its locale before any form."""

from typing import TYPE_CHECKING

import phonenumbers

from consentry.consent.wording import FSI, PDI
from consentry.content.build.content import Content
from consentry.forms.build.words import LocaleWords, Plural
from consentry.locales.build import names
from consentry.locales.build.registry import LocaleEntry

if TYPE_CHECKING:
    from consentry.base.build.findings import Finding


class LocaleContext:
    """What is known of a locale before any form."""

    def __init__(self, content: Content, entry: LocaleEntry) -> None:
        self.entry = entry
        self.words = LocaleWords(entry, content.strings, content.catalogs)
        self.dir = names.direction(entry)
        # A catalog that cannot be read: a full one takes its whole locale down, a thin one too (its words differ).
        self.findings = [finding for name in entry.catalogs for finding in content.catalog_findings[name]]

    @property
    def rtl(self) -> bool:
        """True for languages written from right to left."""
        return self.dir == "rtl"


class Speaker:
    """The words of one unit: remembers which were said, which fell back and what was wrong with any."""

    def __init__(self, locale: LocaleContext) -> None:
        self.locale = locale
        self.said: dict[str, None] = {}
        self.fallbacks: dict[str, None] = {}
        self.findings: list[Finding] = []

    def both(self, id_: str) -> str | Plural:
        """The string ``id_``, one text or one per plural category."""
        word = self.locale.words.word(id_)
        self.said[id_] = None
        self.findings += word.findings
        if word.fallback:
            self.fallbacks[id_] = None
        return word.text

    def say(self, id_: str) -> str:
        """The string ``id_``; of a plural, the general form."""
        text = self.both(id_)
        return text if isinstance(text, str) else text["other"]

    def maybe(self, id_: str) -> str | None:
        """The string ``id_``, or nothing where the sources have none."""
        return self.say(id_) if self.locale.words.has(id_) else None


def phone_example(country: str, *, rtl: bool) -> str:
    """A number in international form, from the numbering plan's own examples; isolated in an Arabic sentence."""
    number = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.FIXED_LINE)
    if number is None:
        return "+" + "0" * 8
    text = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return f"{FSI}{text}{PDI}" if rtl else text
