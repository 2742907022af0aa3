"""Does a translation obey the glossary? Rules to an outcome, with position, reason and suggestion.

Outcomes: ``pass``; ``pass-with-proposed-form`` (an inflected form that nobody has approved yet: it passes and is
offered as a form of the entry); ``review``; ``block``.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from consentry.glossary.matching.inflect.languages import Forms, Language, language
from consentry.glossary.matching.look_alike import LookAlike, look_alikes, repaired
from consentry.glossary.matching.model import (
    APPROVED,
    Concept,
    Prohibited,
    Term,
    ViolatedRule,
    chain,
    is_acronym,
    terms_in_force,
)
from consentry.glossary.matching.phrase import Hit, Phrase, Prepared, find, flat_span, token_span
from consentry.glossary.matching.spot import Entry, Index, Spotted

Outcome = Literal["pass", "pass-with-proposed-form", "review", "block"]
Rule = ViolatedRule | Literal["approved-term"]
Side = Literal["source", "target"]


@dataclass(frozen=True)
class Judgement:
    """What was decided about one concept in one text.

    ``start`` and ``end`` count code points of the text on ``side``. ``found`` is what stands there, look-alike letters
    mended. ``suggestions`` are what may stand there instead, best first.
    """

    concept: str
    outcome: Outcome
    rule: Rule
    side: Side
    start: int
    end: int
    found: str
    reason: str
    suggestions: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For programs; ``concept`` is None for what belongs to none."""
        return {
            "concept": self.concept or None,
            "outcome": self.outcome,
            "rule": self.rule,
            "side": self.side,
            "start": self.start,
            "end": self.end,
            "found": self.found,
            "reason": self.reason,
            "suggestions": list(self.suggestions),
        }


class _Target:
    """One concept's terms in force for one locale and market, ready to be looked for."""

    def __init__(self, concept: Concept, terms: tuple[Term, ...], spoken: Language) -> None:
        self.concept = concept
        self.approved = [(term, Phrase(term.text, spoken)) for term in terms if term.status in APPROVED]
        self.forms = [Phrase(form, spoken) for term, _ in self.approved for form in term.forms]

    @property
    def suggestions(self) -> tuple[str, ...]:
        return tuple(term.text for term, _ in self.approved)


def _case(term: Term) -> Literal["any", "initial", "exact"]:
    return "exact" if term.case == "any" and is_acronym(term.text) else term.case


