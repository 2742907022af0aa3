"""What an import would change: concepts compared field by field, nothing written.

Files of our own say everything about the locales they hold: what they lack there is taken out. Files of other tools
only add: our definition, statuses and rules stay unless ``overwrite`` is asked for. Nothing imported is approved.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain as chain_
from itertools import count
from typing import Any, Literal, get_args

from pydantic import ValidationError

from consentry.base.faults import Fault, faults
from consentry.glossary.concept import NO_DEFINITION, ConceptFile, FormEntry, TermEntry
from consentry.glossary.exchange.assemble import slug
from consentry.glossary.exchange.imported import Imported, ImportedConcept, RowProblem
from consentry.glossary.matching.model import APPROVED, chain

Kind = Literal["new", "changed", "unchanged", "conflicting", "refused", "left-out"]
KINDS: tuple[Kind, ...] = get_args(Kind)
NO_SOURCE = "Imported; the source is not stated"
NO_SUBJECT = "imported"
_PLAIN = (
    "subject",
    "definition",
    "context",
    "source",
    "codes",
    "options",
    "do_not_translate",
    "severity",
    "strict",
    "sample",
)
_BLANKS: Mapping[str, tuple[Any, ...]] = {"definition": (NO_DEFINITION,), "context": (None,), "subject": (NO_SUBJECT,)}


@dataclass(frozen=True, slots=True)
class Change:
    """One field, before and after. ``old`` is None for what is added, ``new`` for what is taken out."""

    field: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """What becomes of one entry. ``drafts``: locales that were approved and would be drafts again."""

    kind: Kind
    concept: str
    entry: str
    line: int
    changes: tuple[Change, ...] = ()
    drafts: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    problems: tuple[RowProblem, ...] = ()
    result: ConceptFile | None = None

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "kind": self.kind,
            "concept": self.concept or None,
            "entry": self.entry,
            "line": self.line,
            "changes": [{"field": c.field, "old": c.old, "new": c.new} for c in self.changes],
            "drafts": list(self.drafts),
            "remarks": list(self.remarks),
            "problems": [problem.as_json() for problem in self.problems],
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do. ``notes``: warnings and remarks of the reader, which keep nothing out."""

    format: str
    items: tuple[Item, ...]
    notes: tuple[RowProblem, ...]

    @property
    def ok(self) -> bool:
        """Whether it can be applied: nothing conflicts and nothing was refused."""
        return not any(item.kind in {"conflicting", "refused"} for item in self.items)

    def of(self, kind: Kind) -> tuple[Item, ...]:
        """Its items of one kind."""
        return tuple(item for item in self.items if item.kind == kind)

    def counts(self) -> dict[Kind, int]:
        """How many items there are of each kind."""
        return {kind: len(self.of(kind)) for kind in KINDS}

    def as_json(self) -> dict[str, Any]:
        """For programs; unchanged concepts are only counted."""
        return {
            "format": self.format,
            "ok": self.ok,
            "counts": self.counts(),
            "items": [item.as_json() for item in self.items if item.kind != "unchanged"],
            "notes": [note.as_json() for note in self.notes],
        }


class NotApplicable(Exception):
    """The plan has conflicts or refusals; nothing of it may be written."""


def merge(
    existing: Mapping[str, ConceptFile],
    imported: Imported,
    *,
    overwrite: bool = False,
    skip: Collection[str] = (),
    skip_problems: bool = False,
) -> Plan:
    """Compare an import with the concepts that are there, by id.

    ``skip`` names entries to leave out; ``skip_problems`` leaves out all that conflict or were refused. Both are listed
    as ``left-out``. ``overwrite``: where a file of another tool and ours differ, the file is right.
    """
    merger = _Merger(existing, overwrite=overwrite)
    wanted = [concept for concept in imported.concepts if {concept.entry, concept.concept}.isdisjoint(skip)]
    left = [concept for concept in imported.concepts if concept not in wanted] if skip else []
    items = [*_refused(imported), *merger.items(wanted)]
    items += [Item("left-out", concept.concept or "", concept.entry, concept.line) for concept in left]
    items = [_left_out(item) if _is_skipped(item, skip, skip_problems=skip_problems) else item for item in items]
    notes = tuple(problem for problem in imported.problems if problem.weight != "error")
    return Plan(imported.format, tuple(sorted(items, key=lambda item: item.line)), notes)


