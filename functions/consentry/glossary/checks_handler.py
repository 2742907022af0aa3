"""glossary-checks: any text or file against the glossary in force; the glossary for other tools. Reads only."""

import base64
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from consentry.base import aws, settings
from consentry.base.clock import now_ms, rfc3339
from consentry.base.documents import Documents
from consentry.base.http import Event, Response, json_response, query
from consentry.base.names import LOCALE
from consentry.base.staff import Staff
from consentry.base.staff_http import body_bytes, etag, framed, json_object, media_type, shaped
from consentry.base.staff_problems import StaffProblem, method_not_allowed, not_found, wrong
from consentry.glossary.concept import STATES, ConceptFile, Market, Name, State, Tag
from consentry.glossary.decisions import in_force
from consentry.glossary.exchange.export import EXPORT_FORMATS, MEDIA_TYPES, CannotExport, export
from consentry.glossary.files import READERS
from consentry.glossary.judging import Ruling
from consentry.glossary.matching.match import Glossary, Judgement
from consentry.glossary.matching.model import chain
from consentry.glossary.paths import CONCEPTS
from consentry.glossary.pieces import FileProblem, Piece
from consentry.glossary.segments import text_digest
from consentry.glossary.store import Enforced, Reader, day_of
from consentry.glossary.workflow import readable

FUNCTION = "glossary-checks"
MAX_SEGMENTS = 500
MAX_FILE_BYTES = 4 * 1024 * 1024
MAX_FILE_SEGMENTS = 5_000
MAX_CHARACTERS = 500_000
MAX_REPLY_BYTES = 4_300_000
_KINDS: Mapping[str, str] = {
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/x-gettext-translation": ".po",
    "text/x-po": ".po",
    "application/x-gettext": ".po",
    "application/xliff+xml": ".xlf",
    "application/x-xliff+xml": ".xlf",
    "application/x-xliff": ".xlf",
}
_documents = Documents(aws.dynamodb(), settings.required("EDITORIAL_TABLE"))
_reader = Reader(_documents)


class Pair(BaseModel):
    """One text and, where there is one, its source."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: Annotated[str, Field(max_length=300)] = ""
    source: Annotated[str, Field(max_length=50_000)] | None = None
    target: Annotated[str, Field(min_length=1, max_length=50_000)]


class Question(BaseModel):
    """The JSON body of ``POST /v1/glossary/checks``: ``text`` with the ``concepts`` it has to name, or ``segments``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    locale: Tag
    market: Market | None = None
    source_locale: Tag = "en-GB"
    text: Annotated[str, Field(min_length=1, max_length=50_000)] | None = None
    concepts: Annotated[tuple[Name, ...], Field(max_length=200)] = ()
    segments: Annotated[tuple[Pair, ...], Field(max_length=MAX_SEGMENTS)] = ()


def handler(event: Event, _context: object) -> Response:
    """Answer one HTTP API event."""
    return framed(FUNCTION, event, _route)


def _route(event: Event, who: Staff) -> Response:
    readable(who, "glossary:", "translations:")
    method: str = event["requestContext"]["http"]["method"]
    ways = {"/v1/glossary/checks": ("POST", _check), "/v1/glossary/exports": ("GET", _export)}
    if event["rawPath"] not in ways:
        raise not_found(f"There is nothing at {event['rawPath'][:100]}.", "See /openapi.json for what there is.")
    wanted, act = ways[event["rawPath"]]
    if method != wanted:
        raise method_not_allowed(method, wanted)
    return act(event)


# Checks


def _check(event: Event) -> Response:
    kind = media_type(event)
    name = query(event, "file")
    if name is None and (kind == "application/json" or kind.endswith("+json")):
        question = _question(event)
        pieces = [
            Piece(pair.key or f"segment {number}", number, pair.source, pair.target)
            for number, pair in enumerate(question.segments, start=1)
        ]
        if question.text is not None:
            pieces = [Piece("text", 1, None, question.text)]
        return _judged(question, pieces, whole=True)
    return _judged(*_file(event, name, kind), whole=False)


def _question(event: Event) -> Question:
    question = shaped(Question, json_object(event, 2 * 1024 * 1024))
    if (question.text is None) == (not question.segments):
        raise StaffProblem(
            "invalid-body",
            "There is nothing to check, or two things at once.",
            f'Send "text", or 1 to {MAX_SEGMENTS} "segments" with "source" and "target"; a file goes as it is, with '
            "its own content type.",
        )
    return question


