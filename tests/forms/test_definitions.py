"""The GET function from the outside, on the real content."""

import base64
import gzip
import hashlib
import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import brotli
import pytest

FORM = "hcp-webinar"


def event(path: str, *, method: str = "GET", headers: dict[str, str] | None = None, **query: str) -> dict[str, Any]:
    return {
        "version": "2.0",
        "rawPath": path,
        "headers": headers or {},
        "queryStringParameters": query,
        "requestContext": {"http": {"method": method, "path": path}},
        "isBase64Encoded": False,
    }


@pytest.fixture(scope="session")
def function(release: Path) -> Any:
    os.environ.update(CONTENT_DIR=str(release / "definitions"), PRODUCTION="false")
    return importlib.import_module("consentry.forms.definitions_handler")


@pytest.fixture
def get(function: Any) -> Any:
    def call(path: str, headers: dict[str, str] | None = None, method: str = "GET", **query: str) -> dict[str, Any]:
        response: dict[str, Any] = function.handler(event(path, method=method, headers=headers, **query), None)
        return response

    return call


def pointer(get: Any, market: str, **more: Any) -> dict[str, Any]:
    response = get(f"/v1/forms/{FORM}", market=market, **more)
    assert response["statusCode"] == 200, response["body"]
    value: dict[str, Any] = json.loads(response["body"])
    return value


def test_the_pointer_leads_to_the_bytes_whose_digest_it_names(get: Any) -> None:
    for market, locale in (("DE", "de-DE"), ("SA", "ar-SA"), ("JP", "ja-JP")):
        found = pointer(get, market)
        assert (found["market"], found["locale"], found["state"]) == (market, locale, "current")
        document = get(found["document"])
        assert document["headers"]["cache-control"] == "public, max-age=31536000, immutable"
        assert document["headers"]["content-language"] == locale
        assert "sha256-" + hashlib.sha256(document["body"].encode()).hexdigest() == found["digest"]
        body = json.loads(document["body"])
        assert (body["form"], body["market"], body["locale"]) == (FORM, market, locale)
        assert body["release"] == found["release"]
        assert [stage["id"] for stage in body["stages"]] == ["opt-in", "profile", "interests"]


@pytest.mark.parametrize(
    ("accept", "asked", "expected"),
    [
        (None, None, "de-CH"),
        ("fr-CH", None, "fr-CH"),
        ("it;q=0.4, fr;q=0.9", None, "fr-CH"),
        ("en-US,en;q=0.9", None, "de-CH"),
        ("fr", "it-CH", "it-CH"),
        ("fr", "ja", "fr-CH"),
        ("*;q=0.1, it", None, "it-CH"),
    ],
)
def test_the_language_asked_for_else_accept_language_else_the_markets_first(
    get: Any, accept: str | None, asked: str | None, expected: str
) -> None:
    headers = {"accept-language": accept} if accept else {}
    query = {"locale": asked} if asked else {}
    found = pointer(get, "CH", headers=headers, **query)
    assert found["locale"] == expected
    assert {entry["locale"] for entry in found["alternates"]} == {"de-CH", "fr-CH", "it-CH"}
    assert all(get(entry["document"])["statusCode"] == 200 for entry in found["alternates"])


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        (None, None),
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=1.0", "gzip"),
        ("identity", None),
        ("*", "br"),
        ("deflate", None),
    ],
)
def test_precompressed_variants_are_the_same_document_with_their_own_etag(
    get: Any, accepted: str | None, encoding: str | None
) -> None:
    path = pointer(get, "DE")["document"]
    plain = get(path)
    response = get(path, headers={"accept-encoding": accepted} if accepted else {})
    assert response["headers"].get("content-encoding") == encoding
    assert "Accept-Encoding" in response["headers"]["vary"]
    digest = plain["headers"]["etag"].strip('"')
    assert response["headers"]["etag"] == (f'"{digest}-{encoding}"' if encoding else f'"{digest}"')
    if encoding:
        data = base64.b64decode(response["body"])
        opened = brotli.decompress(data) if encoding == "br" else gzip.decompress(data)
        assert opened.decode() == plain["body"]


def test_an_unchanged_document_is_not_sent_again(get: Any) -> None:
    path = pointer(get, "DE")["document"]
    headers = {"accept-encoding": "br"}
    etag = get(path, headers=headers)["headers"]["etag"]
    for sent in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        response = get(path, headers={**headers, "if-none-match": sent})
        assert (response["statusCode"], response["body"]) == (304, "")
        assert response["headers"]["etag"] == etag
    assert get(path, headers={**headers, "if-none-match": '"other"'})["statusCode"] == 200


