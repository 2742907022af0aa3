"""What other capabilities may use of submissions."""

from consentry.submissions.store import Store, Tables

__all__ = ["Store", "Tables"]
