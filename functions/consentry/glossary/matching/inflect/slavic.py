"""Russian, Ukrainian, Bulgarian, Polish, Czech, Slovak, Croatian and Serbian, Slovene: declension by tables.

Two alternations cross the tables: the vowel that comes and goes before a zero ending (кашель – кашля, próbka –
próbek), and consonants softened before some endings (gorączka – gorączce).
"""

from consentry.glossary.matching.inflect.paradigm import Inflection, Paradigm, paradigm

_CYRILLIC_VOWELS = frozenset("аеёиіїоуыэюяєъ")
_LATIN_VOWELS = frozenset("aeiouyąęóáéěíýúůäôàâêîô")


# Marks a stem that lost its fleeting vowel. A word has one form with a zero ending, with the vowel: kaszel – kaszlu are
# one word, *kaszl* is another. So two zero endings meet in the plain stem alone.
_LOST = "°"


def _fleeting(stem: str, vowels: frozenset[str], fleeting: str) -> str | None:
    """``кашел`` → ``кашл``: the stem before a zero ending without its last, fleeting vowel."""
    if len(stem) >= 3 and stem[-1] not in vowels and stem[-2] in fleeting and stem[-3] not in vowels:
        return stem[:-2] + stem[-1]
    return None


def _both(stem: str, vowels: frozenset[str]) -> tuple[str, ...]:
    """A stem before an ending: by itself, and as one that may have lost a vowel."""
    if len(stem) >= 2 and stem[-1] not in vowels and stem[-2] not in vowels:
        return (stem, stem + _LOST)
    return (stem,)


def _east_stems(stem: str, ending: str) -> tuple[str, ...]:
    if not ending and stem.endswith("ь"):
        return ()  # no form ends in a soft sign of its stem
    if ending in {"", "ь"}:
        without = _fleeting(stem.rstrip("ь"), _CYRILLIC_VOWELS, "оеё")
        if without:
            return (stem, without + _LOST, stem.replace("ь", ""))
        if len(stem) > 3 and stem.endswith("ев"):
            return (stem, f"{stem[:-2]}ьв{_LOST}")
        return (stem,)
    return _both(stem, _CYRILLIC_VOWELS)


def _participle_stems(stem: str, ending: str) -> tuple[str, ...]:
    """A short participle has one н where the long form has two: заражен – зараженный."""
    stems = _east_stems(stem, ending)
    return (*stems, stem + "н") if ending in _SHORT and stem.endswith(("ен", "ан", "ян")) else stems


_SHORT = frozenset(("", "а", "о", "ы"))


_RU_NOUNS = [
    ("f-a", "а ы и е у ой ою - ам ами ах"),
    ("f-ya", "я и е ю ей ею ь - й ям ями ях"),
    ("m", "- а у ом е ы и ов ев ам ами ах ей ем"),
    ("m-soft", "ь я ю ем ом е и ей ям ями ях"),
    ("m-j", "й я ю ем е и ев ям ями ях"),
    ("n-o", "о а у ом е - ам ами ах"),
    ("n-e", "е я а ю у ем и ей - ам ами ах ям ями ях"),
    ("n-ie", "ие ия ию ием ии ий иям иями иях ье ья ью ьем"),
    ("f-iya", "ия ии ию ией иею ий иям иями иях"),
    ("f-soft", "ь и ью ей ям ями ях"),
    ("n-mya", "мя мени менем мена мен менам менами менах"),
]
_RU_ADJECTIVE = "ый ий ой ая яя ое ее ые ие ого его ому ему ым им ом ем ей ую юю ых их ыми ими ою ею ейший - а о ы"
_RU_ADJECTIVE_LONG = "ый ий ой ая яя ое ее ые ие ого его ых их ому ему ым им ыми ими ую"
_RU_PRESENT = "ть ти ю у ешь ет ем ете ют ут ишь ит им ите ят ат й йте л ла ло ли в вши"


def _nouns(entries: list[tuple[str, str]], stem: int = 2) -> list[Paradigm]:
    return [paradigm(name, endings, stem=stem) for name, endings in entries]


