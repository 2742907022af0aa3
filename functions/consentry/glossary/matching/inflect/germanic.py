"""German with its compounds, Dutch, the Nordic languages, and English as the source."""

import re
from dataclasses import dataclass

from consentry.glossary.matching.inflect.paradigm import Inflection, paradigm, words

_UMLAUT = str.maketrans("äöü", "aou")

# What stands before a word and changes its meaning instead of narrowing it: "unregelmäßig" is not a kind of
# "regelmäßig", "Vorerkrankung" is not the "Erkrankung" meant.
_NOT_MODIFIERS = words(
    "nicht anti präe pra post non hypo hyper inter intra sub trans miss ver zer ent emp vor nach "
    "uber unter auf aus ein bei mit wider gegen fort her hin los weg durch hinter dis pro kontra "
    "pseudo erz zwischen auto des ruck zuruck zusammen voraus heraus herein hinein wieder nieder "
    "empor voll fehl"
)
# What stands after a word and makes another part of speech of it, or its opposite.
_NOT_HEADS = words(
    "lich isch haft los bar keit heit schaft ung sam ieren iert ierung ierte isieren isiert "
    "isierung chen lein ismus ist tum frei artig ativ ation ator atisch atik ik iker ose tion or "
    "itat mal wart voll weise"
)
_LINKS = ("", "s", "n", "en", "es", "er", "e")


def german() -> Inflection:
    """Nouns (umlaut ignored), adjectives, regular verbs, and the feminine in -in."""
    return Inflection(
        [
            paradigm("noun", "- e es s en er ern", stem=3),
            paradigm("noun-n", "- n s", stem=3, after="e er el"),
            paradigm("feminine", "- e in innen en n", stem=3),
            paradigm("e-feminine", "e in innen en", stem=3),
            paradigm("latin", "um a en ums", stem=3),
            paradigm("latin-us", "us en i", stem=3),
            paradigm("latin-is", "is en", stem=3),
            paradigm("latin-o", "o en os", stem=3),
            paradigm("nis", "nis nisse nissen nisses", stem=3),
            paradigm("ma", "ma mas men mata", stem=2),
            paradigm("latin-ien", "- s ien", stem=4, after="al il ip"),
            paradigm("adjective", "- e em en er es ere erem eren erer eres ste stem sten ster stes", stem=3),
            paradigm("el-er", "el er l r le re les res len ren ler rer lem rem", after="b c d f g k p t v x", stem=4),
            paradigm("verb", "en e st t est et te ten tet ete eten etet end", "en", stem=3),
            paradigm("verb-n", "n e st t te ten nd", "n", stem=4, after="er el"),
        ],
        alternate=_german_stems,
        extra=_participle,
        irregular=["hoch hohe hohen hoher hohes hohem"],
    )


def _german_stems(stem: str, _ending: str) -> tuple[str, ...]:
    return (stem.translate(_UMLAUT),)


_SEPARABLE = (
    "ab", "an", "auf", "aus", "bei", "durch", "ein", "fest", "her", "hin", "los", "mit", "nach", "um", "vor", "weg",
    "zu", "zurück", "zusammen",
)  # fmt: skip
_GE = re.compile(rf"(?P<prefix>{'|'.join(_SEPARABLE)})?ge(?P<stem>.{{3,}}?)e?t(?:e[mnrs]?)?$")
_ZU = re.compile(rf"(?P<prefix>{'|'.join(_SEPARABLE)})zu(?P<rest>.{{3,}}e[lr]?n)$")


def _participle(token: str, is_term: bool) -> tuple[str, ...]:
    """geimpft, eingewilligt and einzuwilligen belong to their infinitive; -iert needs no ge-."""
    if token.endswith("ieren"):
        return (f"iert:{token[:-5]}",)
    for end in ("iert", "ierte", "ierten", "iertes", "ierter", "iertem"):
        if token.endswith(end):
            return (f"iert:{token[: -len(end)]}",)
    if is_term:
        return (f"ge:{token[:-2]}",) if token.endswith("en") else (f"ge:{token[:-1]}",) if token[-1] == "n" else ()
    found = _GE.match(token)
    if found:
        return (f"ge:{found['prefix'] or ''}{found['stem']}",)
    found = _ZU.match(token)
    return (f"={found['prefix']}{found['rest']}",) if found else ()


def german_compound(term: str, text: str, inflection: Inflection) -> bool:
    """Whether ``text`` is a compound whose first or last member is ``term``: *Infektionsrisiko*, *Symptombeginn*."""
    if len(term) < 4 or len(text) < len(term) + 3:
        return False
    flat_term, flat = term.translate(_UMLAUT), text.translate(_UMLAUT)
    base = _base(flat_term)
    at = flat.find(base)
    if at < 0:
        return False
    if at == 0:
        return _opens(flat_term, base, flat)
    modifier = flat[:at]
    if len(modifier) < 3 or modifier in _NOT_MODIFIERS or not _has_vowel(modifier):
        return False
    return bool(inflection.text(text[at:]) & inflection.term(term)) or (
        # the middle member of three: Lungen|entzündungs|risiko
        _opens(flat_term, base, flat[at:])
    )


