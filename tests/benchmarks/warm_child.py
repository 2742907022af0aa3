"""Runs in the environment measured: one handler, warm, in process. Prints JSON: CPU seconds of each call.

Its own CPU, so that what else the machine does at the time does not count; these handlers wait for nothing.

``python warm_child.py module.handler calls rounds < events.json``; the events are taken in turn.
"""

import importlib
import json
import os
import sys
import time


class Context:
    """What Powertools asks of a Lambda context."""

    function_name = "bench"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:bench"
    aws_request_id = "bench"


def without_io(name: str) -> None:
    """Our write function as it runs warm, its three calls to AWS taken out."""
    if not name.startswith("consentry.submissions."):
        return
    from consentry.base import secrets  # noqa: PLC0415 -- only the write function has them
    from consentry.submissions import edge  # noqa: PLC0415

    held = secrets.parse(json.dumps({"current": "1", "1": "x" * 48}))

    class Tables:
        def transact_write_items(self, **_: object) -> dict[str, object]:
            return {}

        def get_item(self, **_: object) -> dict[str, object]:
            return {}

    secrets.Secret.get = lambda _: held  # type: ignore[method-assign, assignment]
    edge.store._dynamodb = edge.releases._dynamodb = Tables()  # type: ignore[assignment]


def main(handler: str, calls: int, rounds: int) -> list[list[float]]:
    """CPU seconds of each call, round by round."""
    events = json.load(sys.stdin)
    module, _, name = handler.rpartition(".")
    function = getattr(importlib.import_module(module), name)
    without_io(module)
    context = Context()
    log = os.open(os.devnull, os.O_WRONLY)
    result = os.dup(1)
    os.dup2(log, 1)
    answer = function(events[0], context)
    assert answer["statusCode"] in (200, 201), answer
    found = []
    for _ in range(rounds):
        taken = []
        for number in range(calls):
            event = events[number % len(events)]
            began = time.thread_time_ns()
            function(event, context)
            taken.append((time.thread_time_ns() - began) / 1e9)
        found.append(taken)
    sys.stdout.flush()
    os.dup2(result, 1)
    return found


if __name__ == "__main__":
    json.dump(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])), sys.stdout)
