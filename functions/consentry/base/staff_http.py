"""What every staff API does alike: framing, entity tags, bodies, pages."""

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel, ValidationError

from consentry.base import telemetry
from consentry.base.documents import Busy, Conflict, Document, Documents, Held, TooLarge
from consentry.base.http import JSON_TYPE, Event, Response, header, json_response, query
from consentry.base.staff import Staff, staff
from consentry.base.staff_documents import described, version
from consentry.base.staff_problems import StaffProblem, cannot_use, invalid_shape
from consentry.base.strict_json import MAX_DEPTH, StrictJsonError, loads

MAX_JSON_BYTES = 1024 * 1024
MAX_SMALL_BYTES = 16 * 1024
"""Of a body that names a few things."""
MAX_PAGE = 200
Model = TypeVar("Model", bound=BaseModel)
_TAG = re.compile(r'"([1-9][0-9]{0,8})"')


def framed(function: str, event: Event, act: Callable[[Event, Staff], Response]) -> Response:
    """``act``'s answer, or the refusal that it raised; one line of telemetry for what was not answered."""
    try:
        return act(event, staff(event))
    except StaffProblem as problem:
        return _refused(function, problem)
    except Conflict as conflict:
        return _refused(function, changed_meanwhile(conflict))
    except TooLarge as error:
        return _refused(function, StaffProblem("body-too-large", f"{error}.", "Split it and send the parts."))
    except Held:
        return _refused(
            function,
            StaffProblem(
                "try-again",
                "A glossary import is being written; until it ends nobody else can write.",
                "Send the same request again in a few seconds; nothing of it was stored.",
                headers={"retry-after": "3"},
            ),
        )
    except Busy:
        return _refused(
            function,
            StaffProblem(
                "try-again",
                "The store could not take the request now.",
                "Send the same request again in a moment; nothing of it was stored.",
                headers={"retry-after": "1"},
            ),
        )
    except Exception as error:
        telemetry.emit(function, {"Failures": 1}, {"error": type(error).__name__})
        failure = StaffProblem(
            "internal",
            "Something went wrong on our side.",
            "Try again once; if it happens again, tell the operator the time and what you did.",
        )
        return _response(failure)


def _refused(function: str, problem: StaffProblem) -> Response:
    telemetry.emit(function, {"Refusals": 1}, {"problem": problem.code})
    return _response(problem)


def _response(problem: StaffProblem) -> Response:
    return json_response(
        problem.status, problem.body(), {"content-type": "application/problem+json", **problem.headers}
    )


def etag(number: int) -> str:
    """The entity tag of a document's version."""
    return f'"{number}"'


def if_match(event: Event) -> int:
    """The version that a change was made from.

    Raises:
        StaffProblem: 428 without ``If-Match``, 400 for one that is no tag of ours.
    """
    value = header(event, "if-match")
    if value is None:
        raise StaffProblem(
            "precondition-required",
            "Without the version that you changed, a colleague's work could be overwritten.",
            'Send If-Match with the ETag of the version that you read, such as If-Match: "7".',
        )
    found = _TAG.fullmatch(value.strip())
    if found is None:
        raise StaffProblem(
            "invalid-parameter",
            f"If-Match: {value[:40]} is not an ETag of this API.",
            'Send the ETag as it was given, quotation marks included, such as "7".',
        )
    return int(found[1])


def changed_meanwhile(conflict: Conflict) -> StaffProblem:
    """412 with the document as it is now."""
    current = conflict.current
    if current is None:
        return StaffProblem(
            "changed-meanwhile",
            f"{conflict.path} is not at the version that your change was made from.",
            "Read it again and repeat the change on what it says now.",
        )
    return StaffProblem(
        "changed-meanwhile",
        f"{conflict.path} is at version {current.number}, written by {current.actor} at {current.at}.",
        f'Put your change into the document under "current" and send it with If-Match: {etag(current.number)}.',
        headers={"etag": etag(current.number)},
        current=described(current),
    )


def unchanged(document: Document | None, base: int, path: str) -> None:
    """Refuse a change made from another version than the one there is; ``base`` 0: there must be none.

    Raises:
        StaffProblem: 412 with the document as it is now.
    """
    if (document.number if document is not None else 0) != base:
        raise changed_meanwhile(Conflict(path, document))


def media_type(event: Event) -> str:
    """The body's media type, lower case, without parameters."""
    return (header(event, "content-type") or "").partition(";")[0].strip().lower()


def body_bytes(event: Event, limit: int) -> bytes:
    """The request body, base64 honoured.

    Raises:
        StaffProblem: 413 beyond ``limit`` bytes, 400 for broken base64.
    """
    text: str = event.get("body") or ""
    try:
        if len(text) > limit * 2:
            raise _too_large(limit)
        data = binascii.a2b_base64(text) if event.get("isBase64Encoded") else text.encode("utf-8", "surrogatepass")
    except binascii.Error:
        raise StaffProblem("bad-encoding", "The body is not base64.", "Send the file as it is.") from None
    if len(data) > limit:
        raise _too_large(limit)
    return data