def apply(plan: Plan) -> dict[str, ConceptFile]:
    """The concepts to write, by id: new and changed ones.

    Raises:
        NotApplicable: something conflicts or was refused. All or nothing.

    """
    if not plan.ok:
        counts = plan.counts()
        raise NotApplicable(f"{counts['conflicting']} conflicting and {counts['refused']} refused entries")
    return {item.concept: item.result for item in plan.items if item.kind in {"new", "changed"} and item.result}


def _is_skipped(item: Item, skip: Collection[str], *, skip_problems: bool) -> bool:
    named = {item.entry, item.concept} - {""}
    return not named.isdisjoint(skip) or (
        skip_problems and bool(item.entry) and item.kind in {"conflicting", "refused"}
    )


def _left_out(item: Item) -> Item:
    return Item("left-out", item.concept, item.entry, item.line, problems=item.problems, remarks=item.remarks)


def _refused(imported: Imported) -> Iterator[Item]:
    by_entry: dict[tuple[str, int], list[RowProblem]] = {}
    for problem in imported.errors:
        by_entry.setdefault((problem.entry, 0 if problem.entry else problem.line), []).append(problem)
    for (entry, _), problems in by_entry.items():
        yield Item("refused", "", entry, min(problem.line for problem in problems), problems=tuple(problems))


@dataclass(slots=True)
class _Draft:
    """A concept being changed."""

    fields: dict[str, Any]
    terms: dict[str, tuple[TermEntry, ...]]
    remarks: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)


