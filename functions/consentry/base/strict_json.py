"""JSON that means one thing only (RFC 8259 read strictly, after I-JSON, RFC 7493).

Refused: bad UTF-8, NaN and infinities, integers that a double cannot hold, duplicate keys, lone surrogates, more than
16 levels.
"""

import json
from typing import Any, NoReturn

MAX_DEPTH = 16
_MAX_INTEGER = 2**53 - 1
"""RFC 7493 §2.2: beyond it, readers disagree about what an integer is."""

# Encoder and decoder are kept: ``json.dumps`` and ``loads`` build new ones at each call that names options.
dumps = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
"""Compact JSON text of a value, keys in their own order; the standard library's, for replies and log lines."""


class StrictJsonError(ValueError):
    """What was wrong; ``code`` is the problem to answer with, ``where`` says the place as well as it is known."""

    def __init__(self, code: str, where: str) -> None:
        super().__init__(where)
        self.code = code
        self.where = where


def _no_constants(name: str) -> NoReturn:
    raise StrictJsonError("malformed-json", f"{name} is not a JSON number")


def _number(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise StrictJsonError("malformed-json", f"{text[:20]} is out of range")
    return value


def _integer(text: str) -> int:
    if len(text) > 17 or abs(value := int(text)) > _MAX_INTEGER:
        raise StrictJsonError("malformed-json", f"{text[:20]} is out of range")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen: set[str] = set()
        repeated = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise StrictJsonError("malformed-json", f'the key "{repeated[:40]}" appears twice')
    return value


def _check(value: Any, depth: int) -> None:
    if isinstance(value, str):
        if not value.isascii():
            try:
                value.encode("utf-8")
            except UnicodeEncodeError:
                raise StrictJsonError("bad-encoding", "a lone surrogate in a string") from None
        return
    if isinstance(value, dict | list):
        if depth > MAX_DEPTH:
            raise StrictJsonError("too-deep", f"more than {MAX_DEPTH} levels")
        if isinstance(value, dict):
            for key, item in value.items():
                _check(key, depth)
                _check(item, depth + 1)
        else:
            for item in value:
                _check(item, depth + 1)


_decode = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_no_constants, parse_float=_number, parse_int=_integer
).decode


def loads(data: bytes) -> Any:
    """Parse JSON bytes.

    Raises:
        StrictJsonError: with the problem code ``malformed-json``, ``bad-encoding`` or ``too-deep``.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise StrictJsonError("bad-encoding", f"byte {error.start} is not UTF-8") from None
    try:
        value = _decode(text)
    except RecursionError:
        raise StrictJsonError("too-deep", f"more than {MAX_DEPTH} levels") from None
    except StrictJsonError:
        raise
    except json.JSONDecodeError as error:
        raise StrictJsonError("malformed-json", f"line {error.lineno}, column {error.colno}: {error.msg}") from None
    # Most bodies cannot hold either fault: surrogates come only from escapes, depth only from brackets.
    if "\\u" in text or text.count("{") + text.count("[") > MAX_DEPTH:
        _check(value, 1)
    return value
