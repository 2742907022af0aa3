"""Documents that editors own, in the table ``editorial``: every version kept, no update lost, all or nothing.

A document is a JSON object at a path, which is a file's path without its ending, such as
``glossary/concepts/adverse-event`` or ``forms/catalogs/de#field.email.label``. Per path there is one item ``HEAD`` and
one item a version (``000001`` …), written together and the latter never again. ``actor`` is an opaque staff id, never
a name or an address.

Every write under ``glossary/`` raises a counter in the same transaction, so that a reader knows by one read whether
anything changed, and that what an index lists is all there is: a document's number is the count of its writes, hence a
folder's numbers add up to its counter.
"""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import orjson
from botocore.exceptions import BotoCoreError, ClientError

from consentry.base.aws import item, values
from consentry.base.canonical import canonical_bytes, compact, digest
from consentry.base.ids import uuid4

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

HEAD = "HEAD"
COUNTED = "glossary"
COUNTER = "@glossary"
MAX_WRITES = 49
"""Documents in one write: two actions each and the counter, of the 100 that a transaction may hold."""
MAX_BODY_BYTES = 380_000
"""Of the 400 KB that an item may hold."""
MAX_TRANSACTION_BYTES = 3_900_000
MAX_PATH = 512
PAGE = 50
ATTEMPTS = 7
_PATH = re.compile(r"[A-Za-z0-9_]+/[A-Za-z0-9_.\-]+(?:[/#][A-Za-z0-9_.\-]+)*")


@dataclass(frozen=True)
class Document:
    """One version of a document. ``number`` counts from 1; ``at`` is RFC 3339."""

    path: str
    number: int
    body: dict[str, Any]
    at: str
    actor: str
    action: str
    reason: str

    @property
    def name(self) -> str:
        """The last part of the path."""
        return re.split("[/#]", self.path)[-1]


@dataclass(frozen=True)
class Write:
    """What to write. ``base`` is the number it was made from; 0: there must be none yet."""

    path: str
    base: int
    body: dict[str, Any]
    action: str


@dataclass(frozen=True)
class Page:
    """Some documents of a folder; ``after`` continues behind them, None at the end."""

    documents: list[Document]
    after: str | None


class Conflict(Exception):
    """A document is no longer (or not yet) what a write was made from. Nothing was written.

    ``current`` is what it is now, None if it does not exist.
    """

    def __init__(self, path: str, current: Document | None) -> None:
        super().__init__(path)
        self.path = path
        self.current = current


class TooLarge(Exception):
    """The write does not fit into a transaction or an item; the message says what to do instead."""


class Busy(Exception):
    """The store did not take the write now; the same write may be tried again."""


class Held(Busy):
    """The glossary is held for an import; nobody else may write to it until it ends."""


def folder_of(path: str) -> str:
    """The folder that lists ``path``: its first two parts.

    Raises:
        ValueError: no path of a document.
    """
    if len(path) > MAX_PATH or not _PATH.fullmatch(path):
        raise ValueError(f"“{path[:80]}” is no document path: parts of A–Z a–z 0–9 . _ -, joined by / or #")
    return "/".join(re.split("[/#]", path)[:2]) if path.count("/") > 1 else path.partition("#")[0].rpartition("/")[0]


