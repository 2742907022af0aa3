"""The life of a translation: draft, reviewed, approved; and who may take it on. Pure.

Nobody reviews or approves words of their own. A label's document keeps the approved words beside the draft, so that
what is published does not change before the draft is approved; a legal text that was approved never changes at all,
and goes on as a new version.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from pydantic import ValidationError

from consentry.base.staff import Staff
from consentry.base.staff_problems import StaffProblem, invalid_shape
from consentry.consent.models import Approval, Effective, Text
from consentry.content.checking import Shown, Verdict
from consentry.content.workbench import Made, Words, source_digest
from consentry.glossary.decisions import HOLDS_BACK

EDIT, REVIEW, APPROVE = "translations:edit", "translations:review", "translations:approve"
SCOPES = (EDIT, REVIEW, APPROVE)
State = Literal["draft", "reviewed", "approved"]
ROLE, MEANING = "medical-legal-reviewer", "medical-legal approval"
MAX_YEARS = 5


@dataclass(frozen=True)
class Label:
    """A label's document. ``published``: the approved words and their English; None: there are none yet."""

    source: Words
    target: Words
    state: State
    published: Made | None = None
    authors: tuple[str, ...] = ()
    reviewed_by: str | None = None
    comment: str | None = None

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "Label":
        """From a document's body. Raises ``KeyError`` for a body of another shape."""
        return cls(
            body["source"],
            body["target"],
            body["state"],
            body.get("published"),
            tuple(body.get("authors") or ()),
            body.get("reviewed_by"),
            body.get("comment"),
        )

    def body(self) -> dict[str, Any]:
        """The document's body."""
        return {
            "source": self.source,
            "source_digest": source_digest(self.source),
            "target": self.target,
            "state": self.state,
            "published": self.published,
            "authors": list(self.authors),
            "reviewed_by": self.reviewed_by,
            "comment": self.comment,
        }


def draft_label(
    held: Label | None, filed: Made | None, source: Words, target: Words, comment: str | None, who: Staff
) -> Label:
    """New words for a string; ``filed`` is what the release says, ``source`` its English as it is now."""
    published = held.published if held is not None else filed
    authors = held.authors if held is not None and held.state != "approved" else ()
    authors = authors if who.sub in authors else (*authors, who.sub)
    return Label(source, target, "draft", published, authors, None, comment)


def review_label(held: Label, current: Words, verdict: Verdict, who: Staff, address: str) -> Label:
    """A second person read it. Raises ``StaffProblem``."""
    _in_state(held.state, "draft", address)
    _second(held.authors, who, "review", REVIEW)
    _fresh(held.source, current, address)
    _errors_refuse(verdict, address, "reviewed")
    return replace(held, state="reviewed", reviewed_by=who.sub)


def approve_label(held: Label, current: Words, verdict: Verdict, who: Staff, address: str) -> Label:
    """The words go into force with the next pull and release. Raises ``StaffProblem``."""
    _in_state(held.state, "reviewed", address)
    _second(held.authors, who, "approve", APPROVE)
    _fresh(held.source, current, address)
    _errors_refuse(verdict, address, "approved")
    return replace(held, state="approved", published={"source": held.source, "target": held.target})


@dataclass(frozen=True)
class LegalText:
    """A legal text's document."""

    text: Text
    state: State
    authors: tuple[str, ...] = ()
    reviewed_by: str | None = None

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "LegalText":
        """From a document's body. Raises ``KeyError`` or ``ValidationError`` for a body of another shape."""
        text = Text.model_validate(body["text"])
        return cls(text, body["state"], tuple(body.get("authors") or ()), body.get("reviewed_by"))

    def body(self) -> dict[str, Any]:
        """The document's body."""
        text = self.text.model_dump(mode="json", by_alias=True)
        return {"text": text, "state": self.state, "authors": list(self.authors), "reviewed_by": self.reviewed_by}


MANAGED = ("kind", "version", "locale")
"""Members of a legal text that its place decides."""


def draft_text(held: LegalText, said: Any, fixed: bool, who: Staff, address: str, versions: str) -> LegalText:
    """New words for a version that nobody has approved. ``fixed``: approved or published. Raises ``StaffProblem``."""
    if fixed:
        raise StaffProblem(
            "not-in-this-state",
            f"Version {held.text.version} is approved; what was approved is what people agreed to and never changes.",
            f"Write the new words into a new version: POST {versions}.",
        )
    text = parse_text(said)
    for name in MANAGED:
        if getattr(text, name) != getattr(held.text, name):
            raise StaffProblem(
                "invalid-body",
                f"“{name}” of this text is {getattr(held.text, name)}; it does not change.",
                f'Send "{name}": {_json(getattr(held.text, name))}, or read it again with GET {address}.',
                errors=[{"pointer": f"/text/{name}", "code": "fixed", "detail": "It does not change."}],
            )
    authors = held.authors if who.sub in held.authors else (*held.authors, who.sub)
    return LegalText(text, "draft", authors)


def _json(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, int) else f'"{value}"'


def parse_text(said: Any) -> Text:
    """A legal text as it was sent. Raises ``StaffProblem``, 422 with a pointer to each fault."""
    try:
        return Text.model_validate(said)
    except ValidationError as invalid:
        raise invalid_shape(invalid, "/text") from None


def next_version(newest: LegalText, newest_fixed: bool, day: date, who: Staff, address: str) -> LegalText:
    """A draft of the version after ``newest``, with its words. Raises ``StaffProblem`` while ``newest`` is a draft."""
    if not newest_fixed:
        raise StaffProblem(
            "conflict",
            f"Version {newest.text.version} is not approved yet; two drafts of one text get in each other's way.",
            f"Change that one: PUT {address}.",
        )
    effective = Effective.model_validate({"from": day, "until": None})
    text = newest.text.model_copy(
        update={"version": newest.text.version + 1, "effective": effective, "reference": None}
    )
    return LegalText(text, "draft", (who.sub,))


