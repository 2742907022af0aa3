"""What is known about each language, by its BCP 47 primary subtag."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from consentry.glossary.matching.inflect import asian, germanic, greek, other, romance, semitic, slavic, turkic, uralic
from consentry.glossary.matching.inflect.paradigm import Inflection, words
from consentry.glossary.matching.normalise import Normaliser, inclusive, without_marks

Compound = Callable[[str, str, Inflection], bool]

_SELF = ("само", "samo", "auto", "self")


def self_compound(term: str, text: str, inflection: Inflection) -> bool:
    """*Self-* written onto the word: самоизоляция, autoaislamiento are kinds of изоляция, aislamiento."""
    for prefix in _SELF:
        if text.startswith(prefix) and len(text) - len(prefix) >= 5:
            return not inflection.text(text[len(prefix) :]).isdisjoint(inflection.term(term))
    return False


_REMEMBERED = 512


class Forms(dict[str, bool]):
    """Token of a text → whether it is a form, or a compound, of one word of a term. Remembers a bounded number."""

    def __init__(self, word: str, language: "Language") -> None:
        super().__init__()
        self._word = word
        self._language = language

    def __missing__(self, token: str) -> bool:
        if len(self) >= _REMEMBERED:
            self.clear()
        found = self[token] = self._is_form(token)
        return found

    def _is_form(self, token: str) -> bool:
        word, language = self._word, self._language
        if word == token or language.same.get(word, word) == language.same.get(token, token):
            return True
        inflection = language.inflection
        if not inflection.term(word).isdisjoint(inflection.text(token)):
            return True
        return language.compound is not None and language.compound(word, token, inflection)


@dataclass(frozen=True)
class Language:
    """How one language is normalised and inflected.

    ``free`` words (articles, clitic pronouns) may come between the words of a term and count for nothing. ``same`` maps
    contractions to the preposition in them (du → de). ``gender`` maps articles and contractions to the gender of the
    noun they announce: *crise du COVID* is not *crise de la COVID*. ``articles`` maps articles, possessives and
    contractions to ``d`` (definite), ``i`` (indefinite) or ``di``: one that an entry shows must be there, of that kind.
    ``links`` (and, or) may stand in a gap. ``clause`` tells a verb with its object: adverbs stand between.
    ``unspaced``: no blanks between words, a term is found anywhere.
    """

    code: str
    normaliser: Normaliser
    inflection: Inflection
    compound: Compound | None = None
    free: frozenset[str] = frozenset()
    same: dict[str, str] = field(default_factory=dict)
    gender: dict[str, str] = field(default_factory=dict)
    articles: dict[str, str] = field(default_factory=dict)
    links: frozenset[str] = frozenset()
    clause: Callable[[list[str]], bool] | None = None
    unspaced: bool = False


UNSPACED = frozenset({"zh", "ja", "th", "km", "lo", "my", "yue", "wuu", "bo", "dz"})


def _latin(char: str) -> str:
    return char.casefold()


def _bare(char: str) -> str:
    return romance.without_accents(char.casefold())


def _spanish(char: str) -> str:
    return char.casefold() if char in "ñÑ" else _bare(char)


def _yo(char: str) -> str:
    return "е" if char in "ёЁ" else char.casefold()


def _digits(fold: Callable[[str], str]) -> Callable[[str], str]:
    """Every script's decimal digits as 0–9."""

    def folded(char: str) -> str:
        return str(int(char)) if char.isdecimal() else fold(char)

    return folded


def _plain(code: str, fold: Callable[[str], str] = _latin, *, inside: str = "") -> Normaliser:
    return Normaliser(fold=_digits(fold), inclusive=inclusive(code), inside=inside)


def _french() -> Language:
    return Language(
        "fr",
        Normaliser(fold=_digits(_latin), word=romance.fold_french, inclusive=inclusive("fr")),
        romance.french(),
        compound=self_compound,
        free=words("le la les l un une des ce cette ces son sa ses leur leurs notre nos votre vos mon ma mes"),
        same={"du": "de", "d": "de", "des": "de", "au": "a", "aux": "a"},
        gender={"du": "m", "au": "m", "le": "m", "la": "f"},
        articles={
            **dict.fromkeys(
                words("le la les l ce cette ces son sa ses leur leurs notre nos votre vos mon ma mes"), "d"
            ),
            "du": "d",
            "au": "d",
            "aux": "d",
            "un": "i",
            "une": "i",
            "des": "di",
        },
        links=words("et ou"),
    )


