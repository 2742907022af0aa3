"""Pseudo-translations: longer, unlike English, placeholders intact."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from consentry.content.jobs.model import CODE
from consentry.content.jobs.pseudo import pseudo

TEXTS = st.lists(st.one_of(st.text("abc xyzABC.,!-'é", max_size=8), st.sampled_from(["{count}", "{controller.name}"])))


@given(TEXTS.map("".join), st.booleans())
def test_four_fifths_longer_with_every_placeholder_in_its_order(text: str, rtl: bool) -> None:
    said = pseudo(text, rtl=rtl)
    assert len(said) >= 1.8 * len(text)
    assert CODE.findall(said) == CODE.findall(text)
    assert (said[0], said[-1]) == ("[", "]")
    assert unicodedata.is_normalized("NFC", said)


@given(st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=40))
def test_no_letter_of_english_is_left(text: str) -> None:
    assert not set(pseudo(text)) & set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    letters = pseudo(text, rtl=True)[1:-1].replace(" ", "")
    assert {unicodedata.bidirectional(letter) for letter in letters} == {"AL"}


def test_every_letter_has_one_of_its_own() -> None:
    for rtl in (False, True):
        small = [pseudo(letter, rtl=rtl)[1] for letter in "abcdefghijklmnopqrstuvwxyz"]
        assert len(set(small)) == 26
