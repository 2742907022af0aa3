"""Values as YAML, in one style: people's words in double quotes, codes and ids bare where every reader lets them."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

WORDS = frozenset({"text", "definition", "context", "note", "reason", "reference"})
"""Names of what people wrote."""
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9._-]*")
_NOT_PLAIN = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_SPECIAL = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def quoted(text: str) -> str:
    """In double quotes: a JSON string, with what YAML does not take as it is escaped too."""
    return _SPECIAL.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def bare(text: str) -> str:
    """As it is where every reader of YAML takes it for this very string; else in quotes."""
    return text if _PLAIN.fullmatch(text) and text.lower() not in _NOT_PLAIN else quoted(text)


def flow(value: Any, name: str = "") -> str:
    """A value in one line; ``name`` is the key it stands under."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case datetime():
            return value.strftime("%Y-%m-%dT%H:%M:%SZ")
        case date():
            return value.isoformat()
        case str():
            return quoted(value) if name in WORDS else bare(value)
        case Mapping():
            return "{" + ", ".join(f"{key}: {flow(part, key)}" for key, part in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(flow(part, name) for part in value) + "]"
    raise TypeError(f"{type(value).__name__} has no place in these files")


def block(mapping: Mapping[str, Any], indent: str = "") -> Iterator[str]:
    """One key a line."""
    return (f"{indent}{key}: {flow(value, key)}" for key, value in mapping.items())


def entry(mapping: Mapping[str, Any], indent: str = "") -> Iterator[str]:
    """An entry of a list, one key a line."""
    return (f"{indent}{'  ' if number else '- '}{line}" for number, line in enumerate(block(mapping)))


def entries(mappings: Iterable[Mapping[str, Any]]) -> str:
    """Lines of a list's entries."""
    return "".join(f"{line}\n" for mapping in mappings for line in entry(mapping))
