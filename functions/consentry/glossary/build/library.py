"""The glossary folder, read and checked: concepts in force, decisions, and everything that is wrong with the files."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from consentry.base.build.findings import Finding
from consentry.base.build.source import Source, read, validate
from consentry.glossary.concept import ConceptFile, ProhibitedFile, Task, Waiver
from consentry.glossary.exchange.words import has_word
from consentry.glossary.matching.model import Concept, Prohibited
from consentry.glossary.paths import CONCEPTS, PROHIBITED, TASKS, WAIVERS
from consentry.glossary.rulebook import Concepts, concepts_in_force

WAIVERS_FILE = f"{WAIVERS}.yaml"
TASKS_FILE = f"{TASKS}.yaml"


@dataclass(frozen=True)
class Library:
    """Every file that is well formed, concepts in every state, and the findings about the rest."""

    files: tuple[ConceptFile, ...]
    prohibited: tuple[Prohibited, ...]
    findings: tuple[Finding, ...]
    unreadable: tuple[str, ...] = ()
    """Concepts whose files cannot be read: nothing is known of their terms."""
    waivers: tuple[Waiver, ...] = ()
    tasks: tuple[Task, ...] = ()
    lines: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    """Id of a waiver or task → file and line."""
    digest: str = ""
    """``sha256-…`` of everything below ``glossary/``: which glossary decided."""

    @cached_property
    def concepts(self) -> Concepts:
        """The concepts in force, per locale."""
        return concepts_in_force(self.files)

    def enforced(self, locale: str) -> list[Concept]:
        """Approved concepts as the matcher takes them, with the target terms that are approved for ``locale``."""
        return list(self.concepts(locale))


def load(root: Path) -> Library:
    """Read ``glossary/`` under ``root``."""
    findings: list[Finding] = []
    files: list[ConceptFile] = []
    unreadable: list[str] = []
    digest = hashlib.sha256()
    for path in sorted((root / CONCEPTS).glob("*.yaml")):
        file, found = _concept(root, path.stem)
        findings += found
        if file is None:
            unreadable.append(path.stem)
        else:
            files.append(file)
    prohibited: list[Prohibited] = []
    for path in sorted((root / PROHIBITED).glob("*.yaml")):
        source, found = read(root, f"{PROHIBITED}/{path.name}")
        findings += found
        listed, found = validate(source, ProhibitedFile) if source is not None else (None, [])
        findings += found
        for entry in listed.wording if listed else ():
            prohibited.append(Prohibited(path.stem, entry.locale, entry.text, entry.reason, entry.severity))  # noqa: PERF401
    waivers, tasks, lines = _decisions(root, findings)
    for path in sorted((root / "glossary").rglob("*.yaml")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return Library(
        tuple(files),
        tuple(prohibited),
        tuple(findings),
        tuple(unreadable),
        tuple(waivers),
        tuple(tasks),
        lines,
        f"sha256-{digest.hexdigest()}",
    )


def _concept(root: Path, name: str) -> tuple[ConceptFile | None, list[Finding]]:
    source, findings = read(root, f"{CONCEPTS}/{name}.yaml")
    if source is None:
        return None, findings
    file, found = validate(source, ConceptFile)
    findings += found
    if file is not None:
        findings += _concept_findings(source, file, name)
    return file, findings


def _decisions(root: Path, findings: list[Finding]) -> tuple[list[Waiver], list[Task], dict[str, tuple[str, int]]]:
    """Waivers and tasks; a missing file is an empty one."""
    waivers: list[Waiver] = []
    tasks: list[Task] = []
    lines: dict[str, tuple[str, int]] = {}
    for source, index, data in _entries(root, WAIVERS_FILE, findings):
        waiver, found = validate(source, Waiver, (index,), data)
        findings += found
        if waiver is not None and _once(source, index, waiver.id, lines, findings):
            if waiver.expires <= waiver.at:
                mend = "write a later day"
                findings.append(source.finding((index, "expires"), "dates", "it expires before it begins", mend))
            waivers.append(waiver)
    for source, index, data in _entries(root, TASKS_FILE, findings):
        task, found = validate(source, Task, (index,), data)
        findings += found
        if task is not None and _once(source, index, task.id, lines, findings):
            tasks.append(task)
    return waivers, tasks, lines


def _entries(root: Path, path: str, findings: list[Finding]) -> Iterable[tuple[Source, int, object]]:
    if not (root / path).exists():
        return
    source, found = read(root, path)
    findings += found
    if source is None:
        return
    if not isinstance(source.data, list):
        findings.append(source.finding((), "schema", "not a list", "write `- {id: …}` entries, or `[]` for none"))
        return
    for index, data in enumerate(source.data):
        yield source, index, data


def _once(source: Source, index: int, name: str, lines: dict[str, tuple[str, int]], findings: list[Finding]) -> bool:
    if name in lines:
        findings.append(source.finding((index, "id"), "schema", f"{name} is there already", "give it another id"))
        return False
    lines[name] = (source.path, source.line((index,)))
    return True


def _concept_findings(source: Source, file: ConceptFile, name: str) -> Iterable[Finding]:
    if file.concept != name:
        yield source.finding(("concept",), "file-name", f"the file is {name}.yaml", f"write `concept: {name}`")
    if "en" not in file.terms:
        yield source.finding(("terms",), "no-source-term", "no English terms", "add `en:`, the source language")
    for locale, terms in file.terms.items():
        for number, term in enumerate(terms):
            if not has_word(term.text, locale):
                key = ("terms", locale, number, "text")
                yield source.finding(key, "empty-term", "the term has no letters or digits", "write a word")
    for number, approval in enumerate(file.approvals):
        if approval.locale not in file.terms or file.meaning_digest(approval.locale) != approval.digest:
            message = f"{approval.locale} was approved by the {approval.role} in other words, and is not enforced"
            yield source.finding(("approvals", number), "stale-approval", message, "have it approved again")
