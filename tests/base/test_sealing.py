"""Sealed bytes open with the same key and context only."""

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from consentry.base.sealing import new_data_key, seal, unseal
from consentry.base.secrets import parse


@given(st.binary(max_size=200), st.text(max_size=20))
def test_what_was_sealed_is_unsealed(plaintext: bytes, context: str) -> None:
    key = new_data_key()
    assert unseal(key, seal(key, plaintext, context), context) == plaintext


def test_the_same_plaintext_never_seals_to_the_same_bytes() -> None:
    key = new_data_key()
    assert seal(key, b"x", "c") != seal(key, b"x", "c")


@pytest.mark.parametrize("change", ["key", "context", "bytes"])
def test_another_key_context_or_bit_does_not_open(change: str) -> None:
    key = new_data_key()
    sealed = seal(key, b"dr@example.org", "lead|answers")
    if change == "bytes":
        sealed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    with pytest.raises(InvalidTag):
        unseal(new_data_key() if change == "key" else key, sealed, "other" if change == "context" else "lead|answers")


def test_a_secret_keeps_its_older_epochs() -> None:
    before = parse('{"current":"1","1":"first"}')
    after = parse('{"current":"2","1":"first","2":"second"}')
    assert after.keys["1"] == before.key
    assert after.key != before.key
    assert len(after.key) == 32
