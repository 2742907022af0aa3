"""Language tags as files write them, and as the glossary does: ``EN_us`` → ``en-US``, ``zh-TW`` → ``zh-Hant``.

Lists instead of a library: the import function starts without one. A test holds them against pycountry.
"""

import re


def _words(line: str) -> list[str]:
    return line.split()


LANGUAGES = frozenset(
    _words("""
    aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en
    eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja
    jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb
    nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so
    sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
""")
)
"""ISO 639-1, and no other two-letter code."""

THREE_LETTERS = frozenset(
    _words("""
    ast bho ceb chr ckb csb dsb fil fur gsw haw hmn hsb ilo kmr kok lij lmo mai mni nap nds pap prs quc sah sat scn
    sco szl tet tok tpi tzm vec war yue zgh
""")
)
"""Languages without a two-letter code that termbases do hold."""

REGIONS = frozenset(
    _words("""
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO
    FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE
    JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO
    MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW
    PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM
    TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
""")
)
"""ISO 3166-1."""

_SCRIPTS = frozenset(
    _words("""
    Arab Armn Beng Cans Cher Cyrl Deva Ethi Geor Grek Gujr Guru Hang Hans Hant Hebr Hira Jpan Kana Khmr Knda Kore
    Laoo Latn Mlym Mong Mymr Olck Orya Sinh Syrc Taml Telu Tfng Thaa Thai Tibt Vaii Yiii
""")
)

_LONG = dict(
    pair.split("=")
    for pair in _words("""
    aar=aa abk=ab afr=af aka=ak amh=am ara=ar arg=an asm=as ava=av ave=ae aym=ay aze=az bak=ba bam=bm bel=be ben=bn
    bis=bi bod=bo bos=bs bre=br bul=bg cat=ca ces=cs cha=ch che=ce chu=cu chv=cv cor=kw cos=co cre=cr cym=cy dan=da
    deu=de div=dv dzo=dz ell=el eng=en epo=eo est=et eus=eu ewe=ee fao=fo fas=fa fij=fj fin=fi fra=fr fry=fy ful=ff
    gla=gd gle=ga glg=gl glv=gv grn=gn guj=gu hat=ht hau=ha hbs=sh heb=he her=hz hin=hi hmo=ho hrv=hr hun=hu hye=hy
    ibo=ig ido=io iii=ii iku=iu ile=ie ina=ia ind=id ipk=ik isl=is ita=it jav=jv jpn=ja kal=kl kan=kn kas=ks kat=ka
    kau=kr kaz=kk khm=km kik=ki kin=rw kir=ky kom=kv kon=kg kor=ko kua=kj kur=ku lao=lo lat=la lav=lv lim=li lin=ln
    lit=lt ltz=lb lub=lu lug=lg mah=mh mal=ml mar=mr mkd=mk mlg=mg mlt=mt mon=mn mri=mi msa=ms mya=my nau=na nav=nv
    nbl=nr nde=nd ndo=ng nep=ne nld=nl nno=nn nob=nb nor=no nya=ny oci=oc oji=oj ori=or orm=om oss=os pan=pa pli=pi
    pol=pl por=pt pus=ps que=qu roh=rm ron=ro run=rn rus=ru sag=sg san=sa sin=si slk=sk slv=sl sme=se smo=sm sna=sn
    snd=sd som=so sot=st spa=es sqi=sq srd=sc srp=sr ssw=ss sun=su swa=sw swe=sv tah=ty tam=ta tat=tt tel=te tgk=tg
    tgl=tl tha=th tir=ti ton=to tsn=tn tso=ts tuk=tk tur=tr twi=tw uig=ug ukr=uk urd=ur uzb=uz ven=ve vie=vi vol=vo
    wln=wa wol=wo xho=xh yid=yi yor=yo zha=za zho=zh zul=zu alb=sq arm=hy baq=eu bur=my chi=zh cze=cs dut=nl fre=fr
    geo=ka ger=de gre=el ice=is mac=mk mao=mi may=ms per=fa rum=ro slo=sk tib=bo wel=cy
""")
)  # fmt: skip

