"""glossary-concepts: concepts, reviews, judgements, tasks, impact. Thin: ``workflow`` and ``judging`` decide."""

import re
from collections.abc import Callable
from typing import Any

from consentry.base import aws, settings
from consentry.base.clock import now_ms, rfc3339
from consentry.base.documents import Conflict, Document, Documents, Write
from consentry.base.http import Event, Response, header, json_response, query
from consentry.base.staff import Staff
from consentry.base.staff_http import (
    changed_meanwhile,
    cursor,
    etag,
    framed,
    history_page,
    if_match,
    json_object,
    members,
    page_response,
    page_size,
    reason_asked,
    reason_of,
    shaped,
    unchanged,
)
from consentry.base.staff_problems import StaffProblem, cannot_use, method_not_allowed, not_found
from consentry.glossary import judging, views, workflow
from consentry.glossary.concept import REVIEWS, STATES, ConceptFile
from consentry.glossary.decisions import HOLDS_BACK
from consentry.glossary.impact import impact
from consentry.glossary.judging import Asked, Ruling
from consentry.glossary.paths import CONCEPTS, JUDGEMENTS, RECHECKS, WAIVERS, concept_path, tasks_of
from consentry.glossary.rulebook import judged
from consentry.glossary.segments import Segment
from consentry.glossary.store import Editorial, Live, Reader, day_of, is_open, retrying, task_of, waiver_of
from consentry.glossary.workflow import Kept, readable

FUNCTION = "glossary-concepts"
BASE = ["", "v1", "glossary"]
MAX_CONCEPT_BYTES = 256 * 1024
MAX_IMPACT = 500
SCANNED = 2000
"""Documents that one page of a filtered list may look at."""

_documents = Documents(aws.dynamodb(), settings.required("EDITORIAL_TABLE"))
_editorial = Editorial(_documents, aws.sqs(), settings.required("RECHECK_QUEUE_URL"))
_reader = Reader(_documents)
_live = Live(settings.content_dir())


def handler(event: Event, _context: object) -> Response:
    """Answer one HTTP API event."""
    return framed(FUNCTION, event, _route)


def _route(event: Event, who: Staff) -> Response:
    method: str = event["requestContext"]["http"]["method"]
    parts = event["rawPath"].split("/")
    readable(who, "glossary:")
    rest = parts[3:] if parts[:3] == BASE else []
    ways = WAYS.get(tuple("*" if index == 1 else part for index, part in enumerate(rest)))
    if ways is None:
        raise not_found(
            f"There is nothing at {event['rawPath'][:100]}.",
            "See /openapi.json for what there is; /v1/glossary/concepts lists concepts.",
        )
    if method not in ways:
        raise method_not_allowed(method, ", ".join(ways))
    return ways[method](event, who, *rest[1:2])


def _now() -> str:
    return rfc3339(now_ms())


# Concepts


def _list(event: Event, _who: Staff) -> Response:
    state, locale, subject = query(event, "state"), query(event, "locale"), query(event, "subject")
    words = query(event, "q")
    if state is not None and state not in STATES:
        raise StaffProblem("invalid-parameter", f"state={state[:20]} is no state.", f"Use {', '.join(STATES)}.")
    if words is not None and len(words) > 200:
        raise StaffProblem("invalid-parameter", "q is longer than 200 characters.", "Look for fewer words.")

    def wanted(document: Document) -> dict[str, Any] | None:
        if not views.matches(document.body, state, locale, subject, words):
            return None
        return views.summary(document, locale)

    return _page(event, "concepts", CONCEPTS, wanted)


def _page(event: Event, name: str, folder: str, wanted: Callable[[Document], dict[str, Any] | None]) -> Response:
    """A page of those documents that ``wanted`` shows; a filtered page may be short and still have a next one."""
    limit = page_size(event)
    after = cursor(event)
    found: list[dict[str, Any]] = []
    seen = 0
    while True:
        page = _documents.page(folder, after, min(200, max(limit, 50)))
        for document in page.documents:
            seen += 1
            shown = wanted(document)
            if shown is not None:
                found.append(shown)
            if len(found) == limit or seen == SCANNED:
                last = document is page.documents[-1] and page.after is None
                return page_response(event, name, found, None if last else document.path)
        if page.after is None:
            return page_response(event, name, found, None)
        after = page.after


