"""``consentry glossary check``: files in, judgements out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from consentry.base.build.findings import Finding
from consentry.glossary.build.library import Library, load
from consentry.glossary.files import read_file
from consentry.glossary.matching.match import Glossary, Judgement
from consentry.glossary.pieces import FileProblem, Piece


class CheckError(Exception):
    """Nothing could be checked; the message says why and what to do."""


@dataclass(frozen=True)
class Settings:
    """The options of the command."""

    root: Path
    locale: str | None = None
    market: str | None = None
    source: Path | None = None
    source_locale: str = "en-GB"


@dataclass(frozen=True)
class Checked:
    """One judgement and the piece of a file it is about."""

    file: str
    piece: Piece
    judgement: Judgement


@dataclass(frozen=True)
class Report:
    """Everything decided. ``results`` holds every judgement, passes included."""

    results: tuple[Checked, ...]
    segments: int
    concepts: int
    unread: tuple[str, ...] = ()
    """Files that could not be read: path, line where known, what is wrong and how to mend it."""
    notes: tuple[str, ...] = ()
    """What was not checked, and why."""

    @property
    def blocks(self) -> bool:
        """Whether anything blocks publication."""
        return any(result.judgement.outcome == "block" for result in self.results)

    def count(self, outcome: str) -> int:
        """How many judgements had this outcome."""
        return sum(result.judgement.outcome == outcome for result in self.results)


def check_files(paths: Sequence[Path], settings: Settings) -> Report:
    """Check every file against the glossary under ``settings.root``; those that cannot be read are listed.

    Raises:
        CheckError: no usable glossary.

    """
    library = load(settings.root)
    if library.findings:
        raise CheckError(_listed(library.findings))
    if not library.files:
        raise CheckError(f"no concepts in {settings.root / 'glossary/concepts'}; name the folder with --root")
    glossaries: dict[tuple[str, str], Glossary] = {}
    results: list[Checked] = []
    unread: list[str] = []
    notes: list[str] = []
    pieces = 0
    for path in paths:
        try:
            read = read_file(path, settings.source)
        except FileProblem as problem:
            unread.append(str(problem))
            continue
        locale = settings.locale or read.locale
        if not locale:
            mend = "add --locale, for example --locale de-DE"
            unread.append(f"{path}: the file does not say its locale; {mend}")
            continue
        key = (locale, read.source_locale or settings.source_locale)
        if key not in glossaries:
            glossaries[key] = _glossary(library, *key, settings.market)
        pieces += len(read.pieces)
        results += _judged(str(path), read.pieces, glossaries[key])
        notes += [f"{path}: {note}" for note in (read.notes if read.pieces else (*read.notes, "nothing to check"))]
    approved = sum(file.state == "approved" for file in library.files)
    return Report(tuple(results), pieces, approved, tuple(unread), tuple(notes))


def _glossary(library: Library, locale: str, source_locale: str, market: str | None) -> Glossary:
    return Glossary(library.enforced(locale), locale, market, source_locale, library.prohibited)


def _judged(file: str, pieces: Iterable[Piece], glossary: Glossary) -> Iterable[Checked]:
    for piece in pieces:
        for judgement in glossary.judge(piece.source, piece.target):
            yield Checked(file, piece, judgement)


def _listed(findings: Iterable[Finding]) -> str:
    lines = [f"{f.file}:{f.line}: {f.key}: {f.message} [{f.rule}]; mend: {f.mend}" for f in findings]
    return "the glossary itself has errors\n" + "\n".join(lines)
