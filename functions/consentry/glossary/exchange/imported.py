"""What a reader hands on: concepts as far as their file tells them, and everything that was wrong, with its place."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from consentry.glossary.concept import TermEntry

Weight = Literal["error", "warning", "note"]
"""``error``: the entry is not imported. ``warning``: it is, changed as told. ``note``: what was done with it."""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One thing to mend. ``line`` counts from 1; 0 means the whole file. ``entry`` as the file names it, or empty."""

    line: int
    entry: str
    rule: str
    what: str
    mend: str
    weight: Weight = "error"

    @property
    def place(self) -> str:
        """``line 12, entry c5``."""
        parts = ([f"line {self.line}"] if self.line else []) + ([f"entry {self.entry}"] if self.entry else [])
        return ", ".join(parts) or "the file"

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "line": self.line,
            "entry": self.entry,
            "rule": self.rule,
            "what": self.what,
            "mend": self.mend,
            "weight": self.weight,
        }


@dataclass(frozen=True, slots=True)
class ImportedConcept:
    """One entry of a file. Always a draft: no file carries an approval in.

    ``said`` holds the fields of ``ConceptFile`` that the file states; the terms' ``model_fields_set`` likewise.
    ``whole``: the file was written by us, so that a term it lacks in a language it has was taken out on purpose.
    ``history``: who did what in the tool that it comes from.
    """

    entry: str
    line: int
    concept: str | None
    said: Mapping[str, Any]
    terms: Mapping[str, tuple[TermEntry, ...]]
    whole: bool = False
    history: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """Everything a file holds: sound entries, and the problems; entries with errors are only among the problems."""

    format: str
    concepts: tuple[ImportedConcept, ...]
    problems: tuple[RowProblem, ...]

    @property
    def errors(self) -> tuple[RowProblem, ...]:
        """Problems that keep an entry, or the file, out."""
        return tuple(problem for problem in self.problems if problem.weight == "error")


@dataclass(slots=True)
class RawTerm:
    """A term as a reader found it. ``tag`` unchecked; ``said`` holds fields of ``TermEntry`` but its text."""

    tag: str
    text: str
    line: int
    said: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    markets: list[str] = field(default_factory=list)


@dataclass(slots=True)
class RawEntry:
    """An entry as a reader found it. ``own``: our own writing, taken as it stands."""

    entry: str
    line: int
    concept: str | None = None
    own: bool = False
    said: dict[str, Any] = field(default_factory=dict)
    terms: list[RawTerm] = field(default_factory=list)
    history: list[str] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)

    def problem(self, rule: str, what: str, mend: str, *, line: int = 0, weight: Weight = "error") -> None:
        """Record a problem of this entry."""
        self.problems.append(RowProblem(line or self.line, self.entry, rule, what, mend, weight))

    def parsed(self, text: str) -> Any:
        """JSON that we wrote; None, and a problem, where it is JSON no longer."""
        try:
            return json.loads(text)
        except ValueError:
            what = f"“{text[:60]}” was changed by hand and cannot be read"
            self.problem("value", what, "export the concept again")
            return None
