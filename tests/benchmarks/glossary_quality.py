"""How good the glossary checker is, on words written down by hand in some thirty languages, beside two usual ones.

Every word of a language is one concept of one glossary. A sentence is made of three words of that language, one of them
under test. Real sentences instead: name a table of labelled rows in ``GLOSSARY_ROWS`` (the columns of ``consentry bench
glossary``).
"""

import gzip
import itertools
import os
import random
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from benchmarks.glossary_peers import bounded_uses, naive_uses
from benchmarks.report import Figure
from benchmarks.runtime_api import ROOT
from consentry.glossary.bench import FLAGGED, Row, measure, read_rows
from consentry.glossary.build.library import load
from consentry.glossary.matching.inflect.languages import Language, language
from consentry.glossary.matching.match import Glossary
from consentry.glossary.matching.model import Concept, Term, is_acronym
from consentry.glossary.matching.phrase import Prepared
from consentry.glossary.matching.spot import Entry, Index
from support.glossary_words import MORE, PARADIGMS, UNSPACED, WORDS


class Word(NamedTuple):
    """An entry, forms of it, and the entry most like it that is another concept."""

    entry: str
    forms: tuple[str, ...]
    neighbour: str


@lru_cache(maxsize=200_000)
def distance(one: str, other: str) -> int:
    """Edit distance: letters inserted, dropped or replaced."""
    row = list(range(len(other) + 1))
    for at, char in enumerate(one, 1):
        before, row[0] = row[0], at
        for place, twin in enumerate(other, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (char != twin))
    return row[-1]


def vocabulary() -> dict[str, list[Word]]:
    """Words by language; of entries that share a form only the first, so that a neighbour is another word."""
    found: dict[str, list[Word]] = {}
    for tag in sorted({*WORDS, *PARADIGMS, *MORE, *UNSPACED} - {"en"}):
        rows: dict[str, set[str]] = {}
        for entry, forms, _ in (*WORDS.get(tag, ()), *PARADIGMS.get(tag, ()), *MORE.get(tag, ())):
            rows.setdefault(entry, set()).update(forms.split())
        rows |= {entry: set() for entry in UNSPACED.get(tag, ())}
        seen: set[str] = set()
        kept = [entry for entry in rows if not _claimed({entry, *rows[entry]}, seen)]
        if len(kept) > 3:
            found[tag] = [
                Word(e, tuple(sorted(rows[e])), min((o for o in kept if o != e), key=lambda o: (distance(e, o), o)))
                for e in kept
            ]
    return found


def _claimed(words: set[str], seen: set[str]) -> bool:
    taken = not words.isdisjoint(seen)
    seen |= words
    return taken


class Tally(NamedTuple):
    """How many of how many."""

    hits: int
    total: int

    @property
    def percent(self) -> float:
        """In percent; 0 of nothing is 0."""
        return 100 * self.hits / self.total if self.total else 0.0


def tally(answers: Iterator[bool] | list[bool]) -> Tally:
    """Count the true ones."""
    given = list(answers)
    return Tally(sum(given), len(given))


class Sentence(NamedTuple):
    """A sentence of words of one language; ``said`` is the one under test."""

    tag: str
    word: Word
    said: str
    target: str


def _sentences(seed: int, say: Callable[[Word], tuple[str, ...]]) -> Iterator[Sentence]:
    rnd = random.Random(seed)
    for tag, words in vocabulary().items():
        for word in words:
            others = [each.entry for each in words if each.entry not in {word.entry, word.neighbour}]
            for said in say(word):
                before, after = rnd.sample(others, 2)
                yield Sentence(tag, word, said, f"{before}, {said}; {after}." if said else f"{before}; {after}.")


@lru_cache(maxsize=64)
def _glossary(tag: str, status: str) -> Glossary:
    concepts = [
        Concept(word.entry, {"en": (Term(f"term{number}"),), tag: _terms(word.entry, status)})
        for number, word in enumerate(vocabulary()[tag])
    ]
    return Glossary(concepts, tag)


