"""What is checked: one string of a catalog or one legal text, in one locale, with the markets that show it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Literal

from consentry.base.canonical import digest

Binding = tuple[str, str, str | None, str]
"""Key, locale, and the digests of source and target."""


def text_digest(text: str) -> str:
    """The digest of a text's UTF-8 bytes."""
    return digest(text.encode("utf-8"))


@dataclass(frozen=True)
class Segment:
    """One piece of text and where it is shown.

    ``key`` is ``<file without its ending>#<id>`` for a catalog's string (``forms/catalogs/de#field.email.label``;
    the English source ``forms/catalogs/en#…``) and ``consent_texts/<market>/<text>/<version>.<locale>`` for a legal
    text. A string that several locales inherit is one segment in each.

    ``source`` is the English string, or None for a legal text, which has ``concepts`` instead: those it declares.
    ``markets`` are those that show it in ``locale``; ``units`` are ``form/market/locale``. Each plural form of a string
    is a segment of its own under the same key. ``target`` of a legal text is the canonical text, slots filled.
    ``max_length`` is in characters.
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

    @property
    def binding(self) -> Binding:
        """What waivers and tasks name it by."""
        return self.key, self.locale, self.source_digest, self.target_digest

    @cached_property
    def source_digest(self) -> str | None:
        """What a decision about the segment binds, beside the target."""
        return text_digest(self.source) if self.source is not None else None

    @cached_property
    def target_digest(self) -> str:
        """What a decision about the segment binds."""
        return text_digest(self.target)


_FIELDS = tuple(field.name for field in fields(Segment) if field.name != "units")


def to_json(segments: Iterable[Segment]) -> list[dict[str, Any]]:
    """Entries of ``editorial/segments.json``: the fields; ``forms`` instead of ``units``, and nothing that is empty.

    ``forms`` maps a form to the markets that show the segment in it.
    """
    return [_entry(segment) for segment in segments]


def _entry(segment: Segment) -> dict[str, Any]:
    forms: dict[str, list[str]] = {}
    for unit in segment.units:
        form, market, _ = unit.split("/")
        forms.setdefault(form, []).append(market)
    said = {name: getattr(segment, name) for name in _FIELDS} | {"forms": forms}
    kept = {name: value for name, value in said.items() if value or name in {"target", "line"}}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in kept.items()}


def from_json(entries: Iterable[Mapping[str, Any]]) -> list[Segment]:
    """The segments of ``to_json``. Raises ``KeyError`` or ``TypeError`` for entries of another shape."""
    return [_segment(entry) for entry in entries]


def _segment(entry: Mapping[str, Any]) -> Segment:
    return Segment(
        key=entry["key"],
        kind=entry["kind"],
        locale=entry["locale"],
        markets=tuple(entry["markets"]),
        units=tuple(
            f"{form}/{market}/{entry['locale']}" for form, markets in entry["forms"].items() for market in markets
        ),
        source=entry.get("source"),
        target=entry["target"],
        concepts=tuple(entry.get("concepts", ())),
        file=entry.get("file", ""),
        line=entry.get("line", 0),
        max_length=entry.get("max_length"),
    )


@dataclass(frozen=True)
class Published:
    """What a build published."""

    release: str
    segments: tuple[Segment, ...]


def published(data: bytes | str) -> Published:
    """``editorial/segments.json``, read. Raises ``ValueError``, ``KeyError`` or ``TypeError`` for anything else."""
    held = json.loads(data)
    return Published(str(held["release"]), tuple(from_json(held["segments"])))
