"""What the release says about translations, as editors meet it: strings, catalogs, units, controllers. Pure.

``editorial/workbench.json`` is written by the content build and read here; a label's words come from its catalogs with
the store's documents laid over them.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

Words = str | dict[str, str]
"""One text, or one per CLDR plural category (of a source: ``one`` and ``other``)."""

CATALOGS = "forms/catalogs"


class LocaleFacts(TypedDict):
    """``catalogs`` most specific first; none means the English source."""

    catalogs: list[str]
    rtl: bool


class Made(TypedDict):
    """A translation and the English it was made from."""

    source: Words
    target: Words


class CatalogFacts(TypedDict):
    """A catalog as its file stands. A ``thin`` one holds only what differs from the next in a locale's chain."""

    plurals: list[str]
    thin: bool
    entries: dict[str, Made]


class StringFacts(TypedDict):
    """An English string: ``limit`` in characters, ``where`` in words."""

    source: Words
    limit: int
    where: str
    placeholders: list[str]


class UnitEntry(TypedDict):
    """One form × market × locale. ``texts`` maps a legal text to the elements it must state there."""

    controller: str
    parents: list[str]
    strings: int
    """Index into ``shown``."""
    texts: dict[str, list[str]]
    findings: list[dict[str, str]]


class Facts(TypedDict):
    """The file."""

    release: NotRequired[str]
    locales: dict[str, LocaleFacts]
    catalogs: dict[str, CatalogFacts]
    strings: dict[str, StringFacts]
    units: dict[str, UnitEntry]
    shown: list[list[str]]
    controllers: dict[str, dict[str, Any]]
    published: dict[str, dict[str, str]]


@dataclass(frozen=True)
class Place:
    """A form × market × locale and what it shows."""

    form: str
    market: str
    locale: str
    facts: UnitEntry

    @property
    def unit(self) -> str:
        """``form/market/locale``."""
        return f"{self.form}/{self.market}/{self.locale}"


def _place(unit: str, entry: UnitEntry) -> Place:
    form, market, locale = unit.split("/")
    return Place(form, market, locale, entry)


@dataclass(frozen=True)
class Resolved:
    """Where a string's words in a locale come from. ``made`` None: there are none; English stands in, or is right."""

    catalog: str | None
    made: Made | None
    stale: bool = False


class Workbench:
    """The release's facts with their look-ups."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.places = [_place(unit, entry) for unit, entry in facts["units"].items()]
        self._strings = [frozenset(strings) for strings in facts["shown"]]
        self._where: dict[tuple[str, str], tuple[Place, ...]] = {}

    def strings_of(self, place: Place) -> frozenset[str]:
        """Ids of the strings that a unit shows."""
        return self._strings[place.facts["strings"]]

    def chain(self, locale: str) -> list[str]:
        """A locale's catalogs; of a catalog's own name, itself and the ones behind it."""
        if locale in self.facts["locales"]:
            return self.facts["locales"][locale]["catalogs"]
        for facts in self.facts["locales"].values():
            if locale in facts["catalogs"]:
                return facts["catalogs"][facts["catalogs"].index(locale) :]
        return []

    def catalog_of(self, locale: str) -> str | None:
        """The catalog that a change for ``locale`` (or a catalog's name) goes into; None for English and strangers."""
        return next(iter(self.chain(locale)), None)

    def filed(self, catalog: str, id_: str) -> Made | None:
        """What the release's catalog says."""
        held = self.facts["catalogs"].get(catalog)
        return held["entries"].get(id_) if held is not None else None

    def locales_of(self, catalog: str) -> list[str]:
        """Locales that read a catalog."""
        return [tag for tag, facts in self.facts["locales"].items() if catalog in facts["catalogs"]]

    def resolve(self, locale: str, id_: str, over: Mapping[str, Made]) -> Resolved:
        """A string's words in a locale; ``over`` holds the store's approved words by document path."""
        current = self.facts["strings"][id_]["source"]
        for name in self.chain(locale):
            made = newer(over.get(label_path(name, id_)), self.filed(name, id_), current)
            if made is not None:
                return Resolved(name, made, stale=made["source"] != current)
        return Resolved(None, None)

    def showing(self, catalog: str, id_: str, over: Mapping[str, Made]) -> tuple[Place, ...]:
        """The units that show the string with the words of this catalog, or would if it had any."""
        key = (catalog, id_)
        if over or key not in self._where:
            found = tuple(self._showing(catalog, id_, over))
            if over:
                return found
            self._where[key] = found
        return self._where[key]

    def _showing(self, catalog: str, id_: str, over: Mapping[str, Made]) -> Iterator[Place]:
        nearer: dict[str, bool] = {}
        for tag in self.locales_of(catalog):
            chain = self.chain(tag)
            before = chain[: chain.index(catalog)]
            held = self.facts["catalogs"]
            nearer[tag] = any(
                label_path(name, id_) in over or id_ in held[name]["entries"] for name in before if name in held
            )
        for place in self.places:
            if nearer.get(place.locale) is False and id_ in self.strings_of(place):
                yield place

    def showing_text(self, market: str, text: str, locale: str) -> list[Place]:
        """The units that show a text of ``market``'s folder: its own, and those of overlays that may inherit it."""
        return [
            place
            for place in self.places
            if place.locale == locale
            and text in place.facts["texts"]
            and (place.market == market or market in place.facts["parents"])
        ]

    def slot(self, controller: str, slot: str, locale: str) -> str | None:
        """A controller's words for a slot; no other locale stands in."""
        held = self.facts["controllers"].get(controller, {}).get(slot)
        return held if isinstance(held, str) or held is None else held.get(locale)


def newer(stored: Made | None, filed: Made | None, current: Words) -> Made | None:
    """The store's words go before the release's, unless only the release's are of the English as it is now."""
    if stored is None or (filed is not None and filed["source"] == current != stored["source"]):
        return filed
    return stored


def sides(source: Words, target: Words) -> list[tuple[str, str]]:
    """Each form of a translation that has words beside its English, no pair twice: ``one`` is of the singular."""
    forms = {"": target} if isinstance(target, str) else target
    english = {"one": source, "other": source} if isinstance(source, str) else source
    pairs = ((english["one" if form in ("", "one") else "other"], words) for form, words in forms.items() if words)
    return list(dict.fromkeys(pairs))


def approved_words(labels: Mapping[str, Mapping[str, Any]]) -> dict[str, Made]:
    """Approved words of labels by document path, of the documents' bodies."""
    return {path: body["published"] for path, body in labels.items() if body.get("published") is not None}


def label_path(catalog: str, id_: str) -> str:
    """The document of a label."""
    return f"{CATALOGS}/{catalog}#{id_}"


def source_digest(source: Words) -> str:
    """What a translation binds: the English it was made from, both forms of a plural joined by a line feed."""
    text = source if isinstance(source, str) else f"{source['one']}\n{source['other']}"
    return "sha256-" + hashlib.sha256(text.encode("utf-8")).hexdigest()
