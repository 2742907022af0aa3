"""HTTP into API Gateway v2 events and back, by the product's own table of routes.

As the deployed HTTP API does it: paths decoded, header names lower-case with repeated ones joined, cookies apart,
bodies that are neither text nor JSON in base64, preflights answered by the API, its CORS headers on every answer,
and nobody let through to a staff route without a token.
"""

import base64
import json
import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote
from uuid import uuid4

from consentry.base.routes import DEFAULT, ROUTES, Route
from consentry.base.staff_problems import StaffProblem
from consentry.local.http1 import Request, Response
from consentry.local.issuer import Authorizer, Refused
from consentry.local.template import Cors

Event = dict[str, Any]
Handler = Callable[[Event, Any], Any]
_TEXT = {"application/json", "application/xml", "application/javascript"}


class Match(NamedTuple):
    """A route and what its placeholders stand for."""

    route: Route
    parameters: dict[str, str]


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"(\{[^}]+\})", path)
    made = ""
    for part in parts:
        if part.startswith("{"):
            name = part[1:-1]
            made += f"(?P<{name.rstrip('+')}>{'.+' if name.endswith('+') else '[^/]+'})"
        else:
            made += re.escape(part)
    return re.compile(made)


# The more literal a path, the earlier it is tried, as the gateway does it; `$default` takes the rest.
_COMPILED = [
    (route, _pattern(route.path))
    for route in sorted(ROUTES, key=lambda route: (route.path == DEFAULT, "+}" in route.path, "{" in route.path))
    if route.path != DEFAULT
]
_FALLBACK = next(route for route in ROUTES if route.path == DEFAULT)


def match(method: str, path: str) -> Match:
    """The route for a request; what no route takes goes to ``$default``."""
    for route, pattern in _COMPILED:
        if route.method == method and (found := pattern.fullmatch(path)):
            return Match(route, found.groupdict())
    return Match(_FALLBACK, {})


def decoded(path: str) -> str:
    """A path as ``rawPath`` has it: escapes decoded, except that of ``%`` itself."""
    return unquote(re.sub(r"%25", "%2525", path), errors="replace")


def _is_text(content_type: str | None) -> bool:
    media_type = (content_type or "").partition(";")[0].strip().lower()
    return media_type.startswith("text/") or media_type in _TEXT


def _body(request: Request) -> dict[str, Any]:
    if not request.body:
        return {"isBase64Encoded": False}
    if _is_text(request.header("content-type")):
        try:
            return {"body": request.body.decode("utf-8"), "isBase64Encoded": False}
        except UnicodeDecodeError:
            pass  # only base64 hands the function the very bytes that came
    return {"body": base64.b64encode(request.body).decode("ascii"), "isBase64Encoded": True}


def _headers(request: Request) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in request.headers:
        if name != "cookie":
            headers[name] = f"{headers[name]},{value}" if name in headers else value
    return headers


def event(
    request: Request, matched: Match, path: str, now: float, authorizer: Mapping[str, Any] | None = None
) -> Event:
    """The payload 2.0 event of a request; ``path`` is decoded, ``now`` in seconds since the epoch.

    ``authorizer`` is what the token of a staff route says.
    """
    _, _, query = request.target.partition("?")
    host = request.header("host") or "localhost"
    made: Event = {
        "version": "2.0",
        "routeKey": matched.route.key,
        "rawPath": path,
        "rawQueryString": query,
        "headers": _headers(request),
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "domainName": host,
            "domainPrefix": host.partition(".")[0],
            "http": {
                "method": request.method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": request.peer,
                "userAgent": request.header("user-agent") or "",
            },
            "requestId": str(uuid4()),
            "routeKey": matched.route.key,
            "stage": "$default",
            "time": datetime.fromtimestamp(now, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(now * 1000),
        },
        **_body(request),
    }
    parameters: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True, errors="replace"):
        parameters[name] = f"{parameters[name]},{value}" if name in parameters else value
    if authorizer is not None:
        made["requestContext"]["authorizer"] = authorizer
    if parameters:
        made["queryStringParameters"] = parameters
    if matched.parameters:
        made["pathParameters"] = matched.parameters
    cookies = [part.strip() for name, value in request.headers if name == "cookie" for part in value.split(";")]
    if cookies:
        made["cookies"] = cookies
    return made