def _file(event: Event, name: str | None, kind: str) -> tuple[Question, Sequence[Piece]]:
    ending = f".{name.rpartition('.')[2].lower()}" if name is not None else _KINDS.get(kind, "")
    if ending not in READERS:
        raise StaffProblem(
            "unsupported-media-type",
            f"{name[:60] if name is not None else kind[:60] or 'A body without a type'} is no kind of file I know.",
            "Send PO, XLIFF, JSON or text: name the file in the query, ?file=de.po, or send its media type "
            f"({', '.join(sorted(_KINDS))}).",
        )
    data = body_bytes(event, MAX_FILE_BYTES)
    try:
        read = READERS[ending](data, None)
    except FileProblem as problem:
        raise StaffProblem(
            "invalid-body", f"{name or 'The file'}, line {problem}.", "Mend the file there and send it again."
        ) from None
    locale = query(event, "locale") or read.locale
    if locale is None:
        raise StaffProblem(
            "invalid-parameter",
            "The file does not say its language.",
            "Name it in the query: ?locale=de-DE.",
        )
    source = query(event, "source_locale") or read.source_locale or "en-GB"
    question = shaped(Question, {"locale": locale, "market": query(event, "market"), "source_locale": source})
    if len(read.pieces) > MAX_FILE_SEGMENTS:
        raise _too_much(f"{len(read.pieces)} segments; at most {MAX_FILE_SEGMENTS} are checked at once.")
    return question, read.pieces


def _too_much(detail: str) -> StaffProblem:
    return StaffProblem(
        "body-too-large",
        f"What you sent has {detail}",
        "Split it, or check it on your machine: consentry glossary check.",
    )


def _judged(question: Question, pieces: Sequence[Piece], *, whole: bool) -> Response:
    """Judgements by piece; ``whole``: passes too, for what was typed rather than sent as a file."""
    if sum(len(piece.target) + len(piece.source or "") for piece in pieces) > MAX_CHARACTERS:
        raise _too_much(f"more than {MAX_CHARACTERS} characters.")
    enforced = _reader.enforced()
    glossary = _glossary(enforced, question)
    counts: dict[str, int] = {}
    shown = []
    memory = _Memory(enforced, question)
    for piece in pieces:
        found = glossary.judge(piece.source, piece.target, question.concepts)
        for judgement in found:
            counts[judgement.outcome] = counts.get(judgement.outcome, 0) + 1
        listed = [memory.shown(piece, judgement) for judgement in found if whole or judgement.outcome != "pass"]
        if listed or whole:
            shown.append(
                {
                    "key": piece.key,
                    "line": piece.line,
                    "source_digest": text_digest(piece.source) if piece.source is not None else None,
                    "target_digest": text_digest(piece.target),
                    "judgements": listed,
                }
            )
    body = {
        "locale": question.locale,
        "market": question.market,
        "generation": enforced.generation,
        "concepts": len(enforced.files),
        "checked": len(pieces),
        "counts": counts,
        "segments": shown,
    }
    response = json_response(200, body)
    if len(response["body"].encode()) > MAX_REPLY_BYTES:
        raise _too_much(f"{sum(counts.values())} judgements, more than fit into one reply.")
    return response


def _glossary(enforced: Enforced, question: Question) -> Glossary:
    """The rules that hold for the question's languages and market.

    Raises:
        StaffProblem: 422, a text is asked for a concept that is not in force.
    """
    rulebook = enforced.rulebook
    rules = rulebook.rules_of(question.locale, question.market) if question.market else None
    if question.source_locale == rulebook.source_locale:
        glossary = rulebook.glossary(question.locale, rules)
    else:
        concepts = rulebook.concepts(question.locale)
        glossary = Glossary(concepts, question.locale, rules, question.source_locale, enforced.prohibited)
    unknown = sorted(set(question.concepts) - set(glossary.concepts))
    if unknown:
        raise StaffProblem(
            "invalid-body",
            f"Not in force: {', '.join(unknown)}.",
            "Name concepts that GET /v1/glossary/concepts?state=approved lists.",
            errors=[wrong("/concepts", "unknown", f"{name} is not in force.") for name in unknown],
        )
    return glossary


