"""TBX: ISO 30042:2019 in both styles (DCA and DCT), and the older ``martif`` of TBX-Default and TBX-Basic."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from consentry.glossary.exchange import tags, vocabulary
from consentry.glossary.exchange.assemble import Assembly
from consentry.glossary.exchange.imported import Imported, RawEntry, RawTerm
from consentry.glossary.exchange.markup import Broken, Node, read_entries
from consentry.glossary.exchange.tbx_names import OURS

_ENTRIES = frozenset({"conceptEntry", "termEntry"})
_LANGUAGES = ("langSec", "langSet")
_GROUPS = frozenset({"descripGrp", "adminGrp", "termNoteGrp"})
_TYPED = frozenset({"descrip", "descripNote", "admin", "adminNote", "termNote", "xref", "ref"})
_STRUCTURE = frozenset(
    {"langSec", "langSet", "termSec", "tig", "ntig", "termGrp", "term", "date", "transacGrp", "termCompList"}
)


def read_tbx(data: bytes) -> Imported:
    """Every entry; entity declarations, wrong encodings and files that are no TBX are one problem and nothing else."""
    book = Assembly("tbx")
    seen: list[Node] = []

    def open_(node: Node) -> None:
        if not seen:
            book.format = _format(node)
        seen.append(node)

    def take(node: Node) -> None:
        if not seen:
            _format(node)
        book.add(_Reader(node, book).entry())

    try:
        read_entries(data, _ENTRIES, take, open_)
    except Broken as broken:
        return book.stop(broken.problem)
    return book.done()


def _format(root: Node) -> str:
    if root.name == "martif":
        return "tbx-martif"
    if root.name == "tbx":
        return "tbx-dct" if root.get("style").lower() == "dct" else "tbx"
    hint = (
        "this is MultiTerm’s own XML; in MultiTerm choose the export “TBX”" if root.name == "mtf" else "export as TBX"
    )
    raise Broken(root.line, "not-tbx", f"the root element is <{root.name}>, not <tbx> or <martif>", hint)


@dataclass(frozen=True, slots=True)
class _Fact:
    """A data category's value on one level, with the source that stands in its group."""

    category: str
    value: str
    node: Node
    source: str = ""


def _facts(level: Node) -> Iterator[_Fact]:
    for child in level.children:
        if child.name in _GROUPS:
            inner = list(_facts(child))
            source = next((fact.value for fact in inner if fact.category == "source"), "")
            yield from (
                _Fact(f.category, f.value, f.node, source) for f in inner if f.category != "source" or len(inner) == 1
            )
        elif child.name == "termGrp":
            yield from _facts(child)
        elif child.name in _TYPED:
            yield _Fact(_key(child.get("type")), child.text, child)
        elif child.name not in _STRUCTURE:
            yield _Fact(_key(child.name), child.text, child)


def _key(category: str) -> str:
    return re.sub(r"[\s_-]", "", category).lower()


