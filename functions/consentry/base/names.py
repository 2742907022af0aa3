"""How names are written, wherever the same kind of name is asked for; the patterns match whole texts."""

from collections.abc import Mapping
from typing import Final

NAME: Final = r"^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$"
NAME_OR_NONE: Final = r"^(?:[a-z][a-z0-9]*(?:-[a-z0-9]+)*)?$"
LOCALE: Final = r"^[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-[A-Z]{2})?$"
MARKET: Final = r"^[A-Z]{2}(?:-[A-Z0-9]{1,3})?$"
DIGEST: Final = r"^sha256-[0-9a-f]{64}$"

MEANT: Final[Mapping[str, tuple[str, str]]] = {
    NAME: ("no name of small letters, digits and hyphens", "write one such as adverse-event"),
    NAME_OR_NONE: ("no name of small letters, digits and hyphens", "write one such as adverse-event, or leave it out"),
    LOCALE: ("no language tag", "write one such as de, de-CH or zh-Hant"),
    MARKET: ("no market", "write one such as DE or CA-QC"),
    DIGEST: ("no digest", "write sha256- and 64 hex digits"),
}
"""Pattern → what a text that it refuses is, and what to write instead."""
