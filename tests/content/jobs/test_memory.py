"""Suggestions: exact before alike, ours only with the same placeholders, and quickly in a large memory."""

import time

from consentry.content.jobs.memory import Memory, Pair


def test_exact_before_alike_and_earlier_before_later() -> None:
    memory = Memory(
        [Pair("Last name", "Nachname", "a"), Pair("Last  name", "Familienname", "b"), Pair("Last names", "Namen", "c")]
    )
    found = memory.best("Last name ")
    assert found is not None
    assert (found.target, found.likeness, found.described) == ("Nachname", 1, "exact match from a: confirm it here")
    assert len(memory) == 2


def test_alike_is_marked_with_how_much_and_to_what() -> None:
    found = Memory([Pair("Enter your last name", "Geben Sie Ihren Nachnamen ein", "TM")]).best("Enter your first name")
    assert found is not None
    assert found.described == "87 % match from TM, for “Enter your last name”"
    assert Memory([Pair("Enter your last name", "x", "TM")]).best("Choose a country") is None


def test_other_placeholders_are_no_help() -> None:
    memory = Memory([Pair("Select {limit} at most", "Höchstens {limit}", "TM")])
    assert memory.best("Select {count} at most") is None
    assert memory.best("Select {limit} at the most") is not None


def test_a_memory_of_a_hundred_thousand_texts_answers_at_once() -> None:
    memory = Memory(Pair(f"Sentence number {n} of the memory speaks of {n * 7}", str(n), "TM") for n in range(100_000))
    started = time.process_time()
    for n in range(20):
        found = memory.best(f"Sentence number {n} of the memory speaks about {n * 7}")
        assert found is not None
        assert found.target == str(n)
    assert time.process_time() - started < 2
