"""submissions-submit: ``POST /v1/forms/{form}/submissions``, stage 1.

Opens a new provisional subject in one transaction and reads nothing about anybody: known and unknown people take
the same path, call for call and byte for byte.
"""

import gc

from consentry.base import aws, settings
from consentry.base.http import Event, Response
from consentry.base.ids import random_ref
from consentry.base.problems import Problem
from consentry.base.sealing import new_data_key
from consentry.base.secrets import Secret
from consentry.submissions import edge
from consentry.submissions.answers import judge
from consentry.submissions.identity import email_entry
from consentry.submissions.judge import place_of_practice, reachable
from consentry.submissions.submit import Lead, Person, submit

FUNCTION = "submissions-submit"

_identity_secret = Secret(aws.secretsmanager(), settings.required("IDENTITY_SECRET"))
_identities = settings.required("IDENTITIES_TABLE")

gc.freeze()  # what was made so far stays for good: no collection need look at it again


def handler(event: Event, _context: object) -> Response:
    """Answer one HTTP API event."""
    return edge.framed(FUNCTION, event, _submit)


def _submit(visit: edge.Visit) -> Response:
    form_id: str = visit.event["pathParameters"]["form"]
    sent = edge.posted(visit, form_id, form_id)
    if sent.body.stage not in (None, "opt-in"):
        raise Problem("stage-out-of-order", due="opt-in")
    try:
        release = edge.release_named(visit, form_id, sent.body)
        judged = edge.judge_ground(visit, form_id, sent.body, release, "opt-in")
    except Problem as refused:
        # Expiry and revocation end capture, not replay: what was accepted once is acknowledged again.
        earlier = edge.store.answered(sent.request) if refused.status == 409 else None
        if earlier is None:
            raise
        return edge.reply(earlier)
    place_of_practice(sent.body, release, judged)
    answers = judge(judged.stage, sent.body.answers, judged.market["country"], judged.locale["errors"])
    reachable(sent.body, judged, answers.sealed.keys() | answers.coded.keys())
    person = Person(random_ref(), new_data_key(), 0, None, {})
    lead = Lead(random_ref(), 0, [], {}, {}, "", {})
    submission = submit(judged, sent.body, answers, person, lead, edge.arrival(visit, sent))
    kept = edge.acknowledged(visit, submission.acknowledgement, person.subject_ref, lead.lead_id)
    identity = email_entry(answers.sealed["email"], person.subject_ref, _identity_secret.get(), visit.now)
    return edge.reply(edge.store.open(submission, sent.request, kept, identity, _identities, edge.key_secret.get()))
