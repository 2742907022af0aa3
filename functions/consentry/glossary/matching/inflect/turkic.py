"""Turkish and Azerbaijani: a grammar of suffixes, read from the end of the word.

noun + plural + possessive + case + -ki + copula. Derivation (-lI, -sIz, -lIk, -CI) is not in it. Dotted and dotless i
are one letter here, so that COVID and Covid are one word.
"""

from collections.abc import Iterable
from functools import cache

from consentry.glossary.matching.inflect.paradigm import Inflection

_SOFT = {"b": "p", "c": "ç", "d": "t", "ğ": "k", "g": "k"}
_VOWELS = frozenset("aeiouöüəâî")


def fold_turkish(char: str) -> str:
    """One letter, casefolded, without the difference of i and ı."""
    return "i" if char in "Iİıi" else char.casefold().replace("̇", "").translate(_CIRCUMFLEX)


_CIRCUMFLEX = str.maketrans("âîûé", "aiue")


def _spread(*patterns: str) -> tuple[str, ...]:
    """Vowel harmony and assimilation written out: A = a e, I = i u ü, D = d t."""
    found = list(patterns)
    for mark, options in (("A", "aeə"), ("I", "iuü"), ("D", "dt")):
        found = [p.replace(mark, o) for p in found for o in (options if mark in p else mark)]
    return tuple(sorted(set(found), key=len, reverse=True))


_COPULA = _spread("DIr", "yDI", "ymIş", "ysA", "DIrlAr", "yIz", "yIm", "sInIz", "lArDIr", "DI", "mIş", "yken", "sA")
_KI = ("ki", "kiler", "kilere", "kileri", "kilerin", "kinin")
_CASE = _spread(
    "I", "yI", "nI", "A", "yA", "nA", "DA", "nDA", "DAn", "nDAn", "In", "nIn", "lA", "ylA", "ncA", "cA", "çA"
)  # fmt: skip
_POSSESSIVE = _spread("Im", "m", "In", "n", "I", "sI", "ImIz", "mIz", "InIz", "nIz", "lArI")
_PLURAL = _spread("lAr")
_STEPS = (_COPULA, _KI, _CASE, _POSSESSIVE, _PLURAL)

_VERB = _spread(
    "mAk", "mAktA", "mAktAdIr", "mA", "yor", "Iyor", "AcAk", "yAcAk", "AcAğI", "DI", "mIş", "Ir", "Ar", "r",
    "sA", "Ip",
    "yIp", "ArAk", "yArAk", "An", "yAn", "DIğI", "InIz", "In", "yIn", "yInIz", "AlIm", "mAlI", "mAyIn", "mAz",
    "Iyorsa",
    "IyorsAnIz", "DIysA", "DIysAnIz", "mAdAn", "IncA", "ken", "DIktAn", "AbIlIr", "yAbIlIr", "mIyor", "mAdI",
)  # fmt: skip


def _strip(stems: set[str], suffixes: tuple[str, ...]) -> set[str]:
    among, lengths = _by_length(suffixes)
    cut = {s[:-length] for s in stems for length in lengths if length <= len(s) - 2 and s[-length:] in among}
    return {s for s in cut if not _VOWELS.isdisjoint(s)}


@cache
def _by_length(suffixes: tuple[str, ...]) -> tuple[frozenset[str], tuple[int, ...]]:
    return frozenset(suffixes), tuple(sorted({len(suffix) for suffix in suffixes}))


_NARROW = {"a": "i", "e": "i", "o": "u", "ö": "ü"}


def _canonical(stem: str) -> set[str]:
    """The stem as it stands without a suffix: kitab-ı → kitap, ağz-ı → ağız, hakk-ı → hak."""
    found = {stem, stem[:-1] + _SOFT.get(stem[-1], stem[-1])}
    if len(stem) >= 3 and stem[-1] not in _VOWELS and stem[-2] not in _VOWELS:
        last = next((v for v in reversed(stem) if v in _VOWELS), "i")
        dropped = _NARROW.get(last, last)
        found |= {form[:-1] + dropped + form[-1] for form in tuple(found)}
        if stem[-1] == stem[-2]:
            found |= {stem[:-1], stem[:-2] + _SOFT.get(stem[-1], stem[-1])}
    return found


def _keys(token: str, is_term: bool) -> Iterable[str]:
    if is_term:
        stems = {token} | _strip({token}, _POSSESSIVE) | _strip({token}, _PLURAL)
        stems |= _strip(_strip({token}, _POSSESSIVE), _PLURAL)
        stems = {s for s in stems if len(s) >= 3} | {token}
        keys = {f"t:{form}" for stem in stems for form in ({stem} if stem == token else _canonical(stem))}
        if token.endswith(("mak", "mek")) and len(token) > 4:
            keys.add(f"v:{token[:-3]}")
        return keys
    stems = {token}
    for suffixes in _STEPS:
        stems |= _strip(stems, suffixes)
    keys = {f"t:{form}" for stem in stems for form in ({stem} if stem == token else _canonical(stem))}
    bases = {token} | _strip({token}, _COPULA) | _strip({token}, _CASE) | _strip(_strip({token}, _CASE), _POSSESSIVE)
    keys.update(f"v:{form}" for stem in _strip(bases, _VERB) for form in _canonical(stem))
    return keys


def turkish() -> Inflection:
    """The suffix grammar. Tokens come folded by ``fold_turkish``."""
    return Inflection([], extra=_keys)


_IMPERATIVES = frozenset(("edin", "olun", "kalin", "takin", "tutun", "verin", "alin", "kullanin", "koruyun", "yapin"))


def is_clause(words: list[str]) -> bool:
    """Whether a term is an object with its verb, in the infinitive or imperative: *ellerinizi yıkayın*."""
    last = words[-1]
    return len(words) > 1 and (
        last in _IMPERATIVES or last.endswith(("mak", "mek", "yin", "yun", "yün", "yiniz", "yunuz", "yünüz"))
    )