def _spanish_language() -> Language:
    return Language(
        "es",
        _plain("es", _spanish),
        romance.spanish(),
        compound=self_compound,
        free=words("el la los las un una unos unas lo su sus este esta estos estas"),
        same={"del": "de", "al": "a"},
        gender={"del": "m", "al": "m", "el": "m", "los": "m", "la": "f", "las": "f"},
        articles={
            **dict.fromkeys(words("el la los las lo su sus este esta estos estas del al"), "d"),
            **dict.fromkeys(["un", "una", "unos", "unas"], "i"),
        },
        links=words("y e o u"),
    )


def _portuguese() -> Language:
    return Language(
        "pt",
        _plain("pt", _bare),
        romance.portuguese(),
        compound=self_compound,
        free=words("o a os as um uma uns umas seu sua seus suas"),
        same={
            "do": "de", "da": "de", "dos": "de", "das": "de", "no": "em", "na": "em", "nos": "em", "nas": "em",
            "ao": "a", "aos": "a", "pelo": "por", "pela": "por", "pelos": "por", "pelas": "por",
        },
        gender={
            **dict.fromkeys(["o", "os", "do", "dos", "no", "nos", "ao", "aos", "pelo", "pelos"], "m"),
            **dict.fromkeys(["a", "as", "da", "das", "na", "nas", "pela", "pelas"], "f"),
        },
        articles={
            **dict.fromkeys(["o", "a", "os", "as", "seu", "sua", "seus", "suas"], "d"),
            **dict.fromkeys(words("do da dos das no na nos nas ao aos pelo pela pelos pelas"), "d"),
            **dict.fromkeys(["um", "uma", "uns", "umas"], "i"),
        },
        links=words("e ou"),
    )  # fmt: skip


def _italian() -> Language:
    return Language(
        "it",
        _plain("it", _bare),
        romance.italian(),
        compound=self_compound,
        free=words("il lo la i gli le l un uno una suo sua suoi sue loro"),
        same={
            "del": "di", "dello": "di", "della": "di", "dei": "di", "degli": "di", "delle": "di",
            "dell": "di", "d": "di",
            "al": "a", "allo": "a", "alla": "a", "ai": "a", "agli": "a", "alle": "a", "all": "a", "ad": "a",
            "nel": "in", "nello": "in", "nella": "in", "nei": "in", "negli": "in", "nelle": "in", "nell": "in",
            "sul": "su", "sullo": "su", "sulla": "su", "sui": "su", "sugli": "su", "sulle": "su", "sull": "su",
            "dal": "da", "dalla": "da", "dai": "da", "dagli": "da", "dalle": "da", "dall": "da",
        },
        links=words("e o ed"),
    )  # fmt: skip


def _german() -> Language:
    return Language(
        "de",
        _plain("de"),
        germanic.german(),
        compound=germanic.german_compound,
        free=words("der die das den dem des ein eine einen einem einer eines ihr ihre ihren ihrem ihrer ihres"),
        same={"im": "in", "ins": "in", "am": "an", "ans": "an", "zum": "zu", "zur": "zu", "vom": "von", "beim": "bei"},
        articles={
            **dict.fromkeys(
                words("der die das den dem des ihr ihre ihren ihrem ihrer ihres im ins am ans zum zur vom beim"), "d"
            ),
            **dict.fromkeys(["ein", "eine", "einen", "einem", "einer", "eines"], "i"),
        },
        links=words("und oder bzw"),
    )


def _arabic() -> Language:
    return Language("ar", Normaliser(fold=_digits(semitic.fold_arabic), word=semitic.spell_arabic), semitic.arabic())


def _hindi() -> Language:
    normaliser = Normaliser(fold=_digits(asian.fold_devanagari), word=asian.spell_hindi)
    return Language("hi", normaliser, asian.hindi(), same={"के": "का", "की": "का"}, links=words("और या एवं तथा"))


def _tamil() -> Language:
    return Language("ta", Normaliser(fold=_digits(_latin), word=asian.spell_tamil), asian.tamil())


def _turkish() -> Language:
    return Language(
        "tr",
        _plain("tr", turkic.fold_turkish),
        turkic.turkish(),
        free=words("bir"),
        links=words("ve veya ya"),
        clause=turkic.is_clause,
    )


def _english() -> Language:
    return Language("en", _plain("en"), germanic.english(), free=words("a an the your our their its his her my"))