def _shown(status: int, document: Document, kept: Kept, **headers: str) -> Response:
    return json_response(status, views.concept(document, kept), {"etag": etag(document.number), **headers})


def _read(event: Event, _who: Staff, name: str) -> Response:
    document, kept = _editorial.concept(name)
    if header(event, "if-none-match") == etag(document.number):
        return {"statusCode": 304, "headers": {"etag": etag(document.number), "cache-control": "no-store"}}
    return _shown(200, document, kept)


def _create(event: Event, who: Staff) -> Response:
    said, reason = _concept_body(event, None)
    at = _now()
    kept = workflow.create(said, who)
    path = concept_path(said.concept)
    if _documents.get(path) is not None:
        raise StaffProblem(
            "conflict",
            f"There is a concept {said.concept} already.",
            f"Change it with PUT /v1/glossary/concepts/{said.concept}, or choose another name.",
        )
    (document,) = _documents.write([Write(path, 0, kept.body(), "create")], actor=who.sub, reason=reason, at=at)
    return _shown(201, document, kept, location=f"/v1/glossary/concepts/{said.concept}")


def _change(event: Event, who: Staff, name: str) -> Response:
    base = if_match(event)
    document, kept = _editorial.concept(name)
    unchanged(document, base, document.path)
    said, reason = _concept_body(event, kept)
    after = workflow.edit(kept, said, who)
    if after == kept:
        return _shown(200, document, kept)
    (document,) = _documents.write(
        [Write(document.path, base, after.body(), "edit")], actor=who.sub, reason=reason, at=_now()
    )
    return _shown(200, document, after)


def _retire(event: Event, who: Staff, name: str) -> Response:
    base = if_match(event)
    reason = reason_asked(event)
    document, kept = _editorial.concept(name)
    unchanged(document, base, document.path)
    after = workflow.retire(kept, who)
    if after == kept:
        return _shown(200, document, kept)
    return _came(document, kept, after, "retire", who, reason)


def _reopen(event: Event, who: Staff, name: str) -> Response:
    body = members(event, "reason")
    reason = reason_of(body.get("reason"))

    def act() -> Response:
        document, kept = _editorial.concept(name)
        return _came(document, kept, workflow.reopen(kept, who), "reopen", who, reason)

    return retrying(act)


def _submit(event: Event, who: Staff, name: str) -> Response:
    body = members(event, "locales", "reason")
    locales = body.get("locales")
    if locales is not None and not (
        isinstance(locales, list) and 0 < len(locales) <= 100 and all(isinstance(each, str) for each in locales)
    ):
        raise cannot_use(
            "/locales", "invalid", 'A list of locales, such as ["en", "de"]; leave it out for all of yours.'
        )
    reason = reason_of(body.get("reason"))

    def act() -> Response:
        document, kept = _editorial.concept(name)
        return _came(document, kept, workflow.submit(kept, locales, who), "submit", who, reason)

    return retrying(act)


def _approve(event: Event, who: Staff, name: str) -> Response:
    body = members(event, "locale", "role", "reference", "digest", "reason")
    locale, role, reference, digest = (body.get(key) for key in ("locale", "role", "reference", "digest"))
    if not isinstance(locale, str):
        raise cannot_use("/locale", "required", "The language that you reviewed.")
    if role not in REVIEWS:
        raise cannot_use("/role", "required", f"One of {', '.join(sorted(REVIEWS))}.")
    if reference is not None and not (isinstance(reference, str) and 0 < len(reference) <= 200):
        raise cannot_use("/reference", "invalid", "A text of at most 200 characters, such as the number of a protocol.")
    reason = reason_of(body.get("reason"))
    base = None if digest is not None and header(event, "if-match") is None else if_match(event)

    def act() -> Response:
        document, kept = _editorial.concept(name)
        if base is not None:
            unchanged(document, base, document.path)
        if digest is not None and locale in kept.current.terms and digest != kept.current.read_digest(locale):
            raise changed_meanwhile(Conflict(document.path, document))  # other words than those that were read
        at = _now()
        after = workflow.approve(kept, locale, role, reference, who, day_of(at))
        if after == kept:
            return _shown(200, document, kept)
        return _came(document, kept, after, f"approve {locale} as {role}", who, reason, at)

    return retrying(act)