def _too_large(limit: int) -> StaffProblem:
    return StaffProblem(
        "body-too-large",
        f"The body is larger than {limit // 1024} KiB.",
        "Send it in parts; glossary files go through POST /v1/glossary/uploads.",
        limit=limit,
    )


def json_object(event: Event, limit: int = MAX_JSON_BYTES) -> dict[str, Any]:
    """The body as a strict JSON object.

    Raises:
        StaffProblem: 413, 415, 400, or 422 when it is no object.
    """
    kind = media_type(event)
    if kind != JSON_TYPE and not kind.endswith("+json"):
        raise StaffProblem(
            "unsupported-media-type",
            f"This takes application/json, not {kind[:60] or 'a body without a type'}.",
            "Send content-type: application/json.",
            headers={"accept": JSON_TYPE},
        )
    try:
        value = loads(body_bytes(event, limit))
    except StrictJsonError as error:
        raise StaffProblem(
            error.code,
            f"{error.where[:1].upper()}{error.where[1:]}.",
            f"Send one JSON object in UTF-8, at most {MAX_DEPTH} levels deep, no key twice.",
        ) from None
    if not isinstance(value, dict):
        raise StaffProblem("invalid-body", "The body is not a JSON object.", "Send an object: {…}.")
    return value


def members(event: Event, *known: str, limit: int = MAX_SMALL_BYTES) -> dict[str, Any]:
    """The body as a strict JSON object of members that are ``known``.

    Raises:
        StaffProblem: as ``json_object``; 422 for any other member.
    """
    body = json_object(event, limit)
    for name in body:
        if name not in known:
            raise cannot_use(f"/{name[:60]}", "unexpected", f"Known are {', '.join(known)}.")
    return body


def shaped(model: type[Model], value: object, prefix: str = "") -> Model:
    """The value as ``model``; ``prefix`` is the JSON Pointer to it.

    Raises:
        StaffProblem: 422 with each fault.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise invalid_shape(error, prefix) from None


def reason_of(value: object) -> str:
    """Why, from the body: part of every change, because the history tells it.

    Raises:
        StaffProblem: 422 unless it is 3 to 500 characters.
    """
    if isinstance(value, str) and 3 <= len(value.strip()) <= 500:
        return value.strip()
    raise cannot_use("/reason", "required", "Why, in 3 to 500 characters; the history tells it.")


def reason_asked(event: Event) -> str:
    """Why, from the query parameter ``reason``.

    Raises:
        StaffProblem: 400 unless it is 3 to 500 characters.
    """
    said = (query(event, "reason") or "").strip()
    if not 3 <= len(said) <= 500:
        raise StaffProblem(
            "invalid-parameter",
            "A reason is missing; the history tells it.",
            "Say why in the query, reason=…, 3 to 500 characters.",
        )
    return said


def page_size(event: Event, usual: int = 50) -> int:
    """The query parameter ``limit``.

    Raises:
        StaffProblem: 400 unless it is 1 to ``MAX_PAGE``.
    """
    value = query(event, "limit")
    if value is None:
        return usual
    if not re.fullmatch(r"[0-9]{1,3}", value) or not 1 <= int(value) <= MAX_PAGE:
        raise StaffProblem(
            "invalid-parameter", f"limit={value[:20]} cannot be used.", f"Ask for 1 to {MAX_PAGE} at a time."
        )
    return int(value)


def cursor(event: Event) -> str | None:
    """Where to continue, from the query parameter ``cursor``.

    Raises:
        StaffProblem: 400 for what this API never gave.
    """
    value = query(event, "cursor")
    if value is None:
        return None
    try:
        return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)).decode("ascii")
    except (ValueError, UnicodeDecodeError):
        raise StaffProblem(
            "invalid-parameter",
            "The cursor is not one that this API gave.",
            'Follow the address in the Link header, or the value of "next", as it is.',
        ) from None


def page_response(event: Event, name: str, found: list[Any], after: str | None) -> Response:
    """A page: ``{name: [...], "next": cursor or null}`` and, if there is more, its ``Link`` (RFC 8288)."""
    following = base64.urlsafe_b64encode(after.encode()).decode().rstrip("=") if after is not None else None
    headers = {}
    if following is not None:
        parameters = {**(event.get("queryStringParameters") or {}), "cursor": following}
        headers["link"] = f'<{event["rawPath"]}?{urlencode(parameters)}>; rel="next"'
    return json_response(200, {name: found, "next": following}, headers)


def history_page(event: Event, documents: Documents, path: str) -> Response:
    """A page of a document's versions, newest first, each with what it changed.

    Raises:
        StaffProblem: 400 for a cursor of another list.
    """
    limit = min(page_size(event, 20), 100)
    before = cursor(event)
    if before is not None and not re.fullmatch(r"[0-9]{1,6}", before):
        raise StaffProblem("invalid-parameter", "The cursor is not one of a history.", "Follow the Link header.")
    found = documents.history(path, int(before) if before is not None else None, limit + 1)
    shown = [
        version(document, found[index + 1] if index + 1 < len(found) else None)
        for index, document in enumerate(found[:limit])
    ]
    return page_response(event, "history", shown, str(found[limit - 1].number) if len(found) > limit else None)