def _base(term: str) -> str:
    """The term without the ending of its number, as it stands inside a compound."""
    for ending in ("en", "er", "e", "n"):
        if term.endswith(ending) and len(term) - len(ending) >= 5:
            return term[: -len(ending)]
    return term


def _opens(term: str, base: str, text: str) -> bool:
    for member in dict.fromkeys((term, base)):
        for link in _LINKS:
            head = text[len(member) + len(link) :]
            if text.startswith(member + link) and len(head) >= 4 and _has_vowel(head) and not _is_suffix(head):
                return True
    return False


def _is_suffix(head: str) -> bool:
    """Whether what follows is a derivational suffix with its endings rather than a word."""
    for ending in ("", "e", "en", "er", "es", "em", "s", "t", "te", "ten", "n"):
        if head.endswith(ending) and head[: len(head) - len(ending)] in _NOT_HEADS:
            return True
    return head.startswith(("isch", "ier", "lich", "isier", "ell", "haft", "tisch"))


def _has_vowel(text: str) -> bool:
    return not set("aeiouyäöü").isdisjoint(text)


def english() -> Inflection:
    """Number, Latin and Greek plurals, regular verbs, and the irregular words forms and medicine use."""
    doubled = [paradigm(f"double-{c}", f"- s {c}ed {c}ing", stem=3, after=c) for c in "bdglmnprt"]
    return Inflection(
        [
            paradigm("noun", "- s", stem=2),
            paradigm("noun-es", "- es", stem=2, after="s x z ch sh o"),
            paradigm("y", "y ies", stem=2),
            paradigm("f", "f ves", stem=2),
            paradigm("fe", "fe ves", stem=2),
            paradigm("is", "is es", stem=3),
            paradigm("um", "um a ums", stem=3),
            paradigm("on", "on a ons", stem=5),
            paradigm("us", "us i uses", stem=3),
            paradigm("a", "a ae as", stem=4),
            paradigm("ix", "ix ices ixes", stem=3),
            paradigm("ex", "ex ices exes", stem=3),
            paradigm("ma", "ma mata mas", stem=3),
            paradigm("verb", "- s es ed ing", stem=3),
            paradigm("verb-e", "e es ed ing", stem=2),
            paradigm("verb-y", "y ies ied ying", stem=2),
            *doubled,
        ],
        irregular=[
            "man men", "woman women", "child children", "foot feet", "tooth teeth", "mouse mice",
            "person people persons",
            "spread spreads spreading", "take takes took taken taking", "give gives gave given giving",
            "feel feels felt feeling", "have has had having", "do does did done doing",
            "be is are was were been being",
            "speak speaks spoke spoken speaking", "write writes wrote written writing",
            "choose chooses chose chosen choosing",
            "send sends sent sending", "withdraw withdraws withdrew withdrawn withdrawing", "make makes made making",
            "get gets got getting gotten", "keep keeps kept keeping", "hold holds held holding",
            "tell tells told telling",
            "know knows knew known knowing", "see sees saw seen seeing", "go goes went gone going",
            "break breaks broke broken breaking", "bleed bleeds bled bleeding", "breathe breathes breathed breathing",
            "analysis analyses", "diagnosis diagnoses", "virus viruses", "lens lenses",
        ],
        shortest=2,
    )  # fmt: skip


def dutch() -> Inflection:
    """Plural in -en/-s with doubled consonants and vowels, adjectives and their degrees, weak participles."""
    return Inflection(
        [
            paradigm("noun", "- s en e n", stem=3),
            paradigm("heid", "heid heden", stem=3),
            paradigm("ie", "ie ien ies", stem=3),
            paradigm("um", "um a ums", stem=3),
            paradigm("us", "us i ussen", stem=3),
            paradigm("is", "is es issen", stem=3),
            paradigm("adjective", "- e ere st ste", stem=3),
            paradigm("verb", "en - t te ten de den end ende d", "en", stem=3),
        ],
        alternate=_dutch_stems,
        extra=_dutch_participle,
    )


_DUTCH_GE = re.compile(
    r"(?P<prefix>aan|af|bij|door|in|mee|na|om|op|over|terug|toe|uit|voor|weg)?ge(?P<stem>.{3,}?)[dt]e?$"
)


def _dutch_participle(token: str, is_term: bool) -> tuple[str, ...]:
    """gevaccineerd, ingediend: weak participles belong to their infinitive."""
    if is_term:
        return tuple(f"ge:{stem}" for stem in _dutch_stems(token[:-2], "")) if token.endswith("en") else ()
    found = _DUTCH_GE.match(token.replace("ï", "i").replace("ë", "e"))
    return tuple(f"ge:{found['prefix'] or ''}{stem}" for stem in _dutch_stems(found["stem"], "")) if found else ()


