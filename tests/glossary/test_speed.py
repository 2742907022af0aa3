"""Speed, in processor time so that a busy machine does not decide: budgets of the issue, and cost against size."""

import gc
import time

from consentry.glossary.bench import percentile
from consentry.glossary.inflect.languages import language
from consentry.glossary.match import Glossary
from consentry.glossary.model import Concept, Term
from consentry.glossary.phrase import Prepared
from consentry.glossary.spot import Entry, Index
from support.glossary_material import material, running_text


def check_times(size: int) -> list[float]:
    rnd, terms = material(size)
    concepts = [Concept(f"c{i}", {"en": (Term(term),), "de": (Term(term[::-1]),)}) for i, term in enumerate(terms)]
    glossary = Glossary(concepts, "de-DE")
    targets = [term[::-1] for term in terms]
    pairs = [(running_text(rnd, terms, 500), running_text(rnd, targets, 500)) for _ in range(300)]
    gc.collect()
    times: list[float] = []
    for _ in range(2):  # the second round is warm
        times = []
        for source, target in pairs:
            started = time.process_time()
            glossary.check(source, target)
            times.append(time.process_time() - started)
    return times


def test_500_characters_against_10_000_concepts() -> None:
    assert percentile(check_times(10_000), 0.99) <= 0.010


def test_the_cost_of_a_check_does_not_follow_the_size_of_the_glossary() -> None:
    assert percentile(check_times(10_000), 0.5) <= 4 * percentile(check_times(200), 0.5) + 0.001


def test_spotting_at_10_000_terms_runs_through_a_million_characters_a_second() -> None:
    rnd, terms = material(10_000)
    spoken = language("en")
    index = Index(spoken, [Entry(str(i), term) for i, term in enumerate(terms)])
    text = running_text(rnd, terms, 2_000)
    index.spot(Prepared(text, spoken))
    started = time.process_time()
    for _ in range(100):
        index.spot(Prepared(text, spoken))
    assert 100 * len(text) / (time.process_time() - started) >= 1_000_000