def _reflexive(endings: str) -> str:
    """Reflexive verb forms: -ся after consonants, -сь after vowels."""
    return " ".join(f"{ending}ся {ending}сь" for ending in endings.split() if ending != "-")


def _verb(name: str, endings: str, citation: str) -> Paradigm:
    """A verb with its reflexive forms."""
    return paradigm(name, f"{endings} {_reflexive(endings)}", f"{citation} {_reflexive(citation)}")


def russian() -> Inflection:
    """Six cases, both numbers, short adjectives, regular verbs by infinitive."""
    ova = "овать ую уешь ует уем уете уют уй уйте овал овала овало овали овав ованный"
    return Inflection(
        [
            *_nouns(_RU_NOUNS),
            paradigm("adjective", _RU_ADJECTIVE, _RU_ADJECTIVE_LONG, stem=2),
            paradigm("possessive", "ий ья ье ьи ьего ьему ьим ьем ьей ью ьих ьими", stem=3),
            _verb("verb", _RU_PRESENT, "ть ти"),
            _verb("verb-a", "ать аю аешь ает аем аете ают ай айте ал ала ало али ав у ешь ет ем ете ут", "ать"),
            _verb("verb-i", "ить ю у ишь ит им ите ят ат и ите ил ила ило или ив", "ить"),
            _verb("verb-e", "еть ею еешь еет еем еете еют ел ела ело ели ев ю ишь ит им ите ят", "еть"),
            _verb("verb-ova", ova, "овать"),
            _verb("verb-3", "ет ют л ла ло ли ть", "ет ют"),
        ],
        alternate=_participle_stems,
        irregular=[
            "человек люди людей людям людьми людях человека человеку человеком",
            "ребенок дети детей детям детьми детях ребенка ребенку ребенком",
            "мать матери матерью", "дочь дочери дочерью",
        ],
    )  # fmt: skip


def ukrainian() -> Inflection:
    """As Russian, with its own endings and the i/o, i/e alternation before a zero ending."""
    adjective = "ий ій а я е є і ого ього ому ьому им ім ої ьої ій ою ьою у ю их іх ими іми"
    ova = "увати ую уєш ує уємо уєте ують уй уйте ував увала увало ували ований"
    return Inflection(
        [
            paradigm("f-a", "а и і у ою - ам ами ах о"),
            paradigm("f-ya", "я і ю ею ь - й ям ями ях"),
            paradigm("m", "- а у ові ом і и ів ам ами ах е ей"),
            paradigm("m-soft", "ь я ю еві ем і ів ям ями ях"),
            paradigm("m-j", "й я ю єві єм ї їв ям ями ях"),
            paradigm("n-o", "о а у ом і - ам ами ах"),
            paradigm("n-ya", "я ю ям і ь - ями ях"),
            paradigm("n-e", "е я а ю у ем і ь - ям ями ях ам ами ах"),
            paradigm("f-iya", "ія ії ію ією ій іям іями іях"),
            paradigm("f-soft", "ь і ю - ей ям ями ях ти"),
            paradigm("f-ist", "ість ості істю остей остям остями остях"),
            paradigm("participle", "ений ено ені ена ене еного еної ених еним ених еними", stem=3),
            paradigm("participle-a", "аний ано ані ана ане аного аної аних аним аних аними", stem=3),
            paradigm("adjective", adjective, stem=2),
            _verb("verb", "ти ю єш є ємо єте ють в ла ло ли й йте у еш е емо ете уть", "ти"),
            _verb("verb-i", "ити ю у иш ить имо ите ять ив ила ило или", "ити"),
            _verb("verb-uva", ova, "увати"),
        ],
        alternate=_ukrainian_stems,
    )


def _ukrainian_stems(stem: str, ending: str) -> tuple[str, ...]:
    found = list(_east_stems(stem, ending))
    if ending in {"", "ь"} and len(stem) > 2 and stem[-2] == "і":
        found += [f"{stem[:-2]}{vowel}{stem[-1]}" for vowel in ("о", "е", "ьо")]
    if len(stem) > 3 and stem[-1] == stem[-2]:
        found.append(stem[:-1])
    if ending == "і" and stem[-1] in _UK_SOFT:
        found.append(stem[:-1] + _UK_SOFT[stem[-1]])
    return tuple(found)


