"""Who is asking, and what every refusal to them says."""

import json
from typing import Any

import pytest

from consentry.base.documents import Busy, Conflict, Document, Held, TooLarge
from consentry.base.http import Event, Response, json_response
from consentry.base.staff import Staff, staff
from consentry.base.staff_http import (
    body_bytes,
    cursor,
    framed,
    if_match,
    json_object,
    members,
    page_response,
    page_size,
    reason_asked,
    reason_of,
    unchanged,
)
from consentry.base.staff_problems import TITLES, StaffProblem


def event(claims: dict[str, Any] | None = None, **more: Any) -> Event:
    context: dict[str, Any] = {"http": {"method": "GET"}}
    if claims is not None:
        context["authorizer"] = {"jwt": {"claims": claims, "scopes": None}}
    return {"requestContext": context, "headers": {}, "rawPath": "/v1/x", **more}


def problem(raised: pytest.ExceptionInfo[StaffProblem]) -> tuple[int, str]:
    assert raised.value.mend.endswith(".")
    assert raised.value.detail.endswith(".")
    return raised.value.status, raised.value.code


ANNA = {"sub": "anna-t", "scope": "glossary:read glossary:edit", "locales": "de fr-CH", "markets": "DE CH"}


def test_claims_become_a_member_of_staff() -> None:
    anna = staff(event(ANNA))
    assert anna == Staff(
        "anna-t", frozenset({"glossary:read", "glossary:edit"}), frozenset({"de", "fr-CH"}), frozenset({"DE", "CH"})
    )
    assert staff(event({**ANNA, "locales": "[de fr]"})).locales == {"de", "fr"}


@pytest.mark.parametrize(
    "sent",
    [
        event(),
        event({}),
        event({"sub": ""}),
        event({"scope": "glossary:edit"}),
        {"requestContext": {"authorizer": {"lambda": {"sub": "x"}}}},
        {"requestContext": {"authorizer": None}},
        {},
    ],
)
def test_without_verified_claims_nobody_is_let_in(sent: Event) -> None:
    with pytest.raises(StaffProblem) as raised:
        staff(sent)
    assert problem(raised) == (401, "not-signed-in")
    assert raised.value.headers == {"www-authenticate": "Bearer"}


def test_a_sub_that_tells_who_it_is_is_refused() -> None:
    with pytest.raises(StaffProblem) as raised:
        staff(event({**ANNA, "sub": "anna@example.com"}))
    assert problem(raised) == (403, "scope-missing")


def test_a_language_covers_its_regions_and_nothing_else() -> None:
    anna = staff(event(ANNA))
    assert [tag for tag in ("de", "de-CH", "fr", "fr-CH", "fr-FR", "den", "en") if anna.may_locale(tag)] == [
        "de", "de-CH", "fr-CH",
    ]  # fmt: skip
    assert Staff("x", frozenset(), frozenset({"*"}), frozenset()).may_locale("ja")
    assert Staff("x", frozenset(), frozenset({"zh-Hant"}), frozenset()).may_locale("zh-Hant-TW")
    assert not Staff("x", frozenset(), frozenset(), frozenset()).may_locale("de")
    assert anna.may_market("CH")
    assert not anna.may_market("CA-QC")


@pytest.mark.parametrize(
    ("arguments", "code", "lacking"),
    [
        (("glossary:approve", None, None), "scope-missing", {"scope": "glossary:approve"}),
        (("glossary:edit", "fr", None), "locale-not-yours", {"locale": "fr"}),
        (("glossary:edit", "de", "FR"), "market-not-yours", {"market": "FR"}),
    ],
)
def test_what_the_token_lacks_is_named(
    arguments: tuple[str, str | None, str | None], code: str, lacking: dict[str, str]
) -> None:
    anna = staff(event(ANNA))
    with pytest.raises(StaffProblem) as raised:
        anna.require(*arguments)
    assert problem(raised) == (403, code)
    assert raised.value.extra == lacking
    (what,) = lacking.values()
    assert what in raised.value.detail
    anna.require("glossary:edit", "de-AT", "DE")
    with pytest.raises(StaffProblem, match="none"):
        Staff("x", frozenset(), frozenset(), frozenset()).require(*arguments)


