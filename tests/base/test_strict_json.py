"""JSON that means one thing only."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consentry.base.strict_json import MAX_DEPTH, StrictJsonError, loads

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_what_json_writes_is_read_back(value: object) -> None:
    assert loads(json.dumps(value, ensure_ascii=False).encode()) == value


def refusal(data: bytes) -> StrictJsonError | None:
    try:
        loads(data)
    except StrictJsonError as error:
        return error
    return None


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused_by_name(data: bytes) -> None:
    error = refusal(data)
    assert error is None or (error.code in {"malformed-json", "bad-encoding", "too-deep"} and error.where)


@pytest.mark.parametrize(
    ("data", "code", "where"),
    [
        (b'{"a":1', "malformed-json", "line 1, column 7"),
        (b'{"a":NaN}', "malformed-json", "NaN is not a JSON number"),
        (b'{"a":-Infinity}', "malformed-json", "-Infinity is not a JSON number"),
        (b'{"a":1e999}', "malformed-json", "1e999 is out of range"),
        (b'{"a":1,"a":2}', "malformed-json", 'the key "a" appears twice'),
        (b'{"a":{"b":1,"b":1}}', "malformed-json", 'the key "b" appears twice'),
        (b'{"a":"\xff"}', "bad-encoding", "byte 6 is not UTF-8"),
        (b'{"a":"\\ud800"}', "bad-encoding", "a lone surrogate"),
        (b'{"\\udc00":1}', "bad-encoding", "a lone surrogate"),
        (b"[" * 40_000, "too-deep", f"more than {MAX_DEPTH} levels"),
        (b"1" * 5_000, "malformed-json", "11111111111111111111 is out of range"),
        (b"9007199254740992", "malformed-json", "9007199254740992 is out of range"),
        (b'{"a":-9007199254740992}', "malformed-json", "-9007199254740992 is out of range"),
    ],
)
def test_ambiguous_json_is_refused_with_its_place(data: bytes, code: str, where: str) -> None:
    with pytest.raises(StrictJsonError) as caught:
        loads(data)
    assert caught.value.code == code
    assert where in caught.value.where


def test_sixteen_levels_pass_and_seventeen_do_not() -> None:
    assert loads(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    with pytest.raises(StrictJsonError, match="more than 16 levels"):
        loads(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1))
