"""What a translation file holds, whatever its format."""

from dataclasses import dataclass


class FileProblem(Exception):
    """A file that cannot be read; the message says where and how to mend it."""


@dataclass(frozen=True)
class Piece:
    """One source text and its translation. ``source`` is None where the file has none; ``line`` counts from 1."""

    key: str
    line: int
    source: str | None
    target: str


@dataclass(frozen=True)
class Pieces:
    """What a file holds; ``locale`` and ``source_locale`` where the file says them; ``notes`` on what was left out."""

    locale: str | None
    source_locale: str | None
    pieces: tuple[Piece, ...]
    notes: tuple[str, ...] = ()
