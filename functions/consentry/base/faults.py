"""What pydantic refuses, in plain words: what is wrong with a value, and how to mend it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from consentry.base.names import MEANT


class Fault(NamedTuple):
    """One fault. ``what`` and ``mend`` are clauses: they begin small and end without a stop.

    ``path`` leads to the value, ``code`` is pydantic's name of the fault with hyphens.
    """

    path: tuple[str | int, ...]
    code: str
    what: str
    mend: str
    value: object

    @property
    def pointer(self) -> str:
        """The path as a JSON Pointer (RFC 6901)."""
        return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in self.path)

    @property
    def key(self) -> str:
        """The path as people read it: ``terms.de[0].status``."""
        return dotted(self.path)

    @property
    def sentence(self) -> str:
        """Both clauses as one; what a validator of ours said begins as it said it."""
        what = self.what if self.code == "value-error" else f"{self.what[:1].upper()}{self.what[1:]}"
        return f"{what}; {self.mend}."


def dotted(path: Iterable[str | int]) -> str:
    """``('fields', 'email', 'errors', 0)`` as ``fields.email.errors[0]``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def faults(error: Any) -> list[Fault]:
    """The faults of a ``pydantic.ValidationError``."""
    return [_fault(each) for each in error.errors(include_url=False)]


_FIXED: Mapping[str, tuple[str, str]] = {
    "missing": ("it is missing", "add it"),
    "extra": ("nothing has this name here", "take it out, or correct its spelling"),
    "string_type": ("it is no text", "write a text"),
    "bool": ("it is neither true nor false", "write true or false"),
    "int": ("it is no whole number", "write one"),
    "list": ("it is no list", "write a list"),
    "tuple": ("it is no list", "write a list"),
    "dict": ("it has no members", "write names with their values"),
    "model": ("it has no members", "write names with their values"),
    "date": ("it is no day", "write one such as 2026-11-22"),
    "datetime": ("it is no time", "write one such as 2026-11-22T09:00:00Z"),
}
"""By pydantic's type, or the first word of it."""
_BOUNDS: Mapping[str, Callable[[Mapping[str, Any], Any], tuple[str, str]]] = {
    "string_too_short": lambda bound, value: (_size(value), f"write at least {_characters(bound['min_length'])}"),
    "string_too_long": lambda bound, value: (_size(value), f"write at most {_characters(bound['max_length'])}"),
    "too_short": lambda bound, _: (f"it has {bound['actual_length']} entries", f"give at least {bound['min_length']}"),
    "too_long": lambda bound, _: (f"it has more than {bound['max_length']} entries", "give fewer"),
    "greater_than_equal": lambda bound, _: (f"it is less than {bound['ge']}", f"write {bound['ge']} or more"),
    "less_than_equal": lambda bound, _: (f"it is more than {bound['le']}", f"write {bound['le']} or less"),
}


def _fault(found: Mapping[str, Any]) -> Fault:
    kind, context, value = found["type"], found.get("ctx", {}), found["input"]
    # A fault of a mapping's key is told at the member of that name.
    path = tuple(part for part in found["loc"] if part != "[key]")
    return Fault(path, kind.replace("_", "-"), *_words(kind, context, value, found["msg"]), value)


def _words(kind: str, context: Mapping[str, Any], value: object, message: str) -> tuple[str, str]:
    fixed = _FIXED.get(kind) or _FIXED.get(kind.partition("_")[0])
    if fixed is not None:
        return fixed
    if kind in _BOUNDS:
        return _BOUNDS[kind](context, value)
    if kind == "literal_error":
        return "it is none of what is known here", f"write {context['expected'].replace(chr(39), '')}"
    if kind == "string_pattern_mismatch":
        meant, mend = MEANT.get(context["pattern"], ("not written as it has to be", f"match {context['pattern']}"))
        return f"it is {meant}", mend
    if kind == "value_error":  # said by a validator of ours
        return str(context["error"]), "correct it"
    return message[:1].lower() + message[1:], "correct it"


def _size(value: object) -> str:
    return f"it has {_characters(len(value))}" if isinstance(value, str) and value else "it is empty"


def _characters(count: int) -> str:
    return f"{count} character{'' if count == 1 else 's'}"