def _terms(entry: str, status: str) -> tuple[Term, ...]:
    return (Term("term"), Term(entry, status="forbidden")) if status == "forbidden" else (Term(entry),)


def _source(sentence: Sentence) -> str:
    at = [word.entry for word in vocabulary()[sentence.tag]].index(sentence.word.entry)
    return f"Please see term{at} there."


def ours(sentence: Sentence) -> bool:
    """Whether our checker flags the word's concept."""
    judged = _glossary(sentence.tag, "preferred").check(_source(sentence), sentence.target)
    return any(judgement.outcome in FLAGGED for judgement in judged)


def _forbidden(sentence: Sentence) -> bool:
    judged = _glossary(sentence.tag, "forbidden").check_text(sentence.target, ())
    return any(judgement.rule == "unwanted-term" and judgement.concept == sentence.word.entry for judgement in judged)


def _is_inflection(spoken: Language, entry: str, form: str) -> bool:
    """Compounds are uses of a term, not forms of it."""
    (term, *_), (token, *_) = spoken.normaliser.tokens(entry), spoken.normaliser.tokens(form)
    return not spoken.inflection.term(term).isdisjoint(spoken.inflection.text(token))


def _against_peers(name: str, sentences: list[Sentence], *, wanted: bool, bound: float) -> list[Figure]:
    """Flags by ours and by the peers. ``wanted``: they should flag (bound from below), else not (from above)."""
    flags = tally([ours(each) for each in sentences]).percent
    naive = tally([not naive_uses(each.word.entry, each.target) for each in sentences]).percent
    edged = tally([not bounded_uses(each.word.entry, each.target) for each in sentences]).percent
    ok = flags >= bound if wanted else flags <= bound
    budget = f"{'≥' if wanted else '≤'} {bound:g} %"
    note = f"{len(sentences)} sentences, {len(vocabulary())} languages; \\b: {edged:.2f} %"
    return [Figure(name, flags, "%", "alternation", naive, None, budget, ok, note)]


def _share(name: str, got: Tally, bound: float, note: str, *, at_least: bool = True) -> Figure:
    ok = got.percent >= bound if at_least else got.percent <= bound
    return Figure(name, got.percent, "%", budget=f"{'≥' if at_least else '≤'} {bound:g} %", ok=ok, note=note)


def uses() -> list[Figure]:
    """Right uses that are flagged, deviations that are, deleted and swapped terms."""
    return [
        *_against_peers("uses flagged, inflected", list(_sentences(1, lambda w: w.forms)), wanted=False, bound=0.5),
        *_against_peers(
            "uses flagged, as they stand", list(_sentences(2, lambda w: (w.entry,))), wanted=False, bound=0
        ),
        *_against_peers("term deleted, flagged", list(_sentences(3, lambda _: ("",))), wanted=True, bound=99.5),
        *_against_peers(
            "term swapped for its nearest, flagged",
            list(_sentences(4, lambda w: (w.neighbour,))),
            wanted=True,
            bound=99.5,
        ),
    ]


def unwanted() -> list[Figure]:
    """Forbidden terms, as listed and inflected."""
    listed = [_forbidden(each) for each in _sentences(5, lambda w: (w.entry,))]
    inflected = [
        each
        for each in _sentences(6, lambda w: w.forms)
        if _is_inflection(language(each.tag), each.word.entry, each.said) or not _compounds(each.tag)
    ]
    naive = tally([naive_uses(each.word.entry, each.target) for each in inflected])
    edged = tally([bounded_uses(each.word.entry, each.target) for each in inflected])
    found = tally([_forbidden(each) for each in inflected])
    note = f"{found.total} forms; \\b: {edged.percent:.1f} %"
    return [
        _share("forbidden term, as listed, flagged", tally(listed), 100, f"{len(listed)} sentences"),
        _share("forbidden term, unlisted inflection, flagged", found, 98, note)._replace(
            peer="alternation", peer_value=naive.percent
        ),
    ]


