"""HTTP into payload 2.0 events and back."""

import base64
import json
import re
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from consentry.base.routes import HANDLERS, ROUTES
from consentry.local import gateway
from consentry.local.gateway import Api, decoded, event, match, response
from consentry.local.http1 import Request
from consentry.local.issuer import Authorizer, mint
from consentry.local.template import Cors

CORS = Cors(("GET", "POST"), ("content-type",), ("etag",), 60)
ORIGIN = "https://demo-de.example.com"
KEY = rsa.generate_private_key(65537, 2048)
AUTHORIZER = Authorizer(KEY)


def _request(method: str = "GET", target: str = "/", body: bytes = b"", *headers: tuple[str, str]) -> Request:
    return Request(method, target, [("host", "127.0.0.1:8080"), *headers], body, "127.0.0.1")


def _event(request: Request) -> dict[str, Any]:
    path = decoded(request.target.partition("?")[0])
    return event(request, match(request.method, path), path, 1_800_000_000.5)


@pytest.mark.parametrize(
    ("method", "path", "key", "parameters"),
    [
        ("GET", "/v1/health", "GET /v1/health", {}),
        ("GET", "/v1/forms/hcp-webinar", "GET /v1/forms/{form}", {"form": "hcp-webinar"}),
        (
            "GET",
            "/v1/forms/f/projections/r1/DE/de-DE/consentry.json",
            "GET /v1/forms/{form}/projections/{proxy+}",
            {"form": "f", "proxy": "r1/DE/de-DE/consentry.json"},
        ),
        ("POST", "/v1/forms/f/submissions", "POST /v1/forms/{form}/submissions", {"form": "f"}),
        ("POST", "/v1/profile/next", "POST /v1/profile/next", {}),
        ("PUT", "/v1/glossary/concepts/dose", "PUT /v1/glossary/concepts/{concept}", {"concept": "dose"}),
        (
            "POST",
            "/v1/translations/de/field.email.label/checks",
            "POST /v1/translations/{locale}/{key}/checks",
            {"locale": "de", "key": "field.email.label"},
        ),
        ("PATCH", "/v1/glossary/concepts/dose", "$default", {}),
        ("HEAD", "/v1/health", "$default", {}),
        ("GET", "/v1/forms/", "$default", {}),
        ("GET", "/v1/forms/f/submissions", "$default", {}),
        ("GET", "/v1/forms/f/projections/", "$default", {}),
        ("GET", "/v1/healthy", "$default", {}),
        ("GET", "/openapixjson", "$default", {}),
    ],
)
def test_routes(method: str, path: str, key: str, parameters: dict[str, str]) -> None:
    found = match(method, path)
    assert (found.route.key, found.parameters) == (key, parameters)


def test_the_table_of_routes_is_served_whole() -> None:
    assert {route.function for route in ROUTES} <= set(HANDLERS)
    assert [route.key for route in ROUTES if route.path == "$default"] == ["$default"]


def test_an_event_has_the_shape_of_payload_2() -> None:
    made = _event(
        _request(
            "GET", "/v1/forms/hcp%20webinar?market=DE&x=a%20b&x=c&empty=", b"",
            ("accept-language", "de"), ("x-two", "1"), ("x-two", "2"), ("cookie", "a=1; b=2"), ("user-agent", "probe"),
        )
    )  # fmt: skip
    assert made["version"] == "2.0"
    assert made["routeKey"] == "GET /v1/forms/{form}"
    assert made["rawPath"] == "/v1/forms/hcp webinar"
    assert made["rawQueryString"] == "market=DE&x=a%20b&x=c&empty="
    assert made["queryStringParameters"] == {"market": "DE", "x": "a b,c", "empty": ""}
    assert made["pathParameters"] == {"form": "hcp webinar"}
    assert made["headers"]["x-two"] == "1,2"
    assert "cookie" not in made["headers"]
    assert made["cookies"] == ["a=1", "b=2"]
    http = made["requestContext"]["http"]
    assert (http["method"], http["path"], http["sourceIp"], http["userAgent"]) == (
        "GET", "/v1/forms/hcp webinar", "127.0.0.1", "probe",
    )  # fmt: skip
    assert made["requestContext"]["timeEpoch"] == 1_800_000_000_500
    assert made["requestContext"]["time"] == "15/Jan/2027:08:00:00 +0000"
    assert made["isBase64Encoded"] is False
    assert "body" not in made


