"""French, Spanish, Portuguese, Italian, Catalan, Romanian: number, gender, and verbs cited by their infinitive."""

from consentry.glossary.matching.inflect.paradigm import Alternate, Inflection, paradigm
from consentry.glossary.matching.normalise import without_marks

_FR_ER = (
    "er e es ons ez ent ais ait ions iez aient ai as a ames ates erent erai eras era erons erez eront erais erait "
    "erions eriez eraient asse ant ante ants antes é ée és ées"
)
_FR_IR = "ir is it issons issez issent issait issaient irai ira iront irait issant i ie ies"
_FR_RE = "re s t - ons ez ent ait aient rai ra ront rait ant u ue us ues"


def fold_french(token: str) -> str:
    """Accents off (capitals often lack them), but the participle keeps its é: *infecte* is not *infecté*."""
    for ending in ("ées", "ée", "és", "é"):
        if token.endswith(ending):
            return without_accents(token[: -len(ending)]) + ending
    return without_accents(token)


def without_accents(token: str) -> str:
    """The token without accents, ligatures opened."""
    return token if token.isascii() else without_marks(token).replace("œ", "oe").replace("æ", "ae")


# How a last consonant is written before e and i, and elsewhere: cargar – cargue, buscar – busque, alcanzar – alcance.
_SPELLING = {
    "es": (("qu", "c"), ("gu", "g"), ("c", "z")),
    "pt": (("qu", "c"), ("gu", "g")),
    "it": (("ch", "c"), ("gh", "g")),
}


def _spelled(code: str) -> Alternate:
    pairs = _SPELLING[code]

    def stems(stem: str, ending: str) -> tuple[str, ...]:
        if ending[:1] in {"e", "i"}:
            for soft, hard in pairs:
                if stem.endswith(soft):
                    return (stem, stem[: -len(soft)] + hard)
        return (stem,)

    return stems


def french() -> Inflection:
    """Nouns and adjectives in number and gender, the three regular conjugations."""
    return Inflection(
        [
            paradigm("number", "- s x", stem=3),
            paradigm("gender", "- e s es", stem=3),
            paradigm("participle", "é ée és ées"),
            paradigm("double", "- le les s", after="el eil", stem=3),
            paradigm("double-n", "- ne nes s", after="ien on en", stem=3),
            paradigm("double-t", "- te tes s", after="et ot", stem=3),
            paradigm("double-s", "- se ses", after="os as es", stem=2),
            paradigm("al", "al aux ale ales", stem=1),
            paradigm("ail", "ail aux", stem=3),
            paradigm("if", "if ifs ive ives"),
            paradigm("eux", "eux euse euses"),
            paradigm("eur", "eur eurs euse euses"),
            paradigm("teur", "teur teurs trice trices"),
            paradigm("er", "er ers ere eres"),
            paradigm("c", "c cs que ques"),
            paradigm("f", "f fs ve ves"),
            paradigm("verb-er", _FR_ER, "er é ée és ées ant"),
            paradigm("verb-ir", _FR_IR, "ir", stem=3),
            paradigm("verb-re", _FR_RE, "re", stem=3),
        ],
        irregular=[
            "etre est sont était etait etaient sera seront soit soient etant été ete fut furent",
            "oeil yeux",
            "recevoir recois recoit recoivent recevons recevez recevra recevront recu recue recus recues",
            "aigu aigue aigus aigues",
            "sec seche secs seches",
            "fou folle fous folles",
        ],
    )


_ES_AR = (
    "ar o as a amos ais an aba abas abamos aban e aste o aron ara aras aran aremos aria arias arian are en es emos "
    "ando ado ada ados adas"
)
_ES_ER = (
    "er ir o es e emos imos en ia ias iamos ian i iste io ieron era eria erian ira iria iran eran a "
    "an amos iendo ido ida idos idas"
)


def spanish() -> Inflection:
    """Number; gender of adjectives, participles and persons; regular verbs. Tokens come without accents but ñ."""
    return Inflection(
        [
            paradigm("number", "- s", stem=3),
            paradigm("plural-es", "- es", stem=3),
            paradigm("z", "z ces"),
            paradigm("gender", "o a os as", stem=3),
            paradigm("person", "- a es as", after="or ol an in on es", stem=4),
            paradigm("verb-ar", _ES_AR, "ar", stem=3),
            paradigm("verb-er", _ES_ER, "er ir", stem=3),
            *[
                paradigm(
                    f"clitic-{end}",
                    " ".join(f"{end}{clitic}" for clitic in ("", "se", "lo", "la", "los", "las", "le", "les", "nos")),
                )
                for end in ("ar", "er", "ir", "ando", "iendo")
            ],
        ],
        alternate=_spelled("es"),
    )


