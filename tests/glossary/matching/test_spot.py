"""Spotting terms: leftmost-longest, independent of order, with inflection and the case rule."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from consentry.glossary.matching.inflect.languages import language
from consentry.glossary.matching.phrase import Prepared, flatten, stands_alone
from consentry.glossary.matching.spot import Entry, Index

EN = language("en")
WORDS = st.sampled_from(["red", "blood", "cell", "count", "low", "test"])
TERMS = st.lists(st.lists(WORDS, min_size=1, max_size=3).map(" ".join), min_size=1, max_size=8, unique=True)
TEXT = st.lists(WORDS, max_size=12).map(" ".join)


def spots(terms: list[str], text: str) -> list[tuple[int, int, tuple[str, ...]]]:
    index = Index(EN, [Entry(term, term) for term in terms])
    found = index.spot(Prepared(text, EN))
    return [(hit.start, hit.end, tuple(entry.id for entry in hit.entries)) for hit in found]


@given(TERMS, TEXT)
def test_leftmost_longest_against_the_definition(terms: list[str], text: str) -> None:
    tokens, at, expected = text.split(), 0, []
    while at < len(tokens):
        here = [t for t in terms if tokens[at : at + len(t.split())] == t.split()]
        if here:
            longest = max(here, key=lambda term: len(term.split()))
            expected.append((at, at + len(longest.split()), (longest,)))
            at += len(longest.split())
        else:
            at += 1
    assert spots(terms, text) == expected


@given(st.permutations(["red cell", "red cells", "cell", "count", "cell count", "blood count", "Counts"]), TEXT)
def test_the_order_of_terms_decides_nothing(terms: list[str], text: str) -> None:
    assert spots(terms, f"{text} counts cells") == spots(sorted(terms), f"{text} counts cells")


@given(TERMS, TEXT)
def test_hits_do_not_overlap_and_stand_in_order(terms: list[str], text: str) -> None:
    found = spots(terms, text)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(found))


@given(TERMS, TEXT)
def test_asking_again_answers_the_same(terms: list[str], text: str) -> None:
    index = Index(EN, [Entry(term, term) for term in terms])
    assert index.spot(Prepared(text, EN)) == index.spot(Prepared(text, EN))


def test_inflected_terms_are_found() -> None:
    assert spots(["adverse event", "allergy", "isolate"], "Adverse events, allergies; isolated")[0][2] == (
        "adverse event",
    )
    assert len(spots(["adverse event", "allergy", "isolate"], "Adverse events, allergies; isolated")) == 3


def test_a_term_written_exactly_so_wins_over_an_inflected_one() -> None:
    assert spots(["test", "testing"], "testing the test") == [(0, 1, ("testing",)), (2, 3, ("test",))]


def test_an_acronym_is_no_small_word() -> None:
    index = Index(EN, [Entry("who", "WHO", case="exact"), Entry("hcp", "HCP", case="exact")])
    text = Prepared("Those who ask the WHO and HCPs, not hcp", EN)
    assert [(hit.entries[0].id, hit.start) for hit in index.spot(text)] == [("who", 4), ("hcp", 6)]


def test_a_name_shadows_the_term_inside_it() -> None:
    index = Index(EN, [Entry("name", "Example Pharma", case="exact"), Entry("pharma", "pharma")])
    found = index.spot(Prepared("Example Pharma is in pharma; example pharma", EN))
    assert [(hit.entries[0].id, hit.start) for hit in found] == [("name", 0), ("pharma", 4), ("pharma", 6)]


def test_one_text_for_two_concepts_names_both() -> None:
    index = Index(EN, [Entry("b", "trial"), Entry("a", "trial")])
    (hit,) = index.spot(Prepared("a trial", EN))
    assert [entry.id for entry in hit.entries] == ["a", "b"]


def test_scripts_without_blanks_are_searched_as_text() -> None:
    spoken = language("zh")
    index = Index(spoken, [Entry("long", "临床试验"), Entry("short", "试验"), Entry("who", "WHO")])
    found = index.spot(Prepared("临床试验和试验，WHO 与 WHOLE", spoken))
    assert [hit.entries[0].id for hit in found] == ["long", "short", "who"]


CHARACTERS = st.sampled_from("药品试验临床AB 1")
FLAT_TERMS = st.lists(st.text(CHARACTERS, min_size=1, max_size=4), min_size=1, max_size=8, unique=True)


@given(FLAT_TERMS, st.text(CHARACTERS, max_size=20))
def test_unspaced_leftmost_longest_against_the_definition(terms: list[str], text: str) -> None:
    spoken = language("zh")
    prepared = Prepared(text, spoken)
    flat = {flatten(spoken.normaliser.tokens(term)) for term in terms} - {""}
    at, expected = 0, []
    while at < len(prepared.flat):
        ends = [
            at + len(t)
            for t in flat
            if prepared.flat.startswith(t, at) and stands_alone(prepared.flat, at, at + len(t))
        ]
        if ends:
            expected.append((at, max(ends)))
        at = max(ends, default=at + 1)
    found = Index(spoken, [Entry(term, term) for term in terms]).spot(prepared)
    assert [(hit.start, hit.end) for hit in found] == expected


def test_an_acronym_in_a_script_without_blanks_keeps_its_case() -> None:
    spoken = language("ja")
    index = Index(spoken, [Entry("who", "WHO", case="exact"), Entry("trial", "治験")])
    found = index.spot(Prepared("WHOの治験、whoは", spoken))
    assert [(hit.entries[0].id, hit.start) for hit in found] == [("who", 0), ("trial", 4)]


def test_terms_added_later_are_found_in_texts_seen_before() -> None:
    index = Index(EN, [Entry("cell", "cell")])
    text = Prepared("red cells", EN)
    assert [hit.entries[0].id for hit in index.spot(text)] == ["cell"]
    index.extend([Entry("red", "red cell")])
    assert [hit.entries[0].id for hit in index.spot(text)] == ["red"]


def test_of_two_unspaced_terms_with_one_beginning_the_longer_is_found() -> None:
    spoken = language("zh")
    for terms in (["药品", "药品试验"], ["药品试验", "药品"]):
        (hit,) = Index(spoken, [Entry(term, term) for term in terms]).spot(Prepared("药品试验", spoken))
        assert hit.entries[0].id == "药品试验"
