"""Bad input: the right problem, in the visitor's language, and nothing written."""

import base64
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from consentry.submissions.body import BODY_SCHEMA
from support.release import FORM, PREVIOUS, RELEASE, body, consents, notice_ref, text_digest
from support.stack import Stack, post


def without(name: str) -> dict[str, Any]:
    value = body()
    del value[name]
    return value


def answers(**changes: Any) -> dict[str, Any]:
    return {key: value for key, value in {**body()["answers"], **changes}.items() if value is not ...}


def changed_statement(**changes: Any) -> list[dict[str, Any]]:
    first, second = body()["consents"]
    return [first, {**second, **changes}]


def other_texts(market: str, locale: str) -> dict[str, Any]:
    """A body in German whose consents were read in another language or market."""
    return body(consents=consents(market, locale, "event-invitation", "promotional-email"))


DEEP: Any = "x"
for _ in range(20):
    DEEP = [DEEP]

CASES: list[tuple[str, Any, dict[str, str], int, str, str | None]] = [
    ("empty", "", {}, 400, "malformed-json", None),
    ("malformed", '{"site":', {}, 400, "malformed-json", None),
    ("NaN", '{"site": NaN}', {}, 400, "malformed-json", None),
    ("duplicate keys", '{"site":"demo","site":"demo"}', {}, 400, "malformed-json", None),
    ("lone surrogate", '{"site":"\\ud800"}', {}, 400, "bad-encoding", None),
    ("deep nesting", body(answers={"email": DEEP}), {}, 400, "too-deep", None),
    ("oversize", "x" * 66_000, {}, 413, "body-too-large", None),
    ("not JSON", body(), {"content_type": "text/plain"}, 415, "unsupported-media-type", None),
    ("not an object", "[]", {}, 422, "invalid-body", ""),
    ("wrong type", body(test="yes"), {}, 422, "invalid-body", "/test"),
    ("a number for a Boolean", body(test=1), {}, 422, "invalid-body", "/test"),
    (
        "text for a Boolean",
        body(consents=changed_statement(given="true")),
        {},
        422,
        "invalid-body",
        "/consents/1/given",
    ),
    ("a decimal version", body(notice={**notice_ref("DE", "de-DE"), "version": 1.0}), {}, 422, "invalid-body", None),
    ("a version in quotes", body(consents=changed_statement(version="1")), {}, 422, "invalid-body", None),
    ("no instant", body(displayed_at="2026-13-22T09:00:00Z"), {}, 422, "invalid-body", "/displayed_at"),
    ("a site and a line break", body(site="demo\n"), {}, 422, "invalid-body", "/site"),
    ("unknown member", body(extra=1), {}, 422, "invalid-body", "/extra"),
    *((f"no {name}", without(name), {}, 422, "invalid-body", f"/{name}") for name in BODY_SCHEMA["required"]),
    ("no key", body(), {"idempotency_key": ""}, 400, "idempotency-key-missing", None),
    ("a key like a number", body(), {"idempotency_key": "+491701234567"}, 400, "idempotency-key-missing", None),
    (
        "a key like an address",
        body(),
        {"idempotency_key": "kim.beispiel@praxis.example"},
        400,
        "idempotency-key-missing",
        None,
    ),
    ("campaign that is no text", body(source={"type": "rep", "id": 7}), {}, 422, "invalid-body", "/source/id"),
    (
        "campaign with an address and a stray member",
        body(source={"type": "rep", "utm_campaign": "a@b.example", "gclid": "x"}),
        {},
        422,
        "invalid-body",
        "/source/gclid",
    ),
    ("source of unknown type", body(source={"type": "magic"}), {}, 422, "invalid-body", "/source/type"),
    ("unknown release", body(release="r" + "0" * 32), {}, 409, "unknown-release", None),
    ("unknown site", body(site="nowhere"), {}, 422, "unknown-site", "/site"),
    (
        "market not of the site",
        body("SA", "ar-SA", site="demo-de"),
        {"origin": "https://demo-de.example.com"},
        422,
        "unknown-site",
        "/market",
    ),
    ("unknown market", body(market="ZZ"), {}, 404, "unknown-market", None),
    ("unknown locale", body(locale="fr-FR"), {}, 409, "projection-not-accepted", None),
    ("never published", body(projection=text_digest("never")), {}, 409, "projection-not-accepted", None),
    (
        "document of another market",
        body(projection=body("SA", "ar-SA")["projection"]),
        {},
        409,
        "projection-not-accepted",
        None,
    ),
    ("statements of another market", other_texts("US", "en-US"), {}, 409, "consent-text-changed", "/consents/0"),
    (
        "notice of another language",
        body("SA", "ar-SA", notice=notice_ref("SA", "en-SA")),
        {},
        409,
        "consent-text-changed",
        "/notice",
    ),
    (
        "statements of another language",
        body("SA", "ar-SA", consents=consents("SA", "en-SA", "event-invitation", "promotional-email")),
        {},
        409,
        "consent-text-changed",
        "/consents/0",
    ),
    (
        "another notice",
        body(notice={**notice_ref("DE", "de-DE"), "version": 2}),
        {},
        409,
        "consent-text-changed",
        "/notice",
    ),
    ("wrong origin", body(), {"origin": "https://evil.example.com"}, 403, "origin-not-allowed", None),
    ("no origin", body(), {"origin": ""}, 403, "origin-not-allowed", None),
    ("opaque origin", body(), {"origin": "null"}, 403, "origin-not-allowed", None),
    ("origin of another site", body(site="demo-de"), {}, 403, "origin-not-allowed", None),
    (
        "two origins",
        body(),
        {"origin": "https://demo.example.com,https://evil.example.com"},
        403,
        "origin-not-allowed",
        None,
    ),
    ("statement unanswered", body(consents=body()["consents"][:1]), {}, 422, "statement-unanswered", "/consents"),
    (
        "statement twice",
        body(consents=[*body()["consents"], body()["consents"][0]]),
        {},
        422,
        "statement-unanswered",
        "/consents",
    ),
    (
        "statement of another stage",
        body(consents=[*body()["consents"], *consents("DE", "de-DE", "promotional-phone")]),
        {},
        422,
        "invalid-body",
        "/consents/2/statement",
    ),
    (
        "another text",
        body(consents=changed_statement(digest=text_digest("other"))),
        {},
        409,
        "consent-text-changed",
        "/consents/1",
    ),
    ("another version", body(consents=changed_statement(version=2)), {}, 409, "consent-text-changed", "/consents/1"),
    (
        "answer neither given nor refused",
        body(consents=changed_statement(given=None)),
        {},
        422,
        "invalid-body",
        "/consents/1/given",
    ),
    ("required answer missing", body(answers=answers(email=...)), {}, 422, "invalid-answers", "/answers/email"),
    ("required answer empty", body(answers=answers(email="  ")), {}, 422, "invalid-answers", "/answers/email"),
    ("unknown answer", body(answers=answers(nationality="x")), {}, 422, "invalid-answers", "/answers/nationality"),
    ("over-long answer", body(answers=answers(given_name="x" * 61)), {}, 422, "invalid-answers", "/answers/given_name"),
    ("not an option", body(answers=answers(specialty="astrology")), {}, 422, "invalid-answers", "/answers/specialty"),
    ("wrong type of answer", body(answers=answers(given_name=7)), {}, 422, "invalid-answers", "/answers/given_name"),
    ("not an address", body(answers=answers(email="a@b@c")), {}, 422, "invalid-answers", "/answers/email"),
    *(
        (
            f"{name} in an answer",
            body(answers=answers(**{field: text})),
            {},
            422,
            "invalid-answers",
            f"/answers/{field}",
        )
        for field, name, text in (
            ("given_name", "NUL", "Ki\0m"),
            ("given_name", "a line break", "Kim\r\nBcc: x"),
            ("given_name", "an escape sequence", "\x1b[2JKim"),
            ("email", "unseen marks alone", "\u200b\u202e"),
            ("email", "a line break", "kim\nbcc@praxis.example.com"),
            ("email", "a no-break space", "kim\u00a0b@praxis.example.com"),
        )
    ),
    (
        "place elsewhere and a space",
        body(answers=answers(country="SA ")),
        {},
        409,
        "market-mismatch",
        "/answers/country",
    ),
    ("place not a code", body(answers=answers(country=["DE"])), {}, 422, "invalid-answers", "/answers/country"),
    (
        "address without domain",
        body(answers=answers(email="kim@localhost")),
        {},
        422,
        "invalid-answers",
        "/answers/email",
    ),
    (
        "declaration not made",
        body(answers=answers(hcp_declaration=False)),
        {},
        422,
        "invalid-answers",
        "/answers/hcp_declaration",
    ),
    (
        "country that does not exist",
        body(answers=answers(country="XX")),
        {},
        422,
        "invalid-answers",
        "/answers/country",
    ),
    ("later stage first", body(stage="profile"), {}, 409, "stage-out-of-order", None),
]


