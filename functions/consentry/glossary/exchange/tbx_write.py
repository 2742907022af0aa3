"""Concepts as TBX-Basic (ISO 30042:2019), style DCA or DCT."""

import json
from collections.abc import Iterable, Iterator
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from consentry.glossary.concept import ConceptFile, TermEntry
from consentry.glossary.exchange import vocabulary
from consentry.glossary.exchange.tbx_names import BASIC, CORE, MIN, OURS

_MIN = frozenset({"subjectField", "administrativeStatus", "partOfSpeech", "customerSubset"})
_META = {
    "subjectField": "descrip", "definition": "descrip", "context": "descrip", "source": "admin",
    "administrativeStatus": "termNote", "partOfSpeech": "termNote", "grammaticalGender": "termNote",
    "termType": "termNote", "geographicalUsage": "termNote",
}  # fmt: skip


def write_tbx(concepts: Iterable[ConceptFile], style: Literal["dca", "dct"] = "dca") -> bytes:
    """A whole file, UTF-8. What TBX-Basic has no category for stands in notes (``tbx_names.OURS``)."""
    return "".join(_lines(concepts, style)).encode("utf-8")


def _lines(concepts: Iterable[ConceptFile], style: Literal["dca", "dct"]) -> Iterator[str]:
    modules = f' xmlns:min="{MIN}" xmlns:basic="{BASIC}"' if style == "dct" else ""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<tbx type="TBX-Basic" style="{style}" xml:lang="en" xmlns="{CORE}"{modules}>\n'
    yield "<tbxHeader><fileDesc><titleStmt><title>Glossary</title></titleStmt>"
    yield "<sourceDesc><p>consentry glossary export</p></sourceDesc></fileDesc></tbxHeader>\n<text><body>\n"
    writer = _Writer(style)
    for concept in concepts:
        yield from writer.entry(concept)
    yield "</body></text>\n</tbx>\n"


class _Writer:
    def __init__(self, style: Literal["dca", "dct"]) -> None:
        self._style = style

    def entry(self, concept: ConceptFile) -> Iterator[str]:
        yield f"<conceptEntry id={quoteattr(concept.concept)}>\n"
        yield self._fact("subjectField", concept.subject)
        yield self._group("definition", concept.definition, concept.source.text)
        for note in _concept_notes(concept):
            yield _note(note)
        context = concept.context
        for locale, terms in concept.terms.items():
            if not terms:
                continue
            yield f'<langSec xml:lang="{locale}">\n'
            for term in terms:
                yield "<termSec>\n"
                yield f"  <term>{legal(term.text)}</term>\n"
                if context is not None:  # TBX-Basic knows contexts of terms only: the concept's goes to the first
                    yield "  " + self._fact("context", context)
                    context = None
                for line in self._term(term):
                    yield "  " + line
                yield "</termSec>\n"
            yield "</langSec>\n"
        yield "</conceptEntry>\n"

    def _term(self, term: TermEntry) -> Iterator[str]:
        yield self._fact("administrativeStatus", vocabulary.STATUS_OUT[term.status])
        if term.part_of_speech:
            yield self._fact("partOfSpeech", term.part_of_speech)
        if term.gender:
            yield self._fact("grammaticalGender", vocabulary.GENDER_OUT[term.gender])
        yield self._fact("termType", vocabulary.TERM_TYPE_OUT[term.type])
        if term.market:
            yield self._fact("geographicalUsage", term.market)
        if term.status == "forbidden":
            yield _note(f"{OURS}status=forbidden")
        for name, value, usual in (("case", term.case, "any"), ("match", term.match, "auto")):
            if value != usual:
                yield _note(f"{OURS}{name}={value}")
        for form in term.forms:
            yield _note(f"{OURS}form={_compact(form.model_dump(mode='json', exclude_none=True))}")
        if term.note:
            yield _note(f"{OURS}note={term.note}" if term.note.startswith(OURS) else term.note)

    def _fact(self, category: str, value: str) -> str:
        if self._style == "dct":
            prefix = "min" if category in _MIN else "basic"
            return f"<{prefix}:{category}>{legal(value)}</{prefix}:{category}>\n"
        meta = _META[category]
        return f'<{meta} type="{category}">{legal(value)}</{meta}>\n'

    def _group(self, category: str, value: str, source: str) -> str:
        return f"<descripGrp>\n  {self._fact(category, value)}  {self._fact('source', source)}</descripGrp>\n"


def _concept_notes(concept: ConceptFile) -> Iterator[str]:
    yield f"{OURS}concept={concept.concept}"
    yield f"{OURS}version={concept.version}"
    yield f"{OURS}state={concept.state}"
    yield f"{OURS}severity={concept.severity}"
    yield f"{OURS}source={_compact(concept.source.model_dump(mode='json', exclude_none=True))}"
    for name in ("sample", "do_not_translate", "strict"):
        if getattr(concept, name):
            yield f"{OURS}{name}=true"
    for system, code in concept.codes.items():
        yield f"{OURS}code={system}={code}"
    for option in concept.options:
        yield f"{OURS}option={option}"
    for locale, terms in concept.terms.items():
        if not terms:
            yield f"{OURS}empty={locale}"
    for line in concept.history:
        yield f"{OURS}history={line}"
    for approval in concept.approvals:
        yield f"{OURS}approval={approval.locale} {approval.role} {approval.actor} {approval.at}"


def _note(text: str) -> str:
    return f"<note>{legal(text)}</note>\n"


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def legal(text: str, *, escaped: bool = True) -> str:
    """The text without characters that XML 1.0 cannot hold, ready to stand in an element."""
    kept = "".join(c for c in text if c in "\t\n" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff")
    return escape(kept) if escaped else kept
