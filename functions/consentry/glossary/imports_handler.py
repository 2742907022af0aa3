"""glossary-imports: termbases of other tools into drafts, all or nothing; large files by way of the bucket."""

import re
from typing import Any

from botocore.exceptions import ClientError

from consentry.base import aws, settings
from consentry.base.clock import now_ms, rfc3339
from consentry.base.documents import Documents, Write
from consentry.base.http import Event, Response, json_response, query
from consentry.base.ids import random_ref
from consentry.base.names import LOCALE
from consentry.base.staff import Staff
from consentry.base.staff_http import MAX_SMALL_BYTES, body_bytes, etag, framed, json_object, media_type, reason_asked
from consentry.base.staff_problems import StaffProblem, cannot_use, method_not_allowed, not_found
from consentry.glossary import workflow
from consentry.glossary.concept import ConceptFile
from consentry.glossary.exchange.api import FORMATS, Imported, Plan, merge, read
from consentry.glossary.importing import MAX_DOCUMENTS, Order, carry_out
from consentry.glossary.matching.model import chain
from consentry.glossary.paths import CONCEPTS, IMPORTS, concept_path
from consentry.glossary.workflow import EDIT, Kept, readable

FUNCTION = "glossary-imports"
# An event of Lambda holds 6 MB, in which a body may be base64.
MAX_BODY_BYTES = 4 * 1024 * 1024
MAX_UPLOAD_BYTES = 50 * 1024 * 1024
UPLOAD_SECONDS = 900
WRITE_MS = 18_000
"""How long one request may go on writing; the sweep ends what is left."""
MAX_SHOWN = 500

_documents = Documents(aws.dynamodb(), settings.required("EDITORIAL_TABLE"))
_s3 = aws.s3()
_bucket = settings.required("UPLOADS_BUCKET")


def handler(event: Event, _context: object) -> Response:
    """Answer one HTTP API event."""
    return framed(FUNCTION, event, _route)


def _route(event: Event, who: Staff) -> Response:
    readable(who, "glossary:")
    method: str = event["requestContext"]["http"]["method"]
    match event["rawPath"].split("/")[1:]:
        case ["v1", "glossary", "imports"]:
            if method == "POST":
                return _import(event, who)
            raise method_not_allowed(method, "POST")
        case ["v1", "glossary", "imports", name]:
            if method == "GET":
                return _record(name)
            raise method_not_allowed(method, "GET")
        case ["v1", "glossary", "uploads"]:
            if method == "POST":
                return _upload(event, who)
            raise method_not_allowed(method, "POST")
    raise not_found(f"There is nothing at {event['rawPath'][:100]}.", "See /openapi.json for what there is.")


def _upload(event: Event, who: Staff) -> Response:
    """An address to put one file of a stated size to."""
    who.require(EDIT)
    body = json_object(event, MAX_SMALL_BYTES)
    name, size = body.get("name"), body.get("size")
    if not (isinstance(name, str) and re.fullmatch(r"[^/\\\x00-\x1f]{1,120}", name)):
        raise cannot_use("/name", "required", "The name of the file, such as terms.tbx.")
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        raise cannot_use("/size", "required", "The number of its bytes.")
    if size > MAX_UPLOAD_BYTES:
        raise StaffProblem(
            "body-too-large",
            f"The file has {size} bytes; at most {MAX_UPLOAD_BYTES} are imported at once.",
            "Split it by subject field or by language.",
            limit=MAX_UPLOAD_BYTES,
        )
    ending = re.sub(r"[^A-Za-z0-9]", "", name.rpartition(".")[2])[:8].lower() if "." in name else "bin"
    key = f"{who.sub}/{random_ref()}.{ending}"
    address = _s3.generate_presigned_url(
        "put_object",
        Params={"Bucket": _bucket, "Key": key, "ContentLength": size, "ContentType": "application/octet-stream"},
        ExpiresIn=UPLOAD_SECONDS,
    )
    reply = {
        "upload": key,
        "put": address,
        "headers": {"content-type": "application/octet-stream", "content-length": str(size)},
        "expires_in": UPLOAD_SECONDS,
        "then": 'POST /v1/glossary/imports?dry_run=true with {"upload": "' + key + '"}',
    }
    return json_response(201, reply)


