"""``consentry content export``: the strings of a locale that wait for a translator, in a file for their tools."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlencode

from consentry.content.build.content import Content
from consentry.content.build.job_lines import JobLines, Line, Use
from consentry.content.jobs import po, xliff, xlsx
from consentry.content.jobs.memory import Memory, Pair, read_tmx
from consentry.content.jobs.model import CODE, SOURCE_LOCALE, Job, JobProblem, Term, Unit
from consentry.forms.build.catalogs import plural_header
from consentry.glossary.api import Glossary
from consentry.glossary.build.library import Library
from consentry.glossary.matching.model import APPROVED, terms_in_force
from consentry.glossary.rulebook import Rulebook, concepts_in_force

Scope = Literal["changed", "all"]
PREVIEW = "http://127.0.0.1:8081"


@dataclass(frozen=True)
class Format:
    """A file format of jobs."""

    ending: str
    write: Callable[[Job], bytes]


FORMATS: Mapping[str, Format] = {
    "po": Format(".po", po.write),
    "xliff-1.2": Format(".xlf", xliff.write_12),
    "xliff-2.0": Format(".xlf", xliff.write_20),
    "xlsx": Format(".xlsx", xlsx.write),
}


@dataclass(frozen=True)
class Wanted:
    """What to export. ``only``: shell patterns on the keys. ``english_then``: the English of an earlier release."""

    scope: Scope = "changed"
    only: tuple[str, ...] = ()
    english_then: Mapping[str, tuple[str, ...]] | None = None
    preview: str = PREVIEW


class Terms:
    """The approved terms that apply to a string."""

    def __init__(self, library: Library, locale: str) -> None:
        self._locale = locale
        self._rules = Rulebook(concepts_in_force(library.files), library.prohibited, SOURCE_LOCALE)

    def _glossary(self, market: str | None) -> Glossary:
        rules = self._rules
        return rules.glossary(self._locale, rules.rules_of(self._locale, market) if market else None)

    def of(self, line: Line, source: str) -> tuple[Term, ...]:
        """The terms of ``source``, and those that a legal text declares."""
        market = line.markets[0] if line.kind == "legal" and line.markets else None
        glossary = self._glossary(market)
        found: dict[str, Term] = {}
        # Against an empty translation every term is missing, and the judgement says which words to write. The names of
        # placeholders are no words.
        words = CODE.sub("", source)
        judged = [] if line.source_locale == self._locale else glossary.check(words, "")
        for judgement in (*judged, *glossary.check_text("", line.concepts)):
            if judgement.concept and judgement.suggestions and judgement.concept not in found:
                said = judgement.found or judgement.concept
                avoid = self._unwanted(glossary, judgement.concept, market)
                found[judgement.concept] = Term(judgement.concept, said, judgement.suggestions, avoid)
        return tuple(found.values())

    def _unwanted(self, glossary: Glossary, concept: str, market: str | None) -> tuple[str, ...]:
        terms = terms_in_force(glossary.concepts[concept], self._locale, market)
        return tuple(term.text for term in terms if term.status not in APPROVED)


def make(content: Content, lines: JobLines, wanted: Wanted, memory: Memory) -> Job:
    """The job: one unit per string and plural form, terms and suggestions added."""
    terms = Terms(content.terminology, lines.locale.tag)
    units: list[Unit] = []
    for line in chosen(lines, wanted):
        units += _units(content, line, lines.locale.tag, terms, memory, wanted)
    return Job(
        locale=lines.locale.tag,
        units=tuple(units),
        source_locale=SOURCE_LOCALE,
        plural_forms=plural_header(lines.catalog or lines.locale.language),
    )


def chosen(lines: JobLines, wanted: Wanted) -> list[Line]:
    """The lines to export, in the order of their keys. A legal text goes whole or not at all."""
    taken: list[Line] = []
    for line in lines.lines.values():
        if wanted.only and not any(fnmatchcase(line.key, pattern) for pattern in wanted.only):
            continue
        if wanted.scope == "all" or line.changed or _moved(lines, line, wanted.english_then or {}):
            taken.append(line)
    keys = {line.key for line in taken}
    files = {line.file for line in taken if line.kind == "legal"}
    whole = [line for line in lines.lines.values() if line.key in keys or line.file in files]
    return sorted(whole, key=lambda line: (line.kind, line.file))


def _moved(lines: JobLines, line: Line, then: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether the English was another in the earlier release. What no page showed then is new, and waits anyway."""
    if line.kind == "label":
        return then.get(line.name, line.sources) != line.sources
    reference = lines.texts[line.file].reference
    if reference is None:
        return False
    now = (str(reference.text.version),)
    return then.get(f"{reference.market}/{reference.id}", now) != now


def _units(content: Content, line: Line, locale: str, terms: Terms, memory: Memory, wanted: Wanted) -> Iterable[Unit]:
    for category, target in zip(line.categories, line.targets, strict=True):
        unit = Unit(
            key=line.key,
            sources=line.sources,
            target=target,
            category=category,
            state=line.state if target else "new",
            stamp=line.stamp,
            source_locale=line.source_locale,
            where=line.where,
            markets=line.markets,
            limit=line.limit,
            terms=(),
            reference=line.reference,
            previous=line.previous,
            preview=preview_link(content, line, locale, wanted.preview),
        )
        unit = replace(unit, terms=terms.of(line, unit.source))
        yield unit if unit.state == "translated" else _prefilled(unit, memory)


def _prefilled(unit: Unit, memory: Memory) -> Unit:
    """With a suggestion from the memory, which stays a suggestion until somebody confirms it.

    A translation of the English before is left in its place, unless the memory has this very English.
    """
    match = memory.best(unit.source)
    if match is None or (unit.target and match.likeness < 1) or match.target == unit.target:
        return unit
    before = f"; before: “{unit.target}”" if unit.target else ""
    return replace(unit, target=match.target, state="needs-review", prefilled=match.described + before)


def preview_link(content: Content, line: Line, locale: str, base: str) -> str:
    """Where ``consentry content preview`` shows the string."""
    use = _reachable(content, line.uses)
    if use is None:
        return ""
    asked = urlencode({"market": use.market, "locale": locale, "stage": use.stage})
    return f"{base}/preview/{use.form}?{asked}#{quote(line.anchor)}"


def _reachable(content: Content, uses: tuple[Use, ...]) -> Use | None:
    """The first use in a market that is no overlay of another, else the first."""
    own = [use for use in uses if not content.policies.markets[use.market].parents]
    return next(iter(own or uses), None)


def pairs(lines: JobLines) -> list[Pair]:
    """The translations that the locale has already, as a memory for new strings."""
    return [
        Pair(line.sources[0], line.targets[0], "the catalog")
        for line in lines.lines.values()
        if line.kind == "label" and line.state == "translated" and line.categories == ("",)
    ]


def memory_of(lines: JobLines, tmx: Path | None) -> Memory:
    """What is translated already, and a translation memory's file.

    Raises:
        JobProblem: the file is no TMX, or has nothing in this language.
    """
    found: list[Pair] = []
    if tmx is not None:
        try:
            data = tmx.read_bytes()
        except OSError as error:
            raise JobProblem(f"{tmx}: {error.strerror or error}") from None
        try:
            found = read_tmx(data, SOURCE_LOCALE, lines.locale.tag)
        except JobProblem as problem:
            raise JobProblem(f"{tmx}: {problem}") from None
    return Memory([*found, *pairs(lines)])