@pytest.mark.parametrize(
    ("path", "query", "status", "code"),
    [
        ("/v1/forms/nothing", {"market": "DE"}, 404, "unknown-form"),
        (f"/v1/forms/{FORM}", {}, 400, "market-required"),
        (f"/v1/forms/{FORM}", {"market": "ZZ"}, 404, "unknown-market"),
        (f"/v1/forms/{FORM}", {"market": "DE", "dialect": "klingon"}, 400, "not-acceptable-dialect"),
        (f"/v1/forms/{FORM}/projections/r0/DE/de-DE/consentry.json", {}, 404, "unknown-projection"),
        (f"/v1/forms/{FORM}/projections/../../../../etc/passwd", {}, 404, "not-found"),
        (f"/v1/forms/{FORM}/projections/r/DE/de-DE/../index.json", {}, 404, "not-found"),
        ("/v1/nothing", {}, 404, "not-found"),
        ("/", {}, 404, "not-found"),
    ],
)
def test_refusals_say_why(get: Any, path: str, query: dict[str, str], status: int, code: str) -> None:
    response = get(path, **query)
    problem = json.loads(response["body"])
    assert (response["statusCode"], problem["type"]) == (status, f"urn:consentry:problem:{code}")
    assert response["headers"]["content-type"] == "application/problem+json"
    assert problem["title"]
    assert problem["detail"]
    assert "{" not in problem["detail"]


def test_markets_that_could_be_asked_for_are_told(get: Any) -> None:
    for query in ({}, {"market": "ZZ"}):
        markets = json.loads(get(f"/v1/forms/{FORM}", **query)["body"])["markets"]
        assert [get(f"/v1/forms/{FORM}", market=market)["statusCode"] for market in markets] == [200] * len(markets)
        assert "DE" in markets


def test_a_refusal_speaks_the_visitors_language(get: Any) -> None:
    path = f"/v1/forms/{FORM}"
    asked = [
        get(path, market="DE", dialect="x")["headers"]["content-language"],
        get(path, market="DE", dialect="x", headers={"accept-language": "ja"})["headers"]["content-language"],
        get(path, market="DE", dialect="x", locale="ar-SA")["headers"]["content-language"],
    ]
    assert asked == ["de-DE", "ja-JP", "ar-SA"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", f"/v1/forms/{FORM}", "GET, HEAD"),
        ("OPTIONS", "/v1/markets", "GET, HEAD"),
        ("POST", f"/v1/forms/{FORM}/projections/r/DE/de-DE/consentry.json", "GET, HEAD"),
        ("GET", f"/v1/forms/{FORM}/submissions", "POST"),
        ("PUT", "/v1/profile/next", "POST"),
        ("HEAD", "/v1/profile/answers", "POST"),
    ],
)
def test_another_method_is_refused_and_the_right_ones_are_named(get: Any, method: str, path: str, allowed: str) -> None:
    response = get(path, method=method)
    assert (response["statusCode"], response["headers"]["allow"]) == (405, allowed)
    assert json.loads(response["body"])["type"] == "urn:consentry:problem:method-not-allowed"


@pytest.mark.parametrize(
    "path", [f"/v1/forms/{FORM}/submissions/", f"/v1/forms/{FORM}/x", "/v1/profile", "/v2/markets"]
)
def test_where_nothing_is_no_method_is_offered(get: Any, path: str) -> None:
    for method in ("GET", "POST"):
        assert json.loads(get(path, method=method)["body"])["type"] == "urn:consentry:problem:not-found"


def test_markets_are_named_in_the_visitors_language(get: Any) -> None:
    body = json.loads(get("/v1/markets", headers={"accept-language": "de-CH"})["body"])
    names = {entry["market"]: entry["name"] for entry in body["markets"]}
    assert names["JP"] == "Japan"
    assert names["SA"] == "Saudi-Arabien"
    assert {"DE", "FR", "CH", "GB", "US", "US-CA", "CA", "CA-QC", "JP", "SA"} <= names.keys()
    assert all(entry["sample"] is True for entry in body["markets"])


def test_health_names_the_release_and_openapi_is_served(get: Any) -> None:
    assert json.loads(get("/v1/health")["body"])["release"] == pointer(get, "DE")["release"]
    assert json.loads(get("/openapi.json")["body"])["openapi"].startswith("3.1")
    assert json.loads(get("/asyncapi.json")["body"])["asyncapi"] == "3.0.0"


def test_production_refuses_sample_content(get: Any, function: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    document = pointer(get, "DE")["document"]
    monkeypatch.setattr(function, "_production", True)
    for path, query in ((f"/v1/forms/{FORM}", {"market": "DE"}), (document, {})):
        response = get(path, **query)
        assert response["statusCode"] == 403
        assert json.loads(response["body"])["type"] == "urn:consentry:problem:sample-content"


def test_the_function_imports_the_standard_library_and_its_own_modules_only(release: Path) -> None:
    """Its cold start is what every visitor pays; run without site-packages, and see what it dragged in."""
    program = (
        "import sys; import consentry.forms.definitions_handler as h;"
        "import json; e=json.loads(sys.argv[1]); assert h.handler(e, None)['statusCode'] == 200;"
        "print([n for n in ('boto3','pydantic','hashlib','ssl','dataclasses','inspect','asyncio','logging','datetime',"
        "'pathlib') if n in sys.modules])"
    )
    environment = {"CONTENT_DIR": str(release / "definitions"), "PRODUCTION": "false", "PYTHONPATH": ""}
    source = Path(__file__).parents[2] / "functions"
    run = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-c",
            f"import sys; sys.path.insert(0, {str(source)!r}); {program}",
            json.dumps(event(f"/v1/forms/{FORM}", market="DE")),
        ],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stderr == ""
    assert run.stdout.strip() == "[]"