class Documents:
    """The store. Reads are strongly consistent, except pages of a folder (``everything`` is consistent again)."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def get(self, path: str) -> Document | None:
        """The newest version."""
        return self._item(path, HEAD)

    def version(self, path: str, number: int) -> Document | None:
        """One version."""
        return self._item(path, _version(number))

    def history(self, path: str, before: int | None = None, limit: int = PAGE) -> list[Document]:
        """Versions, newest first, at most ``limit``; those older than number ``before``."""
        if len(path) > MAX_PATH:
            return []
        answer = self._dynamodb.query(
            TableName=self._table,
            KeyConditionExpression="#path = :path AND version < :before",
            ExpressionAttributeNames={"#path": "path"},
            ExpressionAttributeValues=item({":path": path, ":before": _version(before) if before else HEAD}),
            ScanIndexForward=False,
            ConsistentRead=True,
            Limit=limit,
        )
        return [_document(row) for row in answer["Items"]]

    def page(self, folder: str, after: str | None = None, limit: int = PAGE) -> Page:
        """Documents in the order of their paths, those behind the path ``after``.

        ``folder`` may be deeper than two parts, or end in ``#``: then only paths that begin so. What was written in the
        last second may still be missing.
        """
        # All characters of paths lie between "!" and "~"; so a cursor is a bound, never a key that must exist.
        first, last = folder if after is None else max(folder, f"{after[:MAX_PATH]}!"), f"{folder}~"
        if first > last:
            return Page([], None)
        arguments: dict[str, Any] = {
            "KeyConditionExpression": "folder = :folder AND #path BETWEEN :from AND :to",
            "ExpressionAttributeNames": {"#path": "path"},
            "ExpressionAttributeValues": item(
                {
                    ":folder": "/".join(re.split("[/#]", folder)[:2]),
                    ":from": first,
                    ":to": last,
                }
            ),
        }
        found: list[Document] = []
        while len(found) < limit:
            answer = self._dynamodb.query(
                TableName=self._table, IndexName="by-folder", Limit=limit - len(found), **arguments
            )
            found += [_document(row) for row in answer["Items"]]
            if "LastEvaluatedKey" not in answer:
                return Page(found, None)
            arguments["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
        return Page(found, found[-1].path)

    def folder(self, folder: str, after: str | None = None, limit: int | None = None) -> Iterator[Document]:
        """All documents of a folder, or at most ``limit``, in pages of 1000."""
        left = limit
        while left is None or left > 0:
            page = self.page(folder, after, min(left, 1000) if left is not None else 1000)
            yield from page.documents
            after = page.after
            if left is not None:
                left -= len(page.documents)
            if after is None:
                return

    def everything(self, folder: str, holder: str = "") -> list[Document]:
        """All documents of a folder under ``glossary/`` as they were at one moment at or after the call.

        ``holder``: whoever holds the glossary may read meanwhile.

        Raises:
            Busy: for two seconds the index has not caught up, or an import has been running.
        """
        for attempt in range(ATTEMPTS):
            if attempt:
                time.sleep(min(0.02 * 2**attempt, 0.5))
            before = self._counter()
            if before.get("holder", holder) != holder:
                continue
            found = list(self.folder(folder))
            after = self._counter()
            if sum(document.number for document in found) == before.get(folder, 0) == after.get(folder, 0):
                return found
        raise Busy(f"{folder} is being changed")

    def generation(self) -> int:
        """A number that every write under ``glossary/`` raises; one read. While an import runs it stays."""
        return self.counts()[0]

    def counts(self) -> tuple[int, dict[str, int]]:
        """The generation, and per folder under ``glossary/`` how many writes it has seen; one read."""
        counter = self._counter()
        return int(counter.get("number", 0)), {key: value for key, value in counter.items() if "/" in key}

    def write(
        self, writes: Sequence[Write], *, actor: str, reason: str, at: str, holder: str = "", last: bool = True
    ) -> list[Document]:
        """Write all or nothing, in one transaction; the new versions, in order.

        ``holder`` is who holds the glossary (``hold``); with ``last`` false readers are not told yet.

        Raises:
            Conflict: a document is not at its ``base``.
            TooLarge: more than ``MAX_WRITES`` documents, or too many bytes.
            Held: somebody else holds the glossary.
            Busy: the table could not take it; nothing was written as far as we know, and repeating is safe.
        """
        made = [Document(w.path, w.base + 1, w.body, at, actor, w.action, reason) for w in writes]
        actions = self._actions(writes, made)
        counts: dict[str, int] = {}
        for write in writes:
            if write.path.startswith(f"{COUNTED}/"):
                counts[folder_of(write.path)] = counts.get(folder_of(write.path), 0) + 1
        if counts:
            actions.append({"Update": self._raised(counts, holder, told=last)})
        self._transact(actions, made)
        return made

    def hold(self, holder: str, at: str) -> None:
        """Keep everybody else from writing under ``glossary/`` until ``release``. Repeating it is harmless.

        Raises:
            Held: somebody else does.
        """
        try:
            self._dynamodb.update_item(
                TableName=self._table,
                Key=item({"path": COUNTER, "version": HEAD}),
                UpdateExpression="SET holder = :holder, held_at = :at",
                ConditionExpression="attribute_not_exists(holder) OR holder = :holder",
                ExpressionAttributeValues=item({":holder": holder, ":at": at}),
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                raise Held("the glossary is held for an import") from None
            raise Busy(error.response["Error"]["Code"]) from None

    def release(self, holder: str) -> None:
        """End ``hold`` and tell readers. Harmless when ``holder`` holds nothing."""
        try:
            self._dynamodb.update_item(
                TableName=self._table,
                Key=item({"path": COUNTER, "version": HEAD}),
                UpdateExpression="REMOVE holder, held_at ADD #number :one",
                ConditionExpression="holder = :holder",
                ExpressionAttributeNames={"#number": "number"},
                ExpressionAttributeValues=item({":holder": holder, ":one": 1}),
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise

    def _item(self, path: str, version: str) -> Document | None:
        if len(path) > MAX_PATH:
            return None
        answer = self._dynamodb.get_item(
            TableName=self._table, Key=item({"path": path, "version": version}), ConsistentRead=True
        )
        return _document(answer["Item"]) if "Item" in answer else None

    def _counter(self) -> dict[str, Any]:
        answer = self._dynamodb.get_item(
            TableName=self._table, Key=item({"path": COUNTER, "version": HEAD}), ConsistentRead=True
        )
        return values(answer["Item"]) if "Item" in answer else {}

    def _actions(self, writes: Sequence[Write], made: Sequence[Document]) -> list[dict[str, Any]]:
        if len(writes) > MAX_WRITES:
            raise TooLarge(f"{len(writes)} documents at once; at most {MAX_WRITES} fit into one transaction")
        if len({write.path for write in writes}) != len(writes):
            raise ValueError("a document twice in one write")
        actions: list[dict[str, Any]] = []
        size = 0
        for write, document in zip(writes, made, strict=True):
            body = compact(write.body)
            length = len(body.encode())
            size += 2 * (length + 2000)
            if length > MAX_BODY_BYTES:
                raise TooLarge(f"{write.path} has {length} bytes; a document may have {MAX_BODY_BYTES}: split it")
            stored = {
                "path": write.path,
                "number": document.number,
                "body": body,
                "digest": digest(canonical_bytes(write.body)),
                "at": document.at,
                "actor": document.actor,
                "action": document.action,
                "reason": document.reason,
            }
            actions += [
                {"Put": self._head(write, stored)},
                {"Put": self._put({**stored, "version": _version(document.number)}, "attribute_not_exists(version)")},
            ]
        if size > MAX_TRANSACTION_BYTES:
            raise TooLarge(f"{size} bytes in one transaction; at most {MAX_TRANSACTION_BYTES}: write fewer at once")
        return actions

    def _head(self, write: Write, stored: dict[str, Any]) -> dict[str, Any]:
        head = {**stored, "version": HEAD, "folder": folder_of(write.path)}
        if write.base == 0:
            return {
                **self._put(head, "attribute_not_exists(version)"),
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        return {
            **self._put(head, "#number = :base"),
            "ExpressionAttributeNames": {"#number": "number"},
            "ExpressionAttributeValues": item({":base": write.base}),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }

    def _put(self, stored: dict[str, Any], condition: str) -> dict[str, Any]:
        return {"TableName": self._table, "Item": item(stored), "ConditionExpression": condition}

    def _raised(self, counts: dict[str, int], holder: str, *, told: bool) -> dict[str, Any]:
        names = {f"#f{index}": folder for index, folder in enumerate(counts)}
        added = [f"#f{index} :f{index}" for index in range(len(counts))]
        numbers: dict[str, Any] = {f":f{index}": count for index, count in enumerate(counts.values())}
        if told:
            names["#number"] = "number"
            added.append("#number :one")
            numbers[":one"] = 1
        return {
            "TableName": self._table,
            "Key": item({"path": COUNTER, "version": HEAD}),
            "UpdateExpression": f"ADD {', '.join(added)}",
            "ConditionExpression": "attribute_not_exists(holder) OR holder = :holder",
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": item({**numbers, ":holder": holder or "-"}),
        }

    def _transact(self, actions: list[dict[str, Any]], made: Sequence[Document]) -> None:
        """The client token makes repeats after a lost reply harmless."""
        token = uuid4()
        for attempt in range(ATTEMPTS):
            if attempt:
                time.sleep(min(0.01 * 2**attempt, 0.3))
            try:
                self._dynamodb.transact_write_items(
                    TransactItems=actions,  # type: ignore[arg-type]
                    ClientRequestToken=token,
                )
            except ClientError as error:
                code = error.response["Error"]["Code"]
                if code == "TransactionCanceledException":
                    self._refused(cast("list[dict[str, Any]]", error.response.get("CancellationReasons", [])), made)
                elif code not in ("TransactionInProgressException", "ThrottlingException", "InternalServerError"):
                    raise
            except BotoCoreError:
                continue
            else:
                return
        raise Busy("the table did not take the write")

    @staticmethod
    def _refused(reasons: list[dict[str, Any]], made: Sequence[Document]) -> None:
        """Raise for what will not change by trying again; other reasons are other people's transactions."""
        for index, reason in enumerate(reasons):
            if reason.get("Code") != "ConditionalCheckFailed":
                continue
            if index == 2 * len(made):
                raise Held("the glossary is held for an import")
            stored = reason.get("Item")
            current = _document(stored) if stored and index % 2 == 0 else None
            raise Conflict(made[index // 2].path, current) from None


def _version(number: int) -> str:
    return f"{number:06d}"


def _document(row: Any) -> Document:
    stored = values(row)
    return Document(
        stored["path"],
        stored["number"],
        orjson.loads(stored["body"]),
        stored["at"],
        stored["actor"],
        stored["action"],
        stored["reason"],
    )