def test_a_bare_event_leaves_out_what_there_is_not() -> None:
    assert not {"queryStringParameters", "pathParameters", "cookies", "body"} & set(_event(_request(target="/x")))


def test_a_percent_sign_stays_escaped() -> None:
    assert decoded("/a%2Fb%252E%C3%A9") == "/a/b%252Eé"


@pytest.mark.parametrize(
    ("content_type", "encoded"),
    [
        ("application/json", False),
        ("Application/JSON; charset=utf-8", False),
        ("text/plain", False),
        ("application/xml", False),
        ("application/problem+json", True),
        ("application/x-www-form-urlencoded", True),
        ("application/octet-stream", True),
        ("", True),
    ],
)
def test_what_is_neither_text_nor_json_travels_in_base64(content_type: str, encoded: bool) -> None:
    made = _event(_request("POST", "/x", "é".encode(), ("content-type", content_type)))
    assert made["isBase64Encoded"] is encoded
    assert made["body"] == (base64.b64encode("é".encode()).decode() if encoded else "é")


def test_bytes_that_are_not_utf8_arrive_as_they_are() -> None:
    made = _event(_request("POST", "/x", b"\xff", ("content-type", "application/json")))
    assert (made["isBase64Encoded"], base64.b64decode(made["body"])) == (True, b"\xff")


def test_responses() -> None:
    made = response({"statusCode": 201, "headers": {"X-A": "1"}, "body": "é", "cookies": ["a=1", "b=2"]})
    assert (made.status, made.body) == (201, "é".encode())
    assert made.headers == [
        ("x-a", "1"), ("content-type", "application/json"), ("set-cookie", "a=1"), ("set-cookie", "b=2"),
    ]  # fmt: skip
    packed = response({"statusCode": 200, "body": base64.b64encode(b"\x00\xff").decode(), "isBase64Encoded": True})
    assert packed.body == b"\x00\xff"
    assert response({"ok": True})._asdict() == {
        "status": 200, "headers": [("content-type", "application/json")], "body": b'{"ok": true}',
    }  # fmt: skip
    assert response({"statusCode": 204}).body == b""


def test_a_header_cannot_become_two() -> None:
    made = response({"statusCode": 200, "headers": {"x-a": "1\r\nset-cookie: b=2"}})
    assert ("x-a", "1  set-cookie: b=2") in made.headers


def _api(**functions: Any) -> Api:
    def echo(asked: dict[str, Any], context: Any) -> dict[str, Any]:
        return {
            "statusCode": 200,
            "headers": {"Access-Control-Allow-Origin": "*"},
            "body": json.dumps([asked["routeKey"], context]),
        }

    handlers = {route.function: echo for route in ROUTES} | {k.replace("_", "-"): v for k, v in functions.items()}
    return Api(handlers, CORS, frozenset({ORIGIN}), lambda function: f"context of {function}", AUTHORIZER)


def test_the_function_of_the_route_is_called_with_its_context() -> None:
    answered, matched = _api().answer(_request("POST", "/v1/forms/f/submissions"))
    assert json.loads(answered.body) == ["POST /v1/forms/{form}/submissions", "context of submissions-submit"]
    assert matched.route.function == "submissions-submit"


def test_cors_is_the_apis_own() -> None:
    allowed, _ = _api().answer(_request("GET", "/v1/health", b"", ("origin", ORIGIN)))
    assert [pair for pair in allowed.headers if pair[0].startswith("access-control")] == [
        ("access-control-allow-origin", ORIGIN), ("access-control-expose-headers", "etag"),
    ]  # fmt: skip
    other, _ = _api().answer(_request("GET", "/v1/health", b"", ("origin", "https://elsewhere.example.com")))
    assert not [name for name, _ in other.headers if name.startswith("access-control")]


