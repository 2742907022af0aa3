"""``consentry glossary stats``: how far the glossary is."""

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consentry.base.build.source import read
from consentry.glossary.build.library import load
from consentry.glossary.build.saying import FINDINGS, OK, first, refuse, say
from consentry.glossary.concept import STATES, ConceptFile

OPTIONS = "forms/options"


@dataclass(frozen=True)
class Coverage:
    """One locale: concepts with terms of its own, enforced ones, drafts, and the reviews that drafts still lack."""

    locale: str
    concepts: int
    enforced: int
    terms: int
    without_preferred: int
    missing: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "concepts": self.concepts,
            "enforced": self.enforced,
            "drafts": self.concepts - self.enforced,
            "terms": self.terms,
            "without_preferred": self.without_preferred,
            "missing_reviews": self.missing,
        }


@dataclass(frozen=True)
class Stats:
    """Everything that is counted."""

    states: dict[str, int]
    locales: tuple[Coverage, ...]
    unlinked: tuple[str, ...]
    unknown: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "concepts": sum(self.states.values()),
            "states": self.states,
            "locales": {coverage.locale: coverage.as_json() for coverage in self.locales},
            "options_without_concept": list(self.unlinked),
            "options_that_do_not_exist": list(self.unknown),
        }


def count(files: Iterable[ConceptFile], options: Iterable[str]) -> Stats:
    """Count. ``options``: every ``<set>.<code>`` that forms offer; a concept may name the set alone."""
    concepts = list(files)
    offered = set(options)
    linked = {option for concept in concepts for option in concept.options}
    states = Counter(concept.state for concept in concepts)
    locales = sorted({locale for concept in concepts for locale in concept.terms if concept.terms[locale]})
    return Stats(
        {state: states[state] for state in STATES},
        tuple(_coverage(locale, concepts) for locale in locales),
        tuple(sorted(offered - linked)),
        tuple(sorted(linked - offered - {option.partition(".")[0] for option in offered})),
    )


def _coverage(locale: str, concepts: Iterable[ConceptFile]) -> Coverage:
    here = [concept for concept in concepts if concept.terms.get(locale) and concept.state != "retired"]
    enforced = [concept for concept in here if locale in concept.approved_locales()]
    missing = Counter(role for concept in here for role in concept.missing_reviews(locale))
    lacking = sum(
        not any(term.status == "preferred" for term in concept.terms[locale]) for concept in here if "-" not in locale
    )
    return Coverage(
        locale,
        len(here),
        len(enforced),
        sum(len(concept.terms[locale]) for concept in here),
        lacking,
        {role: missing[role] for role in sorted(missing)},
    )


def offered_options(root: Path) -> list[str]:
    """``<set>.<code>`` of every option that forms offer."""
    found = []
    for path in sorted((root / OPTIONS).glob("*.yaml")):
        source, _ = read(root, f"{OPTIONS}/{path.name}")
        data = source.data if source is not None and isinstance(source.data, dict) else {}
        name = data.get("set", path.stem)
        found += [f"{name}.{option['code']}" for option in data.get("options", ()) if isinstance(option, dict)]
    return found


def command(options: argparse.Namespace) -> int:
    """Run it; the exit code."""
    library = load(options.root)
    if not library.files and not library.findings:
        return refuse("stats", f"no concepts in {options.root / 'glossary/concepts'}; name the folder with --root")
    stats = count(library.files, offered_options(options.root))
    if options.json:
        findings = [finding.as_json() for finding in library.findings]
        say(json.dumps({**stats.as_json(), "findings": findings}, ensure_ascii=False, indent=1))
    else:
        for line in _lines(stats):
            say(line)
        for finding in library.findings:
            say(f"{finding.file}:{finding.line}: {finding.message}; {finding.mend}")
    return FINDINGS if library.findings else OK


def _lines(stats: Stats) -> Iterator[str]:
    yield f"{sum(stats.states.values())} concepts: " + ", ".join(
        f"{n} {state}" for state, n in stats.states.items() if n
    )
    yield ""
    yield f"{'locale':<10}{'concepts':>9}{'enforced':>10}{'drafts':>8}{'terms':>7}  reviews missing"
    for one in stats.locales:
        missing = ", ".join(f"{role} {number}" for role, number in one.missing.items()) or "–"
        lacking = f"; {one.without_preferred} without a preferred term" if one.without_preferred else ""
        yield (
            f"{one.locale:<10}{one.concepts:>9}{one.enforced:>10}{one.concepts - one.enforced:>8}{one.terms:>7}"
            f"  {missing}{lacking}"
        )
    if stats.unlinked:
        yield ""
        yield f"{len(stats.unlinked)} options of forms have no concept:"
        yield from first((f"  {option}" for option in stats.unlinked), 20)
    if stats.unknown:
        yield ""
        yield f"{len(stats.unknown)} options named by concepts do not exist: {', '.join(stats.unknown)}"
