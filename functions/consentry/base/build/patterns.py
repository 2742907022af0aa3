"""Patterns that content writers put into fields and identifiers: run in browsers, in Python and in other judges.

They must mean the same everywhere, and take no longer for a wrong answer than for a right one: whoever answers chooses
the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import log, prod

# What ECMA-262 (u), Python and Rust read alike: no classes by letter, no lookaround, no backreference, no lazy
# or possessive quantifier.
_UNPORTABLE = re.compile(r"\\[wWsSdDbBpPkAZzGux1-9]|\(\?(?!:)|[*+?}][?+]|\[\[|&&")
_ATOM = re.compile(r"\[(?:\\.|[^\]\\])*\]|\\.|\(\?:|.", re.DOTALL)
_QUANTIFIER = re.compile(r"([*+?])|\{([0-9]+)(,?)([0-9]*)\}")
_MOST_WAYS = 1000
"""In which a repeated group may take one text, before a wrong answer gets slow."""


def check_portable(pattern: str) -> str:
    r"""The pattern, if ECMA-262, Python and Rust read it alike and none of them can be kept busy with it.

    Raises:
        ValueError: not anchored, ``\w``, ``\b``, lookaround, lazy quantifiers or the like, alternatives without a
            group, or a repeated group that can take one text in many ways, such as ``([a-z]+)*``.
    """
    if not (pattern.startswith("^") and pattern.endswith("$")):
        raise ValueError("a pattern must be anchored with ^ and $")
    found = _UNPORTABLE.search(pattern)
    if found:
        raise ValueError(f"the pattern is not portable: {found.group()!r} means different things to different engines")
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    _check_ways(pattern[1:-1])
    return pattern


@dataclass
class _Group:
    """A group being read: where it began; per alternative its first literal, and in how many ways each part matches."""

    start: int = 0
    firsts: list[str | None] = field(default_factory=lambda: [None])
    ways: list[list[float]] = field(default_factory=lambda: [[]])

    def add(self, atom: str, ways: float) -> None:
        if not self.ways[-1]:
            self.firsts[-1] = atom if len(atom) == 1 or atom.startswith("\\") else None
        self.ways[-1].append(ways)

    def branch(self) -> None:
        self.firsts.append(None)
        self.ways.append([])

    @property
    def all_ways(self) -> float:
        """Alternatives that begin with different characters never take the same text."""
        each = [prod(parts) for parts in self.ways]
        apart = None not in self.firsts and len(set(self.firsts)) == len(self.firsts)
        return max(each) if apart else sum(each)


def _atoms(body: str) -> Iterator[tuple[str, int, int, float]]:
    """Atoms and brackets with their place, and how often each stands at least and at most."""
    at = 0
    while at < len(body):
        atom = _ATOM.match(body, at)
        assert atom is not None  # noqa: S101 -- the last alternative takes anything
        quantifier = _QUANTIFIER.match(body, atom.end()) if not atom[0].startswith("(") else None
        low, high = _times(quantifier)
        yield atom[0], at, low, high
        at = quantifier.end() if quantifier else atom.end()


def _times(quantifier: re.Match[str] | None) -> tuple[int, float]:
    if quantifier is None:
        return 1, 1
    sign, least, comma, most = quantifier.groups()
    if sign:
        return {"*": (0, float("inf")), "+": (1, float("inf")), "?": (0, 1)}[sign]
    return int(least), float(most) if most else float("inf") if comma else int(least)


def _check_ways(body: str) -> None:
    stack = [_Group()]
    for atom, at, low, high in _atoms(body):
        if atom in {"(", "(?:"}:
            stack.append(_Group(at))
        elif atom == "|":
            if len(stack) == 1:
                raise ValueError("alternatives need a group around them: ^(?:…|…)$")
            stack[-1].branch()
        else:
            group = stack.pop() if atom == ")" else None
            inner = group.all_ways if group else 1
            if high > 1 and inner > 1 and high * log(inner) > log(_MOST_WAYS):
                piece = body[group.start if group else at : at + 1]
                raise ValueError(
                    f"the repeated group {piece} can take one text in many ways, and a wrong answer would take for "
                    "ever: let nothing inside vary in length, or write the repetition out"
                )
            stack[-1].add("" if group else atom, inner**high * (high - low + 1) if inner > 1 else high - low + 1)