def _came(
    document: Document, before: Kept, after: Kept, action: str, who: Staff, reason: str, at: str | None = None
) -> Response:
    """Write a step; if it changed what is in force, a re-check with it."""
    at = at or _now()
    writes = [Write(document.path, document.number, after.body(), action)]
    rechecked = before.in_force != after.in_force
    if rechecked:
        writes.append(_editorial.recheck_of(after, document.number + 1, at))
    made = _documents.write(writes, actor=who.sub, reason=reason, at=at)
    headers = {}
    if rechecked:
        report = made[1]
        _editorial.ring(report.body["concept"], report.body["version"])
        headers["link"] = f'</v1/glossary/rechecks/{report.name}>; rel="monitor"'
    return _shown(200, made[0], after, **headers)


def _concept_history(event: Event, _who: Staff, name: str) -> Response:
    document, _ = _editorial.concept(name)
    return history_page(event, _documents, document.path)


def _judgement_history(event: Event, _who: Staff, name: str) -> Response:
    document, _ = _ruling(name)
    return history_page(event, _documents, document.path)


def _impact(event: Event, _who: Staff, name: str) -> Response:
    document, kept = _editorial.concept(name)
    asked = query(event, "locales")
    enforced, live = _reader.enforced(), _live.published()
    file, locales = workflow.as_if_approved(kept, asked.split(",") if asked else None)
    retiring = kept.current.state == "retired"
    after = enforced.concepts_with(kept.current.concept, None if retiring else file, locales)
    before = enforced.concepts_with(kept.current.concept, kept.in_force)
    found = impact(live.segments, before, after, enforced.prohibited)
    markets: dict[str, int] = {}
    for violation in found:
        for market in violation.markets:
            markets[market] = markets.get(market, 0) + 1
    body = {
        "concept": kept.current.concept,
        "number": document.number,
        "version": kept.current.version,
        "release": live.release,
        "locales": sorted(locales),
        "segments": len(live.segments),
        "total": len(found),
        "markets": dict(sorted(markets.items())),
        "breaks": [views.violation(violation) for violation in found[:MAX_IMPACT]],
        "more": max(0, len(found) - MAX_IMPACT),
    }
    return json_response(200, body, {"etag": etag(document.number)})


# Judgements


def _ruling_shown(status: int, document: Document, **headers: str) -> Response:
    return json_response(
        status, {**document.body, "number": document.number}, {"etag": etag(document.number), **headers}
    )


def _judgements(event: Event, _who: Staff) -> Response:
    filters = {name: query(event, name) for name in ("kind", "state", "concept", "locale", "market")}

    def wanted(document: Document) -> dict[str, Any] | None:
        if any(value is not None and document.body[name] != value for name, value in filters.items()):
            return None
        return {**document.body, "number": document.number}

    return _page(event, "judgements", JUDGEMENTS, wanted)


def _judgement(_event: Event, _who: Staff, name: str) -> Response:
    document, _ = _ruling(name)
    return _ruling_shown(200, document)


def _ruling(name: str) -> tuple[Document, Ruling]:
    found = _editorial.ruling(name)
    if found is None:
        raise not_found(f"There is no judgement {name[:80]}.", "List them with GET /v1/glossary/judgements.")
    return found


def _concept_for(kind: str, concept: str) -> tuple[Document | None, Kept | None]:
    if kind == "waiver" and not concept:
        return None, None
    return _editorial.concept(concept)


