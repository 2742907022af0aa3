"""Segments against the concepts in force: which rules hold in which market, and what they say.

Pure: the content compiler, the impact of a change and the API judge by this one module.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from consentry.glossary.matching.match import Glossary, Judgement
from consentry.glossary.matching.model import Concept, Prohibited, Term, chain
from consentry.glossary.segments import Segment

if TYPE_CHECKING:
    from consentry.glossary.concept import ConceptFile, TermEntry

SOURCE = "en-GB"
"""The locale of the English sources."""

Concepts = Callable[[str], Sequence[Concept]]
"""Locale → the concepts in force, with the target terms that are approved for it."""


def concepts_in_force(files: Iterable["ConceptFile"], reviewed: Mapping[str, frozenset[str]] | None = None) -> Concepts:
    """The approved concepts of ``files``, per locale; target terms that lack a review are left out, each tag by itself.

    ``reviewed`` takes these locales of a concept as reviewed, whatever its state, instead of those that are.
    """
    known = reviewed or {}
    taken = [
        (file, _terms(file), known[file.concept] if file.concept in known else file.approved_locales())
        for file in files
        if file.concept in known or file.state == "approved"
    ]

    def in_force(locale: str) -> list[Concept]:
        return [_for_locale(file, terms, locale, locales) for file, terms, locales in taken]

    return in_force


def _terms(file: "ConceptFile") -> dict[str, tuple[Term, ...]]:
    return {tag: tuple(as_term(term) for term in entries) for tag, entries in file.terms.items()}


def _for_locale(
    file: "ConceptFile", terms: dict[str, tuple[Term, ...]], locale: str, reviewed: frozenset[str]
) -> Concept:
    wanted = set(chain(locale))
    kept = {tag: held for tag, held in terms.items() if tag not in wanted or tag in reviewed}
    return Concept(file.concept, kept, file.severity, file.do_not_translate, file.strict)


def as_term(entry: "TermEntry") -> Term:
    """An entry as the matcher takes it; forms that came with a file count once somebody approved them."""
    forms = tuple(form.text for form in entry.forms if form.origin != "imported" or form.approved_by)
    return Term(entry.text, entry.status, entry.case, entry.match, forms, entry.market, entry.note or "")


class Rulebook:
    """Glossaries made when first needed, one per locale and set of market rules. Not for several threads at once."""

    def __init__(self, concepts: Concepts, prohibited: Iterable[Prohibited] = (), source_locale: str = SOURCE) -> None:
        self.source_locale = source_locale
        self._in_force = concepts
        self._prohibited = tuple(prohibited)
        self._concepts: dict[str, Sequence[Concept]] = {}
        self._places: dict[str, frozenset[str]] = {}
        self._glossaries: dict[tuple[str, str | None], Glossary] = {}
        self._known: dict[tuple[str, str | None, str | None, str, tuple[str, ...]], tuple[Judgement, ...]] = {}

    def concepts(self, locale: str) -> Sequence[Concept]:
        """The concepts in force for ``locale``."""
        if locale not in self._concepts:
            self._concepts[locale] = self._in_force(locale)
        return self._concepts[locale]

    def rules_of(self, locale: str, market: str) -> str | None:
        """The market whose own rules hold for ``locale`` in ``market``: itself, its parent, or None."""
        if locale not in self._places:
            self._places[locale] = self._markets_that_matter(locale)
        own = [place for place in chain(market) if place in self._places[locale]]
        return own[-1] if own else None

    def _markets_that_matter(self, locale: str) -> frozenset[str]:
        tags = {*chain(locale), *chain(self.source_locale)}
        named = {
            term.market
            for concept in self.concepts(locale)
            for tag in tags
            for term in concept.terms.get(tag, ())
            if term.market is not None
        }
        return frozenset(named | {wording.market for wording in self._prohibited if wording.locale in tags})

    def glossary(self, locale: str, market: str | None) -> Glossary:
        """The compiled rules of a locale; ``market`` as ``rules_of`` gives it."""
        key = (locale, market)
        if key not in self._glossaries:
            concepts = self.concepts(locale)
            self._glossaries[key] = Glossary(concepts, locale, market, self.source_locale, self._prohibited)
        return self._glossaries[key]

    def judge(self, segment: Segment) -> Iterator[tuple[tuple[str, ...], tuple[Judgement, ...]]]:
        """What is said about the segment, once per set of rules: the markets it holds in, and the judgements."""
        groups: dict[str | None, list[str]] = {}
        for market in segment.markets:
            groups.setdefault(self.rules_of(segment.locale, market), []).append(market)
        for rules, markets in groups.items():
            yield tuple(markets), self._judged(segment, rules)

    def _judged(self, segment: Segment, rules: str | None) -> tuple[Judgement, ...]:
        key = (segment.locale, rules, segment.source, segment.target, segment.concepts)
        if key not in self._known:
            self._known[key] = tuple(judged(self.glossary(segment.locale, rules), segment))
        return self._known[key]


def judged(glossary: Glossary, segment: Segment) -> list[Judgement]:
    """A translation by its source; a legal text by the concepts it declares; an English source by itself."""
    if segment.source == segment.target and chain(segment.locale)[0] == chain(glossary.source_locale)[0]:
        return glossary.check_text(segment.target, ())
    return glossary.judge(segment.source, segment.target, segment.concepts)
