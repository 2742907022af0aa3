"""Hindi and its neighbours, Indonesian and Malay, Korean."""

import re
from collections.abc import Iterable, Iterator

from consentry.glossary.matching.inflect.paradigm import Inflection, paradigm


def _split(text: str) -> list[str]:
    return text.split()


_NUKTA = "\u093c"
_NASAL = re.compile("ङ्(?=[कखगघ])|ञ्(?=[चछजझ])|ण्(?=[टठडढ])|न्(?=[तथदध])|म्(?=[पफबभ])")
_GLIDE_E = re.compile("(?<=[ािीुूोए])ये")
_GLIDE_I = re.compile("(?<=[ािीुूोए])यी")


def fold_devanagari(char: str) -> str:
    """One character: no nukta, chandrabindu as anusvara, the open o of loan words as ā (डॉक्टर, डाक्टर)."""
    if char == _NUKTA:
        return ""
    if char == "ँ":
        return "ं"
    if char == "ॉ":
        return "ा"
    if "\u0958" <= char <= "\u095f":
        return _NUKTA_FREE[char]
    return char.casefold()


_NUKTA_FREE = dict(zip("\u0958\u0959\u095a\u095b\u095c\u095d\u095e\u095f", "कखगजडढफय", strict=True))


def spell_hindi(word: str) -> str:
    """Spelling variants as one: संक्रमण/सङ्क्रमण, गए/गये, नई/नयी."""
    return _GLIDE_I.sub("ई", _GLIDE_E.sub("ए", _NASAL.sub("ं", word)))


def hindi() -> Inflection:
    """Direct and oblique case, both numbers, agreement of adjectives, verbs by infinitive in -ना."""
    return Inflection(
        [
            paradigm("m-aa", "ा े ों ो", stem=2),
            paradigm("adjective", "ा े ी ीं", stem=2),
            paradigm("consonant", "- ें ों ो", stem=2),
            paradigm("f-ii", "ी ियां ियों ियो", stem=2),
            paradigm("m-ii", "ी ियों", stem=2),
            paradigm("f-i-alone", "ई इयां इयों", stem=2),
            paradigm("f-iya", "िया ियां ियों", stem=2),
            paradigm("i", "ि ियां ियों", stem=2),
            paradigm("f-aa", "ा ाएं ाओं ाओ ाऐं", stem=2),
            paradigm("u", "ु ुएं ुओं", stem=2),
            paradigm("uu", "ू ुएं ुओं", stem=2),
            paradigm("e-o", "- ओं एं", stem=2),
            paradigm("aan", "ां े ों", stem=2),
            paradigm("ya", "या ए ई ये यी ईं यों", stem=1),
            paradigm(
                "verb",
                ("ना ने नी ता ते ती तीं ा े ी ीं ो ें एं ए या यी ये ई ईं ओ कर के - ूं ऊं ेगा ेगी ेंगे ेंगी एगा एगी एंगे एंगी इए िए ते"),
                "ना",
                stem=2,
            ),
        ],
        irregular=[
            "करना करने करनी करता करते करती कर करें करो किया किए की करके करेगा करेंगे कीजिए",
            "होना होने होनी होता होते होती हो हों हुआ हुए हुई है हैं था थे थी होगा होंगे",
            "जाना जाने जानी जाता जाते जाती जाए जाएं गया गए गई जाएगा जाएंगे",
            "देना देने देनी देता देते देती दे दें दिया दिए दी देगा देंगे",
            "लेना लेने लेनी लेता लेते लेती ले लें लिया लिए ली लेगा लेंगे",
        ],
        shortest=2,
    )


def bengali() -> Inflection:
    """Bengali, Assamese: case and number endings."""
    return Inflection(
        [
            paradigm(
                "noun",
                (
                    "- র ের এর কে তে ে য় য়ের টি টির টা টার গুলি গুলির গুলো গুলোর দের রা েরা য়ে তেও ও ই েও গুলিতে "
                    "সমূহ সমূহের গণ গণের গুলোতে টিকে গুলিকে ের্"
                ),
                stem=2,
            ),
            paradigm("verb", "া ে ছে েছে তে লে বে ুন েন ান বেন িয়ে োর নো নোর", stem=2),
        ],
        shortest=2,
    )


