"""What checkers usually do, for comparison: an alternation of all terms as they stand, and ``\\b`` around each."""

import re
from collections.abc import Iterable


def alternation(terms: Iterable[str]) -> re.Pattern[str]:
    """Every term as it stands, longest first, case ignored."""
    return re.compile("|".join(re.escape(term) for term in sorted(set(terms), key=len, reverse=True)), re.IGNORECASE)


def bounded(terms: Iterable[str]) -> list[re.Pattern[str]]:
    """Each term between ``\\b``, case ignored."""
    return [re.compile(rf"\b{re.escape(term)}\b", re.IGNORECASE) for term in terms]


def naive_uses(term: str, text: str) -> bool:
    """Whether the alternation finds ``term``."""
    return alternation([term]).search(text) is not None


def bounded_uses(term: str, text: str) -> bool:
    """Whether ``\\b`` finds ``term``."""
    return bounded([term])[0].search(text) is not None
