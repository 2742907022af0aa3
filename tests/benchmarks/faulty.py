"""The handler of the workers in a fault run: a function whose AWS calls go wrong now and then.

``FUNCTION`` names the function, ``FAULT_RATE`` the share of calls that fail, ``FAULT_LOG`` the file that counts them.
"""

import importlib
import os
import random
import time
import traceback
from typing import Any

from botocore.retries import standard

from benchmarks.faults import Faults
from consentry.base import aws, telemetry
from consentry.base.routes import HANDLERS


def _real() -> Any:
    module, _, name = HANDLERS[os.environ["FUNCTION"]].rpartition(".")
    return getattr(importlib.import_module(module), name)


def _emit(
    function: str,  # noqa: ARG001 -- as telemetry has it
    metrics: dict[str, int | float],
    fields: dict[str, str | int | bool | None],
) -> None:
    """Telemetry of a fault run: where an unforeseen exception came from, and nothing else."""
    if "Failures" in metrics and fields:
        traceback.print_exc()


def _brief(_backoff: object, _context: object) -> float:
    """Seconds that botocore waits between its attempts: up to 50 ms instead of seconds, so that a run takes minutes."""
    return random.random() * 0.05


standard.ExponentialBackoff.delay_amount = _brief  # type: ignore[method-assign, assignment]
telemetry.emit = _emit
_handler = _real()
_faults = Faults(float(os.environ["FAULT_RATE"]), os.environ["FAULT_LOG"])
for _client in (aws.dynamodb(), aws.sqs(), aws.secretsmanager()):
    _faults.watch(_client)


def handler(event: dict[str, Any], context: Any) -> Any:
    """The function's own handler; ``{"sweep": seconds}`` is the outbox's schedule, so many seconds later."""
    if "sweep" in event:
        from consentry.leads import outbox_worker  # noqa: PLC0415 -- in the outbox's workers only

        return outbox_worker.sweep(time.time() + event["sweep"])
    return _handler(event, context)
