"""JSON Schema, the part of it that forms use, compiled to plain functions.

A validator for all of JSON Schema is 5.4 MB of the dependency layer and 40 ms of every cold start; forms need sixteen
keywords. Each means what drafts 7 and 2020-12 say, with two differences on the strict side: ``1.0`` is no integer, and
a pattern is not tried on a string that ``maxLength`` refuses, so that no visitor chooses how long matching takes.
``tests/base/test_schema.py`` holds it against a complete validator.
"""

import re
import sys
from collections.abc import Callable
from typing import Any, Final, NamedTuple

LIMIT: Final = 50
"""Faults told of one value; a visitor mends the first few, and nobody gets a long answer for a hostile body."""

Path = tuple[str | int, ...]


class Fault(NamedTuple):
    """Where a value is refused, and by which keyword."""

    path: Path
    keyword: str
    name: str | None = None
    """The property that ``required`` misses or ``additionalProperties`` refuses."""
    limit: int | None = None
    """The bound that was passed."""


_Check = Callable[[Any, Path, list[Fault]], None]
_Sure = Callable[[Any], bool]
# What JSON is read into has exactly one of these types, so that True is no integer.
_TYPES: dict[str, type] = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}
# What is said about a schema and judges nothing.
_ANNOTATIONS = frozenset({"title", "description", "default", "examples", "format", "$schema", "$id", "$comment"})
# Read together with the keyword that they belong to.
_COMPANIONS = frozenset({"additionalProperties"})


class Validator:
    """A compiled schema.

    Raises:
        ValueError: the schema uses a keyword, type or pattern that is not supported; nothing is ignored silently.
    """

    def __init__(self, schema: dict[str, Any]) -> None:
        self._check = _compile(schema)
        self._sure = _sure(schema)

    def faults(self, value: Any) -> list[Fault]:
        """Everything the schema refuses in ``value``, at most ``LIMIT``; empty when it is valid."""
        found: list[Fault] = []
        if self._sure(value):
            return found
        self._check(value, (), found)
        return found[:LIMIT]


def _compile(schema: dict[str, Any]) -> _Check:
    checks = []
    for keyword in schema:
        if keyword in _KEYWORDS:
            checks.append(_KEYWORDS[keyword](schema))
        elif keyword not in _ANNOTATIONS | _COMPANIONS:
            raise ValueError(f"schema keyword {keyword!r} is not supported")
    if "additionalProperties" in schema and "properties" not in schema:
        raise ValueError("additionalProperties without properties")

    if len(checks) == 1:
        return checks[0]

    def check(value: Any, path: Path, found: list[Fault]) -> None:
        for one in checks:
            one(value, path, found)

    return check


def _type(schema: dict[str, Any]) -> _Check:
    names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if unknown := [name for name in names if name not in _TYPES]:
        raise ValueError(f"schema type {unknown[0]!r} is not supported")
    accepted = frozenset(_TYPES[name] for name in names)

    def check(value: Any, path: Path, found: list[Fault]) -> None:
        if type(value) not in accepted:
            found.append(Fault(path, "type"))

    return check


def _enum(schema: dict[str, Any], keyword: str = "enum") -> _Check:
    options = schema["enum"] if keyword == "enum" else [schema["const"]]
    if not all(isinstance(option, (str, bool, int)) or option is None for option in options):
        raise ValueError(f"{keyword} of anything but strings, booleans, integers and null is not supported")
    # With its type, because Python takes True for 1.
    accepted = frozenset((type(option), option) for option in options)

    def check(value: Any, path: Path, found: list[Fault]) -> None:
        if isinstance(value, (dict, list)) or (type(value), value) not in accepted:
            found.append(Fault(path, keyword))

    return check


def _const(schema: dict[str, Any]) -> _Check:
    return _enum(schema, "const")


def _search(pattern: str) -> Callable[[str], Any]:
    if not (pattern.startswith("^") and pattern.endswith("$")) or re.search(r"\\[wWdDsSbBpPkuc]|\(\?[^:]", pattern):
        raise ValueError(f"pattern {pattern!r} is not portable: anchors at both ends, no classes but spelt-out ones")
    # Python's $ also matches before a final line break.
    return re.compile(pattern[:-1] + r"\Z").search


def _pattern(schema: dict[str, Any]) -> _Check:
    search = _search(schema["pattern"])
    longest = schema.get("maxLength")

    def check(value: Any, path: Path, found: list[Fault]) -> None:
        if isinstance(value, str) and (longest is None or len(value) <= longest) and not search(value):
            found.append(Fault(path, "pattern"))

    return check


def _bound(
    keyword: str, kinds: tuple[type, ...], measure: Callable[[Any], int], at_most: bool
) -> Callable[[dict[str, Any]], _Check]:
    def make(schema: dict[str, Any]) -> _Check:
        limit = schema[keyword]

        def check(value: Any, path: Path, found: list[Fault]) -> None:
            if type(value) in kinds:
                size = measure(value)
                if size > limit if at_most else size < limit:
                    found.append(Fault(path, keyword, limit=limit))

        return check

    return make


def _required(schema: dict[str, Any]) -> _Check:
    names = schema["required"]

    def check(value: Any, path: Path, found: list[Fault]) -> None:
        if isinstance(value, dict):
            found.extend(Fault(path, "required", name) for name in names if name not in value)

    return check


