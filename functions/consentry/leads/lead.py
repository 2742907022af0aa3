"""The lead item: a captured interest, its stages, and the outbox of messages that still have to leave."""

from typing import Any

PENDING_SHARDS = 4
"""The sparse ``pending`` index is spread over this many partitions; the sweep reads them all."""


def pending_shard(lead_id: str) -> str:
    """The partition of the pending index for a lead."""
    return f"P#{int(lead_id[-1], 16) % PENDING_SHARDS}"


def pending_shards() -> list[str]:
    """Every partition of the pending index."""
    return [f"P#{number}" for number in range(PENDING_SHARDS)]


def quality_flags(marks: dict[str, Any]) -> list[str]:
    """What looks automated. Flagged, never dropped: a screen reader or autofill may have filled the trap."""
    flags = []
    if marks.get("trap"):
        flags.append("trap-filled")
    if marks.get("elapsed_ms", 60_000) < 2_000:
        flags.append("too-fast")
    return flags
