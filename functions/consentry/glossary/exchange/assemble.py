"""Entries as readers found them, judged and put together: one place for every format."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from consentry.base.faults import faults
from consentry.base.names import LOCALE, NAME
from consentry.glossary.concept import ConceptFile, TermEntry
from consentry.glossary.exchange import tags, words
from consentry.glossary.exchange.imported import Imported, ImportedConcept, RawEntry, RawTerm, RowProblem, Weight
from consentry.glossary.matching.look_alike import look_alikes
from consentry.glossary.matching.model import chain, is_acronym

_NAME = re.compile(NAME)
_OWN_TAG = re.compile(LOCALE)
_LONGEST_TERM = 200
_DEFINITION = (10, 600)


def slug(text: str) -> str:
    """A name of small letters, digits and hyphens; empty where nothing of the text can be written so."""
    ascii_ = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    found = re.sub(r"[^a-z0-9]+", "-", ascii_).strip("-").lstrip("0123456789-")[:64].strip("-")
    return found if _NAME.fullmatch(found) else ""


class Assembly:
    """Collects a file's entries. ``format`` is the shape that was recognised."""

    def __init__(self, format_: str) -> None:
        self.format = format_
        self._concepts: list[ImportedConcept] = []
        self._problems: list[RowProblem] = []
        self._counted: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        self._refused: set[str] = set()

    def problem(self, problem: RowProblem) -> None:
        """Record a problem of the file, or of a row that makes no entry."""
        self._problems.append(problem)

    def count(self, rule: str, what: str, mend: str, line: int) -> None:
        """Record something that is alike in many entries: told once, with its number and first line."""
        self._counted[rule, what, mend].append(line)

    def add(self, raw: RawEntry) -> None:
        """Judge an entry; keep it if it is sound."""
        concept = _Entry(raw, self).concept()
        self._problems += raw.problems
        if concept is None:
            self._refused.add(raw.entry)
        else:
            self._concepts.append(concept)

    def stop(self, problem: RowProblem) -> Imported:
        """The file cannot be read to its end: nothing of it is imported."""
        return Imported(self.format, (), (problem,))

    def done(self) -> Imported:
        """Everything, with what is only seen when all entries are there."""
        kept = _without_repetition(self._concepts, self._problems)
        for (rule, what, mend), lines in self._counted.items():
            times = f" ({len(lines)} times, first in line {lines[0]})" if len(lines) > 1 else ""
            self._problems.append(RowProblem(lines[0], "", rule, what + times, mend, "note"))
        if not kept and not any(problem.weight == "error" for problem in self._problems):
            message = "there is no entry in the file"
            self._problems.append(RowProblem(0, "", "empty", message, "export it again, with the terms selected"))
        problems = sorted(self._problems, key=lambda p: (p.line, _ORDER[p.weight]))
        return Imported(self.format, tuple(kept), tuple(problems))


_ORDER: dict[Weight, int] = {"error": 0, "warning": 1, "note": 2}


def _english(concept: ImportedConcept) -> str:
    terms = concept.terms.get("en", ())
    return next((term.text for term in terms if term.status == "preferred"), "")


def _without_repetition(concepts: Iterable[ImportedConcept], problems: list[RowProblem]) -> list[ImportedConcept]:
    seen: dict[tuple[str, str], ImportedConcept] = {}
    kept = []
    for concept in concepts:
        key = ("id", concept.concept) if concept.concept else (_english(concept).casefold(), _subject(concept))
        if not key[0]:
            kept.append(concept)
            continue
        first = seen.setdefault(key, concept)
        if first is concept:
            kept.append(concept)
        elif first.terms == concept.terms and first.said == concept.said:
            message = f"the same as the entry in line {first.line}"
            problems.append(RowProblem(concept.line, concept.entry, "repeated", message, "keep one of them", "warning"))
        else:
            shown = concept.concept or f"“{_english(concept)}”"
            message = f"{shown} is also the entry in line {first.line}, with other content"
            mend = "join the two, or tell them apart by their subject field"
            problems.append(RowProblem(concept.line, concept.entry, "two-entries", message, mend))
            if first in kept:
                kept.remove(first)
                message = f"{shown} is also the entry in line {concept.line}, with other content"
                problems.append(RowProblem(first.line, first.entry, "two-entries", message, mend))
    return kept


