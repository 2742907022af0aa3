"""Submissions in DynamoDB: one transaction each, no read at stage 1.

Every put is conditional on absence. The request item goes first, so that a repeated key fails there and its item,
returned with the failure, answers the replay: no read is needed for that either. What is always read whole (facts,
profile, states) is kept as JSON text, a fifth of the size and the cost of nested attributes.
"""

import hashlib
import hmac
import json
import time
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from botocore.exceptions import BotoCoreError, ClientError

from consentry.base import settings
from consentry.base.aws import item, values
from consentry.base.canonical import compact
from consentry.base.problems import Problem
from consentry.base.sealing import seal, unseal
from consentry.leads.api import pending_shard
from consentry.submissions.submit import Lead, Person

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

    from consentry.base.secrets import Epochs
    from consentry.submissions.submit import Submission

ATTEMPTS = 4
"""How often a transaction that met another one is tried before the visitor is asked to try again."""
IDEMPOTENCY_SECONDS = 30 * 24 * 3600


class Request(NamedTuple):
    """An idempotent request: ``key`` is stored, the visitor's own key is not."""

    key: str
    body_mac: bytes


class Acknowledged(NamedTuple):
    """What a reply is made of, whether just written or found again."""

    acknowledgement: str
    """JSON, without the token."""
    subject_ref: str
    lead_id: str
    token_epoch: str
    token_expires: int


class Conflict(Exception):
    """Somebody else extended the same person or lead first; read again."""


def request_of(scope: str, idempotency_key: str, body: bytes) -> Request:
    """The request's identity. The body is remembered under a key that is not stored, so nothing can be guessed back."""
    key = hashlib.sha256(f"{scope}\n{idempotency_key}".encode()).hexdigest()
    return Request(f"R#{key}", hmac.digest(idempotency_key.encode(), body, "sha256"))


def key_digest(request: Request) -> str:
    """The digest of an idempotency key as events carry it."""
    return "sha256-" + request.key[2:]


class Tables(NamedTuple):
    """Physical table names."""

    consents: str
    subjects: str
    keys: str
    leads: str
    requests: str

    @classmethod
    def from_environment(cls) -> "Tables":
        """Names from ``<NAME>_TABLE``."""
        return cls(*(settings.required(f"{name.upper()}_TABLE") for name in cls._fields))


def _put(table: str, key: str, values: "Mapping[str, Any]", **more: Any) -> dict[str, Any]:
    condition = f"attribute_not_exists({key})"
    return {"Put": {"TableName": table, "Item": item(values), "ConditionExpression": condition, **more}}


def _update(table: str, key: str, key_value: str, expression: str, condition: str, **named: Any) -> dict[str, Any]:
    # `sequence` is a reserved word of expressions; an empty map of names is refused.
    names = {"ExpressionAttributeNames": {"#sequence": "sequence"}} if "#sequence" in expression else {}
    return {
        "Update": {
            "TableName": table,
            "Key": item({key: key_value}),
            "UpdateExpression": expression,
            "ConditionExpression": condition,
            "ExpressionAttributeValues": {f":{name}": value for name, value in item(named).items()},
            **names,
        }
    }


