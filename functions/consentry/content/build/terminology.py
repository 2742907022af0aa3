"""The glossary's gate: every word that a unit shows against the terms and the prohibited wording of its market.

What does not pass holds back exactly the units that show it, unless a waiver covers it or a task keeps it live.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from consentry.base.build.findings import Finding, Unit
from consentry.base.faults import dotted
from consentry.consent.build.library import TextFile
from consentry.content.build.content import Content
from consentry.content.build.speaker import LocaleContext
from consentry.content.build.units import Shown, ShownLegal
from consentry.content.workbench import sides
from consentry.forms.build.catalogs import FOLDER as CATALOGS
from consentry.glossary.decisions import Decided, Violation, decide, in_force, violations
from consentry.glossary.matching.model import chain
from consentry.glossary.paths import CONCEPTS
from consentry.glossary.rulebook import SOURCE, Rulebook
from consentry.glossary.segments import Segment

if TYPE_CHECKING:
    from consentry.base.build.source import Key
    from consentry.glossary.build.library import Library

GUIDE = "docs/translator-guide.md, “When a check stops you”"


@dataclass
class _Places:
    """A segment in the making: where it is shown, and how a finding names it."""

    segment: Segment
    name: str
    legal: ShownLegal | None = None
    units: dict[Unit, None] = field(default_factory=dict)

    def made(self) -> Segment:
        """The segment with all its places."""
        units = sorted(self.units)
        return replace(
            self.segment,
            markets=tuple(dict.fromkeys(sorted(unit.market for unit in units))),
            units=tuple(f"{unit.form}/{unit.market}/{unit.locale}" for unit in units),
        )


class Terminology:
    """What the units of one compilation show, judged. ``segments`` are those of the units given to it."""

    def __init__(
        self, content: Content, locales: Mapping[str, LocaleContext], shown: Mapping[Unit, Shown], day: date
    ) -> None:
        self.content = content
        self.library: Library = content.terminology
        self.day = day
        self._locales = locales
        self._shown = shown
        self._places = self._collect()

    # What is shown.

    def _collect(self) -> list[_Places]:
        strings: dict[tuple[str, str, str], list[_Places]] = {}
        texts: dict[tuple[str, str, bool], _Places] = {}
        for unit, shown in self._shown.items():
            for id_ in shown.strings:
                # The same string of the same locale is found once; units only add up.
                known = strings.get((unit.locale, id_, ""))
                if known is None:
                    known = strings[unit.locale, id_, ""] = list(self._strings(unit.locale, id_))
                for places in known:
                    places.units[unit] = None
            for text in shown.texts:
                key = (text.file.name, text.canonical, text.waiting)
                if key not in texts:
                    texts[key] = _Places(self._text(text), "", text)
                texts[key].units[unit] = None
        return [*(places for known in strings.values() for places in known), *texts.values()]

    def _strings(self, locale: str, id_: str) -> Iterator[_Places]:
        """A string in a locale, one segment per plural form; nothing where English stands in for a translation."""
        words = self._locales[locale].words
        word, string = words.word(id_), self.content.strings[id_]
        if word.fallback:
            return
        if word.catalog:
            file, line = f"{CATALOGS}/{word.catalog}.po", word.line
        else:
            source = self.content.library.sources.get(string.file)
            file, line = string.file, source.line(string.key) if source else 0
        for english, target in sides(string.english, word.text):
            segment = Segment(
                key=f"{CATALOGS}/{word.catalog or 'en'}#{id_}",
                kind="label",
                locale=locale,
                markets=(),
                units=(),
                source=english,
                target=target,
                file=file,
                line=line,
                max_length=string.limit,
            )
            yield _Places(segment, id_)

    def _text(self, text: ShownLegal) -> Segment:
        file = text.file
        return Segment(
            key=f"consent_texts/{file.name.rpartition('/')[0]}/{file.text.version}.{file.text.locale}",
            kind="legal",
            locale=file.text.locale,
            markets=(),
            units=(),
            source=None,
            target=text.canonical,
            concepts=tuple(dict.fromkeys(file.text.concepts)),
            file=file.source.path,
            line=file.source.line(("concepts",)),
        )

    def segments(self, published: Iterable[Unit]) -> list[Segment]:
        """What the published units show, by key and locale."""
        live = set(published)
        found = []
        for places in self._places:
            units = [unit for unit in places.units if unit in live]
            if units and not (places.legal and places.legal.waiting):
                kept = _Places(places.segment, places.name, places.legal, dict.fromkeys(units))
                found.append(kept.made())
        return sorted(found, key=lambda s: (s.key, s.locale, s.source or "", s.target))

    # What is wrong.

    def findings(self) -> list[Finding]:
        """Everything the glossary says, about what is shown and about itself."""
        rules = Rulebook(self.library.concepts, self.library.prohibited)
        made = [(places.made(), places) for places in self._places]
        where = {id(segment): places for segment, places in made}
        found = violations(rules, (segment for segment, _ in made))
        decided = decide(found, self.library.waivers, self.library.tasks, self.day)
        findings = list(self._unknown_concepts())
        for violation, expired in decided.standing:
            notes = "".join(f"; the waiver {waiver.id} expired on {waiver.expires}" for waiver in expired)
            findings.append(self._standing(violation, where[id(violation.segment)], notes))
        for violation, task in decided.tasked:
            due = "was due" if task.due < self.day else "is due"
            notes = (
                f"; it was live before version {task.version} of the concept and stays: {task.owner}, {due} {task.due}"
            )
            places = where[id(violation.segment)]
            findings.append(self._finding(violation, places, notes, _write(violation), "warning"))
        return [*findings, *self._loose(decided)]

    def _standing(self, violation: Violation, places: _Places, notes: str) -> Finding:
        if places.legal is not None and places.legal.instead is not None:
            notes += f"; version {places.legal.instead} stays in force"
            return self._finding(violation, places, notes, _write(violation), "warning")
        if violation.judgement.outcome == "review":
            notes += "; it waits for a decision"
            mend = f"approve the form, waive it, or change the text ({GUIDE})"
            if violation.judgement.rule != "proposed-form":
                mend = f"{_write(violation)}; or propose the wording as a term, or waive it ({GUIDE})"
        else:
            mend = f"{_write(violation)} (if it is right as it stands: {GUIDE})"
        return self._finding(violation, places, notes, mend, "error")

    def _finding(self, violation: Violation, places: _Places, notes: str, mend: str, severity: str) -> Finding:
        segment, judgement = violation.segment, violation.judgement
        line, name = segment.line, places.name
        if places.legal is not None:
            line, name = _passage(places.legal, violation)
        place = segment.locale
        if judgement.rule != "prohibited-wording" and len(violation.markets) < len(segment.markets):
            place += f" in {', '.join(violation.markets)}"
        about = f" (concept {judgement.concept}, {place})" if judgement.concept else f" ({place})"
        units = {f"{unit.form}/{unit.market}/{unit.locale}": unit for unit in places.units}
        return Finding(
            file=segment.file,
            line=line,
            key=name,
            rule=judgement.rule,
            message=f"{judgement.reason}{about}{notes}",
            mend=mend,
            severity="error" if severity == "error" else "warning",
            blocks=tuple(units[unit] for unit in violation.units) if severity == "error" else (),
            facts=_facts(violation),
        )

    def _unknown_concepts(self) -> Iterator[Finding]:
        """Declared concepts that do not exist, or no longer count."""
        states = {file.concept: file.state for file in self.library.files}
        for places in self._places:
            legal = places.legal
            if legal is not None:
                yield from self._dropped(legal.file)
            for index, name in enumerate(legal.file.text.concepts if legal else ()):
                if legal is None or name in self.library.unreadable:
                    continue
                key: Key = ("concepts", index)
                if name not in states:
                    message = f"no concept `{name}` in the glossary"
                    mend = f"correct its spelling, take it out, or add {CONCEPTS}/{name}.yaml"
                    finding = legal.file.source.finding(key, "unknown-concept", message, mend)
                    waits = legal.instead is not None
                    yield Finding(
                        *(finding.file, finding.line, finding.key, finding.rule, message, mend),
                        severity="warning" if waits else "error",
                        blocks=() if waits else tuple(places.units),
                    )
                elif states[name] == "retired":
                    message = f"the concept `{name}` is retired and asks for nothing"
                    yield legal.file.source.finding(key, "retired-concept", message, "take it out", warning=True)

    def _dropped(self, file: TextFile) -> Iterator[Finding]:
        """Concepts that the version before declared: left out by mistake, a text would escape its check."""
        versions = self.content.consent.texts.get((file.market, file.id, file.text.locale), [])
        before = [held for held in versions if held.text.version < file.text.version]
        known = {held.concept for held in self.library.files if held.state != "retired"}
        lost = [name for name in before[-1].text.concepts if name in known] if before else []
        lost = [name for name in lost if name not in file.text.concepts]
        if lost:
            message = f"version {before[-1].text.version} declares {', '.join(lost)}, and this one does not"
            mend = "add them to `concepts:`, unless the text is no longer about them"
            yield file.source.finding(("concepts",), "dropped-concept", message, mend, warning=True)

    def _in_question(self, concept: str, locale: str) -> bool:
        """Whether it is open what the concept's terms are, so that nothing can be said to be done."""
        if concept in self.library.unreadable:
            return True
        file = next((held for held in self.library.files if held.concept == concept), None)
        if file is None or file.state == "retired":
            return False
        asked = {given.locale for given in file.approvals} & {*chain(locale), *chain(SOURCE)} & set(file.terms)
        return file.state != "approved" or any(file.missing_reviews(tag) for tag in asked)

    def _loose(self, decided: Decided) -> Iterator[Finding]:
        """The glossary's own faults: they fail the check and hold nothing back."""
        library = self.library
        yield from library.findings
        for name in library.unreadable:
            message = f"the concept {name} cannot be read, so none of its terms is enforced anywhere"
            mend = "mend the file: the findings about it say what and where"
            yield Finding(f"{CONCEPTS}/{name}.yaml", 0, "", "not-enforced", message, mend, "warning")
        for waiver in library.waivers:
            file, line = library.lines[waiver.id]
            if waiver.id not in decided.used and self._in_question(waiver.concept, waiver.locale):
                continue
            if waiver.id not in decided.used:
                message = f"the waiver {waiver.id} covers nothing any more: the words, the terms or the place changed"
                yield Finding(file, line, waiver.id, "waiver", message, "remove it", "warning")
            elif not in_force(waiver, self.day):
                message = f"the waiver {waiver.id} is not in force ({waiver.at} to {waiver.expires})"
                yield Finding(file, line, waiver.id, "waiver", message, "remove it, or have it given anew", "warning")
        for task in library.tasks:
            if task.id not in decided.used and not self._in_question(task.concept, task.locale):
                file, line = library.lines[task.id]
                message = f"the task {task.id} is done: the words are no longer shown, or are right"
                yield Finding(file, line, task.id, "task", message, "remove it", "warning")


