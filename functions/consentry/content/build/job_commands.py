"""What ``consentry content export``, ``import`` and ``preview`` do; the arguments are in ``job_cli``."""

import argparse
import importlib
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

from babel import UnknownLocaleError

from consentry.content.build.commands import FINDINGS, OK, USAGE, say, settings_of
from consentry.content.build.content import Content, load_content
from consentry.content.build.earlier import EarlierReleaseError, english_of
from consentry.content.build.export_job import FORMATS, Wanted, make, memory_of
from consentry.content.build.import_job import Change, Plan, Trouble, plan, write_all
from consentry.content.build.job_lines import JobLines
from consentry.content.build.preview import preview as build_preview
from consentry.content.build.release import release_files, write_release
from consentry.content.jobs import po, xliff, xlsx
from consentry.content.jobs.model import MAX_BYTES, STATES, Delivery, JobProblem
from consentry.forms.build.catalogs import plural_categories


def _lines(content: Content, locale: str, day: date) -> JobLines:
    entry = content.locales.get(locale)
    if entry is None:
        known = ", ".join(content.locales)
        raise JobProblem(f"{locale} is none of the locales here; add --locale with one of them: {known}")
    return JobLines(content, entry, day)


# Out.


def export(options: argparse.Namespace) -> int:
    """Write the job of a locale; 0 also when nothing waits, 2 when it cannot be made."""
    try:
        return _export(options)
    except (JobProblem, EarlierReleaseError) as problem:
        say(str(problem))
        return USAGE


def _export(options: argparse.Namespace) -> int:
    settings = settings_of(options)
    content = load_content(options.root, settings.day)
    lines = _lines(content, options.locale, settings.day)
    name = _format(options)
    wanted = Wanted(
        scope="all" if options.all else "changed",
        only=tuple(options.only or ()),
        english_then=english_of(content, options.root, options.since) if options.since else None,
        preview=options.preview_url.rstrip("/"),
    )
    job = make(content, lines, wanted, memory_of(lines, options.tmx))
    for catalog, count in lines.inherited_changes().items():
        waits = f"{_counted(count, 'string')} of {catalog}, which {options.locale} inherits from, wait"
        say(f"{waits}: export a locale whose own it is")
    strings = job.strings
    counts = {state: sum(each == state for each in strings.values()) for state in STATES}
    prefilled = len({unit.key for unit in job.units if unit.prefilled})
    target = _target(options.output, f"{options.locale}{FORMATS[name].ending}")
    if job.units:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(FORMATS[name].write(job))
    if options.json:
        said = {"locale": options.locale, "format": name, "file": str(target) if job.units else None}
        print(json.dumps({**said, "strings": len(strings), **counts, "prefilled": prefilled}, indent=1))
    elif job.units:
        words = f"{counts['new']} new, {counts['needs-review']} for review, {counts['translated']} translated"
        print(f"{target}: {_counted(len(strings), 'string')} ({words}; {prefilled} prefilled)")
    else:
        print(f"nothing waits for a translator in {options.locale}; --all exports every string")
    return OK


def _format(options: argparse.Namespace) -> str:
    """As asked for, else by the ending of the file."""
    if options.format:
        return str(options.format)
    ending = options.output.suffix.lower() if options.output else ""
    named = {".po": "po", ".xlsx": "xlsx"}
    return named.get(ending, "xliff-2.0")


def _target(output: Path | None, name: str) -> Path:
    if output is None:
        return Path(name)
    return output / name if output.is_dir() or not output.suffix else output


# Back.


