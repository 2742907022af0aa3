"""leads-outbox: takes messages from leads' outboxes to the ``captured`` queue.

The stream is a doorbell (low latency), the minute's sweep of the sparse ``pending`` index the safety net.
Delivery is at least once: a message is sent before its outbox is cleared, so a crash in between repeats it;
consumers deduplicate by (``lead_id``, ``sequence``), the CloudEvent's id.
"""

import time
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

from consentry.base import aws, settings, telemetry
from consentry.leads import store

FUNCTION = "leads-outbox"
SWEEP_AFTER_SECONDS = 20
"""The sweep leaves younger leads to the doorbell."""

logger = Logger(service=FUNCTION)
metrics = Metrics(namespace=telemetry.NAMESPACE)
metrics.set_default_dimensions(function=FUNCTION)
_leads = store.Outbox(
    aws.dynamodb(), aws.sqs(), settings.required("LEADS_TABLE"), settings.required("CAPTURED_QUEUE_URL")
)
_processor = BatchProcessor(event_type=EventType.DynamoDBStreams, raise_on_entire_batch_failure=False)


def handler(event: dict[str, Any], context: Any) -> Any:
    """A DynamoDB stream batch (answers with partial failures) or the schedule (answers with nothing)."""
    if "Records" in event:
        return process_partial_response(event=event, record_handler=_ring, processor=_processor, context=context)
    return sweep(time.time())


def _ring(record: Any) -> None:
    _leads.drain(record["dynamodb"]["Keys"]["lead_id"]["S"])


def sweep(now: float) -> None:
    """Drain every lead whose outbox has waited too long, and report the oldest wait."""
    oldest = 0.0
    failed = 0
    for lead_id, since in _leads.pending():
        age = now - since
        if age < SWEEP_AFTER_SECONDS:
            continue
        oldest = max(oldest, age)
        try:
            _leads.drain(lead_id)
        except Exception as error:
            failed += 1
            logger.warning("outbox not drained", lead_id=lead_id, error=type(error).__name__)
    metrics.add_metric("OutboxAgeSeconds", MetricUnit.Seconds, oldest)
    metrics.add_metric("Failures", MetricUnit.Count, failed)
    metrics.flush_metrics()
