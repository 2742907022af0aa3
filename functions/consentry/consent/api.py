"""What other capabilities may use of consent."""

from consentry.consent.events import REQUEST_CHANNEL, Context, Decision, Event, chain

__all__ = ["REQUEST_CHANNEL", "Context", "Decision", "Event", "chain"]