class _Memory:
    """What has been judged before about the same words."""

    def __init__(self, enforced: Enforced, question: Question) -> None:
        self._places = (None, *chain(question.market)) if question.market else (None,)
        self._locale = question.locale
        self._day = day_of(rfc3339(now_ms()))
        self._waivers = enforced.waivers
        self._rulings: dict[str, list[Ruling]] = {}
        spoken = chain(question.locale)
        for ruling in enforced.rulings.values():
            if ruling.market in self._places and ruling.locale in spoken:
                self._rulings.setdefault(ruling.concept, []).append(ruling)

    def shown(self, piece: Piece, judgement: Judgement) -> dict[str, Any]:
        """The judgement with earlier ones, and the body that would settle a proposed form."""
        said = judgement.as_json()
        if judgement.outcome == "pass":
            return said
        earlier = [
            ruling for ruling in self._rulings.get(judgement.concept, ()) if self._about(ruling, piece, judgement)
        ]
        said["judged"] = [
            {
                "id": ruling.id,
                "kind": ruling.kind,
                "state": ruling.state,
                "text": ruling.text,
                "by": ruling.decided_by or ruling.proposed_by,
                "at": ruling.decided_at or ruling.proposed_at,
                "reason": ruling.decision or ruling.reason,
                "holds_until": ruling.expires.isoformat() if ruling.expires is not None else None,
            }
            for ruling in earlier
        ]
        said["waived"] = any(
            ruling.kind == "waiver" and ruling.id in self._waivers and in_force(self._waivers[ruling.id], self._day)
            for ruling in earlier
        )
        if judgement.rule == "proposed-form" and not earlier:
            said["settle"] = {
                "kind": "form",
                "concept": judgement.concept,
                "locale": self._locale,
                "text": judgement.found,
                "term": judgement.suggestions[0] if judgement.suggestions else None,
            }
        return said

    @staticmethod
    def _about(ruling: Ruling, piece: Piece, judgement: Judgement) -> bool:
        if ruling.kind == "waiver":
            source = text_digest(piece.source) if piece.source is not None else None
            words = (ruling.source_digest, ruling.target_digest)
            return ruling.rule == judgement.rule and words == (source, text_digest(piece.target))
        if judgement.side == "target" and ruling.text.casefold() == judgement.found.casefold():
            return True
        return ruling.kind == "term" and ruling.text.casefold() in piece.target.casefold()


# Exports


def _export(event: Event) -> Response:
    """``format`` as ``exchange.export`` has them; ``state=all``: drafts too, as they are worked on."""
    wanted = query(event, "format") or "tbx"
    format_ = next((known for known in EXPORT_FORMATS if known == wanted), None)
    if format_ is None:
        mend = f"Use one of {', '.join(EXPORT_FORMATS)}."
        raise StaffProblem("invalid-parameter", f"format={wanted[:20]} is not written here.", mend)
    named = query(event, "locale")
    locales = named.split(",") if named is not None else []
    if not all(re.fullmatch(LOCALE, tag) for tag in locales):
        raise StaffProblem(
            "invalid-parameter", f"locale={','.join(locales)[:20]} is no language tag.", "Write it as de or de-AT."
        )
    state = query(event, "state") or "in-force"
    if state not in ("in-force", "all"):
        raise StaffProblem("invalid-parameter", f"state={state[:20]} says nothing.", "Use in-force or all.")
    concepts, generation = _worked_on() if state == "all" else _in_force()
    states: set[State] = set(STATES) - {"retired"} if state == "all" else {"approved"}
    try:
        made = export(concepts, format_, locales=locales, states=states)
    except CannotExport as error:
        raise StaffProblem("invalid-parameter", f"{error}.", "Add &locale=de, or &locale=de,fr for aws.") from None
    if len(made.data) > MAX_REPLY_BYTES:
        raise StaffProblem(
            "body-too-large",
            f"The export has {len(made.data)} bytes; {MAX_REPLY_BYTES} fit into one reply.",
            "Export one language at a time, &locale=de, or pull the files and export them on your machine: "
            "consentry content pull, consentry glossary export.",
        )
    kind, ending = MEDIA_TYPES[format_]
    name = "-".join(["glossary", *locales])
    return {
        "statusCode": 200,
        "headers": {
            "content-type": kind,
            "content-disposition": f'attachment; filename="{name}.{ending}"',
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
            "etag": etag(max(generation, 1)),
        },
        "body": base64.b64encode(made.data).decode(),
        "isBase64Encoded": True,
    }


def _in_force() -> tuple[list[ConceptFile], int]:
    enforced = _reader.enforced()
    return list(enforced.files.values()), enforced.generation


def _worked_on() -> tuple[list[ConceptFile], int]:
    generation = _documents.generation()
    return [ConceptFile.model_validate(d.body["current"]) for d in _documents.everything(CONCEPTS)], generation