_UK_SOFT = {"ц": "к", "з": "г", "с": "х"}


def bulgarian() -> Inflection:
    """No cases: number and the article at the end of the word."""
    return Inflection(
        [
            paradigm("m", "- ът а ове овете и ите ят я"),
            paradigm("m-soft", "й я ят и ите ев"),
            paradigm("f", "а ата и ите"),
            paradigm("f-ya", "я ята и ите"),
            paradigm("f-cons", "- та и ите"),
            paradigm("n-o", "о ото а ата"),
            paradigm("n-e", "е ето я ята та тата ета етата"),
            paradigm("n-ne", "не нето ния нията", stem=3),
            paradigm("adjective", "- ен на но ни ният ния ната ното ните ия ият а ата о ото и ите"),
            paradigm("verb", "м ш - ме те т х хме хте ха л ла ло ли", stem=4),
        ],
        alternate=_bulgarian_stems,
    )


def _bulgarian_stems(stem: str, ending: str) -> tuple[str, ...]:
    if not ending:
        without = _fleeting(stem, _CYRILLIC_VOWELS, "еъ")
        return (stem, without + _LOST) if without else (stem,)
    if ending in {"и", "ите"} and stem[-1] in _BG_SOFT:
        return (stem, stem[:-1] + _BG_SOFT[stem[-1]])
    return _both(stem, _CYRILLIC_VOWELS)


_BG_SOFT = {"ц": "к", "з": "г", "с": "х"}


_PL_NOUNS = [
    ("f-a", "a y i ę ą e o - om ami ach ie"),
    ("f-ia", "ia i ię ią io ie - iom iami iach ii"),
    ("f-ja", "ja ji ję ją je jom jami jach i"),
    ("f-soft", "- i y ą e o om ami ach ią iom iami iach ie"),
    ("m", "- a u owi em iem e ie y i ów om ami ach owie o"),
    ("m-soft", "- a ia u iu owi iowi em iem i y e ie ów iów om iom ami iami ach iach"),
    ("n-o", "o a u em iem e ie - om ami ach"),
    ("n-e", "e ie a ia u iu em iem - i y om iom ami iami ach iach"),
    ("n-um", "um a ów om ami ach"),
]
_PL_ADJECTIVE = "y i a ia e ie ego iego emu iemu ym im ej iej ą ią ych ich ymi imi"


def _polish_stems(stem: str, ending: str) -> tuple[str, ...]:
    if ending:
        return _both(_hard(stem), _LATIN_VOWELS)
    stems, lost = {stem}, set()
    without = _fleeting(stem, _LATIN_VOWELS, "e")
    if without:
        lost |= {without, without.replace("i", "", 1) if without[-2:-1] == "i" else without}
    elif len(stem) > 3 and stem[-3:-1] == "ie":  # -ień, -iec
        lost.add(stem[:-3] + stem[-1])
    if "ó" in stem[-3:]:
        stems.add(stem[:-3] + stem[-3:].replace("ó", "o"))
    if "ą" in stem[-3:]:
        stems.add(stem[:-3] + stem[-3:].replace("ą", "ę"))
    return (*{_hard(each) for each in stems}, *{_hard(each) + _LOST for each in lost})


# Softened stem-final consonants and what they go back to; longest first.
_PL_SOFT = (
    ("ści", "st"), ("ść", "st"), ("śc", "st"), ("dzi", "d"), ("dź", "d"), ("zdz", "zd"), ("sz", "ch"), ("rz", "r"),
    ("cz", "k"), ("dz", "g"), ("ci", "t"), ("ć", "t"), ("si", "s"), ("ś", "s"), ("zi", "z"), ("ź", "z"), ("ni", "n"),
    ("ń", "n"), ("ż", "g"), ("c", "k"), ("l", "ł"), ("śl", "sł"),
)  # fmt: skip


