"""Finnish and Hungarian: endings in layers, read from the end of the word.

Finnish: stem + number + case + possessive + clitic. The consonant before the ending changes its grade (hoito – hoidon,
rokote – rokotteen), vowels before it come and go; a stem is known by what stays: the word without its last vowels, its
last consonants in one grade. Hungarian: stem + number + possessive + case, with vowels that link or lengthen.
"""

from collections.abc import Iterable, Iterator

import Stemmer

from consentry.glossary.matching.inflect.paradigm import Inflection

_VOWELS = "aeiouyäöáéíóúőűü"
_FI_CLITICS = ("kin", "kaan", "kään", "ko", "kö", "han", "hän", "pa", "pä")
_FI_POSSESSIVES = ("nsa", "nsä", "mme", "nne", "ni", "si")
_FI_CASES = (
    "n", "t", "a", "ä", "ta", "tä", "tta", "ttä", "ssa", "ssä", "sta", "stä", "lla", "llä", "lta", "ltä", "lle", "na",
    "nä", "ksi", "seen", "siin",
)  # fmt: skip
_FI_PLURAL_CASES = ("ja", "jä", "jen", "iden", "itten", "ien", "ihin")
# The last consonants of a stem in strong and weak grade, as one.
_FI_GRADES = (
    ("kk", "k"), ("pp", "p"), ("tt", "t"), ("mp", "mm"), ("nt", "nn"), ("lt", "ll"), ("rt", "rr"), ("ng", "nk"),
    ("lk", "lj"),
)  # fmt: skip
_FI_SINGLE = {"d": "t", "v": "p"}
# A dictionary form's ending and what its oblique stems end in.
_FI_STEMS = (
    ("nen", ("se",)), ("us", ("ukse", "ude")), ("ys", ("ykse", "yde")), ("os", ("okse",)), ("ös", ("ökse",)),
    ("es", ("ekse", "ee")), ("as", ("aa",)), ("äs", ("ää",)), ("is", ("ii", "ikse")), ("ut", ("ee",)), ("yt", ("ee",)),
    ("in", ("ime",)), ("ton", ("ttoma",)), ("tön", ("ttömä",)), ("si", ("si", "de", "se")), ("e", ("ee", "e")),
    ("i", ("i", "e")),
)  # fmt: skip
_FI_INFINITIVES = ("aa", "ää", "ea", "eä", "ia", "iä", "oa", "ua", "yä", "da", "dä", "la", "lä", "na", "nä", "ta", "tä")
# What a last vowel is before the i of the plural.
_FI_BEFORE_I = {"a": ("", "o"), "ä": ("", "ö"), "e": ("",), "i": ("e", "")}


def _fi_split(stem: str) -> tuple[str, str]:
    """``hoido`` → ``hoit o``, ``rokottee`` → ``rokot ee``: the stem in one grade, and its last vowels."""
    root = stem.rstrip(_VOWELS)
    tail = stem[len(root) :]
    before = ""
    while before != root:
        before = root
        for strong, weak in _FI_GRADES:
            if root.endswith(strong) and len(root) > len(strong):
                root = root[: -len(strong)] + weak
                break
    return root[:-1] + _FI_SINGLE.get(root[-1:], root[-1:]), tail


def _fi_stems(word: str) -> list[str]:
    """Oblique stems of a word in its dictionary form."""
    for ending, stems in _FI_STEMS:
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return [word[: -len(ending)] + stem for stem in stems]
    return [word]


def _fi_nominative(word: str) -> Iterator[str]:
    """Keys of a word read as a dictionary form."""
    for stem in _fi_stems(word):
        root, tail = _fi_split(stem)
        yield f"s:{root}{tail}"
        yield from (f"p:{root}{tail[:-1]}{vowel}" for vowel in _FI_BEFORE_I.get(tail[-1:], (tail[-1:],)))
    if word.endswith(("ri", "li", "ni", "hi")):
        yield f"c:{word[:-1]}"  # veri – verta
    if word[-1:] not in _VOWELS:
        yield f"c:{word[:-3]}s" if word.endswith("nen") else f"c:{word}"


def _fi_words(token: str) -> Iterator[str]:
    """The word, also without clitic and possessive."""
    clitics = (token[: -len(c)] for c in _FI_CLITICS if token.endswith(c) and len(token) > len(c) + 4)
    for word in (token, *clitics):
        yield word
        yield from (word[: -len(p)] for p in _FI_POSSESSIVES if word.endswith(p) and len(word) > len(p) + 4)
        if len(word) > 6 and word[-1] == "n" and word[-2] == word[-3]:  # sairaalassaan: his, her, their
            yield word[:-2]


def _fi_case(word: str) -> Iterator[str]:
    """The word without each case that it can be read in."""
    yield from (word[: -len(case)] for case in _FI_CASES if word.endswith(case) and len(word) - len(case) >= 3)
    if word[-1:] == "n" and len(word) > 4 and word[-2] in _VOWELS:
        yield word[:-2]  # hoitoon
        if word[-3] == "h":
            yield word[:-3]  # maahan


