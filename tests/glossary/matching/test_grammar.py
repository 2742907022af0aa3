"""Forms made by a grammar, any chain of its suffixes, are forms to the matcher: Turkish, Finnish, Hungarian, Arabic."""

from hypothesis import given
from hypothesis import strategies as st

from consentry.glossary.matching.inflect.languages import Forms, language


def matches(tag: str, entry: str, word: str) -> bool:
    spoken = language(tag)
    (term,) = spoken.normaliser.tokens(entry)
    (token,) = spoken.normaliser.tokens(word)
    return Forms(term, spoken)[token]


# Turkish: a noun, as it stands before a vowel, and then plural, possessive and case by vowel harmony.
TURKISH = {
    "ilaç": "ilac", "hastalık": "hastalığ", "hekim": "hekim", "doktor": "doktor", "belirti": "belirti", "aşı": "aşı",
    "virüs": "virüs", "sonuç": "sonuc", "veri": "veri", "onay": "onay", "kayıt": "kayd", "eczane": "eczane",
    "tedavi": "tedavi", "hekimlik": "hekimliğ", "reçete": "reçete", "göğüs": "göğs",
}  # fmt: skip
VOWELS = {"a": "aı", "ı": "aı", "e": "ei", "i": "ei", "o": "au", "u": "au", "ö": "eü", "ü": "eü"}


def harmony(stem: str, suffix: str) -> str:
    """``suffix`` with A, I and D written out after ``stem``."""
    made = ""
    for mark in suffix:
        last = next(char for char in reversed(stem + made) if char in VOWELS)
        if mark == "A":
            made += VOWELS[last][0]
        elif mark == "I":
            made += VOWELS[last][1]
        elif mark == "D":
            made += "t" if (stem + made)[-1] in "fstkçşhp" else "d"
        else:
            made += mark
    return made


def joined(bare: str, soft: str, after_vowel: str, after_consonant: str) -> str:
    """A noun and a suffix in the shape that its last letter calls for."""
    if bare[-1] in VOWELS:
        return bare + harmony(bare, after_vowel)
    stem = soft if after_consonant[0] in "AI" else bare
    return stem + harmony(stem, after_consonant)


POSSESSIVES = (("m", "Im"), ("n", "In"), ("sI", "I"), ("mIz", "ImIz"), ("nIz", "InIz"))
CASES = (("yI", "I"), ("yA", "A"), ("DA", "DA"), ("DAn", "DAn"), ("nIn", "In"), ("ylA", "lA"))
CASES_OF_HIS = ("nI", "nA", "nDA", "nDAn", "nIn", "ylA")


@given(
    st.sampled_from(sorted(TURKISH)),
    st.booleans(),
    st.none() | st.sampled_from(POSSESSIVES),
    st.none() | st.integers(0, len(CASES) - 1),
)
def test_turkish_number_possessive_and_case(
    noun: str, plural: bool, possessive: tuple[str, str] | None, case: int | None
) -> None:
    word, soft = noun, TURKISH[noun]
    if plural:
        word = soft = noun + harmony(noun, "lAr")
    if possessive:
        word = soft = joined(word, soft, *possessive)
    if case is not None and possessive and possessive[0] == "sI":
        word += harmony(word, CASES_OF_HIS[case])
    elif case is not None:
        word = joined(word, soft, *CASES[case])
    assert matches("tr", noun, word)


# Finnish: strong and weak stem of the singular, stem of the plural before i or j.
FINNISH = {
    "hoito": ("hoito", "hoido", "hoitoi", "hoidoi"),
    "lääke": ("lääkkee", "lääkkee", "lääkkei", "lääkkei"),
    "lääkäri": ("lääkäri", "lääkäri", "lääkärei", "lääkärei"),
    "potilas": ("potilaa", "potilaa", "potilai", "potilai"),
    "sairaus": ("sairaute", "sairaude", "sairauksi", "sairauksi"),
    "tutkimus": ("tutkimukse", "tutkimukse", "tutkimuksi", "tutkimuksi"),
    "apteekki": ("apteekki", "apteeki", "apteekkei", "apteekei"),
    "nainen": ("naise", "naise", "naisi", "naisi"),
    "sairaala": ("sairaala", "sairaala", "sairaaloi", "sairaaloi"),
    "puhelin": ("puhelime", "puhelime", "puhelimi", "puhelimi"),
}


@given(
    st.sampled_from(sorted(FINNISH)),
    st.booleans(),
    st.sampled_from(["ssa", "sta", "lla", "lta", "lle", "ksi"]),
    st.sampled_from(["", "kin", "ni", "si", "mme", "nne"]),
)
def test_finnish_number_case_and_possessive(noun: str, plural: bool, case: str, behind: str) -> None:
    strong, weak, strong_many, weak_many = FINNISH[noun]
    front = set(noun).isdisjoint("aou")
    ending = case.replace("a", "ä") if front else case
    if case == "ksi" and behind not in {"", "kin"}:
        ending = "kse"
    word = (weak_many if plural else weak) + ending + behind
    if ending != "kse":
        assert matches("fi", noun, word)
    assert matches("fi", noun, (strong_many if plural else strong) + ("nä" if front else "na"))


# Hungarian: a noun and its stems before a linking vowel; endings by vowel harmony.
HUNGARIAN = {
    "gyógyszer": ("gyógyszer", "e"),
    "beteg": ("beteg", "e"),
    "orvos": ("orvos", "o"),
    "adat": ("adat", "o"),
    "hozzájárulás": ("hozzájárulás", "o"),
    "vizsgálat": ("vizsgálat", "o"),
    "vakcina": ("vakciná", ""),
    "kezelés": ("kezelés", "e"),
}


@given(
    st.sampled_from(sorted(HUNGARIAN)),
    st.sampled_from(["", "k"]),
    st.sampled_from(["", "t", "nak", "ban", "ról", "hoz", "ra"]),
)
def test_hungarian_number_and_case(noun: str, plural: str, case: str) -> None:
    stem, link = HUNGARIAN[noun]
    back = not set(noun).isdisjoint("aáoóuú")
    twins = {"nak": "nek", "ban": "ben", "ról": "ről", "hoz": "hez", "ra": "re"}
    ending = case if back else twins.get(case, case)
    word = stem + (link + plural if plural else "") if plural or case else noun
    if case == "t" and plural:
        word += "a" if back else "e"
    elif case == "t" and word[-1] not in "sz" and not plural and link:
        word += link
    assert matches("hu", noun, word + ending)


@given(
    st.sampled_from(["مريض", "لقاح", "علاج", "مركز", "دراسة", "جرعة"]),
    st.sampled_from(["", "و", "ف"]),
    st.sampled_from(["", "ال", "بال", "لل", "كال", "ب", "ل"]),
    st.sampled_from(["", "ها", "هم", "ه", "نا"]),
)
def test_arabic_clitics(noun: str, conjunction: str, before: str, behind: str) -> None:
    if behind and "ل" in before[1:]:
        behind = ""  # a noun with the article takes no pronoun
    stem = noun.replace("ة", "ت") if behind else noun
    assert matches("ar", noun, f"{conjunction}{before}{stem}{behind}")
