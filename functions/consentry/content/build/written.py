"""YAML as the content folders have it: one key a line, words in double quotes, short entries on one line."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from consentry.consent.models import Passage, Text
from consentry.glossary.concept import ConceptFile, ProhibitedFile

_LONGEST_LINE = 110


def quoted(text: str) -> str:
    """A double-quoted YAML scalar."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def _scalar(value: Any, *, words: bool) -> str:
    """``words``: strings are quoted; others are codes, ids and digests and stand bare where YAML lets them."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case datetime():
            return value.strftime("%Y-%m-%dT%H:%M:%SZ")
        case date():
            return value.isoformat()
        case str():
            return quoted(value) if words or not _plain(value) else value
    raise TypeError(f"{type(value).__name__} has no place in these files")


def _plain(text: str) -> bool:
    """Whether YAML reads the bare word as this very string."""
    if not text or not text[0].isascii() or not (text[0].isalpha() or text.startswith("sha256-")):
        return False
    if text in ("true", "false", "null", "y", "n", "yes", "no", "on", "off") or text.lower() in (
        "null",
        "true",
        "false",
    ):
        return False
    return all(c.isascii() and (c.isalnum() or c in "-_./+@") for c in text)


_WORDS = {"text", "definition", "context", "note", "reason", "reference", "approved_by"}


def _flow(mapping: dict[str, Any]) -> str:
    parts = [f"{key}: {_value(key, value)}" for key, value in mapping.items()]
    return "{" + ", ".join(parts) + "}"


def _value(key: str, value: Any) -> str:
    match value:
        case dict():
            return _flow(value)
        case list() | tuple():
            return "[" + ", ".join(_value(key, each) for each in value) + "]"
    return _scalar(value, words=key in _WORDS)


def _said(model: BaseModel) -> dict[str, Any]:
    """What a file says of a model: defaults are left out."""
    return model.model_dump(mode="python", exclude_defaults=True, by_alias=True)


def _block(mapping: dict[str, Any], indent: str) -> Iterable[str]:
    for key, value in mapping.items():
        yield f"{indent}{key}: {_value(key, value)}"


def _entry(mapping: dict[str, Any], indent: str) -> Iterable[str]:
    """A list entry, on one line if it is short."""
    flow = f"{indent}- {_flow(mapping)}"
    if len(flow) <= _LONGEST_LINE:
        yield flow
        return
    for number, line in enumerate(_block(mapping, "")):
        yield f"{indent}{'- ' if number == 0 else '  '}{line}"


def concept_yaml(concept: ConceptFile, comments: Sequence[str] = ()) -> str:
    """``glossary/concepts/<concept>.yaml``."""
    said = _said(concept)
    head = {"concept": concept.concept, "version": concept.version, "state": concept.state}
    lines = [*comments, *_block(head, "")]
    if concept.sample:
        lines.append("sample: true")
    lines += _block({"subject": concept.subject, "definition": concept.definition}, "")
    if concept.context is not None:
        lines += _block({"context": concept.context}, "")
    lines += ["source:", *_block(said["source"], "  ")]
    if concept.codes:
        lines += ["codes:", *(f"  {key}: {quoted(code)}" for key, code in concept.codes.items())]
    if concept.options:
        lines.append(f"options: {_covers(concept.options)}")
    if concept.do_not_translate:
        lines.append("do_not_translate: true")
    lines.append(f"severity: {concept.severity}")
    if concept.strict:
        lines.append("strict: true")
    lines.append("terms:")
    for locale, terms in concept.terms.items():
        lines.append(f"  {locale}:" + ("" if terms else " []"))
        for term in terms:
            entry = {"text": term.text, "status": term.status}
            entry |= {key: value for key, value in _said(term).items() if key not in entry}
            lines.append(f"    - {_flow(entry)}")
    if concept.approvals:
        lines.append("approvals:")
        lines += [f"  - {_flow(_said(approval))}" for approval in concept.approvals]
    return "\n".join(lines) + "\n"


def prohibited_yaml(file: ProhibitedFile, comments: Sequence[str] = ()) -> str:
    """``glossary/prohibited/<MARKET>.yaml``."""
    lines = [*comments, f"market: {file.market}"]
    if file.sample:
        lines.append("sample: true")
    lines += ["source:", *_block(_said(file.source), "  "), "wording:" if file.wording else "wording: []"]
    for each in file.wording:
        said = {"locale": each.locale, "text": each.text, "reason": each.reason, **_said(each)}
        lines += [f"  {'- ' if number == 0 else '  '}{line}" for number, line in enumerate(_block(said, ""))]
    return "\n".join(lines) + "\n"


def list_yaml(entries: Iterable[dict[str, Any]], comments: Sequence[str] = ()) -> str:
    """``glossary/waivers.yaml`` and ``glossary/tasks.yaml``, from JSON values; empty members are left out."""
    lines = list(comments)
    count = 0
    for entry in entries:
        said = {key: _day(value) for key, value in entry.items() if value is not None}
        lines += [f"{'- ' if number == 0 else '  '}{line}" for number, line in enumerate(_block(said, ""))]
        count += 1
    return "\n".join([*lines, *([] if count else ["[]"])]) + "\n"


def _day(value: Any) -> Any:
    """A date of JSON as YAML writes dates."""
    if isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-":
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


def text_yaml(text: Text, comments: Sequence[str] = ()) -> str:
    """``consent_texts/<MARKET>/<text>/<version>.<locale>.yaml``."""
    effective = {"from": text.effective.from_, "until": text.effective.until}
    lines = [*comments, f"kind: {text.kind}", f"version: {text.version}", f"locale: {text.locale}"]
    if text.sample:
        lines.append("sample: true")
    lines += [f"effective: {_flow(effective)}", "label:", *_passage(text.label, "  ", "  ")]
    lines.append("paragraphs:" if text.paragraphs else "paragraphs: []")
    for paragraph in text.paragraphs:
        lines += _passage(paragraph, "  - ", "    ")
    lines.append("links:" if text.links else "links: []")
    for link in text.links:
        covers = f", covers: {_covers(link.covers)}" if link.covers else ""
        lines.append(f"  - {{text: {quoted(link.text)}, url: {quoted(link.url)}{covers}}}")
    lines.append(f"concepts: {_covers(text.concepts)}")
    if text.reference:
        lines.append(f"reference: {text.reference}")
    return "\n".join(lines) + "\n"


def _passage(passage: Passage, first: str, rest: str) -> list[str]:
    return [f"{first}text: {quoted(passage.text)}", f"{rest}covers: {_covers(passage.covers)}"]


def _covers(names: Iterable[str]) -> str:
    return "[" + ", ".join(_scalar(name, words=False) for name in names) + "]"
