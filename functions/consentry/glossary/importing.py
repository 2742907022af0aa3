"""Imports, all or nothing.

What fits is one transaction. A larger one is written down first, then the glossary is held, checked once more and
written in several transactions that readers are not told about until the last; whoever is interrupted in between is
continued by the re-check's sweep. Nobody else can write while it is held, so what was begun always ends.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from consentry.base.canonical import compact
from consentry.base.clock import now_ms
from consentry.base.documents import MAX_WRITES, Busy, Conflict, Document, Documents, Held, Write
from consentry.glossary.paths import CONCEPTS, IMPORTS

BATCH = 40
BATCH_BYTES = 1_200_000
PART_BYTES = 300_000
MAX_DOCUMENTS = 20_000


@dataclass(frozen=True)
class Order:
    """An import that is to be written: who, why, when, and what its record says."""

    id: str
    actor: str
    reason: str
    at: str
    record: dict[str, Any]


def carry_out(documents: Documents, order: Order, writes: Sequence[Write], until_ms: int) -> Document:
    """Write an import; its record. ``until_ms``: after that the sweep goes on, and the record says ``pending``.

    Raises:
        Conflict: something changed meanwhile; nothing was written.
        Busy: the store did not take the plan, or another import is being written; nothing will be.
    """
    path = f"{IMPORTS}/{order.id}"
    done = {**order.record, "state": "done"}
    if len(writes) < MAX_WRITES and sum(map(_size, writes)) < BATCH_BYTES:
        made = documents.write(
            [*writes, Write(path, 0, done, "import")], actor=order.actor, reason=order.reason, at=order.at
        )
        return made[-1]
    parts = [
        Write(f"{path}.part-{number:04d}", 0, {"writes": part}, "plan") for number, part in enumerate(_parts(writes))
    ]
    for part in parts:
        documents.write([part], actor=order.actor, reason=order.reason, at=order.at, last=False)
    pending = {**order.record, "state": "pending", "parts": len(parts)}
    planned = [Write(path, 0, pending, "plan")]
    (record,) = documents.write(planned, actor=order.actor, reason=order.reason, at=order.at, last=False)
    try:
        return _write(documents, record, writes, until_ms)
    except Busy:
        return record  # it is written down: the sweep goes on with it


def resume(documents: Documents, before: str) -> int:
    """Go on with imports that were planned before ``before``; how many ended."""
    ended = 0
    for record in documents.folder(IMPORTS):
        if record.body.get("state") != "pending" or record.at > before:
            continue
        writes = [
            Write(**write)
            for number in range(record.body["parts"])
            for write in _part(documents, record.path, number)["writes"]
        ]
        try:
            if _write(documents, record, writes, now_ms() + 60_000).body["state"] != "pending":
                ended += 1
        except Held:
            continue
        except Conflict:
            ended += 1
    return ended


def _part(documents: Documents, path: str, number: int) -> dict[str, Any]:
    part = documents.get(f"{path}.part-{number:04d}")
    if part is None:
        raise LookupError(f"{path} has lost its part {number}")
    return part.body


def _write(documents: Documents, record: Document, writes: Sequence[Write], until_ms: int) -> Document:
    """The transactions of a planned import: from the beginning, or from where it was left."""
    holder = record.path
    documents.hold(holder, record.at)
    there = {document.path: document for document in documents.everything(CONCEPTS, holder=holder)}
    left: list[Write] = []
    for write in writes:
        document = there.get(write.path)
        number = document.number if document is not None else 0
        if number == write.base:
            left.append(write)
        elif document is None or (number, document.actor, document.at) != (write.base + 1, record.actor, record.at):
            # Only before its first transaction: since then nobody else could write.
            _end(documents, record, {"state": "failed", "conflict": write.path}, holder)
            raise Conflict(write.path, document)
    for batch in _batches(left):
        if now_ms() > until_ms:
            return record
        documents.write(batch, actor=record.actor, reason=record.reason, at=record.at, holder=holder, last=False)
    return _end(documents, record, {"state": "done"}, holder)


def _end(documents: Documents, record: Document, said: dict[str, Any], holder: str) -> Document:
    (ended,) = documents.write(
        [Write(record.path, record.number, {**record.body, **said}, "import")],
        actor=record.actor,
        reason=record.reason,
        at=record.at,
        holder=holder,
        last=False,
    )
    documents.release(holder)
    return ended


def _size(write: Write) -> int:
    return len(compact(write.body).encode()) + 2000


def _batches(writes: Sequence[Write]) -> Iterator[list[Write]]:
    batch: list[Write] = []
    size = 0
    for write in writes:
        if batch and (len(batch) == BATCH or size + _size(write) > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(write)
        size += _size(write)
    if batch:
        yield batch


def _parts(writes: Sequence[Write]) -> Iterator[list[dict[str, Any]]]:
    part: list[dict[str, Any]] = []
    size = 0
    for write in writes:
        length = _size(write)
        if part and size + length > PART_BYTES:
            yield part
            part, size = [], 0
        part.append({"path": write.path, "base": write.base, "body": write.body, "action": write.action})
        size += length
    if part:
        yield part