class _Merger:
    def __init__(self, existing: Mapping[str, ConceptFile], *, overwrite: bool) -> None:
        self._existing = existing
        self._overwrite = overwrite
        self._preferred: dict[str, list[str]] = {}
        self._admitted: dict[str, list[str]] = {}
        self._unwanted: dict[str, str] = {}
        self._names = set(existing)
        for name, concept in existing.items():
            for term in (term for tag in concept.terms if _is_english(tag) for term in concept.terms[tag]):
                key = term.text.casefold()
                if term.status in APPROVED:
                    index = self._preferred if term.status == "preferred" else self._admitted
                    named = index.setdefault(key, [])
                    named += [name] if name not in named else []
                else:
                    self._unwanted.setdefault(key, f"“{term.text}” is a {term.status} English term of {name}")

    def items(self, imported: Iterable[ImportedConcept]) -> Iterator[Item]:
        """What becomes of each entry; entries that are one concept here are one item."""
        matched: dict[str, list[ImportedConcept]] = {}
        for concept in imported:
            found = self._match(concept)
            if len(found) == 1:
                matched.setdefault(found[0], []).append(concept)
            elif found:
                what = f"“{english(concept)}” is an English term of {' and '.join(found)}"
                mend = "add the concept’s id, or the subject field that tells them apart"
                yield _conflicting(concept, "", what, mend)
            else:
                yield self._new(concept)
        for name, concepts in matched.items():
            if len(concepts) > 1 and any(concept.whole for concept in concepts):
                entries = " and ".join(concept.entry for concept in concepts)
                for concept in concepts:
                    what = f"{entries} are both the concept {name}"
                    yield _conflicting(concept, name, what, "join them, or leave one of them out")
            else:
                yield self._changed(_joined(concepts), self._existing[name])

    def _match(self, imported: ImportedConcept) -> list[str]:
        """The concepts that an entry can be: by id, else by preferred, else by admitted English term."""
        if imported.concept in self._existing:
            return [imported.concept or ""]
        if imported.concept is not None:
            return []
        text = english(imported).casefold()
        found = self._preferred.get(text) or self._admitted.get(text, [])
        if len(found) > 1:
            subject = imported.said.get("subject")
            narrowed = [name for name in found if self._existing[name].subject == subject]
            return narrowed if len(narrowed) == 1 else found
        return found

    # New

    def _new(self, imported: ImportedConcept) -> Item:
        text = english(imported)
        name = self._name(imported, text)
        remarks = []
        key = text.casefold()
        if key in self._unwanted:
            remarks.append(f"{self._unwanted[key]}; perhaps they are one concept")
        if imported.concept is not None and key in self._preferred:
            others = " and ".join(self._preferred[key])
            remarks.append(f"“{text}” is also the preferred English term of {others}; perhaps they are one concept")
        said = dict(imported.said)
        missing = [key for key in ("definition", "source") if not said.get(key)]
        remarks += [f"the file has no {key}; write one before the review" for key in missing]
        fields = {
            **said,
            "concept": name,
            "version": 1,
            "state": "draft",
            "subject": said.get("subject") or NO_SUBJECT,
            "definition": said.get("definition") or NO_DEFINITION,
            "source": said.get("source") or {"kind": "house", "text": NO_SOURCE},
            "history": tuple(dict.fromkeys(imported.history)),
            "terms": {
                tag: tuple(_dump(_unapproved(t)) for t in terms) for tag, terms in _with_english(imported).items()
            },
        }
        return self._checked(imported, fields, None, remarks)

    def _name(self, imported: ImportedConcept, text: str) -> str:
        digest = hashlib.sha256(text.encode("utf-8")).hexdigest()[:8]
        wanted = imported.concept or slug(text) or f"concept-{digest}"
        subject = imported.said.get("subject")
        options = [wanted, *([f"{wanted[:40]}-{subject}"[:64].strip("-")] if subject else [])]
        numbered = (f"{wanted[:56].strip('-')}-{number}" for number in count(2))
        name = next(option for option in chain_(options, numbered) if option not in self._names)
        self._names.add(name)
        return name

    # Changed

    def _changed(self, imported: ImportedConcept, old: ConceptFile) -> Item:
        draft = _Draft({}, dict(old.terms))
        self._fields(imported, old, draft)
        names = {
            t.text: t.status for tag in old.terms if _is_english(tag) for t in old.terms[tag] if t.status in APPROVED
        }
        text = english(imported)
        if names.get(text) == "admitted" and not imported.whole:
            draft.remarks.append(
                f"“{text}” is an admitted English term of {old.concept}; it was taken for that concept"
            )
        for tag, terms in imported.terms.items():
            if old.do_not_translate and not _is_english(tag) and all(term.text in names for term in terms):
                continue  # a name stands untranslated in every language
            if imported.whole:
                draft.terms[tag] = _whole(terms, old.terms.get(tag, ()))
            else:
                self._add(tag, terms, old, draft)
        if draft.conflicts:
            what = "; ".join(draft.conflicts)
            return _conflicting(imported, old.concept, what, "decide which is right, in the file or here")
        fields = {
            **old.model_dump(mode="json"),
            **draft.fields,
            "terms": {tag: tuple(_dump(term) for term in terms) for tag, terms in draft.terms.items()},
        }
        return self._checked(imported, fields, old, draft.remarks)

    def _fields(self, imported: ImportedConcept, old: ConceptFile, draft: _Draft) -> None:
        before = old.model_dump(mode="json")
        for name in _PLAIN:
            if name not in imported.said:
                continue
            new = imported.said[name]
            new = list(new) if isinstance(new, tuple) else new
            if _same(before[name], new):
                continue
            blank = before[name] in _BLANKS.get(name, ()) or (name == "source" and old.source.text == NO_SOURCE)
            if imported.whole or blank or (self._overwrite and name != "subject"):
                draft.fields[name] = new
            elif name != "subject":
                draft.remarks.append(f"{name.replace('_', ' ')} differs in the file; ours was kept")

    def _add(self, tag: str, terms: Sequence[TermEntry], old: ConceptFile, draft: _Draft) -> None:
        """Terms of another tool's file: ours stay, new ones are added."""
        here = list(draft.terms.get(tag, ()))
        adds = any(not _inherited(t, tag, old) and not any(_same_term(own, t) for own in here) for t in terms)
        # Blanks of approved terms are not worth two new reviews; where there will be new ones anyway, they are filled.
        fill = self._overwrite or adds or tag not in old.approved_locales()
        for term in terms:
            if _inherited(term, tag, old):
                continue
            at = next((n for n, own in enumerate(here) if _same_term(own, term)), None)
            if at is None:
                here.append(self._added(tag, term, here, draft))
            else:
                here[at] = self._met(tag, here[at], term, draft, fill=fill)
        if self._overwrite:
            here = _one_preferred(here, [t for t in terms if t.status == "preferred"])
        if here:
            draft.terms[tag] = tuple(here)

    def _added(self, tag: str, term: TermEntry, here: Iterable[TermEntry], draft: _Draft) -> TermEntry:
        ours = next((t.text for t in here if t.status == "preferred" and t.market == term.market), None)
        if term.status == "preferred" and ours is not None and not self._overwrite:
            draft.remarks.append(f"{tag}: the file prefers “{term.text}”; ours, “{ours}”, stays preferred")
            term = term.model_copy(update={"status": "admitted"})
        return _unapproved(term)

    def _met(self, tag: str, own: TermEntry, term: TermEntry, draft: _Draft, *, fill: bool) -> TermEntry:
        stated = "status" in term.model_fields_set
        opposed = (term.status in APPROVED) != (own.status in APPROVED)
        new: dict[str, Any] = {}
        if term.status != own.status and (stated or opposed):
            if self._overwrite:
                new["status"] = term.status
            elif opposed:
                there = f" and {term.status} in the file" if stated else ", and a translation in the file"
                draft.conflicts.append(f"{tag}: “{own.text}” is {own.status} here{there}")
            else:
                draft.remarks.append(f"{tag}: “{own.text}” is {term.status} in the file; it stays {own.status}")
        for name in ("part_of_speech", "gender", "note"):
            value = getattr(term, name)
            if value is not None and getattr(own, name) is None and (fill or name == "note"):
                new[name] = value
        return own.model_copy(update=new) if new else own

    # Both

    def _checked(
        self, imported: ImportedConcept, fields: dict[str, Any], old: ConceptFile | None, remarks: list[str]
    ) -> Item:
        try:
            result = ConceptFile.model_validate({**fields, "state": "draft", "approvals": ()})
        except ValidationError as error:
            problems = tuple(_problem(imported, fault) for fault in faults(error))
            name = str(fields["concept"])
            return Item("refused", name, imported.entry, imported.line, remarks=tuple(remarks), problems=problems)
        told = tuple(dict.fromkeys(remarks))
        if old is None:
            changes = tuple(differences(None, result))
            return Item("new", result.concept, imported.entry, imported.line, changes, (), told, (), result)
        changes = tuple(differences(old, result))
        if not changes:
            return Item("unchanged", old.concept, imported.entry, imported.line, remarks=told, result=old)
        if old.state == "retired":
            what = f"{old.concept} is retired, and the file changes it"
            return _conflicting(imported, old.concept, what, "reopen the concept first, or leave the entry out")
        result = _reviewed_anew(result, old, imported)
        drafts = tuple(sorted(old.approved_locales() - result.approved_locales()))
        return Item("changed", old.concept, imported.entry, imported.line, changes, drafts, told, (), result)


