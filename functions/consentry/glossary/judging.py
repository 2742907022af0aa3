"""Three judgements kept apart: this form is right, this other term is acceptable, only here. Pure.

``form``: an inflection of an approved term; whoever may review settles it at once. ``term``: another term for the
concept; a second person who may approve accepts it. ``waiver``: one violation in one segment, bound to its very words,
until a day. Each is a document ``glossary/judgements/<id>`` whose id follows from what was asked, so that nothing is
asked twice; each can be reversed, and decided anew.
"""

import hashlib
import json
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from consentry.base.names import NAME_OR_NONE
from consentry.base.staff import Staff, listed
from consentry.base.staff_problems import StaffProblem, invalid_body, wrong
from consentry.glossary.concept import Approval, Digest, Market, Tag, Text, Waiver, WaiverRole
from consentry.glossary.matching.model import APPROVED, ViolatedRule, chain
from consentry.glossary.segments import text_digest
from consentry.glossary.workflow import (
    APPROVE,
    EDIT,
    REVIEW,
    WAIVE,
    Kept,
    add_form,
    admit_term,
    drop_form,
    drop_term,
    entry_of,
    no_entry,
    unsound,
)

Kind = Literal["form", "term", "waiver"]
State = Literal["proposed", "accepted", "rejected", "reversed"]
DECIDES: dict[Kind, str] = {"form": REVIEW, "term": APPROVE, "waiver": WAIVE}
"""The scope that decides."""
MAX_WAIVER_DAYS = 365
Reason = Annotated[str, Field(min_length=10, max_length=500)]


class Asked(BaseModel):
    """The body of ``POST /v1/glossary/judgements``.

    A waiver names the segment's ``key`` and what was found there (``rule``), and its words: ``target`` and ``source``,
    or their digests. ``text`` of a waiver is what stands there.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    concept: Annotated[
        str, BeforeValidator(lambda said: "" if said is None else said), Field(pattern=NAME_OR_NONE, max_length=64)
    ] = ""
    """Empty, or null, for what belongs to no concept."""
    locale: Tag
    market: Market | None = None
    text: Text
    reason: Reason
    term: Text | None = None
    """``form``: of which entry; left out: the preferred one."""
    key: Annotated[str, Field(min_length=3, max_length=300)] | None = None
    rule: ViolatedRule | None = None
    source: Annotated[str, Field(max_length=50_000)] | None = None
    target: Annotated[str, Field(max_length=50_000)] | None = None
    source_digest: Digest | None = None
    target_digest: Digest | None = None
    expires: date | None = None
    role: WaiverRole | None = None


class Ruling(BaseModel):
    """The body of a document ``glossary/judgements/<id>``. Staff ids only."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    kind: Kind
    concept: str
    locale: str
    market: str | None
    text: str
    term: str | None = None
    key: str | None = None
    rule: ViolatedRule | None = None
    source_digest: str | None = None
    target_digest: str | None = None
    expires: date | None = None
    role: WaiverRole | None = None
    reason: str
    state: State
    proposed_by: str
    proposed_at: str
    decided_by: str | None = None
    decided_at: str | None = None
    decision: str | None = None
    """Why it was decided so."""
    replaced: tuple[Approval, ...] = ()
    """Approvals of the terms as they were before; reversing brings them back."""


@dataclass(frozen=True)
class Outcome:
    """A ruling and what follows from it: the concept as it now is, the waiver to write. None: unchanged."""

    ruling: Ruling
    kept: Kept | None = None
    waiver: dict[str, Any] | None = None


def placed(asked: Asked, kept: Kept | None) -> Asked:
    """With the locale, market and entry that the judgement is really about: a region's terms are mostly its language's.

    Raises:
        StaffProblem: a concept with nothing in force, or a form of what is no approved term.
    """
    if asked.kind == "waiver":
        return asked
    if kept is None or kept.in_force is None:
        raise _gone(asked.concept)
    file = kept.in_force
    if asked.kind == "term":
        reviewed = file.approved_locales()
        tag = next((tag for tag in reversed(chain(asked.locale)) if tag in reviewed), asked.locale)
        return asked.model_copy(update={"locale": tag})
    places = {None, *chain(asked.market)} if asked.market is not None else {None}
    preferred = (
        term.text
        for tag in reversed(chain(asked.locale))
        for term in file.terms.get(tag, ())
        if term.status == "preferred" and term.market in places
    )
    entry = asked.term if asked.term is not None else next(preferred, "")
    at = entry_of(file, asked.locale, asked.market, entry)
    if at is None:
        raise no_entry(file, asked.locale, asked.market, entry)
    market = file.terms[at[0]][at[1]].market or asked.market
    return asked.model_copy(update={"locale": at[0], "market": market, "term": entry})