_PT_AR = (
    "ar asse asses assem assemos arei aremos o as a amos am ava avas avamos avam ei aste ou aram ara aras arao aria "
    "ariam e em es emos ando ado ada ados adas armos arem"
)
_PT_ER = (
    "er ir esse essem isse issem eriam iriam o es e emos imos em ia iam i eu iu eram iram era ira erao irao eria "
    "iria a am amos endo indo ido ida idos idas"
)


def portuguese() -> Inflection:
    """As Spanish; -ão/-ões, -l/-is, -m/-ns. Tokens come without accents."""
    return Inflection(
        [
            paradigm("number", "- s", stem=3),
            paradigm("plural-es", "- es", after="r s z n", stem=3),
            paradigm("ao", "ao oes aos aes a as"),
            paradigm("l", "l is", after="a e o u", stem=2),
            paradigm("il", "il is eis", stem=2),
            paradigm("m", "m ns", after="a e i o u"),
            paradigm("gender", "o a os as", stem=3),
            paradigm("person", "- a es as", after="or es", stem=4),
            paradigm("eu", "eu eia eus eias"),
            paradigm("verb-ar", _PT_AR, "ar", stem=3),
            paradigm("verb-er", _PT_ER, "er ir", stem=3),
        ],
        alternate=_spelled("pt"),
    )


_IT_ARE = (
    "are o i a iamo ate ano avo ava avano ai asti o arono ero era eranno erebbe erebbero ino ando "
    "ato ata ati ate ante anti"
)
_IT_ERE = (
    "ere ire o i e iamo ete ite ono evo eva evano iva ivano ei etti ette uto uta uti ute ito ita "
    "iti ite endo ente enti era eranno ira iranno isce iscono"
)


def italian() -> Inflection:
    """Nouns and adjectives by their vowel; -co/-chi, -go/-ghi; regular verbs. Tokens come without accents."""
    return Inflection(
        [
            paradigm("o", "o i a e", stem=2),
            paradigm("e", "e i", stem=2),
            paradigm("a", "a e", stem=3),
            paradigm("a-i", "a i", stem=3),
            paradigm("co", "co chi ci ca che", stem=2),
            paradigm("go", "go ghi gi ga ghe", stem=2),
            paradigm("io", "io i ia ie", stem=3),
            paradigm("cia", "cia cie ce gia gie ge", stem=2),
            paradigm("tore", "tore tori trice trici", stem=2),
            paradigm("verb-are", _IT_ARE, "are ato", stem=3),
            paradigm("verb-ere", _IT_ERE, "ere ire", stem=3),
        ],
        alternate=_spelled("it"),
    )


_CA_AR = "ar o es a em eu en ava aves avem aven are aras ara arem aran aria arien i is in at ada ats ades ant"
_CA_ER = "er re o s em eu en ia ien ut uda uts udes ent era eran eria erien i in gui guin"
_CA_IR = "ir eixo eixes eix im iu eixen ia ien it ida its ides int ira iran iria irien eixi eixin"


def catalan() -> Inflection:
    """Number and gender; regular verbs. Tokens come without accents."""
    return Inflection(
        [
            paradigm("number", "- s os", stem=3),
            paradigm("a", "a es", stem=3),
            paradigm("gender", "- a s es", stem=3),
            paradigm("n", "- ns", after="a e i o u", stem=3),
            paradigm("t", "t da ts des", stem=3),
            paradigm("c", "c ca cs ques", stem=3),
            paradigm("ca", "ca ques", stem=3),
            paradigm("ga", "ga gues", stem=3),
            paradigm("verb-ar", _CA_AR, "ar", stem=3),
            paradigm("verb-er", _CA_ER, "er re", stem=3),
            paradigm("verb-ir", _CA_IR, "ir", stem=3),
        ],
    )


def romanian() -> Inflection:
    """Number, case and the article at the end of the word. Tokens come without accents."""
    return Inflection(
        [
            paradigm("m", "- i ii ilor ul ului u l le lui", stem=3),
            paradigm("n", "- u uri urile urilor ul ului lui e le ele elor l", stem=3),
            paradigm("ea", "ea ele elei elele elelor eaua", stem=2),
            paradigm("f-a", "a e ei ele elor i ii ile ilor", stem=3),
            paradigm("f-e", "e i ea ii ile ilor", stem=3),
            paradigm("ie", "ie ii ia iei iile iilor", stem=2),
            paradigm("re", "re ri rea rii rile rilor", stem=3),
            paradigm("adj", "- a i e ul ului ei ii ele ilor elor", stem=3),
            paradigm("t", "t ti ta te tul tului tii tilor tele telor", stem=3),
        ],
        alternate=_romanian_stems,
    )


def _romanian_stems(stem: str, ending: str) -> tuple[str, ...]:
    """Culoare – culori, seară – seri; before i also stradă – străzi."""
    tail = stem[-4:].replace("oa", "o").replace("ea", "e")
    flat = stem[:-4] + tail
    if ending.startswith("i") and flat.endswith("z"):
        return (flat, flat[:-1] + "d")
    return (flat,)
