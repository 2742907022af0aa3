"""Glossary entries of XLIFF 2.x (module ``gls:``). An entry repeated in each unit where its term occurs is one."""

from consentry.glossary.exchange.assemble import Assembly
from consentry.glossary.exchange.imported import Imported, RawEntry, RawTerm
from consentry.glossary.exchange.markup import Broken, Node, read_entries
from consentry.glossary.exchange.vocabulary import citation_kind
from consentry.glossary.exchange.xliff_names import (
    FACTS,
    FLAGS,
    GLOSSARY,
    JSON_FACTS,
    LISTS,
    OURS,
    TERM_FIELDS,
    XLIFF_1,
)


def read_xliff(data: bytes, *, locale: str | None = None, source_locale: str | None = None) -> Imported:
    """Every entry. ``locale`` and ``source_locale`` hold where the file does not say its languages."""
    reader = _Reader(locale or "", source_locale or "")
    try:
        read_entries(data, frozenset({"unit", "trans-unit"}), reader.unit, reader.around)
        reader.check()
    except Broken as broken:
        return reader.book.stop(broken.problem)
    for entry in reader.entries.values():
        reader.book.add(entry)
    return reader.book.done()


class _Reader:
    def __init__(self, locale: str, source_locale: str) -> None:
        self.book = Assembly("xliff")
        self.entries: dict[str, RawEntry] = {}
        self._root = False
        self._source = source_locale
        self._target = locale
        self._marks = 0

    def around(self, node: Node) -> None:
        """The elements outside of units."""
        if not self._root:
            self._root = True
            if node.name != "xliff":
                message = f"the root element is <{node.name}>, not <xliff>"
                raise Broken(node.line, "not-xliff", message, "export as XLIFF 2.1, or as TBX")
            if node.namespace == XLIFF_1:
                message = "XLIFF 1.2 has no glossary entries"
                raise Broken(node.line, "no-glossary", message, "export the terms as TBX, or as XLIFF 2.1")
            self._source = node.get("srcLang") or self._source
            self._target = node.get("trgLang") or self._target

    def unit(self, node: Node) -> None:
        """One unit."""
        for part in node.walk():
            if part.namespace == GLOSSARY and part.name == "glossEntry":
                self._entry(part, node)
            elif part.name == "mrk" and part.get("type") == "term":
                self._marks += 1

    def check(self) -> None:
        """Say what a file without entries lacks."""
        if not self.entries:
            marked = f"; {self._marks} terms are marked in the text, without their translation" if self._marks else ""
            message = f"no unit has glossary entries (gls:glossEntry){marked}"
            raise Broken(0, "no-glossary", message, "export the terms as TBX, or with the glossary module")

    def _entry(self, node: Node, unit: Node) -> None:
        source = next(node.named("term"), None)
        if source is None:
            entry = RawEntry(unit.get("id") or f"in line {node.line}", node.line)
            entry.problem("no-term", "the glossary entry has no gls:term", "write the source term")
            self.entries[f"line {node.line}"] = entry
            return
        concept = node.attributes.get(_ours("concept"))
        key = f"#{concept}" if concept else source.text.casefold()
        entry = self.entries.get(key) or RawEntry(concept or source.text, node.line, concept=concept, own=bool(concept))
        if key in self.entries and concept:
            entry.problem("two-entries", f"{concept} stands there twice", "keep one of them", line=node.line)
        self.entries[key] = entry
        self._add(entry, self._term(entry, source, self._source))
        for part in node.children:
            if part.name == "translation":
                self._add(entry, self._term(entry, part, self._target))
            elif part.name == "definition" and part.text:
                entry.said.setdefault("definition", part.text)
                if part.get("source") and not concept:
                    text = part.get("source")[:200]
                    entry.said.setdefault("source", {"kind": citation_kind(text), "text": text})
            elif part.namespace == OURS and part.name == "term":
                term = self._term(entry, part, self._source)
                at = part.attributes.get(_ours("at"), "")
                first = sum(t.tag == term.tag for t in entry.terms)
                entry.terms.insert(min(int(at), first) if at.isdecimal() else first, term)
            elif part.name != "term":
                self.book.count("not-kept", f"<{part.name}> was not kept", "nothing", part.line)
        if concept:
            self._facts(entry, node)

    def _add(self, entry: RawEntry, term: RawTerm) -> None:
        """Add a term; what another unit said already is passed over."""
        key = (term.tag, term.text.casefold())
        if entry.own or not any((known.tag, known.text.casefold()) == key for known in entry.terms):
            entry.terms.append(term)

    def _term(self, entry: RawEntry, node: Node, tag: str) -> RawTerm:
        attributes = node.attributes
        term = RawTerm(attributes.get(_ours("locale"), tag), node.text, node.line)
        for name in TERM_FIELDS:
            value = attributes.get(_ours(name))
            if value is not None and name == "note":
                term.notes.append(value)
            elif value is not None:
                term.said[name] = value
        if _ours("forms") in attributes:
            forms = entry.parsed(attributes[_ours("forms")])
            term.said |= {"forms": forms} if forms is not None else {}
        if node.get("source"):
            term.notes.append(f"source: {node.get('source')}")
        return term

    def _facts(self, entry: RawEntry, node: Node) -> None:
        stated = {name: node.attributes.get(_ours(name)) for name in (*FACTS, *JSON_FACTS, *FLAGS)}
        entry.said |= {name: stated[name] for name in FACTS if stated[name] is not None}
        entry.said |= {name: stated[name] == "true" for name in FLAGS}
        entry.said.setdefault("context", None)
        entry.said |= {"codes": {}, "options": (), "empty": ()}
        for name in JSON_FACTS:
            value = entry.parsed(text) if (text := stated[name]) is not None else None
            if value is not None and name in LISTS and not _texts(value):
                entry.problem("value", f"{name} is no list of texts any more", "export the concept again")
            elif value is not None:
                entry.said[name] = tuple(value) if name in LISTS else value
        entry.history = list(entry.said.get("history", ()))


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _ours(name: str) -> str:
    return f"{{{OURS}}}{name}"
