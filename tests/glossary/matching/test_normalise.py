"""Text to tokens: what is dropped, what is kept together, and where tokens stand."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consentry.glossary.matching.inflect.languages import Forms, language

TAGS = ["en", "de", "fr", "es", "ru", "pl", "tr", "ar", "he", "hi", "bn", "uk", "ko", "ja", "xx"]
TEXTS = st.text(
    alphabet=st.one_of(
        st.sampled_from("aäéßİıſﬁ ﷺक़टी़काँअंдёй'’-·:*/.()\u00ad\u200b\u200d\u202e\u0301مرضٌة１９ー가각"),
        st.characters(codec="utf-8"),
    ),
    max_size=40,
)


def tokens(tag: str, text: str) -> list[str]:
    return language(tag).normaliser.tokens(text)


@given(st.sampled_from(TAGS), TEXTS)
def test_normalising_twice_changes_nothing(tag: str, text: str) -> None:
    once = tokens(tag, text)
    assert tokens(tag, " ".join(once)) == once


@given(st.sampled_from(TAGS), TEXTS)
def test_composed_and_decomposed_text_are_one(tag: str, text: str) -> None:
    assert tokens(tag, unicodedata.normalize("NFD", text)) == tokens(tag, unicodedata.normalize("NFC", text))


@given(st.sampled_from(TAGS), st.lists(st.sampled_from(["Arzt", "42", "été", "टीका", "вирус", "مرض"]), max_size=8))
def test_spans_give_back_the_words(tag: str, words: list[str]) -> None:
    text = " — ".join(words)
    spans = language(tag).normaliser.spans(text)
    assert [text[start:end] for start, end in spans] == words
    assert len(tokens(tag, text)) == len(words)


@given(st.sampled_from(TAGS), TEXTS)
def test_tokens_hold_letters_marks_and_numbers_alone(tag: str, text: str) -> None:
    assert all(unicodedata.category(char)[0] in "LMN" for token in tokens(tag, text) for char in token)


def test_vowel_signs_belong_to_their_word() -> None:
    assert tokens("hi", "टीका लगवाएँ।") == ["टीका", "लगवाएं"]
    assert tokens("bn", "রোগীর টিকা") == ["রোগীর", "টিকা"]


def test_invisible_characters_vanish() -> None:
    assert tokens("de", "Arznei\u00admittel\u200b \u202ePatient\u202c") == ["arzneimittel", "patient"]


@pytest.mark.parametrize(
    ("tag", "written", "joined"),
    [
        ("de", "Ärzt:innen", "ärztinnen"),
        ("de", "Patient*innen", "patientinnen"),
        ("de", "Apotheker/-innen", "apothekerinnen"),
        ("de", "Arzt(in)", "arztin"),
        ("de", "Kolleg_innen", "kolleginnen"),
        ("de", "Kolleg(inn)en", "kollegen"),
        ("de", "PatientInnen", "patientinnen"),
        ("de", "Medikament(e)", "medikament"),
        ("fr", "médecin·e·s", "medecins"),
        ("fr", "me\u0301decin·e·s", "medecins"),
        ("fr", "patient(e)s", "patients"),
        ("fr", "soignant.e.s", "soignants"),
        ("fr", "infirmier/ère", "infirmier"),
        ("fr", "infirmier/e\u0300re", "infirmier"),
        ("fr", "directeur·rice·s", "directeurs"),
        ("fr", "étudiant-e-s", "etudiants"),
        ("es", "médico(a)", "medico"),
        ("es", "enfermero/a", "enfermero"),
        ("es", "doctores/as", "doctores"),
        ("es", "enfermer@s", "enfermeros"),
        ("pt", "médico(a)s", "medicos"),
        ("it", "medico/a", "medico"),
        ("it", "medic*", "medico"),
        ("it", "farmacistə", "farmacisto"),
        ("pl", "pacjent/ka", "pacjent"),
        ("pl", "lekarz(-ka)", "lekarz"),
        ("cs", "pacient/ka", "pacient"),
        ("ru", "пациент(ка)", "пациент"),
        ("en", "patient(s)", "patient"),
    ],
)
def test_inclusive_writing_is_one_word(tag: str, written: str, joined: str) -> None:
    assert tokens(tag, f"x {written} y") == ["x", joined, "y"]
    spans = language(tag).normaliser.spans(f"x {written} y")
    assert [f"x {written} y"[start:end] for start, end in spans] == ["x", written, "y"]


@pytest.mark.parametrize("text", ["Uhrzeit 10:30", "und/oder", "Hinweis: in Kürze", "z.B. e.V."])
def test_other_signs_still_separate(text: str) -> None:
    assert len(tokens("de", text)) > 1


@pytest.mark.parametrize(
    ("tag", "text", "count"),
    [
        ("fr", "et/ou", 2),
        ("fr", "il/elle", 2),
        ("fr", "peut-être", 2),
        ("es", "y/o", 2),
        ("it", "e/o", 2),
        ("it", "farmaco* (vedi nota)", 3),
        ("de", "Arzt/Ärztin", 2),
        ("pl", "lekarz/lekarka", 2),
        ("de", "Arzt (Facharzt)", 2),
        ("de", "CT(MRT)", 2),
        ("ru", "КТ(МРТ)", 2),
    ],
)
def test_two_words_stay_two(tag: str, text: str, count: int) -> None:
    assert len(tokens(tag, text)) == count


BASES = {
    "de": ["Patient", "Apotheker", "Kolleg", "Ärzt"],
    "fr": ["médecin", "patient", "soignant"],
    "es": ["médico", "enfermero"],
    "it": ["medico", "farmacista"],
    "pt": ["médico", "paciente"],
    "pl": ["pacjent", "lekarz"],
}
SIGNS = {
    "de": [":in", "*in", "_in", "/in", "/-in", ":innen", "*innen", "·innen", "(innen)", "Innen"],
    "fr": ["·e", "·e·s", "•es", "(e)", "(e)s", "/e", "-e-s", ".e.s"],
    "es": ["/a", "(a)", "/as", "(a)s"],
    "it": ["/a", "(a)", "/e"],
    "pt": ["/a", "(a)", "(a)s"],
    "pl": ["/ka", "(ka)", "/-ka"],
}


@given(
    st.sampled_from(sorted(BASES)).flatmap(
        lambda tag: st.tuples(st.just(tag), st.sampled_from(BASES[tag]), st.sampled_from(SIGNS[tag]))
    )
)
def test_an_inclusive_form_is_a_form_of_its_word(drawn: tuple[str, str, str]) -> None:
    tag, base, sign = drawn
    spoken = language(tag)
    term = {"Kolleg": "Kollege", "Ärzt": "Arzt"}.get(base, base)
    (word,) = tokens(tag, base + sign)
    assert Forms(tokens(tag, term)[0], spoken)[word]
    text = f"x {base}{sign}, y"
    assert text[slice(*spoken.normaliser.spans(text)[1])] == base + sign


def test_turkish_dotted_and_dotless_i_are_one() -> None:
    assert tokens("tr", "COVID İlaç ILIK") == tokens("tr", "covid ilaç ılık")


def test_digits_of_every_script_are_one() -> None:
    assert tokens("ar", "كوفيد-١٩") == tokens("ar", "كوفيد-19")
    assert tokens("hi", "कोविड-१९") == tokens("hi", "कोविड-19")
