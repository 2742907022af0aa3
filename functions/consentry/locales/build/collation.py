"""The order in which a reader of a language looks for a word.

The Unicode Collation Algorithm over the default table (pyuca), which is CLDR's order for the languages listed in
``UNTAILORED``; Japanese ideographs, which CLDR orders by JIS X 0208, are moved into that order first.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from pyuca import Collator

# Languages whose CLDR collation is the root order for the letters they write themselves.
UNTAILORED = frozenset({"ar", "de", "en", "fr", "it", "ja", "nl", "pt"})

_IDEOGRAPH = re.compile("[\u4e00-\u9fff]")
_FIRST = 0x4E00


@lru_cache(maxsize=1)
def _collator() -> Collator:
    return Collator()


def _jis(match: re.Match[str]) -> str:
    try:
        row, cell = match.group().encode("euc_jp")
    except (UnicodeEncodeError, ValueError):
        return match.group()  # not in JIS X 0208: after those that are, by code point
    return chr(_FIRST + (row - 0xB0) * 94 + (cell - 0xA1))


def sort_key(language: str) -> Callable[[str], tuple[int, ...]]:
    """A key function for ``sorted``; ``language`` is a BCP 47 primary subtag."""
    collator = _collator()
    if language == "ja":
        return lambda text: tuple(collator.sort_key(_IDEOGRAPH.sub(_jis, text)))
    return lambda text: tuple(collator.sort_key(text))
