"""``consentry glossary import``: a termbase file into ``glossary/concepts/``, all or nothing."""

import argparse
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from consentry.glossary.build.library import load
from consentry.glossary.build.saying import FINDINGS, OK, Progress, first, refuse, say
from consentry.glossary.build.write import concept_yaml
from consentry.glossary.concept import ConceptFile
from consentry.glossary.exchange import api
from consentry.glossary.exchange.imported import RowProblem
from consentry.glossary.exchange.merge import Change, Item, Plan
from consentry.glossary.paths import CONCEPTS

_MOST = 40


def command(options: argparse.Namespace) -> int:
    """Run it; the exit code."""
    try:
        data = _bytes(options.file)
    except OSError as error:
        return refuse("import", f"{options.file}: {error.strerror or error}")
    except ValueError as error:
        return refuse("import", error)
    if not (options.root / "glossary").is_dir():
        return refuse("import", f"there is no glossary/ in {options.root.resolve()}; name its folder with --root")
    progress = Progress()
    progress(f"reading {options.file} …")
    library = load(options.root)
    if library.findings:
        progress.done()
        finding = library.findings[0]
        where = f"{finding.file}:{finding.line}: {finding.message}"
        return refuse("import", f"the glossary itself has errors; mend them first: {where}")
    imported = api.read(
        data,
        options.file.name,
        format_=options.format,
        locale=options.locale,
        source_locale=options.source_locale,
    )
    progress(f"comparing {len(imported.concepts)} entries …")
    existing = {file.concept: file for file in library.files}
    plan = api.merge(
        existing, imported, overwrite=options.overwrite, skip=options.skip, skip_problems=options.skip_problems
    )
    progress.done()
    written = _write(options.root, api.apply(plan), progress) if plan.ok and not options.dry_run else []
    if options.json:
        said = {"file": str(options.file), "dry_run": options.dry_run, **plan.as_json(), "written": written}
        say(json.dumps(said, ensure_ascii=False, indent=1))
    else:
        for line in report(plan, str(options.file), dry_run=options.dry_run):
            say(line)
    return OK if plan.ok else FINDINGS


def _bytes(path: Path) -> bytes:
    size = path.stat().st_size
    if size > api.MAX_BYTES:
        limit = f"{api.MAX_BYTES // 1024 // 1024} MB"
        raise ValueError(
            f"{path}: {size:,} bytes; the limit is {limit}: export it in parts, for example by subject field"
        )
    return path.read_bytes()


def _write(root: Path, concepts: Mapping[str, ConceptFile], progress: Progress) -> list[str]:
    """Every file is written beside its place first, then all are put there."""
    folder = root / CONCEPTS
    folder.mkdir(parents=True, exist_ok=True)
    ready: list[tuple[str, Path]] = []
    try:
        for number, (name, concept) in enumerate(sorted(concepts.items()), start=1):
            progress(f"writing {number} of {len(concepts)} …")
            handle, beside = tempfile.mkstemp(dir=folder, prefix=f".{name}.")
            ready.append((beside, folder / f"{name}.yaml"))
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
                out.write(concept_yaml(concept))
            Path(beside).chmod(0o644)
        for beside, place in ready:
            Path(beside).replace(place)
    finally:
        for beside, _ in ready:
            Path(beside).unlink(missing_ok=True)
        progress.done()
    return [f"{CONCEPTS}/{place.name}" for _, place in ready]


# What people read


def report(plan: Plan, file: str, *, dry_run: bool) -> Iterator[str]:
    """The plan in words: what is wrong first, then what changes."""
    yield f"{file} ({plan.format})"
    for kind, heading in (("refused", "refused"), ("conflicting", "in conflict with the glossary")):
        items = plan.of("refused" if kind == "refused" else "conflicting")
        yield from _section(heading, items, [line for item in items for line in _faults(item)])
    items = plan.of("new")
    yield from _section("new, as drafts", items, [line for item in items for line in _new(item)])
    items = plan.of("changed")
    yield from _section("changed", items, [line for item in items for line in _changed(item)])
    items = plan.of("left-out")
    yield from _section("left out, as you asked", items, [f"  {_where(item)}" for item in items])
    remarks = [f"  {item.concept}: {remark}" for item in plan.of("unchanged") for remark in item.remarks]
    if remarks:
        yield ""
        yield "kept as they are:"
        yield from first(remarks, _MOST)
    for weight, heading in (("warning", "warnings"), ("note", "what was done with the file")):
        notes = [f"  {_problem(note)}" for note in plan.notes if note.weight == weight]
        if notes:
            yield ""
            yield f"{heading}:"
            yield from first(notes, _MOST)
    yield ""
    yield from _end(plan, dry_run=dry_run)


def _end(plan: Plan, *, dry_run: bool) -> Iterator[str]:
    counts = plan.counts()
    yield ", ".join(f"{number} {kind}" for kind, number in counts.items() if number) or "nothing in the file"
    drafts: dict[str, int] = {}
    for item in plan.items:
        for locale in item.drafts:
            drafts[locale] = drafts.get(locale, 0) + 1
    if drafts:
        listed = ", ".join(f"{locale} ({number})" for locale, number in sorted(drafts.items()))
        yield f"Reviews are lost where terms change: {listed}. Until both are given again, nothing is enforced there."
    if not plan.ok:
        yield "Nothing was written. Mend the entries in the file, or leave them out: --skip ENTRY, --skip-problems."
    elif dry_run:
        yield "Nothing was written (--dry-run). Without it, this is what will be."
    elif counts["new"] or counts["changed"]:
        yield "Written to glossary/concepts. Next: complete the drafts, then `consentry glossary approve`."
    else:
        yield "Nothing to write."


def _section(heading: str, items: tuple[Item, ...], lines: list[str]) -> Iterator[str]:
    if items:
        yield ""
        yield f"{heading} ({len(items)}):"
        yield from first(lines, _MOST)


def _faults(item: Item) -> Iterator[str]:
    for problem in item.problems:
        yield f"  {_problem(problem)}"


def _problem(problem: RowProblem) -> str:
    mend = "" if problem.mend.startswith("nothing") else f"; {problem.mend}"
    return f"{problem.place}: {problem.what}{mend}"


def _where(item: Item) -> str:
    line = f"line {item.line}, " if item.line else ""
    return f"{line}entry {item.entry}"


def _new(item: Item) -> Iterator[str]:
    assert item.result is not None  # noqa: S101 -- a new concept has one
    yield f"  {item.concept}"
    for locale, terms in item.result.terms.items():
        shown = ", ".join(term.text if term.status == "preferred" else f"{term.text} ({term.status})" for term in terms)
        yield f"    {locale}: {shown}"
    for remark in item.remarks:
        yield f"    {remark}"


def _changed(item: Item) -> Iterator[str]:
    again = f"  [reviews again: {', '.join(item.drafts)}]" if item.drafts else ""
    yield f"  {item.concept}{again}"
    for change in item.changes:
        yield f"    {_change(change)}"
    for remark in item.remarks:
        yield f"    {remark}"


def _change(change: Change) -> str:
    if change.old is None:
        return f"+ {change.field}: {change.new}"
    if change.new is None:
        return f"- {change.field}: {change.old}"
    return f"~ {change.field}: {change.old} → {change.new}"