def review_text(held: LegalText, fixed: bool, verdict: Verdict, who: Staff, address: str) -> LegalText:
    """A second person read it. Raises ``StaffProblem``."""
    _in_state("approved" if fixed else held.state, "draft", address)
    _second(held.authors, who, "review", REVIEW)
    _errors_refuse(verdict, address, "reviewed")
    return replace(held, state="reviewed", reviewed_by=who.sub)


@dataclass(frozen=True)
class Signature:
    """What an approval of a legal text says. ``digest`` is of the canonical text as ``market`` shows it."""

    market: str
    digest: str
    role: str
    meaning: str
    reference: str
    expires: date


def approve_text(
    held: LegalText,
    name: str,
    shown: Sequence[Shown],
    signed: Signature,
    verdict: Verdict,
    who: Staff,
    at: str,
    address: str,
) -> tuple[LegalText, Approval]:
    """The approval of the exact words in one market. Raises ``StaffProblem``."""
    if held.state == "draft":
        raise StaffProblem(
            "not-in-this-state",
            f"Nobody has reviewed version {held.text.version} yet; approval comes after review.",
            f"Ask somebody with {REVIEW} to do it: POST {address}/review.",
        )
    _second(held.authors, who, "approve", APPROVE)
    here = [each for each in shown if each.market == signed.market]
    if not here:
        markets = ", ".join(sorted({each.market for each in shown})) or "none"
        raise StaffProblem(
            "invalid-body",
            f"{signed.market} does not show this text.",
            f"Approve it for a market that does: {markets}.",
            errors=[{"pointer": "/market", "code": "invalid", "detail": f"One of {markets}."}],
        )
    if signed.digest not in {each.digest for each in here}:
        raise StaffProblem(
            "changed-meanwhile",
            "The digest is not that of the words as they stand now; what you read is not what you would approve.",
            f"Read it again: GET {address}; compare “canonical”, and send the digest beside it.",
            renderings=[{"controller": each.controller, "digest": each.digest} for each in here],
        )
    _errors_refuse(verdict, address, "approved")
    _expiry(signed.expires, date.fromisoformat(at[:10]))
    try:
        approval = Approval.model_validate(
            {
                "text": name,
                "version": held.text.version,
                "locale": held.text.locale,
                "digest": signed.digest,
                "meaning": signed.meaning,
                "role": signed.role,
                "actor": who.sub,
                "at": f"{at[:19]}Z",
                "reference": signed.reference,
                "expires": signed.expires,
                "sample": False,
            }
        )
    except ValidationError as invalid:
        raise invalid_shape(invalid) from None
    return replace(held, state="approved"), approval


def _expiry(expires: date, day: date) -> None:
    last = (
        day.replace(year=day.year + MAX_YEARS) if (day.month, day.day) != (2, 29) else date(day.year + MAX_YEARS, 3, 1)
    )
    if not day < expires <= last:
        raise StaffProblem(
            "invalid-body",
            f"An approval ends, at the latest after {MAX_YEARS} years.",
            f'Name a day after {day} and up to {last} in "expires".',
            errors=[{"pointer": "/expires", "code": "invalid", "detail": f"After {day}, not after {last}."}],
        )


def _in_state(state: str, needed: State, address: str) -> None:
    if state == needed:
        return
    mends = {
        "draft": f"Ask somebody with {REVIEW} to review it first: POST {address}/review.",
        "reviewed": f"Nothing is left to review. The next step is POST {address}/approval ({APPROVE}).",
        "approved": "Nothing is left to do. To change the words, write a new draft.",
    }
    raise StaffProblem("not-in-this-state", f"It is {state}, and this needs {needed}.", mends[state], state=state)


def _second(authors: Sequence[str], who: Staff, verb: str, scope: str) -> None:
    if who.sub in authors:
        raise StaffProblem(
            "second-person-needed",
            f"These are your own words; nobody can {verb} their own.",
            f"Ask a colleague with the scope {scope}.",
        )


def _fresh(made_from: Words, current: Words, address: str) -> None:
    if made_from != current:
        raise StaffProblem(
            "not-in-this-state",
            "The English has changed since these words were written.",
            f"Translate it anew: PUT {address} with the source_digest of the English as it is now.",
            source=current,
            source_digest=source_digest(current),
        )


def _errors_refuse(verdict: Verdict, address: str, done: str) -> None:
    """Nothing that the release would hold back is passed on: better a refusal here than a form that goes dark."""
    if not verdict.blocking:
        return
    standing = [each for each in verdict.judgements if each["outcome"] in HOLDS_BACK and "waiver" not in each]
    wrong = [each for each in verdict.findings if each["severity"] == "error"]
    mends = [each["mend"] for each in wrong]
    mends += [
        "write " + " or ".join(f"“{word}”" for word in each["suggestions"]) if each["suggestions"] else each["reason"]
        for each in standing
    ]
    ways = ""
    if standing:
        ways = (
            " If the words are right as they stand: propose them as a form or a term, or ask for a waiver, with POST "
            "/v1/glossary/judgements."
        )
    said = [*(each["message"] for each in wrong), *(each["reason"] for each in standing)]
    raise StaffProblem(
        "does-not-pass",
        f"It cannot be {done} as it stands: {'; '.join(dict.fromkeys(said))}.",
        f"PUT {address}: {'; '.join(dict.fromkeys(mends))}.{ways}",
        findings=wrong,
        judgements=standing,
    )