def _subject(concept: ImportedConcept) -> str:
    return str(concept.said.get("subject", ""))


class _Entry:
    """One entry on its way."""

    def __init__(self, raw: RawEntry, book: Assembly) -> None:
        self.raw = raw
        self.book = book

    def concept(self) -> ImportedConcept | None:
        terms: dict[str, list[TermEntry]] = {tag: [] for tag in self.raw.said.pop("empty", ())}
        placed = self._placed()
        for tag, found in placed.items():
            terms[tag] = self._terms(tag, found)
        said = self._said()
        self._doubts(terms)
        if not any(terms.values()) and not self._wrong():
            self.raw.problem("no-term", "the entry has no term", "write one, or take the entry out")
        if self._wrong():
            return None
        ready = {tag: tuple(entries) for tag, entries in terms.items() if entries or self.raw.own}
        history = tuple(dict.fromkeys(self.raw.history))
        return ImportedConcept(
            self.raw.entry, self.raw.line, self.raw.concept, said, ready, whole=self.raw.own, history=history
        )

    def _wrong(self) -> bool:
        return any(problem.weight == "error" for problem in self.raw.problems)

    # Languages

    def _placed(self) -> dict[str, list[RawTerm]]:
        found: dict[str, list[RawTerm]] = {}
        for term in self.raw.terms:
            tag = self._tag(term)
            if tag is not None:
                found.setdefault(tag, []).append(term)
        return found if self.raw.own else self._general(found)

    def _tag(self, term: RawTerm) -> str | None:
        if not term.tag:
            what, mend = f"“{term.text}” has no language", "state it (in TBX: xml:lang), for example de or fr-CA"
            self.raw.problem("no-language", what, mend, line=term.line)
            return None
        tag = tags.canonical(term.tag)
        if self.raw.own and tag is not None and _OWN_TAG.fullmatch(term.tag):
            return term.tag
        if tag is None or not _OWN_TAG.fullmatch(tag):
            what = f"“{term.tag}” is no language tag we know"
            self.raw.problem("language", what, "write a tag such as de, de-CH or zh-Hant", line=term.line)
            return None
        return tag

    def _general(self, found: dict[str, list[RawTerm]]) -> dict[str, list[RawTerm]]:
        """``de-DE`` as ``de`` where the entry has no other German: tools name a region when they mean the language."""
        general: dict[str, list[RawTerm]] = {}
        for tag, terms in found.items():
            code, _, region = tag.partition("-")
            alone = code not in found and sum(other.partition("-")[0] == code for other in found) == 1
            if alone and region and (tags.HOME.get(code) == region or code == "en"):
                self.book.count(
                    "region", f"{tag} is read as {code}", "nothing, if the whole language is meant", terms[0].line
                )
                tag = code  # noqa: PLW2901 -- the same terms, one level up
            general.setdefault(tag, []).extend(terms)
        return general

    # Terms

    def _terms(self, tag: str, found: list[RawTerm]) -> list[TermEntry]:
        pieces = [piece for term in found for piece in self._pieces(term, tag)]
        self._decide(pieces)
        entries: list[TermEntry] = []
        for piece in pieces:
            for where in piece.markets or [""]:
                said = {**piece.said, "market": where} if where else dict(piece.said)
                entry = self._entry(piece, said)
                if entry is not None:
                    self._keep(tag, entry, entries, piece.line)
        for market in {entry.market for entry in entries}:
            preferred = [e.text for e in entries if e.status == "preferred" and e.market == market]
            if len(preferred) > 1:
                shown = " and ".join(f"“{text}”" for text in preferred)
                what, mend = f"{tag}: {shown} are both preferred", "make one of them preferred, the others admitted"
                self.raw.problem("two-preferred", what, mend, line=found[0].line)
        return entries

    def _pieces(self, term: RawTerm, tag: str) -> list[RawTerm]:
        """A cell's terms; one, as it stands, in our own files."""
        text = self._cleaned(term, tag)
        if text is None:
            return []
        if self.raw.own:
            return [RawTerm(tag, text, term.line, term.said, term.notes, term.markets)]
        parts = words.split(text)
        if parts.terms != (text,):
            shown = " | ".join([*parts.terms, *parts.acronyms])
            self.raw.problem(
                "split", f"“{text}” was split: {shown}", "nothing, if that is meant", line=term.line, weight="note"
            )
        if not parts.terms:
            what = f"“{text}” holds no term"
            self.raw.problem("no-term", what, "write the term itself outside the brackets", line=term.line)
            return []
        notes = [*term.notes, *parts.remarks]
        made = []
        for number, part in enumerate(parts.terms):
            said = dict(term.said)
            if number and said.get("status", "preferred") == "preferred":
                said["status"] = "admitted"
            made.append(RawTerm(tag, part, term.line, said, notes, term.markets))
        for acronym in parts.acronyms:
            status = term.said.get("status", "admitted")
            said = {"status": "admitted" if status == "preferred" else status, "type": "acronym", "case": "exact"}
            made.append(RawTerm(tag, acronym, term.line, said, [], term.markets))
        return made

    def _cleaned(self, term: RawTerm, tag: str) -> str | None:
        cleaned = words.clean(term.text, tag)
        text = cleaned.text
        for dropped in cleaned.dropped:
            what = f"{tag}: “{text}” held {dropped}; it was dropped"
            self.raw.problem("invisible", what, "retype the term in the termbase", line=term.line, weight="warning")
        if not words.has_word(text, tag):
            if not text:
                self.book.count("untranslated", f"no term yet in {tag}", "nothing; it can come later", term.line)
            else:
                what = f"{tag}: “{text}” has no letter or digit"
                self.raw.problem("empty-term", what, "write a word, or take the row out", line=term.line)
            return None
        if len(text) > _LONGEST_TERM:
            what = f"{tag}: a term of {len(text)} characters (“{text[:40]}…”); {_LONGEST_TERM} is the limit"
            mend = "shorten it; sentences belong into the definition"
            self.raw.problem("too-long", what, mend, line=term.line)
            return None
        self._letters(text, tag, term.line)
        return text

    def _letters(self, text: str, tag: str, line: int) -> None:
        for alike in look_alikes(text, chain(tag)[0]):
            self.raw.problem("look-alike", f"{tag}: {alike.reason}", "retype the word in its own alphabet", line=line)
        broken = words.mojibake(text)
        if broken:
            what = f"{tag}: “{text}” was saved in the wrong encoding; it looks like “{broken}”"
            self.raw.problem("encoding", what, "export the file again as UTF-8", line=line)
        elif words.wrong_script(text, tag):
            what = f"{tag}: “{text}” has no letter of that language’s script"
            mend = "check that the columns are not exchanged; keep it if it is a name"
            self.raw.problem("script", what, mend, line=line, weight="warning")

    def _decide(self, pieces: list[RawTerm]) -> None:
        """Terms without a status: the first of their market is preferred if nothing else is, the others admitted."""
        for market in {tuple(piece.markets) for piece in pieces}:
            group = [piece for piece in pieces if tuple(piece.markets) == market]
            decided = any(piece.said.get("status") == "preferred" for piece in group)
            for piece in group:
                if "status" not in piece.said:
                    acronym = piece.said.get("type") in {"acronym", "abbreviation"} and len(group) > 1
                    piece.said["_inferred"] = True
                    piece.said["status"] = "admitted" if decided or acronym else "preferred"
                    decided = decided or not acronym
            if group and not decided and all(piece.said.get("_inferred") for piece in group):
                group[0].said["status"] = "preferred"

    def _entry(self, piece: RawTerm, said: dict[str, Any]) -> TermEntry | None:
        inferred = said.pop("_inferred", False)
        if not self.raw.own and is_acronym(piece.text):
            said.setdefault("type", "acronym")
            said.setdefault("case", "exact")
        if piece.notes:
            said["note"] = "; ".join(dict.fromkeys(note for note in piece.notes if note))
        try:
            entry = TermEntry.model_validate({"text": piece.text, **said})
        except ValidationError as error:
            for fault in faults(error):
                what = f"“{piece.text}”: {fault.key}: {fault.what}"
                self.raw.problem("value", what, fault.mend, line=piece.line)
            return None
        stated = set(entry.model_fields_set) - ({"status"} if inferred else set())
        return TermEntry.model_construct(
            _fields_set=stated, **{name: getattr(entry, name) for name in TermEntry.model_fields}
        )

    def _keep(self, tag: str, entry: TermEntry, entries: list[TermEntry], line: int) -> None:
        """Add a term unless it is there already; contradictions are told."""
        for other in entries:
            if other.market != entry.market or not self._same(other, entry):
                continue
            if other.status == entry.status or "status" not in entry.model_fields_set:
                what = f"{tag}: “{entry.text}” stands there twice"
                self.raw.problem("repeated", what, "nothing; it was taken once", line=line, weight="warning")
            else:
                what = f"{tag}: “{entry.text}” is both {other.status} and {entry.status}"
                self.raw.problem("contradiction", what, "decide for one of them", line=line)
            return
        entries.append(entry)

    def _same(self, one: TermEntry, other: TermEntry) -> bool:
        if one.text == other.text:
            return True
        exact = "exact" in {one.case, other.case}
        return not self.raw.own and not exact and one.text.casefold() == other.text.casefold()

    # The concept itself

    def _said(self) -> dict[str, Any]:
        said = dict(self.raw.said)
        definition = said.get("definition")
        if definition is not None:
            low, high = _DEFINITION
            if not low <= len(definition) <= high:
                what = f"the definition has {len(definition)} characters; it needs {low} to {high}"
                self.raw.problem("definition", what, "rewrite it as one or two sentences")
        subject = said.get("subject")
        if subject is not None and not _NAME.fullmatch(subject):
            said["subject"] = slug(subject)
            if not said["subject"]:
                del said["subject"]
                what = f"the subject field “{subject}” cannot be written in Latin letters, and was left out"
                self.raw.problem("subject", what, "name it in English", weight="warning")
        for name in ("definition", "context"):
            broken = words.mojibake(said.get(name) or "")
            if broken:
                self.raw.problem(
                    "encoding", f"the {name} was saved in the wrong encoding", "export the file again as UTF-8"
                )
        if self.raw.concept is not None and not _NAME.fullmatch(self.raw.concept):
            what = f"“{self.raw.concept}” cannot be a concept’s id"
            self.raw.problem("id", what, "use small letters, digits and hyphens, for example adverse-event")
        self._fields(said)
        return said

    def _fields(self, said: dict[str, Any]) -> None:
        """Values that our own shapes state must be ones that a concept file takes."""
        draft = {
            "concept": "x", "state": "draft", "subject": "x", "definition": "x" * 10,
            "source": {"kind": "house", "text": "x"}, "terms": {}, **said,
        }  # fmt: skip
        if said.get("definition") is not None:
            draft["definition"] = "x" * 10  # told above
        try:
            ConceptFile.model_validate(draft)
        except ValidationError as error:
            for fault in faults(error):
                self.raw.problem("value", f"{fault.key}: {fault.what}", fault.mend)

    def _doubts(self, terms: dict[str, list[TermEntry]]) -> None:
        if terms and not any(tag.partition("-")[0] == "en" for tag in terms) and not self._wrong():
            what = "the entry has no English term, and so no name and no source to check against"
            self.raw.problem("no-english", what, "add the English term, or give the languages with --source-locale")
