"""Arabic and Hebrew: clitics written onto the word, sound and broken plurals; Persian and Urdu.

The relative adjective (-ī) is another word: فيروسي (viral) is not a form of فيروس (virus), so its ending is never cut.
"""

import re
from collections.abc import Iterable, Iterator

from consentry.glossary.inflect.paradigm import Inflection, paradigm

_ARABIC = str.maketrans(
    {
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ٱ": "ا",
        "ؤ": "و",
        "ئ": "ي",
        "ک": "ك",
        "ی": "ي",
        "ے": "ي",
        "ہ": "ه",
        "ھ": "ه",
        "ۃ": "ة",
        "گ": "ك",
        "ـ": "",
    }
)


_TANWIN_I = "\u064d"


def fold_arabic(char: str) -> str:
    """One letter: hamza and alif forms as one, no vowel signs, no elongation."""
    if char == _TANWIN_I:
        return char
    if "\u064b" <= char <= "\u065f" or char in "\u0670\u0640" or "\u06d6" <= char <= "\u06ed":
        return ""
    return char.translate(_ARABIC).casefold()


def spell_arabic(word: str) -> str:
    """Tanwin of a defective noun stands for its lost ي (معدٍ – المعدي); elsewhere it is only a case ending."""
    if _TANWIN_I not in word:
        return word
    bare = word.replace(_TANWIN_I, "")
    return bare + "ي" if word.endswith(_TANWIN_I) and len(bare) <= 4 and bare.startswith(("م", "ت")) else bare


_CONJUNCTIONS = ("", "و", "ف")
_PREPOSITIONS = ("", "ب", "ك", "ل")
_SUFFIXES = ("هما", "كما", "ها", "هم", "هن", "كم", "كن", "نا", "ه", "ك")
_ENDINGS = ("تين", "تان", "ات", "ين", "ون", "ان", "ة", "ا")
_SHORTEST = 3


def _without_article(word: str) -> str | None:
    return word[2:] if word.startswith("ال") and len(word) >= _SHORTEST + 1 else None


def _proclitics(token: str) -> Iterator[str]:
    """Every reading of what stands before the word."""
    for conjunction in _CONJUNCTIONS:
        if not token.startswith(conjunction):
            continue
        rest = token[len(conjunction) :]
        for preposition in _PREPOSITIONS:
            if not rest.startswith(preposition):
                continue
            word = rest[len(preposition) :]
            if len(word) < (_SHORTEST if conjunction or preposition else 2):
                continue
            yield word
            bare = _without_article(word)
            if bare:
                yield bare
            if preposition == "ل" and word.startswith("ل") and len(word) > _SHORTEST:
                yield word[1:]  # لل: the article's alif is not written


def _bare(word: str) -> Iterator[str]:
    """The word without number, gender and case."""
    yield word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            yield word[: -len(ending)]


def _enclitics(word: str) -> Iterator[str]:
    """Every reading of a pronoun behind the word; ة is written ت before one."""
    yield word
    for suffix in _SUFFIXES:
        stem = word[: -len(suffix)]
        if word.endswith(suffix) and len(stem) >= _SHORTEST:
            yield stem
            if stem.endswith("ت") and len(stem) > _SHORTEST:
                yield stem[:-1]


_BROKEN: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile("^ا(.)(.)ا(.)$"), (r"\1\2\3",)),  # أمراض – مرض
    (re.compile("^ا(.)(.)(.)ة$"), (r"\1\2ا\3",)),  # أجهزة – جهاز
    (re.compile("^ا(.)(.)ية$"), (r"\1\2اء",)),  # أدوية – دواء
    (re.compile("^(.)(.)ا(.)(.)$"), (r"\1\2\3\4",)),  # مراكز – مركز, تجارب – تجربة
    (re.compile("^(.)وا(.)(.)$"), (r"\1ا\2\3",)),  # جوائح – جائحة
    (re.compile("^(.)(.)اي(.)$"), (r"\1\2ي\3", r"\1\2ا\3")),  # وثائق – وثيقة, رسائل – رسالة
    (re.compile("^(.)(.)(.)اء$"), (r"\1\2ي\3",)),  # خبراء – خبير
    (re.compile("^(.)(.)ا(.)ي(.)$"), (r"\1\2\3و\4", r"\1\2\3ا\4")),  # صناديق – صندوق
    (re.compile("^ا(.)(.)(.)$"), (r"\1\2\3",)),  # أسطح – سطح
)


