"""A concept as the text of its file: one style, so that a change shows as the lines that changed.

Facts in block style, one to a line; a term and an approval are one line each; texts in double quotes; what has its
usual value is left out.
"""

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from consentry.glossary.concept import ConceptFile

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9._-]*")
_WORDS = frozenset({"true", "false", "null"})
_SPECIAL = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_TEXTS = frozenset({"text", "note", "reference"})


def concept_yaml(file: ConceptFile) -> str:
    """The file's text, ending in a line end. Reading it gives an equal ``ConceptFile``."""
    return "".join(f"{line}\n" for line in _lines(file))


def _lines(file: ConceptFile) -> Iterator[str]:
    yield f"concept: {_name(file.concept)}"
    yield f"version: {file.version}"
    yield f"state: {file.state}"
    if file.sample:
        yield "sample: true"
    yield f"subject: {_name(file.subject)}"
    yield f"definition: {_text(file.definition)}"
    if file.context is not None:
        yield f"context: {_text(file.context)}"
    yield from _source(file)
    if file.codes:
        yield "codes:"
        for system, code in file.codes.items():
            yield f"  {system}: {_text(code)}"
    if file.options:
        yield f"options: [{', '.join(_name(option) for option in file.options)}]"
    for name in ("do_not_translate", "severity", "strict"):
        value = getattr(file, name)
        if value:
            yield f"{name}: {value if isinstance(value, str) else 'true'}"
    yield from _terms(file)
    if file.approvals:
        yield "approvals:"
        for approval in file.approvals:
            yield f"  - {_flow(approval.model_dump(exclude_none=True))}"
    if file.history:
        yield "history:"
        for line in file.history:
            yield f"  - {_text(line)}"


def _source(file: ConceptFile) -> Iterator[str]:
    yield "source:"
    yield f"  kind: {file.source.kind}"
    yield f"  text: {_text(file.source.text)}"
    if file.source.date is not None:
        yield f"  date: {file.source.date}"


def _terms(file: ConceptFile) -> Iterator[str]:
    if not file.terms:
        yield "terms: {}"
        return
    yield "terms:"
    for locale, terms in file.terms.items():
        if not terms:
            yield f"  {_name(locale)}: []"
            continue
        yield f"  {_name(locale)}:"
        for term in terms:
            yield f"    - {_flow({'text': term.text, 'status': term.status, **_unusual(term)})}"


def _unusual(term: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, field in type(term).model_fields.items():
        value = getattr(term, name)
        if not field.is_required() and value != field.default:
            found[name] = [{"text": f.text, **_unusual(f)} for f in value] if name == "forms" else value
    return found


def _flow(value: Any, name: str = "") -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(part, key)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(part) for part in value) + "]"
    if isinstance(value, date):
        return value.isoformat()
    return _text(value) if name in _TEXTS else _name(value)


def _name(text: str) -> str:
    """A word that YAML takes for itself; anything else in quotes."""
    return text if _PLAIN.fullmatch(text) and text not in _WORDS else _text(text)


def _text(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)
    return _SPECIAL.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)
