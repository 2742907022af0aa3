"""What is checked: one string of a catalog or one legal text, in one locale, with the markets that show it."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Literal


def text_digest(text: str) -> str:
    """``sha256-`` and 64 hex digits of the UTF-8 bytes."""
    return "sha256-" + hashlib.sha256(text.encode("utf-8")).hexdigest()


@dataclass(frozen=True)
class Segment:
    """One piece of text and where it is shown.

    ``key`` is ``<file without its ending>#<id>`` for a catalog's string (``forms/catalogs/de#field.email.label``;
    the English source ``forms/catalogs/en#…``) and ``consent_texts/<market>/<text>/<version>.<locale>`` for a legal
    text. A string that several locales inherit is one segment in each.

    ``source`` is the English string, or None for a legal text, which has ``concepts`` instead: those it declares.
    ``markets`` are those that show it in ``locale``; ``units`` are ``form/market/locale``.
    """

    key: str
    kind: Literal["label", "legal"]
    locale: str
    markets: tuple[str, ...]
    units: tuple[str, ...]
    source: str | None
    target: str
    concepts: tuple[str, ...] = ()
    file: str = ""
    line: int = 0
    max_length: int | None = None

    @cached_property
    def source_digest(self) -> str | None:
        """What a decision about the segment binds, beside the target."""
        return text_digest(self.source) if self.source is not None else None

    @cached_property
    def target_digest(self) -> str:
        """What a decision about the segment binds."""
        return text_digest(self.target)
