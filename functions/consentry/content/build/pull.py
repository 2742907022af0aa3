"""``consentry content pull``: approved words from the editors' store into files. No local change is written over."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from consentry.base.build.put import differs, put
from consentry.base.documents import Document
from consentry.consent.build.approvals import approvals_yaml
from consentry.consent.models import Approval, Text
from consentry.content.build.documents import (
    CATALOGS,
    Files,
    file_of,
    fingerprint,
    kind,
    merged_approvals,
    read_files,
    readable,
    same,
)
from consentry.content.build.ledger import Conflict, Ledger, Outcome, differing
from consentry.content.build.push import Settings, Store, has_draft, stored_documents, was_once
from consentry.content.build.written import opening_comments, text_yaml
from consentry.forms.build.catalogs import CatalogFile, Entry, catalog_bytes, plural_categories, updated
from consentry.forms.build.library import load_library
from consentry.forms.build.strings import SourceString, collect
from consentry.glossary.build.write import concept_yaml, decisions_yaml, prohibited_yaml
from consentry.glossary.concept import ConceptFile, ProhibitedFile, Task, Waiver
from consentry.glossary.paths import TASKS, WAIVERS


def pull(root: Path, store: Store, ledger: Ledger, settings: Settings) -> tuple[Outcome, Files]:
    """Write what only the store changed; ``ledger`` is brought up to date."""
    files = read_files(root)
    outcome = Outcome()
    wanted: dict[str, tuple[Document, Any]] = {}
    for path, document in stored_documents(store, root, files).items():
        held, fault = readable(path, document.body)
        if fault:
            mend = "mend the document through the API, or put its last good version back"
            why = f"the document cannot be read: {fault}"
            outcome.conflicts.append(Conflict(path, why, files.essences.get(path), None, document, mend))
            continue
        if has_draft(path, document.body):
            outcome.drafts.append(path)
        if held is None and not (kind(path) in ("waiver", "task") and path in files.essences):
            continue
        if _decide(path, held, document, files, ledger, outcome, store, settings):
            wanted[path] = (document, held)
    written = _render(root, files, {path: essence for path, (_, essence) in wanted.items()})
    for path, (document, essence) in wanted.items():
        (outcome.changed if path in files.essences else outcome.created).append(path)
        ledger.note(document, fingerprint(essence))
    for file, data in written.items():
        if differs(root, file, data):
            outcome.files.append(file)
            if not settings.dry_run:
                put(root, file, data)
    return outcome, files


def _decide(
    path: str,
    held: Any,
    document: Document,
    files: Files,
    ledger: Ledger,
    outcome: Outcome,
    store: Store,
    settings: Settings,
) -> bool:
    """Whether the document is to be written to its file."""
    essence = files.essences.get(path)
    agreed = ledger.agreed.get(path)
    if same(path, held, essence):
        outcome.unchanged += 1
        ledger.note(document, fingerprint(essence))
        return False
    if path in settings.take:
        return True
    if {path, path.partition("#")[0], path.rpartition("/")[0]} & files.unreadable:
        why = "the file cannot be read"
        outcome.conflicts.append(Conflict(path, why, None, held, document, "mend the file first"))
        return False
    if essence is None:
        if agreed is None or not agreed.is_still(document):
            return True
        outcome.waiting.append(path)  # deleted here, unchanged there
        return False
    if kind(path) == "approvals":
        if same(path, merged_approvals(essence, held), essence):
            outcome.waiting.append(path)
            return False
        return True
    said = fingerprint(essence)
    if agreed is not None and agreed.is_still(document):
        outcome.waiting.append(path)
        return False
    if (agreed is not None and agreed.fingerprint == said) or (agreed is None and was_once(store, path, said)):
        return True
    if agreed is not None and agreed.fingerprint == fingerprint(held):
        outcome.waiting.append(path)  # the document moved on, what it says into the file did not
        return False
    outcome.conflicts.append(differing(path, agreed, essence, held, document))
    return False


def _render(root: Path, files: Files, wanted: Mapping[str, Any]) -> dict[str, bytes]:
    """The bytes of every file that holds one of the essences ``wanted``."""
    written: dict[str, bytes] = {}
    by_file: dict[str, dict[str, Any]] = {}
    for path, essence in wanted.items():
        by_file.setdefault(file_of(path), {})[path] = essence
    strings = collect(load_library(root)) if any(file.startswith(CATALOGS) for file in by_file) else {}
    for file, essences in sorted(by_file.items()):
        written[file] = _file(root, file, essences, files, strings)
    return written


def _file(root: Path, file: str, essences: dict[str, Any], files: Files, strings: Mapping[str, SourceString]) -> bytes:
    path, essence = next(iter(essences.items()))
    comments = opening_comments(root, file)
    match kind(path):
        case "concept":
            return concept_yaml(ConceptFile.model_validate(essence), comments).encode()
        case "prohibited":
            return prohibited_yaml(ProhibitedFile.model_validate(essence), comments).encode()
        case "text":
            return text_yaml(Text.model_validate(essence), comments or _earlier(root, file)).encode()
        case "approvals":
            both = merged_approvals(files.essences.get(path, []), essence)
            market = path.rpartition("/")[2]
            return approvals_yaml(market, [Approval.model_validate(each) for each in both]).encode()
        case "label":
            return _catalog(path.partition("#")[0].rpartition("/")[2], essences, files, strings)
    folder = path.rpartition("/")[0]
    held = {p: e for p, e in files.essences.items() if p.startswith(f"{folder}/")} | essences
    held = {p: e for p, e in held.items() if e is not None}  # what was closed in the store goes
    assert folder in (WAIVERS, TASKS)  # noqa: S101 -- every other kind has been dealt with
    model: type[Waiver | Task] = Waiver if folder == WAIVERS else Task
    decided = [model.model_validate(each) for _, each in sorted(held.items())]
    return decisions_yaml(decided, comments).encode()


def _earlier(root: Path, file: str) -> list[str]:
    """The opening comments of a legal text's version before."""
    folder, _, name = file.rpartition("/")
    version, _, rest = name.partition(".")
    return opening_comments(root, f"{folder}/{int(version) - 1}.{rest}")


def _catalog(name: str, essences: Mapping[str, Any], files: Files, strings: Mapping[str, SourceString]) -> bytes:
    held = files.catalogs.get(name) or CatalogFile(name)
    entries = dict(held.entries)
    for path, essence in essences.items():
        id_ = path.partition("#")[2]
        entries[id_] = _entry(name, id_, essence, entries.get(id_))
    fresh = updated(CatalogFile(name, entries, held.obsolete), strings)
    return catalog_bytes(fresh, strings)


def _entry(name: str, id_: str, essence: Any, before: Entry | None) -> Entry:
    """Words made from older English become a fuzzy entry, as ``updated`` makes any other."""
    source, target = essence["source"], essence["target"]
    one, other = (source, None) if isinstance(source, str) else (source["one"], source["other"])
    words = [target] if isinstance(target, str) else [target.get(each, "") for each in plural_categories(name)]
    return Entry(id_, one, other, words, comments=list(before.comments) if before else [])
