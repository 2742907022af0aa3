"""Which terms occur in a text: inflected, leftmost-longest, for any number of terms.

Distinct words of all terms get numbers; a token of the text is looked up once (then remembered) as the numbers of the
words it can be a form of, and a trie over the numbers does the rest. Cost follows the length of the text, not the
size of the glossary.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from consentry.glossary.inflect.languages import Language
from consentry.glossary.model import Case, Match
from consentry.glossary.phrase import Phrase, Prepared, find_flat

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
        self._by_key: dict[str, list[int]] = {}

    def number(self, word: str) -> int:
        """The number of a word of a term."""
        number = self.words.get(word)
        if number is None:
            number = self.words[word] = len(self.words)
            for key in self._language.inflection.term(word):
                self._by_key.setdefault(key, []).append(number)
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


class Index:
    """Terms of one language, ready to be found in texts. Reading it from several threads is safe."""

    def __init__(self, language: Language, entries: Iterable[Entry]) -> None:
        self.language = language
        self._root = _Node()
        self._numbers = _Numbers(language)
        self._starts = _Starts(self._root, self._numbers)
        self._flat: list[tuple[str, Entry]] = []
        for entry in entries:
            self._add(entry)

    def _add(self, entry: Entry) -> None:
        phrase = Phrase(entry.text, self.language)
        if not phrase.tokens:
            return  # punctuation only
        if self.language.unspaced:
            self._flat.append((phrase.flat, entry))
            return
        node = self._root
        for token in phrase.tokens:
            node = node.children.setdefault(self._numbers.number(token), _Node())
        cased = tuple(self.language.normaliser.cased(entry.text)) if entry.case != "any" else ()
        node.entries.append((entry, tuple(phrase.tokens), cased))

    def spot(self, text: Prepared) -> list[Spotted]:
        """Every occurrence, leftmost-longest: a term inside a longer one is not reported."""
        if self.language.unspaced:
            return self._spot_flat(text)
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

    def _spot_flat(self, text: Prepared) -> list[Spotted]:
        hits: list[Spotted] = []
        flat = text.flat
        for phrase, entry in self._flat:
            at = find_flat(phrase, flat, 0)
            while at >= 0:
                hits.append(Spotted((entry,), at, at + len(phrase), exact=True))
                at = find_flat(phrase, flat, at + 1)
        chosen: list[Spotted] = []
        for hit in sorted(hits, key=lambda h: (h.start, -h.end, h.entries[0].id)):
            if not chosen or hit.start >= chosen[-1].end:
                chosen.append(hit)
            elif (hit.start, hit.end) == (chosen[-1].start, chosen[-1].end):
                chosen[-1] = Spotted((*chosen[-1].entries, *hit.entries), hit.start, hit.end, exact=True)
        return chosen


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
    entries = tuple(sorted(set(chosen), key=lambda e: (e.id, e.text)))
    return Spotted(entries, start, end, exact=bool(exact))


def _case_holds(rule: Case, wanted: tuple[str, ...], found: Sequence[str]) -> bool:
    """Whether the capitals agree; an acronym may carry its plural (HCPs)."""
    if len(wanted) != len(found):
        return False
    first = found[0][:1] if rule == "exact" else wanted[0][:1]
    seen = (first + found[0][1:], *found[1:])
    return all(got in {want, f"{want}s"} for want, got in zip(wanted, seen, strict=True))
