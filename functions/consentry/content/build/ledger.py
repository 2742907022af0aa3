"""``.consentry/pushed.json``: where this checkout and the store last agreed. Kept per table, never committed."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from consentry.base.build.put import put
from consentry.base.documents import Document

PLACE = ".consentry/pushed.json"


@dataclass(frozen=True)
class Agreed:
    """One path: the document and the fingerprint of the file's essence when both said the same.

    The document's instant tells it from one of the same number in another store.
    """

    number: int
    at: str
    fingerprint: str

    def is_still(self, document: Document) -> bool:
        """Whether the document has not been written since."""
        return (self.number, self.at) == (document.number, document.at)


@dataclass
class Ledger:
    """Paths on which file and store once agreed."""

    agreed: dict[str, Agreed] = field(default_factory=dict)

    def note(self, document: Document, fingerprint: str) -> None:
        """They agree now."""
        self.agreed[document.path] = Agreed(document.number, document.at, fingerprint)


@dataclass(frozen=True)
class Conflict:
    """File and store both changed. ``file`` and ``store`` are the two versions, None where there is none."""

    path: str
    why: str
    file: Any
    store: Any
    stored: Document | None
    mend: str

    def as_json(self) -> dict[str, Any]:
        """The entry of ``--json``."""
        stored = self.stored
        by = None if stored is None else {"number": stored.number, "actor": stored.actor, "at": stored.at}
        said = {"path": self.path, "why": self.why, "file": self.file, "store": self.store}
        return {**said, "stored": by, "mend": self.mend}


def differing(path: str, agreed: Agreed | None, file: Any, store: Any, stored: Document) -> Conflict:
    """File and store say different things, and nothing tells which of them is the newer."""
    why = "file and store both changed" if agreed else "file and store differ, and this checkout never saw them agree"
    return to_choose(path, why, file, store, stored)


def to_choose(path: str, why: str, file: Any, store: Any, stored: Document | None) -> Conflict:
    """A conflict that somebody settles by taking one side."""
    mend = (
        f"look at both; then `consentry content pull --take {path}` (the store's words into the file) "
        f"or `consentry content push --take {path}` (the file's words into the store; its history keeps the others)"
    )
    return Conflict(path, why, file, store, stored, mend)


@dataclass
class Outcome:
    """What a push or pull did, or with ``--dry-run`` would do; document paths."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: int = 0
    waiting: list[str] = field(default_factory=list)
    """The other side is newer: push met a newer document, or pull a newer file."""
    drafts: list[str] = field(default_factory=list)
    """Documents with a draft that is not approved; it stays in the store."""
    conflicts: list[Conflict] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    """Files written by a pull."""


def load(root: Path, store: str) -> Ledger:
    """The ledger of this checkout and the store named ``store``; empty when there is none or it cannot be read.

    Without it nothing is lost: what differs is then a conflict, or recognised by the store's history.
    """
    try:
        held = json.loads((root / PLACE).read_bytes())[store]
        return Ledger({path: Agreed(int(each[0]), str(each[1]), str(each[2])) for path, each in held.items()})
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return Ledger()


def save(root: Path, store: str, ledger: Ledger) -> None:
    """Write the ledger, those of other stores kept."""
    try:
        held = json.loads((root / PLACE).read_bytes())
        held = held if isinstance(held, dict) else {}
    except (OSError, ValueError):
        held = {}
    held[store] = {path: [each.number, each.at, each.fingerprint] for path, each in sorted(ledger.agreed.items())}
    put(root, PLACE, (json.dumps(held, indent=1, ensure_ascii=False) + "\n").encode())
