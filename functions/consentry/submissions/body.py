"""The body of a POST: its shape, the same for stage 1 and the later stages.

The shape is judged before anything else and without a market; answers are judged by their stage's own schema.
"""

import unicodedata
from typing import Any, NamedTuple

from consentry.base.problems import Problem
from consentry.base.schema import Validator

_CODE = {"type": "string", "pattern": "^[A-Za-z0-9._~-]{1,80}$"}
_DIGEST = {"type": "string", "pattern": "^sha256-[0-9a-f]{64}$"}
_RELEASE = {"type": "string", "pattern": "^r[0-9a-f]{32}$"}
_DATE = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_INSTANT = {
    "type": "string",
    "pattern": f"^{_DATE}T([01][0-9]|2[0-3])(:[0-5][0-9]){{2}}([.][0-9]{{1,6}})?Z$",
}
# Campaign values are codes that the organisation chose; the alphabet leaves no room for an address or a name.
_CAMPAIGN = {"type": "string", "pattern": "^[A-Za-z0-9._~|-]{1,100}$"}
SOURCE_TYPES = ("direct", "search", "partner", "event", "qr", "rep", "email", "social", "display", "referral")
CAMPAIGN_KEYS = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "campaign_id", "click_source")

BODY_SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["site", "market", "locale", "release", "projection", "notice", "answers", "consents"],
    "properties": {
        "site": _CODE,
        "market": _CODE,
        "locale": _CODE,
        "release": _RELEASE,
        "projection": _DIGEST,
        "stage": _CODE,
        "notice": {
            "type": "object",
            "additionalProperties": False,
            "required": ["id", "version", "digest"],
            "properties": {"id": _CODE, "version": {"type": "integer", "minimum": 1}, "digest": _DIGEST},
        },
        "answers": {"type": "object", "maxProperties": 60},
        "consents": {
            "type": "array",
            "maxItems": 30,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["statement", "version", "digest", "given"],
                "properties": {
                    "statement": _CODE,
                    "version": {"type": "integer", "minimum": 1},
                    "digest": _DIGEST,
                    "given": {"type": "boolean"},
                },
            },
        },
        "source": {
            "type": "object",
            "additionalProperties": False,
            "required": ["type"],
            "properties": {
                "type": {"enum": list(SOURCE_TYPES)},
                "id": _CODE,
                **dict.fromkeys(CAMPAIGN_KEYS, _CAMPAIGN),
            },
        },
        "displayed_at": _INSTANT,
        "marks": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "trap": {"type": "string", "maxLength": 1000},
                "elapsed_ms": {"type": "integer", "minimum": 0, "maximum": 10**10},
            },
        },
        "test": {"type": "boolean"},
    },
}

_validator = Validator(BODY_SCHEMA)

CODES = {
    "required": "required",
    "type": "wrong-type",
    "maxLength": "too-long",
    "minLength": "too-short",
    "enum": "not-an-option",
    "const": "not-an-option",
    "maxItems": "too-many",
    "maxProperties": "too-many",
    "uniqueItems": "not-an-option",
    "additionalProperties": "unexpected",
}
"""JSON Schema keyword to the error code of the API; any other keyword is ``invalid``."""


class Statement(NamedTuple):
    """One consent statement as answered."""

    statement: str
    version: int
    digest: str
    given: bool


class Body(NamedTuple):
    """A body of the right shape."""

    site: str
    market: str
    locale: str
    release: str
    projection: str
    stage: str | None
    notice: dict[str, Any]
    answers: dict[str, Any]
    """Tidy, and without those left empty."""
    consents: list[Statement]
    source: dict[str, Any]
    """``dropped`` names what was sent and is no code."""
    displayed_at: str | None
    marks: dict[str, Any]
    test: bool


def pointer(*parts: str | int) -> str:
    """A JSON Pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def schema_errors(validator: Validator, value: Any, *prefix: str) -> list[dict[str, Any]]:
    """What ``validator`` refuses: ``{"pointer", "code"}`` and any ``"limit"`` passed; never a value that was sent."""
    return [
        {
            "pointer": pointer(*prefix, *fault.path, *([] if fault.name is None else [fault.name[:80]])),
            "code": CODES.get(fault.keyword, "invalid"),
            **({} if fault.limit is None else {"limit": fault.limit}),
        }
        for fault in validator.faults(value)
    ]


# Marks of direction and width that pasted text brings along and nobody sees. Joiners stay: names are spelt with them.
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u061c\u200b\u200e\u200f\u2028\u2029\u2060\ufeff"))
_UNSEEN |= dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def tidy(value: Any) -> Any:
    """Strings in NFC, without unseen marks and outer white space."""
    if not isinstance(value, str):
        return value
    return (value if value.isascii() else unicodedata.normalize("NFC", value.translate(_UNSEEN))).strip()


_SOURCE_CODES = {pointer("source", key): key for key in ("id", *CAMPAIGN_KEYS)}


def _without_unfit_codes(value: Any, errors: list[dict[str, Any]]) -> Any:
    """The body without what its source calls a code and is none: the link's fault, not the visitor's.

    Raises:
        Problem: ``invalid-body`` if that is not all that is wrong.
    """
    unfit = sorted(
        {_SOURCE_CODES.get(error["pointer"], "") for error in errors if error["code"] != "wrong-type"} - {""}
    )
    if unfit:
        value = {**value, "source": {key: said for key, said in value["source"].items() if key not in unfit}}
    if errors := schema_errors(_validator, value):
        raise Problem("invalid-body", errors=errors)
    value["source"]["dropped"] = unfit
    return value


def parse(value: Any) -> Body:
    """The body, once it has the right shape.

    Raises:
        Problem: ``invalid-body`` with a JSON Pointer for each fault.
    """
    if errors := schema_errors(_validator, value):
        value = _without_unfit_codes(value, errors)
    return Body(
        site=value["site"],
        market=value["market"],
        locale=value["locale"],
        release=value["release"],
        projection=value["projection"],
        stage=value.get("stage"),
        notice=value["notice"],
        answers={name: kept for name, given in value["answers"].items() if (kept := tidy(given)) not in ("", None)},
        consents=[Statement(e["statement"], e["version"], e["digest"], e["given"]) for e in value["consents"]],
        source=value.get("source", {"type": "direct"}),
        displayed_at=value.get("displayed_at"),
        marks=value.get("marks", {}),
        test=value.get("test", False),
    )
