"""Which terms occur in a text: inflected, leftmost-longest, for any number of terms.

Distinct words of all terms get numbers; a token of the text is looked up once (then remembered) as the numbers of the
words it can be a form of, and a trie over the numbers does the rest. Cost follows the length of the text, not the
size of the glossary.
"""

from collections.abc import Iterable, Sequence
from itertools import compress, zip_longest
from operator import add
from typing import NamedTuple

from consentry.glossary.matching.inflect.languages import Language
from consentry.glossary.matching.model import Case, Match
from consentry.glossary.matching.phrase import Prepared, flatten, stands_alone

_REMEMBERED = 200_000


class Entry(NamedTuple):
    """What is looked for: ``id`` comes back in the hits."""

    id: str
    text: str
    case: Case = "any"
    match: Match = "auto"


class Spotted(NamedTuple):
    """Where terms were found: tokens ``start`` ≤ i < ``end``; several entries where one text names several concepts."""

    entries: tuple[Entry, ...]
    start: int
    end: int
    exact: bool


class _Node:
    __slots__ = ("children", "entries")

    def __init__(self) -> None:
        self.children: dict[int, _Node] = {}
        self.entries: list[tuple[Entry, tuple[str, ...], tuple[str, ...]]] = []


class _Numbers(dict[str, tuple[int, ...]]):
    """Token → numbers of the words it can be a form of; computed when first met."""

    def __init__(self, language: Language) -> None:
        super().__init__()
        self._language = language
        self.words: dict[str, int] = {}
        self._by_key: dict[str, tuple[int, ...]] = {}

    def number(self, word: str) -> int:
        """The number of a word of a term."""
        number = self.words.get(word)
        if number is None:
            number = self.words[word] = len(self.words)
            by_key, one = self._by_key, (number,)
            for key in self._language.inflection.term(word):
                by_key[key] = by_key[key] + one if key in by_key else one
        return number

    def __missing__(self, token: str) -> tuple[int, ...]:
        numbers: set[int] = set()
        for key in self._language.inflection.text(token):
            numbers.update(self._by_key.get(key, ()))
        if len(self) >= _REMEMBERED:
            self.clear()
        found = self[token] = tuple(sorted(numbers))
        return found


class _Starts(dict[str, tuple[_Node, ...]]):
    """Token → where in the trie it can begin; () for most."""

    def __init__(self, root: _Node, numbers: _Numbers) -> None:
        super().__init__()
        self._root = root
        self._numbers = numbers

    def __missing__(self, token: str) -> tuple[_Node, ...]:
        children = self._root.children
        if len(self) >= _REMEMBERED:
            self.clear()
        found = self[token] = tuple(children[n] for n in self._numbers[token] if n in children)
        return found


class _Flat:
    """Terms of a script without blanks, by how they begin; cost follows the text, not the number of terms."""

    def __init__(self) -> None:
        self._entries: dict[str, list[tuple[Entry, str]]] = {}
        self._lengths: dict[str, tuple[int, ...]] = {}  # first two characters → lengths of terms, longest first
        self._single: set[str] = set()  # terms of one character

    def add(self, flat: str, cased: str, entry: Entry) -> None:
        """One term; ``cased`` is its flat text with its capitals where they count, else empty."""
        self._entries.setdefault(flat, []).append((entry, cased))
        if len(flat) < _BEGINNING:
            self._single.add(flat)
            return
        lengths = {*self._lengths.get(flat[:_BEGINNING], ()), len(flat)}
        self._lengths[flat[:_BEGINNING]] = tuple(sorted(lengths, reverse=True))

    def spot(self, text: Prepared) -> list[Spotted]:
        """Leftmost-longest over ``Prepared.flat``."""
        flat, lengths = text.flat, self._lengths
        found: list[Spotted] = []
        after = 0
        for at, here, alone in self._candidates(flat):
            if at >= after:
                hit = self._longest(text, at, (*(lengths[flat[at : at + _BEGINNING]] if here else ()), *alone))
                if hit:
                    found.append(hit)
                    after = hit.end
        return found

    def _candidates(self, flat: str) -> Iterable[tuple[int, bool, tuple[int, ...]]]:
        """Where a term may begin: a place, whether by two characters, and the length of a term of one there."""
        pairs = map(self._lengths.__contains__, map(add, flat, flat[1:]))
        if not self._single:
            return ((at, True, ()) for at in compress(range(len(flat)), pairs))
        both = enumerate(zip_longest(pairs, map(self._single.__contains__, flat), fillvalue=False))
        return ((at, here, (1,) if alone else ()) for at, (here, alone) in both if here or alone)

    def _longest(self, text: Prepared, at: int, lengths: Iterable[int]) -> Spotted | None:
        flat = text.flat
        for length in lengths:
            entries = self._entries.get(flat[at : at + length])
            if entries and at + length <= len(flat) and stands_alone(flat, at, at + length):
                held = {entry for entry, cased in entries if not cased or text.flat_cased[at : at + length] == cased}
                if held:
                    return Spotted(tuple(sorted(held, key=_by_name)), at, at + length, exact=True)
        return None


