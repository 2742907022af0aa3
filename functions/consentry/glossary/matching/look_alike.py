"""Letters that only look right: a Cyrillic о in a Latin word reads the same and is another word to every program.

A word is reported when it mixes scripts and every letter of the rarer script has a twin in the other one (*pаtient*
with а U+0430). Names of substances mix scripts honestly (*IFNγ*, *SMSки*): their foreign letters have no twin. A word
wholly of twins is reported where the language is not written in its script. Overrides of the writing direction (U+202D,
U+202E) are reported too, and characters that part a word unseen (U+200B, U+2060, U+FEFF): what is read is not what is
stored.
"""

import re
from dataclasses import dataclass

# Each letter before the Latin letter it looks like.
_TWINS = {
    "Cyrillic": "а a е e о o р p с c у y х x і i к k А A В B Е E К K М M Н H О O Р P С C Т T У Y Х X І I",
    "Greek": "ο o ν v ι i υ u Α A Β B Ε E Ζ Z Η H Ι I Κ K Μ M Ν N Ο O Ρ P Τ T Υ Y Χ X",
    "Armenian": "օ o ո n ս u հ h",
}
# Cyrillic letters few languages use: they pass for Latin ones, but nobody means them by a Latin letter.
_RARE = "ѕ s ј j ԁ d һ h ԛ q ԝ w ѵ v ӏ l Ѕ S Ј J Ԍ G"
_LATIN = "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ"
_RANGES = {"Latin": _LATIN, "Greek": "Ͱ-Ͽἀ-῾", "Cyrillic": "Ѐ-ԯ", "Armenian": "԰-֏"}
_UNSEEN = "\u00ad\u200b-\u200f\u2060\ufeff\u0300-\u036f"
_LETTERS = "".join(_RANGES.values())


def _pairs(row: str) -> list[tuple[str, str]]:
    letters = row.split()
    return list(zip(letters[::2], letters[1::2], strict=True))


_TO_LATIN = {twin: latin for row in (*_TWINS.values(), _RARE) for twin, latin in _pairs(row)}
_FROM_LATIN = {script: {latin: twin for twin, latin in _pairs(row)} for script, row in _TWINS.items()}
_SCRIPTS = {script: re.compile(f"[{letters}]") for script, letters in _RANGES.items()}
_OTHER = "".join(letters for script, letters in _RANGES.items() if script != "Latin")
_MEET = re.compile(
    rf"[{_LATIN}][{_UNSEEN}]*[{_OTHER}]|[{_OTHER}][{_UNSEEN}]*[{_LATIN}]"
    + "".join(
        rf"|[{first}][{_UNSEEN}]*[{second}]"
        for one, first in _RANGES.items()
        for two, second in _RANGES.items()
        if one != two and "Latin" not in (one, two)
    )
)
_WORD = re.compile(f"[{_LETTERS}{_UNSEEN}]+")
_TWIN_WORD = re.compile(
    rf"(?<![{_LETTERS}{_UNSEEN}])(?:[{''.join(_TO_LATIN)}]{{2,}}|[{''.join(filter(str.isupper, _TO_LATIN))}])"
    rf"(?![{_LETTERS}{_UNSEEN}])"
)
_OVERRIDE = re.compile("[\u202d\u202e]")
_HIDDEN = re.compile(f"(?<=[{_LETTERS}])[\u200b\u2060\ufeff](?=[{_LETTERS}])")

# Languages written in one of the scripts above other than Latin: there a word wholly of twins is an ordinary word.
_CYRILLIC = ("ru", "uk", "be", "bg", "mk", "sr", "kk", "ky", "mn", "tg", "tt", "ba")
_AT_HOME = {**dict.fromkeys(_CYRILLIC, "Cyrillic"), "el": "Greek", "hy": "Armenian"}


@dataclass(frozen=True)
class LookAlike:
    """A word that is not what it looks like: where it stands, why, and as it should be written."""

    start: int
    end: int
    found: str
    reason: str
    meant: str


def look_alikes(text: str, language: str) -> list[LookAlike]:
    """Words of ``text`` with letters of another script than they seem to have. ``language``: primary subtag."""
    if text.isascii():
        return []
    found = [
        LookAlike(at.start(), at.end(), at[0], _OVERRIDDEN.format(ord(at[0])), "") for at in _OVERRIDE.finditer(text)
    ]
    found += [LookAlike(at.start(), at.end(), at[0], _PARTED.format(ord(at[0])), "") for at in _HIDDEN.finditer(text)]
    if _MEET.search(text):
        found += [each for word in _WORD.finditer(text) if (each := _mixed(word, _AT_HOME.get(language, "Latin")))]
    if language not in _AT_HOME:
        found += [_whole(word) for word in _TWIN_WORD.finditer(text)]
    return sorted(found, key=lambda each: each.start)


def repaired(text: str, found: list[LookAlike]) -> str:
    """``text`` as it was meant, character for character, so that positions stay."""
    for each in found:
        if each.meant:
            text = text[: each.start] + each.meant + text[each.end :]
    return text


_OVERRIDDEN = "U+{:04X} turns the writing direction: what is read here is not what is stored; remove it"
_PARTED = "U+{:04X} parts a word here and nobody sees it; remove it"


def _mixed(word: re.Match[str], at_home: str) -> LookAlike | None:
    said = word[0]
    counts = {script: len(pattern.findall(said)) for script, pattern in _SCRIPTS.items()}
    if sum(count > 0 for count in counts.values()) < 2:
        return None
    own = {script: sum(_script(c) == script and not _has_twin(c, counts) for c in said) for script in counts}
    main = max(counts, key=lambda script: (own[script], counts[script], script == at_home))
    meant = "".join(_as(char, main) for char in said)
    if any(_script(char) not in {None, main} for char in meant):
        return None  # a letter without a twin: written so on purpose
    strange = next(char for char in said if _script(char) not in {None, main})
    reason = (
        f"“{said}” looks {main}, but its letter {said.index(strange) + 1}, “{strange}”, is {_script(strange)} "
        f"(U+{ord(strange):04X}); write “{meant}”"
    )
    return LookAlike(word.start(), word.end(), said, reason, meant)


def _whole(word: re.Match[str]) -> LookAlike:
    said = word[0]
    meant = "".join(_as(char, "Latin") for char in said)
    reason = f"“{said}” looks Latin and is {_script(said[0])} (U+{ord(said[0]):04X}); write “{meant}” if Latin is meant"
    return LookAlike(word.start(), word.end(), said, reason, meant)


def _script(char: str) -> str | None:
    return next((script for script, pattern in _SCRIPTS.items() if pattern.match(char)), None)


def _has_twin(char: str, present: dict[str, int]) -> bool:
    """Whether another script of the word has a letter that looks the same."""
    latin = _TO_LATIN.get(char)
    if latin is not None:
        return True
    return any(count and char in _FROM_LATIN.get(script, {}) for script, count in present.items())


def _as(char: str, script: str) -> str:
    """The twin of ``char`` in ``script``; the letter itself where it has none."""
    if _script(char) in {None, script}:
        return char
    latin = _TO_LATIN.get(char, char)
    return latin if script == "Latin" else _FROM_LATIN[script].get(latin, char)