def gujarati() -> Inflection:
    """Gujarati: gender, number, the case endings that are written onto the noun."""
    return Inflection(
        [
            paradigm(
                "noun",
                "- ને ના ની નો નું નાં થી માં એ ો ોને ોના ોની ોનો ોનું ોથી ોમાં ે નાથી વાળા",
                stem=2,
            ),
            paradigm("o", ("ો ા ી ું ાં ે ાને ાના ાની ાનો ાનું ાથી ામાં ીને ીના ીની ીનો ીનું ીથી ીમાં ાઓ ીઓ ાઓને ીઓને"), stem=2),
            paradigm("verb", "વું વા વી વો વાનું વાની વાના વાથી વામાં ે ો ી ા યો તા તી તું", "વું વો વા", stem=2),
        ],
        shortest=2,
    )


def marathi() -> Inflection:
    """Marathi: the oblique stem and the postpositions written onto it."""
    posts = _split("ला ने नी चा ची चे च्या त साठी वर मुळे शी हून पासून मध्ये सह ना कडे कडून द्वारे बद्दल विषयी पर्यंत खाली")
    endings = " ".join(
        f"{oblique}{plural}{post}"
        for oblique in ("", "ा", "े", "ी", "या", "्या")
        for plural in ("", "ं")
        for post in ("", *posts)
    )
    return Inflection(
        [
            paradigm("consonant", "- " + endings, stem=2),
            paradigm("vowel", "ा ी े ू " + endings, stem=2),
            paradigm("s", "स " + " ".join(f"सा{plural}{post}" for plural in ("", "ं") for post in posts), stem=2),
        ],
        shortest=2,
    )


_CLITICS = ("nya", "ku", "mu", "lah", "kah", "pun", "tah")


def _unvoiced(token: str) -> Iterator[str]:
    """Roots of a verb in active (meN-) or passive (di-) voice."""
    if token.startswith("di") and len(token) > 4:
        yield token[2:]
    if not token.startswith("me") or len(token) < 6:
        return
    for nasal, initials in (
        ("menge", ("",)),
        ("meny", ("s",)),
        ("meng", ("", "k")),
        ("mem", ("", "p")),
        ("men", ("", "t")),
    ):
        if token.startswith(nasal):
            for initial in initials:
                yield initial + token[len(nasal) :]
    yield token[2:]


def _malay_keys(token: str, _is_term: bool) -> Iterable[str]:
    keys = set()
    forms = {token}
    for clitic in _CLITICS:
        if token.endswith(clitic) and len(token) - len(clitic) >= 3:
            forms.add(token[: -len(clitic)])
    for form in forms:
        keys.add(f"m:{form}")
        keys.update(f"v:{root}" for root in _unvoiced(form) if len(root) >= 3)
    return keys


def malay() -> Inflection:
    """Indonesian and Malay: clitics, and voice (me-/di-) as a form of the verb. Other affixes make other words."""
    return Inflection([], extra=_malay_keys)


# Particles of the first place, and those that may follow them or stand alone.
_JOSA = _split(
    "- 에 에서 에게 에게서 한테 한테서 께 께서 와 과 하고 로 으로 로서 으로서 로써 으로써 로부터 으로부터 "
    "부터 까지 보다 처럼 같이 만 마다 밖에 뿐 대로 만큼 조차 마저 이나 나 이든 든지 이라도 라도 에만 에서만 별 적 시 님"
)
_AUX = _split("- 은 는 이 가 을 를 의 도 만 만은 만을 만의 에는")
_COPULA = _split(
    "이며 며 이라 라 이란 란 이고 인 일 입니다 이다 이었다 였다 이었던 였던 이면 이지만 이므로 이거나 인지 인데 "
    "이라는 라는 이라고 라고 이라면 라면 임 이니"
)
_HADA = (
    "하다 하는 한 할 하여 해 하고 하며 합니다 하세요 하십시오 하기 함 하지 했다 했습니다 하면 하도록 "
    "하였다 하였습니다 하였고 하였으며 하였을 했으며 했고 했을 하시는 하신 하실 하시면 하셨습니다 하셔야 해야 "
    "하거나 하려면 하기로 함을 함에 함은 되어야 되었음 된다 됨을 "
    "되다 되는 된 될 되어 돼 됩니다 됨 되고 되며 되었다 되었습니다"
)