def _arabic_keys(token: str, is_term: bool) -> Iterable[str]:
    token = token.replace("ى", "ي")
    if is_term:
        bare = _without_article(token)
        words = {token, bare} if bare else {token}
    else:
        words = {reading for word in _proclitics(token) for reading in _enclitics(word)}
    keys: set[str] = set()
    for word in words:
        forms = set(_bare(word))
        keys.update(f"a:{form}" for form in forms)
        if not is_term and len(word) == 3 and word.startswith("ت"):
            keys.add(f"a:{word}ي")  # defective, its tanwin not written: تفش – التفشي
        for form in forms:
            for pattern, singulars in _BROKEN:
                found = pattern.match(form)
                if found:
                    keys.update(f"a:{found.expand(singular)}" for singular in singulars)
    return keys


def arabic() -> Inflection:
    """Clitics, endings, broken plurals. Tokens come folded by ``fold_arabic``."""
    return Inflection(
        [],
        extra=_arabic_keys,
        irregular=["مريض مرضي المرضي للمرضي مريضة", "يد يدين ايدي اليد اليدين الايدي", "امراة نساء النساء"],
    )


def _hebrew_keys(token: str, is_term: bool) -> Iterable[str]:
    words = {token}
    if is_term:
        if token.startswith("ה") and len(token) > _SHORTEST:
            words.add(token[1:])
    else:
        for prefix in ("ו", "ה", "ב", "כ", "ל", "מ", "ש", "וה", "וב", "ול", "ומ", "וש", "שה", "מה", "כש", "כשה", "לכ"):
            if token.startswith(prefix) and len(token) - len(prefix) >= 2:
                words.add(token[len(prefix) :])
    keys: set[str] = set()
    for word in words:
        keys.add(f"h:{word.translate(_FINAL)}")
        for ending in ("ים", "ות", "ה", "ת", "י", "ו", "ם", "ן", "יה", "יו", "יהם", "יות", "ית", "ך", "נו"):
            if word.endswith(ending) and len(word) - len(ending) >= 2:
                keys.add(f"h:{word[: -len(ending)].translate(_FINAL)}")
    return keys


_FINAL = str.maketrans("ךםןףץ", "כמנפצ")


def fold_hebrew(char: str) -> str:
    """One letter without points."""
    return "" if "\u0591" <= char <= "\u05c7" else char.casefold()


def hebrew() -> Inflection:
    """Prefixed particles, plural, construct state, possessives."""
    return Inflection([], extra=_hebrew_keys)


def persian() -> Inflection:
    """Plural, ezafe and the clitic pronouns; ZWNJ has vanished in normalisation."""
    endings = "- ها هاي هايي ي ان يي ات اي هايشان هايش هاي ش شان م مان ت تان يم رو را"
    return Inflection([paradigm("noun", endings, stem=2), paradigm("h", "ه ه اي ه هاي گان كان", stem=2)], shortest=2)


def urdu() -> Inflection:
    """Number and case as in Hindi, in Arabic script."""
    return Inflection(
        [
            paradigm("m-a", "ا ي ون و"),
            paradigm("m-h", "ه ي ون و"),
            paradigm("f-i", "ي يان يون"),
            paradigm("c", "- ين ون ات و"),
            paradigm("verb", "نا ني تا تي ا ي ين و كر", "نا"),
        ]
    )
