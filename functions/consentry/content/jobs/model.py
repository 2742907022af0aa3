"""A translation job: what goes to a translator, and what comes back. A format writes the one and reads the other."""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

State = Literal["new", "needs-review", "translated"]
STATES: tuple[State, ...] = ("new", "needs-review", "translated")
"""``new``: no translation yet; ``needs-review``: a suggestion, or a translation of other English; else done."""

SOURCE_LOCALE = "en-GB"
MAX_BYTES = 10 * 1024 * 1024
CODE = re.compile(r"\{[a-z_]+(?:\.[a-z_]+)?\}")
"""A placeholder or a slot: ``{count}``, ``{controller.name}``."""


class JobProblem(Exception):
    """A file that is no job, or cannot be read as one; the message says where and how to mend it."""


@dataclass(frozen=True)
class Term:
    """A concept of the glossary that occurs in the source: what to write for it, best first, and what never."""

    concept: str
    source: str
    write: tuple[str, ...]
    avoid: tuple[str, ...] = ()

    @property
    def advice(self) -> str:
        """``adverse event: write “unerwünschtes Ereignis”; not “Nebenwirkung”``, three words at most of each."""
        wrong = "; not " + _some(self.avoid) if self.avoid else ""
        return f"{self.source}: write " + _some(self.write) + wrong


def _some(words: tuple[str, ...]) -> str:
    return " or ".join(f"“{text}”" for text in words[:3]) + (" or …" if len(words) > 3 else "")


@dataclass(frozen=True)
class Unit:
    """One string for a translator.

    ``key``: ``forms/catalogs/de#field.email.label`` or ``consent_texts/DE/profiling/1.de-DE#paragraphs[0]``.
    ``sources``: the text, or singular and plural of it; ``category`` is then the CLDR category that ``target`` is for.
    ``stamp`` binds key, sources and the translation in force when the job was made (``stamp``).
    """

    key: str
    sources: tuple[str, ...]
    target: str = ""
    category: str = ""
    state: State = "new"
    stamp: str = ""
    source_locale: str = SOURCE_LOCALE
    where: str = ""
    markets: tuple[str, ...] = ()
    limit: int | None = None
    terms: tuple[Term, ...] = ()
    reference: str = ""
    previous: str = ""
    prefilled: str = ""
    preview: str = ""

    @property
    def id(self) -> str:
        """The key, with the plural category where there is one."""
        return joined_id(self.key, self.category)

    @property
    def file(self) -> str:
        """Where the string lives, as translators' tools group it."""
        return self.key.partition("#")[0]

    @property
    def source(self) -> str:
        """The English of this very form."""
        return english(self.sources, self.category)

    @property
    def mark(self) -> str:
        """The stamp, and for a suggestion what was suggested, so that an edit of it can be told."""
        return f"{self.stamp}-{short(self.target)}" if self.state == "needs-review" else self.stamp

    def notes(self) -> list[tuple[str, str]]:
        """What a translator must know, by name. The last one, ``stamp``, is for the way back."""
        codes = list(dict.fromkeys(CODE.findall(" ".join(self.sources))))
        said = [
            ("where", self.where),
            ("markets", ", ".join(self.markets)),
            ("plural", f"form for the CLDR plural category “{self.category}”" if self.category else ""),
            ("max-length", f"{self.limit} characters" if self.limit else ""),
            ("placeholders", f"keep {', '.join(codes)} as they are" if codes else ""),
            *(("term", term.advice) for term in self.terms),
            ("reference", self.reference),
            ("previous-english", self.previous),
            ("prefilled", self.prefilled),
            ("preview", self.preview),
            ("stamp", self.mark),
        ]
        return [(name, text) for name, text in said if text]


@dataclass(frozen=True)
class Job:
    """Everything that goes to one translator. ``plural_forms``: gettext's header; ``categories`` in its order."""

    locale: str
    units: tuple[Unit, ...]
    source_locale: str = SOURCE_LOCALE
    plural_forms: str = "nplurals=2; plural=(n != 1);"

    @property
    def strings(self) -> dict[str, State]:
        """Key to state: a string with plural forms is one, and as far as the least of its forms."""
        found: dict[str, State] = {}
        for unit in self.units:
            found[unit.key] = min(unit.state, found.get(unit.key, "translated"), key=STATES.index)
        return found


@dataclass(frozen=True)
class Returned:
    """One string as it came back. ``place`` says where in the file; ``sources`` is what the file shows as English.

    ``wrong``: why the words in the file cannot be those that somebody wrote.
    """

    key: str
    target: str
    category: str = ""
    sources: tuple[str, ...] = ()
    state: State = "translated"
    mark: str = ""
    place: str = ""
    wrong: str = ""

    @property
    def id(self) -> str:
        """As ``Unit.id``."""
        return joined_id(self.key, self.category)

    @property
    def stamp(self) -> str:
        """As ``Unit.stamp``; empty where a tool dropped it."""
        return self.mark.partition("-")[0]

    @property
    def untouched(self) -> bool:
        """True for a suggestion that came back as it went out."""
        return self.mark.partition("-")[2] == short(self.target)


@dataclass(frozen=True)
class Delivery:
    """A job that came back. ``locale`` as the file says it."""

    locale: str
    units: tuple[Returned, ...]


def short(text: str) -> str:
    """Eight hex digits that tell one text from another."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def stamp(key: str, sources: Iterable[str], targets: Iterable[str]) -> str:
    """Sixteen hex digits: this string, with this English and this translation."""
    said = json.dumps([key, list(sources), list(targets)])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


_CATEGORY = re.compile(r"\[(zero|one|two|few|many|other)\]$")


def english(sources: Sequence[str], category: str) -> str:
    """The English of one plural form: the singular for ``one``, the plural for every other."""
    return sources[0] if category in {"", "one"} else sources[-1]


def joined_id(key: str, category: str) -> str:
    """The id of a string, or of one plural form of it."""
    return f"{key}[{category}]" if category else key


def split_id(text: str) -> tuple[str, str]:
    """Key and plural category of an id."""
    found = _CATEGORY.search(text)
    return (text[: found.start()], found[1]) if found else (text, "")


def check_size(data: bytes) -> None:
    """Refuse what is larger than any job.

    Raises:
        JobProblem: more than ``MAX_BYTES``.
    """
    if len(data) > MAX_BYTES:
        raise JobProblem(f"{len(data):,} bytes; the limit is {MAX_BYTES:,}: split the file")
