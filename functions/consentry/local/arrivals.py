"""What arrived on this machine: leads with their answers opened, their consent events, messages and texts.

Answers are opened with the local keys, for the operator of this machine alone; the gateway gives them to loopback
host names only.
"""

import json
import threading
from collections import OrderedDict, deque
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from consentry.base.aws import values
from consentry.base.secrets import Secret
from consentry.submissions.api import Store

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SHOWN = 20
_KEPT_MESSAGES = 500


class Arrivals:
    """The last leads and the last messages; everything else is read when it is asked for."""

    def __init__(
        self, dynamodb: "DynamoDBClient", store: Store, key_secret: Secret, tables: dict[str, str], texts: Path
    ) -> None:
        self._dynamodb = dynamodb
        self._store = store
        self._key_secret = key_secret
        self._leads_table = tables["LEADS_TABLE"]
        self._consents_table = tables["CONSENTS_TABLE"]
        self._texts = texts
        self._lock = threading.Lock()
        self._leads: OrderedDict[str, None] = OrderedDict()
        self._messages: deque[dict[str, Any]] = deque(maxlen=_KEPT_MESSAGES)

    def lead_seen(self, record: dict[str, Any]) -> None:
        """Note a record of the leads' stream; a lead that is new goes to the front."""
        if record.get("eventName") == "INSERT":
            with self._lock:
                self._leads[record["dynamodb"]["Keys"]["lead_id"]["S"]] = None
                while len(self._leads) > SHOWN:
                    self._leads.popitem(last=False)

    def message_taken(self, message: dict[str, Any]) -> None:
        """Keep a message of the queue; delivery is at least once, so the same one may come again."""
        with self._lock:
            if all(message["id"] != known["id"] for known in self._messages):
                self._messages.append(message)

    def as_json(self) -> dict[str, Any]:
        """The body of ``GET /_local/arrivals``, newest first."""
        with self._lock:
            leads, messages = list(reversed(self._leads)), list(self._messages)
        return {"arrivals": [found for lead_id in leads if (found := self._arrival(lead_id, messages))]}

    def _arrival(self, lead_id: str, messages: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
        found = self._dynamodb.get_item(
            TableName=self._leads_table, Key={"lead_id": {"S": lead_id}}, ConsistentRead=True
        ).get("Item")
        if not found:
            return None
        subject_ref = found["subject_ref"]["S"]
        person, lead, _ = self._store.read(subject_ref, lead_id, None, self._key_secret.get())
        events = self._events(subject_ref)
        return {
            "lead": {
                **{name: value for name, value in lead._asdict().items() if name != "sealed"},
                "subject_ref": subject_ref,
                "confirmed": all(state["state"] != "requested" for state in person.states.values()),
                "pending": "pending" in found,
            },
            "answers": {**lead.sealed, **lead.profile},
            "events": events,
            "messages": sorted(
                (each for each in messages if each["data"].get("lead_id") == lead_id),
                key=lambda each: int(each["data"]["sequence"]),
            ),
            "texts": self._wordings(events),
        }

    def _events(self, subject_ref: str) -> list[dict[str, Any]]:
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._consents_table,
            KeyConditionExpression="subject_ref = :subject",
            ExpressionAttributeValues={":subject": {"S": subject_ref}},
        )
        items = [values(item) for page in pages for item in page["Items"]]
        events = [{"record": json.loads(item["body"]), "record_digest": item["record_digest"]} for item in items]
        return sorted(events, key=lambda event: int(event["record"]["subject_seq"]))

    def _wordings(self, events: list[dict[str, Any]]) -> dict[str, str]:
        digests = {
            text["digest"] for event in events for text in (event["record"]["text"], event["record"]["notice"]) if text
        }
        files = {digest: self._texts / f"{digest}.txt" for digest in sorted(digests)}
        return {digest: file.read_text("utf-8") for digest, file in files.items() if file.is_file()}
