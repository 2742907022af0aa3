"""Profile tokens: derived, opaque, unforgeable, short-lived."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consentry.base.ids import random_ref
from consentry.base.problems import Problem
from consentry.base.secrets import parse
from consentry.submissions.tokens import Token, bearer, issue, read

SECRET = parse('{"current":"2","1":"first","2":"second"}')
TOKEN = Token(random_ref(), random_ref(), 2_000_000_000)


def refusal(text: str, now: int = 0) -> str:
    with pytest.raises(Problem) as caught:
        read(text, SECRET, now)
    return caught.value.code


def test_the_same_token_is_issued_again_and_read_under_its_epoch() -> None:
    for epoch in ("1", "2"):
        assert issue(TOKEN, SECRET, epoch) == issue(TOKEN, SECRET, epoch)
        assert read(issue(TOKEN, SECRET, epoch), SECRET, 0) == TOKEN


def test_a_token_ends() -> None:
    text = issue(TOKEN, SECRET, "2")
    assert read(text, SECRET, TOKEN.expires) == TOKEN
    assert refusal(text, TOKEN.expires + 1) == "token-expired"


@given(st.integers(0, 71), st.sampled_from("ABCxyz019_-"))
def test_no_changed_character_is_accepted(position: int, character: str) -> None:
    text = issue(TOKEN, SECRET, "2")
    forged = text[:position] + character + text[position + 1 :]
    if forged != text:
        assert refusal(forged) == "token-invalid"


@given(st.text(max_size=100))
def test_no_other_text_is_accepted(text: str) -> None:
    assert refusal(text) == "token-invalid"


def test_a_dropped_epoch_ends_its_tokens() -> None:
    text = issue(TOKEN, SECRET, "1")
    with pytest.raises(Problem):
        read(text, parse('{"current":"2","2":"second"}'), 0)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "abc"])
def test_only_a_bearer_header_counts(header: str | None) -> None:
    with pytest.raises(Problem) as caught:
        bearer(header)
    assert caught.value.code == "token-invalid"


def test_the_scheme_is_case_insensitive() -> None:
    assert bearer("bEARER  abc ") == "abc"