class Store:
    """The tables a submission writes."""

    def __init__(self, dynamodb: "DynamoDBClient", tables: Tables) -> None:
        self._dynamodb = dynamodb
        self._tables = tables

    def open(
        self,
        submission: "Submission",
        request: Request,
        reply: Acknowledged,
        identity: dict[str, Any],
        identities_table: str,
        key_secret: "Epochs",
    ) -> Acknowledged:
        """Stage 1: a new provisional subject in one write. Returns the reply, or the one given earlier.

        Raises:
            Problem: ``idempotency-key-reused``, ``try-again``.
        """
        person, lead = submission.person, submission.lead
        tables = self._tables
        wrapped = seal(key_secret.key, person.data_key, f"{person.subject_ref}|key")
        return self._commit(
            [
                self._request_put(request, reply),
                _put(
                    tables.subjects,
                    "subject_ref",
                    _head(person) | {"provisional": True, "created_at": lead.captured_at},
                ),
                _put(identities_table, "idx", identity),
                _put(
                    tables.keys,
                    "subject_ref",
                    {"subject_ref": person.subject_ref, "wrapped": wrapped, "epoch": key_secret.current},
                ),
                _put(
                    tables.leads,
                    "lead_id",
                    {
                        "lead_id": lead.lead_id,
                        "subject_ref": person.subject_ref,
                        "captured_at": lead.captured_at,
                        "facts": compact(lead.facts),
                        **_lead_state(submission),
                        "outbox": submission.messages,
                        "pending": pending_shard(lead.lead_id),
                        "pending_since": _pending_since(),
                    },
                ),
                *self._event_puts(submission),
            ],
            request,
            reply,
            submission.submission_id,
        )

    def answered(self, request: Request) -> Acknowledged | None:
        """The reply this request was given earlier, or None.

        A put whose condition never holds: its failure returns the item, and the right to put is all it takes.

        Raises:
            Problem: ``idempotency-key-reused``.
            botocore.exceptions.ClientError: the table could not be asked.
        """
        try:
            self._dynamodb.put_item(
                TableName=self._tables.requests,
                Item=item({"request_key": request.key}),
                ConditionExpression="attribute_exists(request_key) AND attribute_not_exists(request_key)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            found = cast("dict[str, Any]", error.response).get("Item")
            return _acknowledged(values(found), request) if found else None
        raise AssertionError("a condition that never holds held")

    def extend(
        self, submission: "Submission", before: Person, lead_before: Lead, request: Request, reply: Acknowledged
    ) -> Acknowledged:
        """A later stage: head and lead move on from exactly what was read.

        Raises:
            Conflict: they had moved already.
            Problem: ``idempotency-key-reused``, ``try-again``.
        """
        person, lead = submission.person, submission.lead
        head, tables = _head(person), self._tables
        writes = [
            self._request_put(request, reply),
            _update(
                tables.leads,
                "lead_id",
                lead.lead_id,
                "SET stages = :stages, profile = :profile, sealed = :sealed, #sequence = :sequence, "
                "outbox = list_append(if_not_exists(outbox, :none), :outbox), "
                "pending = :pending, pending_since = if_not_exists(pending_since, :pending_since)",
                "#sequence = :seen",
                **_lead_state(submission),
                none=[],
                outbox=submission.messages,
                pending=pending_shard(lead.lead_id),
                pending_since=_pending_since(),
                seen=lead_before.sequence,
            ),
            # Even without events: the message says what the head said, so it has to be the head that was read.
            _update(
                tables.subjects,
                "subject_ref",
                person.subject_ref,
                "SET seq = :seq, last_digest = :last_digest, states = :states",
                "seq = :seen",
                seq=head["seq"],
                last_digest=head["last_digest"],
                states=head["states"],
                seen=before.seq,
            ),
            *self._event_puts(submission),
        ]
        return self._commit(writes, request, reply, submission.submission_id)

    def read(
        self, subject_ref: str, lead_id: str, request: Request | None, key_secret: "Epochs"
    ) -> tuple[Person, Lead, Acknowledged | None]:
        """Person, lead and, where this request was answered before, its reply: one ``BatchGetItem``.

        Raises:
            Problem: ``token-invalid`` when the person or lead is gone, ``idempotency-key-reused``, ``try-again``.
        """
        tables = self._tables
        wanted: dict[str, Any] = {
            tables.subjects: {"subject_ref": subject_ref},
            tables.keys: {"subject_ref": subject_ref},
            tables.leads: {"lead_id": lead_id},
        }
        if request:
            wanted[tables.requests] = {"request_key": request.key}
        found = self._batch_get(wanted)
        head, key, lead = (found.get(table) for table in (tables.subjects, tables.keys, tables.leads))
        if not (head and key and lead) or lead["subject_ref"] != subject_ref:
            raise Problem("token-invalid")
        data_key = unseal(key_secret.keys[key["epoch"]], key["wrapped"], f"{subject_ref}|key")
        person = Person(subject_ref, data_key, head["seq"], head.get("last_digest"), json.loads(head["states"]))
        sealed = json.loads(unseal(data_key, lead["sealed"], f"{lead_id}|answers"))
        earlier = found.get(tables.requests)
        return (
            person,
            Lead(
                lead_id,
                lead["sequence"],
                lead["stages"],
                json.loads(lead["profile"]),
                sealed,
                lead["captured_at"],
                json.loads(lead["facts"]),
            ),
            _acknowledged(earlier, request) if earlier and request else None,
        )

    def _batch_get(self, keys: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        pending: dict[str, Any] = {table: {"Keys": [item(key)], "ConsistentRead": True} for table, key in keys.items()}
        found: dict[str, dict[str, Any]] = {}
        for attempt in range(ATTEMPTS):
            if attempt:
                time.sleep(0.05 * 2**attempt)
            try:
                answer = self._dynamodb.batch_get_item(RequestItems=pending)
            except (ClientError, BotoCoreError):
                raise Problem("try-again") from None
            found |= {table: values(items[0]) for table, items in answer["Responses"].items() if items}
            pending = answer.get("UnprocessedKeys") or {}
            if not pending:
                return found
        raise Problem("try-again")

    def _request_put(self, request: Request, reply: Acknowledged) -> dict[str, Any]:
        stored = {
            "request_key": request.key,
            "body_mac": request.body_mac,
            **reply._asdict(),
            "expires_at": int(time.time()) + IDEMPOTENCY_SECONDS,
        }
        return _put(self._tables.requests, "request_key", stored, ReturnValuesOnConditionCheckFailure="ALL_OLD")

    def _event_puts(self, submission: "Submission") -> list[dict[str, Any]]:
        return [_put(self._tables.consents, "event_key", event) for event in submission.events]

    def _commit(self, writes: list[dict[str, Any]], request: Request, reply: Acknowledged, token: str) -> Acknowledged:
        """One transaction; the client token makes our own repeats harmless.

        A cancelled transaction tells per write why. The first write is the request: if it failed its condition,
        this request was answered before, and its item is the answer.
        """
        for attempt in range(ATTEMPTS):
            if attempt:
                time.sleep(0.03 * 2**attempt)
            try:
                self._dynamodb.transact_write_items(
                    TransactItems=writes,  # type: ignore[arg-type]
                    ClientRequestToken=token,
                )
            except ClientError as error:
                if error.response["Error"]["Code"] != "TransactionCanceledException":
                    break
                reasons = cast("list[dict[str, Any]]", error.response["CancellationReasons"])
                if reasons[0]["Code"] == "ConditionalCheckFailed":
                    return _acknowledged(values(reasons[0]["Item"]), request)
                if any(reason["Code"] == "ConditionalCheckFailed" for reason in reasons):
                    raise Conflict from None
            except BotoCoreError:
                break
            else:
                return reply
        raise Problem("try-again")


def _acknowledged(stored: dict[str, Any], request: Request) -> Acknowledged:
    """The reply given earlier, if it was to the same body."""
    if not hmac.compare_digest(stored["body_mac"], request.body_mac):
        raise Problem("idempotency-key-reused")
    return Acknowledged(**{name: stored[name] for name in Acknowledged._fields})


def _head(person: Person) -> dict[str, Any]:
    return {
        "subject_ref": person.subject_ref,
        "seq": person.seq,
        "last_digest": person.last_digest,
        "states": compact(person.states),
    }


def _lead_state(submission: "Submission") -> dict[str, Any]:
    lead = submission.lead
    answers = compact(lead.sealed).encode()
    return {
        "stages": lead.stages,
        "profile": compact(lead.profile),
        "sealed": seal(submission.person.data_key, answers, f"{lead.lead_id}|answers"),
        "sequence": lead.sequence,
    }


def _pending_since() -> str:
    """Milliseconds since the epoch, fixed width so that text order is time order."""
    return f"{time.time_ns() // 1_000_000:013d}"
