"""``consentry content push`` and ``pull`` as commands: which store, what was done, what a person has to decide."""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import botocore.session
from botocore.exceptions import BotoCoreError, ClientError

from consentry.base import clock
from consentry.base.documents import Busy, Documents
from consentry.content.build import ledger as ledgers
from consentry.content.build.documents import Files
from consentry.content.build.ledger import Conflict, Ledger, Outcome
from consentry.content.build.pull import pull as pull_files
from consentry.content.build.push import Settings
from consentry.content.build.push import push as push_files

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

OK, CONFLICTS, USAGE = 0, 1, 2
_Work = Callable[[Path, Documents, Ledger, Settings], tuple[Outcome, Files]]


def push(options: argparse.Namespace) -> int:
    """Send files to the store; 1 when something has to be decided."""
    return _run(options, "push", push_files)


def pull(options: argparse.Namespace) -> int:
    """Write the store's approved words to files; 1 when something has to be decided."""
    return _run(options, "pull", pull_files)


def client(endpoint: str | None) -> "DynamoDBClient":
    """DynamoDB for an operator: their own credentials and region; what emulators take for one on this machine."""
    session = botocore.session.get_session()
    given: dict[str, Any] = {"endpoint_url": endpoint}
    if endpoint is not None and urlsplit(endpoint).hostname in ("127.0.0.1", "localhost", "::1"):
        given |= {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
    made: Any = session.create_client("dynamodb", **given)
    return cast("DynamoDBClient", made)


def _run(options: argparse.Namespace, name: str, work: _Work) -> int:
    started = time.perf_counter()
    table = options.table or os.environ.get("EDITORIAL_TABLE") or f"consentry-{options.environment}-editorial"
    store = f"{options.endpoint_url or 'aws'} {table}"
    if not (options.root / "forms").is_dir():
        _say(f"{options.root} holds no forms/: run this at the root of the checkout, or name it with --root")
        return USAGE
    held = ledgers.load(options.root, store)
    now = clock.rfc3339(clock.now_ms())
    settings = Settings(options.actor, options.reason, now, options.dry_run, frozenset(options.take))
    try:
        outcome, files = work(options.root, Documents(client(options.endpoint_url), table), held, settings)
    except (ClientError, BotoCoreError, Busy) as error:
        _say(f"the store {table} does not answer: {error}; see --environment, --table and --endpoint-url, then repeat")
        return USAGE
    if not options.dry_run:
        ledgers.save(options.root, store, held)
    unknown = set(options.take) - {*outcome.created, *outcome.changed}
    broken = [finding for finding in files.findings if finding.severity == "error"]
    if options.json:
        _print_json(name, options, outcome, files)
    else:
        _report(name, options.dry_run, outcome, time.perf_counter() - started)
        for finding in broken:
            _say(f"{finding.file}:{finding.line}: {finding.message} [{finding.rule}]; mend: {finding.mend}")
        for path in sorted(unknown):
            _say(f"--take {path}: nothing differs there, or no such document")
    return CONFLICTS if outcome.conflicts or broken else OK


def _print_json(name: str, options: argparse.Namespace, outcome: Outcome, files: Files) -> None:
    """Everything, for programs."""
    said = {
        "command": name,
        "dry_run": options.dry_run,
        "created": outcome.created,
        "changed": outcome.changed,
        "unchanged": outcome.unchanged,
        "waiting": outcome.waiting,
        "drafts": outcome.drafts,
        "files": outcome.files,
        "conflicts": [conflict.as_json() for conflict in outcome.conflicts],
        "findings": [finding.as_json() for finding in files.findings],
    }
    _out(json.dumps(said, ensure_ascii=False, indent=1))


def _report(name: str, dry: bool, outcome: Outcome, seconds: float) -> None:
    would = "would be " if dry else ""
    _listed(f"new, {would}{'written to the store' if name == 'push' else 'written to files'}", outcome.created)
    _listed(f"changed, {would}written", outcome.changed)
    if outcome.files:
        _listed(f"files {would}written", outcome.files)
    other = "newer in the store (`consentry content pull` brings it)" if name == "push" else "newer here"
    _listed(other if name == "push" else f"{other} (`consentry content push` sends it)", outcome.waiting)
    _listed("a draft waits in the store and is not in the files until it is approved", outcome.drafts)
    for conflict in outcome.conflicts:
        _out(described(conflict))
    done = len(outcome.created) + len(outcome.changed)
    counts = f"{done} documents {would}{name}ed, {outcome.unchanged} unchanged, {len(outcome.conflicts)} conflicts"
    _out(f"{counts} ({seconds:.1f} s)")


def described(conflict: Conflict) -> str:
    """A conflict for people: who changed what, both versions where they differ, what to do."""
    lines = [f"conflict: {conflict.path}: {conflict.why}; nothing was written"]
    if conflict.stored is not None:
        stored = conflict.stored
        lines.append(f"  in the store: version {stored.number}, {stored.at}, by {stored.actor} ({stored.action})")
    for where, file, held in differences(conflict.file, conflict.store):
        lines += [f"  {where or 'all'}", f"    file:  {file}", f"    store: {held}"]
    lines.append(f"  mend: {conflict.mend}")
    return "\n".join(lines)


def differences(file: Any, store: Any, where: str = "") -> Iterable[tuple[str, str, str]]:
    """Members in which two values differ: where, and both values."""
    if isinstance(file, dict) and isinstance(store, dict):
        for key in dict.fromkeys([*file, *store]):
            at = f"{where}.{key}" if where else key
            yield from differences(file.get(key), store.get(key), at)
    elif isinstance(file, list) and isinstance(store, list) and len(file) == len(store):
        for index, (one, other) in enumerate(zip(file, store, strict=True)):
            yield from differences(one, other, f"{where}[{index}]")
    elif file != store:
        yield where, _short(file), _short(store)


def _short(value: Any) -> str:
    text = "(nothing)" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 300 else f"{text[:300]}…"


def _listed(title: str, paths: list[str]) -> None:
    if paths:
        shown = "".join(f"\n  {path}" for path in paths[:40])
        more = f"\n  and {len(paths) - 40} more" if len(paths) > 40 else ""
        _out(f"{title}: {len(paths)}{shown}{more}")


def _out(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