def english(imported: ImportedConcept) -> str:
    """The preferred English term; of a region only if English has none."""
    for tag in sorted((tag for tag in imported.terms if _is_english(tag)), key=len):
        terms = imported.terms[tag]
        for term in (*(t for t in terms if t.status == "preferred" and not t.market), *terms):
            return term.text
    return ""


def _joined(concepts: list[ImportedConcept]) -> ImportedConcept:
    """Several entries as one: the first one's facts, everybody's terms."""
    first, *others = concepts
    if not others:
        return first
    terms = {tag: list(found) for tag, found in first.terms.items()}
    said = dict(first.said)
    for concept in others:
        said = {**concept.said, **said}
        for tag, found in concept.terms.items():
            here = terms.setdefault(tag, [])
            here += [term for term in found if not any(_same_term(known, term) for known in here)]
    return replace(
        first,
        entry=", ".join(concept.entry for concept in concepts),
        said=said,
        terms={tag: tuple(found) for tag, found in terms.items()},
        history=tuple(line for concept in concepts for line in concept.history),
    )


def _is_english(tag: str) -> bool:
    return tag == "en" or tag.startswith("en-")


def _with_english(imported: ImportedConcept) -> dict[str, tuple[TermEntry, ...]]:
    """The terms, with ``en`` first: a new concept needs it, and takes it from a region if there is no other."""
    terms = dict(imported.terms)
    if "en" not in terms:
        region = next((tag for tag in sorted(terms) if _is_english(tag)), None)
        if region is not None and not imported.whole:
            terms["en"] = terms.pop(region)
    return {tag: terms[tag] for tag in sorted(terms, key=lambda tag: tag != "en")}


def _dump(term: TermEntry) -> dict[str, Any]:
    return term.model_dump(mode="json")


def _unapproved(term: TermEntry, own: TermEntry | None = None) -> TermEntry:
    """The term with its forms as candidates; forms that ``own`` has keep who approved them."""
    known = {form.text: form for form in own.forms} if own is not None else {}
    forms = tuple(known.get(form.text, FormEntry(text=form.text, origin="imported")) for form in term.forms)
    return term.model_copy(update={"forms": forms})


