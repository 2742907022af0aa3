"""CSV and TSV out. Every cell that a spreadsheet could take for a formula is disarmed (``words.disarm``)."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from consentry.glossary.concept import ConceptFile, TermEntry
from consentry.glossary.exchange.table_names import COLUMNS, write_form, write_list
from consentry.glossary.exchange.words import disarm
from consentry.glossary.matching.model import APPROVED, chain

_WEBLATE = (
    "location", "source", "target", "id", "fuzzy", "context", "translator_comments", "developer_comments",
)  # fmt: skip


def write_own(concepts: Iterable[ConceptFile]) -> bytes:
    """Our own shape: one row for each term, UTF-8 with a byte order mark, so that spreadsheets read the letters."""
    return b"\xef\xbb\xbf" + _written([COLUMNS, *(row for concept in concepts for row in _own_rows(concept))])


def _own_rows(concept: ConceptFile) -> Iterator[Sequence[str]]:
    facts = _concept_cells(concept)
    for locale, terms in concept.terms.items():
        cells = [_term_cells(term) for term in terms] or [{}]
        for found in cells:
            row = {"concept": concept.concept, "locale": locale, **found, **facts}
            facts = {}
            yield [row.get(column, "") for column in COLUMNS]


def _concept_cells(concept: ConceptFile) -> dict[str, str]:
    return {
        "subject": concept.subject,
        "definition": concept.definition,
        "context": concept.context or "",
        "source_kind": concept.source.kind,
        "source": concept.source.text,
        "source_date": str(concept.source.date or ""),
        "codes": write_list(f"{system}={code}" for system, code in concept.codes.items()),
        "options": write_list(concept.options),
        "do_not_translate": "yes" if concept.do_not_translate else "no",
        "severity": concept.severity,
        "strict": "yes" if concept.strict else "no",
        "sample": "yes" if concept.sample else "no",
        "state": concept.state,
        "version": str(concept.version),
        "history": write_list(concept.history),
    }


def _term_cells(term: TermEntry) -> dict[str, str]:
    return {
        "term": term.text,
        "status": term.status,
        "market": term.market or "",
        "type": term.type,
        "part_of_speech": term.part_of_speech or "",
        "gender": term.gender or "",
        "case": term.case,
        "match": term.match,
        "forms": write_list(write_form(form.text, form.origin, form.approved_by) for form in term.forms),
        "note": term.note or "",
    }


class Row(NamedTuple):
    """What a machine may be told to write: an English term and what it is in each locale."""

    concept: str
    source: str
    targets: tuple[str, ...]
    context: str
    definition: str


def rows(concepts: Iterable[ConceptFile], locales: Sequence[str]) -> Iterator[Row]:
    """English terms with the preferred terms of ``locales``, inherited ones too; only what has one in each of them.

    Names that are not translated stand for themselves. Unwanted terms and terms of one market are left out.
    """
    seen: set[str] = set()
    for concept in concepts:
        preferred = [_preferred(concept, locale) for locale in locales]
        for source in concept.terms.get("en", ()):
            if source.status not in APPROVED or source.market or source.text.casefold() in seen:
                continue
            targets = [source.text if concept.do_not_translate else text for text in preferred]
            if all(targets):
                seen.add(source.text.casefold())
                told = tuple(text for text in targets if text)
                yield Row(concept.concept, source.text, told, concept.context or "", concept.definition)


def _preferred(concept: ConceptFile, locale: str) -> str | None:
    found = None
    for tag in chain(locale):
        found = next(
            (t.text for t in concept.terms.get(tag, ()) if t.status == "preferred" and not t.market),
            found,
        )
    return found


def write_weblate(found: Iterable[Row]) -> bytes:
    """Weblate's CSV of one language."""
    cells = (("", row.source, *row.targets, "", "", row.context, "", row.definition) for row in found)
    return _written([_WEBLATE, *cells])


def write_deepl(found: Iterable[Row]) -> bytes:
    """DeepL's TSV: source, target, no header, no quoting."""
    return "".join("\t".join(map(disarm, (row.source, *row.targets))) + "\n" for row in found).encode("utf-8")


def write_aws(found: Iterable[Row], locales: Sequence[str]) -> bytes:
    """AWS Translate's custom terminology: one column for each language, the source first."""
    return _written([("en", *locales), *((row.source, *row.targets) for row in found)])


def _written(lines: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerows([disarm(cell) for cell in line] for line in lines)
    return out.getvalue().encode("utf-8")
