"""Arabic and Hebrew: clitics written onto the word, sound and broken plurals; Persian and Urdu.

The relative adjective (-ī) is another word: فيروسي (viral) is not a form of فيروس (virus), so its ending is never cut.
"""

import re
from collections.abc import Iterable, Iterator

from consentry.glossary.matching.inflect.paradigm import Inflection, paradigm

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
    (re.compile("^ا(.)(.)اء$"), (r"\1\2ي\2",)),  # أطباء – طبيب
    (re.compile("^(.)(.)ا(.)(.)ة$"), (r"\1\2\3\4ي",)),  # صيادلة – صيدلي
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


_HEBREW_PREFIXES = (
    "ו", "ה", "ב", "כ", "ל", "מ", "ש", "וה", "וב", "ול", "ומ", "וש", "שה", "מה", "כש", "כשה", "לכ", "וכ", "שב", "של",
    "שמ", "ובה", "ולה",
)  # fmt: skip
# Endings of one kind of word: number, gender, construct state, possessives. The adjective in -i is a word of its own.
_HEBREW_ENDINGS = {
    "m": " ים י ו ם ן ך נו יו יה יך ינו יכם יהם יהן הם",
    "f": "ה ת ות תו תה תם תי תך תנו תן ותיו ותיה ותיהם ותיהן ותיך ותינו ותי",
    "t": "ת ות יות תו תה תם תי תך תנו",
    "u": "ות ויות ותו ותה ותם ותי ותך ותנו",
    "y": "י ית יים יות",
    "g": " ה ת ים ות",
    "h": "ה ת ים ות",
}
_HEBREW_BY_ENDING: dict[str, list[str]] = {}
for _kind, _endings in _HEBREW_ENDINGS.items():
    for _ending in _endings.split(" "):
        _HEBREW_BY_ENDING.setdefault(_ending, []).append(_kind)


def _hebrew_keys(token: str, is_term: bool) -> Iterable[str]:
    words = {token}
    if is_term:
        if token.startswith("ה") and len(token) > _SHORTEST:
            words.add(token[1:])
    else:
        words |= {token[len(p) :] for p in _HEBREW_PREFIXES if token.startswith(p) and len(token) - len(p) >= 2}
    keys: set[str] = set()
    for word in words:
        keys.add(f"={word}")
        for ending, kinds in _HEBREW_BY_ENDING.items():
            stem = word[: len(word) - len(ending)]
            if word.endswith(ending) and len(stem) >= (2 if len(word) < 5 else 3):
                keys.update(f"{kind}:{stem.translate(_FINAL)}" for kind in kinds)
    return keys


_FINAL = str.maketrans("ךםןףץ", "כמנפצ")


def fold_hebrew(char: str) -> str:
    """One letter without points."""
    return "" if "\u0591" <= char <= "\u05c7" else char.casefold()


def hebrew() -> Inflection:
    """Prefixed particles, plural, construct state, possessives."""
    return Inflection([], extra=_hebrew_keys, irregular=["אחות אחיות האחות האחיות", "בית בתים הבית הבתים"])


def persian() -> Inflection:
    """Plural, ezafe and the clitic pronouns; ZWNJ has vanished in normalisation."""
    endings = "- ها هاي هايي ان ات هايشان هايش هايتان هايمان ش شان مان تان را"  # -i makes another word: بیمار – بیماری
    return Inflection(
        [
            paradigm("noun", endings, stem=2),
            paradigm("vowel", "- ي", stem=2, after="ا و"),
            paradigm("h", "ه ات اي هاي گان كان", stem=2),
        ],
        shortest=2,
    )


def fold_urdu(char: str) -> str:
    """As Arabic; the nasal n is an n."""
    return "ن" if char == "ں" else fold_arabic(char)


def urdu() -> Inflection:
    """Number and case as in Hindi, in Arabic script; Arabic and English plurals."""
    return Inflection(
        [
            paradigm("m-a", "ا ي ون و يون يين"),
            paradigm("m-h", "ه ي ون و"),
            paradigm("f-i", "ي يان يون يو"),
            paradigm("f-t", "ت ات اتي تين تون", stem=3),
            paradigm("c", "- ين ون ات و ز", stem=2),
            paradigm("f-a", "- يين ون و", stem=2, after="ا"),
            paradigm("verb", "نا ني تا تي ا ي ين و كر", "نا"),
        ]
    )
