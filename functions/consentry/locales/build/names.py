"""Names from CLDR (Babel) and ISO (pycountry): countries, regions, languages; directions."""

import gettext
from collections.abc import Sequence
from functools import lru_cache

import pycountry
from babel import Locale

from consentry.locales.build.collation import sort_key
from consentry.locales.build.registry import LocaleEntry

# Uninhabited: nobody practises there.
_UNINHABITED = {"US-UM"}
# Where iso-codes lacks a name or spells it other than the place itself does.
_REGION_NAMES = {
    ("ar", "CA-QC"): "كيبيك",
    ("ar", "US-CA"): "كاليفورنيا",
    ("fr", "CA-NB"): "Nouveau-Brunswick",
    ("fr", "CA-NT"): "Territoires du Nord-Ouest",
    ("fr", "CA-PE"): "Île-du-Prince-Édouard",
    ("it", "CA-QC"): "Québec",
}
# Countries whose first-level subdivision a professional is asked for.
REGIONS = {"US": {"State", "District", "Outlying area"}, "CA": {"Province", "Territory"}}


def direction(locale: LocaleEntry) -> str:
    """``ltr`` or ``rtl``."""
    return str(Locale.parse(locale.cldr).text_direction)


def country_name(code: str, locale: LocaleEntry) -> str | None:
    """CLDR's name of an ISO 3166-1 country."""
    name: str | None = Locale.parse(locale.cldr).territories.get(code)
    return name


def country_options(codes: Sequence[str], locale: LocaleEntry) -> list[tuple[str, str]]:
    """Countries, named and sorted as their reader expects."""
    return by_label([(code, country_name(code, locale) or code) for code in codes], locale.language)


@lru_cache(maxsize=8)
def region_codes(country: str) -> tuple[str, ...]:
    """The part of ISO 3166-2 after the hyphen, sorted; empty for countries whose regions are not asked."""
    types = REGIONS.get(country, set())
    found = pycountry.subdivisions.get(country_code=country) if types else ()  # type: ignore[no-untyped-call]
    return tuple(sorted(s.code.partition("-")[2] for s in found if s.type in types and s.code not in _UNINHABITED))


@lru_cache(maxsize=32)
def _translation(language: str) -> gettext.NullTranslations:
    return gettext.translation("iso3166-2", pycountry.LOCALES_DIR, languages=[language], fallback=True)


def region_name(country: str, region: str, locale: LocaleEntry) -> str | None:
    """The subdivision in the reader's language (CLDR for territories, else iso-codes), else in English."""
    code = f"{country}-{region}"
    if (locale.language, code) in _REGION_NAMES:
        return _REGION_NAMES[locale.language, code]
    subdivision = pycountry.subdivisions.get(code=code)  # type: ignore[no-untyped-call]
    if subdivision is None:
        return None
    if subdivision.type == "Outlying area":  # Puerto Rico and the like are ISO 3166-1 entries too
        return country_name(region, locale)
    return _translation(locale.language).gettext(subdivision.name)


def region_options(country: str, locale: LocaleEntry) -> list[tuple[str, str]]:
    """States, provinces and territories, sorted as their reader expects."""
    named = [(code, region_name(country, code, locale) or code) for code in region_codes(country)]
    return by_label(named, locale.language)


def place_name(country: str, region: str | None, locale: LocaleEntry) -> str:
    """``Kanada``, ``Kanada (Québec)``."""
    name = country_name(country, locale) or country
    if region is None:
        return name
    return f"{name} ({region_name(country, region, locale) or region})"


def endonym(locale: LocaleEntry) -> str:
    """The locale's name in its own words: ``Deutsch (Schweiz)``."""
    cldr = Locale.parse(locale.cldr)
    language = cldr.languages.get(locale.language, locale.language)
    territory = locale.tag.rpartition("-")[2]
    name = cldr.territories.get(territory)
    text = f"{language} ({name})" if name and territory != locale.tag else str(language)
    return text[:1].upper() + text[1:]


def by_label(options: list[tuple[str, str]], language: str) -> list[tuple[str, str]]:
    """Options sorted by label; ``other`` last."""
    key = sort_key(language)
    return sorted(options, key=lambda option: (option[0] == "other", key(option[1]), option[0]))
