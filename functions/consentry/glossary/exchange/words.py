"""The text of one term: what nobody sees in it, what only looks right, and cells that hold more than one term."""

import re
import unicodedata
from dataclasses import dataclass, field

from consentry.glossary.matching.inflect.languages import language
from consentry.glossary.matching.inflect.paradigm import words
from consentry.glossary.matching.model import chain

_JOINERS = {"\u200c", "\u200d"}
_JOINING = words("fa ur ps ku ckb sd ug ar hi mr ne bn pa gu ta te kn ml or si sa as")
"""Languages that spell words with joiners: dropping one would change the word."""
_INVISIBLE = frozenset(
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062"
    "\u2063\u2064\u2066\u2067\u2068\u2069\u3164\ufeff\uffa0"
)
_SCRIPT_OF = {
    "ja": ("HIRAGANA", "KATAKANA", "CJK"), "zh": ("CJK",), "yue": ("CJK",), "ko": ("HANGUL", "CJK"),
    "ar": ("ARABIC",), "fa": ("ARABIC",), "ur": ("ARABIC",), "ps": ("ARABIC",), "ckb": ("ARABIC",),
    "he": ("HEBREW",), "yi": ("HEBREW",), "ru": ("CYRILLIC",), "uk": ("CYRILLIC",), "be": ("CYRILLIC",),
    "bg": ("CYRILLIC",), "mk": ("CYRILLIC",), "el": ("GREEK",), "th": ("THAI",), "hi": ("DEVANAGARI",),
    "mr": ("DEVANAGARI",), "ne": ("DEVANAGARI",), "bn": ("BENGALI",), "ta": ("TAMIL",), "te": ("TELUGU",),
    "gu": ("GUJARATI",), "pa": ("GURMUKHI",), "ka": ("GEORGIAN",), "hy": ("ARMENIAN",), "km": ("KHMER",),
    "lo": ("LAO",), "my": ("MYANMAR",), "am": ("ETHIOPIC",), "kn": ("KANNADA",), "ml": ("MALAYALAM",),
    "si": ("SINHALA",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text without what nobody sees, and what was dropped, in words."""

    text: str
    dropped: tuple[str, ...] = ()


def clean(text: str, tag: str) -> Cleaned:
    """NFC, single blanks, no invisible marks but the joiners of languages that spell with them."""
    kept: list[str] = []
    dropped: list[str] = []
    keeps = chain(tag)[0] in _JOINING
    for letter in unicodedata.normalize("NFC", text):
        if letter in " \t\r\n\u0085\u2028\u2029":
            if kept and kept[-1] != " ":
                kept.append(" ")
        elif letter in _INVISIBLE or (letter in _JOINERS and not keeps) or unicodedata.category(letter) in {"Cc", "Cs"}:
            after = f" after “{''.join(kept[-12:])}”" if kept else " at the beginning"
            dropped.append(f"U+{ord(letter):04X} {unicodedata.name(letter, 'control character')}{after}")
        else:
            kept.append(letter)
    return Cleaned(unicodedata.normalize("NFC", "".join(kept)).strip(" "), tuple(dropped))


def has_word(text: str, tag: str) -> bool:
    """Whether there is anything in it that the matcher can look for."""
    return bool(language(tag).normaliser.tokens(text))


def _script(letter: str) -> str:
    name = unicodedata.name(letter, "")
    return name.partition(" ")[0]


def wrong_script(text: str, tag: str) -> bool:
    """Whether a language with a script of its own has not one letter of it here, and this is no short name."""
    scripts = _SCRIPT_OF.get(chain(tag)[0])
    if scripts is None or "-Latn" in tag:
        return False
    letters = [letter for letter in text if letter.isalpha()]
    if not letters or text.upper() == text or any(letter.isdigit() for letter in text):
        return False
    return not any(_script(letter) in scripts for letter in letters)


def mojibake(text: str) -> str | None:
    """What the text would be if it were UTF-8 once read as Windows-1252; None where it is not."""
    if not any("\u00c2" <= letter <= "\u00f4" for letter in text):
        return None
    for encoding in ("cp1252", "latin-1"):
        try:
            mended = text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        return mended if mended != text else None
    return None


@dataclass(frozen=True, slots=True)
class Split:
    """The terms of one cell, the acronyms lifted out of it, and remarks that stood in it."""

    terms: tuple[str, ...]
    acronyms: tuple[str, ...] = ()
    remarks: tuple[str, ...] = field(default=())


_REMARK = re.compile(r"\s*[(\uff08]#\s*([^()\uff08\uff09]*)[)\uff09]\s*")
_IN_BRACKETS = re.compile(r"\s*[(\uff08]\s*([^\s()\uff08\uff09]{2,12})\s*[)\uff09]\s*")
_ALTERNATIVES = re.compile(r"\s+[/\uff0f]\s+|\s+[:\uff1a]\s+|\s*[;\uff1b\u061b]\s*")


def split(cell: str) -> Split:
    """``adverse event (AE) / adverse experience (# old)`` → two terms, the acronym AE, the remark “old”.

    Separators are a slash or colon between blanks and any semicolon; ``and/or`` and ``mg/ml`` stay whole.
    """
    remarks: list[str] = []

    def remark(found: re.Match[str]) -> str:
        remarks.append(found[1].strip())
        return " "

    terms: list[str] = []
    acronyms: list[str] = []
    for piece in _ALTERNATIVES.split(_REMARK.sub(remark, cell)):
        text = piece
        for found in list(_IN_BRACKETS.finditer(piece)):
            if _abbreviates(found[1]) and piece.replace(found[0], "").strip():
                acronyms.append(found[1])
                text = text.replace(found[0], " ")
        text = re.sub(r"\s+", " ", text).strip()
        if text and text not in terms:
            terms.append(text)
    return Split(tuple(terms), tuple(dict.fromkeys(acronyms)), tuple(r for r in remarks if r))


def _abbreviates(text: str) -> bool:
    """(AE), (SUSAR), (mRNA), (COVID-19), not (s), (en), (optional)."""
    return sum(letter.isupper() for letter in text) >= 2 and all(c.isalnum() or c in "-&./" for c in text)


_FORMULA = re.compile(r"'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def disarm(cell: str) -> str:
    """A cell that a spreadsheet cannot take for a formula: an apostrophe before = + - @, tab, line ends (OWASP).

    Apostrophes before such a sign are doubled up by one, so that ``rearm`` gives back every text as it was.
    """
    return f"'{cell}" if _FORMULA.match(cell) else cell


def rearm(cell: str) -> str:
    """``disarm`` undone."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
