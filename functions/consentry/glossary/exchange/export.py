"""Which concepts go out, in which shape, and what a shape cannot hold."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from consentry.glossary.concept import ConceptFile, State
from consentry.glossary.exchange import table_write
from consentry.glossary.exchange.tbx_write import write_tbx
from consentry.glossary.exchange.xliff_write import write_xliff
from consentry.glossary.matching.model import chain

ExportFormat = Literal["tbx", "tbx-dct", "csv", "weblate", "deepl", "aws", "xliff"]
EXPORT_FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)
STATES: tuple[State, ...] = get_args(State)
MEDIA_TYPES: dict[ExportFormat, tuple[str, str]] = {
    "tbx": ("application/x-tbx", "tbx"),
    "tbx-dct": ("application/x-tbx", "tbx"),
    "csv": ("text/csv; charset=utf-8", "csv"),
    "weblate": ("text/csv; charset=utf-8", "csv"),
    "deepl": ("text/tab-separated-values; charset=utf-8", "tsv"),
    "aws": ("text/csv; charset=utf-8", "csv"),
    "xliff": ("application/xliff+xml", "xlf"),
}
"""Media type and file ending."""
_FOR_MACHINES = frozenset({"weblate", "deepl", "aws"})
_ONE_LOCALE = frozenset({"weblate", "deepl", "xliff"})


class CannotExport(Exception):
    """A format that needs what was not said; the message says what."""


@dataclass(frozen=True)
class Exported:
    """A file, how many concepts are in it, and what it could not hold."""

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
        raise CannotExport(f"{format_} holds one language pair: name one --locale, for example --locale de")
    if format_ == "aws" and not locales:
        raise CannotExport("aws needs its columns: name each --locale, for example --locale de --locale fr")
    chosen = sorted((concept for concept in concepts if concept.state in wanted), key=lambda concept: concept.concept)
    if wanted == {"approved"}:
        chosen = [_approved(concept) for concept in chosen]
    notes = []
    if format_ in _FOR_MACHINES:
        data = _for_machines(chosen, format_, tuple(locales))
        notes.append("deprecated, forbidden and market-specific terms stay out: a machine would learn to write them")
    elif format_ == "xliff":
        (locale,) = locales
        nameless = [concept.concept for concept in chosen if not _has_name(concept)]
        notes += [f"{name} has no preferred English term, and was left out" for name in nameless]
        data = write_xliff(chosen, locale)
    else:
        chosen = [_in_locales(concept, locales) for concept in chosen] if locales else chosen
        data = table_write.write_own(chosen) if format_ == "csv" else write_tbx(chosen, _STYLES[format_])
    return Exported(data, len(chosen), tuple(notes))


_STYLES: dict[str, Literal["dca", "dct"]] = {"tbx": "dca", "tbx-dct": "dct"}


def _for_machines(chosen: Iterable[ConceptFile], format_: ExportFormat, locales: tuple[str, ...]) -> bytes:
    if format_ == "aws":
        return table_write.write_aws(chosen, locales)
    write = table_write.write_weblate if format_ == "weblate" else table_write.write_deepl
    return write(chosen, locales[0])


def _has_name(concept: ConceptFile) -> bool:
    return any(term.status == "preferred" and not term.market for term in concept.terms.get("en", ()))


def _approved(concept: ConceptFile) -> ConceptFile:
    """The concept with the terms that are in force, as enforcement takes them."""
    approved = concept.approved_locales()
    kept = {tag: terms for tag, terms in concept.terms.items() if tag == "en" or tag in approved}
    return concept.model_copy(update={"terms": kept})


def _in_locales(concept: ConceptFile, locales: Collection[str]) -> ConceptFile:
    wanted = {tag for locale in locales for tag in chain(locale)} | {"en"}
    kept = {
        tag: terms
        for tag, terms in concept.terms.items()
        if tag in wanted or any(tag.startswith(f"{locale}-") for locale in locales)
    }
    return concept.model_copy(update={"terms": kept})