def answered(error: Exception) -> tuple[Response, dict[str, Any]]:
    def act(_event: Event, _staff: Staff) -> Response:
        raise error

    response = framed("test", event(ANNA), act)
    return response, json.loads(response["body"])


def test_every_error_becomes_a_problem_with_a_way_out(capsys: pytest.CaptureFixture[str]) -> None:
    head = Document("glossary/concepts/a", 7, {"x": 1}, "2026-11-22T09:00:00.000Z", "p-2", "edit", "why")
    for error, status in (
        (StaffProblem("not-found", "No.", "Look."), 404),
        (Conflict(head.path, head), 412),
        (Conflict(head.path, None), 412),
        (TooLarge("too much"), 413),
        (Held("x"), 503),
        (Busy("x"), 503),
        (RuntimeError("secret detail"), 500),
    ):
        response, body = answered(error)
        assert (response["statusCode"], body["status"]) == (status, status)
        assert response["headers"]["content-type"] == "application/problem+json"
        assert body["type"].startswith("urn:consentry:problem:")
        assert body["title"]
        assert body["detail"]
        assert body["mend"].endswith(".")
        assert "secret detail" not in response["body"]
    logged = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [("Failures" in line, line.get("problem"), line.get("error")) for line in logged] == [
        (False, "not-found", None),
        (False, "changed-meanwhile", None),
        (False, "changed-meanwhile", None),
        (False, "body-too-large", None),
        (False, "try-again", None),
        (False, "try-again", None),
        (True, None, "RuntimeError"),
    ]
    assert "secret detail" not in json.dumps(logged)
    response, body = answered(Conflict(head.path, head))
    assert response["headers"]["etag"] == '"7"'
    assert (body["current"]["number"], body["current"]["body"], body["current"]["actor"]) == (7, {"x": 1}, "p-2")


def test_a_change_of_another_version_is_refused_with_the_one_there_is() -> None:
    head = Document("glossary/concepts/a", 7, {"x": 1}, "2026-11-22T09:00:00.000Z", "p-2", "edit", "why")
    unchanged(head, 7, head.path)
    unchanged(None, 0, head.path)
    for document, base in ((head, 6), (head, 0), (None, 7)):
        with pytest.raises(StaffProblem) as raised:
            unchanged(document, base, head.path)
        assert problem(raised) == (412, "changed-meanwhile")
        assert head.path in raised.value.detail
        assert ("current" in raised.value.extra) == (document is not None)


def test_a_body_names_what_is_known_and_says_why() -> None:
    assert members(post('{"a": 1}'), "a", "b") == {"a": 1}
    with pytest.raises(StaffProblem) as raised:
        members(post('{"c": 1}'), "a", "b")
    assert (problem(raised), raised.value.errors[0]["pointer"]) == ((422, "invalid-body"), "/c")
    assert "a, b" in raised.value.mend
    assert reason_of("  because ") == "because"
    assert reason_asked(event(ANNA, queryStringParameters={"reason": " because "})) == "because"
    for said in (None, 3, "", "no ", "x" * 501):
        with pytest.raises(StaffProblem) as raised:
            reason_of(said)
        assert (problem(raised), raised.value.errors[0]["pointer"]) == ((422, "invalid-body"), "/reason")
    for asked in ({}, {"reason": "  no"}, {"reason": "x" * 501}):
        with pytest.raises(StaffProblem) as raised:
            reason_asked(event(ANNA, queryStringParameters=asked))
        assert problem(raised) == (400, "invalid-parameter")


