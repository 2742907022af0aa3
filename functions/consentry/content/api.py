"""What other capabilities may use of content at run time."""

from consentry.content.store import Releases

__all__ = ["Releases"]
