"""API Gateway HTTP API events, payload format 2.0, in and out. No capability, no AWS call."""

import binascii
from typing import TYPE_CHECKING, Any

from consentry.base.problems import Problem, ProblemTexts
from consentry.base.strict_json import MAX_DEPTH, StrictJsonError, dumps, loads

if TYPE_CHECKING:
    from collections.abc import Callable

JSON_TYPE = "application/json"
MAX_BODY_BYTES = 64 * 1024

Event = dict[str, Any]
Response = dict[str, Any]


def header(event: Event, name: str) -> str | None:
    """A request header by its lower-case name."""
    headers: dict[str, str] = event.get("headers") or {}
    return headers.get(name)


def query(event: Event, name: str) -> str | None:
    """A query parameter, decoded."""
    parameters: dict[str, str] = event.get("queryStringParameters") or {}
    return parameters.get(name)


def body_bytes(event: Event) -> bytes:
    """The request body, base64 honoured.

    Raises:
        Problem: ``body-too-large`` beyond 64 KiB, ``malformed-json`` for broken base64.
    """
    text: str = event.get("body") or ""
    if event.get("isBase64Encoded"):
        if len(text) > MAX_BODY_BYTES * 4 // 3 + 4:
            raise Problem("body-too-large", {"limit": str(MAX_BODY_BYTES // 1024)})
        try:
            data = binascii.a2b_base64(text)
        except binascii.Error:
            raise Problem("malformed-json", where="base64") from None
    else:
        # A lone surrogate cannot be encoded strictly; pass it on for the JSON reader to refuse by name.
        data = text.encode("utf-8", "surrogatepass")
    if len(data) > MAX_BODY_BYTES:
        raise Problem("body-too-large", {"limit": str(MAX_BODY_BYTES // 1024)})
    return data


def json_body(event: Event, read: "Callable[[bytes], Any]" = loads) -> Any:
    """The request body as strict JSON, by ``strict_json.loads`` or a reader that refuses the same.

    Raises:
        Problem: ``unsupported-media-type``, or as ``body_bytes`` and ``strict_json.loads``.
    """
    media_type = (header(event, "content-type") or "").partition(";")[0].strip().lower()
    if media_type != JSON_TYPE and not media_type.endswith("+json"):
        raise Problem("unsupported-media-type", where=f"Content-Type: {media_type[:80]}".rstrip())
    try:
        return read(body_bytes(event))
    except StrictJsonError as error:
        raise Problem(error.code, {"limit": str(MAX_DEPTH)}, where=error.where) from None


def json_response(status: int, body: Any, headers: dict[str, str] | None = None) -> Response:
    """A JSON response that no cache keeps unless ``headers`` say otherwise."""
    return text_response(status, dumps(body), headers)


def text_response(status: int, body: str, headers: dict[str, str] | None = None) -> Response:
    """``json_response`` of JSON text."""
    return {
        "statusCode": status,
        "headers": {
            "content-type": JSON_TYPE,
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
            **(headers or {}),
        },
        "body": body,
    }


def problem_response(
    problem: Problem,
    texts: ProblemTexts,
    event: Event,
    choose: "Callable[[str | None, str | None, list[str]], str]",
    asked: str | None = None,
    first: str | None = None,
) -> Response:
    """``problem`` in the locale ``asked`` for, else by Accept-Language, else the market's ``first``."""
    available = sorted(texts.locales, key=lambda tag: tag != first)
    locale = choose(asked or query(event, "locale"), header(event, "accept-language"), available)
    headers = {"content-type": "application/problem+json", "content-language": locale}
    if problem.status == 503:
        headers["retry-after"] = "1"
    if problem.status == 405:
        headers["allow"] = problem.params["methods"]  # RFC 9110 §15.5.6
    if problem.status == 401:
        headers["www-authenticate"] = "Bearer"
    return json_response(problem.status, texts.body(problem, locale), headers)
