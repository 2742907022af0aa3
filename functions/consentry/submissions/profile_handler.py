"""submissions-profile: ``POST /v1/profile/next`` and ``/v1/profile/answers``, the later stages.

A token sees only its own lead, and only the names of what is still asked: a stored value is never returned.
"""

import gc
from typing import TYPE_CHECKING

from consentry.base.http import Event, Response, header, json_response
from consentry.base.problems import Problem
from consentry.submissions import edge
from consentry.submissions.answers import judge
from consentry.submissions.judge import pointer_to, reachable
from consentry.submissions.store import ATTEMPTS, Conflict
from consentry.submissions.submit import Lead, submit
from consentry.submissions.tokens import Token, bearer, read

if TYPE_CHECKING:
    from consentry.content.rules import StageRules

FUNCTION = "submissions-profile"

gc.freeze()  # what was made so far stays for good: no collection need look at it again


def handler(event: Event, _context: object) -> Response:
    """Answer one HTTP API event."""
    return edge.framed(FUNCTION, event, _next if event["rawPath"].endswith("/next") else _answers)


def _token(visit: edge.Visit) -> Token:
    try:
        return read(bearer(header(visit.event, "authorization")), edge.token_secret.get(), visit.now_ms // 1000)
    except Problem:
        edge.overhear(visit)
        raise


def _form(lead: Lead) -> str:
    return str(lead.facts["form"]).partition("@")[0]


def _open_stage(stages: "list[StageRules]", lead: Lead) -> "StageRules | None":
    return next((stage for stage in stages if stage["id"] not in lead.stages), None)


def _next(visit: edge.Visit) -> Response:
    """The stage that is due: its field names and statement ids, or null when nothing is left to ask.

    The token says it all; a body is not read.
    """
    token = _token(visit)
    _, lead, _ = edge.store.read(token.subject_ref, token.lead_id, None, edge.key_secret.get())
    form, market = _form(lead), lead.facts["market"]
    visit.market, visit.first = market, lead.facts["locale"]
    edge.from_page_of(visit, lead.facts["site"])
    stage = _open_stage(edge.stages(edge.releases.current, form, market), lead)
    return json_response(
        200,
        {
            "form": form,
            "market": market,
            "locale": lead.facts["locale"],
            "stage": stage["id"] if stage else None,
            "fields": list(stage["fields"]) if stage else [],
            "statements": stage["statements"] if stage else [],
        },
    )


def _answers(visit: edge.Visit) -> Response:
    """Record the answers of the stage that is due."""
    token = _token(visit)
    sent = edge.posted(visit, f"profile|{token.lead_id}", None)
    for _ in range(ATTEMPTS):
        person, lead, earlier = edge.store.read(token.subject_ref, token.lead_id, sent.request, edge.key_secret.get())
        if earlier:
            return edge.reply(earlier)
        form, market = _form(lead), lead.facts["market"]
        visit.market, visit.first = market, lead.facts["locale"]
        if sent.body.market != market:
            hosted = market if edge.stages(edge.releases.current, form, market) else None
            raise Problem("market-mismatch", market=hosted, pointer=pointer_to(form, hosted))
        release = edge.release_named(visit, form, sent.body)
        due = _open_stage(edge.stages(release, form, market), lead)
        if due is None or sent.body.stage != due["id"]:
            raise Problem("stage-out-of-order", due=due["id"] if due else None)
        judged = edge.judge_ground(visit, form, sent.body, release, due["id"])
        answers = judge(judged.stage, sent.body.answers, judged.market["country"], judged.locale["errors"])
        reachable(sent.body, judged, {*lead.sealed, *lead.profile, *answers.sealed, *answers.coded})
        submission = submit(judged, sent.body, answers, person, lead, edge.arrival(visit, sent))
        kept = edge.acknowledged(visit, submission.acknowledgement, person.subject_ref, lead.lead_id)
        try:
            return edge.reply(edge.store.extend(submission, person, lead, sent.request, kept))
        except Conflict:
            continue
    raise Problem("try-again")