def _sure(schema: dict[str, Any]) -> _Sure:
    """Accepts what is surely valid, which is nearly everything, without a word; the rest is judged in full."""
    shape = schema.get("type", "string" if "enum" in schema else None)
    made = _SURELY.get(shape) if isinstance(shape, str) else None
    if made is None or not schema.keys() <= made[0] | _ANNOTATIONS:
        return lambda _: False
    return made[1](schema)


def _sure_string(schema: dict[str, Any]) -> _Sure:
    least, most = schema.get("minLength", 0), schema.get("maxLength", sys.maxsize)
    search = _search(schema["pattern"]) if "pattern" in schema else lambda _: True
    if "enum" not in schema:
        return lambda value: type(value) is str and least <= len(value) <= most and search(value) is not None
    options = {option for option in schema["enum"] if type(option) is str and least <= len(option) <= most}
    options = {option for option in options if search(option)}
    return lambda value: type(value) is str and value in options


def _sure_integer(schema: dict[str, Any]) -> _Sure:
    least, most = schema.get("minimum", -sys.maxsize), schema.get("maximum", sys.maxsize)
    return lambda value: type(value) is int and least <= value <= most


def _sure_boolean(schema: dict[str, Any]) -> _Sure:
    options = frozenset(option for option in schema.get("enum", (True, False)) if isinstance(option, bool))
    return lambda value: type(value) is bool and value in options


def _sure_object(schema: dict[str, Any]) -> _Sure:
    known = {name: _sure(inner) for name, inner in schema.get("properties", {}).items()}
    required, most = frozenset(schema.get("required", ())), schema.get("maxProperties", sys.maxsize)
    unknown: _Sure = lambda _: schema.get("additionalProperties", True) is True  # noqa: E731

    def accepts(value: Any) -> bool:
        if type(value) is not dict or len(value) > most or not value.keys() >= required:
            return False
        for name, inner in value.items():  # noqa: SIM110 -- a generator takes half as long again
            if not known.get(name, unknown)(inner):
                return False
        return True

    return accepts


def _sure_array(schema: dict[str, Any]) -> _Sure:
    item: _Sure = _sure(schema["items"]) if "items" in schema else lambda _: True
    most = schema.get("maxItems", sys.maxsize)
    return lambda value: type(value) is list and len(value) <= most and all(map(item, value))


_SURELY: dict[str, tuple[frozenset[str], Callable[[dict[str, Any]], _Sure]]] = {
    "string": (frozenset({"type", "enum", "pattern", "minLength", "maxLength"}), _sure_string),
    "integer": (frozenset({"type", "minimum", "maximum"}), _sure_integer),
    "boolean": (frozenset({"type", "enum"}), _sure_boolean),
    "object": (
        frozenset({"type", "properties", "required", "additionalProperties", "maxProperties"}),
        _sure_object,
    ),
    "array": (frozenset({"type", "items", "maxItems"}), _sure_array),
}


def _properties(schema: dict[str, Any]) -> _Check:
    known = {name: _compile(inner) for name, inner in schema["properties"].items()}
    others = schema.get("additionalProperties", True)
    if others not in (True, False):
        raise ValueError("additionalProperties may be true or false")

    def check(value: Any, path: Path, found: list[Fault]) -> None:
        if not isinstance(value, dict):
            return
        for name, inner in value.items():
            judge = known.get(name)
            if judge is not None:
                judge(inner, (*path, name), found)
            elif not others and len(found) < LIMIT:
                found.append(Fault(path, "additionalProperties", name))

    return check


def _items(schema: dict[str, Any]) -> _Check:
    judge = _compile(schema["items"])

    def check(value: Any, path: Path, found: list[Fault]) -> None:
        if isinstance(value, list):
            for position, inner in enumerate(value):
                if len(found) >= LIMIT:
                    return
                judge(inner, (*path, position), found)

    return check


def _unique(schema: dict[str, Any]) -> _Check:
    wanted = schema["uniqueItems"]

    def check(value: Any, path: Path, found: list[Fault]) -> None:
        if wanted and isinstance(value, list) and len(value) != len({_identity(item) for item in value}):
            found.append(Fault(path, "uniqueItems"))

    return check


def _identity(value: Any) -> Any:
    """Hashable, equal exactly for equal JSON values."""
    if isinstance(value, dict):
        return dict, frozenset((name, _identity(inner)) for name, inner in value.items())
    if isinstance(value, list):
        return list, tuple(_identity(inner) for inner in value)
    return (bool, value) if isinstance(value, bool) else value


_KEYWORDS: dict[str, Callable[[dict[str, Any]], _Check]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "minLength": _bound("minLength", (str,), len, at_most=False),
    "maxLength": _bound("maxLength", (str,), len, at_most=True),
    "minimum": _bound("minimum", (int, float), lambda value: value, at_most=False),
    "maximum": _bound("maximum", (int, float), lambda value: value, at_most=True),
    "required": _required,
    "properties": _properties,
    "maxProperties": _bound("maxProperties", (dict,), len, at_most=True),
    "items": _items,
    "minItems": _bound("minItems", (list,), len, at_most=False),
    "maxItems": _bound("maxItems", (list,), len, at_most=True),
    "uniqueItems": _unique,
}