def name_of(asked: Asked) -> str:
    """The id of what is asked: the same question has the same one, whoever asks."""
    bound = [
        asked.kind,
        asked.concept,
        asked.locale,
        asked.market,
        unicodedata.normalize("NFC", asked.text),
        *([asked.key, asked.rule, *digests(asked)] if asked.kind == "waiver" else []),
    ]
    return f"{asked.kind}-{hashlib.sha256(json.dumps(bound).encode()).hexdigest()[:24]}"


def digests(asked: Asked) -> tuple[str | None, str | None]:
    """Of source and target, given or made from the words."""
    source = text_digest(asked.source) if asked.source is not None else asked.source_digest
    return source, text_digest(asked.target) if asked.target is not None else asked.target_digest


def ended(ruling: Ruling, day: date) -> bool:
    """Whether a waiver is over, whatever was decided: then the same may be asked for again."""
    return ruling.expires is not None and ruling.expires <= day


def propose(asked: Asked, kept: Kept | None, who: Staff, at: str) -> Outcome:
    """A new ruling on what is ``placed``; accepted at once where whoever asks may decide it alone."""
    if not any(who.has(scope) for scope in (EDIT, DECIDES[asked.kind])):
        who.require(EDIT)
    who.require(EDIT if who.has(EDIT) else DECIDES[asked.kind], asked.locale, asked.market)
    _complete(asked, at)
    if asked.kind != "waiver":
        _acceptable_words(asked, kept)
    source, target = digests(asked) if asked.kind == "waiver" else (None, None)
    ruling = Ruling(
        id=name_of(asked),
        kind=asked.kind,
        concept=asked.concept,
        locale=asked.locale,
        market=asked.market,
        text=unicodedata.normalize("NFC", asked.text),
        term=asked.term if asked.kind == "form" else None,
        key=asked.key,
        rule=asked.rule,
        source_digest=source,
        target_digest=target,
        expires=asked.expires,
        role=asked.role,
        reason=asked.reason,
        state="proposed",
        proposed_by=who.sub,
        proposed_at=at,
    )
    if asked.kind != "term" and who.has(DECIDES[asked.kind]) and _may_act_as(ruling, who):
        return accept(ruling, asked.reason, kept, who, at)
    if asked.kind == "term" and kept is not None:
        _admitted(ruling, kept, who.sub, at)  # said now, not to the second person
    return Outcome(ruling)


def decide(ruling: Ruling, reason: str, kept: Kept | None, who: Staff, at: str, *, yes: bool) -> Outcome:
    """Accept or reject; what was rejected or reversed can be decided anew."""
    _may_decide(ruling, who)
    if ruling.state == "accepted":
        if yes:
            return Outcome(ruling)
        raise StaffProblem(
            "not-in-this-state",
            f"It was accepted by {ruling.decided_by} at {ruling.decided_at}.",
            f"Reverse it: DELETE /v1/glossary/judgements/{ruling.id}?reason=….",
        )
    if not yes:
        if ruling.state == "rejected":
            return Outcome(ruling)
        return Outcome(_decided(ruling, "rejected", reason, who, at))
    return accept(ruling, reason, kept, who, at)