def _compounds(tag: str) -> bool:
    return language(tag).compound is not None


NAMES = ("Example Pharma", "Novexil", "CardioDays 2026", "My-Health", "Rx Portal")
LOCALES = ("de-DE", "fr-FR", "it-IT", "pl-PL", "tr-TR", "ar-SA", "ja-JP", "ru-RU")


def _changed(name: str) -> Iterator[str]:
    yield ""
    yield name.lower()
    yield name[:-1]
    yield name + "s"
    yield name[0] + name
    yield name.replace("a", "а")
    yield name.replace("e", "é")
    yield name.replace(" ", "").replace("-", "")
    yield name[:3] + "\u200b" + name[3:]


def names() -> list[Figure]:
    """Names that stay as they are, and names that were changed in one way or another."""
    flags, stays = [], []
    for name in NAMES:
        concept = Concept("name", {"en": (Term(name),)}, do_not_translate=True)
        for locale in LOCALES:
            glossary = Glossary([concept], locale)
            source = f"By {name}."
            stays.append(any(j.outcome in FLAGGED for j in glossary.check(source, f"({name}) 1")))
            flags += [
                any(j.outcome in FLAGGED for j in glossary.check(source, f"({changed}) 1"))
                for changed in _changed(name)
                if changed != name
            ]
    return [
        _share("name changed, flagged", tally(flags), 100, f"{len(flags)} changes in {len(LOCALES)} locales"),
        _share("name intact, flagged", tally(stays), 0, f"{len(stays)} sentences", at_least=False),
    ]


def _plural(term: str) -> str:
    if term.endswith("y") and term[-2] not in "aeiou":
        return term[:-1] + "ies"
    return term + ("es" if term.endswith(("s", "x", "ch", "sh")) else "s")


def _english_terms() -> list[str]:
    """The shipped English terms, without names."""
    files = [file for file in load(ROOT).files if not file.do_not_translate]
    terms = {
        term.text for file in files for term in file.terms.get("en", ()) if term.status in {"preferred", "admitted"}
    }
    return sorted(terms)


ACRONYMS = ("WHO", "IT", "ALL", "AIDS", "CARE", "HIT", "PET", "US", "ACT", "SAD", "ARM", "CAT")


def spotting() -> list[Figure]:
    """Terms of the source: missed when inflected, found inside longer ones, acronyms found in small words."""
    terms = _english_terms()
    spoken = language("en")
    index = Index(spoken, [Entry(term, term, "exact" if is_acronym(term) else "any") for term in terms])

    def spots(text: str) -> list[str]:
        return [entry.id for spotted in index.spot(Prepared(text, spoken)) for entry in spotted.entries]

    inflecting = [term for term in terms if not is_acronym(term) and not term.endswith("s") and term[-1].isalpha()]
    missed = [term not in spots(f"About {_plural(term)}, please.") for term in inflecting]
    words = Index(spoken, [Entry(entry, entry) for entry, _, _ in WORDS["en"]])
    missed += [
        not words.spot(Prepared(f"It was {form} there", spoken))
        for _, forms, _ in WORDS["en"]
        for form in forms.split()
    ]
    edged = tally([not bounded_uses(term, f"About {_plural(term)}, please.") for term in inflecting])
    inside = [(short, long) for short in terms for long in terms if short != long and f" {short} " in f" {long} "]
    nested = [short in spots(f"About the {long} here") for short, long in inside]
    naive_nested = tally([naive_uses(short, f"About the {long} here") for short, long in inside])
    acronyms = Index(spoken, [Entry(each, each, "exact") for each in ACRONYMS])
    collide = [bool(acronyms.spot(Prepared(f"those {each.lower()} that", spoken))) for each in ACRONYMS]
    note = f"{len(missed)} occurrences of the shipped terms"
    return [
        _share("source term inflected, missed", tally(missed), 2, note, at_least=False)._replace(
            peer="\\b", peer_value=edged.percent
        ),
        _share("flag inside a longer term", tally(nested), 0, f"{len(nested)} pairs", at_least=False)._replace(
            peer="alternation", peer_value=naive_nested.percent
        ),
        _share("acronym found in a small word", tally(collide), 0, f"{len(collide)} acronyms", at_least=False),
    ]


