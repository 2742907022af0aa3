"""Inflection as tables of endings.

A paradigm is the set of endings one stem takes: German noun ``"" s es e en``, Russian ``а ы е у ой ам ами ах``. Two
words are forms of one word when some paradigm splits both into the same stem and one of its endings. Derivation
(*virus – viral*, *infection – infectious*) changes the stem and therefore does not match: that is the guard, there is
no list of exceptions.

A word belongs to several paradigms at once, as long as nobody says which; its *keys* are all its (paradigm, stem)
pairs, and words match when they share a key. What a glossary entry may look like is narrower than what a text may
look like (an infinitive stands for its verb, a finite form does not), so a paradigm can name its citation endings.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

Keys = frozenset[str]
Alternate = Callable[[str, str], Iterable[str]]
Extra = Callable[[str, bool], Iterable[str]]


@dataclass(frozen=True)
class Paradigm:
    """Endings of one stem. ``citation``: those an entry may show (none given: all). ``stem``: its least length."""

    name: str
    endings: tuple[str, ...]
    citation: tuple[str, ...] | None = None
    stem: int = 2
    after: tuple[str, ...] = ()  # the stem must end in one of these


def paradigm(name: str, endings: str, citation: str | None = None, stem: int = 2, after: str = "") -> Paradigm:
    """A paradigm from blank-separated endings; ``-`` is the empty ending."""

    def split(text: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys("" if part == "-" else part for part in text.split()))

    return Paradigm(name, split(endings), None if citation is None else split(citation), stem, split(after))


def words(text: str) -> frozenset[str]:
    """A blank-separated list as a set."""
    return frozenset(text.split())


def same_stem(stem: str, _ending: str) -> Iterable[str]:
    """No alternation: the stem is the stem."""
    return (stem,)


class Inflection:
    """All paradigms of a language, ready to ask. Pure; answers are remembered."""

    def __init__(
        self,
        paradigms: Sequence[Paradigm],
        *,
        alternate: Alternate = same_stem,
        extra: Extra | None = None,
        irregular: Iterable[str] = (),
        shortest: int = 3,
    ) -> None:
        """``alternate(stem, ending)`` gives the canonical stems; ``extra(token, is_term)`` further keys.

        ``irregular`` holds groups of forms of one word, blank-separated. Tokens shorter than ``shortest`` or with
        digits match themselves alone.
        """
        self._alternate = alternate
        self._extra = extra
        self._shortest = shortest
        self._longest = max((len(e) for p in paradigms for e in p.endings), default=0)
        self._text: dict[str, list[tuple[str, Paradigm]]] = {}
        self._term: dict[str, list[tuple[str, Paradigm]]] = {}
        for index, entry in enumerate(paradigms):
            tag = f"{index}:"
            for ending in entry.endings:
                self._text.setdefault(ending, []).append((tag, entry))
                if entry.citation is None or ending in entry.citation:
                    self._term.setdefault(ending, []).append((tag, entry))
        self._irregular: dict[str, list[str]] = {}
        for number, group in enumerate(irregular):
            for form in group.split():
                self._irregular.setdefault(form, []).append(f"!{number}")
        self.text = lru_cache(maxsize=16384)(self._text_keys)
        self.term = lru_cache(maxsize=16384)(self._term_keys)

    def _text_keys(self, token: str) -> Keys:
        return self._keys(token, self._text, is_term=False)

    def _term_keys(self, token: str) -> Keys:
        return self._keys(token, self._term, is_term=True)

    def _keys(self, token: str, table: dict[str, list[tuple[str, Paradigm]]], *, is_term: bool) -> Keys:
        keys = {f"={token}", *self._irregular.get(token, ())}
        length = len(token)
        if length >= self._shortest and (token.isalpha() or not any(char.isdigit() for char in token)):
            for at in range(max(1, length - self._longest), length + 1):
                found = table.get(token[at:])
                if found:
                    self._split(token[:at], token[at:], found, keys)
            if self._extra:
                keys.update(self._extra(token, is_term))
        return frozenset(keys)

    def _split(self, stem: str, ending: str, found: list[tuple[str, Paradigm]], keys: set[str]) -> None:
        stems: Iterable[str] | None = None
        for tag, entry in found:
            if len(stem) < entry.stem or (entry.after and not stem.endswith(entry.after)):
                continue
            if stems is None:
                stems = tuple(self._alternate(stem, ending))
            for canonical in stems:
                keys.add(tag + canonical)
