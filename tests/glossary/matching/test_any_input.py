"""Whatever stands in a glossary or a text: a judgement with a place inside the text, never an exception."""

from hypothesis import given
from hypothesis import strategies as st

from consentry.glossary.matching.inflect.languages import language
from consentry.glossary.matching.match import Glossary
from consentry.glossary.matching.model import Concept, Prohibited, Term

TAGS = st.sampled_from(["de-CH", "fr-CA", "ar-SA", "ja-JP", "zh-Hant", "tr", "hi", "ko", "pl", "fi", "xx-Latn"])
INVISIBLE = ("\u00ad", "\u200b", "\u202e", "\u0301")
PIECES = st.sampled_from(
    ["Arzt", "Ärzt:innen", "médecin·e·s", "ﬁ", "ß", "İ", "क़", "مرضٍ", "治験", "ＷＨＯ", "-", "’", *INVISIBLE]
)
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=4), st.just(" ")), max_size=10).map("".join)


@given(TAGS, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS)
def test_any_text_is_judged(tag: str, entry: str, approved: str, unwanted: str, before: str, after: str) -> None:
    concept = Concept("c", {"en": (Term(entry),), tag: (Term(approved), Term(unwanted, status="forbidden"))})
    prohibited = [Prohibited("X", tag, unwanted, "reason")]
    glossary = Glossary([concept], tag, "X", prohibited=prohibited)
    source, target = f"{before} {entry} {after}", f"{after} {approved} {before}"
    for judgement in [*glossary.check(source, target), *glossary.check_text(target, ["c"])]:
        text = source if judgement.side == "source" else target
        assert 0 <= judgement.start <= judgement.end <= len(text)
        assert judgement.reason


@given(TAGS, TEXTS)
def test_a_text_is_always_a_use_of_itself(tag: str, text: str) -> None:
    concept = Concept("c", {"en": (Term("term"),), tag: (Term(text),)})
    judgements = Glossary([concept], tag).check("term", text)
    if language(tag).normaliser.tokens(text):
        assert [judgement.outcome for judgement in judgements if judgement.rule != "look-alike"] == ["pass"]