class Glossary:
    """Enforced concepts, compiled for one source language, one target locale and one market.

    Build it once per glossary version; ``check`` then costs what the text costs.
    """

    def __init__(
        self,
        concepts: Iterable[Concept],
        locale: str,
        market: str | None = None,
        source_locale: str = "en-GB",
        prohibited: Iterable[Prohibited] = (),
    ) -> None:
        self.locale = locale
        self.market = market
        self.source_locale = source_locale
        self.concepts: Mapping[str, Concept] = {concept.id: concept for concept in concepts}
        self.spoken = language(locale)
        self.source_spoken = language(source_locale)
        self._targets: dict[str, _Target] = {}
        self.source = Index(self.source_spoken, _entries(self.concepts.values(), source_locale, market))
        places = chain(market) if market is not None else ()
        self._prohibited = [
            wording
            for wording in prohibited
            if wording.market in places and (locale == wording.locale or locale.startswith(f"{wording.locale}-"))
        ]
        self._prohibited_index = Index(self.spoken, [Entry(str(i), p.text) for i, p in enumerate(self._prohibited)])

    def target(self, concept_id: str) -> _Target:
        """The compiled terms of one concept."""
        target = self._targets.get(concept_id)
        if target is None:
            concept = self.concepts[concept_id]
            target = _Target(concept, self._in_force(concept), self.spoken)
            self._targets[concept_id] = target
        return target

    def _in_force(self, concept: Concept) -> tuple[Term, ...]:
        return terms_in_force(concept, self.locale, self.market)

    def check(self, source: str, target: str) -> list[Judgement]:
        """Judge a translation against its source: one judgement per concept occurring in ``source``."""
        source, strange = _read(source, self.source_spoken, "source")
        spoken = Prepared(source, self.source_spoken)
        meant, strange_too = _read(target, self.spoken, "target")
        text = Prepared(meant, self.spoken)
        spots: dict[tuple[str, ...], Spotted] = {}
        for spotted in self.source.spot(spoken):
            spots.setdefault(tuple(dict.fromkeys(entry.id for entry in spotted.entries)), spotted)
        unwanted = self._unwanted(text, {name for names in spots for name in names}) if spots else {}
        found: list[Judgement] = []
        for names, spotted in spots.items():
            where = _spot_span(spoken, spotted.start, spotted.end)
            # One text may name several concepts; the translation has to obey one of them.
            verdicts = [self._judge(self.concepts[n], text, target, source, where, unwanted.get(n, [])) for n in names]
            found += min(verdicts, key=_weight)
        return [*found, *self._forbidden_wording(text), *strange, *strange_too]

    def check_text(self, target: str, declared: Iterable[str]) -> list[Judgement]:
        """Judge a text without a source: every declared concept must appear, nothing unwanted of any concept may."""
        meant, strange = _read(target, self.spoken, "target")
        text = Prepared(meant, self.spoken)
        wanted = sorted(set(declared) & set(self.concepts))
        unwanted = self._unwanted(text, None)
        found: list[Judgement] = []
        for name in wanted:
            found += self._judge(self.concepts[name], text, target, "", (0, 0), unwanted.pop(name, []))
        for name in sorted(unwanted):
            found += unwanted[name]
        return [*found, *self._forbidden_wording(text), *strange]

    def judge(self, source: str | None, target: str, declared: Iterable[str] = ()) -> list[Judgement]:
        """A translation by its source; a text without one by the concepts it declares."""
        return self.check_text(target, declared) if source is None else self.check(source, target)

    @cached_property
    def _words(self) -> Index | None:
        """Unwanted terms of the target, and the approved ones that may shadow them: inside these nothing is found."""
        in_force = [(name, self._in_force(self.concepts[name])) for name in sorted(self.concepts)]
        unwanted = [
            Entry(f"{term.status} {name}", term.text)
            for name, terms in in_force
            for term in terms
            if term.status not in APPROVED
        ]
        if not unwanted:
            return None
        index = Index(self.spoken, unwanted)
        approved = [
            Entry(f"preferred {name}", text, _case(term), term.match)
            for name, terms in in_force
            for term in terms
            if term.status in APPROVED
            for text in (term.text, *term.forms)
            if index.touches(text)
        ]
        index.extend(approved)
        return index

    def _unwanted(self, text: Prepared, concerned: set[str] | None) -> dict[str, list[Judgement]]:
        """Unwanted terms by concept; of ``concerned`` concepts, or of all.

        What is forbidden for one concept may be the right word for another: where that other one is concerned too, the
        word stands.
        """
        found: dict[str, list[Judgement]] = {}
        for spotted in self._words.spot(text) if self._words else ():
            said = [entry.id.split(" ", 1) for entry in spotted.entries]
            if any(status == "preferred" and (concerned is None or name in concerned) for status, name in said):
                continue
            for status, name in said:
                if status != "preferred" and (concerned is None or name in concerned):
                    found.setdefault(name, []).append(_unwanted(self.target(name), text, spotted, status))
        return found

    def _judge(
        self,
        concept: Concept,
        text: Prepared,
        written: str,
        source: str,
        where: tuple[int, int],
        unwanted: list[Judgement],
    ) -> list[Judgement]:
        if concept.do_not_translate:
            return [_name(concept, written, source, where)]
        compiled = self.target(concept.id)
        if not compiled.approved:
            return unwanted  # nothing is approved in this language: nothing to demand
        hit, proposed = _find_approved(compiled, text)
        if hit is None:
            if unwanted:
                return unwanted
            return [_missing(compiled, source, where, self.locale)]
        return [*unwanted, _found(compiled, text, hit, proposed=proposed)]

    def _forbidden_wording(self, text: Prepared) -> list[Judgement]:
        found = []
        for spotted in self._prohibited_index.spot(text) if self._prohibited else ():
            wording = self._prohibited[int(spotted.entries[0].id)]
            start, end = _spot_span(text, spotted.start, spotted.end)
            said = text.text[start:end]
            reason = f"“{said}” is not allowed in {wording.market}: {wording.reason}"
            found.append(Judgement("", wording.severity, "prohibited-wording", "target", start, end, said, reason))
        return found


_WEIGHT: Mapping[Outcome, int] = {"pass": 0, "pass-with-proposed-form": 1, "review": 2, "block": 3}


def _weight(judgements: Iterable[Judgement]) -> int:
    return max((_WEIGHT[judgement.outcome] for judgement in judgements), default=0)


def _entries(concepts: Iterable[Concept], locale: str, market: str | None) -> Iterable[Entry]:
    for concept in sorted(concepts, key=lambda c: c.id):
        for term in terms_in_force(concept, locale, market):
            case = "exact" if concept.do_not_translate else _case(term)
            for text in (term.text, *term.forms):
                yield Entry(concept.id, text, case, "exact" if concept.do_not_translate else term.match)


def _spot_span(text: Prepared, start: int, end: int) -> tuple[int, int]:
    return flat_span(text, start, end) if text.language.unspaced else token_span(text, start, end)


def _read(text: str, spoken: Language, side: Side) -> tuple[str, list[Judgement]]:
    """The text as it was meant, and what in it is not what it looks like."""
    found = look_alikes(text, spoken.code)
    return (repaired(text, found), [_look_alike(each, side) for each in found]) if found else (text, [])


def _look_alike(found: LookAlike, side: Side) -> Judgement:
    suggestions = (found.meant,) if found.meant else ()
    return Judgement("", "review", "look-alike", side, found.start, found.end, found.found, found.reason, suggestions)