def test_without_claims_the_route_is_never_reached() -> None:
    def act(_event: Event, _staff: Staff) -> Response:
        raise AssertionError

    assert framed("test", event(), act)["statusCode"] == 401


@pytest.mark.parametrize("sent", ["*", "7", 'W/"7"', '"0"', ""])
def test_a_tag_that_is_not_ours_is_refused(sent: str) -> None:
    with pytest.raises(StaffProblem) as raised:
        if_match(event(ANNA, headers={"if-match": sent}))
    assert problem(raised) == (400, "invalid-parameter")


def test_a_change_names_the_version_it_was_made_from() -> None:
    with pytest.raises(StaffProblem) as raised:
        if_match(event(ANNA))
    assert problem(raised) == (428, "precondition-required")
    assert if_match(event(ANNA, headers={"if-match": '"7"'})) == 7


def post(body: str, kind: str = "application/json", *, encoded: bool = False) -> Event:
    return event(ANNA, headers={"content-type": kind}, body=body, isBase64Encoded=encoded)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (post("{}", "text/csv"), "unsupported-media-type"),
        (post("{}", ""), "unsupported-media-type"),
        (post("{"), "malformed-json"),
        (post('{"a":1,"a":2}'), "malformed-json"),
        (post('{"a":NaN}'), "malformed-json"),
        (post('{"a":"\\ud800"}'), "bad-encoding"),
        (post("[]"), "invalid-body"),
        (post("x" * 101), "body-too-large"),
        (post("A" * 201, encoded=True), "body-too-large"),
        (post("A", encoded=True), "bad-encoding"),
        (post("[" * 17 + "]" * 17), "too-deep"),
    ],
)
def test_a_body_that_is_not_one_json_object_is_refused(sent: Event, code: str) -> None:
    with pytest.raises(StaffProblem) as raised:
        json_object(sent, limit=100)
    assert problem(raised)[1] == code


def test_bodies_are_read_with_and_without_base64() -> None:
    assert json_object(post('{"ü": 1}')) == {"ü": 1}
    assert json_object(post("eyJhIjogMX0=", "application/merge-patch+json; charset=utf-8", encoded=True)) == {"a": 1}
    assert body_bytes(event(ANNA), 10) == b""


def test_pages_are_followed_by_their_link() -> None:
    asked = event(ANNA, queryStringParameters={"state": "draft", "limit": "2"})
    assert page_size(asked) == 2
    response = page_response(asked, "concepts", [1, 2], "glossary/concepts/b")
    body = json.loads(response["body"])
    assert body["concepts"] == [1, 2]
    assert response["headers"]["link"] == f'</v1/x?state=draft&limit=2&cursor={body["next"]}>; rel="next"'
    assert cursor(event(ANNA, queryStringParameters={"cursor": body["next"]})) == "glossary/concepts/b"
    last = page_response(asked, "concepts", [], None)
    assert "link" not in last["headers"]
    assert json.loads(last["body"])["next"] is None


@pytest.mark.parametrize("parameters", [{"limit": "0"}, {"limit": "201"}, {"limit": "x"}, {"limit": "٣"}])
def test_a_page_size_out_of_range_is_refused(parameters: dict[str, str]) -> None:
    with pytest.raises(StaffProblem) as raised:
        page_size(event(ANNA, queryStringParameters=parameters))
    assert problem(raised)[1] == "invalid-parameter"


@pytest.mark.parametrize("value", ["ÿ", "a", "_w"])
def test_a_cursor_that_was_never_given_is_refused(value: str) -> None:
    with pytest.raises(StaffProblem) as raised:
        cursor(event(ANNA, queryStringParameters={"cursor": value}))
    assert problem(raised)[1] == "invalid-parameter"


def test_every_code_has_a_status_and_a_title() -> None:
    for code, (status, title) in TITLES.items():
        assert 400 <= status <= 503, code
        assert title
    assert json_response(200, {})["statusCode"] == 200
