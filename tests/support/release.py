"""A small release, made by hand, so that the write functions are tested without the compiler."""

import json
from pathlib import Path
from typing import Any

from consentry.base.canonical import digest
from consentry.base.problems import STATUS
from consentry.forms.build.schema import EMAIL, TEXT

RELEASE = "r" + "a" * 32
PREVIOUS = "r" + "b" * 32
FORM = "hcp-webinar"
NOTICE = {"id": "privacy-notice", "version": 1}


def text_digest(*parts: str) -> str:
    """A stand-in for the digest of a text."""
    return digest("/".join(parts).encode())


def _statement(purpose: str, channel: str, *, double_opt_in: bool) -> dict[str, Any]:
    return {
        "purpose": purpose,
        "purpose_version": 3,
        "channels": [channel],
        "expression": "express",
        "legal_basis": "https://w3id.org/dpv/legal/eu/gdpr#A6-1-a",
        "dpv": "https://w3id.org/dpv#DirectMarketing",
        "retention": "P36M",
        "retention_policy": "inactive-36",
        "lane": "field-sales",
        "double_opt_in": double_opt_in,
        "needs": ["phone"] if channel == "phone" else [],
    }


def _string(maximum: int, pattern: str = TEXT) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": maximum, "pattern": pattern}


def _stages(country_required: bool) -> list[dict[str, Any]]:
    sealed = {"store": "sealed", "data": "pd:Name"}
    coded = {"store": "coded", "data": None}
    return [
        {
            "id": "opt-in",
            "schema": {
                "type": "object",
                "additionalProperties": False,
                "required": ["email", "specialty", "hcp_declaration", *(["country"] if country_required else [])],
                "properties": {
                    "email": _string(254, EMAIL),
                    "given_name": _string(60),
                    "country": {"type": "string", "enum": ["AT", "DE", "SA", "US"]},
                    "region": {"type": "string", "enum": ["CA", "NY"]},
                    "specialty": {"type": "string", "enum": ["cardiology", "neurology"]},
                    "hcp_declaration": {"type": "boolean", "enum": [True]},
                },
            },
            "fields": {
                "email": {"type": "email", **sealed},
                "given_name": {"type": "text", **sealed},
                "country": {"type": "country", **coded},
                "region": {"type": "region", **coded},
                "specialty": {"type": "choice", **coded},
                "hcp_declaration": {"type": "declaration", **coded},
            },
            "statements": ["event-invitation", "promotional-email"],
        },
        {
            "id": "profile",
            "schema": {
                "type": "object",
                "additionalProperties": False,
                "properties": {"phone": _string(30), "practice_type": {"type": "string", "enum": ["solo-practice"]}},
            },
            "fields": {"phone": {"type": "phone", **sealed}, "practice_type": {"type": "choice", **coded}},
            "statements": ["promotional-phone"],
        },
        {
            "id": "interests",
            "schema": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "therapy_areas": {
                        "type": "array",
                        "maxItems": 2,
                        "uniqueItems": True,
                        "items": {"enum": ["c", "l"]},
                    }
                },
            },
            "fields": {"therapy_areas": {"type": "choices", **coded}},
            "statements": [],
        },
    ]


STATEMENTS = {
    "event-invitation": ("event-invitation", "email"),
    "promotional-email": ("promotional-communication", "email"),
    "promotional-phone": ("promotional-communication", "phone"),
}


def projection_digest(release: str, market: str, locale: str) -> str:
    """The digest of a projection of the hand-made release."""
    return text_digest(release, market, locale)


def statement_digest(market: str, locale: str, statement: str) -> str:
    """The digest of a statement of the hand-made release."""
    return text_digest(market, locale, statement, "1")


def notice_ref(market: str, locale: str) -> dict[str, Any]:
    """The notice as a body names it."""
    return {**NOTICE, "digest": text_digest(market, locale, "notice")}