def _import(event: Event, who: Staff) -> Response:
    who.require(EDIT)
    dry = _flag(event, "dry_run")
    reason = "" if dry else reason_asked(event)
    began = now_ms()
    data, name = _data(event, who)
    imported = _read(event, data, name)
    held = {document.name: (document, Kept.of(document.body)) for document in _documents.everything(CONCEPTS)}
    plan = merge(
        {key: kept.current for key, (_, kept) in held.items()},
        imported,
        overwrite=_flag(event, "overwrite"),
        skip_problems=_flag(event, "skip_problems"),
    )
    only = _only(event, who)
    writes, refused, left = _writes(plan, {key: (d.number, kept) for key, (d, kept) in held.items()}, who, only)
    shown = _shown(plan, refused, left)
    if dry:
        ready = plan.ok and not refused
        return json_response(200, {"dry_run": True, "ready": ready, "writes": len(writes), **shown})
    if not plan.ok or refused:
        counts = plan.counts()
        kept_out = counts["conflicting"] + counts["refused"] + len(refused)
        raise StaffProblem(
            "invalid-body",
            f"{kept_out} of {len(plan.items)} entries cannot be imported, so nothing was.",
            "Mend the file at the places listed, or import the rest with &skip_problems=true; what is not yours to "
            "change is left out with &locales=….",
            **shown,
        )
    if len(writes) > MAX_DOCUMENTS:
        raise StaffProblem(
            "body-too-large", f"The file changes {len(writes)} concepts.", f"Import at most {MAX_DOCUMENTS} at once."
        )
    if not writes:
        return json_response(200, {"dry_run": False, "writes": 0, **shown})
    at = rfc3339(began)
    record = {"format": plan.format, "counts": plan.counts(), "writes": len(writes)}
    order = Order(random_ref(), who.sub, reason, at, record)
    document = carry_out(_documents, order, writes, began + WRITE_MS)
    state = document.body["state"]
    where = f"/v1/glossary/imports/{order.id}"
    reply = {"dry_run": False, "import": order.id, "state": state, "writes": len(writes), **shown}
    return json_response(201 if state == "done" else 202, reply, {"location": where})


def _record(name: str) -> Response:
    document = _documents.get(f"{IMPORTS}/{name}") if re.fullmatch(r"[0-9a-f]{32}", name) else None
    if document is None:
        raise not_found(f"There is no import {name[:40]}.", "Follow the Location header of the import.")
    body = {**document.body, "import": name, "at": document.at, "actor": document.actor, "reason": document.reason}
    return json_response(200, body, {"etag": etag(document.number)})


def _data(event: Event, who: Staff) -> tuple[bytes, str]:
    """The file, from the body or from the bucket, and its name or media type."""
    kind = media_type(event)
    name = query(event, "file")
    if name is None and kind == "application/json":
        key = json_object(event, MAX_SMALL_BYTES).get("upload")
        if not isinstance(key, str) or not re.fullmatch(r"[A-Za-z0-9._|:\-]{1,128}/[0-9a-f]{32}\.[a-z0-9]{1,8}", key):
            raise cannot_use("/upload", "required", "The key that POST /v1/glossary/uploads gave.")
        if key.partition("/")[0] != who.sub:
            raise StaffProblem(
                "not-found",
                "That file was uploaded by somebody else.",
                "Upload it yourself: POST /v1/glossary/uploads.",
            )
        return _uploaded(key), key
    if not kind and name is None:
        raise StaffProblem(
            "unsupported-media-type",
            "The body has no content type, and no name says what it is.",
            "Name the file in the query, ?file=terms.tbx, or send its content type.",
        )
    data = body_bytes(event, MAX_BODY_BYTES)
    if not data:
        raise StaffProblem("invalid-body", "The body is empty.", "Send the file as the body.")
    return data, name or kind