def _rows(path: Path) -> list[Figure]:
    """Labelled rows: as they are, with the term deleted, and swapped for the nearest term of the language."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="\n") as lines:
        rows = list(read_rows(lines))
    overall = measure(rows)["overall"]
    assert isinstance(overall, dict)
    terms: dict[str, list[str]] = {}
    for row in rows:
        terms.setdefault(row.lang, []).extend(term for term in row.approved if term not in terms.get(row.lang, ()))
    deleted, swapped = [], []
    for row in rows:
        cut = _cut(row) if row.used else None
        if cut is None:
            continue
        said, pattern = cut
        deleted.append(_flagged(row, pattern.sub(" ", row.target)))
        nearest = _nearest(said, row.approved, tuple(terms[row.lang]))
        swapped.append(_flagged(row, pattern.sub(nearest.replace("\\", ""), row.target)))
    name = path.name.split(".")[0]
    return [
        _share(f"{name}: uses flagged", Tally(overall["false_alarms"], overall["used"]), 0.5, "", at_least=False),
        _share(f"{name}: deviations flagged", Tally(overall["detected"], overall["deviations"]), 99, ""),
        _share(f"{name}: term deleted, flagged", tally(deleted), 99.5, f"{len(deleted)} rows"),
        _share(f"{name}: term swapped for its nearest, flagged", tally(swapped), 99.5, f"{len(swapped)} rows"),
    ]


def _cut(row: Row) -> tuple[str, re.Pattern[str]] | None:
    """An approved term that stands in the target word for word and in no other form: what, and where."""
    for term in sorted(row.approved, key=len, reverse=True):
        at = row.target.casefold().find(term.casefold())
        if at >= 0:
            pattern = re.compile(re.escape(term), re.IGNORECASE)
            rest = pattern.sub(" ", row.target).casefold()
            words = [each.casefold().removeprefix("ال") for other in row.approved for each in other.split()]
            beginnings = [each[: max(3, len(each) - 3)] for each in words]
            return (term, pattern) if not any(each in rest for each in beginnings) else None
    return None


@lru_cache(maxsize=20_000)
def _nearest(said: str, approved: tuple[str, ...], terms: tuple[str, ...]) -> str:
    """The term most like ``said`` that is another word: neither one that holds it, nor a form or spelling of it."""
    others = [term for term in terms if not any(_same_word(each, term) for each in approved)]
    return min(others, key=lambda other: (distance(said.casefold(), other.casefold()), other))


def _common(one: str, other: str) -> str:
    return "".join(a for a, _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _same_word(one: str, other: str) -> bool:
    """Whether two terms look like one: one inside the other, or a difference in signs, blanks and endings alone."""
    first, second = ("".join(filter(str.isalnum, each.casefold())).removeprefix("ال") for each in (one, other))
    common = len(_common(first, second))
    return first in second or second in first or (common >= 4 and common >= max(len(first), len(second)) - 3)


def _flagged(row: Row, target: str) -> bool:
    terms = {"en": (Term(row.source_term),), row.lang: tuple(Term(text) for text in row.approved)}
    glossary = Glossary([Concept("row", terms)], row.lang, source_locale="en")
    return any(judgement.outcome in FLAGGED for judgement in glossary.check(row.source, target))


def measure_quality() -> list[Figure]:
    """All of it."""
    rows = os.environ.get("GLOSSARY_ROWS")
    return [*uses(), *unwanted(), *names(), *spotting(), *(_rows(Path(rows)) if rows else [])]


if __name__ == "__main__":
    from benchmarks.report import table

    print(table(measure_quality()))  # noqa: T201
