"""What both write functions share at their edge: start-up, the frame around a request, replies.

Everything is made while the function initialises except what must not be in a snapshot: secrets and connections
come with the first request, ids and nonces with each.
"""

import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from consentry.base import aws, clock, settings, telemetry
from consentry.base.canonical import canonical_bytes, compact, read
from consentry.base.http import Event, Response, header, json_body, problem_response, text_response
from consentry.base.problems import Problem, ProblemTexts
from consentry.base.secrets import Secret
from consentry.content.api import Releases
from consentry.locales.api import negotiate
from consentry.submissions import tokens
from consentry.submissions.body import parse
from consentry.submissions.judge import Ground, Instance, could_be_shown, from_its_page, ground, pointer_to
from consentry.submissions.store import Acknowledged, Request, Store, Tables, key_digest, request_of
from consentry.submissions.submit import Arrival

if TYPE_CHECKING:
    from collections.abc import Callable

    from consentry.content.rules import ReleaseRules, StageRules
    from consentry.submissions.body import Body

_root = settings.content_dir()
releases = Releases(Path(_root, "rules.json"), aws.dynamodb(), settings.required("CONTENT_TABLE"))
store = Store(aws.dynamodb(), Tables.from_environment())
token_secret = Secret(aws.secretsmanager(), settings.required("TOKEN_SECRET"))
key_secret = Secret(aws.secretsmanager(), settings.required("KEK_SECRET"))
_texts = ProblemTexts(f"{_root}/problems.json")
_production = settings.is_production()
_local_origin = settings.local_origin()
_message_source = f"urn:consentry:{settings.environment()}"

# Long enough not to be a telephone or account number, and without an alphabet for an address.
_KEY = re.compile(r"[A-Za-z0-9_-]{16,128}")


class Visit:
    """One HTTP request on its way: what is learnt about it as it is read, for the reply's language."""

    def __init__(self, event: Event) -> None:
        self.event = event
        self.now_ms = clock.now_ms()
        self.now = clock.rfc3339(self.now_ms)
        self.locale: str | None = None
        self.first: str | None = None
        self.market: str | None = None


class Posted(NamedTuple):
    """A body of the right shape, and the request's identity."""

    body: "Body"
    request: Request


def framed(function: str, event: Event, answer: "Callable[[Visit], Response]") -> Response:
    """Run ``answer``; whatever it raises becomes a problem in the visitor's language and one line of telemetry."""
    visit = Visit(event)
    try:
        response = answer(visit)
    except Problem as refused:
        problem = refused
        telemetry.emit(function, {"Requests": 1, "Refusals": 1}, {"problem": problem.code, "market": visit.market})
    except Exception as error:
        problem = Problem("try-again" if isinstance(error, (ClientError, BotoCoreError)) else "internal")
        telemetry.emit(function, {"Requests": 1, "Failures": 1}, {"error": type(error).__name__})
    else:
        telemetry.emit(function, {"Requests": 1}, {"status": response["statusCode"], "market": visit.market})
        return response
    return problem_response(problem, _texts, event, negotiate, asked=visit.locale, first=visit.first)


def posted(visit: Visit, scope: str, form_id: str | None) -> Posted:
    """Read the POST: strict JSON, key, shape.

    Raises:
        Problem: anything of ``base.http``, ``idempotency-key-missing``, ``invalid-body``.
    """
    value = json_body(visit.event, read)
    _learn(visit, value, form_id)
    key = header(visit.event, "idempotency-key") or ""
    if not _KEY.fullmatch(key):
        raise Problem("idempotency-key-missing")
    return Posted(parse(value), request_of(scope, key, canonical_bytes(value)))


def overhear(visit: Visit) -> None:
    """The language that the body asks for, where the request is refused before its body is read."""
    with suppress(Problem):
        _learn(visit, json_body(visit.event, read), None)


def _learn(visit: Visit, value: Any, form_id: str | None) -> None:
    """What even a refused body tells: the language asked for and, if the form is hosted there, the market."""
    said = value if isinstance(value, dict) else {}
    locale, market = said.get("locale"), said.get("market")
    visit.locale = locale if isinstance(locale, str) else None
    form = releases.current["forms"].get(form_id) if form_id else None
    if form and isinstance(market, str) and market in form["markets"]:
        visit.market, visit.first = market, next(iter(form["markets"][market]["locales"]), None)


def release_named(visit: Visit, form_id: str, body: "Body") -> "ReleaseRules":
    """The release that ``body`` was made from.

    Raises:
        Problem: ``unknown-release``.
    """
    release = releases.get(body.release)
    if release is None:
        raise Problem("unknown-release", pointer=pointer_to(form_id, visit.market, body.locale))
    return release


def from_page_of(visit: Visit, site_id: str) -> None:
    """The request comes from a page of the site; from none if there is no such site any more.

    Raises:
        Problem: ``origin-not-allowed``.
    """
    site = releases.current["sites"].get(site_id)
    from_its_page(header(visit.event, "origin"), site["origins"] if site else (), _local_origin)


def stages(release: "ReleaseRules", form_id: str, market: str) -> "list[StageRules]":
    """The stages of a form in a release; none where it is not hosted."""
    form = release["forms"].get(form_id)
    rules = form["markets"].get(market) if form else None
    return rules["stages"] if rules else []


def judge_ground(visit: Visit, form_id: str, body: "Body", release: "ReleaseRules", stage: str) -> Ground:
    """``judge.ground`` with this deployment's instant, grace time and revocations."""
    instance = Instance(
        now=visit.now,
        grace_start=clock.rfc3339(visit.now_ms - releases.grace_seconds * 1000) if release["superseded_at"] else "",
        revoked=releases.revoked(),
        production=_production,
        local_origin=_local_origin,
    )
    return ground(form_id, body, release, header(visit.event, "origin"), stage, instance)


def arrival(visit: Visit, sent: Posted) -> Arrival:
    """When and how the request came."""
    gpc, displayed_at = header(visit.event, "sec-gpc"), sent.body.displayed_at
    signals = {"sec_gpc": gpc} if gpc in ("0", "1") else {}
    if displayed_at and not could_be_shown(displayed_at, visit.now):
        # Evidence that cannot be true is worse than none; a wrong clock is no reason to lose the visitor.
        displayed_at, signals["displayed_at"] = None, "implausible"
    return Arrival(visit.now, key_digest(sent.request), displayed_at, signals, _message_source)


def acknowledged(visit: Visit, acknowledgement: dict[str, Any], subject_ref: str, lead_id: str) -> Acknowledged:
    """The reply to keep with the request: everything a token is derived from, but no token."""
    expires = visit.now_ms // 1000 + tokens.LIFETIME_SECONDS
    text = compact(acknowledgement)
    return Acknowledged(text, subject_ref, lead_id, token_secret.get().current, expires)


def reply(kept: Acknowledged) -> Response:
    """The acknowledgement with its token; the same ``kept`` gives the same bytes."""
    token = tokens.Token(kept.subject_ref, kept.lead_id, kept.token_expires)
    issued = tokens.issue(token, token_secret.get(), kept.token_epoch)
    # A token's alphabet needs no escaping.
    return text_response(201, f'{kept.acknowledgement[:-1]},"profile_token":"{issued}"}}')
