"""``consentry content push``: files to the editors' store. Nothing newer in the store is written over."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from consentry.base.documents import Conflict as StoreConflict
from consentry.base.documents import Document, Write
from consentry.content.build.documents import (
    APPROVALS,
    CATALOGS,
    TEXTS,
    Files,
    body_for,
    fingerprint,
    kind,
    merged_approvals,
    read_files,
    readable,
    same,
)
from consentry.content.build.ledger import Ledger, Outcome, differing, to_choose
from consentry.glossary.paths import CONCEPTS, PROHIBITED, TASKS, WAIVERS

ACTOR = "operator"
BATCH = 40
"""Documents in one transaction (the store takes 49)."""
BATCH_BYTES = 1_000_000


class Store(Protocol):
    """What is needed of ``base.documents.Documents``."""

    def folder(self, folder: str) -> Iterator[Document]:
        """Every document of a folder."""

    def history(self, path: str, before: int | None = None, limit: int = ...) -> list[Document]:
        """Versions, newest first."""

    def write(self, writes: list[Write], *, actor: str, reason: str, at: str) -> list[Document]:
        """All or nothing."""


@dataclass(frozen=True)
class Settings:
    """``take``: paths whose file wins over the store. ``at``: RFC 3339."""

    actor: str = ACTOR
    reason: str = "content push"
    at: str = ""
    dry_run: bool = False
    take: frozenset[str] = frozenset()


def stored_documents(store: Store, root: Path, files: Files) -> dict[str, Document]:
    """Every document that is, or may become, a file."""
    markets = {path.split("/")[1] for path in files.essences if kind(path) == "text"}
    markets |= {path.stem for path in (root / "markets").glob("*.yaml")}
    folders = [CONCEPTS, PROHIBITED, WAIVERS, TASKS, CATALOGS, APPROVALS]
    folders += [f"{TEXTS}/{market}" for market in sorted(markets)]
    found = (document for folder in folders for document in store.folder(folder))
    return {document.path: document for document in found if kind(document.path) is not None}


@dataclass(frozen=True)
class _Step:
    write: Write
    essence: Any


def push(root: Path, store: Store, ledger: Ledger, settings: Settings) -> tuple[Outcome, Files]:
    """Compare every file with its document and write what only the files changed; ``ledger`` is brought up to date."""
    files = read_files(root)
    stored = stored_documents(store, root, files)
    outcome = Outcome()
    steps: list[_Step] = []
    for path, essence in files.essences.items():
        step = _decide(path, essence, stored.get(path), store, ledger, outcome, settings.take)
        if step is not None:
            steps.append(step)
    if not settings.dry_run:
        _write(steps, store, ledger, outcome, settings)
    else:
        for step in steps:
            (outcome.created if step.write.base == 0 else outcome.changed).append(step.write.path)
    return outcome, files


def _decide(
    path: str,
    essence: Any,
    document: Document | None,
    store: Store,
    ledger: Ledger,
    outcome: Outcome,
    take: Collection[str],
) -> _Step | None:
    said = fingerprint(essence)
    if document is None:
        if kind(path) == "label":
            outcome.unchanged += 1  # the release says it; its first edit makes the document
            return None
        return _Step(Write(path, 0, body_for(path, essence, None), "push"), essence)
    held, fault = readable(path, document.body)
    if fault:
        outcome.conflicts.append(to_choose(path, f"the document cannot be read: {fault}", essence, None, document))
        return None
    if has_draft(path, document.body):
        outcome.drafts.append(path)
    if same(path, held, essence):
        outcome.unchanged += 1
        ledger.note(document, said)
        return None
    if kind(path) == "approvals":
        return _add_approvals(path, essence, held, document, outcome)
    update = _Step(Write(path, document.number, body_for(path, essence, document.body), "push"), essence)
    if path in take:
        return update
    agreed = ledger.agreed.get(path)
    if (agreed is not None and agreed.fingerprint == said) or (agreed is None and was_once(store, path, said)):
        outcome.waiting.append(path)
        return None
    if agreed is not None and agreed.is_still(document) and not has_draft(path, document.body):
        return update
    outcome.conflicts.append(differing(path, agreed, essence, held, document))
    return None


def _add_approvals(path: str, essence: Any, held: Any, document: Document, outcome: Outcome) -> _Step | None:
    both = merged_approvals(essence, held)
    if same(path, both, held):
        outcome.waiting.append(path)
        return None
    return _Step(Write(path, document.number, {"approvals": both}, "push"), both)


def has_draft(path: str, body: dict[str, Any]) -> bool:
    """Whether a document holds words that are not its essence yet."""
    match kind(path):
        case "concept":
            return body.get("in_force") is not None and body["current"].get("state") in ("draft", "in-review")
        case "label":
            published = body.get("published") or {}
            return bool(body.get("target") != published.get("target") or body.get("source") != published.get("source"))
    return False


def was_once(store: Store, path: str, said: str) -> bool:
    """Whether an earlier version of the document says what the file says: then the store has only moved on."""
    before: int | None = None
    while versions := store.history(path, before):
        for version in versions:
            held, fault = readable(path, version.body)
            if not fault and held is not None and fingerprint(held) == said:
                return True
        before = versions[-1].number
    return False


def _write(steps: list[_Step], store: Store, ledger: Ledger, outcome: Outcome, settings: Settings) -> None:
    for batch in _batches(steps):
        left = batch
        while left:
            try:
                made = store.write(
                    [step.write for step in left], actor=settings.actor, reason=settings.reason, at=settings.at
                )
            except StoreConflict as lost:
                # Somebody was faster with one of them; it is a conflict now, the others are written without it.
                step = next(step for step in left if step.write.path == lost.path)
                held = readable(lost.path, lost.current.body)[0] if lost.current else None
                why = "the document changed while this push ran"
                outcome.conflicts.append(to_choose(lost.path, why, step.essence, held, lost.current))
                left = [other for other in left if other is not step]
                continue
            for step, document in zip(left, made, strict=True):
                (outcome.created if step.write.base == 0 else outcome.changed).append(document.path)
                ledger.note(document, fingerprint(step.essence))
            break


def _batches(steps: Iterable[_Step]) -> Iterator[list[_Step]]:
    batch: list[_Step] = []
    size = 0
    for step in steps:
        length = len(str(step.write.body))
        if batch and (len(batch) == BATCH or size + length > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(step)
        size += length
    if batch:
        yield batch


def seed(root: Path, documents: Store, at: str) -> int:
    """Fill an empty store from the files below ``root``; how many documents were written.

    A store that holds something already keeps it: what differs is left alone.
    """
    outcome, _ = push(root, documents, Ledger(), Settings(actor="seed", reason="first start", at=at))
    return len(outcome.created)
