"""The impact of one concept's file, as it stands, on what the last build published."""

from collections.abc import Collection, Iterable
from datetime import date
from pathlib import Path

from consentry.glossary.build.library import Library
from consentry.glossary.concept import REVIEWS, Approval, ConceptFile
from consentry.glossary.decisions import Violation
from consentry.glossary.impact import impact
from consentry.glossary.rulebook import concepts_in_force
from consentry.glossary.segments import Published, Segment, published

SEGMENTS = ".build/content/editorial/segments.json"


class ReviewError(Exception):
    """Nothing was done; the message says why and what to do."""


def read_live(path: Path) -> Published:
    """The segments that ``content build`` wrote.

    Raises:
        ReviewError: there are none.
    """
    try:
        return published(path.read_bytes())
    except FileNotFoundError:
        message = f"{path} is not there: what is live is not known; run `consentry content build` first"
        raise ReviewError(message) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReviewError(f"{path} cannot be read ({error}); run `consentry content build` again") from None


def find(library: Library, concept: str) -> ConceptFile:
    """The concept's file.

    Raises:
        ReviewError: there is none, or it cannot be read.
    """
    for file in library.files:
        if file.concept == concept:
            return file
    if concept in library.unreadable:
        first = next(f for f in library.findings if f.file.endswith(f"/{concept}.yaml"))
        raise ReviewError(f"{first.file}:{first.line}: {first.key} {first.message}; mend: {first.mend}")
    near = [file.concept for file in library.files if concept in file.concept or file.concept in concept]
    hint = f"; did you mean {', '.join(near)}?" if near else "; `ls glossary/concepts` shows those there are"
    raise ReviewError(f"no concept {concept}{hint}")


def usual_locales(file: ConceptFile) -> list[str]:
    """What a review is about where no locale is named: those reviewed before, so that drafts stay drafts; else all."""
    return sorted({given.locale for given in file.approvals} & set(file.terms)) or sorted(file.terms)


def as_if_approved(file: ConceptFile, locales: Collection[str], day: date) -> ConceptFile:
    """The file with both reviews of ``locales`` (of all its locales where none is named), as it would be enforced.

    Raises:
        ReviewError: the concept has no terms in one of them.
    """
    locales = locales or set(file.terms)
    unknown = sorted(set(locales) - set(file.terms))
    if unknown:
        raise ReviewError(f"{file.concept} has no terms in {', '.join(unknown)}")
    kept = [given for given in file.approvals if given.locale not in locales]
    given = [
        Approval(locale=tag, role=role, actor="as-if", at=day, digest=file.meaning_digest(tag))
        for tag in sorted(locales)
        for role in sorted(REVIEWS)
    ]
    return file.model_copy(update={"state": "approved", "approvals": (*kept, *given)})


def would_break(library: Library, after: Iterable[ConceptFile], segments: Iterable[Segment]) -> list[Violation]:
    """What would break among ``segments`` if the files in ``after`` stood in the place of those of the same name."""
    changed = {file.concept: file for file in after}
    files = [changed.get(file.concept, file) for file in library.files]
    return impact(segments, library.concepts, concepts_in_force(files), library.prohibited)
