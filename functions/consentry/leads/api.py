"""What other capabilities may use of leads."""

from consentry.leads.lead import pending_shard, quality_flags
from consentry.leads.messages import CONFIRMATION_REQUESTED, LEAD_CAPTURED, PROFILE_UPDATED, cloud_event

__all__ = [
    "CONFIRMATION_REQUESTED",
    "LEAD_CAPTURED",
    "PROFILE_UPDATED",
    "cloud_event",
    "pending_shard",
    "quality_flags",
]