def _dutch_stems(stem: str, _ending: str) -> tuple[str, ...]:
    """Doubled letters and final v/f, z/s are spelling, not stem: man/mannen, maat/maten, brief/brieven."""
    single = "".join(char for i, char in enumerate(stem) if i == 0 or char != stem[i - 1])
    if single.endswith("v"):
        single = single[:-1] + "f"
    elif single.endswith("z"):
        single = single[:-1] + "s"
    return (single,)


def nordic() -> Inflection:
    """Swedish, Norwegian, Danish: indefinite and definite, both numbers, genitive; adjectives and their degrees."""
    nominal = (
        "- s e er ar or en et n t ens ets a an as ans na nas erna arna orna ernas arnas ornas ene enes "
        "erne ernes ers r rne rnes"
    )
    degrees = "ast aste est este"
    return Inflection(
        [
            paradigm("noun", nominal, stem=3),
            paradigm("noun-e", "e en et ene er erne erna ers ens es ets", stem=3),
            paradigm("noun-a", "a an or orna as ans ors ornas", stem=3),
            paradigm("adjective", f"- t e a {degrees}", stem=3),
            paradigm("adjective-en", "en et ne na", stem=3),
            paradigm("adjective-ad", "ad at ade", stem=3),
            paradigm("d", "d t da de", stem=3),
            paradigm("um", "um et a er ene erna ernas", stem=3),
            paradigm("is", "is en er erne es", stem=3),
            paradigm("verb", "a ar ade at ad e er ede et te t r s as ades ats des", "a e", stem=3),
        ],
        alternate=_nordic_stems,
    )


_NORDIC_FLAT = str.maketrans("äöæø", "aoao")


def _nordic_stems(stem: str, ending: str) -> tuple[str, ...]:
    """Nummer – numre, läkemedel – läkemedlet; doubled consonants before an ending (program – programmet)."""
    flat = stem.translate(_NORDIC_FLAT)
    found = [flat]
    if len(flat) > 3 and flat[-1] == flat[-2]:
        found.append(flat[:-1])
    if not ending and len(flat) > 4 and flat[-1] in "lnr" and flat[-2] == "e" and flat[-3] not in "aeiouyå":
        lost = flat[:-3] if flat[-3] == flat[-4] else flat[:-2]  # legemiddel – legemidlet
        found.append(f"{lost}{flat[-1]}°")
    if ending and len(flat) > 3 and flat[-1] in "lnr" and flat[-2] not in "aeiouyå":
        found.append(f"{flat}°")
    return tuple(found)


@dataclass(frozen=True)
class Compounds:
    """How a language writes words together: what links them, and what is no word of its own before or behind."""

    links: tuple[str, ...] = ("",)
    not_modifiers: frozenset[str] = frozenset()
    not_heads: tuple[str, ...] = ()
    opening: int = 4
    """The least length of a term as the first member."""

    def __call__(self, term: str, text: str, inflection: Inflection) -> bool:
        """Whether ``text`` is a compound with ``term`` as its last member, or as its first before a real head."""
        if len(term) < 4 or len(text) < len(term) + 3:
            return False
        at = text.find(term[:-1] if term.endswith(("e", "a")) else term)
        if at < 0:
            return False
        if at == 0:
            return len(term) >= self.opening and any(self._head(text, term + link) for link in self.links)
        return (
            at >= 3 and text[:at] not in self.not_modifiers and bool(inflection.text(text[at:]) & inflection.term(term))
        )

    def _head(self, text: str, before: str) -> bool:
        head = text[len(before) :]
        return text.startswith(before) and len(head) >= 4 and _has_vowel(head) and not head.startswith(self.not_heads)


DUTCH = Compounds(
    ("", "s", "e", "en"),
    words("anti non sub pre post mis ver her ont bij des inter intra hyper hypo over onder voor tegen"),
    (
        "heid",
        "lijk",
        "baar",
        "zaam",
        "schap",
        "loos",
        "achtig",
        "isch",
        "iser",
        "eren",
        "atie",
        "iteit",
        "ings",
        "teit",
    ),
    5,
)
NORDIC = Compounds(
    ("", "s", "e", "er"),
    words("anti non sub pre post mis for før för mot und ute inn över over under efter etter inter hyper hypo åter"),
    ("lig", "het", "hed", "ning", "else", "skap", "bar", "som", "fri", "løs", "lös", "isk", "iser", "itet", "aktig"),
    5,
)
URALIC = Compounds(
    ("", "n"), words("epä anti nem ellen vissza meg"), ("inen", "isuu", "isyy", "ság", "ség", "talan"), 6
)
