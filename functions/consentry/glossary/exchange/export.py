"""Which concepts go out, in which shape, and what a shape cannot hold."""

from collections.abc import Collection, Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from consentry.glossary.concept import STATES, ConceptFile, State
from consentry.glossary.exchange import table_write
from consentry.glossary.exchange.tbx_write import write_tbx
from consentry.glossary.exchange.xliff_write import write_xliff
from consentry.glossary.matching.model import chain

ExportFormat = Literal["tbx", "tbx-dct", "csv", "weblate", "deepl", "aws", "xliff"]
EXPORT_FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)
MEDIA_TYPES: dict[ExportFormat, tuple[str, str]] = {
    "tbx": ("application/x-tbx; charset=utf-8", "tbx"),
    "tbx-dct": ("application/x-tbx; charset=utf-8", "tbx"),
    "csv": ("text/csv; charset=utf-8", "csv"),
    "weblate": ("text/csv; charset=utf-8", "csv"),
    "deepl": ("text/tab-separated-values; charset=utf-8", "tsv"),
    "aws": ("text/csv; charset=utf-8", "csv"),
    "xliff": ("application/xliff+xml; charset=utf-8", "xlf"),
}
"""Media type and file ending."""
_FOR_MACHINES = frozenset({"weblate", "deepl", "aws"})
_ONE_LOCALE = frozenset({"weblate", "deepl", "xliff"})


class CannotExport(Exception):
    """A format that needs what was not said; the message says what."""


@dataclass(frozen=True)
class Exported:
    """A file, how many concepts are in it, and what is not."""

    data: bytes
    concepts: int
    notes: tuple[str, ...]


def default_states(format_: ExportFormat) -> frozenset[State]:
    """Machine translation takes what it gets as right: approved concepts only. Other formats carry the state along."""
    return frozenset({"approved"}) if format_ in _FOR_MACHINES else frozenset(STATES) - {"retired"}


def export(
    concepts: Iterable[ConceptFile],
    format_: ExportFormat,
    *,
    locales: Collection[str] = (),
    states: Collection[State] | None = None,
) -> Exported:
    """The concepts of ``states`` as a file, sorted by id.

    ``locales``: English and these, with the languages they inherit from and, where a format holds several, their
    regions.
    With ``approved`` as the only state, terms of locales that lack a review stay out.

    Raises:
        CannotExport: the format holds one locale and none, or several, were named.

    """
    wanted = frozenset(states) if states is not None else default_states(format_)
    if format_ in _ONE_LOCALE and len(locales) != 1:
        raise CannotExport(f"{format_} holds English and one other language: name that one")
    if format_ == "aws" and not locales:
        raise CannotExport("aws has a column for each language: name them")
    chosen = sorted((concept for concept in concepts if concept.state in wanted), key=lambda concept: concept.concept)
    if wanted == {"approved"}:
        chosen = [_approved(concept) for concept in chosen]
    if format_ in _FOR_MACHINES:
        return _for_machines(chosen, format_, tuple(locales))
    if format_ == "xliff":
        (locale,) = locales
        named = [concept for concept in chosen if _has_name(concept)]
        nameless = [concept.concept for concept in chosen if not _has_name(concept)]
        notes = tuple(f"{name} has no preferred English term, and was left out" for name in nameless)
        return Exported(write_xliff(named, locale), len(named), notes)
    chosen = [_in_locales(concept, locales) for concept in chosen] if locales else chosen
    data = table_write.write_own(chosen) if format_ == "csv" else write_tbx(chosen, _STYLES[format_])
    return Exported(data, len(chosen), ())


_STYLES: dict[str, Literal["dca", "dct"]] = {"tbx": "dca", "tbx-dct": "dct"}


def _for_machines(chosen: Sequence[ConceptFile], format_: ExportFormat, locales: tuple[str, ...]) -> Exported:
    rows = list(table_write.rows(chosen, locales))
    notes = ["deprecated, forbidden and market-specific terms stay out: a machine would learn to write them"]
    written = len({row.concept for row in rows})
    if written < len(chosen):
        named = " and ".join(locales)
        notes.append(f"{len(chosen) - written} of {len(chosen)} concepts have no term to write in {named}")
    match format_:
        case "aws":
            data = table_write.write_aws(rows, locales)
        case "weblate":
            data = table_write.write_weblate(rows)
        case _:
            data = table_write.write_deepl(rows)
    return Exported(data, written, tuple(notes))


def _has_name(concept: ConceptFile) -> bool:
    return any(term.status == "preferred" and not term.market for term in concept.terms.get("en", ()))


def _approved(concept: ConceptFile) -> ConceptFile:
    """The concept with the terms that are in force, as enforcement takes them."""
    return _with_terms(concept, {"en", *concept.approved_locales()})


def _in_locales(concept: ConceptFile, locales: Collection[str]) -> ConceptFile:
    wanted = {tag for locale in locales for tag in chain(locale)} | {"en"}
    wanted |= {tag for tag in concept.terms if any(tag.startswith(f"{locale}-") for locale in locales)}
    return _with_terms(concept, wanted)


def _with_terms(concept: ConceptFile, wanted: Container[str]) -> ConceptFile:
    kept = {tag: terms for tag, terms in concept.terms.items() if tag in wanted}
    approvals = tuple(given for given in concept.approvals if given.locale in kept)
    return concept.model_copy(update={"terms": kept, "approvals": approvals})
