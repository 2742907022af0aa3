"""Hindi and its neighbours, Indonesian and Malay, Korean."""

import re
from collections.abc import Iterable, Iterator

from consentry.glossary.inflect.paradigm import Inflection, paradigm

_NUKTA = "\u093c"
_NASAL = re.compile("ङ्(?=[कखगघ])|ञ्(?=[चछजझ])|ण्(?=[टठडढ])|न्(?=[तथदध])|म्(?=[पफबभ])")
_GLIDE_E = re.compile("(?<=[ािीुूोए])ये")
_GLIDE_I = re.compile("(?<=[ािीुूोए])यी")


def fold_devanagari(char: str) -> str:
    """One character: no nukta, chandrabindu as anusvara, Latin casefolded."""
    if char == _NUKTA:
        return ""
    if char == "ँ":
        return "ं"
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
                    "গুলোতে টিকে গুলিকে ের্"
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
    posts = "ला ने नी चा ची चे च्या त साठी वर मुळे शी हून पासून मध्ये सह ना ंना ंनी ंचा ंची ंचे ंच्या ंत ंसाठी ंवर ंमुळे"
    endings = " ".join(
        f"{oblique}{post}" for oblique in ("", "ा", "े", "ी", "या", "्या") for post in ("", *posts.split())
    )
    return Inflection(
        [
            paradigm("consonant", "- " + endings, stem=2),
            paradigm("vowel", "ा ी े ू " + endings, stem=2),
            paradigm("s", "स " + " ".join(f"सा{post}" for post in posts.split()), stem=2),
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


_JOSA = (
    "- 은 는 이 가 을 를 의 에 에서 에게 께 와 과 도 만 로 으로 부터 까지 보다 처럼 이나 나 "
    "이며 며 이라 라 이란 란 에는 에도 에서는 에서도 으로는 로는 로서 으로서 로써 으로써 "
    "와의 과의 에의 로의 으로의 이고 인 입니다 이다 이었다 였다 에만 에게서 한테 들 들은 "
    "들이 들을 들의 들에게 들과 들도 들로 이라는 라는 이라고 라고 마다 밖에 조차 이든 든지 별 적 시"
)
_HADA = (
    "하다 하는 한 할 하여 해 하고 하며 합니다 하세요 하십시오 하기 함 하지 했다 했습니다 하면 하도록 "
    "되다 되는 된 될 되어 돼 됩니다 됨 되고 되며 되었다 되었습니다"
)


def korean() -> Inflection:
    """Particles written onto the noun; 하다 and 되다 as endings of a verbal noun."""
    return Inflection(
        [
            paradigm("noun", _JOSA, stem=1),
            paradigm("verbal", f"- {_HADA}", stem=2),
            paradigm("hada", _HADA, stem=1),
        ],
        shortest=1,
    )