def _whole(terms: Iterable[TermEntry], old: tuple[TermEntry, ...]) -> tuple[TermEntry, ...]:
    """The file's terms in our order, new ones at the end."""
    before = {(term.text, term.market): term for term in old}
    after = {(t.text, t.market): _unapproved(t, before.get((t.text, t.market))) for t in terms}
    kept = [after[key] for key in before if key in after]
    return (*kept, *(term for key, term in after.items() if key not in before))


def _one_preferred(here: list[TermEntry], preferred: Iterable[TermEntry]) -> list[TermEntry]:
    wanted = {term.market: term.text for term in preferred}
    return [
        term.model_copy(update={"status": "admitted"})
        if term.status == "preferred" and wanted.get(term.market, term.text) != term.text
        else term
        for term in here
    ]


def _same_term(own: TermEntry, other: TermEntry) -> bool:
    if own.market != other.market:
        return False
    exact = "exact" in {own.case, other.case}
    return own.text == other.text or (not exact and own.text.casefold() == other.text.casefold())


def _inherited(term: TermEntry, tag: str, old: ConceptFile) -> bool:
    """Whether a region's term says nothing that its language does not."""
    return any(
        own.text == term.text and own.status == term.status and own.market == term.market
        for parent in chain(tag)[:-1]
        for own in old.terms.get(parent, ())
    )


def _same(before: Any, new: Any) -> bool:
    if isinstance(before, dict) and isinstance(new, dict):
        filled = {key: value for key, value in before.items() if value is not None}
        return filled == {key: value for key, value in new.items() if value is not None}
    return bool(before == new)


def _reviewed_anew(result: ConceptFile, old: ConceptFile, imported: ImportedConcept) -> ConceptFile:
    """A new version with the approvals that still bind: those of locales whose words and meaning stayed."""
    standing = tuple(
        given
        for given in old.approvals
        if given.locale in result.terms and result.meaning_digest(given.locale) == given.digest
    )
    return result.model_copy(
        update={
            "version": old.version + 1,
            "state": "approved" if old.state == "approved" and standing else "draft",
            "approvals": standing,
            "history": tuple(dict.fromkeys((*old.history, *imported.history))),
        }
    )


def _conflicting(imported: ImportedConcept, name: str, what: str, mend: str) -> Item:
    problem = RowProblem(imported.line, imported.entry, "conflict", what, mend)
    return Item("conflicting", name, imported.entry, imported.line, problems=(problem,))


def _problem(imported: ImportedConcept, fault: Fault) -> RowProblem:
    what = f"{fault.key}: {fault.what}" if fault.path else fault.what
    return RowProblem(imported.line, imported.entry, "value", what, f"{fault.mend} in the file")


# Differences


def differences(old: ConceptFile | None, new: ConceptFile) -> Iterator[Change]:
    """What is said otherwise, field by field; state, version, approvals and history are no content."""
    for name in _PLAIN:
        before = _shown(getattr(old, name)) if old is not None else None
        after = _shown(getattr(new, name))
        if before != after:
            yield Change(name, before, after)
    for tag in dict.fromkeys((*(old.terms if old is not None else ()), *new.terms)):
        yield from _term_differences(tag, old.terms.get(tag, ()) if old is not None else (), new.terms.get(tag, ()))


def _term_differences(tag: str, old: Iterable[TermEntry], new: Iterable[TermEntry]) -> Iterator[Change]:
    before = {(term.text, term.market): term for term in old}
    after = {(term.text, term.market): term for term in new}
    for key, term in before.items():
        if key not in after:
            yield Change(f"terms.{tag}", _term_shown(term), None)
            continue
        for name in TermEntry.model_fields:
            was, now = _shown(getattr(term, name)), _shown(getattr(after[key], name))
            if was != now:
                yield Change(f"terms.{tag} “{term.text}”.{name}", was, now)
    for key, term in after.items():
        if key not in before:
            yield Change(f"terms.{tag}", None, _term_shown(term))


def _term_shown(term: TermEntry) -> str:
    parts = [term.status, *([f"in {term.market}"] if term.market else [])]
    return f"{term.text} ({', '.join(parts)})"


def _shown(value: Any) -> str | None:
    if not value:
        return None
    if value is True or isinstance(value, str):
        return str(value).lower() if value is True else str(value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {code}" for key, code in sorted(value.items()))
    if isinstance(value, tuple):
        return ", ".join(part if isinstance(part, str) else _form(part) for part in value)
    return json.dumps(value.model_dump(mode="json", exclude_none=True), ensure_ascii=False)


def _form(form: FormEntry) -> str:
    return form.text if form.approved_by is None else f"{form.text} (approved by {form.approved_by})"
