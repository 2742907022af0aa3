"""Pseudo-translations: English that is longer, accented and in brackets, or spelt with Arabic letters.

What is still plain English on a page was never translatable; what is cut off or overlaps will be so in German.
"""

import math
from itertools import cycle

from consentry.content.jobs.model import CODE

GROWTH = 1.8
"""A short English label often needs this much more room in other languages."""
LOCALES = {"en-XA": "en_GB", "ar-XB": "ar"}
"""Pseudo-locale to the CLDR locale it borrows names and direction from."""

_LATIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ACCENTED = str.maketrans(_LATIN, "áƀçďéƒĝĥíĵķļɱñóþɋŕšţúṽŵẋýžÁƁÇĎÉƑĜĤÍĴĶĻṀÑÓÞɊŔŠŢÚṼŴẊÝŽ")
_LETTERS = "ابتدهفغحيجكلمنوعقرسطضزثخصظ"
_ARABIC = str.maketrans(_LATIN, _LETTERS * 2)
_DOUBLED = str.maketrans({vowel: vowel * 2 for vowel in "aeiou"})
_MORE = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def pseudo(text: str, *, rtl: bool = False) -> str:
    """``[Ļáášţ ñááɱéé óóñéé]`` of ``Last name``: at least ``GROWTH`` times as long, placeholders kept."""
    table = _ARABIC if rtl else _ACCENTED

    def spelt(piece: str) -> str:
        return piece.translate(_DOUBLED).translate(table)

    parts, at = [], 0
    for found in CODE.finditer(text):
        parts += [spelt(text[at : found.start()]), found.group()]
        at = found.end()
    said = "".join([*parts, spelt(text[at:])])
    wanted = math.ceil(GROWTH * len(text))
    for word in cycle(_MORE):
        if len(said) + 2 >= wanted:
            break
        said += " " + spelt(word)
    return f"[{said}]"
