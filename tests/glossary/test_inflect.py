"""Forms of one word match, other words do not: per language, words chosen for the grammar they show."""

import pytest

from consentry.glossary.inflect.languages import Forms, language

# language: (entry, forms that are the same word, other words)
WORDS = {
    "en": [
        ("diagnosis", "diagnoses", "diagnostic diagnose"),
        ("allergy", "allergies", "allergic allergist"),
        ("isolate", "isolates isolated isolating", "isolation isle"),
        ("child", "children", "childish chill"),
        ("bacterium", "bacteria", "bacterial"),
        ("withdraw", "withdrew withdrawn withdrawing", "draw withdrawal"),
    ],
    "fr": [
        ("hôpital", "hôpitaux hopital HÔPITAL", "hospitalier"),
        ("traitement", "traitements", "traiter traitant"),
        ("patient", "patients patiente patientes", "patience"),
        ("contagieux", "contagieuse contagieuses", "contagion"),
        ("vacciné", "vaccinée vaccinés vaccinées", "vaccin vaccinal"),
        ("vacciner", "vaccine vaccinait vaccinera vaccinés", "vaccination"),
        ("chercheur", "chercheuse chercheurs", "recherche"),
        ("directeur", "directrice directeurs", "direction"),
        ("fébrile", "fébriles", "fièvre"),
    ],
    "es": [
        ("infección", "infecciones infeccion", "infeccioso infectado"),
        ("hospital", "hospitales", "hospitalario"),
        ("vez", "veces", "ves"),
        ("contagiado", "contagiada contagiados contagiadas", "contagio"),
        ("doctor", "doctora doctores doctoras", "doctorado"),
        ("lavar", "lavó lavado lavando lavarse", "lavabo"),
        ("aislamiento", "aislamientos autoaislamiento", "aislado"),
    ],
    "pt": [
        ("infecção", "infecções", "infeccioso infectado"),
        ("hospital", "hospitais", "hospitalar"),
        ("possível", "possíveis", "possibilidade"),
        ("homem", "homens", "humano"),
        ("vacinado", "vacinada vacinados vacinadas", "vacina"),
        ("pulmão", "pulmões", "pulmonar"),
        ("doutor", "doutora doutores", "doutrina"),
        ("lavar", "lavou lavando lavam lavarem", "lavanderia"),
        ("vírus", "vírus virus", "viral"),
        ("mês", "meses", "mesa"),
    ],
    "it": [
        ("medico", "medici", "medicina"),
        ("infezione", "infezioni", "infetto"),
        ("farmacista", "farmaciste", "farmacia"),
        ("paziente", "pazienti", "pazienza"),
        ("biologo", "biologi biologhe", "biologia"),
        ("analisi", "analisi", "analitico"),
    ],
    "de": [
        ("Arzt", "Ärzte Ärzten Arztes Ärztin Ärztinnen", "Arznei"),
        ("Infektion", "Infektionen Infektionsrisiko Atemwegsinfektion", "infizieren infektiös"),
        ("Medikament", "Medikamente Medikamenten Medikaments", "medikamentös"),
        ("Krankheit", "Krankheiten Krankheitsverlauf Lungenkrankheit", "krank Krankenhaus"),
        ("Praxis", "Praxen Arztpraxis", "praktisch"),
        ("Ergebnis", "Ergebnisse Ergebnissen Testergebnis", "ergeben"),
        ("regelmäßig", "regelmäßige regelmäßigen", "unregelmäßig Regel"),
        ("Erkrankung", "Erkrankungen Herzerkrankung", "Vorerkrankung"),
        ("Symptom", "Symptome Symptombeginn", "symptomatisch Symptomatik symptomfrei"),
        ("Risiko", "Risiken Infektionsrisiko", "riskant"),
        ("Thema", "Themen Themas", "thematisch"),
        ("akut", "akute akuten akutes", "subakut"),
    ],
    "nl": [("ziekte", "ziekten ziektes", "ziek"), ("arts", "artsen", "artistiek"), ("maat", "maten", "met")],
    "sv": [("sjukdom", "sjukdomar sjukdomen sjukdomarna", "sjuk"), ("läkare", "läkaren läkarna", "läkemedel")],
    "ru": [
        ("болезнь", "болезни болезнью болезней", "болеть больной"),
        ("пациент", "пациента пациентам пациентами", "терпение"),
        ("больница", "больницы больницей больниц", "больничный"),
        ("кашель", "кашля кашлем", "кашлять"),
        ("проба", "пробы пробу проб", "пробирка"),
        ("лечение", "лечения лечением лечении", "лечебный лечить"),
        ("острый", "острая острого острыми", "острота"),
        ("привитый", "привит привита привитых", "прививка"),
        ("распространять", "распространяет распространяется", "распространение"),
        ("изоляция", "изоляции самоизоляция", "изолятор"),
        ("вирус", "вируса вирусы вирусов", "вирусный коронавирус"),
    ],
    "uk": [("хвороба", "хвороби хворобу хвороб", "хворий"), ("лікар", "лікаря лікарі лікарів", "лікарня")],
    "pl": [
        ("choroba", "choroby chorobie chorób chorobę", "chory chorować"),
        ("gorączka", "gorączki gorączce gorączek", "gorący"),
        ("kaszel", "kaszlu kaszlem", "kaszlać"),
        ("próbka", "próbki próbek próbce", "próba"),
        ("osoba", "osoby osób osobą", "osobisty"),
        ("pacjent", "pacjenta pacjenci pacjentów", "pacjentka"),
        ("test", "testu teście testów", "tester"),
        ("zakażony", "zakażona zakażeni zakażonych", "zakażenie"),
        ("badanie", "badania badań badaniem", "badacz"),
        ("odporność", "odporności odpornością", "odporny"),
        ("ostry", "ostra ostrego ostrych", "ostrość"),
    ],
    "cs": [("nemoc", "nemoci nemocí", "nemocnice"), ("lékař", "lékaře lékaři lékařů", "lékařský")],
    "tr": [
        ("hastalık", "hastalığı hastalıklar hastalığın hastalıkları", "hasta"),
        ("belirti", "belirtiler belirtilerinize belirtisi", "belirsiz"),
        ("ağız", "ağzı ağzınızı ağızda", "ağaç"),
        ("kayıt", "kaydı kayıtlar kaydınız", "kayak"),
        ("ilaç", "ilacı ilaçlar ilacınızı", "ilk"),
        ("sonucu", "sonucunuz sonuçları sonucunu", "son"),
        ("izolasyon", "izolasyonu izolasyonda", "izole"),
    ],
    "ar": [
        ("مرض", "المرض بالمرض أمراض الأمراض مرضها", "مرضي ممرض"),
        ("لقاح", "اللقاحات لقاحا وللقاح", "لقاحي"),
        ("مركز", "مراكز المراكز للمركز", "مركزي تركيز"),
        ("علاج", "العلاج علاجه والعلاجات", "علاجي"),
        ("دواء", "أدوية الأدوية بالدواء", "دوائي"),
        ("تجربة", "تجارب التجربة تجربته", "تجريبي"),
        ("معدٍ", "المعدي معدية", "عدوى"),
    ],
    "he": [("תרופה", "תרופות התרופה לתרופות", "רופא"), ("מחלה", "מחלות המחלה", "חולה")],
    "hi": [
        ("टीका", "टीके टीकों", "टीकाकरण"),
        ("बीमारी", "बीमारियाँ बीमारियों", "बीमार"),
        ("मरीज़", "मरीज मरीजों मरीज़ों", "मर्ज"),
        ("दवा", "दवाएँ दवाओं", "दवाखाना"),
        ("संक्रमण", "सङ्क्रमण संक्रमणों", "संक्रमित संक्रामक"),
        ("फैलना", "फैलने फैलता फैला फैलेगा", "फैलाना फैलाव"),
        ("गंभीर", "गम्भीर", "गंभीरता"),
        ("नया", "नए नई नये", "नाम"),
    ],
    "bn": [("রোগী", "রোগীর রোগীরা রোগীদের", "রোগ"), ("টিকা", "টিকার টিকাগুলি", "টাকা")],
    "id": [
        ("gejala", "gejalanya", "gejolak"),
        ("menularkan", "ditularkan menularkannya", "penularan"),
        ("obat", "obatnya obatmu", "pengobatan"),
        ("menguji", "diuji", "pengujian"),
        ("menyebar", "menyebarlah", "penyebaran"),
    ],
    "ko": [("환자", "환자는 환자에게 환자들의", "환경"), ("치료", "치료를 치료하는", "치과")],
    "fi": [("hoito", "hoitoa hoitoon", "hoippua")],
    "sw": [("dalili", "dalili", "dakika")],
}  # fmt: skip