def accept(ruling: Ruling, reason: str, kept: Kept | None, who: Staff, at: str) -> Outcome:
    """Accept, with what follows."""
    _may_decide(ruling, who)
    day = date.fromisoformat(at[:10])
    if ruling.kind == "waiver":
        return _waive(ruling, reason, who, at, day)
    if kept is None:
        raise _gone(ruling.concept)
    _not_unwanted(kept, ruling.locale, ruling.text)  # it may have become so since it was proposed
    if ruling.kind == "form":
        grown = add_form(kept, ruling.locale, ruling.market, ruling.term or "", ruling.text, who.sub)
        return Outcome(_decided(ruling, "accepted", reason, who, at), grown)
    if who.sub == ruling.proposed_by:
        raise StaffProblem(
            "second-person-needed",
            "You proposed this term yourself.",
            f"Ask a colleague with the scope {APPROVE} to decide it.",
        )
    before = kept.in_force.approvals if kept.in_force is not None else ()
    grown = _admitted(ruling, kept, who.sub, at)
    replaced = tuple(approval for approval in before if approval.locale == ruling.locale)
    accepted = _decided(ruling, "accepted", reason, who, at).model_copy(update={"replaced": replaced})
    return Outcome(accepted, grown)


def reverse(ruling: Ruling, reason: str, kept: Kept | None, who: Staff, at: str) -> Outcome:
    """Undo: a proposal by whoever made it or may decide it, what was accepted by whoever may decide it."""
    own = ruling.state == "proposed" and who.sub == ruling.proposed_by
    if not own:
        _may_decide(ruling, who)
    if ruling.state == "reversed":
        return Outcome(ruling)
    undone = _decided(ruling, "reversed", reason, who, at).model_copy(update={"replaced": ()})
    if ruling.state != "accepted":
        return Outcome(undone)
    if ruling.kind == "waiver":
        return Outcome(undone, None, {**_waiver(ruling), "closed": {"at": at, "actor": who.sub, "reason": reason}})
    if kept is None or kept.in_force is None:
        return Outcome(undone)
    if ruling.kind == "form":
        return Outcome(undone, drop_form(kept, ruling.locale, ruling.market, ruling.term or "", ruling.text))
    return Outcome(undone, drop_term(kept, ruling.locale, ruling.market, ruling.text, ruling.replaced))


def _admitted(ruling: Ruling, kept: Kept, accepter: str, at: str) -> Kept:
    return admit_term(
        kept,
        ruling.locale,
        ruling.market,
        ruling.text,
        ruling.proposed_by,
        accepter,
        f"judgement {ruling.id}",
        date.fromisoformat(at[:10]),
    )


def _decided(ruling: Ruling, state: State, reason: str, who: Staff, at: str) -> Ruling:
    return ruling.model_copy(update={"state": state, "decided_by": who.sub, "decided_at": at, "decision": reason})


def _may_decide(ruling: Ruling, who: Staff) -> None:
    """Refuse whoever may not decide it wherever it holds. A term without a market is its language's, a waiver all's."""
    who.require(DECIDES[ruling.kind], ruling.locale, ruling.market)
    if ruling.kind == "waiver" and ruling.market is None and not who.may_market("*"):
        raise StaffProblem(
            "market-not-yours",
            f"A waiver without a market holds in all of them; yours are {listed(who.markets)}.",
            'Name one of yours in "market", or ask a colleague who has all of them.',
        )


def _may_act_as(ruling: Ruling, who: Staff) -> bool:
    return ruling.kind != "waiver" or ruling.role != "medical-reviewer" or who.has(APPROVE)


def _waive(ruling: Ruling, reason: str, who: Staff, at: str, day: date) -> Outcome:
    if not _may_act_as(ruling, who):
        raise StaffProblem(
            "scope-missing",
            f"A waiver in the role of a medical reviewer needs the scope {APPROVE} as well.",
            "Ask a medical reviewer, or waive it as compliance-officer.",
            scope=APPROVE,
        )
    _expiry(ruling.expires, day)
    accepted = _decided(ruling, "accepted", reason, who, at)
    return Outcome(accepted, None, _waiver(accepted))


def _waiver(ruling: Ruling) -> dict[str, Any]:
    """The document ``glossary/waivers/<id>``; who gave it is who accepted it."""
    return Waiver(
        id=ruling.id,
        concept=ruling.concept,
        rule=ruling.rule or "missing-term",
        key=ruling.key or "",
        locale=ruling.locale,
        market=ruling.market,
        source_digest=ruling.source_digest,
        target_digest=ruling.target_digest or "",
        reason=ruling.reason,
        role=ruling.role or "compliance-officer",
        actor=ruling.decided_by or "",
        at=date.fromisoformat((ruling.decided_at or ruling.proposed_at)[:10]),
        expires=ruling.expires or date.min,
    ).model_dump(mode="json")


