"""What is wrong with the content, where, and how to mend it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, order=True)
class Unit:
    """What a finding can block: one form in one market in one locale."""

    form: str
    market: str
    locale: str


@dataclass(frozen=True, order=True)
class Finding:
    """One thing to mend. ``line`` counts from 1; 0 means the whole file (or a file that is missing).

    ``blocks`` lists the units that are not published because of it; a warning blocks nothing. ``facts`` are what
    programs are told besides; they make no other finding.
    """

    file: str
    line: int
    key: str
    rule: str
    message: str
    mend: str
    severity: Severity = "error"
    blocks: tuple[Unit, ...] = field(default=(), compare=False)
    facts: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def as_json(self) -> dict[str, Any]:
        """The entry of ``report.json``."""
        return {
            "file": self.file,
            "line": self.line,
            "key": self.key,
            "rule": self.rule,
            "message": self.message,
            "mend": self.mend,
            "severity": self.severity,
            "blocks": [{"form": u.form, "market": u.market, "locale": u.locale} for u in self.blocks],
            **self.facts,
        }


def errors(found: Iterable[Finding]) -> list[Finding]:
    """Those that stop something from being published."""
    return [finding for finding in found if finding.severity == "error"]


class Findings:
    """Findings collected while units are compiled; the same finding met by several units is one, blocking them all."""

    def __init__(self) -> None:
        self._blocks: dict[Finding, set[Unit]] = {}

    def add(self, found: Iterable[Finding], unit: Unit | None = None) -> None:
        """Record findings; those of severity error block ``unit``."""
        for finding in found:
            blocks = self._blocks.setdefault(replace(finding, blocks=()), set())
            blocks.update(finding.blocks)
            if unit is not None and finding.severity == "error":
                blocks.add(unit)

    def sorted(self) -> list[Finding]:
        """Every finding once: errors first, then by file, line and key."""
        merged = [replace(finding, blocks=tuple(sorted(blocks))) for finding, blocks in self._blocks.items()]
        return sorted(merged, key=lambda f: (f.severity != "error", f))

    def blocked(self) -> set[Unit]:
        """Units that at least one error blocks."""
        return {unit for blocks in self._blocks.values() for unit in blocks}