def _market(release: str, market: str, locales: list[str], *, double_opt_in: bool) -> dict[str, Any]:
    return {
        "controller": f"example-pharma-{market[:2].lower()}",
        "policy": "europe_permission@1",
        "overlay": market if "-" in market else None,
        "country": market[:2],
        "sample": True,
        "verification_required_before": "content",
        "request": {
            "purpose": "webinar-registration",
            "purpose_version": 2,
            "legal_basis": "https://w3id.org/dpv/legal/eu/gdpr#A6-1-b",
            "dpv": "https://w3id.org/dpv#RequestedServiceProvision",
            "retention": "P12M",
            "retention_policy": "event-12",
            "lane": "nurture",
        },
        "statements": {
            name: _statement(purpose, channel, double_opt_in=double_opt_in and channel == "email")
            for name, (purpose, channel) in STATEMENTS.items()
        },
        "stages": _stages(country_required=True),
        "locales": {
            locale: {
                "projections": {"consentry": projection_digest(release, market, locale)},
                "notice": notice_ref(market, locale),
                "statements": {
                    name: {"version": 1, "digest": statement_digest(market, locale, name)} for name in STATEMENTS
                },
                "errors": {
                    "email": {"required": f"Enter your e-mail ({locale})", "invalid": f"Mend e-mail ({locale})"}
                },
                "valid_until": None,
            }
            for locale in locales
        },
    }


def release_rules(release: str, state: str = "current", superseded_at: str | None = None) -> dict[str, Any]:
    """One release hosting DE, SA, US and US-CA."""
    markets = {"DE": ["de-DE"], "SA": ["ar-SA", "en-SA"], "US": ["en-US"], "US-CA": ["en-US"]}
    return {
        "state": state,
        "superseded_at": superseded_at,
        "places": {market: market for market in markets},
        "sites": {
            "demo": {
                "forms": [FORM],
                "markets": list(markets),
                "origins": ["https://demo.example.com"],
                "controller": None,
                "capture_point": "demo-landing",
            },
            "demo-de": {
                "forms": [FORM],
                "markets": ["DE"],
                "origins": ["https://demo-de.example.com"],
                "controller": "example-pharma-de",
                "capture_point": "demo-de-landing",
            },
        },
        "forms": {
            FORM: {
                "version": 1,
                "persona": "hcp",
                "offer": {"id": "webinar-registration", "type": "event_invitation"},
                "product_type": None,
                "markets": {
                    market: _market(release, market, locales, double_opt_in=market == "DE")
                    for market, locales in markets.items()
                },
            }
        },
    }


def problem_texts() -> dict[str, Any]:
    """Words for every problem, recognisably per locale."""
    locales = ["en-GB", "de-DE", "ar-SA", "en-SA", "en-US"]
    return {
        "default": "en-GB",
        "locales": {
            locale: {
                "problems": {code: {"title": f"{code} {locale}", "detail": f"{locale}: {code}"} for code in STATUS},
                "errors": {
                    code: f"{code} {locale}" + " {limit}" * code.startswith("too-")
                    for code in (
                        "required",
                        "invalid",
                        "wrong-type",
                        "too-long",
                        "too-short",
                        "not-an-option",
                        "too-many",
                        "unexpected",
                        "another-place",
                    )
                },
            }
            for locale in locales
        },
    }


def write(directory: Path, superseded_at: str = "2026-11-22T00:00:00Z") -> Path:
    """The release as the submissions functions carry it."""
    directory.mkdir(parents=True, exist_ok=True)
    rules = {
        "current": RELEASE,
        "grace_hours": 72,
        "releases": {RELEASE: release_rules(RELEASE), PREVIOUS: release_rules(PREVIOUS, "superseded", superseded_at)},
    }
    (directory / "rules.json").write_text(json.dumps(rules))
    (directory / "problems.json").write_text(json.dumps(problem_texts()))
    return directory


def body(market: str = "DE", locale: str = "de-DE", release: str = RELEASE, **changes: Any) -> dict[str, Any]:
    """A stage-1 body that is accepted, every marketing box empty."""
    value: dict[str, Any] = {
        "site": "demo",
        "market": market,
        "locale": locale,
        "release": release,
        "projection": projection_digest(release, market, locale),
        "notice": notice_ref(market, locale),
        "answers": {
            "email": "Dr.Beispiel@Praxis.example.com",
            "given_name": "Kim",
            "country": market[:2],
            "specialty": "cardiology",
            "hcp_declaration": True,
        },
        "consents": consents(market, locale, "event-invitation", "promotional-email"),
        "source": {"type": "search", "utm_campaign": "autumn"},
        "displayed_at": "2026-11-22T09:00:00Z",
        "marks": {"trap": "", "elapsed_ms": 9000},
    }
    if "-" in market:
        value["answers"]["region"] = market[3:]
    return {**value, **changes}


def consents(market: str, locale: str, *names: str, given: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Answers to statements; those in ``given`` are ticked."""
    return [
        {
            "statement": name,
            "version": 1,
            "digest": statement_digest(market, locale, name),
            "given": name in given,
        }
        for name in names
    ]