SAME = [(tag, entry, form) for tag, rows in WORDS.items() for entry, forms, _ in rows for form in forms.split()]
OTHER = [(tag, entry, word) for tag, rows in WORDS.items() for entry, _, words in rows for word in words.split()]


def matches(tag: str, entry: str, word: str) -> bool:
    spoken = language(tag)
    (term,) = spoken.normaliser.tokens(entry)
    (token,) = spoken.normaliser.tokens(word)
    return Forms(term, spoken)[token]


@pytest.mark.parametrize(("tag", "entry", "form"), SAME)
def test_a_form_of_the_word_matches(tag: str, entry: str, form: str) -> None:
    assert matches(tag, entry, form)


@pytest.mark.parametrize(("tag", "entry", "word"), OTHER)
def test_another_word_does_not_match(tag: str, entry: str, word: str) -> None:
    assert not matches(tag, entry, word)


@pytest.mark.parametrize("tag", [*WORDS, "xx", "zh-Hant-TW", "pt_BR"])
def test_words_with_digits_match_themselves_alone(tag: str) -> None:
    assert matches(tag, "h1n1", "H1N1")
    assert not matches(tag, "h1n1", "h1n1s")


def test_an_unknown_language_is_matched_by_a_careful_beginning() -> None:
    assert matches("xx", "mbalameta", "mbalametan")
    assert not matches("xx", "mbalameta", "mbalakoru")


def test_regions_and_scripts_share_their_language() -> None:
    assert language("de-CH") is language("de")
    assert language("pt_BR") is language("pt")
    assert language("no") is language("nb")