def _judge(event: Event, who: Staff) -> Response:
    asked = shaped(Asked, json_object(event, 256 * 1024))

    def act() -> Response:
        concept, kept = _concept_for(asked.kind, asked.concept)
        placed = judging.placed(asked, kept)
        at = _now()
        earlier, ruling = _editorial.ruling(judging.name_of(placed)) or (None, None)
        if earlier is not None and ruling is not None and not judging.ended(ruling, day_of(at)):
            return _ruling_shown(200, earlier)
        outcome = judging.propose(placed, kept, who, at)
        if placed.kind == "waiver":
            _something_to_waive(placed)
        document = _settled(earlier, concept, kept, outcome, "propose", who, asked.reason, at)
        return _ruling_shown(201, document, location=f"/v1/glossary/judgements/{outcome.ruling.id}")

    return retrying(act)


def _something_to_waive(asked: Asked) -> None:
    """A waiver covers what does not pass; of words that are neither sent nor published this cannot be told."""
    target, source = asked.target, asked.source
    digests = judging.digests(asked)
    if target is None:
        for segment in _live.published().segments:
            if (segment.key, segment.locale) == (asked.key, asked.locale) and (
                segment.source_digest,
                segment.target_digest,
            ) == digests:
                break
        else:
            return
    else:
        markets = (asked.market,) if asked.market is not None else ()
        concepts = (asked.concept,) if asked.concept else ()
        segment = Segment(asked.key or "", "label", asked.locale, markets, (), source, target, concepts)
    rulebook = _reader.enforced().rulebook
    rules = {rulebook.rules_of(segment.locale, market) for market in segment.markets} or {None}
    judgements = [found for each in rules for found in judged(rulebook.glossary(segment.locale, each), segment)]
    if not any((j.concept, j.rule) == (asked.concept, asked.rule) and j.outcome in HOLDS_BACK for j in judgements):
        raise StaffProblem(
            "conflict",
            f"Nothing in these words breaks the rule {asked.rule} of {asked.concept or 'the prohibited wording'}.",
            "Check the words with POST /v1/glossary/checks; what passes needs no waiver.",
        )


def _decide(event: Event, who: Staff, name: str) -> Response:
    body = members(event, "accept", "reason")
    yes = body.get("accept")
    if not isinstance(yes, bool):
        raise cannot_use("/accept", "required", "true or false.")
    reason = reason_of(body.get("reason"))

    def act() -> Response:
        document, ruling = _ruling(name)
        concept, kept = _concept_for(ruling.kind, ruling.concept)
        at = _now()
        outcome = judging.decide(ruling, reason, kept, who, at, yes=yes)
        if outcome.ruling == ruling:
            return _ruling_shown(200, document)
        action = "accept" if yes else "reject"
        return _ruling_shown(200, _settled(document, concept, kept, outcome, action, who, reason, at))

    return retrying(act)


def _reverse(event: Event, who: Staff, name: str) -> Response:
    reason = reason_asked(event)

    def act() -> Response:
        document, ruling = _ruling(name)
        concept, kept = _concept_for(ruling.kind, ruling.concept)
        at = _now()
        outcome = judging.reverse(ruling, reason, kept, who, at)
        if outcome.ruling == ruling:
            return _ruling_shown(200, document)
        return _ruling_shown(200, _settled(document, concept, kept, outcome, "reverse", who, reason, at))

    return retrying(act)


def _settled(
    document: Document | None,
    concept: Document | None,
    kept: Kept | None,
    outcome: judging.Outcome,
    action: str,
    who: Staff,
    reason: str,
    at: str,
) -> Document:
    """A ruling and everything that follows from it, in one transaction."""
    ruling = outcome.ruling
    path = f"{JUDGEMENTS}/{ruling.id}"
    writes = [Write(path, document.number if document else 0, ruling.model_dump(mode="json"), action)]
    report = None
    if outcome.kept is not None and concept is not None and kept is not None and outcome.kept != kept:
        writes.append(Write(concept.path, concept.number, outcome.kept.body(), f"{action} {ruling.kind}"))
        if outcome.kept.in_force != kept.in_force:
            report = _editorial.recheck_of(outcome.kept, concept.number + 1, at)
            writes.append(report)
    if outcome.waiver is not None:
        earlier = _documents.get(f"{WAIVERS}/{ruling.id}")
        writes.append(Write(f"{WAIVERS}/{ruling.id}", earlier.number if earlier else 0, outcome.waiver, action))
        waiver = waiver_of(outcome.waiver)
        if is_open(outcome.waiver):
            writes += _editorial.closing(waiver, _live.published().segments, who.sub, at)
        else:
            writes += _editorial.opening(waiver)
    made = _documents.write(writes, actor=who.sub, reason=reason, at=at)
    if report is not None:
        _editorial.ring(report.body["concept"], report.body["version"])
    return made[0]


