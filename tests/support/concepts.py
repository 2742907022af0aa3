"""Generated concepts: everything a concept file can say, in texts that try the formats."""

import unicodedata
from datetime import date

from hypothesis import strategies as st

from consentry.glossary.concept import Citation, ConceptFile, FormEntry, TermEntry
from consentry.glossary.exchange import words
from consentry.glossary.matching.look_alike import look_alikes

LOCALES = ("de", "de-CH", "fr", "fr-CA", "pt-BR", "zh-Hant", "ja", "ar", "tr", "hi")
PIECES = {
    "ja": ["治験", "アレルギー", "です", "B型"],
    "zh": ["臨床試驗", "藥品", "B型"],
    "ar": ["حدث", "ضار", "دواء", "أثر"],
    "hi": ["टीका", "रोगी", "दवा"],
}
LATIN = ["Ereignis", "unerwünscht", "l’hôpital", "AE", "COVID-19", "mg/ml", "Ärzt:innen", "médecin·e·s", "(e)", "x"]
AWKWARD = [
    "=1+1",
    "'=x",
    "''@y",
    "-itis",
    "+",
    "@",
    '"quoted"',
    "a;b",
    "a,b",
    "a | b",
    "{learnt}",
    "[x]",
    "<b>",
    "&amp;",
]


def _sound(text: str, code: str) -> bool:
    clean = words.clean(text, code).text == text and words.has_word(text, code) and len(text) <= 60
    return clean and not words.mojibake(text) and not look_alikes(text, code)


def terms_of(code: str) -> st.SearchStrategy[str]:
    pieces = st.sampled_from(PIECES.get(code, LATIN)) | st.sampled_from(AWKWARD)
    return (
        st.lists(pieces, min_size=1, max_size=4)
        .map(lambda found: unicodedata.normalize("NFC", " ".join(found)))
        .filter(lambda text: _sound(text, code))
    )


LINES = (
    st.lists(st.sampled_from([*LATIN, *AWKWARD, "consentry:", "治験"]), min_size=1, max_size=6)
    .map(" ".join)
    .filter(lambda text: not words.mojibake(text))
)
DEFINITIONS = LINES.map(lambda text: f"What is meant: {text}")
MARKETS = st.sampled_from([None, None, None, "CH", "CA-QC"])


@st.composite
def term_lists(draw: st.DrawFn, code: str, *, least: int = 0) -> tuple[TermEntry, ...]:
    texts = draw(st.lists(terms_of(code), min_size=least, max_size=4, unique=True))
    taken: set[str | None] = set()
    found = []
    for text in texts:
        market = draw(MARKETS)
        status = draw(st.sampled_from(["preferred", "admitted", "deprecated", "forbidden"]))
        if status == "preferred" and market in taken:
            status = "admitted"
        if status == "preferred":
            taken.add(market)
        found.append(draw(_term(text, status, market, code)))
    return tuple(found)


@st.composite
def _term(draw: st.DrawFn, text: str, status: str, market: str | None, code: str) -> TermEntry:
    forms = draw(st.lists(st.builds(FormEntry, text=terms_of(code), origin=ORIGINS, approved_by=ACTORS), max_size=2))
    return TermEntry(
        text=text,
        status=status,
        market=market,
        part_of_speech=draw(st.sampled_from([None, "noun", "verb", "other"])),
        gender=draw(st.sampled_from([None, "masculine", "feminine", "neuter", "common"])),
        type=draw(st.sampled_from(["full-form", "acronym", "abbreviation", "short-form", "variant", "phrase"])),
        case=draw(st.sampled_from(["any", "initial", "exact"])),
        match=draw(st.sampled_from(["auto", "exact", "forms"])),
        forms=tuple({form.text: form for form in forms}.values()),
        note=draw(st.none() | LINES),
    )


ORIGINS = st.sampled_from(["rule", "learnt", "imported", "author"])
ACTORS = st.none() | st.sampled_from(["anna-t", "k.brandt"])
NAMES = st.from_regex(r"[a-z][a-z0-9]{0,6}(-[a-z0-9]{1,4}){0,2}", fullmatch=True)


@st.composite
def concepts(draw: st.DrawFn) -> ConceptFile:
    english = draw(terms_of("en"))
    rest = [t for t in draw(term_lists("en")) if t.text != english and (t.status != "preferred" or t.market)]
    at = draw(st.integers(0, len(rest)))
    rest.insert(at, TermEntry(text=english))
    locales = draw(st.lists(st.sampled_from(LOCALES), max_size=3, unique=True))
    return ConceptFile(
        concept=draw(NAMES),
        version=draw(st.integers(1, 20)),
        state=draw(st.sampled_from(["draft", "in-review"])),
        sample=draw(st.booleans()),
        subject=draw(NAMES),
        definition=draw(DEFINITIONS),
        context=draw(st.none() | LINES),
        source=Citation(
            kind=draw(st.sampled_from(["regulation", "guideline", "product-information", "standard", "house"])),
            text=draw(LINES),
            date=draw(st.none() | st.dates(date(1950, 1, 1), date(2030, 1, 1))),
        ),
        codes=draw(st.dictionaries(st.sampled_from(["mesh", "atc", "dpv"]), LINES, max_size=2)),
        options=tuple(
            draw(st.lists(st.sampled_from(["specialty.cardiology", "role", "a|b"]), max_size=2, unique=True))
        ),
        do_not_translate=draw(st.booleans()),
        severity=draw(st.sampled_from(["block", "review"])),
        strict=draw(st.booleans()),
        terms={"en": tuple(rest), **{tag: draw(term_lists(tag.partition("-")[0])) for tag in locales}},
        history=tuple(draw(st.lists(LINES, max_size=2, unique=True))),
    )


def as_new(concept: ConceptFile) -> ConceptFile:
    """What importing the concept into an empty glossary gives: a first draft, its forms nobody's approvals."""
    terms = {
        tag: tuple(
            term.model_copy(update={"forms": tuple(FormEntry(text=f.text, origin="imported") for f in term.forms)})
            for term in entries
        )
        for tag, entries in concept.terms.items()
    }
    return concept.model_copy(update={"version": 1, "state": "draft", "approvals": (), "terms": terms})
