"""What calls the workers on one machine: stream and queue pollers, the schedule, a reader of the ``captured`` queue.

Each is a thread that ends soon after ``stop`` is set. A worker is never called twice at once, as its reserved
shard or schedule would see to it in AWS.
"""

import base64
import json
import logging
import threading
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from consentry.local.template import Schedule, StreamSource, matches

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

Handler = Callable[[dict[str, Any], Any], Any]
IDLE_SECONDS = 0.5
log = logging.getLogger(__name__)


class Streams(Protocol):
    """The part of boto3's ``dynamodbstreams`` client that is used here."""

    def describe_stream(self, **arguments: Any) -> dict[str, Any]:
        """The stream's shards."""

    def get_shard_iterator(self, **arguments: Any) -> dict[str, Any]:
        """Where to begin in a shard."""

    def get_records(self, **arguments: Any) -> dict[str, Any]:
        """The next records and the next iterator."""


class Context:
    """The second argument of a handler."""

    memory_limit_in_mb = 512

    def __init__(self, function_name: str) -> None:
        self.function_name = function_name
        self.invoked_function_arn = f"arn:aws:lambda:us-east-1:000000000000:function:{function_name}"
        self.aws_request_id = str(uuid.uuid4())

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        """Plenty: nothing is cut short here."""
        return 60_000


class Worker:
    """A handler and its lock."""

    def __init__(self, name: str, handler: Handler) -> None:
        self.name = name
        self._handler = handler
        self._lock = threading.Lock()

    def __call__(self, event: dict[str, Any]) -> Any:
        """Call the handler, one call at a time."""
        with self._lock:
            return self._handler(event, Context(self.name))


def plain(value: Any) -> Any:
    """An SDK value as a Lambda event has it: times as seconds, binaries in base64."""
    match value:
        case dict():
            return {key: plain(inner) for key, inner in value.items()}
        case list():
            return [plain(inner) for inner in value]
        case datetime():
            return value.timestamp()
        case bytes():
            return base64.b64encode(value).decode("ascii")
    return value


def stream_event(records: Iterable[Any], stream_arn: str) -> dict[str, Any]:
    """The event of a DynamoDB event source."""
    return {"Records": [{**plain(record), "eventSourceARN": stream_arn} for record in records]}


def first_failure(answer: Any, numbers: list[str]) -> int | None:
    """Where to go on after a partial failure (``ReportBatchItemFailures``): the first record named, else None."""
    failures = (answer or {}).get("batchItemFailures") or []
    named = {failure.get("itemIdentifier") for failure in failures}
    if not named:
        return None
    # An identifier that is not of this batch means the whole batch, as in Lambda.
    return min((numbers.index(name) if name in numbers else 0) for name in named)


class Loop(threading.Thread):
    """A thread that calls ``turn`` until it is stopped; what goes wrong is logged and tried again."""

    def __init__(self, name: str, stop: threading.Event) -> None:
        super().__init__(name=name, daemon=True)
        self.stop = stop

    def turn(self) -> None:
        """One round; it may wait, but not much longer than a second."""
        raise NotImplementedError

    def run(self) -> None:
        """Turn until stopped."""
        while not self.stop.is_set():
            try:
                self.turn()
            except Exception:
                if not self.stop.is_set():
                    log.exception("%s: the next round tries again", self.name)
                    self.stop.wait(1)