_NAMES = dict(
    pair.split("=")
    for pair in _words("""
    Arabic=ar Azerbaijani=az Bengali=bn Bosnian=bs Bulgarian=bg Catalan=ca Croatian=hr Czech=cs Danish=da Dutch=nl
    English=en Estonian=et Finnish=fi French=fr Georgian=ka German=de Greek=el Gujarati=gu Hebrew=he Hindi=hi
    Hungarian=hu Icelandic=is Indonesian=id Irish=ga Italian=it Japanese=ja Kazakh=kk Korean=ko Latvian=lv
    Lithuanian=lt Macedonian=mk Malay=ms Maltese=mt Marathi=mr Norwegian=nb Persian=fa Polish=pl Portuguese=pt
    Punjabi=pa Romanian=ro Russian=ru Serbian=sr Slovak=sk Slovenian=sl Somali=so Spanish=es Swahili=sw Swedish=sv
    Tagalog=tl Tamil=ta Telugu=te Thai=th Turkish=tr Ukrainian=uk Urdu=ur Vietnamese=vi Welsh=cy Chinese=zh
""")
)
_COUNTRIES = {
    "argentina": "AR", "australia": "AU", "austria": "AT", "belgium": "BE", "brazil": "BR", "bulgaria": "BG",
    "canada": "CA", "chile": "CL", "china": "CN", "colombia": "CO", "croatia": "HR", "czech republic": "CZ",
    "czechia": "CZ", "denmark": "DK", "egypt": "EG", "finland": "FI", "france": "FR", "germany": "DE", "greece": "GR",
    "hong kong": "HK", "hungary": "HU", "india": "IN", "indonesia": "ID", "ireland": "IE", "israel": "IL",
    "italy": "IT", "japan": "JP", "korea": "KR", "luxembourg": "LU", "malaysia": "MY", "mexico": "MX",
    "morocco": "MA", "netherlands": "NL", "new zealand": "NZ", "norway": "NO", "poland": "PL", "portugal": "PT",
    "romania": "RO", "russia": "RU", "saudi arabia": "SA", "singapore": "SG", "slovakia": "SK", "slovenia": "SI",
    "south africa": "ZA", "south korea": "KR", "spain": "ES", "sweden": "SE", "switzerland": "CH", "taiwan": "TW",
    "thailand": "TH", "turkey": "TR", "ukraine": "UA", "united arab emirates": "AE", "united kingdom": "GB",
    "uk": "GB", "great britain": "GB", "united states": "US", "usa": "US", "united states of america": "US",
    "vietnam": "VN", "quebec": "CA-QC", "québec": "CA-QC", "california": "US-CA",
}  # fmt: skip
_SCRIPT_OF_REGION = {
    "zh-CN": "zh-Hans", "zh-SG": "zh-Hans", "zh-TW": "zh-Hant", "zh-HK": "zh-Hant-HK", "zh-MO": "zh-Hant-MO",
    "zh-CHS": "zh-Hans", "zh-CHT": "zh-Hant", "zh-Hans-CN": "zh-Hans", "zh-Hant-TW": "zh-Hant",
}  # fmt: skip
_WITHDRAWN = {"iw": "he", "in": "id", "ji": "yi", "no": "nb", "sh": "sr", "tl": "fil", "mo": "ro"}
HOME = {
    "ar": "SA", "bg": "BG", "cs": "CZ", "da": "DK", "de": "DE", "el": "GR", "en": "GB", "es": "ES", "et": "EE",
    "fi": "FI", "fr": "FR", "he": "IL", "hi": "IN", "hr": "HR", "hu": "HU", "id": "ID", "it": "IT", "ja": "JP",
    "ko": "KR", "lt": "LT", "lv": "LV", "nb": "NO", "nl": "NL", "pl": "PL", "ro": "RO", "ru": "RU", "sk": "SK",
    "sl": "SI", "sv": "SE", "th": "TH", "tr": "TR", "uk": "UA", "vi": "VN",
}  # fmt: skip
"""Regions that tools name when they mean the language: ``de-DE`` alone is German. Not for pt and zh, which have two."""

_TAG = re.compile(r"([A-Za-z]{2,3})(?:-([A-Za-z]{4}))?(?:-([A-Za-z]{2}|[0-9]{3}|CHS|CHT))?")
_NAMED = re.compile(r"([A-Za-z]+)(?:[ _-]*\(([^)]+)\)|[ _-]+(.+))?")
_MARKET = re.compile(r"([A-Z]{2})(?:-([A-Z0-9]{1,3}))?")


def canonical(tag: str) -> str | None:
    """The tag in the glossary's spelling, or None for what is no language we know."""
    tag = tag.strip().replace("_", "-")
    whole = _TAG.fullmatch(tag)
    if whole is None:
        return None
    language, script, region = whole[1].lower(), (whole[2] or "").title(), (whole[3] or "").upper()
    language = _LONG.get(language, language)
    language = _WITHDRAWN.get(language, language)
    if language not in LANGUAGES and language not in THREE_LETTERS:
        return None
    if (script and script not in _SCRIPTS) or (region and not _region(region)):
        return None
    found = "-".join(part for part in (language, script, region) if part)
    if found in _SCRIPT_OF_REGION:
        return _SCRIPT_OF_REGION[found]
    if region == "419":  # Latin America: no country, and the glossary's tags take countries
        return None
    return found


def _region(region: str) -> bool:
    return region in REGIONS or region in {"CHS", "CHT", "419"}


def from_name(name: str) -> str | None:
    """A column's heading: a tag, or an English name such as ``German`` or ``English (United Kingdom)``."""
    name = name.strip()
    found = canonical(name)
    if found or not name:
        return found
    named = _NAMED.fullmatch(name)
    language = _NAMES.get(named[1].title()) if named else None
    if named is None or language is None:
        return None
    place = (named[2] or named[3] or "").strip()
    if not place:
        return language
    if language == "zh" and place.lower().startswith(("simplified", "traditional")):
        return "zh-Hans" if place.lower().startswith("simplified") else "zh-Hant"
    region = _COUNTRIES.get(place.lower()) or place.upper()
    return canonical(f"{language}-{region}")


def market(text: str) -> str | None:
    """A market's code from a code, a country's English name or a tag with a region; None for anything else."""
    text = text.strip()
    if re.fullmatch(r"[a-z]{2,3}[-_](?:[A-Za-z]{4}[-_])?[A-Z]{2}", text):  # de-CH: the region of a language tag
        text = text[-2:]
    found = _COUNTRIES.get(text.lower()) or text.replace("_", "-").upper()
    whole = _MARKET.fullmatch(found)
    return found if whole is not None and whole[1] in REGIONS else None
