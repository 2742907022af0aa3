"""May this submission be recorded? Pure: the compiled rules, the body and the instant decide.

Order matters to the visitor: what they saw is judged before what they typed, so that a changed consent text is
never hidden behind a spelling mistake.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from consentry.base.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Collection

    from consentry.content.rules import FormRules, LocaleRules, MarketRules, ReleaseRules, SiteRules, StageRules
    from consentry.submissions.body import Body


_CLOCKS_DIFFER = timedelta(minutes=5)
_LEFT_OPEN = timedelta(days=366)


class Ground(NamedTuple):
    """The rules a submission is judged and recorded by."""

    form_id: str
    form: "FormRules"
    market: "MarketRules"
    locale: "LocaleRules"
    site: "SiteRules"
    stage: "StageRules"
    next_stage: str | None


class Instance(NamedTuple):
    """What this deployment says about acceptance."""

    now: str
    """RFC 3339, UTC."""
    grace_start: str
    """Releases superseded before this instant are no longer accepted."""
    revoked: frozenset[str]
    production: bool
    local_origin: str | None


def pointer_to(form: str, market: str | None, locale: str | None = None) -> str | None:
    """The path of the current pointer, or None where no market is hosted."""
    if market is None:
        return None
    return f"/v1/forms/{form}?market={market}" + (f"&locale={locale}" if locale else "")


def ground(
    form_id: str, body: "Body", release: "ReleaseRules", origin: str | None, stage_id: str, instance: Instance
) -> Ground:
    """The rules for ``body``, once site, origin, market, projection and texts are accepted.

    Raises:
        Problem: ``unknown-form``, ``unknown-site`` (also a market that the form is hosted in but not by this site),
            ``origin-not-allowed``, ``unknown-market``, ``sample-content``, ``projection-not-accepted``,
            ``consent-text-changed``, ``statement-unanswered``.
    """
    form = release["forms"].get(form_id)
    if form is None:
        raise Problem("unknown-form", {"form": form_id[:60]})
    site = release["sites"].get(body.site)
    if site is None or form_id not in site["forms"]:
        raise Problem("unknown-site", {"site": body.site}, [{"pointer": "/site", "code": "not-an-option"}])
    from_its_page(origin, site["origins"], instance.local_origin)
    market = form["markets"].get(body.market)
    if market is None or body.market not in site["markets"]:
        hosted = [name for name in site["markets"] if name in form["markets"]]
        if market is None:
            raise Problem("unknown-market", {"form": form_id, "market": body.market}, markets=hosted)
        raise Problem("unknown-site", errors=[{"pointer": "/market", "code": "not-an-option"}], markets=hosted)
    if instance.production and market["sample"]:
        raise Problem("sample-content")
    locale = market["locales"].get(body.locale)
    if locale is None or not _accepted(body, release, locale, instance):
        raise Problem("projection-not-accepted", pointer=pointer_to(form_id, body.market, body.locale))
    position = next((n for n, stage in enumerate(market["stages"]) if stage["id"] == stage_id), None)
    if position is None:
        raise Problem("stage-out-of-order")
    stage = market["stages"][position]
    _texts_accepted(form_id, body, locale, stage, instance)
    following = market["stages"][position + 1]["id"] if position + 1 < len(market["stages"]) else None
    return Ground(form_id, form, market, locale, site, stage, following)


def from_its_page(origin: str | None, origins: "Collection[str]", local_origin: str | None) -> None:
    """Only a page of the site with these ``origins`` may send; a request without ``Origin`` comes from none.

    Raises:
        Problem: ``origin-not-allowed``.
    """
    if origin is None or (origin not in origins and origin != local_origin):
        raise Problem("origin-not-allowed")


def _accepted(body: "Body", release: "ReleaseRules", locale: "LocaleRules", instance: Instance) -> bool:
    """Digest served by this release; release current or superseded within the grace; nothing revoked or expired."""
    if body.projection not in locale["projections"].values() or body.projection in instance.revoked:
        return False
    if locale["valid_until"] is not None and instance.now[:10] >= locale["valid_until"][:10]:
        return False
    superseded = release["superseded_at"]
    return superseded is None or superseded >= instance.grace_start


def _texts_accepted(form_id: str, body: "Body", locale: "LocaleRules", stage: "StageRules", instance: Instance) -> None:
    """Notice and statements are the ones of the projection, each answered exactly once."""
    notice = locale["notice"]
    shown = {"id": notice["id"], "version": notice["version"], "digest": notice["digest"]}
    if body.notice != shown or notice["digest"] in instance.revoked:
        raise _text_changed(form_id, body, "/notice")
    answered = {entry.statement: position for position, entry in enumerate(body.consents)}
    missing = [name for name in stage["statements"] if name not in answered]
    if missing or len(answered) != len(body.consents):
        raise Problem(
            "statement-unanswered",
            {"statements": ", ".join(missing)},
            [{"pointer": "/consents", "code": "required"}],
            statements=missing,
        )
    for position, entry in enumerate(body.consents):
        text = locale["statements"].get(entry.statement) if entry.statement in stage["statements"] else None
        if text is None:
            raise Problem("invalid-body", errors=[{"pointer": f"/consents/{position}/statement", "code": "unexpected"}])
        if (text["version"], text["digest"]) != (entry.version, entry.digest) or entry.digest in instance.revoked:
            raise _text_changed(form_id, body, f"/consents/{position}")


def _text_changed(form_id: str, body: "Body", where: str) -> Problem:
    current = pointer_to(form_id, body.market, body.locale)
    return Problem("consent-text-changed", errors=[{"pointer": where, "code": "invalid"}], pointer=current)


def reachable(body: "Body", judged: Ground, answered: "Collection[str]") -> None:
    """A consent to be telephoned needs a number: ``answered`` are the fields answered now or earlier.

    Raises:
        Problem: ``invalid-answers`` with the fields that the given statements need.
    """
    given = [judged.market["statements"][entry.statement] for entry in body.consents if entry.given]
    missing = sorted({name for rules in given for name in rules["needs"]} - set(answered))
    if missing:
        raise Problem(
            "invalid-answers", errors=[{"pointer": f"/answers/{name}", "code": "required"} for name in missing]
        )


def place_of_practice(body: "Body", release: "ReleaseRules", judged: Ground) -> None:
    """The market follows the professional's place of practice; an answer that contradicts it is not recorded.

    Raises:
        Problem: ``market-mismatch`` with the pointer of the right market, ``place-not-hosted`` where there is none;
            at the answer that contradicts it.
    """
    country = body.answers.get("country")
    if not isinstance(country, str):
        return  # the stage's schema says what is wrong with it, and with a country that is none of its options
    places = release["places"]
    market = places.get(f"{country}-{body.answers.get('region')}") or places.get(country)
    options = judged.stage["schema"]["properties"].get("country", {}).get("enum", ())
    if market != body.market and country in options:
        hosted = market if market in judged.form["markets"] else None
        # In the right country it is the region that belongs to another market.
        answer = "region" if country == judged.market["country"] else "country"
        raise Problem(
            "market-mismatch" if hosted else "place-not-hosted",
            errors=[{"pointer": f"/answers/{answer}", "code": "another-place"}],
            market=hosted,
            pointer=pointer_to(judged.form_id, hosted),
        )


def could_be_shown(displayed_at: str, now: str) -> bool:
    """Whether a form can have been shown at the instant that a page's clock gave; both are RFC 3339 in UTC.

    It is a day that exists, no further ahead than clocks differ and no longer ago than a page stays open.
    """
    if displayed_at[:10] == now[:10] and displayed_at <= now:
        return True  # nearly every one
    try:
        shown = datetime.fromisoformat(displayed_at)
    except ValueError:
        return False
    return -_CLOCKS_DIFFER <= datetime.fromisoformat(now) - shown <= _LEFT_OPEN