def _simple(
    code: str,
    inflection: Callable[[], Inflection],
    fold: Callable[[str], str] = _latin,
    compound: Compound | None = None,
    free: str = "",
    links: str = "",
    inside: str = "",
) -> Callable[[], Language]:
    def build() -> Language:
        return Language(
            code,
            _plain(code, fold, inside=inside),
            inflection(),
            compound=compound,
            free=words(free),
            links=words(links),
        )

    return build


def without_marks_of(char: str) -> str:
    """Casefolded, without accents."""
    return without_marks(char.casefold())


_GREEK_ARTICLES = "ο η το οι τα του τησ των τον την τουσ τισ ενασ μια ενα ενοσ μιασ"
_NORDIC = {
    "sv": "en ett den det de",
    "nb": "en ei et den det de",
    "nn": "ein ei eit den det dei",
    "da": "en et den det de",
}
_KNOWN: dict[str, Callable[[], Language]] = {
    "en": _english,
    "fr": _french,
    "es": _spanish_language,
    "pt": _portuguese,
    "it": _italian,
    "ca": _simple("ca", romance.catalan, _bare, free="el la els les l un una uns unes"),
    "ro": _simple("ro", romance.romanian, _bare, free="un o al a ai ale cel cea cei cele"),
    "de": _german,
    "nl": _simple("nl", germanic.dutch, _bare, germanic.DUTCH, "de het een"),
    **{code: _simple(code, germanic.nordic, _latin, germanic.NORDIC, articles) for code, articles in _NORDIC.items()},
    "ru": _simple("ru", slavic.russian, _yo, self_compound, links="и или"),
    "uk": _simple("uk", slavic.ukrainian, _latin, self_compound, links="і й та або", inside="'’ʼ"),
    "bg": _simple("bg", slavic.bulgarian),
    "pl": _simple("pl", slavic.polish, _latin, self_compound, links="i lub oraz albo"),
    "cs": _simple("cs", slavic.czech),
    "sk": _simple("sk", slavic.czech),
    "hr": _simple("hr", slavic.south_slavic),
    "sr": _simple("sr", slavic.south_slavic),
    "bs": _simple("bs", slavic.south_slavic),
    "sl": _simple("sl", slavic.south_slavic),
    "ar": _arabic,
    "he": _simple("he", semitic.hebrew, semitic.fold_hebrew, inside="\"'׳״"),
    "fa": _simple("fa", semitic.persian, semitic.fold_arabic),
    "ur": _simple("ur", semitic.urdu, semitic.fold_urdu),
    "tr": _turkish,
    "az": _simple("az", turkic.turkish, turkic.fold_turkish, free="bir"),
    "fi": _simple("fi", uralic.finnish, compound=germanic.URALIC, links="ja tai sekä"),
    "hu": _simple("hu", uralic.hungarian, compound=germanic.URALIC, free="a az egy", links="és vagy"),
    "el": _simple("el", greek.greek, without_marks_of, free=_GREEK_ARTICLES, links="και η"),
    "hi": _hindi,
    "bn": _simple("bn", asian.bengali),
    "gu": _simple("gu", asian.gujarati),
    "mr": _simple("mr", asian.marathi, asian.fold_devanagari),
    "id": _simple("id", asian.malay, links="dan atau"),
    "ms": _simple("ms", asian.malay, links="dan atau"),
    "ko": _simple("ko", asian.korean, compound=asian.korean_compound),
    "ta": _tamil,
    "vi": _simple("vi", other.unknown),
    "mk": _simple("mk", slavic.bulgarian),
    "gl": _simple("gl", romance.spanish, _spanish),
    "af": _simple("af", germanic.dutch, _bare, germanic.DUTCH, "die 'n"),
    "is": _simple("is", germanic.nordic, _latin, germanic.NORDIC),
}


@cache
def _primary(code: str) -> Language:
    known = _KNOWN.get(code)
    if known:
        return known()
    if code in UNSPACED:
        return Language(code, _plain(code), other.unknown(), unspaced=True)
    stems = other.snowball(code)
    if stems:
        return Language(code, _plain(code, without_marks_of), stems)
    return Language(code, _plain(code), other.unknown(), compound=other.same_beginning)


_ALIASES = {"no": "nb", "iw": "he", "in": "id", "sh": "hr", "mo": "ro", "cmn": "zh", "arb": "ar"}


def language(tag: str) -> Language:
    """The language of a BCP 47 tag (``de-CH``, ``zh-Hant``, ``pt_BR``); one nobody described still works."""
    code = tag.replace("_", "-").split("-")[0].lower()
    return _primary(_ALIASES.get(code, code))
