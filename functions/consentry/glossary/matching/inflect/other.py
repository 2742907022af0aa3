"""Languages without tables of their own: a Snowball stem where Snowball has one, else a careful prefix rule."""

import Stemmer

from consentry.glossary.matching.inflect.paradigm import Inflection

_SNOWBALL = {
    "lt": "lithuanian", "hy": "armenian",
    "eu": "basque", "ga": "irish", "ne": "nepali", "yi": "yiddish", "et": "estonian",
    "eo": "esperanto",
}  # fmt: skip


def snowball(code: str) -> Inflection | None:
    """Stems by Snowball, or None where it does not know ``code``."""
    algorithm = _SNOWBALL.get(code)
    if algorithm is None or algorithm not in Stemmer.algorithms():
        return None
    stem = Stemmer.Stemmer(algorithm).stemWord
    return Inflection([], extra=lambda token, _is_term: (f"s:{stem(token)}",))


def unknown() -> Inflection:
    """No knowledge: the word itself."""
    return Inflection([])


def same_beginning(term: str, text: str, _inflection: Inflection) -> bool:
    """For languages nobody described: the term's beginning, with up to three letters changed or added at the end."""
    if len(term) < 4 or abs(len(text) - len(term)) > 4 or not text.isalpha():
        return False
    keep = max(4, len(term) - 2)
    return text[:keep] == term[:keep]