_BEGINNING = 2


class Index:
    """Terms of one language, ready to be found in texts. Reading it from several threads is safe."""

    def __init__(self, language: Language, entries: Iterable[Entry]) -> None:
        self.language = language
        self._root = _Node()
        self._numbers = _Numbers(language)
        self._starts = _Starts(self._root, self._numbers)
        self._flat = _Flat()
        self.extend(entries)

    def extend(self, entries: Iterable[Entry]) -> None:
        """More terms; not while another thread reads."""
        self._numbers.clear()
        self._starts.clear()
        for entry in entries:
            self._add(entry)

    def _add(self, entry: Entry) -> None:
        normaliser = self.language.normaliser
        tokens = normaliser.tokens(entry.text)
        if not tokens:
            return  # punctuation only
        cased = tuple(normaliser.cased(entry.text)) if entry.case != "any" else ()
        if self.language.unspaced:
            self._flat.add(flatten(tokens), flatten(cased), entry)
            return
        node, number = self._root, self._numbers.number
        for token in tokens:
            at = number(token)
            child = node.children.get(at)
            if child is None:
                child = node.children[at] = _Node()
            node = child
        node.entries.append((entry, tuple(tokens), cased))

    def touches(self, text: str) -> bool:
        """Whether ``text`` shares a word with a term (a character, where words have no blanks between them)."""
        tokens = self.language.normaliser.tokens(text)
        return self.language.unspaced or any(map(self._numbers.__getitem__, tokens))

    def spot(self, text: Prepared) -> list[Spotted]:
        """Every occurrence, leftmost-longest: a term inside a longer one is not reported."""
        if self.language.unspaced:
            return self._flat.spot(text)
        tokens = text.tokens
        found: list[Spotted] = []
        after = 0
        for at, nodes in enumerate(map(self._starts.__getitem__, tokens)):
            if nodes and at >= after:
                hit = self._longest(text, at, nodes)
                if hit:
                    found.append(hit)
                    after = hit.end
        return found

    def _longest(self, text: Prepared, at: int, nodes: Sequence[_Node]) -> Spotted | None:
        tokens, numbers = text.tokens, self._numbers
        last = len(tokens)
        best: Spotted | None = None
        end = at + 1
        while nodes:
            candidates = nodes[0].entries if len(nodes) == 1 else [each for node in nodes for each in node.entries]
            if candidates:
                best = _choose(text, at, end, candidates) or best
            if end == last:
                break
            open_nodes = [node.children for node in nodes if node.children]
            if not open_nodes:
                break
            following = numbers[tokens[end]]
            nodes = [children[n] for children in open_nodes for n in following if n in children] if following else ()
            end += 1
        return best


def _choose(
    text: Prepared, start: int, end: int, candidates: list[tuple[Entry, tuple[str, ...], tuple[str, ...]]]
) -> Spotted | None:
    """The entries that hold at this span: those written exactly so before inflected ones, each case rule kept."""
    span = tuple(text.tokens[start:end])
    if len(candidates) == 1 and not candidates[0][2]:  # the common case, without the lists below
        entry, words, _ = candidates[0]
        exactly = words == span
        return Spotted((entry,), start, end, exactly) if exactly or entry.match == "auto" else None
    exact: list[Entry] = []
    inflected: list[Entry] = []
    for entry, words, cased in candidates:
        if cased and not _case_holds(entry.case, cased, text.cased[start:end]):
            continue
        if words == span:
            exact.append(entry)
        elif entry.match == "auto":
            inflected.append(entry)
    chosen = exact or inflected
    if not chosen:
        return None
    entries = tuple(sorted(set(chosen), key=_by_name))
    return Spotted(entries, start, end, exact=bool(exact))


def _by_name(entry: Entry) -> tuple[str, str]:
    return entry.id, entry.text


def _case_holds(rule: Case, wanted: tuple[str, ...], found: Sequence[str]) -> bool:
    """Whether the capitals agree; an acronym may carry its plural (HCPs)."""
    if len(wanted) != len(found):
        return False
    first = found[0][:1] if rule == "exact" else wanted[0][:1]
    seen = (first + found[0][1:], *found[1:])
    return all(got in {want, f"{want}s"} for want, got in zip(wanted, seen, strict=True))
