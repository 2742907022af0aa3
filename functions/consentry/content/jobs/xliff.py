"""A job as XLIFF 1.2 or 2.0 (OASIS): placeholders are inline codes, terms notes and, in 2.0, the glossary module."""

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from consentry.content.jobs.model import Delivery, Job, JobProblem, Returned, State, Unit, split_id
from consentry.content.jobs.xml import (
    attribute,
    attribute_xml,
    attributes,
    coded,
    codes,
    local,
    namespace,
    parse,
    plain,
    text_xml,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from xml.etree.ElementTree import Element

V12 = "urn:oasis:names:tc:xliff:document:1.2"
V20 = "urn:oasis:names:tc:xliff:document:2.0"
_GLOSSARY = "urn:oasis:names:tc:xliff:glossary:2.0"
_SIZE = "urn:oasis:names:tc:xliff:sizerestriction:2.0"
_PREFILLED = "consentry:prefilled"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


# 1.2


def write_12(job: Job) -> bytes:
    """XLIFF 1.2. A ``<file>`` for every file and source language."""
    lines = [_HEAD, f'<xliff version="1.2" xmlns="{V12}">']
    for (file, source_locale), units in groupby(job.units, key=lambda unit: (unit.file, unit.source_locale)):
        head = {
            "original": file,
            "source-language": source_locale,
            "target-language": job.locale,
            "datatype": "plaintext",
        }
        lines += [f" <file{attributes(head)}>", "  <body>", *map(_unit_12, units), "  </body>", " </file>"]
    return "\n".join([*lines, "</xliff>", ""]).encode("utf-8")


_STATES_12 = {"new": "", "needs-review": "needs-review-translation", "translated": "translated"}


def _code_12(number: int, text: str) -> str:
    return f'<x id="{number}" ctype="x-placeholder" equiv-text={attribute_xml(text)}/>'


def _unit_12(unit: Unit) -> str:
    limit = {"maxwidth": str(unit.limit), "size-unit": "char"} if unit.limit else {}
    approved = "yes" if unit.state == "translated" else "no"
    head = {"id": unit.id, "resname": unit.id, "approved": approved, "xml:space": "preserve", **limit}
    lines = [f"   <trans-unit{attributes(head)}>", f"    <source>{coded(unit.source, unit.source, _code_12)}</source>"]
    if unit.target:
        state = attributes({"state": _STATES_12[unit.state]})
        lines.append(f"    <target{state}>{coded(unit.target, unit.source, _code_12)}</target>")
    lines += [f'    <note from="{name}">{text_xml(text)}</note>' for name, text in unit.notes()]
    return "\n".join([*lines, "   </trans-unit>"])


# 2.0


def write_20(job: Job) -> bytes:
    """XLIFF 2.0 with the glossary and size restriction modules."""
    languages = attributes({"srcLang": job.source_locale, "trgLang": job.locale})
    modules = f'xmlns:gls="{_GLOSSARY}" xmlns:slr="{_SIZE}"'
    lines = [_HEAD, f'<xliff version="2.0" xmlns="{V20}" {modules}{languages}>']
    number = 0
    for index, (file, units) in enumerate(groupby(job.units, key=lambda unit: unit.file), start=1):
        lines.append(f" <file{attributes({'id': f'f{index}', 'original': file})}>")
        lines.append('  <slr:profiles generalProfile="xliff:codepoints"/>')
        for unit in units:
            number += 1
            lines.append(_unit_20(unit, number))
        lines.append(" </file>")
    return "\n".join([*lines, "</xliff>", ""]).encode("utf-8")


def _unit_20(unit: Unit, number: int) -> str:
    limit = {"slr:sizeRestriction": str(unit.limit)} if unit.limit else {}
    lines = [f"  <unit{attributes({'id': f'u{number}', 'name': unit.id, **limit})}>"]
    if unit.terms:
        terms = "".join(_term_20(term.source, term.write) for term in unit.terms)
        lines.append(f"   <gls:glossary>{terms}</gls:glossary>")
    notes = "".join(f'<note category="{name}">{text_xml(text)}</note>' for name, text in unit.notes())
    lines.append(f"   <notes>{notes}</notes>")
    held = list(dict.fromkeys([*codes(unit.source), *codes(unit.target)]))
    if held:
        data = "".join(f'<data id="d{index}">{text_xml(text)}</data>' for index, text in enumerate(held, start=1))
        lines.append(f"   <originalData>{data}</originalData>")

    def code(position: int, text: str) -> str:
        shown = attribute_xml(text)
        return f'<ph id="{position}" equiv={shown} disp={shown} dataRef="d{held.index(text) + 1}"/>'

    state = {"new": "", "needs-review": "initial", "translated": "translated"}[unit.state]
    marks = {"id": "s1", "state": state, "subState": _PREFILLED if unit.state == "needs-review" else ""}
    lines.append(f"   <segment{attributes(marks)}>")
    lines.append(f'    <source xml:space="preserve">{coded(unit.source, unit.source, code)}</source>')
    if unit.target:
        lines.append(f'    <target xml:space="preserve">{coded(unit.target, unit.source, code)}</target>')
    return "\n".join([*lines, "   </segment>", "  </unit>"])


def _term_20(source: str, write: tuple[str, ...]) -> str:
    said = "".join(f"<gls:translation>{text_xml(text)}</gls:translation>" for text in write)
    return f"<gls:glossEntry><gls:term>{text_xml(source)}</gls:term>{said}</gls:glossEntry>"


# Both ways back


def read(data: bytes) -> Delivery:
    """XLIFF 1.2 or 2.x that came back; units in any order, segmented anew, with codes as tools write them.

    Raises:
        JobProblem: not XLIFF, without a target language, or in several.
    """
    root = parse(data)
    if local(root) != "xliff":
        raise JobProblem(f"the root element is <{local(root)}>, not <xliff>; deliver the XLIFF that you were sent")
    first = namespace(root) == V12 or attribute(root, "version").startswith("1.")
    units = tuple(_read_12(root) if first else _read_20(root))
    said = [attribute(file, "target-language") for file in root.iter() if local(file) == "file"] if first else []
    locales = {text.replace("_", "-") for text in (*said, attribute(root, "trgLang")) if text}
    if len(locales) != 1:
        told = f"several target languages ({', '.join(sorted(locales))})" if locales else "no target language"
        raise JobProblem(f"the file has {told}; deliver one file a language, with the one you were sent")
    return Delivery(locales.pop(), units)


def _code_reader(known: dict[str, str]) -> "Callable[[Element], str | None]":
    """Codes by what the tool left of them: their text, their data, or the same code of the source."""

    def code(element: "Element") -> str | None:
        name = local(element)
        if name == "cp":
            return chr(int(attribute(element, "hex"), 16))
        if name not in {"x", "ph", "bx", "ex", "bpt", "ept", "it", "sc", "ec"}:
            return None
        own = attribute(element, "equiv-text") or attribute(element, "equiv") or "".join(element.itertext())
        return own or known.get("#" + attribute(element, "dataRef")) or known.get(attribute(element, "id")) or ""

    return code


def _known_codes(sources: "list[Element]", data: dict[str, str]) -> dict[str, str]:
    reader = _code_reader(data)
    found = dict(data)
    for source in sources:
        for element in source.iter():
            if said := reader(element) if element is not source else None:
                found.setdefault(attribute(element, "id"), said)
    return found


_DONE_12 = {"", "translated", "final", "signed-off", "x-reviewed"}


def _read_12(root: "Element") -> Iterator[Returned]:
    units = [element for element in root.iter() if local(element) == "trans-unit"]
    for number, unit in enumerate(units, start=1):
        parts = {local(child): child for child in reversed(unit)}
        source, target = parts.get("source"), parts.get("target")
        code = _code_reader(_known_codes([source] if source is not None else [], {}))
        text = plain(target, code) if target is not None else ""
        done = attribute(unit, "approved") == "yes"
        done = done or (target is not None and attribute(target, "state") in _DONE_12)
        notes = {attribute(child, "from"): child.text or "" for child in unit if local(child) == "note"}
        key, category = split_id(attribute(unit, "resname") or attribute(unit, "id"))
        state: State = "new" if not text.strip() else "translated" if done else "needs-review"
        yield Returned(
            key, text, category, (plain(source, code),) if source is not None else (), state,
            notes.get("stamp", "").strip(), f"unit {number}",
        )  # fmt: skip


def _read_20(root: "Element") -> Iterator[Returned]:
    units = [element for element in root.iter() if local(element) == "unit"]
    for number, unit in enumerate(units, start=1):
        data = {"#" + attribute(d, "id"): d.text or "" for d in unit.iter() if local(d) == "data"}
        segments = [element for element in unit.iter() if local(element) in {"segment", "ignorable"}]
        pairs = [{local(child): child for child in segment} for segment in segments]
        code = _code_reader(_known_codes([pair["source"] for pair in pairs if "source" in pair], data))
        sources = [plain(pair["source"], code) if "source" in pair else "" for pair in pairs]
        targets = [plain(pair["target"], code) if "target" in pair else None for pair in pairs]
        state = _state_20(segments, targets)
        # White space between segments is often left without a target: it stays as it is.
        filled = [
            source if target is None and local(segment) == "ignorable" else target or ""
            for segment, source, target in zip(segments, sources, targets, strict=True)
        ]
        notes = {attribute(child, "category"): child.text or "" for child in unit.iter() if local(child) == "note"}
        key, category = split_id(attribute(unit, "name") or attribute(unit, "id"))
        text = "" if state == "new" else "".join(filled)
        yield Returned(
            key, text, category, ("".join(sources),), state, notes.get("stamp", "").strip(), f"unit {number}"
        )


def _state_20(segments: "list[Element]", targets: list[str | None]) -> State:
    """The least state of any segment. ``initial`` with a target is done, unless it is still our own suggestion."""
    state: State = "translated"
    for segment, target in zip(segments, targets, strict=True):
        if local(segment) == "ignorable":
            continue
        if not (target or "").strip():
            return "new"
        if attribute(segment, "subState") == _PREFILLED and attribute(segment, "state") in {"", "initial"}:
            state = "needs-review"
    return state