def read_delivery(path: Path) -> Delivery:
    """A file that came back, by its ending.

    Raises:
        JobProblem: too large, of an unknown kind, or broken.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise JobProblem(f"{path}: {size:,} bytes; the limit is {MAX_BYTES:,}: split the file")
        data = path.read_bytes()
    except OSError as error:
        raise JobProblem(f"{path}: {error.strerror or error}") from None
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(sorted(_READERS))
        hint = "; a table goes back as .xlsx, because CSV loses the encoding" if path.suffix.lower() == ".csv" else ""
        raise JobProblem(f"{path}: no file of a job; known endings: {known}{hint}")
    try:
        return reader(data)
    except JobProblem as problem:
        raise JobProblem(f"{path}: {problem}") from None


def _categories(locale: str) -> list[str]:
    try:
        return plural_categories(locale)
    except (ValueError, UnknownLocaleError):
        raise JobProblem(
            f"{locale} is no language that CLDR knows; write it as in the file that you were sent"
        ) from None


_READERS: dict[str, Callable[[bytes], Delivery]] = {
    ".po": lambda data: po.read(data, _categories),
    ".xlf": xliff.read,
    ".xliff": xliff.read,
    ".xlsx": xlsx.read,
}


def locale_of(delivery: Delivery, asked: str | None, path: Path) -> str:
    """The locale of a delivery.

    Raises:
        JobProblem: the file is in another language than was asked for.
    """
    if asked is None or asked == delivery.locale:
        return delivery.locale
    if asked.partition("-")[0] != delivery.locale.partition("-")[0]:
        raise JobProblem(f"{path}: the file is in {delivery.locale}, not in {asked}: deliver the file for {asked}")
    return asked


def import_(options: argparse.Namespace) -> int:
    """Judge and write a job; 1 when it is refused, 2 when the file cannot be read."""
    settings = settings_of(options)
    try:
        delivery = read_delivery(options.file)
        content = load_content(options.root, settings.day)
        lines = _lines(content, locale_of(delivery, options.locale, options.file), settings.day)
    except JobProblem as problem:
        say(str(problem))
        return USAGE
    made = plan(lines, delivery, options.root, despite_glossary=options.despite_glossary)
    written = [] if options.dry_run else write_all(options.root, made.files)
    if options.json:
        said = {**made.as_json(), "dry_run": options.dry_run, "refused": made.refused, "written": written}
        print(json.dumps(said, ensure_ascii=False, indent=1))
    else:
        for line in _report(made, options.file, dry=options.dry_run):
            print(line)
    return FINDINGS if made.refused else OK


def _report(made: Plan, file: Path, *, dry: bool) -> Iterable[str]:
    shown = None
    for change in made.changes:
        if change.file != shown:
            shown = change.file
            yield shown
        yield from _change(change)
    for trouble in sorted(made.troubles, key=lambda t: t.severity != "error"):
        yield from _trouble(file, trouble)
    if made.waiting:
        yield f"{len(made.waiting)} left out, still marked for review: confirm them in your tool (PO: no longer fuzzy)"
        yield from (f"  {id_}" for id_ in made.waiting)
    errors = sum(trouble.severity == "error" for trouble in made.troubles)
    warnings = len(made.troubles) - errors
    counts = f"{made.changed} changed, {len(made.unchanged)} as before, {len(made.untranslated)} without a translation"
    yield f"{made.locale}: {counts}; {_counted(errors, 'error')}, {_counted(warnings, 'warning')}"
    if made.refused:
        yield "nothing was written: mend the errors and deliver the file again"
    elif dry:
        yield "dry run: nothing was written" + "".join(f"\n  would write {path}" for path in sorted(made.files))
    else:
        yield f"{_counted(len(made.files), 'file')} written" + "".join(f"\n  {path}" for path in sorted(made.files))


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _change(change: Change) -> Iterable[str]:
    yield f"  {change.id}"
    if change.confirmed:
        yield f"    = {change.new}   (confirmed)"
        return
    if change.old:
        yield f"    - {change.old}"
    yield f"    + {change.new}"


def _trouble(file: Path, trouble: Trouble) -> Iterable[str]:
    where = f"{file}: {trouble.place}:" if trouble.place else f"{file}:"
    id_ = f" {trouble.id}:" if trouble.id else ""
    yield f"{where}{id_} {trouble.severity}: {trouble.message} [{trouble.rule}]"
    if trouble.mend:
        yield f"    mend: {trouble.mend}"


# To be seen.


def preview(options: argparse.Namespace) -> int:
    """Compile the drafts of a locale and serve them; with ``--no-serve`` only compile. 1 when no form can be shown."""
    settings = settings_of(options)
    try:
        content = load_content(options.root, settings.day)
        lines = _lines(content, options.locale, settings.day)
        draft = _draft(lines, options) if options.draft else None
    except JobProblem as problem:
        say(str(problem))
        return USAGE
    made = build_preview(lines, draft, settings, with_pseudo=options.pseudo)
    folder = options.root / ".build/preview"
    write_release(folder, release_files(made.compiled, None), None)
    if options.json:
        print(json.dumps(made.about, ensure_ascii=False, indent=1))
    for hidden in made.about["hidden"]:
        say(f"{hidden['unit']} cannot be shown: {hidden['why']} ({hidden['where']})")
    if not made.about["forms"]:
        return FINDINGS
    if options.serve:
        serve = importlib.import_module("consentry.local.preview").serve
        try:
            serve(options.root, folder, made.about, options.port, lambda text: print(text, flush=True))
        except OSError as error:
            say(f"port {options.port} cannot be used ({error.strerror}); choose another with --port")
            return USAGE
    return OK


def _draft(lines: JobLines, options: argparse.Namespace) -> Plan:
    """The strings of a job that came back, or was only begun: suggestions are shown too, and faults only told."""
    delivery = read_delivery(options.draft)
    locale_of(delivery, options.locale, options.draft)
    begun = (replace(u, state="translated") if u.state == "needs-review" else u for u in delivery.units)
    draft = plan(lines, Delivery(options.locale, tuple(begun)), options.root, despite_glossary=True)
    for trouble in draft.troubles:
        for line in _trouble(options.draft, trouble):
            say(line)
    return draft
