"""forms-definitions: markets, pointers and immutable projections, all compiled beforehand.

Standard library only; a GET makes no AWS call, renders no template and validates nothing. Every other route
ends here too, so that an unknown path gets our problem document instead of the gateway's.
"""

import binascii
import json
import zlib
from typing import Any

from consentry.base import settings, telemetry
from consentry.base.files import read
from consentry.base.http import Event, Response, header, json_response, problem_response, query, text_response
from consentry.base.problems import Problem, ProblemTexts
from consentry.base.strict_json import dumps
from consentry.locales.api import negotiate

FUNCTION = "forms-definitions"
READ = ("GET", "HEAD")
DIALECTS = ("consentry", "rjsf")
IMMUTABLE = "public, max-age=31536000, immutable"
SHORT = "public, max-age=60"

_root = settings.content_dir()
_index: dict[str, Any] = json.loads(read(f"{_root}/index.json"))
_texts = ProblemTexts(f"{_root}/problems.json")
_production = settings.is_production()
_documents: dict[str, bytes] = {}
_listed: dict[str, str] = {}
"""Locale to the list of markets in it."""


def handler(event: Event, _context: object) -> Response:
    """Answer one HTTP API event."""
    first = None
    try:
        method = event["requestContext"]["http"]["method"]
        path: str = event["rawPath"]
        parts = path.split("/")
        if parts[:3] == ["", "v1", "forms"] and len(parts) > 3:
            first = _first_locale(parts[3], parts[6] if len(parts) > 6 else query(event, "market"))
        return _route(event, method, path, parts)
    except Problem as problem:
        telemetry.emit(FUNCTION, {"Refusals": 1}, {"problem": problem.code})
        return problem_response(problem, _texts, event, negotiate, first=first)
    except Exception as error:
        telemetry.emit(FUNCTION, {"Failures": 1}, {"error": type(error).__name__})
        return problem_response(Problem("internal"), _texts, event, negotiate, first=first)


def _route(event: Event, method: str, path: str, parts: list[str]) -> Response:
    if method not in READ:
        raise _refusal(method, parts)
    if parts[:3] == ["", "v1", "forms"]:
        if len(parts) == 4:
            return _pointer(event, parts[3])
        if len(parts) == 9 and parts[4] == "projections" and parts[8].endswith(".json"):
            return _projection(event, parts[3], parts[5], parts[6], parts[7], parts[8][:-5])
    if path == "/v1/markets":
        return _markets(event)
    if path == "/v1/health":
        return json_response(200, {"status": "ok", "release": _index["release"]})
    if path in ("/openapi.json", "/asyncapi.json"):
        return _bytes(event, path[1:], None, SHORT, {})
    raise _refusal(method, parts)


def _refusal(method: str, parts: list[str]) -> Problem:
    """Why no route took the request: another method would do, or nothing is there."""
    match parts[1:]:
        case ["v1", "forms", _, "submissions"] | ["v1", "profile", "next" | "answers"]:
            methods: tuple[str, ...] = ("POST",)
        case ["v1", "markets" | "health"] | ["openapi.json" | "asyncapi.json"] | ["v1", "forms", _]:
            methods = READ
        case ["v1", "forms", _, "projections", _, _, _, _]:
            methods = READ
        case _:
            methods = ()
    if not methods or method in methods:
        return Problem("not-found")
    return Problem("method-not-allowed", {"methods": ", ".join(methods)})


def _form(name: str) -> dict[str, Any]:
    form: dict[str, Any] | None = _index["forms"].get(name)
    if form is None:
        raise Problem("unknown-form", {"form": name[:60]})
    return form


def _first_locale(form: str, market: str | None) -> str | None:
    locales: list[str] = _index["forms"].get(form, {}).get("markets", {}).get(market or "", {}).get("locales", [])
    return locales[0] if locales else None


def _document_path(form: str, release: str, market: str, locale: str, dialect: str) -> str:
    return f"/v1/forms/{form}/projections/{release}/{market}/{locale}/{dialect}.json"


def _pointer(event: Event, form: str) -> Response:
    """Which document to load: market, best locale, immutable path, digest, declared fallbacks, alternates."""
    markets: dict[str, Any] = _form(form)["markets"]
    market = query(event, "market")
    if not market:
        raise Problem("market-required", markets=_open(markets))
    entry = markets.get(market)
    if entry is None:
        raise Problem("unknown-market", {"form": form, "market": market[:20]}, markets=_open(markets))
    _refuse_sample(entry)
    dialect = query(event, "dialect") or "consentry"
    if dialect not in DIALECTS:
        raise Problem("not-acceptable-dialect", {"dialect": dialect[:20], "dialects": ", ".join(DIALECTS)})
    locale = negotiate(query(event, "locale"), header(event, "accept-language"), entry["locales"])
    release = _index["release"]

    def at(tag: str) -> dict[str, str]:
        return {
            "document": _document_path(form, release, market, tag, dialect),
            "digest": entry["documents"][tag][dialect]["digest"],
            "messages": _document_path(form, release, market, tag, "messages"),
        }

    body = {
        "form": form,
        "market": market,
        "locale": locale,
        "dir": _index["directions"].get(locale, "ltr"),
        "release": release,
        "state": "current",
        "dialect": dialect,
        **at(locale),
        "fallbacks": entry["fallbacks"].get(locale, []),
        "alternates": [{"locale": tag, "name": _index["languages"][tag], **at(tag)} for tag in entry["locales"]],
    }
    return json_response(
        200, body, {"cache-control": SHORT, "content-language": locale, "vary": "Accept-Language, Origin"}
    )