@pytest.mark.parametrize(
    ("sent", "headers", "status", "code", "pointer"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_refused_by_name_and_nothing_written(
    stack: Stack, sent: Any, headers: dict[str, str], status: int, code: str, pointer: str | None
) -> None:
    answered, problem = stack.submit(sent, **headers)

    assert (answered, problem["type"]) == (status, f"urn:consentry:problem:{code}")
    assert problem["status"] == status
    if pointer is not None:
        assert pointer in [error["pointer"] for error in problem["errors"]]
        assert all(error["detail"] for error in problem["errors"])
    assert not any(stack.counts().values())


@pytest.mark.parametrize(
    ("sent", "headers", "member", "told"),
    [
        ('{"site": NaN}', {}, "where", "NaN is not a JSON number"),
        ('{"site":"demo","site":"demo"}', {}, "where", 'the key "site" appears twice'),
        ('{"site":\n', {}, "where", "line 2, column 1: Expecting value"),
        ('{"site":"\\ud800"}', {}, "where", "a lone surrogate in a string"),
        (body(), {"content_type": "Text/Plain; charset=utf-8"}, "where", "Content-Type: text/plain"),
        (body(), {"content_type": ""}, "where", "Content-Type:"),
        (body(market="ZZ"), {}, "markets", ["DE", "SA", "US", "US-CA"]),
        (
            body("SA", "ar-SA", site="demo-de"),
            {"origin": "https://demo-de.example.com"},
            "markets",
            ["DE"],
        ),
        (body(stage="profile"), {}, "due", "opt-in"),
    ],
)
def test_a_developer_is_told_where_and_what_instead(
    stack: Stack, sent: Any, headers: dict[str, str], member: str, told: Any
) -> None:
    assert stack.submit(sent, **headers)[1][member] == told


def test_every_409_about_wording_carries_the_current_pointer(stack: Stack) -> None:
    for sent in (
        body(projection=text_digest("never")),
        body(consents=changed_statement(version=9)),
        body(release="r" + "0" * 32),
    ):
        assert stack.submit(sent)[1]["pointer"] == f"/v1/forms/{FORM}?market=DE&locale=de-DE"


@pytest.mark.parametrize(
    ("market", "locale", "country", "region", "hosted", "pointer", "code", "answer"),
    [
        ("DE", "de-DE", "SA", None, "SA", f"/v1/forms/{FORM}?market=SA", "market-mismatch", "country"),
        ("DE", "de-DE", "AT", None, None, None, "place-not-hosted", "country"),
        ("US", "en-US", "US", "CA", "US-CA", f"/v1/forms/{FORM}?market=US-CA", "market-mismatch", "region"),
        ("US-CA", "en-US", "US", "NY", "US", f"/v1/forms/{FORM}?market=US", "market-mismatch", "region"),
        ("US-CA", "en-US", "DE", "CA", "DE", f"/v1/forms/{FORM}?market=DE", "market-mismatch", "country"),
    ],
)
def test_a_place_of_practice_elsewhere_is_refused_with_the_right_pointer_or_the_plain_reason(
    stack: Stack,
    market: str,
    locale: str,
    country: str,
    region: str | None,
    hosted: str | None,
    pointer: str | None,
    code: str,
    answer: str,
) -> None:
    place = {"country": country} | ({"region": region} if region else {})
    status, problem = stack.submit(body(market, locale, answers={**body()["answers"], **place}))

    assert (status, problem["type"]) == (409, f"urn:consentry:problem:{code}")
    assert (problem["market"], problem["pointer"]) == (hosted, pointer)
    assert problem["errors"] == [
        {"pointer": f"/answers/{answer}", "code": "another-place", "detail": f"another-place {locale}"}
    ]
    assert not any(stack.counts().values())


def test_the_language_is_the_one_asked_for_else_accept_language_else_the_markets_first(stack: Stack) -> None:
    asked = stack.submit(body(answers=answers(email="")))[1]
    assert asked["title"] == "invalid-answers de-DE"
    assert asked["errors"][0]["detail"] == "Enter your e-mail (de-DE)"
    wrong = stack.submit(body(test="yes"), accept_language="ar")[1]
    assert wrong["title"] == "invalid-body de-DE"
    assert stack.submit(body(locale="de-DE"), idempotency_key="")[1]["title"] == "idempotency-key-missing de-DE"
    assert stack.submit(body("SA", locale="tlh", test="yes"))[1]["title"] == "invalid-body ar-SA"
    assert stack.submit("{", accept_language="ar;q=0.9, fr")[1]["title"] == "malformed-json ar-SA"
    assert stack.submit("{")[1]["title"] == "malformed-json en-GB"


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        (body(answers=answers(given_name="x" * 61)), ("/answers/given_name", "too-long", 60, "too-long de-DE 60")),
        (body(consents=body()["consents"] * 16), ("/consents", "too-many", 30, "too-many de-DE 30")),
    ],
)
def test_a_bound_that_was_passed_is_named(stack: Stack, sent: Any, error: tuple[str, str, int, str]) -> None:
    assert [tuple(told.values()) for told in stack.submit(sent)[1]["errors"]] == [error]