# Tasks and re-checks


def _tasks(event: Event, _who: Staff) -> Response:
    filters = {name: query(event, name) for name in ("locale", "owner", "concept")}
    state = query(event, "state") or "open"
    if state not in ("open", "closed", "all"):
        raise StaffProblem("invalid-parameter", f"state={state[:20]} is no state.", "Use open, closed or all.")
    overdue = query(event, "overdue")
    if overdue not in (None, "true", "false"):
        raise StaffProblem("invalid-parameter", f"overdue={overdue[:20]} says nothing.", "Use true or false.")
    today = day_of(_now())
    published = {(s.key, s.locale, s.target_digest): s for s in _live.published().segments}

    def wanted(document: Document) -> dict[str, Any] | None:
        body = document.body
        task = task_of(body)
        if state != "all" and is_open(body) != (state == "open"):
            return None
        if any(value is not None and getattr(task, name) != value for name, value in filters.items()):
            return None
        late = is_open(body) and task.due < today
        if overdue is not None and late != (overdue == "true"):
            return None
        segment = published.get((task.key, task.locale, task.target_digest))
        return {**body, "closed": body.get("closed"), "overdue": late, "text": _text(segment)}

    return _page(event, "tasks", tasks_of(filters["concept"]), wanted)


def _text(segment: Segment | None) -> dict[str, Any] | None:
    """The words of a task where they are still published; None once they are others."""
    if segment is None:
        return None
    return {"source": segment.source, "target": segment.target, "file": segment.file, "line": segment.line}


def _recheck(_event: Event, _who: Staff, name: str) -> Response:
    document = _documents.get(f"{RECHECKS}/{name}") if re.fullmatch(r"[a-zA-Z0-9-]{1,120}", name) else None
    if document is None:
        raise not_found(f"There is no re-check {name[:80]}.", "Follow the Link header of the approval that caused it.")
    return json_response(200, document.body, {"etag": etag(document.number)})


# Bodies


def _concept_body(event: Event, kept: Kept | None) -> tuple[ConceptFile, str]:
    body = members(event, "concept", "reason", limit=MAX_CONCEPT_BYTES)
    said = body.get("concept")
    if not isinstance(said, dict):
        raise cannot_use("/concept", "required", "The concept, as it is read.")
    if kept is None:
        for name in ("state", "version", "approvals"):
            if name in said and said[name] not in ("draft", 1, []):
                raise cannot_use(f"/concept/{name}", "unexpected", "A new concept begins as a draft; leave this out.")
        said = {**said, "state": "draft"}
    else:
        said = {**kept.current.model_dump(mode="json", include=set(workflow.MANAGED)), **said}
    return shaped(ConceptFile, said, "/concept"), reason_of(body.get("reason"))


WAYS: dict[tuple[str, ...], dict[str, Callable[..., Response]]] = {
    ("concepts",): {"GET": _list, "POST": _create},
    ("concepts", "*"): {"GET": _read, "PUT": _change, "DELETE": _retire},
    ("concepts", "*", "history"): {"GET": _concept_history},
    ("concepts", "*", "submission"): {"POST": _submit},
    ("concepts", "*", "approvals"): {"POST": _approve},
    ("concepts", "*", "reopening"): {"POST": _reopen},
    ("concepts", "*", "impact"): {"GET": _impact},
    ("judgements",): {"GET": _judgements, "POST": _judge},
    ("judgements", "*"): {"GET": _judgement, "DELETE": _reverse},
    ("judgements", "*", "history"): {"GET": _judgement_history},
    ("judgements", "*", "decision"): {"POST": _decide},
    ("tasks",): {"GET": _tasks},
    ("rechecks", "*"): {"GET": _recheck},
}
"""Paths behind ``/v1/glossary``, ``*`` a name, and what each method does there."""