class StreamLoop(Loop):
    """Polls a table's stream and hands what passes the filters to a worker, in order, at least once."""

    def __init__(
        self,
        source: StreamSource,
        table: str,
        worker: Worker,
        clients: "tuple[DynamoDBClient, Streams]",
        stop: threading.Event,
        seen: Callable[[dict[str, Any]], None],
    ) -> None:
        super().__init__(f"stream of {table}", stop)
        self.wake = threading.Event()
        self._source = source
        self._table = table
        self._worker = worker
        self._dynamodb, self._streams = clients
        self._seen = seen
        self._arn: str | None = None
        self._iterators: dict[str, str | None] = {}

    def turn(self) -> None:
        """Read every shard once, then rest until woken."""
        if self._arn is None:
            self._arn = self._dynamodb.describe_table(TableName=self._table)["Table"]["LatestStreamArn"]
        if not any(self._iterators.values()):
            self._discover(self._arn)
        read = 0
        for shard, iterator in list(self._iterators.items()):
            if iterator:
                read += self._read(self._arn, shard, iterator)
        if not read:
            self.wake.wait(IDLE_SECONDS)
            self.wake.clear()

    def _discover(self, arn: str) -> None:
        for shard in self._streams.describe_stream(StreamArn=arn)["StreamDescription"].get("Shards", []):
            name = shard["ShardId"]
            if name not in self._iterators:
                found = self._streams.get_shard_iterator(StreamArn=arn, ShardId=name, ShardIteratorType="TRIM_HORIZON")
                self._iterators[name] = found["ShardIterator"]

    def _read(self, arn: str, shard: str, iterator: str) -> int:
        found = self._streams.get_records(ShardIterator=iterator, Limit=self._source.batch)
        records = found["Records"]
        for record in records:
            self._seen(dict(record))
        self._deliver([record for record in records if self._passes(dict(record))], arn)
        self._iterators[shard] = found.get("NextShardIterator")
        return len(records)

    def _passes(self, record: dict[str, Any]) -> bool:
        return not self._source.filters or any(matches(pattern, record) for pattern in self._source.filters)

    def _deliver(self, records: list[Any], arn: str) -> None:
        """Call the worker until every record is done; one that fails too often is left to the sweep."""
        attempt = 0
        while records and not self.stop.is_set():
            numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
            try:
                failed = first_failure(self._worker(stream_event(records, arn)), numbers)
            except Exception:
                log.exception("%s", self._worker.name)
                failed = 0
            if failed is None:
                return
            attempt = attempt + 1 if failed == 0 else 1
            records = records[failed:]
            if attempt > self._source.attempts:
                log.error("%s: gave up on record %s", self._worker.name, numbers[failed])
                records, attempt = records[1:], 0
            self.stop.wait(min(0.1 * 2**attempt, 2))


class ScheduleLoop(Loop):
    """Calls a worker at a fixed rate."""

    def __init__(self, schedule: Schedule, worker: Worker, stop: threading.Event) -> None:
        super().__init__(f"schedule of {worker.name}", stop)
        self._schedule = schedule
        self._worker = worker

    def turn(self) -> None:
        """Wait for the next time, then call."""
        if not self.stop.wait(self._schedule.seconds):
            self._worker(dict(self._schedule.event))


def queue_event(messages: Iterable[Any], queue_arn: str) -> dict[str, Any]:
    """The event of an SQS event source."""
    return {
        "Records": [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "md5OfBody": message.get("MD5OfBody", ""),
                "attributes": dict(message.get("Attributes", {})),
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": queue_arn,
                "awsRegion": queue_arn.split(":")[3],
            }
            for message in messages
        ]
    }


class QueueLoop(Loop):
    """Hands a queue's messages to a worker and deletes what it has done.

    What it has not comes back when its time of being hidden is over, until it goes to the dead-letter queue.
    """

    def __init__(self, sqs: "SQSClient", queue_url: str, batch: int, worker: Worker, stop: threading.Event) -> None:
        super().__init__(f"queue of {worker.name}", stop)
        self._sqs = sqs
        self._url = queue_url
        self._batch = batch
        self._worker = worker
        self._arn: str | None = None

    def turn(self) -> None:
        """Receive a batch, have it done, delete what was."""
        if self._arn is None:
            asked = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
            self._arn = asked["Attributes"]["QueueArn"]
        messages = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=min(self._batch, 10),
            WaitTimeSeconds=1,
            MessageSystemAttributeNames=["ApproximateReceiveCount", "SentTimestamp"],
        ).get("Messages", [])
        if not messages:
            return
        answer = self._worker(queue_event(messages, self._arn)) or {}
        failed = {each.get("itemIdentifier") for each in answer.get("batchItemFailures") or ()}
        for message in messages:
            if message["MessageId"] not in failed:
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])


class QueueReader(Loop):
    """Takes messages off the ``captured`` queue, so that the path page can show them."""

    def __init__(
        self, sqs: "SQSClient", queue_url: str, stop: threading.Event, take: Callable[[dict[str, Any]], None]
    ) -> None:
        super().__init__("reader of captured", stop)
        self._sqs = sqs
        self._url = queue_url
        self._take = take

    def turn(self) -> None:
        """Receive up to ten messages, hand each on, then delete it."""
        found = self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        for message in found.get("Messages", []):
            self._take(json.loads(message["Body"]))
            self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