def _uploaded(key: str) -> bytes:
    try:
        answer = _s3.get_object(Bucket=_bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("NoSuchKey", "404", "AccessDenied"):
            raise
        raise not_found(
            f"There is no file {key}.",
            "Put it to the address that POST /v1/glossary/uploads gave; it is kept for a day.",
        ) from None
    if answer["ContentLength"] > MAX_UPLOAD_BYTES:
        raise StaffProblem("body-too-large", "The file is too large.", "Split it by subject field or by language.")
    data: bytes = answer["Body"].read()
    return data


def _read(event: Event, data: bytes, name: str) -> Imported:
    shape = query(event, "format")
    if shape is not None and shape not in FORMATS:
        raise StaffProblem("invalid-parameter", f"format={shape[:20]} is unknown.", f"Use {', '.join(FORMATS)}.")
    locale = _tag(query(event, "locale"), "locale")
    source = _tag(query(event, "source_locale"), "source_locale") or "en"
    return read(data, name, format_=shape, locale=locale, source_locale=source)


def _tag(value: str | None, name: str) -> str | None:
    if value is not None and not re.fullmatch(LOCALE, value):
        raise StaffProblem("invalid-parameter", f"{name}={value[:20]} is no language tag.", "Write it as de or de-AT.")
    return value


def _flag(event: Event, name: str) -> bool:
    value = query(event, name)
    if value not in (None, "true", "false"):
        raise StaffProblem("invalid-parameter", f"{name}={value[:20]} says nothing.", "Use true or false.")
    return value == "true"


def _only(event: Event, who: Staff) -> frozenset[str] | None:
    """Languages to take, from the query parameter ``locales``; None: all."""
    asked = query(event, "locales")
    if asked is None:
        return None
    tags = frozenset(filter(None, (_tag(tag.strip(), "locales") for tag in asked.split(","))))
    for tag in sorted(tags):
        who.require(EDIT, tag)
    return tags


def _writes(
    plan: Plan, held: dict[str, tuple[int, Kept]], who: Staff, only: frozenset[str] | None
) -> tuple[list[Write], list[dict[str, Any]], list[str]]:
    """What would be written; what this person may not change; remarks on what was left as it is."""
    writes: list[Write] = []
    refused: list[dict[str, Any]] = []
    left: list[str] = []
    # A plan that cannot be applied is shown with what it would write; it is refused before anything is.
    results = {item.concept: item.result for item in plan.items if item.kind in {"new", "changed"} and item.result}
    for name, result in results.items():
        number, kept = held.get(name, (0, None))
        said = _taken(result, kept.current if kept is not None else None, only)
        if kept is not None:
            said, forms = _without_forms(said, kept)
            if forms:
                left.append(f"{name}: {forms} forms of approved terms are left: each is approved by itself")
        if kept is not None and workflow.same(said, kept.current):
            continue
        try:
            after = workflow.edit(kept, said, who) if kept is not None else workflow.create(said, who)
        except StaffProblem as problem:
            refused.append({"concept": name, **problem.body()})
            continue
        if after != kept:
            writes.append(Write(concept_path(name), number, after.body(), "import"))
    return writes, refused, left


def _taken(result: ConceptFile, current: ConceptFile | None, only: frozenset[str] | None) -> ConceptFile:
    """What is taken of an import: chosen languages; what reviews and versions say is ours; nobody's names."""
    managed = {name: getattr(current, name) for name in workflow.MANAGED} if current is not None else {}
    said = result.model_copy(update={**managed, "history": current.history if current is not None else ()})
    if only is None:
        return said
    before = current.terms if current is not None else {}
    wanted = {tag for tag in {**before, **said.terms} if any(parent in only for parent in chain(tag))}
    if current is None:
        wanted.add(workflow.SOURCE)
    terms = {
        tag: said.terms[tag] if tag in wanted and tag in said.terms else before[tag]
        for tag in {**before, **{tag: () for tag in said.terms if tag in wanted}}
    }
    shared = workflow.SHARED + workflow.UNREVIEWED
    kept = {name: getattr(current, name) for name in shared} if current is not None and "en" not in only else {}
    return said.model_copy(update={**kept, "terms": terms})


def _without_forms(said: ConceptFile, kept: Kept) -> tuple[ConceptFile, int]:
    """``said`` with the forms that entries have here: those of an import were approved by nobody."""
    known = {
        (tag, term.text, term.market, term.status): term.forms
        for file in (kept.in_force, kept.current)
        if file is not None
        for tag, entries in file.terms.items()
        for term in entries
    }
    count = 0
    terms = {}
    for tag, entries in said.terms.items():
        mended = []
        for term in entries:
            forms = known.get((tag, term.text, term.market, term.status), term.forms)
            count += len(set(term.forms) - set(forms))
            mended.append(term if forms == term.forms else term.model_copy(update={"forms": forms}))
        terms[tag] = tuple(mended)
    return said.model_copy(update={"terms": terms}), count


def _shown(plan: Plan, refused: list[dict[str, Any]], left: list[str]) -> dict[str, Any]:
    """The plan as the API tells it: the first of many entries."""
    said = plan.as_json()
    items, notes = said["items"], said["notes"]
    return {
        "plan": {**said, "items": items[:MAX_SHOWN], "notes": notes[:MAX_SHOWN]},
        "more": max(0, len(items) - MAX_SHOWN) + max(0, len(notes) - MAX_SHOWN),
        "not_yours": refused[:MAX_SHOWN],
        "left": left[:MAX_SHOWN],
    }