class _Reader:
    def __init__(self, node: Node, book: Assembly) -> None:
        self.node = node
        self.book = book
        self.raw = RawEntry(node.get("id") or f"in line {node.line}", node.line)
        self.definitions: list[tuple[str, _Fact]] = []
        self.contexts: list[tuple[str, _Fact]] = []
        self.ours: dict[str, list[str]] = {}

    def entry(self) -> RawEntry:
        for fact in _facts(self.node):
            self._concept_fact(fact)
        self._history(self.node, "")
        for section in self.node.named(*_LANGUAGES):
            self._language(section)
        self._definition()
        if self.contexts:
            chosen = next((fact for tag, fact in self.contexts if tag.startswith("en")), self.contexts[0][1])
            self.raw.said["context"] = chosen.value
            for _ in self.contexts[1:]:
                self._unkept("context of a second term")
        if "concept" in self.ours:
            self._take_ours()
        return self.raw

    # Concept level

    def _concept_fact(self, fact: _Fact) -> None:
        said = self.raw.said
        match fact.category:
            case "subjectfield" | "domain" | "subject":
                said["subject"] = fact.value
            case "definition" | "explanation" | "":
                self.definitions.append(("", fact))
            case "context":
                self.contexts.append(("", fact))
            case "source":
                said["source"] = _citation(fact.value)
            case "note" | "usagenote":
                self._note(fact)
            case "translationneeded":
                said["do_not_translate"] = fact.value.lower() in {"no", "false"}
            case _:
                self._unkept(_named(fact))

    def _note(self, fact: _Fact) -> None:
        if fact.value.startswith(OURS):
            name, _, value = fact.value.removeprefix(OURS).partition("=")
            self.ours.setdefault(name, []).append(value)
        elif fact.value:
            self.raw.history.append(f"note: {fact.value}")

    def _definition(self) -> None:
        if not self.definitions:
            return
        english = [fact for tag, fact in self.definitions if not tag or tag.lower().startswith("en")]
        chosen = (english or [fact for _, fact in self.definitions])[0]
        if not chosen.value:
            return
        if chosen.category == "" and len(chosen.value) < 10:  # Weblate's explanation: a remark, not a definition
            self.raw.history.append(f"note: {chosen.value}")
            return
        self.raw.said["definition"] = chosen.value
        if chosen.source:
            self.raw.said.setdefault("source", _citation(chosen.source))
        if not english:
            what = f"the definition is in {self.definitions[0][0]}, not in English"
            self.raw.problem(
                "definition", what, "translate it before it is reviewed", line=chosen.node.line, weight="warning"
            )
        for tag, fact in self.definitions:
            if fact is not chosen:
                self._unkept(f"definition in {tag or 'the concept'}")

    def _take_ours(self) -> None:
        raw, ours = self.raw, self.ours
        raw.own = True
        raw.entry = raw.concept = ours["concept"][0]
        said = raw.said
        said.pop("source", None)
        for name in ("severity", "subject"):
            if name in ours:
                said[name] = ours[name][0]
        for name in ("do_not_translate", "strict", "sample"):
            said[name] = ours.get(name) == ["true"]
        said["options"] = tuple(ours.get("option", ()))
        said["codes"] = dict(code.split("=", 1) for code in ours.get("code", ()) if "=" in code)
        if "source" in ours and (source := raw.parsed(ours["source"][0])):
            said["source"] = source
        if "definition" in ours:
            said["definition"] = ours["definition"][0]
        said.setdefault("context", None)
        said["empty"] = tuple(ours.get("empty", ()))
        raw.history = [*ours.get("history", ()), *(h for h in raw.history if not h.startswith("note: "))]
        said["history"] = tuple(raw.history)

    # Languages and terms

    def _language(self, section: Node) -> None:
        tag = section.lang or section.get("lang")
        for fact in _facts(section):
            if fact.category in {"definition", ""}:
                self.definitions.append((tag, fact))
            elif fact.category in {"note", "usagenote"}:
                self.raw.history.append(f"note ({tag}): {fact.value}")
            elif fact.category == "context":
                self.contexts.append((tag, fact))
            else:
                self._unkept(_named(fact))
        self._history(section, f"{tag}: ")
        found = list(section.named("termSec", "tig", "ntig"))
        if not found:
            self.book.count(
                "untranslated",
                f"no term yet in {tag or 'a language without a name'}",
                "nothing; it can come later",
                section.line,
            )
        for one in found:
            self.raw.terms.append(self._term(one, tag))

    def _term(self, section: Node, tag: str) -> RawTerm:
        holder = next(section.named("termGrp"), section)
        node = next(holder.named("term"), None)
        term = RawTerm(tag, node.text if node else "", node.line if node else section.line)
        for fact in _facts(section):
            self._term_fact(term, fact)
        self._history(section, f"{tag}, {term.text}: ")
        return term

    def _term_fact(self, term: RawTerm, fact: _Fact) -> None:
        value, line = fact.value.strip(), fact.node.line
        match fact.category:
            case "administrativestatus" | "normativeauthorization" | "status" | "termstatus" | "usagestatus" | "usage":
                self._status(term, value, line)
            case "forbidden":
                if value.lower() in {"true", "yes", "1"}:
                    term.said["status"] = "forbidden"
            case "partofspeech":
                self._listed(term, "part_of_speech", vocabulary.PART_OF_SPEECH, value, line)
            case "grammaticalgender" | "gender":
                self._listed(term, "gender", vocabulary.GENDER, value, line)
            case "termtype" | "type":
                self._listed(term, "type", vocabulary.TERM_TYPE, value, line)
            case "geographicalusage" | "geographicalrestriction" | "customersubset":
                self._markets(term, fact)
            case _:
                self._term_remark(term, fact)

    def _term_remark(self, term: RawTerm, fact: _Fact) -> None:
        value = fact.value.strip()
        match fact.category:
            case "projectsubset":
                term.notes.append(f"project: {value}")
            case "note" | "usagenote" | "translatornote":
                self._term_note(term, value)
            case "context" | "example":
                self.contexts.append((term.tag, fact))
            case "definition" | "":
                self.definitions.append((term.tag, fact))
            case "source":
                term.notes.append(f"source: {value}")
            case "translationnote":
                if value.lower() == "no":
                    self.raw.said["do_not_translate"] = True
            case _:
                self._unkept(_named(fact))

    def _status(self, term: RawTerm, value: str, line: int) -> None:
        known = vocabulary.STATUS.get(value.lower())
        if known is not None:
            if term.said.get("status") != "forbidden":
                term.said["status"] = known
        elif value and value.lower() not in vocabulary.UNDECIDED:
            what = f"“{term.text}”: the status “{value}” says nothing to us"
            self.raw.problem("status", what, "write preferred, admitted, deprecated or forbidden", line=line)

    def _listed(self, term: RawTerm, name: str, known: Any, value: str, line: int) -> None:
        found = known.get(value.lower())
        if found is not None:
            term.said[name] = found
        elif value:
            what = f"“{term.text}”: {name.replace('_', ' ')} “{value}” is none that we know, and was left out"
            self.raw.problem(
                "value", what, f"write one of {', '.join(dict.fromkeys(known.values()))}", line=line, weight="warning"
            )

    def _markets(self, term: RawTerm, fact: _Fact) -> None:
        parts = [part.strip() for part in re.split(r"[,;|]", fact.value) if part.strip()]
        found = [tags.market(part) for part in parts]
        if found and all(found):
            term.markets += [market for market in found if market]
        elif fact.value:
            label = "customer" if fact.category == "customersubset" else "region"
            term.notes.append(f"{label}: {fact.value}")
            self.book.count(
                "market",
                f"{label} “{fact.value}” is no market; it was kept as a note",
                "name a country, for example CH",
                fact.node.line,
            )

    def _term_note(self, term: RawTerm, value: str) -> None:
        if not value.startswith(OURS):
            term.notes.append(value)
            return
        name, _, stated = value.removeprefix(OURS).partition("=")
        if name == "form":
            term.said["forms"] = (*term.said.get("forms", ()), self.raw.parsed(stated))
        elif name == "note":
            term.notes.append(stated)
        elif name == "market":
            term.markets = [stated]
        else:
            term.said[name] = stated

    # History

    def _history(self, level: Node, where: str) -> None:
        for group in level.named("transacGrp", "transac"):
            facts = {
                _key(node.get("type") or node.name): node.text
                for node in ([group] if group.name == "transac" else group.children)
            }
            done = facts.get("transactiontype") or facts.get("transac") or next(iter(facts.values()), "")
            by = facts.get("responsibility", "")
            date = facts.get("date", "")
            said = " ".join(part for part in (done, date[:10], f"by {by}" if by else "") if part)
            if said:
                self.raw.history.append(f"{where}{said}")

    def _unkept(self, category: str) -> None:
        name = category or "an entry without a type"
        self.book.count(
            "not-kept", f"“{name}” has no place in the glossary and was not kept", "nothing", self.node.line
        )


def _named(fact: _Fact) -> str:
    return fact.node.get("type") or fact.node.name


def _citation(text: str) -> dict[str, Any]:
    return {"kind": vocabulary.citation_kind(text), "text": text[:200]}