def test_a_refusal_never_repeats_what_was_typed(stack: Stack) -> None:
    _, problem = stack.submit(body(answers=answers(email="kim@@secret.example", specialty="secret-thing")))
    assert "secret" not in json.dumps(problem)


def test_a_superseded_release_is_accepted_for_the_grace_time_only(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = stack.edge.releases.get(PREVIOUS)
    monkeypatch.setitem(rules, "superseded_at", "2999-01-01T00:00:00Z")
    assert stack.submit(body(release=PREVIOUS))[0] == 201
    monkeypatch.setitem(rules, "superseded_at", "2020-01-01T00:00:00Z")
    assert stack.submit(body(release=PREVIOUS))[1]["type"].endswith("projection-not-accepted")


def test_capture_ends_with_the_approval(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    locale = stack.edge.releases.current["forms"][FORM]["markets"]["DE"]["locales"]["de-DE"]
    monkeypatch.setitem(locale, "valid_until", "2020-01-01")
    assert stack.submit(body())[1]["type"].endswith("projection-not-accepted")


@pytest.mark.parametrize("what", ["projection", "statement", "notice"])
def test_a_revoked_digest_is_refused_within_a_minute(stack: Stack, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    assert stack.submit(body())[0] == 201
    digests = {
        "projection": body()["projection"],
        "statement": body()["consents"][0]["digest"],
        "notice": body()["notice"]["digest"],
    }
    revoke(stack, monkeypatch, digests[what])
    status, problem = stack.submit(body())
    assert status == 409
    assert problem["pointer"] == f"/v1/forms/{FORM}?market=DE&locale=de-DE"


def revoke(stack: Stack, monkeypatch: pytest.MonkeyPatch, digest: str) -> None:
    """As if a minute had passed since an operator revoked ``digest``."""
    stack.put_content({"content_key": "REVOCATIONS", "digests": [digest]})
    monkeypatch.setattr(stack.edge.releases, "_revoked", frozenset())
    monkeypatch.setattr(stack.edge.releases, "_revoked_read", -1e9)


def test_what_was_accepted_is_acknowledged_again_whatever_has_expired_since(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = "k" * 20
    first = stack.submit(body(release=RELEASE), idempotency_key=key)
    assert first[0] == 201
    before = stack.counts()
    revoke(stack, monkeypatch, body()["consents"][0]["digest"])
    assert stack.submit(body(), idempotency_key=key) == first
    assert stack.submit(body(test=True), idempotency_key=key)[0] == 422
    monkeypatch.setattr(stack.edge.releases, "_releases", {})
    assert stack.submit(body(), idempotency_key=key) == first
    assert stack.submit(body())[1]["type"].endswith("unknown-release")
    assert stack.counts() == before


@pytest.mark.parametrize("failing", ["releases", "token_secret"])
def test_when_aws_fails_the_visitor_is_asked_to_try_again(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], failing: str
) -> None:
    def throttled(*_: object) -> None:
        raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "kim"}}, "Get")

    monkeypatch.setattr(getattr(stack.edge, failing), "get", throttled)
    status, problem = stack.submit(body())
    assert (status, problem["type"]) == (503, "urn:consentry:problem:try-again")
    assert json.loads(capsys.readouterr().out)["Failures"] == 1
    assert not any(stack.counts().values())


def test_production_refuses_sample_content(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stack.edge, "_production", True)
    assert stack.submit(body())[1]["type"] == "urn:consentry:problem:sample-content"


def test_an_error_of_ours_is_a_problem_too_and_tells_nothing(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("dr.beispiel@praxis.example.com")

    monkeypatch.setattr(stack.submit_handler, "judge", broken)
    status, problem = stack.submit(body())
    assert (status, problem["type"]) == (500, "urn:consentry:problem:internal")
    assert "beispiel" not in json.dumps(problem) + capsys.readouterr().out


def test_a_base64_body_is_honoured(stack: Stack) -> None:
    event = post(f"/v1/forms/{FORM}/submissions", "")
    event["body"] = base64.b64encode(json.dumps(body()).encode()).decode()
    event["isBase64Encoded"] = True
    assert stack.submit_handler.handler(event, None)["statusCode"] == 201