def _complete(asked: Asked, at: str) -> None:
    """What this kind needs is there, and what it does not know is not."""
    needed: dict[Kind, tuple[str, ...]] = {
        "form": ("concept",),
        "term": ("concept",),
        "waiver": ("key", "rule", "role", "expires"),
    }
    unknown: dict[Kind, tuple[str, ...]] = {
        "form": ("key", "rule", "source", "target", "source_digest", "target_digest", "expires", "role"),
        "term": ("term", "key", "rule", "source", "target", "source_digest", "target_digest", "expires", "role"),
        "waiver": ("term",),
    }
    errors = [
        wrong(f"/{name}", "required", f"A {asked.kind} names it.")
        for name in needed[asked.kind]
        if not getattr(asked, name)
    ]
    errors += [
        wrong(f"/{name}", "unexpected", f"A {asked.kind} has no {name}.")
        for name in unknown[asked.kind]
        if getattr(asked, name) is not None
    ]
    if asked.kind == "waiver":
        if digests(asked)[1] is None:
            errors.append(wrong("/target", "required", "A waiver is bound to the words: send target or target_digest."))
        if not asked.concept and asked.rule not in {"prohibited-wording", "look-alike"}:
            errors.append(
                wrong("/concept", "required", "Only prohibited wording and look-alikes belong to no concept.")
            )
        for side in ("source", "target"):
            if getattr(asked, side) is not None and getattr(asked, f"{side}_digest") is not None:
                errors.append(wrong(f"/{side}_digest", "unexpected", f"Send {side} or its digest, not both."))
    if errors:
        raise invalid_body(f"This is not a whole judgement of the kind {asked.kind}.", *errors)
    if asked.kind == "waiver":
        _expiry(asked.expires, date.fromisoformat(at[:10]))


def _expiry(expires: date | None, day: date) -> None:
    if expires is None or not day < expires <= day + timedelta(days=MAX_WAIVER_DAYS):
        last = day + timedelta(days=MAX_WAIVER_DAYS)
        raise StaffProblem(
            "invalid-body",
            f"A waiver ends, at the latest after {MAX_WAIVER_DAYS} days.",
            f'Name a day from {day + timedelta(days=1)} to {last} in "expires".',
            errors=[wrong("/expires", "invalid", f"Not after {last}, and later than {day}.")],
        )


def _acceptable_words(asked: Asked, kept: Kept | None) -> None:
    if kept is None:
        raise _gone(asked.concept)
    errors = [wrong("/text", "unsound-term", detail) for detail in unsound(asked.text, asked.locale)]
    if errors:
        raise invalid_body("The text is not what it looks like.", *errors)
    _not_unwanted(kept, asked.locale, asked.text)
    file = kept.in_force or kept.current
    if asked.kind == "term" and entry_of(file, asked.locale, asked.market, asked.text) is not None:
        raise StaffProblem(
            "conflict",
            f"“{asked.text}” is an approved term of {asked.concept} in {asked.locale} already.",
            "Nothing is left to do; it may be written.",
        )


def _not_unwanted(kept: Kept, locale: str, text: str) -> None:
    """What is forbidden or deprecated, in whatever capitals, is not let in beside itself."""
    concept = kept.current.concept
    files = [file for file in (kept.in_force, kept.current) if file is not None]
    for term in (term for file in files for tag in chain(locale) for term in file.terms.get(tag, ())):
        if term.text.casefold() == text.casefold() and term.status not in APPROVED:
            raise StaffProblem(
                "conflict",
                f"“{term.text}” is {term.status} for {concept} in {locale}"
                f"{f': {term.note.rstrip(chr(46))}' if term.note else ''}.",
                f"If that is wrong, change its status with PUT /v1/glossary/concepts/{concept}. "
                "If it is right in one place only, ask for a waiver.",
            )


def _gone(concept: str) -> StaffProblem:
    return StaffProblem(
        "not-found",
        f"There is no concept {concept} with terms in force.",
        "Look for it with GET /v1/glossary/concepts?q=….",
    )