def _write(violation: Violation) -> str:
    judgement = violation.judgement
    instead = " or ".join(f"“{each}”" for each in judgement.suggestions)
    if judgement.rule == "prohibited-wording" or not instead:
        return "take the wording out"
    return f"write {instead}"


def _passage(legal: ShownLegal, violation: Violation) -> tuple[int, str]:
    """Where in the text's file the judgement points: the passage that holds the words, else the declared concept."""
    source, judgement, text = legal.file.source, violation.judgement, legal.file.text
    key: Key = ("concepts",)
    if judgement.side == "target":
        index = violation.segment.target.count("\n", 0, judgement.start)
        passages: list[Key] = [
            ("label", "text"),
            *(("paragraphs", i, "text") for i in range(len(text.paragraphs))),
            *(("links", i, "text") for i in range(len(text.links))),
        ]
        key = passages[min(index, len(passages) - 1)]
    elif judgement.concept in text.concepts:
        key = ("concepts", text.concepts.index(judgement.concept))
    return source.line(key), dotted(key)


def _facts(violation: Violation) -> dict[str, object]:
    segment, judgement = violation.segment, violation.judgement
    return {
        "concept": judgement.concept or None,
        "term": judgement.found or None,
        "outcome": judgement.outcome,
        "suggestions": list(judgement.suggestions),
        "side": judgement.side,
        "start": judgement.start,
        "end": judgement.end,
        "markets": list(violation.markets),
        "segment": {
            "key": segment.key,
            "locale": segment.locale,
            "source_digest": segment.source_digest,
            "target_digest": segment.target_digest,
        },
    }
