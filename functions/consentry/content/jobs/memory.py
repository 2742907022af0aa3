"""Suggestions from what was translated before: a TMX 1.4 file, and the catalogs."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from heapq import nlargest
from typing import TYPE_CHECKING

from consentry.content.jobs.model import CODE, JobProblem
from consentry.content.jobs.xml import attribute, local, parse, plain

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LEAST = 0.75
"""How alike two texts must be, of 1, for the translation of one to help with the other."""
_CANDIDATES = 40
_LOOKED_AT = 5_000


@dataclass(frozen=True)
class Pair:
    """A text and its translation, and where they were found."""

    source: str
    target: str
    origin: str


@dataclass(frozen=True)
class Match:
    """A suggestion; ``likeness`` of 1 is the same text."""

    target: str
    likeness: float
    source: str
    origin: str

    @property
    def described(self) -> str:
        """For the translator's note."""
        if self.likeness == 1:
            return f"exact match from {self.origin}: confirm it here"
        return f"{int(self.likeness * 100)} % match from {self.origin}, for “{self.source}”"


def _bare(text: str) -> str:
    return " ".join(text.split())


class Memory:
    """Looks texts up, exactly first, then by likeness. Earlier pairs win over later ones."""

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self._pairs: dict[str, Pair] = {}
        for pair in pairs:
            self._pairs.setdefault(_bare(pair.source), pair)
        self._holding: dict[str, list[str]] = defaultdict(list)
        for text in self._pairs:
            for word in _words(text):
                self._holding[word].append(text)

    def __len__(self) -> int:
        return len(self._pairs)

    def best(self, source: str) -> Match | None:
        """The best suggestion whose placeholders are those of ``source``, or none."""
        bare = _bare(source)
        exact = self._pairs.get(bare)
        if exact is not None:
            return Match(exact.target, 1, exact.source, exact.origin)
        best: Match | None = None
        matcher = SequenceMatcher(b=bare, autojunk=False)
        least = LEAST
        for other in self._nearest(bare):
            pair = self._pairs[other]
            if 2 * min(len(other), len(bare)) < least * (len(other) + len(bare)):
                continue
            matcher.set_seq1(other)
            if matcher.quick_ratio() < least or (likeness := matcher.ratio()) < least:
                continue
            if sorted(CODE.findall(other)) != sorted(CODE.findall(bare)) or (best and likeness <= best.likeness):
                continue
            best = Match(pair.target, min(likeness, 0.99), pair.source, pair.origin)
        return best

    def _nearest(self, bare: str) -> list[str]:
        """The texts that share the most words with this one, rare words before common ones.

        Words that very many texts hold tell little and are looked at only where there are no others.
        """
        shared: dict[str, float] = defaultdict(float)
        seen = 0
        for holding in sorted((self._holding.get(word, []) for word in _words(bare)), key=len):
            if seen and seen + len(holding) > _LOOKED_AT:
                break
            seen += len(holding)
            for text in holding:
                shared[text] += 1 / len(holding)
        return nlargest(_CANDIDATES, shared, key=lambda text: (shared[text], text))


def _words(text: str) -> set[str]:
    return {word.strip(".,;:!?()“”\"'").casefold() for word in text.split()}


def read_tmx(data: bytes, source_locale: str, locale: str) -> list[Pair]:
    """Pairs of a TMX file between two languages; regions may differ, the same region goes first.

    Raises:
        JobProblem: not TMX, or nothing in these languages.
    """
    root = parse(data)
    if local(root) != "tmx":
        raise JobProblem(f"the root element is <{local(root)}>, not <tmx>; export the memory as TMX 1.4")
    found: list[tuple[bool, Pair]] = []
    seen: set[str] = set()
    for unit in root.iter():
        if local(unit) != "tu":
            continue
        texts = {attribute(tuv, "lang").replace("_", "-"): _segment(tuv) for tuv in unit if local(tuv) == "tuv"}
        seen |= set(texts)
        ours, theirs = _nearest(texts, source_locale), _nearest(texts, locale)
        if ours and theirs and texts[ours].strip() and texts[theirs].strip():
            pair = Pair(texts[ours], texts[theirs], "the translation memory")
            found.append((theirs.casefold() != locale.casefold(), pair))
    if not found:
        held = ", ".join(sorted(seen)) or "nothing"
        raise JobProblem(f"no pair of {source_locale} and {locale} in it; it holds {held}")
    return [pair for _, pair in sorted(found, key=lambda item: item[0])]


def _nearest(languages: Iterable[str], wanted: str) -> str | None:
    same = [tag for tag in languages if tag.casefold() == wanted.casefold()]
    language = wanted.partition("-")[0].casefold()
    return next(iter(same or [tag for tag in languages if tag.partition("-")[0].casefold() == language]), None)


def _segment(tuv: "Element") -> str:
    segment = next((child for child in tuv if local(child) == "seg"), None)
    # Codes of other tools are no placeholders of ours, except where they hold one.
    return (
        plain(segment, lambda code: None if local(code) in {"hi", "sub"} else _code(code))
        if segment is not None
        else ""
    )


def _code(element: "Element") -> str:
    held = "".join(element.itertext())
    return held if CODE.fullmatch(held) else ""
