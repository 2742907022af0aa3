"""Our canonical bytes are RFC 8785, as an independent implementation writes them."""

import hashlib
import json
from collections.abc import Callable

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from consentry.base.canonical import canonical_bytes, compact, digest, read
from consentry.base.strict_json import StrictJsonError, loads

ASCII_KEYS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=12)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
INTEGERS = st.integers(-(2**53) + 1, 2**53 - 1)
VALUES = st.recursive(
    st.none() | st.booleans() | INTEGERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ASCII_KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_same_bytes_as_an_independent_rfc_8785_implementation(value: object) -> None:
    assert canonical_bytes(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


def test_key_order_does_not_matter_and_text_is_not_escaped() -> None:
    assert canonical_bytes({"b": "ü\n", "a": 1}) == '{"a":1,"b":"ü\\n"}'.encode()


@pytest.mark.parametrize("value", ["\ud800", {"\ud800": 1}, 2**64, {1: 1}, b"", {1, 2}])
def test_what_json_cannot_say_is_refused(value: object) -> None:
    for write in (canonical_bytes, compact):
        with pytest.raises(TypeError):
            write({"x": value})


def test_compact_text_keeps_the_order_of_keys_and_reads_back_the_same() -> None:
    value = {"b": ["ü", None, True], "a": {"z": 1, "y": -2}}
    assert compact(value) == '{"b":["ü",null,true],"a":{"z":1,"y":-2}}'


def test_digest_is_the_sha256_of_the_bytes() -> None:
    assert digest(b"abc") == "sha256-" + hashlib.sha256(b"abc").hexdigest()


def answer(reader: Callable[[bytes], object], data: bytes) -> object:
    try:
        return repr(reader(data))
    except StrictJsonError as error:
        return error.code, error.where


@given(
    st.binary(max_size=60)
    | VALUES.map(lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
    | VALUES.map(lambda value: json.dumps(value).encode())
)
@example(b'{"a":1,"a":1}')
@example(b'{"a":9007199254740992}')
@example(b'{"a":-0}')
@example(b'{"a":1.0,"b":1e2}')
@example(b'{"a":NaN}')
@example(b'"\\ud800"')
@example(b'"\xed\xa0\x80"')
@example(b"[" * 17 + b"]" * 17)
@example(b" {}")
@example(b"")
def test_reading_fast_reads_and_refuses_what_reading_strictly_does(data: bytes) -> None:
    assert answer(read, data) == answer(loads, data)
