"""The columns of our own CSV shape, and how a cell holds several values."""

import json
import re
from collections.abc import Iterable
from typing import Any

TERM_COLUMNS = (
    "locale", "term", "status", "market", "type", "part_of_speech", "gender", "case", "match", "forms", "note",
)  # fmt: skip
"""One row is one term. A blank cell is the usual value."""

CONCEPT_COLUMNS = (
    "concept", "subject", "definition", "context", "source_kind", "source", "source_date", "codes", "options",
    "do_not_translate", "severity", "strict", "sample", "state", "version", "history",
)  # fmt: skip
"""Stand in the first row of a concept; a blank cell says nothing. ``state`` and ``version`` are for reading only."""

COLUMNS = ("concept", *TERM_COLUMNS, *CONCEPT_COLUMNS[1:])
REQUIRED = frozenset({"concept", "locale", "term", "status"})
FLAGS = ("do_not_translate", "strict", "sample")
YES = frozenset({"yes", "true", "1", "y", "x", "ja", "oui", "wahr", "vrai", "vero", "sí", "si"})
NO = frozenset({"no", "false", "0", "n", "nein", "non", "falsch", "faux", "falso"})

_SEPARATOR = " | "
_FORM = re.compile(r"(?P<text>.*\S)\s*\{(?P<origin>rule|learnt|imported|author)(?::\s*(?P<by>[^{}]*[^{}\s]))?\}")


def write_list(values: Iterable[str]) -> str:
    """``a | b``; JSON where a value could be mistaken."""
    texts = list(values)
    if any("|" in text or text != text.strip() or not text for text in texts) or (texts and texts[0].startswith("[")):
        return json.dumps(texts, ensure_ascii=False)
    return _SEPARATOR.join(texts)


def read_list(cell: str) -> list[str]:
    """``write_list`` undone. ValueError for JSON that is no list of texts."""
    cell = cell.strip()
    if cell.startswith("["):
        found = json.loads(cell)
        if not all(isinstance(text, str) for text in found):
            raise ValueError(cell)
        return list(found)
    return [part.strip() for part in cell.split("|") if part.strip()]


def write_form(text: str, origin: str, by: str | None) -> str:
    """``Ereignisse {learnt: anna-t}``; the plain text for what the author wrote."""
    if origin == "author" and by is None and not text.endswith("}"):
        return text
    return f"{text} {{{origin}: {by}}}" if by else f"{text} {{{origin}}}"


def read_form(cell: str) -> dict[str, Any]:
    """``write_form`` undone."""
    found = _FORM.fullmatch(cell)
    if found is None:
        return {"text": cell}
    form: dict[str, Any] = {"text": found["text"], "origin": found["origin"]}
    if found["by"]:
        form["approved_by"] = found["by"]
    return form
