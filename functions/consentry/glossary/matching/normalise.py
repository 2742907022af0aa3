"""Text to comparable tokens, per language.

A token is a run of letters, marks and numbers (Unicode L, M, N), so that vowel signs of Indic scripts belong to their
word. Regular expressions' own idea of a word is not used: it cuts those words in two. Format characters (soft hyphen,
zero-width and bidi controls) vanish; every other character separates.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

Fold = Callable[[str], str]

# Signs that inclusive writing puts inside a word: Ärzt:innen, Patient*innen, médecin·e·s, infirmier/ère, enfermer@s.
_DOTS = "·•⋅‧∙"
_LETTER = "[A-Za-zÀ-ÖØ-öø-ɏΆ-ώЀ-ԯ\u0300-\u036f]"
_END = f"(?!{_LETTER})"
_E_GRAVE = "(?:è|e\u0300)"

# What comes between the two forms and is left out; named groups stay (their names say nothing). ``@`` stands for o.
_FRENCH = f"e|ne|le|se|te|ve|{_E_GRAVE}re|{_E_GRAVE}ve|i{_E_GRAVE}re|trice|rice|euse"
_INCLUSIVE: dict[str, str] = {
    "de": rf"(?:[*:_{_DOTS}]|/-?)(?P<a>innen|in|r|n){_END}|\(-?(?P<b>innen|in)\)|\(inn\)(?P<c>en)",
    "fr": (
        rf"[{_DOTS}][a-zé]{{1,5}}(?:[{_DOTS}]?(?P<a>s))?{_END}|[.-](?:{_FRENCH})[.-](?P<b>s){_END}"
        rf"|(?:/-?|-)(?:{_FRENCH})(?P<c>s)?{_END}|\((?:{_FRENCH})\)(?P<d>s?)"
    ),
    "es": rf"(?P<at>@)(?P<a>s?){_END}|/-?(?:as?|es|esas?|is[ao]s?){_END}",
    "it": rf"/-?(?:[aei]|che|ghe|trice|trici|essa|esse){_END}|(?P<at>(?<=[bcdfglmnprstvz])[*ə]){_END}",
    "pl": rf"/-?(?:k[aięą]|ek|yni[ea]?|[aeęyi]){_END}",
    "cs": rf"/-?(?:k[ayu]|ky|ek|yně|ice|[aeyi]){_END}",
    "ru": rf"/-?(?:к[аиу]|иц[аы]|[аыи]){_END}",
}
_INCLUSIVE |= {"ca": _INCLUSIVE["es"], "gl": _INCLUSIVE["es"], "pt": _INCLUSIVE["es"], "ro": _INCLUSIVE["it"]}
_INCLUSIVE |= {"sk": _INCLUSIVE["cs"], "hr": _INCLUSIVE["cs"], "uk": _INCLUSIVE["ru"], "bg": _INCLUSIVE["ru"]}
# Everywhere: an ending in brackets, as in patient(s), Medikament(e), пациент(ка); in capitals it is a word: CT(MRT).
_BRACKETS = rf"\(-?(?-i:(?![A-ZÀ-ÖØ-ÞΆ-ΫЀ-Я])){_LETTER}{{1,4}}\)(?P<z>s?){_END}"
_SIGNS = re.compile(f"[{_DOTS}*:_/(.@ə-]")


def inclusive(code: str) -> re.Pattern[str]:
    """What inclusive writing puts behind a word in one language."""
    own = _INCLUSIVE.get(code)
    return re.compile(rf"(?<={_LETTER})(?:{f'{own}|' if own else ''}{_BRACKETS})", re.IGNORECASE)


_IN_BRACKETS = inclusive("")


def _joined(found: re.Match[str]) -> str:
    return "".join("o" if name == "at" else part for name, part in found.groupdict().items() if part)


def join_inclusive(pattern: re.Pattern[str], text: str) -> str:
    """``Ärzt:innen`` as ``Ärztinnen``, ``médecin·e·s`` as ``médecins``: a form that inflection knows."""
    return pattern.sub(_joined, text) if _SIGNS.search(text) else text


class _Table(dict[int, str]):
    """What becomes of each character; filled when a character is first met."""

    def __init__(self, fold: Fold, inside: str) -> None:
        super().__init__()
        self._fold = fold
        self._inside = inside

    def __missing__(self, code: int) -> str:
        char = chr(code)
        kind = unicodedata.category(char)
        if kind[0] in "LMN":
            folded = self._fold(char)
        elif kind == "Cf" or char in self._inside:
            folded = ""
        else:
            folded = " "
        self[code] = folded
        return folded


@dataclass(frozen=True)
class Token:
    """A normalised token and where it stands in the text as given (``start`` ≤ i < ``end``, code points)."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Normaliser:
    """How one language folds.

    ``fold`` maps one NFKC character to its folded form ("" drops it). ``word`` folds a whole token afterwards
    (spelling variants that need their neighbours). ``inside`` are signs that vanish inside a word (an apostrophe that
    is a letter). ``inclusive`` finds gender-inclusive endings, which are joined to their word first.
    """

    fold: Fold = str.casefold
    word: Fold | None = None
    inside: str = ""
    inclusive: re.Pattern[str] = _IN_BRACKETS
    _table: _Table = field(init=False, repr=False, compare=False)
    _cased: _Table = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_table", _Table(self.fold, self.inside))
        object.__setattr__(self, "_cased", _Table(str, self.inside))

    def tokens(self, text: str) -> list[str]:
        """The folded tokens of ``text``."""
        text = join_inclusive(self.inclusive, text)
        plain = unicodedata.normalize("NFKC", text).translate(self._table)
        if not plain.isascii():  # folding may leave a letter and its mark apart
            plain = unicodedata.normalize("NFC", plain)
        found = plain.split()
        if self.word is None:
            return found
        return [folded for folded in map(self.word, found) if folded]  # a mark without its letter folds to nothing

    def cased(self, text: str) -> list[str]:
        """The same tokens with their capitals, for acronyms and names."""
        text = join_inclusive(self.inclusive, text)
        return unicodedata.normalize("NFKC", text).translate(self._cased).split()

    def folded(self, char: str) -> str:
        """One character as ``tokens`` folds it; " " where it separates."""
        return self._table[ord(char)] if len(char) == 1 else char.translate(self._table)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where the tokens of ``text`` stand: as many spans as ``tokens`` has tokens.

        Slower than ``tokens``; for findings only. Where inclusive writing was joined the span covers the whole form.
        """
        spans: list[tuple[int, int]] = []
        start = -1
        joined = [(m.start(), m.end()) for m in self.inclusive.finditer(text)]
        at = 0
        while at < len(text):
            if joined and at == joined[0][0]:
                at = joined.pop(0)[1]
                continue
            end = at + 1
            while end < len(text) and unicodedata.combining(text[end]):
                end += 1
            for piece in unicodedata.normalize("NFKC", text[at:end]).translate(self._table):
                if piece.isspace():
                    if start >= 0:
                        spans.append((start, at))
                        start = -1
                elif start < 0:
                    start = at
            at = end
        if start >= 0:
            spans.append((start, len(text)))
        return [(s, _trimmed_end(text, s, e)) for s, e in spans]


def _trimmed_end(text: str, start: int, end: int) -> int:
    while end > start + 1 and unicodedata.category(text[end - 1]) == "Cf":
        end -= 1
    return end


@lru_cache(maxsize=4096)
def without_marks(char: str) -> str:
    """The letter without its accents: é → e, ñ → n, й → и."""
    return "".join(c for c in unicodedata.normalize("NFD", char) if not unicodedata.combining(c))
