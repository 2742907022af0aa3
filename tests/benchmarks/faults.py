"""AWS calls that go wrong now and then, injected beneath botocore's own retries.

A fault may outlast those, so that every layer's answer to it is tried.
"""

import io
import json
import os
import random
from collections.abc import Iterator
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HeadersDict
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

KINDS = {
    "t": "throttled",
    "u": "unavailable",
    "c": "conflict between transactions",
    "n": "timed out before it was sent",
    "l": "done, and its answer lost",
}


class _Raw(io.BytesIO):
    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def _error(request: AWSPreparedRequest, status: int, code: str, **more: Any) -> AWSResponse:
    body = json.dumps({"__type": f"com.amazonaws#{code}", "message": "injected", **more}).encode()
    headers = HeadersDict({"content-type": "application/x-amz-json-1.0"})
    return AWSResponse(request.url, status, headers, _Raw(body))  # type: ignore[arg-type]


class Faults:
    """Decides call by call; ``log`` is a file that gets one letter a fault.

    The hook is botocore's ``before-send``: what it returns is taken for the service's answer.
    """

    def __init__(self, rate: float, log: str) -> None:
        self._rate = rate
        self._log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._more = 0

    def watch(self, client: Any) -> None:
        """Interfere with a client's calls."""

        def before_send(request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse | None:
            return self._strike(client, request, event_name.rpartition(".")[2])

        client.meta.events.register("before-send", before_send)

    def _strike(self, client: Any, request: AWSPreparedRequest, operation: str) -> AWSResponse | None:
        if self._more:
            self._more -= 1
        elif random.random() < self._rate:
            self._more = random.choice((0, 0, 0, 1, 3))
        else:
            return None
        kind = random.choice("tunlcc" if operation == "TransactWriteItems" else "tunl")
        os.write(self._log, kind.encode())
        match kind:
            case "t":
                return _error(request, 400, "ThrottlingException")
            case "u":
                return _error(request, 503, "ServiceUnavailable")
            case "c":
                reasons = [{"Code": "None"}, {"Code": "TransactionConflict", "Message": "injected"}]
                return _error(request, 400, "TransactionCanceledException", CancellationReasons=reasons)
            case "n":
                raise ConnectTimeoutError(endpoint_url=request.url)
        client._endpoint.http_session.send(request)
        raise ReadTimeoutError(endpoint_url=request.url)
