"""``consentry content import``: a job that came back, judged string by string, and written whole or not at all."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from consentry.base.build.findings import Finding
from consentry.consent.build.gates import active_text, candidates
from consentry.consent.build.library import TextFile
from consentry.consent.models import NOTICE, Effective, text_name
from consentry.content.build.content import Content
from consentry.content.build.drafts import as_if_approved, as_text, overlaid, reworded
from consentry.content.build.job_lines import JobLines, LegalText, Line, passages
from consentry.content.build.offers import required_elements
from consentry.content.build.written import opening_comments, text_yaml
from consentry.content.jobs import judge
from consentry.content.jobs.model import SOURCE_LOCALE, Delivery, Returned, english, joined_id, split_id, stamp
from consentry.forms.build.catalogs import CatalogFile, Entry, catalog_bytes
from consentry.forms.build.words import judge as judge_label
from consentry.glossary.decisions import decide, violations
from consentry.glossary.rulebook import Rulebook, concepts_in_force
from consentry.glossary.segments import Segment


@dataclass(frozen=True)
class Trouble:
    """Something to mend in the file that came back. An error keeps everything in it from being written."""

    place: str
    id: str
    rule: str
    message: str
    mend: str
    severity: Literal["error", "warning"] = "error"

    def as_json(self) -> dict[str, str]:
        """For programs."""
        return {
            "place": self.place,
            "id": self.id,
            "rule": self.rule,
            "message": self.message,
            "mend": self.mend,
            "severity": self.severity,
        }


@dataclass(frozen=True)
class Change:
    """One string, or plural form of it, that the job changes. ``confirmed``: the words stay, no longer for review."""

    file: str
    id: str
    old: str
    new: str

    @property
    def confirmed(self) -> bool:
        """True when only the mark for review goes."""
        return self.old == self.new


@dataclass
class Plan:
    """What an import would do. ``files``: path to bytes, empty while any trouble is an error.

    Strings that wait, lack a translation or stay as they are, by their keys: a string with plural forms is one.
    """

    locale: str
    changes: list[Change] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    waiting: dict[str, None] = field(default_factory=dict)
    untranslated: set[str] = field(default_factory=set)
    unchanged: set[str] = field(default_factory=set)
    files: dict[str, bytes] = field(default_factory=dict)
    catalogs: dict[str, CatalogFile] = field(default_factory=dict)
    texts: list[TextFile] = field(default_factory=list)

    @property
    def changed(self) -> int:
        """How many strings change."""
        return len({(change.file, split_id(change.id)[0]) for change in self.changes})

    @property
    def refused(self) -> bool:
        """Whether anything keeps the job from being written."""
        return any(trouble.severity == "error" for trouble in self.troubles)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "locale": self.locale,
            "changes": [{"file": c.file, "id": c.id, "old": c.old, "new": c.new} for c in self.changes],
            "troubles": [trouble.as_json() for trouble in self.troubles],
            "waiting": list(self.waiting),
            "untranslated": len(self.untranslated),
            "unchanged": len(self.unchanged),
        }


class _Import:
    """One delivery against the strings as they stand."""

    def __init__(self, lines: JobLines, root: Path, *, despite_glossary: bool) -> None:
        self.lines = lines
        self.root = root
        self.plan = Plan(lines.locale.tag)
        self.despite_glossary = despite_glossary
        self.stamps = {line.stamp: line.key for line in lines.lines.values()}
        self.new: dict[str, dict[str, str]] = {}
        self.places: dict[str, str] = {}
        self.firsts: dict[str, Line] = {}
        """Path of a new legal text to one of its new lines."""
        self.segments: list[tuple[Segment, str, str]] = []
        self.unstamped = 0

    def trouble(
        self, unit: Returned, rule: str, message: str, mend: str, severity: Literal["error", "warning"] = "error"
    ) -> None:
        self.plan.troubles.append(Trouble(unit.place, unit.id, rule, message, mend, severity))

    # Which string is it, and is it still the one that was sent?

    def take(self, delivery: Delivery) -> None:
        seen: dict[str, str] = {}
        for unit in delivery.units:
            if unit.key and unit.id in seen:
                mend = "keep one of the two"
                self.trouble(unit, "twice", f"the same string stands at {seen[unit.id]} too", mend)
                continue
            seen[unit.id] = unit.place
            if _as_sent(unit) and self.lines.lines.get(unit.key) is None:
                self.plan.unchanged.add(unit.key)  # whatever became of it meanwhile, nothing is asked of it
                continue
            line = self.known(unit)
            if line is not None and self.same(unit, line):
                self.translated(unit, line)
        if self.unstamped:
            message = f"{self.unstamped} strings came back without their stamp"
            mend = "nothing, if nobody else translated meanwhile: without it, that cannot be told"
            self.plan.troubles.append(Trouble("", "", "stamp", message, mend, "warning"))

    def known(self, unit: Returned) -> Line | None:
        """The string of the unit, or a report of what happened to its id."""
        line = self.lines.lines.get(unit.key)
        if line is not None and unit.category in line.categories:
            return line
        if line is not None:
            forms = ", ".join(category or "no plural" for category in line.categories)
            message = f"there is no plural form “{unit.category}” of it in {self.lines.locale.tag}"
            self.trouble(unit, "plural", message, f"fill exactly these forms: {forms}")
        elif not unit.key:
            mend = "put back the id as it was sent (PO: msgctxt; XLIFF 1.2: resname; XLIFF 2.0: name; table: id)"
            self.trouble(unit, "id", "the string came back without its id", mend)
        elif unit.stamp in self.stamps:
            mend = "put back the id as it was sent"
            self.trouble(unit, "id", f"the id was changed: it is {self.stamps[unit.stamp]}", mend)
        elif (newer := self.newer(unit.key)) is not None:
            message = f"{newer} has replaced this version since the job was made"
            self.trouble(unit, "stale", message, "export again, and carry the translation over")
        elif unit.key.startswith(("forms/catalogs/", "consent_texts/")):
            where = f"no string of {self.lines.locale.tag} has this id"
            self.trouble(
                unit, "id", f"{where}: it was removed since, or it belongs to another language", "export again"
            )
        else:
            self.trouble(unit, "id", "this is no id of ours", "put back the id as it was sent")
        return None

    def newer(self, key: str) -> str | None:
        file = key.partition("#")[0]
        head, _, name = file.rpartition("/")
        locale = name.partition(".")[2]
        return next(
            (t.key for t in self.lines.texts.values() if t.key.startswith(f"{head}/") and t.locale == locale), None
        )

    def same(self, unit: Returned, line: Line) -> bool:
        """Whether the unit is about the English and the translation that stand now; reports what moved."""
        if not unit.stamp:
            self.unstamped += 1
        if unit.stamp != line.stamp and _as_sent(unit):
            self.plan.unchanged.add(line.key)
            return False
        if not _same_english(unit, line):
            was, now = unit.sources[0] if unit.sources else "", line.sources[0]
            if unit.stamp == line.stamp:
                message = f"the English beside it was changed to “{was}”; it is “{now}”"
                mend = "put it back: the rows may have been mixed up, and English is changed in forms/, not in a job"
                self.trouble(unit, "source", message, mend)
            elif unit.stamp in self.stamps and self.stamps[unit.stamp] != line.key:
                message = f"the id was changed: it is {self.stamps[unit.stamp]}"
                self.trouble(unit, "id", message, "put back the id as it was sent")
            else:
                message = f"the English changed since the job was made: it was “{was}” and is “{now}”"
                self.trouble(unit, "stale", message, "export again, and translate what it says now")
            return False
        if unit.stamp in {"", line.stamp}:
            return True
        at = line.categories.index(unit.category)
        if unit.target == line.targets[at] or unit.state == "new" or (unit.state != "translated" and unit.untouched):
            return True
        message = f"the translation changed since the job was made; it is now “{line.targets[at]}”"
        self.trouble(unit, "conflict", message, "export again, and see whether yours is still wanted")
        return False

    def translated(self, unit: Returned, line: Line) -> None:
        """Take the translation, cleaned, unless it is empty or still marked for review."""
        if unit.state == "new" or not unit.target.strip():
            self.plan.untranslated.add(line.key)
        elif unit.wrong:
            message, _, mend = unit.wrong.rpartition(": ")
            self.trouble(unit, "cell", message, mend)
        elif unit.state == "needs-review":
            self.plan.waiting[line.key] = None
        else:
            source = english(line.sources, unit.category)
            text, notes = judge.cleaned(unit.target, source)
            same_language = line.source_locale.partition("-")[0] == self.lines.locale.language
            if text != line.targets[line.categories.index(unit.category)]:
                for fault in (*notes, *judge.faults(text, source, english=same_language)):
                    self.trouble(unit, fault.rule, fault.message, fault.mend, fault.severity)
            self.new.setdefault(line.key, {})[unit.category] = text
            self.places.setdefault(line.key, unit.place)

    # What it comes to.

    def changed(self) -> list[tuple[Line, tuple[str, ...]]]:
        """Lines whose words or state change, with all their forms."""
        found = []
        for key, texts in self.new.items():
            line = self.lines.lines[key]
            lacking = [category for category in line.categories if category not in texts]
            if lacking and (line.state != "translated" or "" in line.targets):
                message = f"plural forms without a translation: {', '.join(lacking)}"
                mend = "translate every form, or none of them yet"
                self.plan.troubles.append(Trouble(self.places[key], key, "plural", message, mend))
                continue
            targets = tuple(texts.get(c, old) for c, old in zip(line.categories, line.targets, strict=True))
            if targets == line.targets and line.state == "translated":
                self.plan.unchanged.add(key)
                continue
            for category, old, new in zip(line.categories, line.targets, targets, strict=True):
                if old != new or line.state == "needs-review":
                    name = joined_id(line.name, category)
                    self.plan.changes.append(Change(line.file, name, old, new))
            found.append((line, targets))
        return found

    def glossary(self) -> None:
        """Report what the terms of the markets that show the new words have against them, each thing once.

        What somebody waived is no trouble: a waiver is bound to the very words.
        """
        library = self.lines.content.terminology
        rules = Rulebook(concepts_in_force(library.files), library.prohibited, SOURCE_LOCALE)
        found = violations(rules, (segment for segment, _, _ in self.segments))
        where = {id(segment): (place, key) for segment, place, key in self.segments}
        said: set[tuple[str, str, str]] = set()
        for violation, _ in decide(found, library.waivers, (), self.lines.on).standing:
            j = violation.judgement
            place, key = where[id(violation.segment)]
            if (key, j.concept, j.reason) in said:
                continue
            said.add((key, j.concept, j.reason))
            write = f"write {' or '.join(f'“{s}”' for s in j.suggestions)}" if j.suggestions else "write other words"
            mend = f"{write}; or import with --despite-glossary, and have a term or a waiver decided on"
            rule = f"glossary: {j.concept}" if j.concept else "glossary: prohibited wording"
            severity: Literal["error", "warning"] = "warning" if self.despite_glossary else "error"
            self.plan.troubles.append(Trouble(place, key, rule, j.reason, mend, severity))

    def segment(
        self, line: Line, source: str | None, target: str, key: str = "", markets: tuple[str, ...] = ()
    ) -> None:
        """Remember new words for the glossary to judge."""
        shown = Segment(
            key=key or line.key,
            kind=line.kind,
            locale=self.lines.locale.tag,
            markets=markets or line.markets,
            units=(),
            source=source,
            target=target,
            concepts=line.concepts,
        )
        self.segments.append((shown, self.places[line.key], line.key))

    def labels(self, changed: list[tuple[Line, tuple[str, ...]]]) -> None:
        name = self.lines.catalog
        if name is None or not changed:
            return
        held = self.lines.content.catalogs.get(name)
        catalog = copy.deepcopy(held) if held is not None else CatalogFile(name)
        for line, targets in changed:
            string = self.lines.content.strings[line.name]
            old = catalog.entries.get(line.name)
            entry = Entry(line.name, string.text, string.other, list(targets), comments=old.comments if old else [])
            catalog.entries[line.name] = entry
            place = self.places[line.key]
            for finding in judge_label(catalog, entry, string, self.lines.locale):
                if finding.rule != "space":
                    self.found(finding, place, line.key)
            for category, target in zip(line.categories, targets, strict=True):
                self.segment(line, english(line.sources, category), target)
        self.plan.catalogs[name] = catalog
        self.plan.files[catalog.path] = catalog_bytes(catalog, self.lines.content.strings)

    def found(self, finding: Finding, place: str, id_: str) -> None:
        self.plan.troubles.append(Trouble(place, id_, finding.rule, finding.message, finding.mend, finding.severity))

    def legal(self, changed: list[tuple[Line, tuple[str, ...]]]) -> None:
        by_file: dict[str, dict[str, str]] = {}
        for line, targets in changed:
            by_file.setdefault(line.file, {})[line.name] = targets[0]
            before = line.targets[0] or line.sources[0]
            for fault in judge.code_faults(targets[0], before):
                place = self.places[line.key]
                self.plan.troubles.append(Trouble(place, line.key, fault.rule, fault.message, fault.mend))
        for key, words in by_file.items():
            if any(self.lines.lines[f"{key}#{name}"].targets[0] != said for name, said in words.items()):
                self.text(self.lines.texts[key], words)
            else:
                self.plan.changes = [change for change in self.plan.changes if change.file != key]
                self.plan.unchanged.update(f"{key}#{name}" for name in words)

    def text(self, text: LegalText, words: Mapping[str, str]) -> None:
        """The file of a legal text with new words: the draft itself, or the next version of what is settled."""
        shape = text.shape
        if shape is None:
            return
        first = self.lines.lines[f"{text.key}#{next(iter(words))}"]
        place = self.places[first.key]
        whole = {name: said for name, (said, _) in passages(shape.text).items()} if text.file else {}
        whole |= words
        lacking = [name for name in passages(shape.text) if name not in whole]
        if lacking:
            mend = "translate every line of it: a legal text goes in whole"
            message = f"lines without a translation: {', '.join(lacking)}"
            self.plan.troubles.append(Trouble(place, text.key, "incomplete", message, mend))
            return
        settled = text.file is not None and is_settled(self.lines.content, text)
        version = (text.file.text.version if text.file else 0) + (1 if settled or text.file is None else 0)
        effective = Effective.model_validate({"from": self.lines.on})
        if text.file is not None and not settled:
            effective = text.file.text.effective
        made_from = text.reference.name if text.reference and (text.file is None or text.file.text.reference) else None
        head = {"version": version, "locale": text.locale, "effective": effective, "reference": made_from}
        written = reworded(shape.text, whole).model_copy(update=head)
        comments = opening_comments(self.root, text.file.source.path) if text.file is not None else []
        path = f"consent_texts/{text.market}/{text.id}/{version}.{text.locale}.yaml"
        data = text_yaml(written, comments).encode("utf-8")
        made, wrong = as_text(text.market, text.id, path, data)
        for message in wrong:
            self.plan.troubles.append(Trouble(place, text.key, "text", message, "mend the line"))
        if made is None:
            return
        self.plan.texts.append(made)
        self.plan.files[path] = data
        self.firsts[path] = first

    def gates(self) -> None:
        """Every gate of a legal text but its approval, for each form and market that would show the new words."""
        if not self.plan.texts:
            return
        content = as_if_approved(overlaid(self.lines.content, {}, self.plan.texts), self.lines.on)
        new = {made.source.path: made for made in self.plan.texts}
        said: set[Finding] = set()
        for text in self.lines.texts.values():
            for use in text.uses:
                policy = content.policies.markets[use.market]
                place = policy.place(self.lines.locale, self.lines.on)
                file = next(iter(reversed(candidates(content.consent, place, text.id))), None)
                form = content.library.forms[use.form]
                controller = content.consent.controllers.get(form.markets[use.market].controller)
                if file is None or file.source.path not in new or controller is None:
                    continue
                statement = content.consent.statements.get(text.id)
                required = set(policy.notice_elements) if text.id == NOTICE else set()
                if statement is not None:
                    required = required_elements(policy, statement)
                active, found = active_text(content.consent, place, text.id, controller, required)
                if active is not None:
                    key = f"consent_texts/{file.name}"
                    self.segment(self.firsts[file.source.path], None, active.rendered.canonical, key, (use.market,))
                for finding in found:
                    if finding not in said and finding.file == file.source.path:
                        said.add(finding)
                        self.found(finding, "", f"{text.key}#{finding.key}")


def _as_sent(unit: Returned) -> bool:
    """Whether it came back as it went out: then nothing that happened to the string meanwhile is a conflict."""
    return bool(unit.stamp) and unit.stamp == stamp(unit.key, unit.sources, (unit.target,))


def _same_english(unit: Returned, line: Line) -> bool:
    """Blanks aside, because tools change them; a unit of a plural may carry one form or both."""
    if not unit.sources:
        return True
    expected = line.sources
    if len(unit.sources) == 1:
        expected = (english(line.sources, unit.category),)
    return [" ".join(s.split()) for s in unit.sources] == [" ".join(s.split()) for s in expected]


def is_settled(content: Content, text: LegalText) -> bool:
    """Whether the version was published or approved anywhere: its words never change again."""
    if text.file is None:
        return False
    version, markets = text.file.text.version, {text.market, *(use.market for use in text.uses)}
    locked = {text_name(market, text.id, version, text.locale) for market in markets}
    approvals = (a for market in markets for a in content.consent.approvals.get(market, []))
    approved = any((a.text, a.version, a.locale) == (text.id, version, text.locale) for a in approvals)
    return approved or bool(locked & set(content.consent.published))


def plan(lines: JobLines, delivery: Delivery, root: Path, *, despite_glossary: bool = False) -> Plan:
    """What importing ``delivery`` would do, and everything that stands against it. Writes nothing."""
    work = _Import(lines, root, despite_glossary=despite_glossary)
    work.take(delivery)
    changed = work.changed()
    work.labels([item for item in changed if item[0].kind == "label"])
    work.legal([item for item in changed if item[0].kind == "legal"])
    work.gates()
    work.glossary()
    work.plan.changes.sort(key=lambda change: (change.file, change.id))
    if work.plan.refused:
        work.plan.files = {}
    return work.plan


def write_all(root: Path, files: Mapping[str, bytes]) -> list[str]:
    """Write every file, or none: what was written before an error is put back. The paths written."""
    before: dict[Path, bytes | None] = {}
    try:
        for path, data in files.items():
            target = root / path
            before[target] = target.read_bytes() if target.exists() else None
            target.parent.mkdir(parents=True, exist_ok=True)
            fresh = target.with_name(target.name + ".new")
            fresh.write_bytes(data)
            fresh.replace(target)
    except OSError:
        for target, old in before.items():
            target.with_name(target.name + ".new").unlink(missing_ok=True)
            if old is None:
                target.unlink(missing_ok=True)
            else:
                target.write_bytes(old)
        raise
    return sorted(files)