def _hard(stem: str) -> str:
    """The stem with its last consonants hardened, so that *gorączc-* and *gorączk-* are one."""
    trimmed = stem[:-1] if stem.endswith("i") and len(stem) > 3 and stem[-2] not in _LATIN_VOWELS else stem
    for soft, hard in _PL_SOFT:
        for form in (stem, trimmed):
            if form.endswith(soft):
                rest = form[: -len(soft)]
                return rest[:-1] + _PL_BEFORE.get(rest[-1:], rest[-1:]) + hard
    return trimmed


_PL_BEFORE = {"ń": "n", "ś": "s", "ź": "z"}  # mieszkaniec – mieszkańcy, wrzesień – wrześniu


def polish() -> Inflection:
    """Seven cases, both numbers, masculine personal, passive participles, gerunds, verbs by infinitive."""
    return Inflection(
        [
            *_nouns(_PL_NOUNS),
            paradigm("gerund", "nie nia niu niem - niom niami niach ń", stem=3, after="a e o"),
            paradigm("gerund-c", "cie cia ciu ciem ć ciom ciami ciach", stem=3, after="ę i y"),
            paradigm("f-osc", "ość ości ością ościom ościami ościach", stem=2),
            paradigm("adjective", _PL_ADJECTIVE, "y i a ia e ie ego iego ych ich ej iej ą ym im", stem=2),
            paradigm("participle", "ony eni ona one ono onego onych onym onymi onej oną onemu", stem=2),
            paradigm("verb-ac", "ać am asz a amy acie ają ał ała ało ali ały aj ajcie any ana ane ani ano", "ać"),
            paradigm("verb-owac", (
                "ować uję ujesz uje ujemy ujecie ują ował owała owało owali owały uj ujcie"
            ), "ować"),
            paradigm("verb-ic", "ić ię isz i imy icie ią ił iła iło ili iły ij", "ić"),
            paradigm("verb-yc", "yć ę ysz y ymy ycie ą ył yła yło yli yły yj", "yć"),
            paradigm("verb-ec", "eć em esz e emy ecie eją ał ała eli ały", "eć"),
        ],
        alternate=_polish_stems,
        irregular=[
            "człowiek ludzie ludzi ludziom ludźmi ludziach", "dziecko dzieci dziecka dziecku dzieciom dziećmi",
            "ręka ręce rąk rękę ręką rękami rękach rękom", "oko oczy oczu oczom oczami oczach",
            "tydzień tygodnia tygodniu tygodnie tygodni tygodniem",
            "dzień dnia dniu dni dniem dniom dniami dniach",
        ],
    )  # fmt: skip


def _czech_stems(stem: str, ending: str) -> tuple[str, ...]:
    stem = stem[:-1] + _CS_HOOKS.get(stem[-1:], stem[-1:])
    stems = {stem} if not ending else set(_both(stem, _LATIN_VOWELS))
    if not ending:
        without = _fleeting(stem, _LATIN_VOWELS, "eoě")
        if without:
            stems.add(without + _LOST)
    soft = (("št", "sk"), ("čt", "ck"), ("c", "k"), ("z", "h"), ("ž", "h"), ("š", "ch"), ("č", "k"), ("ř", "r"))
    found = set()
    for each in stems:
        found.add(each)
        bare, lost = (each[:-1], _LOST) if each.endswith(_LOST) else (each, "")
        for mark, hard in soft:
            if bare.endswith(mark):
                found.add(bare[: -len(mark)] + hard + lost)
                break
    if not ending:  # vůl – volu; nemocnica – nemocníc
        found |= {f.replace("ů", "o") for f in found} | {f"{f[:-2]}{f[-2:].translate(_CS_SHORT)}" for f in found}
    return tuple(found)


_CS_SHORT = str.maketrans("áéíúýô", "aeiuyo")
_CS_HOOKS = {"ť": "t", "ň": "n", "ď": "d"}


