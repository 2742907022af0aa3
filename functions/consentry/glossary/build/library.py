"""The glossary folder, read and checked: concepts in force and everything that is wrong with the files."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from consentry.base.build.findings import Finding
from consentry.base.build.source import Source, read, validate
from consentry.glossary.concept import ConceptFile, ProhibitedFile, TermEntry
from consentry.glossary.inflect.languages import language
from consentry.glossary.model import Concept, Prohibited, Term, chain
from consentry.glossary.phrase import Phrase

CONCEPTS = "glossary/concepts"
PROHIBITED = "glossary/prohibited"


@dataclass(frozen=True)
class Library:
    """Every concept file that is well formed, in every state, and the findings about the rest."""

    files: tuple[ConceptFile, ...]
    prohibited: tuple[Prohibited, ...]
    findings: tuple[Finding, ...]

    def enforced(self, locale: str) -> list[Concept]:
        """Approved concepts as the matcher takes them, with the target terms that are approved for ``locale``."""
        return [as_concept(file, locale) for file in self.files if file.state == "approved"]


def load(root: Path) -> Library:
    """Read ``glossary/`` under ``root``."""
    findings: list[Finding] = []
    files: list[ConceptFile] = []
    for path in sorted((root / CONCEPTS).glob("*.yaml")):
        source, found = read(root, f"{CONCEPTS}/{path.name}")
        findings += found
        if source is None:
            continue
        file, found = validate(source, ConceptFile)
        findings += found
        if file is not None:
            findings += _concept_findings(source, file, path.stem)
            files.append(file)
    prohibited: list[Prohibited] = []
    for path in sorted((root / PROHIBITED).glob("*.yaml")):
        source, found = read(root, f"{PROHIBITED}/{path.name}")
        findings += found
        listed, found = validate(source, ProhibitedFile) if source is not None else (None, [])
        findings += found
        for entry in listed.wording if listed else ():
            prohibited.append(Prohibited(path.stem, entry.locale, entry.text, entry.reason, entry.severity))  # noqa: PERF401
    return Library(tuple(files), tuple(prohibited), tuple(findings))


def _concept_findings(source: Source, file: ConceptFile, name: str) -> Iterable[Finding]:
    if file.concept != name:
        yield source.finding(("concept",), "file-name", f"the file is {name}.yaml", f"write `concept: {name}`")
    if "en" not in file.terms:
        yield source.finding(("terms",), "no-source-term", "no English terms", "add `en:`, the source language")
    for locale, terms in file.terms.items():
        for number, term in enumerate(terms):
            if not Phrase(term.text, language(locale)).tokens:
                key = ("terms", locale, number, "text")
                yield source.finding(key, "empty-term", "the term has no letters or digits", "write a word")
    for number, approval in enumerate(file.approvals):
        if approval.locale not in file.terms or file.meaning_digest(approval.locale) != approval.digest:
            message = f"{approval.locale} was approved by the {approval.role} in other words, and is not enforced"
            yield source.finding(("approvals", number), "stale-approval", message, "have it approved again")


def as_concept(file: ConceptFile, locale: str) -> Concept:
    """A file as the matcher takes it. Target terms of a language without its reviews are left out: not enforced."""
    approved = file.approved_locales()
    wanted = set(chain(locale))
    terms = {
        tag: tuple(_term(term) for term in entries)
        for tag, entries in file.terms.items()
        if tag not in wanted or approved & set(chain(tag))
    }
    return Concept(file.concept, terms, file.severity, file.do_not_translate, file.strict)


def _term(entry: TermEntry) -> Term:
    forms = tuple(form.text for form in entry.forms)
    return Term(entry.text, entry.status, entry.case, entry.match, forms, entry.market, entry.note or "")
