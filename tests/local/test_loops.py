"""What calls the workers: order, retries, filters, shapes."""

import threading
from datetime import UTC, datetime
from typing import Any

import pytest

from consentry.local.loops import (
    Context,
    QueueLoop,
    QueueReader,
    ScheduleLoop,
    StreamLoop,
    Worker,
    first_failure,
    plain,
    stream_event,
)
from consentry.local.template import Schedule, StreamSource

STOP = threading.Event


def _record(number: int, name: str = "INSERT") -> dict[str, Any]:
    return {"eventName": name, "dynamodb": {"SequenceNumber": str(number), "Keys": {"lead_id": {"S": f"L{number}"}}}}


class Stream:
    """A table with one stream; ``pages`` are what successive reads give."""

    def __init__(self, *pages: list[dict[str, Any]]) -> None:
        self.pages = list(pages)
        self.asked: list[str] = []

    def describe_table(self, **_: Any) -> dict[str, Any]:
        return {"Table": {"LatestStreamArn": "arn:stream"}}

    def describe_stream(self, **_: Any) -> dict[str, Any]:
        return {"StreamDescription": {"Shards": [{"ShardId": "s1"}]}}

    def get_shard_iterator(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked["ShardIteratorType"])
        return {"ShardIterator": "0"}

    def get_records(self, **asked: Any) -> dict[str, Any]:
        at = int(asked["ShardIterator"])
        return {"Records": self.pages[at] if at < len(self.pages) else [], "NextShardIterator": str(at + 1)}


def _loop(
    stream: Stream, handler: Any, stop: threading.Event, filters: tuple[Any, ...] = (), attempts: int = 2
) -> tuple[StreamLoop, list[str]]:
    seen: list[str] = []
    source = StreamSource("LeadsTable", "x.handler", filters, 100, attempts)
    clients: Any = (stream, stream)
    loop = StreamLoop(source, "leads", Worker("w", handler), clients, stop, lambda r: seen.append(r["eventName"]))
    loop.wake.set()  # never rest in a test
    return loop, seen


def _numbers(event: dict[str, Any]) -> list[str]:
    return [record["dynamodb"]["SequenceNumber"] for record in event["Records"]]


def test_records_reach_the_worker_in_order_and_only_those_that_pass() -> None:
    calls: list[list[str]] = []
    stream = Stream([_record(1), _record(2, "REMOVE")], [_record(3)])
    loop, seen = _loop(stream, lambda e, _: calls.append(_numbers(e)), STOP(), ({"eventName": ["INSERT"]},))
    for _ in range(3):
        loop.turn()
    assert calls == [["1"], ["3"]]
    assert seen == ["INSERT", "REMOVE", "INSERT"]
    assert stream.asked == ["TRIM_HORIZON"]


def test_no_filter_lets_everything_pass() -> None:
    calls: list[list[str]] = []
    loop, _ = _loop(Stream([_record(1), _record(2, "REMOVE")]), lambda e, _: calls.append(_numbers(e)), STOP())
    loop.turn()
    assert calls == [["1", "2"]]


def test_a_partial_failure_goes_on_from_the_first_record_that_failed() -> None:
    calls: list[list[str]] = []

    def handler(event: dict[str, Any], _context: Any) -> Any:
        calls.append(_numbers(event))
        return {"batchItemFailures": [{"itemIdentifier": "2"}]} if len(calls) == 1 else {"batchItemFailures": []}

    loop, _ = _loop(Stream([_record(1), _record(2), _record(3)]), handler, STOP())
    loop.turn()
    assert calls == [["1", "2", "3"], ["2", "3"]]


def test_a_record_that_always_fails_is_given_up_and_the_next_is_served() -> None:
    calls: list[list[str]] = []

    def handler(event: dict[str, Any], _context: Any) -> None:
        calls.append(_numbers(event))
        if "1" in calls[-1]:
            raise RuntimeError("poison")

    loop, _ = _loop(Stream([_record(1), _record(2)]), handler, STOP(), attempts=2)
    loop.turn()
    assert calls == [["1", "2"]] * 3 + [["2"]]


def test_stopping_ends_retries() -> None:
    stop = STOP()
    calls: list[list[str]] = []

    def handler(event: dict[str, Any], _context: Any) -> None:
        calls.append(_numbers(event))
        stop.set()
        raise RuntimeError("poison")

    loop, _ = _loop(Stream([_record(1)]), handler, stop, attempts=99)
    loop.turn()
    assert calls == [["1"]]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (None, None),
        ({}, None),
        ({"batchItemFailures": []}, None),
        ({"batchItemFailures": [{"itemIdentifier": "b"}, {"itemIdentifier": "c"}]}, 1),
        ({"batchItemFailures": [{"itemIdentifier": "c"}, {"itemIdentifier": "b"}]}, 1),
        ({"batchItemFailures": [{"itemIdentifier": ""}]}, 0),
    ],
)
def test_first_failure(answer: Any, expected: int | None) -> None:
    assert first_failure(answer, ["a", "b", "c"]) == expected