def _open(markets: dict[str, Any]) -> list[str]:
    """A form's markets less those that are refused here: what is named can be fetched."""
    return [name for name, entry in markets.items() if not (_production and entry["sample"])]


def _refuse_sample(entry: dict[str, Any]) -> None:
    if _production and entry.get("sample"):
        raise Problem("sample-content")


def _projection(event: Event, form: str, release: str, market: str, locale: str, dialect: str) -> Response:
    """The immutable bytes of one projection, current or superseded."""
    digest = _index["documents"].get(f"{release}/{form}/{market}/{locale}/{dialect}")
    if digest is None:
        raise Problem("unknown-projection")
    _refuse_sample(_index["forms"].get(form, {}).get("markets", {}).get(market, {}))
    path = f"documents/{release}/{form}/{market}/{locale}/{dialect}.json"
    return _bytes(event, path, digest, IMMUTABLE, {"content-language": locale})


def _encoding(accepted: str | None) -> str:
    """``br``, ``gzip`` or the empty string, by RFC 9110 §12.5.3 with q=0 honoured; best compression first."""
    if not accepted:
        return ""
    offered = {}
    for item in accepted.lower().split(","):
        name, _, weight = item.strip().partition(";")
        offered[name.strip()] = weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return next((name for name in ("br", "gzip") if offered.get(name, offered.get("*", False))), "")


def _bytes(event: Event, path: str, digest: str | None, cache: str, extra: dict[str, str]) -> Response:
    encoding = _encoding(header(event, "accept-encoding"))
    headers = {
        "content-type": "application/json",
        "cache-control": cache,
        "vary": "Accept-Encoding, Origin",
        "x-content-type-options": "nosniff",
        **extra,
    }
    if encoding:
        headers["content-encoding"] = encoding
    if digest:
        etag = headers["etag"] = f'"{digest}-{encoding}"' if encoding else f'"{digest}"'
        if _unchanged(header(event, "if-none-match"), etag):
            headers.pop("content-encoding", None)
            return {"statusCode": 304, "headers": headers, "body": ""}
    # Two files serve three encodings: nearly everybody takes a compressed one, and the package is a third smaller.
    file = path + {"br": ".br", "gzip": ".gz", "": ".gz"}[encoding]
    data = _documents.get(file)
    if data is None:
        data = _documents[file] = read(f"{_root}/{file}")
    if encoding:
        body = binascii.b2a_base64(data, newline=False).decode("ascii")
        return {"statusCode": 200, "headers": headers, "body": body, "isBase64Encoded": True}
    return {"statusCode": 200, "headers": headers, "body": zlib.decompress(data, wbits=31).decode("utf-8")}


def _unchanged(if_none_match: str | None, etag: str) -> bool:
    """Weak comparison, RFC 9110 §13.1.2."""
    if not if_none_match:
        return False
    return any(tag.strip().removeprefix("W/") in (etag, "*") for tag in if_none_match.split(","))


def _markets(event: Event) -> Response:
    """Markets hosted, named in the language asked for, each with its place, its locales and their forms.

    What is blocked or refused is in none of it: a form, or a language of a market, may be where others are not.
    """
    names: dict[str, str] = next((entry["names"] for entry in _index["markets"].values()), {})
    locale = negotiate(query(event, "locale"), header(event, "accept-language"), [_index["default_locale"], *names])
    text = _listed.get(locale)
    if text is None:
        text = _listed[locale] = dumps({"markets": _hosted(locale)})
    headers = {"cache-control": SHORT, "content-language": locale, "vary": "Accept-Language, Origin"}
    return text_response(200, text, headers)


def _hosted(locale: str) -> list[dict[str, Any]]:
    markets = []
    for market, entry in _index["markets"].items():
        forms, sample = [], False
        spoken: dict[str, list[str]] = {tag: [] for tag in entry["locales"]}
        for name, form in _index["forms"].items():
            if market in _open(form["markets"]):
                forms.append(name)
                sample = sample or form["markets"][market]["sample"]
                for tag in form["markets"][market]["locales"]:
                    spoken[tag].append(name)
        if forms:
            said = {"market": market, "name": entry["names"].get(locale, market), "place": entry["place"]}
            tongues = _index["languages"]
            locales = [{"locale": tag, "name": tongues[tag], "forms": names} for tag, names in spoken.items() if names]
            markets.append({**said, "locales": locales, "forms": forms, "sample": sample})
    return markets
