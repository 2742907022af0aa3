"""The matcher measured on labelled rows: false alarms, detection, speed.

Each row is judged by itself, with its own source term and approved alternatives as the whole glossary, on the path
that production takes (source spotted, then target judged).
"""

import argparse
import gc
import gzip
import json
import math
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from consentry.glossary.build.saying import OK, USAGE, say
from consentry.glossary.matching.match import Glossary
from consentry.glossary.matching.model import Concept, Term

COLUMNS = ("corpus", "lang", "source_term", "approved_alternatives", "label", "source", "target")
FLAGGED = frozenset({"review", "block"})


class BenchDataError(Exception):
    """The file is not a table of labelled rows; the message names line and column."""


@dataclass(frozen=True)
class Row:
    """One labelled occurrence: and whether the human translation uses an approved term."""

    corpus: str
    lang: str
    source_term: str
    approved: tuple[str, ...]
    used: bool
    source: str
    target: str


@dataclass
class Tally:
    """Counts of one corpus; times in seconds."""

    used: int = 0
    false_alarms: int = 0
    deviations: int = 0
    detected: int = 0
    source_missed: int = 0
    times: list[float] = field(default_factory=list)

    def add(self, row: Row, *, flagged: bool, spotted: bool, seconds: float) -> None:
        """Count one judged row."""
        if row.used:
            self.used += 1
            self.false_alarms += flagged
        else:
            self.deviations += 1
            self.detected += flagged
        self.source_missed += not spotted
        self.times.append(seconds)

    def as_json(self) -> dict[str, float | int | None]:
        """Percentages (None where there is nothing to count), segments a second, milliseconds at p99."""
        total = sum(self.times)
        rows = len(self.times)
        return {
            "false_alarm_pct": _percent(self.false_alarms, self.used),
            "detection_pct": _percent(self.detected, self.deviations),
            "segments_per_s": round(rows / total) if total else None,
            "p99_ms": round(percentile(self.times, 0.99) * 1000, 3) if rows else None,
            "rows": rows,
            "used": self.used,
            "false_alarms": self.false_alarms,
            "deviations": self.deviations,
            "detected": self.detected,
            "source_missed": self.source_missed,
        }


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 3) if whole else None


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile of ``values`` (not empty)."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def read_rows(lines: Iterable[str]) -> Iterator[Row]:
    """Rows of a tab-separated table with a header line; a double quote is a character like any other."""
    numbered = enumerate(lines, start=1)
    header = next(numbered, (1, ""))[1].rstrip("\r\n").lstrip("\ufeff").split("\t")
    missing = [column for column in COLUMNS if column not in header]
    if missing:
        raise BenchDataError(f"line 1: no column {', '.join(missing)} (tab-separated, with a header line)")
    places = [header.index(column) for column in COLUMNS]
    for number, line in numbered:
        cells = line.rstrip("\r\n").split("\t")
        if cells == [""]:
            continue
        if len(cells) != len(header):
            raise BenchDataError(f"line {number}: {len(cells)} cells where the header has {len(header)}")
        corpus, lang, term, approved, label, source, target = (cells[place] for place in places)
        if label not in {"used", "not-used"}:
            raise BenchDataError(f"line {number}: label is {label!r}, not used or not-used")
        yield Row(corpus, lang, term, tuple(a for a in approved.split("|") if a), label == "used", source, target)


def command(options: argparse.Namespace) -> int:
    """``consentry bench glossary``; the exit code."""
    try:
        opened = gzip.open if options.data.suffix == ".gz" else open
        with opened(options.data, "rt", encoding="utf-8", newline="\n") as lines:
            result = measure(read_rows(lines))
    except (OSError, EOFError, UnicodeDecodeError, BenchDataError) as error:
        print(f"consentry bench glossary: {options.data}: {error}", file=sys.stderr)  # noqa: T201
        return USAGE
    if options.json:
        say(json.dumps(result, ensure_ascii=False, indent=1))
    else:
        _table(result)
    return OK


def _table(result: dict[str, Any]) -> None:
    say(f"{'corpus':<16}{'rows':>8}{'false alarms %':>16}{'detection %':>13}{'segments/s':>12}{'p99 ms':>9}")
    for name, figures in [*result["corpora"].items(), ("overall", result["overall"])]:
        shown = ["–" if figures[key] is None else figures[key] for key in ("false_alarm_pct", "detection_pct")]
        say(
            f"{name:<16}{figures['rows']:>8}{shown[0]:>16}{shown[1]:>13}"
            f"{figures['segments_per_s'] or 0:>12}{figures['p99_ms'] or 0:>9}"
        )


def measure(rows: Iterable[Row], source_locale: str = "en") -> dict[str, Any]:
    """Judge every row; ``{"overall": …, "corpora": {name: …}}``."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    overall = Tally()
    glossaries: dict[tuple[str, str, tuple[str, ...]], Glossary] = {}
    gc.collect()
    for row in rows:
        key = (row.lang, row.source_term, row.approved)
        glossary = glossaries.get(key)
        if glossary is None:
            glossary = glossaries[key] = _one_row(row, source_locale)
        started = time.perf_counter()
        judgements = glossary.check(row.source, row.target)
        seconds = time.perf_counter() - started
        flagged = any(judgement.outcome in FLAGGED for judgement in judgements)
        for tally in (tallies[row.corpus], overall):
            tally.add(row, flagged=flagged, spotted=bool(judgements), seconds=seconds)
    return {"overall": overall.as_json(), "corpora": {name: tallies[name].as_json() for name in sorted(tallies)}}


def _one_row(row: Row, source_locale: str) -> Glossary:
    terms = {source_locale: (Term(row.source_term),), row.lang: tuple(Term(text) for text in row.approved)}
    return Glossary([Concept("row", terms)], row.lang, source_locale=source_locale)