def _fi_oblique(token: str) -> Iterator[str]:
    """Keys of a word read as stem, number, case, possessive and clitic."""
    for word in _fi_words(token):
        for stem in (*_fi_case(word), *([word] if word != token else [])):  # suostumukse-si
            root, tail = _fi_split(stem)
            yield f"s:{root}{tail}" if tail else f"c:{stem}"
            if tail.endswith("i"):
                yield f"p:{root}{tail[:-1]}"
        for case in _FI_PLURAL_CASES:
            if word.endswith(case) and len(word) - len(case) >= 3:
                yield "p:" + "".join(_fi_split(word[: -len(case)]))
        if word.endswith("ten") and len(word) > 5:
            yield f"c:{word[:-3]}"  # naisten, tutkimusten


def _fi_keys(token: str, is_term: bool) -> Iterable[str]:
    keys = set(_fi_nominative(token))
    if not is_term or token.endswith(("t", "n")):
        keys.update(_fi_oblique(token))
    if not is_term or token.endswith(_FI_INFINITIVES):
        keys.add(f"v:{_fi_verb(token)}")
    return keys


_fi_verb = Stemmer.Stemmer("finnish").stemWord


def finnish() -> Inflection:
    """Nouns and adjectives in all cases, possessives and clitics; verbs by their Snowball stem."""
    irregular = [
        "lapsi lasta lasten lapsia", "ikä iän iät iässä iästä iälle ikää ikään ikänsä ikäsi",
        "mies miehen miestä miehet", "näkö näön", "aika ajan aikaa ajassa aikana aikojen", "vika vian viat",
        "luku luvun luvut lukua",
    ]  # fmt: skip
    return Inflection([], extra=_fi_keys, irregular=irregular)


_HU_CASES = (
    "t", "ot", "et", "öt", "at", "nak", "nek", "val", "vel", "ért", "ba", "be", "ban", "ben", "ból", "ből", "hoz",
    "hez", "höz", "tól", "től", "nál", "nél", "ra", "re", "on", "en", "ön", "n", "ról", "ről", "ig", "ként",
    "kor", "vá", "vé", "képpen", "enként", "onként", "ul", "ül",
)  # fmt: skip
_HU_POSSESSIVES = (
    "m", "om", "em", "öm", "am", "d", "od", "ed", "öd", "ad", "a", "e", "ja", "je", "unk", "ünk", "nk", "tok", "tek",
    "tök", "otok", "etek", "ötök", "atok", "uk", "ük", "juk", "jük", "ai", "ei", "jai", "jei", "aim", "eim", "im",
    "aid", "eid", "id", "aink", "eink", "ink", "jaink", "jeink", "aik", "eik", "ik", "jaik", "jeik", "aitok", "eitek",
)  # fmt: skip
_HU_PLURALS = ("k", "ok", "ek", "ök", "ak")
_HU_DIGRAPHS = frozenset(("sz", "gy", "ny", "cs", "zs", "ty", "ly"))
_HU_LONG = {"á": "a", "é": "e"}


def _hu_cut(words: set[str], endings: tuple[str, ...]) -> set[str]:
    """``words`` and the same without one of the endings; a vowel lengthened by the ending is short again."""
    cut = {word[: -len(e)] for word in words for e in endings if word.endswith(e) and len(word) - len(e) >= 3}
    return words | cut | _hu_short(cut)


def _hu_short(stems: set[str]) -> set[str]:
    return {stem[:-1] + _HU_LONG[stem[-1]] for stem in stems if stem[-1] in _HU_LONG}


def _hu_keys(token: str, is_term: bool) -> Iterable[str]:
    words = {token}
    if not is_term:
        words = _hu_cut(words, _HU_CASES)
        if len(token) > 5 and token[-2:] in {"al", "el"} and token[-3] == token[-4]:  # gyógyszerrel, orvossal
            words.add(token[:-3])
        if len(token) > 6 and token[-2:] in {"al", "el"} and token[-4:-2] in _HU_DIGRAPHS and token[-5] == token[-4]:
            words.add(token[:-5] + token[-4:-2])  # résszel
        words = _hu_cut(words, _HU_POSSESSIVES)
    adjectives = {word[:-1] for word in words if word[-1] == "i" and word[-2] in _HU_LONG}
    words |= adjectives | _hu_short(adjectives)
    words = _hu_cut(words, _HU_PLURALS)
    keys = {f"h:{word}" for word in words}
    # kérelem – kérelmet, tükör – tükröt: a last short vowel that goes before an ending.
    if len(token) > 4 and token[-1] in "lmrkgn" and token[-2] in "eoöau" and token[-3] not in _VOWELS:
        keys.add(f"d:{token[:-2]}{token[-1]}")
    keys |= {f"d:{word}" for word in words - {token} if word[-1] in "lmrkgn" and word[-2] not in _VOWELS}
    return keys


def hungarian() -> Inflection:
    """Nouns and adjectives: number, possessives, cases."""
    return Inflection([], extra=_hu_keys)
