"""``consentry content …``: the content compiler on the command line."""

import argparse
import json
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from consentry.base.build.findings import Finding
from consentry.consent.build import approvals
from consentry.content.build.compile import Compiled, compile_content
from consentry.content.build.content import load_content
from consentry.content.build.release import PreviousReleaseError, load_previous, release_files, write_release
from consentry.content.build.sizes import core_size, table
from consentry.content.build.units import Settings
from consentry.content.build.wordings import wordings
from consentry.forms.build.extract import extract

OK, FINDINGS, USAGE = 0, 1, 2


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``content`` and its actions."""
    content = commands.add_parser("content", help="check, build and approve the content", description=__doc__)
    actions = content.add_subparsers(dest="action", required=True, metavar="ACTION")

    check = actions.add_parser("check", help="every finding with file, line, key and how to mend it; 1 if any blocks")
    _common(check)
    _switches(check)
    check.set_defaults(run=_check)

    build = actions.add_parser("build", help="compile the release; what is broken is left out and listed")
    _common(build)
    _switches(build)
    build.add_argument("--out", type=Path, default=Path(".build/content"), help="default: .build/content")
    build.add_argument("--previous", type=Path, help="an earlier build, whose release is served on as superseded")
    build.add_argument("--sizes", action="store_true", help="print the size of every document")
    build.set_defaults(run=_build)

    approve = actions.add_parser("approve", help="approve texts as they now stand")
    _common(approve)
    approve.add_argument("--sample", action="store_true", required=True, help="sample texts, with sample approvals")
    approve.add_argument("--market", action="append", help="this market only (may be repeated)")
    _as_of(approve)
    approve.set_defaults(run=_approve)

    lock = actions.add_parser("publish-lock", help="record the digests of published texts: they never change again")
    _common(lock)
    _as_of(lock)
    lock.set_defaults(run=_publish_lock)

    strings = actions.add_parser("extract", help="collect the English strings and refresh forms/catalogs/*.po")
    _common(strings)
    strings.set_defaults(run=_extract)


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--root", type=Path, default=Path(), help="folder that holds forms/, markets/ … (default: .)")
    parser.add_argument("--json", action="store_true", help="the result as JSON on standard output")


def _switches(parser: argparse.ArgumentParser) -> None:
    _as_of(parser)
    parser.add_argument("--production", action="store_true", help="refuse sample content")


def _as_of(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as-of", type=_instant, default=None, metavar="DATE", help="day or RFC 3339 instant, UTC")


def _instant(text: str) -> datetime:
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date (2026-11-22) or instant") from None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _settings(options: argparse.Namespace) -> Settings:
    as_of: datetime = options.as_of or datetime.now(UTC).replace(microsecond=0)
    return Settings(as_of=as_of.astimezone(UTC), production=getattr(options, "production", False))


def _compiled(options: argparse.Namespace) -> Compiled:
    settings = _settings(options)
    return compile_content(load_content(options.root, settings.day), settings)


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _print_findings(findings: Iterable[Finding]) -> None:
    for finding in findings:
        where = f"{finding.file}:{finding.line}" if finding.line else finding.file
        key = f" {finding.key}:" if finding.key else ""
        print(f"{where}:{key} {finding.severity}: {finding.message} [{finding.rule}]\n    mend: {finding.mend}")
        if finding.blocks:
            shown = ", ".join(f"{u.form}/{u.market}/{u.locale}" for u in finding.blocks[:4])
            more = f" and {len(finding.blocks) - 4} more" if len(finding.blocks) > 4 else ""
            print(f"    blocks: {shown}{more}")


def _summary(compiled: Compiled) -> str:
    errors = sum(finding.severity == "error" for finding in compiled.findings)
    warnings = len(compiled.findings) - errors
    blocked = len(set(compiled.blocked))
    return f"{len(compiled.units)} published, {blocked} blocked, {errors} errors, {warnings} warnings"


def _failed(compiled: Compiled) -> bool:
    return bool(compiled.blocked) or any(finding.severity == "error" for finding in compiled.findings)


def _check(options: argparse.Namespace) -> int:
    compiled = _compiled(options)
    if options.json:
        print(json.dumps(_as_json(compiled), ensure_ascii=False, indent=1))
    else:
        _print_findings(compiled.findings)
        print(_summary(compiled))
    return FINDINGS if _failed(compiled) else OK


def _as_json(compiled: Compiled) -> dict[str, Any]:
    def listed(units: Iterable[Any]) -> list[dict[str, str]]:
        return [{"form": u.form, "market": u.market, "locale": u.locale} for u in sorted(set(units))]

    return {
        "release": compiled.release,
        "findings": [finding.as_json() for finding in compiled.findings],
        "published": listed(compiled.units),
        "blocked": listed(compiled.blocked),
    }


def _build(options: argparse.Namespace) -> int:
    started = time.perf_counter()
    settings = _settings(options)
    compiled = _compiled(options)
    _say(f"compiled {len(compiled.units)} form × market × locale in {time.perf_counter() - started:.1f} s")
    try:
        previous = load_previous(options.previous, compiled.release, settings.as_of) if options.previous else None
    except PreviousReleaseError as error:
        _say(str(error))
        return USAGE
    files = release_files(compiled, previous)
    write_release(options.out, files, previous)
    _say(f"wrote {len(files)} files to {options.out} in {time.perf_counter() - started:.1f} s")
    if options.sizes:
        core = {unit: core_size(bodies["consentry"]) for unit, bodies in compiled.documents.items()}
        print(table(compiled.release, files, core))
    if options.json:
        print(json.dumps(_as_json(compiled), ensure_ascii=False, indent=1))
    else:
        _print_findings(compiled.findings)
        print(f"release {compiled.release}: {_summary(compiled)}")
    return FINDINGS if _failed(compiled) else OK


def _approve(options: argparse.Namespace) -> int:
    settings = _settings(options)
    content = load_content(options.root, settings.day)
    found, texts = wordings(content, settings.day)
    written = []
    markets = sorted({wording.market for wording in texts})
    for market in markets if options.market is None else options.market:
        if market not in markets:
            _say(f"{market}: no texts to approve")
            return USAGE
        held = content.consent.approvals.get(market, [])
        kept = approvals.approvals_with_samples(held, [w for w in texts if w.market == market])
        path = approvals.approvals_path(market)
        if approvals.write_if_changed(options.root, path, approvals.approvals_yaml(market, kept)):
            written.append(path)
    return _wrote(options, written, found)


def _publish_lock(options: argparse.Namespace) -> int:
    compiled = _compiled(options)
    content = load_content(options.root, _settings(options).day)
    found, texts = wordings(content, _settings(options).day)
    shown = {digest for unit in compiled.units.values() for digest in unit.texts}
    lock = approvals.lock_with(content.consent.published, [w for w in texts if w.digest in shown])
    changed = approvals.write_if_changed(options.root, approvals.LOCK_PATH, approvals.lock_yaml(lock))
    return _wrote(options, [approvals.LOCK_PATH] if changed else [], found)


def _wrote(options: argparse.Namespace, written: list[str], found: list[Finding]) -> int:
    if options.json:
        print(json.dumps({"written": written, "findings": [f.as_json() for f in found]}, ensure_ascii=False, indent=1))
    else:
        _print_findings(found)
        print(f"{len(written)} files changed" + "".join(f"\n  {path}" for path in written))
    return FINDINGS if found else OK


def _extract(options: argparse.Namespace) -> int:
    result = extract(options.root)
    if options.json:
        said = {"strings": result.strings, "changed": result.changed, "catalogs": result.counts}
        said["findings"] = [finding.as_json() for finding in result.findings]
        print(json.dumps(said, ensure_ascii=False, indent=1))
        return FINDINGS if result.findings else OK
    _print_findings(result.findings)
    print(f"{result.strings} strings, {len(result.changed)} files changed")
    for name, count in result.counts.items():
        print(f"  {name}: {count['done']} translated, {count['stale']} stale, {count['missing']} missing")
    return FINDINGS if result.findings else OK
