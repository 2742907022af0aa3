"""Whether a phrase of one language occurs in a text, as it stands or inflected.

Words of the phrase must come in order. Articles and numbers may come and go; one other word may stand in a gap
(*médicament thérapeutique antiviral*), two in the whole phrase. Prepositions belong to the phrase: *maladie à
coronavirus* is not *maladie du coronavirus*. Between an object and its verb (Turkish *ellerinizi … yıkayın*) more words
may stand.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from consentry.glossary.matching.inflect.languages import Forms, Language

Kind = Literal["exact", "inflected"]

WORDS_IN_A_GAP = 1
WORDS_IN_ALL = 2
WORDS_IN_A_CLAUSE = 8


@dataclass(frozen=True)
class Hit:
    """Where a phrase was found: tokens ``start`` ≤ i < ``end`` (characters of ``Prepared.flat`` where unspaced)."""

    kind: Kind
    start: int
    end: int


class Prepared:
    """A text, normalised once for any number of phrases."""

    def __init__(self, text: str, language: Language) -> None:
        self.text = text
        self.language = language
        self.tokens = language.normaliser.tokens(text)

    @cached_property
    def present(self) -> frozenset[str]:
        """The tokens as a set."""
        return frozenset(self.tokens)

    @cached_property
    def flat(self) -> str:
        """The text of a script without blanks: blanks stay only between two Latin words."""
        return flatten(self.tokens)

    @cached_property
    def flat_cased(self) -> str:
        """``flat`` with its capitals; "" where folding changed the number of characters."""
        cased = flatten(self.cased)
        return cased if len(cased) == len(self.flat) else ""

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """Where the tokens stand in the text as given."""
        return self.language.normaliser.spans(self.text)

    @cached_property
    def cased(self) -> list[str]:
        """The tokens with their capitals."""
        return self.language.normaliser.cased(self.text)


def flatten(tokens: Iterable[str]) -> str:
    """Tokens joined; blanks only where two ASCII tokens meet."""
    pieces: list[str] = []
    for token in tokens:
        if pieces and token[0].isascii() and pieces[-1][-1].isascii():
            pieces.append(" ")
        pieces.append(token)
    return "".join(pieces)


class Phrase:
    """A term, ready to be looked for."""

    def __init__(self, text: str, language: Language) -> None:
        self.text = text
        self.language = language
        self.tokens = language.normaliser.tokens(text)
        # An article is no word of the phrase; what it says about the word behind it must hold in the text as well.
        self.words: list[str] = []
        self.articles: list[str] = []
        self.genders: list[str] = []
        self.tight: list[bool] = []  # written onto the word before it with a hyphen: nothing may come between
        hyphenated = _hyphenated(text, language, len(self.tokens))
        article = gender = ""
        for token, tight in zip(self.tokens, hyphenated, strict=True):
            if token not in language.free:
                self.words.append(token)
                self.tight.append(tight)
                self.articles.append(article)
                self.genders.append(gender)
                article = gender = ""
            article = language.articles.get(token, article)
            if token in language.same:
                gender = language.gender.get(token, "")
        if not self.words:
            self.words, self.tight = self.tokens, hyphenated
            self.articles = self.genders = [""] * len(self.tokens)
        clause = language.clause is not None and bool(self.words) and language.clause(self.words)
        self.gap, self.gaps = (WORDS_IN_A_CLAUSE, WORDS_IN_A_CLAUSE) if clause else (WORDS_IN_A_GAP, WORDS_IN_ALL)

    @cached_property
    def forms(self) -> list[Forms]:
        """What counts as each word."""
        return [Forms(word, self.language) for word in self.words]

    @cached_property
    def flat(self) -> str:
        """The phrase in an unspaced script."""
        return flatten(self.tokens)

    @cached_property
    def joined(self) -> str:
        """The words run together: *gastro-entérite* may be written in one word."""
        return "".join(self.words)


_HYPHENS = frozenset("-‐‑–")


def _hyphenated(text: str, language: Language, count: int) -> list[bool]:
    """For each token whether a hyphen ties it to the one before: ``SARS-CoV`` is not ``SARS und MERS-CoV``."""
    if count < 2 or _HYPHENS.isdisjoint(text):
        return [False] * count
    found: list[bool] = []
    for part in text.split():
        tokens = len(language.normaliser.tokens(part))
        tied = tokens > 1 and not _HYPHENS.isdisjoint(part) and "'" not in part and "’" not in part
        found += [tied and i > 0 for i in range(tokens)]
    return found if len(found) == count else [False] * count


def find(phrase: Phrase, text: Prepared, *, forms: bool = True) -> Hit | None:
    """The first occurrence: exact anywhere before inflected anywhere. None where the phrase does not occur.

    Without ``forms`` only as it stands.
    """
    if not phrase.tokens:
        return None
    if phrase.language.unspaced:
        at = find_flat(phrase.flat, text.flat, 0)
        return Hit("exact", at, at + len(phrase.flat)) if at >= 0 else None
    hit = _find_exact(phrase.tokens, text)
    if hit or not forms:
        return hit
    return _find_inflected(phrase, text) or _find_joined(phrase, text)


def token_span(text: Prepared, start: int, end: int) -> tuple[int, int]:
    """Where tokens ``start`` ≤ i < ``end`` stand in the text as given; the whole text where that cannot be told."""
    spans = text.spans
    if len(spans) != len(text.tokens) or start >= end:
        return 0, len(text.text)
    return spans[start][0], spans[end - 1][1]


def flat_span(text: Prepared, start: int, end: int) -> tuple[int, int]:
    """Where characters of ``Prepared.flat`` stand in the text as given; the whole text where that cannot be told."""
    places = [place for place, folded in _places(text) for char in folded if not char.isspace()]
    flat = text.flat
    if len(places) != sum(not char.isspace() for char in flat):
        return 0, len(text.text)
    first = sum(not char.isspace() for char in flat[:start])
    last = first + sum(not char.isspace() for char in flat[start:end]) - 1
    return places[first], places[last] + 1


def _places(text: Prepared) -> list[tuple[int, str]]:
    normaliser = text.language.normaliser
    return [(i, normaliser.folded(unicodedata.normalize("NFKC", char))) for i, char in enumerate(text.text)]


def find_flat(phrase: str, text: str, start: int) -> int:
    """Where ``phrase`` stands in ``text`` from ``start`` on, not cutting a Latin word or a number in two; -1 if not."""
    at = text.find(phrase, start)
    while at >= 0 and not stands_alone(text, at, at + len(phrase)):
        at = text.find(phrase, at + 1)
    return at


def stands_alone(text: str, start: int, end: int) -> bool:
    """Whether no Latin word or number is cut in two at either end, and no *non-* stands before (非处方药)."""
    if _latin_meets(text, start) or _latin_meets(text, end):
        return False
    return text[start - 1 : start] != "非" or text[start - 2 : start - 1] in _NOT_NON


_NOT_NON = frozenset("除并並莫绝絕若而是")  # 除非, unless; 并非, by no means: there 非 belongs to the word before


def _latin_meets(text: str, at: int) -> bool:
    """Whether a Latin word or a number goes on across the boundary before ``text[at]``."""
    if not 0 < at < len(text):
        return False
    left, right = text[at - 1], text[at]
    return left.isascii() and right.isascii() and left.isalpha() == right.isalpha() and left != " " != right


def _find_exact(words: list[str], text: Prepared) -> Hit | None:
    first = words[0]
    if first not in text.present:
        return None
    tokens, count = text.tokens, len(words)
    for at, token in enumerate(tokens):
        if token == first and tokens[at : at + count] == words:
            return Hit("exact", at, at + count)
    return None


def _find_inflected(phrase: Phrase, text: Prepared) -> Hit | None:
    language, tokens = phrase.language, text.tokens
    first = phrase.forms[0]
    for at, token in enumerate(tokens):
        if first[token]:
            before = tokens[at - 1] if at else ""
            if phrase.articles[0] and not _agree(phrase.articles[0], language.articles.get(before, "")):
                continue
            end = _rest(phrase, 1, tokens, at + 1, phrase.gaps)
            if end is not None:
                return Hit("inflected", at, end)
    return None


def _agree(wanted: str, found: str) -> bool:
    """Whether an article of the text is of the kind (definite, indefinite) that the entry shows."""
    return not wanted or not set(wanted).isdisjoint(found)


def _rest(phrase: Phrase, index: int, tokens: list[str], at: int, spare: int) -> int | None:
    """Where the phrase ends if its words from ``index`` on follow at ``at``; None if they do not."""
    if index == len(phrase.words):
        return at
    language = phrase.language
    forms, skipped = phrase.forms[index], 0
    gender, article = language.gender.get(tokens[at - 1], ""), language.articles.get(tokens[at - 1], "")
    while at < len(tokens):
        token = tokens[at]
        if forms[token] and _fits(phrase, index, gender, article):
            end = _rest(phrase, index + 1, tokens, at + 1, spare - skipped)
            if end is not None:
                return end
        if phrase.tight[index]:
            return None
        gender, article = language.gender.get(token, gender), language.articles.get(token, article)
        if token not in language.free and token not in language.links and not token.isdecimal():
            skipped += 1
            if skipped > min(phrase.gap, spare):
                return None
        at += 1
    return None


def _fits(phrase: Phrase, index: int, gender: str, article: str) -> bool:
    """Whether the article before a word of the text says what the entry's article says."""
    wanted = phrase.genders[index]
    return _agree(phrase.articles[index], article) and not (wanted and gender and wanted != gender)


def _find_joined(phrase: Phrase, text: Prepared) -> Hit | None:
    """One word in the term, two in the text, or the other way round (hyphen, blank, nothing)."""
    language, tokens = phrase.language, text.tokens
    if len(phrase.joined) < 6:
        return None
    inflection = language.inflection
    keys = inflection.term(phrase.joined)
    if len(phrase.words) > 1:
        for at, token in enumerate(tokens):
            if len(token) >= 6 and not keys.isdisjoint(inflection.text(token)):
                return Hit("inflected", at, at + 1)
    for at in range(len(tokens) - 1):
        pair = tokens[at] + tokens[at + 1]
        if phrase.joined.startswith(pair[:4]) and not keys.isdisjoint(inflection.text(pair)):
            return Hit("inflected", at, at + 2)
    return None