def test_preflights_never_reach_a_function() -> None:
    def forbidden(_event: object, _context: object) -> object:
        raise AssertionError

    api = _api(submissions_submit=forbidden, forms_definitions=forbidden)
    asks = ("access-control-request-method", "POST")
    allowed, _ = api.answer(_request("OPTIONS", "/v1/forms/f/submissions", b"", ("origin", ORIGIN), asks))
    assert (allowed.status, dict(allowed.headers)) == (
        204,
        {
            "access-control-allow-origin": ORIGIN,
            "access-control-allow-methods": "GET,POST",
            "access-control-allow-headers": "content-type",
            "access-control-max-age": "60",
        },
    )
    refused, _ = api.answer(_request("OPTIONS", "/v1/x", b"", ("origin", "https://elsewhere.example.com"), asks))
    assert (refused.status, refused.headers) == (204, [])
    for headers in ([asks], [("origin", ORIGIN)]):  # no preflight: the function is asked
        assert api.answer(_request("OPTIONS", "/v1/x", b"", *headers))[0].status == 500


@pytest.mark.parametrize("answer", [ValueError("secret"), {"statusCode": "x"}, {"statusCode": 200, "body": b"bytes"},
                                    {"statusCode": 200, "body": "%%", "isBase64Encoded": True}])  # fmt: skip
def test_a_function_that_fails_is_a_plain_500(answer: Any) -> None:
    def broken(_event: object, _context: object) -> object:
        if isinstance(answer, Exception):
            raise answer
        return answer

    made, _ = _api(forms_definitions=broken).answer(_request("GET", "/v1/health"))
    assert (made.status, made.body) == (500, gateway.FAILED.body)


# Staff


def _staff_echo(asked: dict[str, Any], _context: object) -> dict[str, Any]:
    return {"statusCode": 200, "body": json.dumps(asked["requestContext"].get("authorizer"))}


def test_a_staff_route_hands_on_what_the_token_says() -> None:
    token = mint(
        KEY, sub="anna", scopes=["glossary:read"], locales=["de"], markets=["DE"], now=int(time.time()), hours=1
    )
    asked = _request("GET", "/v1/glossary/tasks", b"", ("authorization", f"Bearer {token}"))
    answered, _ = _api(glossary_concepts=_staff_echo).answer(asked)
    told = json.loads(answered.body)["jwt"]
    assert (told["claims"]["sub"], told["claims"]["locales"], told["scopes"]) == ("anna", "de", ["glossary:read"])


@pytest.mark.parametrize("headers", [[], [("authorization", "Bearer a.b.c")], [("authorization", "anna")]])
def test_nobody_reaches_a_staff_route_without_a_token(headers: list[tuple[str, str]]) -> None:
    def forbidden(_event: object, _context: object) -> object:
        raise AssertionError

    asked = _request("GET", "/v1/glossary/tasks", b"", ("origin", ORIGIN), *headers)
    refused, _ = _api(glossary_concepts=forbidden).answer(asked)
    told = dict(refused.headers)
    assert (refused.status, told["content-type"]) == (401, "application/problem+json")
    assert told["www-authenticate"].startswith("Bearer error=")
    assert told["access-control-allow-origin"] == ORIGIN
    assert "consentry token" in json.loads(refused.body)["mend"]


@pytest.mark.parametrize("route", [route for route in ROUTES if route.staff], ids=lambda route: route.key)
def test_every_staff_route_asks_for_a_token(route: Any) -> None:
    path = re.sub(r"\{[^}]+\}", "x", route.path)
    refused, matched = _api().answer(_request(route.method, path))
    assert (matched.route, refused.status) == (route, 401)


def test_a_visitors_own_bearer_token_is_no_business_of_the_gateway() -> None:
    asked = _request("POST", "/v1/profile/next", b"", ("authorization", "Bearer a-profile-token"))
    answered, _ = _api(submissions_profile=_staff_echo).answer(asked)
    assert (answered.status, json.loads(answered.body)) == (200, None)
