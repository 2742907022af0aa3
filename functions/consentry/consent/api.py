"""What other capabilities may use of consent."""

from consentry.consent.events import REQUEST_CHANNEL, Decision, Event, chain, circumstances

__all__ = ["REQUEST_CHANNEL", "Decision", "Event", "chain", "circumstances"]
