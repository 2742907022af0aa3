"""Forms of one word match, other words do not: per language, words chosen for the grammar they show."""

import pytest

from consentry.glossary.matching.inflect.languages import Forms, language
from support.glossary_words import MORE, PARADIGMS, WORDS

ALL = [*WORDS.items(), *PARADIGMS.items(), *MORE.items()]
SAME = [(tag, entry, form) for tag, rows in ALL for entry, forms, _ in rows for form in forms.split()]
OTHER = [(tag, entry, word) for tag, rows in ALL for entry, _, words in rows for word in words.split()]


def matches(tag: str, entry: str, word: str) -> bool:
    spoken = language(tag)
    (term,) = spoken.normaliser.tokens(entry)
    (token,) = spoken.normaliser.tokens(word)
    return Forms(term, spoken)[token]


@pytest.mark.parametrize(("tag", "entry", "form"), SAME)
def test_a_form_of_the_word_matches(tag: str, entry: str, form: str) -> None:
    assert matches(tag, entry, form)


@pytest.mark.parametrize(("tag", "entry", "word"), OTHER)
def test_another_word_does_not_match(tag: str, entry: str, word: str) -> None:
    assert not matches(tag, entry, word)


@pytest.mark.parametrize("tag", [*WORDS, "xx", "zh-Hant-TW", "pt_BR"])
def test_words_with_digits_match_themselves_alone(tag: str) -> None:
    assert matches(tag, "h1n1", "H1N1")
    assert not matches(tag, "h1n1", "h1n1s")


def test_an_unknown_language_is_matched_by_a_careful_beginning() -> None:
    assert matches("xx", "mbalameta", "mbalametan")
    assert not matches("xx", "mbalameta", "mbalakoru")


def test_regions_and_scripts_share_their_language() -> None:
    assert language("de-CH") is language("de")
    assert language("pt_BR") is language("pt")
    assert language("no") is language("nb")
