"""Terms and running text in any number, made up from syllables; the same every time."""

import random

from consentry.glossary.matching.inflect.paradigm import words

SYLLABLES = sorted(
    words("car di o my pa thy neu ro gen ic he ma tol gy in flam tion der mal ven tri cu lar re nal sis")
)
COMMON = sorted(words("the of and to in a is that for it as was with be by on not he his but at are this have from or"))


def material(count: int, seed: int = 7) -> tuple[random.Random, list[str]]:
    rnd = random.Random(seed)
    vocabulary = ["".join(rnd.choices(SYLLABLES, k=rnd.randint(2, 5))) for _ in range(20_000)]
    terms = {" ".join(rnd.choices(vocabulary, k=rnd.choice((1, 2, 2, 3)))) for _ in range(count)}
    return rnd, sorted(terms)


def running_text(rnd: random.Random, terms: list[str], length: int) -> str:
    said: list[str] = []
    while sum(map(len, said)) + len(said) < length:
        said.append(rnd.choice(terms) if rnd.random() < 0.1 else rnd.choice(COMMON))
    return " ".join(said)[:length]
