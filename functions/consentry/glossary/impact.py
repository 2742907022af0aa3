"""What a change of the glossary would break among the words that are live. Pure.

Only segments that hold a term of a changed concept are judged at all, so that the cost follows the change.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from consentry.glossary.decisions import HOLDS_BACK, Violation, violations
from consentry.glossary.matching.inflect.languages import language
from consentry.glossary.matching.match import Judgement
from consentry.glossary.matching.model import Concept, Prohibited, chain
from consentry.glossary.matching.phrase import Prepared
from consentry.glossary.matching.spot import Entry, Index
from consentry.glossary.rulebook import SOURCE, Concepts, Rulebook
from consentry.glossary.segments import Segment


def impact(
    segments: Iterable[Segment],
    before: Concepts,
    after: Concepts,
    prohibited: Iterable[Prohibited] = (),
    source_locale: str = SOURCE,
) -> list[Violation]:
    """What passes under ``before`` and would not under ``after``, in the order of ``segments``.

    ``markets`` of each are those where it is new; ``proposed`` is the text with the old words replaced, if that can be
    told.
    """
    listed = tuple(prohibited)
    old, new = Rulebook(before, listed, source_locale), Rulebook(after, listed, source_locale)
    concerned = _Concerned(old, new)
    found: list[Violation] = []
    for segment in segments:
        if concerned(segment):
            found += _new(old, new, segment)
    return found


def _new(old: Rulebook, new: Rulebook, segment: Segment) -> Iterator[Violation]:
    breaking = list(violations(new, [segment]))
    if not breaking:
        return
    standing: dict[str, tuple[Judgement, ...]] = {
        market: judgements for markets, judgements in old.judge(segment) for market in markets
    }
    for violation in breaking:
        what = (violation.judgement.concept, violation.judgement.rule)
        markets = tuple(
            market
            for market in violation.markets
            if not any(j.outcome in HOLDS_BACK and (j.concept, j.rule) == what for j in standing[market])
        )
        if markets:
            proposed = _proposed(violation, standing[markets[0]])
            yield replace(violation, markets=markets, proposed=proposed)


def _proposed(violation: Violation, before: Iterable[Judgement]) -> str:
    """The target with the unwanted words, or those that were right until now, replaced by the first suggestion."""
    judgement, target = violation.judgement, violation.segment.target
    if not judgement.suggestions:
        return ""
    where = judgement if judgement.side == "target" else None
    if where is None:
        passed = (j for j in before if j.concept == judgement.concept and j.outcome not in HOLDS_BACK)
        where = next((j for j in passed if j.side == "target" and j.found), None)
    if where is None:
        return ""
    instead = judgement.suggestions[0]
    if where.found[:1].isupper():
        instead = instead[:1].upper() + instead[1:]
    return target[: where.start] + instead + target[where.end :]


class _Concerned:
    """Whether a segment holds anything of the concepts that differ. Wider than the matcher, never narrower."""

    def __init__(self, old: Rulebook, new: Rulebook) -> None:
        self._old = old
        self._new = new
        self._changed: dict[str, list[Concept]] = {}
        self._indexes: dict[tuple[str, str], Index] = {}

    def __call__(self, segment: Segment) -> bool:
        changed = self._of(segment.locale)
        if not changed:
            return False
        if not {concept.id for concept in changed}.isdisjoint(segment.concepts):
            return True
        if segment.source is not None and self._holds(segment.source, segment.locale, self._old.source_locale):
            return True
        return self._holds(segment.target, segment.locale, segment.locale)

    def _of(self, locale: str) -> list[Concept]:
        """Every version of every concept that is not the same before and after, for one target locale."""
        if locale not in self._changed:
            before = {concept.id: concept for concept in self._old.concepts(locale)}
            after = {concept.id: concept for concept in self._new.concepts(locale)}
            ids = [name for name in {**before, **after} if before.get(name) != after.get(name)]
            versions = (held.get(name) for name in ids for held in (before, after))
            self._changed[locale] = [concept for concept in versions if concept is not None]
        return self._changed[locale]

    def _holds(self, text: str, locale: str, spoken: str) -> bool:
        key = (locale, spoken)
        if key not in self._indexes:
            words = {
                form
                for concept in self._of(locale)
                for tag in chain(spoken)
                for term in concept.terms.get(tag, ())
                for form in (term.text, *term.forms)
            }
            self._indexes[key] = Index(language(spoken), [Entry(word, word) for word in sorted(words)])
        index = self._indexes[key]
        return bool(index.spot(Prepared(text, index.language)))
