"""consent-watch: raises the alarm when what is kept for good changes: an event, or a version of a document.

No role may update or delete an event, and no code writes over a version, so every record this worker sees is a breach
or an operator with break-glass rights; either way somebody must look. It carries the count, never the keys.
"""

from typing import Any

from consentry.base import telemetry

FUNCTION = "consent-watch"


def handler(event: dict[str, Any], _context: object) -> None:
    """Count MODIFY and REMOVE records of a DynamoDB stream batch (the event source filter passes only those)."""
    changed = sum(1 for record in event["Records"] if record["eventName"] != "INSERT")
    if changed:
        telemetry.emit(FUNCTION, {"EventTampering": changed}, {})
