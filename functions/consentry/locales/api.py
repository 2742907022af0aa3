"""What other capabilities may use of locales at run time."""

from consentry.locales.negotiate import negotiate

__all__ = ["negotiate"]
