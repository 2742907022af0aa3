"""The measurement of the glossary checker itself: what it counts, and that a worse checker shows."""

from benchmarks import glossary_quality
from benchmarks.glossary_peers import alternation, bounded_uses, naive_uses
from benchmarks.glossary_quality import Tally, distance, tally, vocabulary
from consentry.glossary.bench import Row


def test_distance_counts_letters() -> None:
    assert distance("", "abc") == 3
    assert distance("kitten", "sitting") == 3
    assert distance("Arzt", "Arzt") == 0


def test_shares_are_of_all() -> None:
    assert tally([True, False, True, True]) == Tally(3, 4)
    assert Tally(3, 4).percent == 75
    assert Tally(0, 0).percent == 0


def test_neighbours_are_other_words_with_no_form_in_common() -> None:
    for words in vocabulary().values():
        forms = {word.entry: {word.entry, *word.forms} for word in words}
        assert all(word.neighbour in forms and forms[word.neighbour].isdisjoint(forms[word.entry]) for word in words)


def test_peers_do_what_such_checkers_do() -> None:
    assert alternation(["cell", "red cell"]).findall("Red cells") == ["Red cell"]
    assert naive_uses("form", "information")
    assert not bounded_uses("form", "information")
    assert not bounded_uses("टीका", "एक टीका है"), "the vowel sign ends the word for \\b"


def test_a_row_is_cut_only_where_the_term_stands_in_one_form() -> None:
    row = Row("c", "de", "medicine", ("Arzneimittel",), True, "a medicine", "Das Arzneimittel wirkt")
    cut = glossary_quality._cut(row)
    assert cut is not None
    assert cut[1].sub(" ", row.target) == "Das   wirkt"
    twice = Row("c", "fr", "fever", ("fièvre",), True, "fever", "la fièvre, les fièvres")
    assert glossary_quality._cut(twice) is not None
    other = Row("c", "ru", "test", ("проба",), True, "test", "проба и пробы")
    assert glossary_quality._cut(other) is None


def test_a_form_of_the_same_word_is_no_neighbour() -> None:
    assert glossary_quality._nearest("masques", ("masques",), ("masque", "masques", "manques", "fièvre")) == "manques"


def test_names_and_sources_keep_their_budgets() -> None:
    """The rest of the measurement takes half a minute and is `make bench`'s."""
    assert all(each.ok for each in [*glossary_quality.names(), *glossary_quality.spotting()])
