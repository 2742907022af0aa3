"""The glossary as the text of its files: one style, so that a change shows as the lines that changed.

Facts in block style, one to a line; a term and an approval are one line each; what has its usual value is left out.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from consentry.base.build.put import put
from consentry.base.build.yaml_text import bare, block, entries, entry, flow, quoted
from consentry.glossary.concept import ConceptFile, ProhibitedFile, Task, Waiver


def concept_yaml(file: ConceptFile, comments: Sequence[str] = ()) -> str:
    """``glossary/concepts/<concept>.yaml``, ending in a line end. Reading it gives an equal ``ConceptFile``."""
    return "".join(f"{line}\n" for line in (*comments, *_lines(file)))


def prohibited_yaml(file: ProhibitedFile, comments: Sequence[str] = ()) -> str:
    """``glossary/prohibited/<MARKET>.yaml``."""
    lines = [*comments, f"market: {bare(file.market)}"]
    if file.sample:
        lines.append("sample: true")
    lines += [*_source(file), "wording:" if file.wording else "wording: []"]
    for each in file.wording:
        lines += entry(each.model_dump(exclude_defaults=True), "  ")
    return "".join(f"{line}\n" for line in lines)


def decisions_yaml(decisions: Iterable[Waiver | Task], comments: Sequence[str] = ()) -> str:
    """``glossary/waivers.yaml`` or ``glossary/tasks.yaml``."""
    return "".join(f"{line}\n" for line in comments) + (entries(map(_decision, decisions)) or "[]\n")


def add_decisions(root: Path, path: str, decisions: Sequence[Waiver | Task], header: str) -> str:
    """Add to such a file, which begins with ``header`` if there is none yet; the lines added."""
    target = root / path
    held = target.read_text("utf-8") if target.exists() else header
    if held.rstrip().endswith("[]"):
        held = held.rstrip().removesuffix("[]")
    if held and not held.endswith("\n"):
        held += "\n"
    added = entries(map(_decision, decisions))
    put(root, path, (held + added).encode())
    return added


def _decision(decided: Waiver | Task) -> dict[str, Any]:
    return decided.model_dump(exclude_none=True)


def _lines(file: ConceptFile) -> Iterator[str]:
    yield f"concept: {bare(file.concept)}"
    yield f"version: {file.version}"
    yield f"state: {file.state}"
    if file.sample:
        yield "sample: true"
    yield f"subject: {bare(file.subject)}"
    yield f"definition: {quoted(file.definition)}"
    if file.context is not None:
        yield f"context: {quoted(file.context)}"
    yield from _source(file)
    if file.codes:
        yield "codes:"
        for system, code in file.codes.items():
            yield f"  {system}: {quoted(code)}"
    if file.options:
        yield f"options: {flow(file.options)}"
    if file.do_not_translate:
        yield "do_not_translate: true"
    yield f"severity: {file.severity}"
    if file.strict:
        yield "strict: true"
    yield from _terms(file)
    if file.approvals:
        yield "approvals:"
        for approval in file.approvals:
            yield f"  - {flow(approval.model_dump(exclude_none=True))}"
    if file.history:
        yield "history:"
        for line in file.history:
            yield f"  - {quoted(line)}"


def _source(file: ConceptFile | ProhibitedFile) -> Iterator[str]:
    yield "source:"
    yield from block(file.source.model_dump(exclude_none=True), "  ")


def _terms(file: ConceptFile) -> Iterator[str]:
    if not file.terms:
        yield "terms: {}"
        return
    yield "terms:"
    for locale, terms in file.terms.items():
        if not terms:
            yield f"  {bare(locale)}: []"
            continue
        yield f"  {bare(locale)}:"
        for term in terms:
            said = {"text": term.text, "status": term.status, **term.model_dump(exclude_defaults=True)}
            yield f"    - {flow(said)}"