def korean() -> Inflection:
    """Particles written onto the noun; 하다 and 되다 as endings of a verbal noun."""
    plural = ("", "들")
    josa = [f"{number}{first}{aux}" for number in plural for first in _JOSA for aux in _AUX]
    copula = [f"{number}{form}" for number in plural for form in _COPULA]
    endings = " ".join(ending.replace("-", "") or "-" for ending in (*josa, *copula))
    return Inflection(
        [
            paradigm("noun", endings, stem=1),
            paradigm("verbal", f"- {_HADA}", stem=2),
            paradigm("hada", _HADA, stem=1),
        ],
        shortest=1,
    )


def korean_compound(term: str, text: str, inflection: Inflection) -> bool:
    """Nouns written together: the term as the last member, with its particles, or a longer one as the first."""
    if len(term) < 2 or len(text) <= len(term) or not "가" <= term[-1] <= "힣":
        return False
    at = text.rfind(term)
    if at > 0:
        return bool(inflection.text(text[at:]) & inflection.term(term))
    return at == 0 and len(term) >= 3


_TA_CASES = _split("ை ால் ுக்கு ில் ின் ோடு ுடன் ிலிருந்து ிடம் ிடமிருந்து ுக்காக ுக்கான ாக ான ிற்கு ிற்கான ிற்காக ினால் ுடைய ின்கீழ்")
_TA_PULLI = "\u0bcd"


def _tamil_endings(singular: str, plural: str, glide: str) -> str:
    """Every case of both numbers, alone and with -um (and). ``glide`` stands before endings that begin in a vowel."""
    forms = [singular]
    forms += [f"{glide}{case}" if glide else case for case in _TA_CASES]
    forms += [plural + _TA_PULLI, *(plural + case for case in _TA_CASES)]
    forms += [f"{form[:-1]}ும்" if form.endswith(_TA_PULLI) else f"{form}யும்" for form in tuple(forms) if form]
    forms += [f"{form[:-1]}ும்" for form in tuple(forms) if form.endswith("ு")]
    forms += [f"{glide}ும்"] if glide and not singular else []
    return " ".join(form or "-" for form in forms)


def tamil() -> Inflection:
    """Case and number; the oblique stem of nouns in -am. Tokens come without the consonant doubled by the next word."""
    return Inflection(
        [
            paradigm("consonant", _tamil_endings(_TA_PULLI, _TA_PULLI + "கள", ""), stem=2),
            paradigm("u", _tamil_endings("ு", "ுகள", ""), stem=2),
            paradigm("doubled", _tamil_endings(_TA_PULLI, "ட்கள", "ட") + " ற்கள் ற்களை", stem=2),
            paradigm("vowel", _tamil_endings("", "கள", "ய") + " க்கு க்கும் க்காக க்கான", stem=2, after="ி ை ய் ே"),
            paradigm("long", _tamil_endings("", "க்கள", "வ") + " க்கு க்கும் க்காக", stem=2, after="ா ு ூ ோ"),
            paradigm("am", _tamil_endings("ம்", "ங்கள", "த்த"), stem=2),
        ],
        shortest=3,
    )


def spell_tamil(word: str) -> str:
    """Without the க் ச் த் ப் that the next word calls for: மருந்தைப் பற்றி is மருந்தை."""
    return word[:-2] if len(word) > 4 and word[-1] == _TA_PULLI and word[-2] in "கசதப" else word
