"""Concepts as an XLIFF 2.1 file of one language pair: a unit for each, its terms in the glossary module (``gls:``)."""

import json
from collections.abc import Iterable, Iterator
from typing import Any
from xml.sax.saxutils import quoteattr

from consentry.glossary.concept import ConceptFile, TermEntry
from consentry.glossary.exchange.tbx_write import legal
from consentry.glossary.exchange.xliff_names import FACTS, FLAGS, GLOSSARY, OURS, TERM_FIELDS, XLIFF_2
from consentry.glossary.matching.model import chain

_USUAL = {"type": "full-form", "case": "any", "match": "auto"}


def write_xliff(concepts: Iterable[ConceptFile], locale: str) -> bytes:
    """English and one locale, with what it inherits from its language. UTF-8."""
    return "".join(_lines(concepts, locale)).encode("utf-8")


def _lines(concepts: Iterable[ConceptFile], locale: str) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<xliff xmlns="{XLIFF_2}" xmlns:gls="{GLOSSARY}" xmlns:c="{OURS}" version="2.1" srcLang="en" '
    yield f"trgLang={quoteattr(locale)}>\n"
    yield '<file id="glossary">\n'
    for concept in concepts:
        yield from _unit(concept, locale)
    yield "</file>\n</xliff>\n"


def _unit(concept: ConceptFile, locale: str) -> Iterator[str]:
    tags = [tag for tag in chain(locale) if tag in concept.terms and tag != "en"]
    english = list(concept.terms.get("en", ()))
    first = next((term for term in english if term.status == "preferred" and not term.market), None)
    if first is None:
        return  # the module's entry is a source term and what belongs to it
    targets = [(tag, term) for tag in tags for term in concept.terms[tag]]
    preferred = [term.text for tag, term in targets if term.status == "preferred" and not term.market]
    yield f"<unit id={quoteattr(concept.concept)}>\n <gls:glossary>\n"
    yield f"  <gls:glossEntry{_concept_attributes(concept, tags)}>\n"
    yield f"   <gls:term{_term_attributes(first)}>{legal(first.text)}</gls:term>\n"
    for tag, term in targets:
        where = f" c:locale={quoteattr(tag)}" if tag != locale else ""
        yield f"   <gls:translation{where}{_term_attributes(term)}>{legal(term.text)}</gls:translation>\n"
    yield f"   <gls:definition source={_quoted(concept.source.text)}>{legal(concept.definition)}</gls:definition>\n"
    for number, term in enumerate(english):
        if term is not first:
            at = f' c:at="{number}"'
            yield f'   <c:term c:locale="en"{at}{_term_attributes(term)}>{legal(term.text)}</c:term>\n'
    yield "  </gls:glossEntry>\n </gls:glossary>\n"
    target = first.text if concept.do_not_translate else (preferred[-1] if preferred else None)
    yield f" <segment><source>{legal(first.text)}</source>"
    yield f"<target>{legal(target)}</target></segment>\n</unit>\n" if target else "</segment>\n</unit>\n"


def _concept_attributes(concept: ConceptFile, tags: Iterable[str]) -> str:
    facts: dict[str, Any] = {"concept": concept.concept}
    facts |= {name: getattr(concept, name) for name in FACTS if getattr(concept, name) is not None}
    facts |= {name: "true" for name in FLAGS if getattr(concept, name)}
    facts["source"] = concept.source.model_dump(mode="json", exclude_none=True)
    facts |= {name: getattr(concept, name) for name in ("codes", "options", "history") if getattr(concept, name)}
    empty = [tag for tag in tags if not concept.terms[tag]]
    if empty:
        facts["empty"] = empty
    facts["state"] = concept.state
    facts["version"] = str(concept.version)
    return _attributes(facts)


def _term_attributes(term: TermEntry) -> str:
    facts: dict[str, Any] = {
        name: getattr(term, name)
        for name in TERM_FIELDS
        if getattr(term, name) is not None and getattr(term, name) != _USUAL.get(name)
    }
    if term.forms:
        facts["forms"] = [form.model_dump(mode="json", exclude_none=True) for form in term.forms]
    return _attributes(facts)


def _attributes(facts: dict[str, Any]) -> str:
    texts = {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        for name, value in facts.items()
    }
    return "".join(f" c:{name}={_quoted(text)}" for name, text in texts.items())


def _quoted(text: str) -> str:
    return quoteattr(legal(text, escaped=False), {"\n": "&#10;", "\t": "&#9;", "\r": "&#13;"})
