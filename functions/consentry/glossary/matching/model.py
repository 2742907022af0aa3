"""A concept and its terms, as the matcher sees them: plain values, compiled from the glossary's files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Status = Literal["preferred", "admitted", "deprecated", "forbidden"]
Case = Literal["any", "initial", "exact"]
Match = Literal["auto", "exact", "forms"]
Severity = Literal["block", "review"]
ViolatedRule = Literal[
    "missing-term", "unwanted-term", "name-changed", "prohibited-wording", "proposed-form", "look-alike"
]
"""What a text can break."""

APPROVED: frozenset[Status] = frozenset({"preferred", "admitted"})


@dataclass(frozen=True)
class Term:
    """One name of a concept in one locale.

    ``case``: ``exact`` names and acronyms match with their capitals only. ``match``: ``auto`` by inflection, ``forms``
    the listed ``forms`` alone, ``exact`` neither. ``market`` narrows the entry to one market.
    """

    text: str
    status: Status = "preferred"
    case: Case = "any"
    match: Match = "auto"
    forms: tuple[str, ...] = ()
    market: str | None = None
    note: str = ""


@dataclass(frozen=True)
class Concept:
    """A concept: its terms by locale (BCP 47; a language covers its regions), and how a violation weighs.

    ``do_not_translate``: the source term itself must stand in the target. ``strict``: an inflected form that nobody
    has approved yet is for review instead of passing.
    """

    id: str
    terms: Mapping[str, tuple[Term, ...]] = field(default_factory=dict)
    severity: Severity = "block"
    do_not_translate: bool = False
    strict: bool = False


@dataclass(frozen=True)
class Prohibited:
    """Promotional wording that a market does not allow, in one locale or language."""

    market: str
    locale: str
    text: str
    reason: str
    severity: Severity = "block"


def chain(locale: str) -> tuple[str, ...]:
    """``zh-Hant-TW`` → ``zh``, ``zh-Hant``, ``zh-Hant-TW``: from the language to the most specific."""
    parts = locale.replace("_", "-").split("-")
    return tuple("-".join(parts[: count + 1]) for count in range(len(parts)))


def terms_in_force(concept: Concept, locale: str, market: str | None) -> tuple[Term, ...]:
    """The concept's terms for a locale and market: market over locale over language.

    Every level adds its terms; the same text on a more specific level replaces the status from above. Preferred first,
    then in the order of the file. What holds in a market holds in its overlays (``US`` in ``US-CA``).
    """
    found: dict[str, Term] = {}
    levels: list[Iterable[Term]] = [concept.terms.get(tag, ()) for tag in chain(locale)]
    general = [term for level in levels for term in level if term.market is None]
    places = chain(market) if market is not None else ()
    local = [term for place in places for level in levels for term in level if term.market == place]
    for term in (*general, *local):
        found[term.text] = term
    return tuple(sorted(found.values(), key=lambda term: term.status != "preferred"))


def is_acronym(text: str) -> bool:
    """Whether a term is a short word in capitals (WHO, IT, HCP), which its small letters would make another word."""
    return 2 <= len(text) <= 6 and text.isalpha() and text.isupper() and text.lower() != text