def _name(concept: Concept, written: str, source: str, where: tuple[int, int]) -> Judgement:
    name = source[where[0] : where[1]] or next(term.text for terms in concept.terms.values() for term in terms)
    at = _find_name(name, written)
    if at >= 0:
        return Judgement(
            concept.id, "pass", "approved-term", "target", at, at + len(name), name, "the name stands as it is"
        )
    reason = f"“{name}” is a name and is not translated, inflected or respelt; it must stand here exactly so"
    return Judgement(concept.id, concept.severity, "name-changed", "source", *where, name, reason, (name,))


def _find_name(name: str, text: str) -> int:
    """Where ``name`` stands by itself: no letter of its own script goes on before or behind it. -1 if nowhere."""
    at = text.find(name)
    while at >= 0 and (
        _same_word(text[at - 1 : at], name[:1]) or _same_word(text[at + len(name) : at + len(name) + 1], name[-1:])
    ):
        at = text.find(name, at + 1)
    return at


def _same_word(outside: str, inside: str) -> bool:
    """Whether two neighbours belong to one word: Pharma-s does, a Korean or Arabic particle is written onto names."""
    if not (outside.isalnum() and inside.isalnum()):
        return False
    both = {_alphabet(outside), _alphabet(inside)}
    return len(both) == 1 or ("DIGIT" in both and not both.isdisjoint(_CASED_ALPHABETS))


_CASED_ALPHABETS = frozenset(("LATIN", "CYRILLIC", "GREEK"))


def _alphabet(char: str) -> str:
    return unicodedata.name(char, "").partition(" ")[0]


def _find_approved(compiled: _Target, text: Prepared) -> tuple[Hit | None, bool]:
    """The best hit of an approved term, and whether its form still has to be approved."""
    inflected: Hit | None = None
    for term, phrase in compiled.approved:
        if _case(term) == "exact" and not text.language.unspaced:
            hit = _find_cased(term, phrase, text)
        else:
            hit = find(phrase, text, forms=term.match == "auto")
        if hit is not None and hit.kind == "exact":
            return hit, False
        inflected = inflected or hit
    if compiled.forms:
        for form in compiled.forms:
            hit = find(form, text, forms=False)
            if hit is not None:
                return hit, False
    return inflected, inflected is not None


def _find_cased(term: Term, phrase: Phrase, text: Prepared) -> Hit | None:
    """A term whose capitals count (*MERS* is not *mères*): as it stands, or with an ending behind them (*HCPs*)."""
    wanted = text.language.normaliser.cased(term.text)
    count = len(wanted)
    if not wanted or len(text.cased) != len(text.tokens):
        return find(phrase, text, forms=False)
    inflected: Hit | None = None
    for at in range(len(text.cased) - count + 1):
        here = text.cased[at : at + count]
        if here == wanted or (
            term.case == "any" and here == [wanted[0].capitalize()]
        ):  # Covid is COVID, who is not WHO
            return Hit("exact", at, at + count)
        if inflected is None and all(map(str.startswith, here, wanted)) and here[:-1] == wanted[:-1]:
            inflected = Hit("inflected", at, at + count)
    if (
        inflected is None
        or term.match != "auto"
        or not Forms(phrase.tokens[-1], text.language)[text.tokens[inflected.end - 1]]
    ):
        return None
    return inflected


def _found(compiled: _Target, text: Prepared, hit: Hit, *, proposed: bool) -> Judgement:
    start, end = _spot_span(text, hit.start, hit.end)
    said = text.text[start:end]
    concept = compiled.concept
    if not proposed:
        return Judgement(concept.id, "pass", "approved-term", "target", start, end, said, "the approved term is used")
    reason = f"“{said}” is read as a form of “{compiled.suggestions[0]}”; approve the form to settle it"
    outcome: Outcome = "review" if concept.strict else "pass-with-proposed-form"
    return Judgement(concept.id, outcome, "proposed-form", "target", start, end, said, reason, compiled.suggestions)


def _unwanted(compiled: _Target, text: Prepared, spotted: Spotted, status: str) -> Judgement:
    start, end = _spot_span(text, spotted.start, spotted.end)
    said = text.text[start:end]
    word = "forbidden" if status == "forbidden" else "no longer used"
    instead = " or ".join(f"“{each}”" for each in compiled.suggestions)
    reason = f"“{said}” is {word} for this concept" + (f"; write {instead}" if instead else "")
    concept = compiled.concept
    return Judgement(
        concept.id, concept.severity, "unwanted-term", "target", start, end, said, reason, compiled.suggestions
    )


def _missing(compiled: _Target, source: str, where: tuple[int, int], locale: str) -> Judgement:
    said = source[where[0] : where[1]]
    instead = " or ".join(f"“{each}”" for each in compiled.suggestions)
    subject = f"“{said}” is" if said else f"the concept {compiled.concept.id} is"
    reason = f"{subject} {instead} in {locale}; none of these stands in the translation, in any form"
    concept = compiled.concept
    return Judgement(concept.id, concept.severity, "missing-term", "source", *where, said, reason, compiled.suggestions)