def response(answer: Any) -> Response:
    """What a function returned, as HTTP. A value without ``statusCode`` is a JSON body with 200.

    Raises:
        TypeError, ValueError, KeyError: it is no answer; the gateway says 500.
    """
    if not isinstance(answer, dict) or "statusCode" not in answer:
        return Response(200, [("content-type", "application/json")], json.dumps(answer).encode())
    headers = {str(name).lower(): str(value) for name, value in (answer.get("headers") or {}).items()}
    headers.setdefault("content-type", "application/json")
    text = answer.get("body") or ""
    body = base64.b64decode(text, validate=True) if answer.get("isBase64Encoded") else text.encode("utf-8")
    listed = [(name, re.sub(r"[\r\n]", " ", value)) for name, value in headers.items()]
    listed += [("set-cookie", str(cookie)) for cookie in answer.get("cookies") or ()]
    return Response(int(answer["statusCode"]), listed, body)


FAILED = Response(500, [("content-type", "application/json")], b'{"message":"Internal Server Error"}')


def unauthorized(why: str) -> Response:
    """What a staff route answers without a token that counts (RFC 6750 §3).

    A deployed gateway says so in the header alone; its body is ``{"message":"Unauthorized"}``. Here a person reads it.
    """
    problem = StaffProblem(
        "not-signed-in",
        f"This part of the API is for staff, and {why}.",
        "Make a token with `consentry token --sub YOUR-ID --scopes … --locales … --markets …` and send it "
        "as `Authorization: Bearer TOKEN`.",
    )
    headers = [
        ("content-type", "application/problem+json"),
        ("cache-control", "no-store"),
        ("www-authenticate", f'Bearer error="invalid_token", error_description="{why}"'),
    ]
    return Response(problem.status, headers, json.dumps(problem.body(), ensure_ascii=False).encode())


class Api:
    """The API: routes, functions, staff's tokens and CORS, as one blocking call a request."""

    def __init__(
        self,
        handlers: Mapping[str, Handler],
        cors: Cors,
        origins: frozenset[str],
        context: Callable[[str], object],
        authorizer: Authorizer,
    ) -> None:
        self._handlers = handlers
        self._cors = cors
        self._origins = origins
        self._context = context
        self._authorizer = authorizer

    def answer(self, request: Request) -> tuple[Response, Match]:
        """Answer a request, preflights included; a function that raises is a plain 500, as the gateway's."""
        path = decoded(request.target.partition("?")[0])
        matched = match(request.method, path)
        origin = request.header("origin")
        if request.method == "OPTIONS" and origin and request.header("access-control-request-method"):
            return Response(204, self._preflight(origin), b""), matched
        try:
            made = self._call(request, matched, path)
        except Refused as refused:
            made = unauthorized(str(refused))
        except Exception:
            made = FAILED
        return made._replace(headers=[*self._without_cors(made), *self._allowed(origin)]), matched

    def _call(self, request: Request, matched: Match, path: str) -> Response:
        function = matched.route.function
        claims = self._authorizer.authorize(request.header("authorization")) if matched.route.staff else None
        return response(
            self._handlers[function](event(request, matched, path, time.time(), claims), self._context(function))
        )

    def _preflight(self, origin: str) -> list[tuple[str, str]]:
        if not (allowed := self._allowed(origin)):
            return []
        return [
            allowed[0],
            ("access-control-allow-methods", ",".join(self._cors.methods)),
            ("access-control-allow-headers", ",".join(self._cors.headers)),
            ("access-control-max-age", str(self._cors.max_age)),
        ]

    def _allowed(self, origin: str | None) -> list[tuple[str, str]]:
        if origin is None or origin not in self._origins:
            return []
        return [
            ("access-control-allow-origin", origin),
            ("access-control-expose-headers", ",".join(self._cors.exposed)),
        ]

    @staticmethod
    def _without_cors(made: Response) -> list[tuple[str, str]]:
        """With CORS on the API, a function's own CORS headers do not count."""
        return [(name, value) for name, value in made.headers if not name.startswith("access-control-")]
