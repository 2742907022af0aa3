"""What ``consentry content …`` does; the arguments are in ``cli``, so that other commands load none of this."""

import argparse
import contextlib
import gc
import json
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from consentry.base.build.findings import Finding
from consentry.base.build.put import put
from consentry.consent.build import approvals
from consentry.consent.build.library import LOCK
from consentry.content.build.compile import Compiled, compile_content
from consentry.content.build.content import Content, load_content
from consentry.content.build.release import (
    Previous,
    PreviousReleaseError,
    load_previous,
    not_locked,
    release_files,
    texts_of,
    write_release,
)
from consentry.content.build.sizes import core_size, table
from consentry.content.build.units import Settings
from consentry.content.build.wordings import wordings
from consentry.forms.build.extract import extract as extract_strings

OK, FINDINGS, USAGE = 0, 1, 2


def settings_of(options: argparse.Namespace) -> Settings:
    """The day and the switches that a command was given."""
    as_of: datetime = options.as_of or datetime.now(UTC).replace(microsecond=0)
    return Settings(as_of=as_of.astimezone(UTC), production=getattr(options, "production", False))


@contextlib.contextmanager
def _all_kept() -> Iterator[None]:
    """Without the collector: whatever compiling makes is kept to the end, and looking for garbage is a sixth of it."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _compiled(options: argparse.Namespace, settings: Settings) -> tuple[Content, Compiled]:
    with _all_kept():
        content = load_content(options.root, settings.day)
        return content, compile_content(content, settings)


def say(text: str) -> None:
    """To whoever runs the command; standard output is for the result."""
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


def check(options: argparse.Namespace) -> int:
    """Print every finding; 1 when anything blocks."""
    _, compiled = _compiled(options, settings_of(options))
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


def build(options: argparse.Namespace) -> int:
    """Compile and write the release; 1 when anything is blocked, 2 when the previous release is none."""
    started = time.perf_counter()
    settings = settings_of(options)
    content, compiled = _compiled(options, settings)
    if unknown := set(options.market or ()) - content.policies.markets.keys():
        say(f"--market: there is no {', '.join(sorted(unknown))}")
        return USAGE
    say(f"compiled {len(compiled.units)} form × market × locale in {time.perf_counter() - started:.1f} s")
    try:
        previous = _previous(options, compiled.release, settings.as_of)
    except PreviousReleaseError as error:
        say(str(error))
        return USAGE
    if previous is not None and (lost := not_locked(previous, content.consent.published)):
        say(f"release {previous.release} shows texts that {LOCK} does not hold to their words:")
        say("".join(f"  {line}\n" for line in lost) + "mend: restore the file; or, if these were never locked,")
        say(f"      run `consentry content publish-lock --previous {options.previous}`")
        if settings.production:
            return USAGE
    files = release_files(compiled, previous, options.market)
    write_release(options.out, files, previous)
    say(f"wrote {len(files)} files to {options.out} in {time.perf_counter() - started:.1f} s")
    if options.sizes:
        core = {unit: core_size(bodies["consentry"]) for unit, bodies in compiled.documents.items()}
        print(table(compiled.release, files, core))
    if options.json:
        print(json.dumps(_as_json(compiled), ensure_ascii=False, indent=1))
    else:
        _print_findings(compiled.findings)
        print(f"release {compiled.release}: {_summary(compiled)}")
    return FINDINGS if _failed(compiled) else OK


def _previous(options: argparse.Namespace, release: str, as_of: datetime) -> Previous | None:
    return load_previous(options.previous, release, as_of, options.market) if options.previous else None


def approve(options: argparse.Namespace) -> int:
    """Approve sample texts as they stand."""
    settings = settings_of(options)
    content = load_content(options.root, settings.day)
    found, texts = wordings(content, settings.day)
    written = []
    markets = sorted({wording.market for wording in texts})
    for market in markets if options.market is None else options.market:
        if market not in markets:
            say(f"{market}: no texts to approve")
            return USAGE
        held = content.consent.approvals.get(market, [])
        kept = approvals.approvals_with_samples(held, [w for w in texts if w.market == market])
        path = approvals.approvals_path(market)
        if put(options.root, path, approvals.approvals_yaml(market, kept).encode()):
            written.append(path)
    return _wrote(options, written, found)


def publish_lock(options: argparse.Namespace) -> int:
    """Record the digests of published texts."""
    settings = settings_of(options)
    content, compiled = _compiled(options, settings)
    found, texts = wordings(content, settings.day)
    shown = {digest for unit in compiled.units.values() for digest in unit.texts}
    held = content.consent.published
    if options.previous:
        try:
            held = _with_texts_of(held, options.previous)
        except PreviousReleaseError as error:
            say(str(error))
            return USAGE
    lock = approvals.lock_with(held, [w for w in texts if w.digest in shown])
    changed = put(options.root, LOCK, approvals.lock_yaml(lock).encode())
    return _wrote(options, [LOCK] if changed else [], found)


def _with_texts_of(held: Mapping[str, Mapping[str, str]], folder: Path) -> dict[str, dict[str, str]]:
    """The lock with what an earlier build shows, where it says nothing about it yet."""
    lock = {key: dict(digests) for key, digests in held.items()}
    previous = load_previous(folder, "", datetime.now(UTC))
    for name, controller, digest in texts_of(previous.rules) if previous else ():
        lock.setdefault(name, {}).setdefault(controller, digest)
    return lock


def _wrote(options: argparse.Namespace, written: list[str], found: list[Finding]) -> int:
    if options.json:
        print(json.dumps({"written": written, "findings": [f.as_json() for f in found]}, ensure_ascii=False, indent=1))
    else:
        _print_findings(found)
        print(f"{len(written)} files changed" + "".join(f"\n  {path}" for path in written))
    return FINDINGS if found else OK


def extract(options: argparse.Namespace) -> int:
    """Refresh the template and the catalogs."""
    result = extract_strings(options.root)
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