def czech() -> Inflection:
    """Czech and Slovak nouns and adjectives."""
    return Inflection(
        [
            paradigm("f-a", "a y u ou e ě o - ám ami ách am"),
            paradigm("f-e", "e ě i í - ím ěmi emi ích ia iu ou ie iám iami iách"),
            paradigm("f-soft", "- i í e ě em ím ích emi mi iam ami iach ou"),
            paradigm("f-ost", "ost osti ostí ostem ostech ostmi osť osťou ostí ostiam ostiach ostiami", stem=2),
            paradigm("f-t", "- i í e ě em ím ích emi mi ech", stem=2, after="ť ň ď t n d"),
            paradigm("n-um", "um a u em ech ům y á", stem=2),
            paradigm("m", "- a u ovi em e ě y i ů ům ech ích ách é ové om ov mi ami och"),
            paradigm("m-soft", "- e i em ů ům ích ě a ovi ov om och mi"),
            paradigm("n-o", "o a u em e ě - ům ech ách y om ami ám"),
            paradigm("n-i", "í ím ích ími ie ia iu ím iam iach iami"),
            paradigm("n-e", "e ě i em í ím ích i ete ata"),
            paradigm("adjective", "ý á é í ého ému ém ým ých ými ou ú ej ího ímu ím ích ími i o a y"),
            paradigm("adjective-sk", "ý i y ej ou ého ému om ých ým ými", stem=2),
            paradigm("verb", "at á ám áš áme áte ají al ala alo ali aly", "at ať"),
            paradigm("verb-ovat", "ovat uje uji ují uju oval ovala ovalo ovali ovaly ován ována ovať", "ovat ovať"),
            paradigm("verb-it", "it í ím íš íme íte il ila ilo ili ily en ena eno eni eny iť", "it iť"),
        ],
        alternate=_czech_stems,
        irregular=["dítě dítěte dítěti dítětem děti dětí dětem dětech dětmi"],
    )


def south_slavic() -> Inflection:
    """Croatian, Serbian (Latin script) and Slovene nouns and adjectives."""
    return Inflection(
        [
            paradigm("f", "a e i u o om ama ah am ami - o"),
            paradigm("f-i", "- i ju u ima ma mi ih"),
            paradigm("f-st", "st sti šću stima stjo stmi stih stma"),
            paradigm("m", "- a u e om em i ovi evi ova eva ove eve ima ovima evima ov ev ih oma ema"),
            paradigm("n", "o e a u om em ima ih - oma ema i"),
            paradigm("adjective", "- i a o e og oga om ome omu oj u ih im ima ega emu em eg ega"),
            paradigm("verb", "ti m š - mo te ju t o la lo li le l", "ti"),
        ],
        alternate=_south_stems,
        irregular=["dijete djeteta djetetu djetetom djeca djece djeci djecu djecom"],
    )


def _south_stems(stem: str, ending: str) -> tuple[str, ...]:
    stems = [stem]
    if ending:
        stems = list(_both(stem, _LATIN_VOWELS))
    else:
        digraph = stem[-2:] in {"nj", "lj"}  # toranj – tornja
        without = _fleeting(stem[:-1] if digraph else stem, _LATIN_VOWELS, "ae")
        if without:
            lost = without[:-2] + _VOICELESS.get(without[-2], without[-2]) + without[-1]  # blizak – bliska
            if lost[-3:-1] == "st":  # bolestan – bolesna
                lost = lost[:-2] + lost[-1]
            stems += [f"{each}{'j' * digraph}{_LOST}" for each in {without, lost}]
    lengthened = _fleeting(stem, _LATIN_VOWELS, "a") if ending == "a" else None  # recept – recepata
    if lengthened:
        stems.append(lengthened)
    if stem[-1:] in {"c", "z", "s"} and ending in {"i", "ima", "e"}:
        stems.append(stem[:-1] + {"c": "k", "z": "g", "s": "h"}[stem[-1]])
        if stem[-1] == "c" and stem[-2:-1] in _LATIN_VOWELS:
            stems.append(f"{stem[:-1]}tk{_LOST}")  # podatak – podaci
    return tuple(stems)


_VOICELESS = {"b": "p", "d": "t", "z": "s", "ž": "š"}