def test_events_have_the_shape_that_lambda_gives_them() -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    record = {"dynamodb": {"ApproximateCreationDateTime": at, "NewImage": {"sealed": {"B": b"\x00"}, "l": [b"\x01"]}}}
    (made,) = stream_event([record], "arn:stream")["Records"]
    assert made["eventSourceARN"] == "arn:stream"
    assert made["dynamodb"]["ApproximateCreationDateTime"] == at.timestamp()
    assert made["dynamodb"]["NewImage"] == {"sealed": {"B": "AA=="}, "l": ["AQ=="]}
    assert plain("x") == "x"


def test_a_worker_is_never_called_twice_at_once() -> None:
    inside = threading.Semaphore(1)
    overlapped = []
    ready = threading.Barrier(4)

    def handler(_event: dict[str, Any], _context: Any) -> None:
        if not inside.acquire(blocking=False):
            overlapped.append(True)
            return
        threading.Event().wait(0.02)
        inside.release()

    worker = Worker("w", handler)

    def call() -> None:
        ready.wait(5)
        worker({})

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert overlapped == []


def test_the_schedule_calls_with_its_event_until_stopped() -> None:
    stop = STOP()
    events: list[dict[str, Any]] = []

    def handler(event: dict[str, Any], context: Context) -> None:
        assert context.get_remaining_time_in_millis() > 0
        events.append(event)
        stop.set()

    schedule = Schedule("x.handler", 0, {"a": 1})
    ScheduleLoop(schedule, Worker("w", handler), stop).run()
    assert events == [{"a": 1}]
    stopped = ScheduleLoop(Schedule("x.handler", 60, {}), Worker("w", handler), stop)
    stopped.turn()
    assert len(events) == 1


def test_a_round_that_fails_is_tried_again() -> None:
    stop = STOP()
    taken: list[dict[str, Any]] = []
    deleted: list[str] = []

    class Sqs:
        rounds = 0

        def receive_message(self, **_: Any) -> dict[str, Any]:
            self.rounds += 1
            if self.rounds == 1:
                raise ConnectionError
            stop.set()
            return {"Messages": [{"Body": '{"id": "1"}', "ReceiptHandle": "r"}]}

        def delete_message(self, **asked: Any) -> None:
            deleted.append(asked["ReceiptHandle"])

    sqs: Any = Sqs()
    QueueReader(sqs, "url", stop, taken.append).run()
    assert (taken, deleted) == ([{"id": "1"}], ["r"])


class Queue:
    """A queue whose messages come until they are deleted."""

    def __init__(self, *bodies: str) -> None:
        self.left = {f"m{number}": body for number, body in enumerate(bodies)}
        self.asked: dict[str, Any] = {}

    def get_queue_attributes(self, **_: Any) -> dict[str, Any]:
        return {"Attributes": {"QueueArn": "arn:aws:sqs:us-east-1:000000000000:recheck"}}

    def receive_message(self, **asked: Any) -> dict[str, Any]:
        self.asked = asked
        taken = list(self.left.items())[: asked["MaxNumberOfMessages"]]
        attributes = {"ApproximateReceiveCount": "1"}
        messages = [
            {"MessageId": key, "ReceiptHandle": f"r-{key}", "Body": body, "Attributes": attributes}
            for key, body in taken
        ]
        return {"Messages": messages} if messages else {}

    def delete_message(self, **asked: Any) -> None:
        del self.left[asked["ReceiptHandle"].removeprefix("r-")]


def _queue_loop(queue: Any, handler: Any, batch: int = 10) -> QueueLoop:
    return QueueLoop(queue, "url", batch, Worker("w", handler), STOP())


def test_a_queues_messages_reach_the_worker_as_lambda_gives_them_and_are_deleted() -> None:
    queue, events = Queue("a", "b", "c"), []
    loop = _queue_loop(queue, lambda event, _: events.append(event), batch=2)
    for _ in range(3):
        loop.turn()
    assert [[record["body"] for record in event["Records"]] for event in events] == [["a", "b"], ["c"]]
    assert queue.left == {}
    record = events[0]["Records"][0]
    assert (record["messageId"], record["eventSource"], record["awsRegion"]) == ("m0", "aws:sqs", "us-east-1")
    assert record["eventSourceARN"].endswith(":recheck")
    assert record["attributes"] == {"ApproximateReceiveCount": "1"}


def test_what_the_worker_could_not_do_stays_on_the_queue() -> None:
    queue = Queue("a", "b")
    _queue_loop(queue, lambda _event, _: {"batchItemFailures": [{"itemIdentifier": "m1"}]}).turn()
    assert queue.left == {"m1": "b"}


def test_a_worker_that_crashes_leaves_the_whole_batch() -> None:
    def broken(_event: object, _context: object) -> None:
        raise RuntimeError

    queue = Queue("a", "b")
    with pytest.raises(RuntimeError):  # the loop's own round logs it and goes on
        _queue_loop(queue, broken).turn()
    assert queue.left == {"m0": "a", "m1": "b"}
