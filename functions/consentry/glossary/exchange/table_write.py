"""CSV and TSV out. Every cell that a spreadsheet could take for a formula is disarmed (``words.disarm``)."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from consentry.glossary.concept import ConceptFile, TermEntry
from consentry.glossary.exchange.table_names import COLUMNS, write_form, write_list
from consentry.glossary.exchange.words import disarm
from consentry.glossary.matching.model import chain

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


def pairs(concepts: Iterable[ConceptFile], locale: str) -> Iterator[tuple[str, str, ConceptFile]]:
    """English term and the preferred term of ``locale`` with what it inherits: what a machine may be told to write.

    Names that are not translated pair with themselves. Unwanted terms and terms of one market are left out.
    """
    seen: set[str] = set()
    for concept in concepts:
        sources = [t for t in concept.terms.get("en", ()) if t.status in {"preferred", "admitted"} and not t.market]
        target = _preferred(concept, locale)
        for source in sources:
            text = source.text if concept.do_not_translate else target
            if text and source.text.casefold() not in seen:
                seen.add(source.text.casefold())
                yield source.text, text, concept


def _preferred(concept: ConceptFile, locale: str) -> str | None:
    found = None
    for tag in chain(locale):
        found = next(
            (t.text for t in concept.terms.get(tag, ()) if t.status == "preferred" and not t.market),
            found,
        )
    return found


def write_weblate(concepts: Iterable[ConceptFile], locale: str) -> bytes:
    """Weblate's CSV of one language."""
    rows = (
        ("", source, target, "", "", concept.context or "", "", concept.definition)
        for source, target, concept in pairs(concepts, locale)
    )
    return _written([_WEBLATE, *rows])


def write_deepl(concepts: Iterable[ConceptFile], locale: str) -> bytes:
    """DeepL's TSV: source, target, no header, no quoting."""
    rows = ((disarm(source), disarm(target)) for source, target, _ in pairs(concepts, locale))
    return "".join(f"{source}\t{target}\n" for source, target in rows).encode("utf-8")


def write_aws(concepts: Iterable[ConceptFile], locales: Sequence[str]) -> bytes:
    """AWS Translate's custom terminology: one column for each language, the source first.

    A row needs every column, so that a concept without a term in one of ``locales`` is left out.
    """
    kept = list(concepts)
    columns = [{source: target for source, target, _ in pairs(kept, locale)} for locale in locales]
    sources = [source for source in (columns[0] if columns else {}) if all(source in column for column in columns)]
    rows = [(source, *(column[source] for column in columns)) for source in sources]
    return _written([("en", *locales), *rows])


def _written(rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerows([disarm(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8")
