"""The OpenAPI 3.1 description of the API, from the compiled rules, the table of routes and the problem codes.

The answers of each form, market and stage are named schemas (``answers.<form>.<market>.<stage>``), the very ones
that judge a submission. ``tests/content/build`` proves that the body's schema here is the one the functions use.
"""

import json
from typing import Any

from consentry.base.problems import STATUS
from consentry.base.routes import DEFAULT, ROUTES
from consentry.content.build import openapi_staff
from consentry.content.build.openapi_parts import DIGEST, closed, listed, nullable, ref, refusals
from consentry.content.rules import Rules

_CODE = {"type": "string", "pattern": "^[A-Za-z0-9._~-]{1,80}$"}
_RELEASE = {"type": "string", "pattern": "^r[0-9a-f]{32}$"}
_DATE = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_INSTANT = {"type": "string", "pattern": f"^{_DATE}T([01][0-9]|2[0-3])(:[0-5][0-9]){{2}}([.][0-9]{{1,6}})?Z$"}
_CAMPAIGN = {"type": "string", "pattern": "^[A-Za-z0-9._~|-]{1,100}$"}
_VERSION = {"type": "integer", "minimum": 1}
_SOURCES = ["direct", "search", "partner", "event", "qr", "rep", "email", "social", "display", "referral"]
_CAMPAIGN_KEYS = ["utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "campaign_id", "click_source"]

_SAMPLE_DIGEST = "sha256-" + "0" * 64
_SAMPLE_RELEASE = "r" + "0" * 32


def submission_schema() -> dict[str, Any]:
    """The body of every POST that carries answers."""
    return closed(
        {
            "site": _CODE,
            "market": _CODE,
            "locale": _CODE,
            "release": _RELEASE,
            "projection": DIGEST,
            "stage": _CODE,
            "notice": closed({"id": _CODE, "version": _VERSION, "digest": DIGEST}),
            "answers": {"type": "object", "maxProperties": 60},
            "consents": {
                "type": "array",
                "maxItems": 30,
                "items": closed(
                    {"statement": _CODE, "version": _VERSION, "digest": DIGEST, "given": {"type": "boolean"}}
                ),
            },
            "source": closed(
                {
                    "type": {"enum": _SOURCES},
                    "id": _CODE,
                    **dict.fromkeys(_CAMPAIGN_KEYS, _CAMPAIGN),
                },
                ["type"],
            ),
            "displayed_at": _INSTANT,
            "marks": closed(
                {
                    "trap": {"type": "string", "maxLength": 1000},
                    "elapsed_ms": {"type": "integer", "minimum": 0, "maximum": 10**10},
                },
                [],
            ),
            "test": {"type": "boolean"},
        },
        ["site", "market", "locale", "release", "projection", "notice", "answers", "consents"],
    )


def _schemas(rules: Rules) -> dict[str, Any]:
    words = {"type": "string"}
    spoken = closed({"locale": words, "name": words, "forms": listed(words)})
    place = closed({"country": words, "region": nullable(words)})
    fallback = closed({"key": words, "locale": words})
    schemas: dict[str, Any] = {
        "Problem": closed(
            {
                "type": {"type": "string", "pattern": "^urn:consentry:problem:[a-z0-9-]+$"},
                "title": words,
                "status": {"type": "integer"},
                "detail": words,
                "errors": {
                    "type": "array",
                    "items": closed(
                        {"pointer": words, "code": words, "limit": {"type": "integer"}, "detail": words},
                        ["pointer", "code"],
                    ),
                },
                "pointer": nullable(words),
                "where": words,
                "markets": listed(words),
                "due": nullable(words),
            },
            ["type", "title", "status", "detail"],
            additionalProperties=True,
            description="RFC 9457. `type` is stable; `title` and `detail` are in the visitor's language. `errors` "
            "point into the body (RFC 6901). A 409 carries the `pointer` of the form to show instead, or null. For "
            "developers: `where` an unreadable request is wrong, `markets` that could be asked for, the stage `due`.",
        ),
        "Health": closed({"status": {"enum": ["ok"]}, "release": _RELEASE}),
        "Markets": closed(
            {
                "markets": {
                    "type": "array",
                    "items": closed(
                        {
                            "market": words,
                            "name": words,
                            "place": place,
                            "locales": listed(spoken),
                            "forms": listed(words),
                            "sample": {"type": "boolean"},
                        }
                    ),
                }
            },
            description="`sample`: at least one form of the market holds sample texts.",
        ),
        "Pointer": closed(
            {
                "form": words,
                "market": words,
                "locale": words,
                "dir": {"enum": ["ltr", "rtl"]},
                "release": _RELEASE,
                "state": {"enum": ["current"]},
                "dialect": {"enum": ["consentry", "rjsf"]},
                "document": words,
                "digest": DIGEST,
                "messages": words,
                "fallbacks": listed(fallback),
                "alternates": {
                    "type": "array",
                    "items": closed(
                        {"locale": words, "name": words, "document": words, "digest": DIGEST, "messages": words}
                    ),
                },
            },
            description="Which immutable document to load. `fallbacks` names every label shown in English.",
        ),
        "Projection": {
            "type": "object",
            "description": "One form, market and locale in one dialect: immutable, addressed by release, with every "
            "stage. Legal texts are shown exactly as they stand: label, paragraphs, then a line `text: url` per link.",
            "required": ["dialect", "form", "market", "locale", "dir", "release", "notice", "stages"],
        },
        "Submission": submission_schema(),
        "Acknowledgement": closed(
            {
                "submission_id": words,
                "accepted_at": words,
                "statements": {
                    "type": "array",
                    "items": closed(
                        {
                            "statement": words,
                            "version": _VERSION,
                            "digest": DIGEST,
                            "state": {"enum": ["refused", "given", "requested"]},
                        }
                    ),
                },
                "profile_token": words,
                "next": nullable(closed({"stage": words})),
            },
            description="Says what was recorded, nothing about the person. `requested` waits for the mailbox's proof.",
        ),
        "Next": closed(
            {
                "form": words,
                "market": words,
                "locale": words,
                "stage": nullable(words),
                "fields": listed(words),
                "statements": listed(words),
            },
            description="The stage that is due: names only, never values; `stage` is null when nothing is left to ask.",
        ),
    }
    current = rules["releases"][rules["current"]]
    known: dict[str, str] = {}
    for form, form_rules in current["forms"].items():
        for market, market_rules in form_rules["markets"].items():
            for stage in market_rules["stages"]:
                name = f"answers.{form}.{market}.{stage['id']}"
                same = known.setdefault(json.dumps(stage["schema"], sort_keys=True), name)
                schemas[name] = stage["schema"] if same == name else ref(same)
    return schemas


def _refusals(*codes: str) -> dict[str, Any]:
    return refusals((*codes, "internal"), STATUS.__getitem__, "Problem")


def _ok(schema: str, description: str, example: Any = None) -> dict[str, Any]:
    media: dict[str, Any] = {"schema": ref(schema)}
    if example is not None:
        media["example"] = example
    return {"description": description, "content": {"application/json": media}}


def _parameter(name: str, where: str, description: str, *, required: bool = False, **schema: Any) -> dict[str, Any]:
    described = {"name": name, "in": where, "description": description, "schema": {"type": "string", **schema}}
    return {**described, "required": True} if required or where == "path" else described


_LANGUAGE = _parameter("Accept-Language", "header", "Languages by weight (RFC 9110 §12.5.4); `locale` outranks it.")
_LOCALE = _parameter("locale", "query", "The language asked for, a BCP 47 tag or range.")
_KEY = _parameter(
    "Idempotency-Key",
    "header",
    "Drawn once per submission and kept over retries; the same key and body get the same reply for 30 days.",
    required=True,
    pattern="^[A-Za-z0-9_-]{16,128}$",
)
_BODY_REFUSALS = (
    "malformed-json",
    "bad-encoding",
    "too-deep",
    "body-too-large",
    "unsupported-media-type",
    "idempotency-key-missing",
    "invalid-body",
    "invalid-answers",
    "statement-unanswered",
    "idempotency-key-reused",
    "unknown-site",
    "origin-not-allowed",
    "sample-content",
    "unknown-release",
    "projection-not-accepted",
    "consent-text-changed",
    "market-mismatch",
    "place-not-hosted",
    "stage-out-of-order",
    "try-again",
)


def _submission_example(rules: Rules) -> dict[str, Any]:
    """A body for the first form and market published, every box left empty."""
    release = rules["releases"][rules["current"]]
    for form in release["forms"].values():
        for name, market in form["markets"].items():
            for tag, locale in market["locales"].items():
                stage = market["stages"][0]
                return {
                    "site": next((s for s, site in release["sites"].items() if name in site["markets"]), "site"),
                    "market": name,
                    "locale": tag,
                    "release": rules["current"],
                    "projection": locale["projections"].get("consentry", _SAMPLE_DIGEST),
                    "notice": dict(locale["notice"]),
                    "answers": {"email": "name@example.com", "country": market["country"], "hcp_declaration": True},
                    "consents": [
                        {"statement": text, **locale["statements"][text], "given": False}
                        for text in stage["statements"]
                    ],
                    "source": {"type": "partner", "id": "example-journal", "utm_campaign": "autumn"},
                    "marks": {"trap": "", "elapsed_ms": 8123},
                }
    return {"release": _SAMPLE_RELEASE}


def _posting(rules: Rules, summary: str, security: bool, *, path: bool) -> dict[str, Any]:
    example = _submission_example(rules)
    acknowledgement = {
        "submission_id": "0d1ec7a4-6f0f-4b52-9d5c-0a3f6d2f8f11",
        "accepted_at": "2026-11-22T09:30:00.000Z",
        "statements": [
            {**{key: entry[key] for key in ("statement", "version", "digest")}, "state": "refused"}
            for entry in example.get("consents", [])
        ],
        "profile_token": "…",
        "next": {"stage": "profile"},
    }
    parameters = [_KEY, _LANGUAGE]
    if path:
        parameters = [_parameter("form", "path", "The form's id."), *parameters]
    refusals = [*_BODY_REFUSALS, *(["unknown-form", "unknown-market"])]
    if security:
        refusals += ["token-invalid", "token-expired"]
        example = {**example, "stage": "profile", "answers": {"practice_type": "general-hospital"}, "consents": []}
    operation: dict[str, Any] = {
        "summary": summary,
        "parameters": parameters,
        "requestBody": {
            "required": True,
            "description": "`answers` is judged by `answers.<form>.<market>.<stage>`; every statement of the stage "
            "must be answered, given or refused.",
            "content": {"application/json": {"schema": ref("Submission"), "example": example}},
        },
        "responses": {"201": _ok("Acknowledgement", "Recorded.", acknowledgement), **_refusals(*refusals)},
    }
    if security:
        operation["security"] = [{"profileToken": []}]
    return operation


def _operations(rules: Rules) -> dict[str, dict[str, Any]]:
    """Operation by ``METHOD path``, as the table of routes names them."""
    form = _parameter("form", "path", "The form's id.")
    return {
        "GET /v1/health": {
            "summary": "Is the API up, and which release does it serve?",
            "responses": {"200": _ok("Health", "Up."), **_refusals()},
        },
        "GET /v1/markets": {
            "summary": "Markets hosted, with their languages, places of practice and forms",
            "parameters": [_LOCALE, _LANGUAGE],
            "responses": {"200": _ok("Markets", "Names in the language asked for."), **_refusals()},
        },
        "GET /v1/forms/{form}": {
            "summary": "Which document to show: market, best language, immutable path",
            "parameters": [
                form,
                _parameter("market", "query", "The market of the professional's place of practice.", required=True),
                _LOCALE,
                _parameter("dialect", "query", "The wire format.", enum=["consentry", "rjsf"], default="consentry"),
                _LANGUAGE,
            ],
            "responses": {
                "200": _ok("Pointer", "Good for a minute."),
                **_refusals(
                    "market-required",
                    "not-acceptable-dialect",
                    "unknown-form",
                    "unknown-market",
                    "sample-content",
                ),
            },
        },
        "GET /v1/forms/{form}/projections/{release}/{market}/{locale}/{dialect}.json": {
            "summary": "The form itself: immutable bytes, all stages",
            "parameters": [
                form,
                _parameter("release", "path", "The release."),
                _parameter("market", "path", "The market."),
                _parameter("locale", "path", "The locale."),
                _parameter("dialect", "path", "The dialect."),
            ],
            "responses": {
                "200": _ok("Projection", "Good for ever; the ETag is the digest."),
                "304": {"description": "Unchanged."},
                **_refusals("unknown-form", "unknown-projection", "sample-content"),
            },
        },
        "GET /openapi.json": {
            "summary": "This description",
            "responses": {"200": {"description": "OpenAPI 3.1."}, **_refusals()},
        },
        "GET /asyncapi.json": {
            "summary": "The messages that leave for captured leads",
            "responses": {"200": {"description": "AsyncAPI 3.0."}, **_refusals()},
        },
        "POST /v1/forms/{form}/submissions": _posting(rules, "The first stage: opt in", security=False, path=True),
        "POST /v1/profile/next": {
            "summary": "Which stage is due",
            "security": [{"profileToken": []}],
            "parameters": [_LANGUAGE],
            "responses": {
                "200": _ok("Next", "Names only."),
                **_refusals("token-invalid", "token-expired", "origin-not-allowed", "try-again"),
            },
        },
        "POST /v1/profile/answers": _posting(rules, "A later stage", security=True, path=False),
    }


def _documented(route_key: str) -> str:
    return route_key.replace("{proxy+}", "{release}/{market}/{locale}/{dialect}.json")


def document(rules: Rules) -> dict[str, Any]:
    """The OpenAPI document of ``rules``' current release.

    Raises:
        LookupError: the table of routes has a route that is not described here.
    """
    operations = _operations(rules)
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        if route.path == DEFAULT:
            continue
        key = _documented(route.key)
        if not route.staff and key not in operations:
            raise LookupError(f"{key} has no description")
        method, _, path = key.partition(" ")
        paths.setdefault(path, {})[method.lower()] = {
            "operationId": operation_id(method, path),
            **(openapi_staff.operation(key) if route.staff else operations[key]),
        }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "consentry API",
            "version": "1",
            "summary": "Localized forms, provable consent.",
            "description": "Every refusal is an RFC 9457 problem: in the visitor's language, or for staff in English "
            "with what to do next. A gateway in front may refuse with its own 4xx or 5xx before a request reaches us.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": {**_schemas(rules), **openapi_staff.schemas()},
            "securitySchemes": {
                "profileToken": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "`profile_token` of an acknowledgement; kept per browser tab.",
                },
                **openapi_staff.SECURITY,
            },
        },
    }


def operation_id(method: str, path: str) -> str:
    """``getFormsFormProjections…`` from method and path: stable names for generated clients."""
    parts = [part for part in path.removesuffix(".json").replace("{", "").replace("}", "").split("/") if part]
    words = [part.replace(".", "-") for part in parts if part != "v1"]
    return method.lower() + "".join(word[:1].upper() + word[1:] for part in words for word in part.split("-"))
