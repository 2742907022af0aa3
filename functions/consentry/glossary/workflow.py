"""The life of a concept: draft, in review, approved, retired; who may do what, and what comes into force.

Pure: from what is kept, who acts and the day to what is kept next, or a ``StaffProblem`` that says what to do instead.

``current`` is what people work on, ``in_force`` what is enforced. Reviews bind a locale's digest. A locale whose terms
have both reviews comes into force by itself; a change of what holds for every locale (definition, severity, do not
translate, strict) comes into force when every locale in force has been reviewed again.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Protocol

from consentry.base.staff import Staff, listed
from consentry.base.staff_problems import StaffProblem, invalid_body, wrong
from consentry.glossary.concept import NO_DEFINITION, Approval, ConceptFile, FormEntry, ReviewRole, State, TermEntry
from consentry.glossary.exchange.words import clean, has_word
from consentry.glossary.matching.look_alike import look_alikes
from consentry.glossary.matching.model import APPROVED, chain

EDIT, REVIEW, APPROVE, WAIVE, READ = (
    "glossary:edit",
    "glossary:review",
    "glossary:approve",
    "glossary:waive",
    "glossary:read",
)
SCOPE_OF: Mapping[ReviewRole, str] = {"terminologist": REVIEW, "medical-reviewer": APPROVE}
SOURCE = "en"
"""The language that every concept is written in."""
EVERYWHERE = "*"
MANAGED = ("state", "version", "approvals", "sample")
"""Members that change by submission and review alone."""
SHARED = ("definition", "do_not_translate", "severity", "strict")
"""What holds for every locale and is part of every locale's review."""
UNREVIEWED = ("subject", "context", "source", "codes", "options", "history")


class _Change(Protocol):
    """A change of a concept's text. ``needed``: where it cannot be made, say so rather than leave the text."""

    def __call__(self, file: ConceptFile, /, *, needed: bool) -> ConceptFile: ...


@dataclass(frozen=True)
class Kept:
    """A concept's document.

    ``authors``: who changed a locale (``*``: what holds for all) since it was last reviewed. ``submitted``: locales
    that wait for reviews.
    """

    current: ConceptFile
    in_force: ConceptFile | None = None
    authors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    submitted: tuple[str, ...] = ()

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "Kept":
        """From a document's body. Raises ``pydantic.ValidationError`` for a body of another shape."""
        in_force = body.get("in_force")
        current = ConceptFile.model_validate(body["current"])
        settled = current.state == "approved"
        return cls(
            current,
            ConceptFile.model_validate(in_force) if in_force is not None else None,
            {key: tuple(subs) for key, subs in body.get("authors", {}).items()},
            () if settled else tuple(body.get("submitted", ())),
        )

    def body(self) -> dict[str, Any]:
        """The document's body."""
        return {
            "current": self.current.model_dump(mode="json"),
            "in_force": self.in_force.model_dump(mode="json") if self.in_force is not None else None,
            "authors": {key: list(subs) for key, subs in sorted(self.authors.items())},
            "submitted": list(self.submitted),
        }

    @property
    def pending(self) -> dict[str, list[ReviewRole]]:
        """Per submitted locale, the reviews that are still missing."""
        missing = {locale: sorted(self.current.missing_reviews(locale)) for locale in self.submitted}
        return {locale: roles for locale, roles in missing.items() if roles}


def readable(who: Staff, *areas: str) -> None:
    """Any scope of one of the ``areas`` reads the glossary.

    Raises:
        StaffProblem: 403.
    """
    if not any(scope.startswith(areas) for scope in who.scopes):
        who.require(READ)


def create(said: ConceptFile, who: Staff) -> Kept:
    """A new concept, as a draft of version 1."""
    who.require(EDIT)
    draft = said.model_copy(update={"state": "draft", "version": 1, "approvals": ()})
    _source_needed(draft)
    _allowed(None, draft, who)
    _sound(None, draft)
    authors = dict.fromkeys(draft.terms, (who.sub,)) | {EVERYWHERE: (who.sub,)}
    return Kept(draft, None, authors)


def edit(kept: Kept, said: ConceptFile, who: Staff) -> Kept:
    """``said`` instead of the current text; reviews of words that stay are kept, what is in force stays in force."""
    who.require(EDIT)
    before = kept.current
    if before.state == "retired":
        raise StaffProblem(
            "not-in-this-state",
            "The concept is retired.",
            f"Take it up again with POST /v1/glossary/concepts/{before.concept}/reopening, then change it.",
        )
    if said.concept != before.concept:
        raise StaffProblem(
            "invalid-body",
            f"The body names the concept {said.concept}, the address {before.concept}.",
            "Leave the name as it is; another name is another concept: create that one and retire this one.",
        )
    _source_needed(said)
    _managed(before, said)
    _allowed(before, said, who)
    _sound(before, said)
    for reference in (kept.in_force, before):
        if reference is not None:
            _nothing_lost(reference, said)
            _forms_kept(reference, said)
    base = kept.in_force.version + 1 if kept.in_force is not None else before.version
    draft = said.model_copy(update={"state": "draft", "version": base, "sample": before.sample})
    draft = draft.model_copy(update={"approvals": _matching(draft, before.approvals)})
    if kept.in_force is not None and same(draft, kept.in_force):
        return Kept(kept.in_force, kept.in_force, _not_reviewed(kept.in_force, kept.authors))
    authors = {key: list(subs) for key, subs in kept.authors.items()}
    changed = _changed(before, draft)
    if _shared(before) != _shared(draft) or _unreviewed(before) != _unreviewed(draft):
        changed.append(EVERYWHERE)
    for key in changed:
        authors[key] = [*authors.get(key, []), *([] if who.sub in authors.get(key, []) else [who.sub])]
    return Kept(draft, kept.in_force, {key: tuple(subs) for key, subs in authors.items()})


def submit(kept: Kept, locales: Iterable[str] | None, who: Staff) -> Kept:
    """Hand locales to the reviewers; None: all that changed and that ``who`` may change."""
    who.require(EDIT)
    current = kept.current
    _reviewable(current)
    waiting = [locale for locale in current.terms if current.missing_reviews(locale)]
    if locales is None:
        wanted = [locale for locale in waiting if who.may_locale(locale)]
    else:
        wanted = [locale for locale in _named(current, locales, who) if locale in waiting]
    if not wanted and not kept.submitted:
        if kept.in_force is not None and not waiting and not same(current, kept.in_force):
            return settle(kept)  # nothing that reviews bind has changed
        raise StaffProblem(
            "not-in-this-state",
            "There is nothing to review: every term of these languages stands as it was approved.",
            "Change a term first, or name other languages.",
        )
    if SOURCE in waiting and SOURCE not in {*wanted, *kept.submitted}:
        raise StaffProblem(
            "not-in-this-state",
            "The English terms are not approved, and every other language is checked against them.",
            f'Submit English as well: {{"locales": {_json_list([SOURCE, *wanted])}}}.',
        )
    submitted = tuple(dict.fromkeys((*kept.submitted, *wanted)))
    return replace(kept, current=current.model_copy(update={"state": "in-review"}), submitted=submitted)


def _reviewable(current: ConceptFile) -> None:
    if current.state == "retired":
        raise StaffProblem(
            "not-in-this-state",
            "The concept is retired.",
            f"Take it up again with POST /v1/glossary/concepts/{current.concept}/reopening first.",
        )
    if current.definition == NO_DEFINITION:
        raise StaffProblem(
            "not-in-this-state",
            "The concept was imported without a definition, and nobody can review terms of nothing in particular.",
            f"Write one with PUT /v1/glossary/concepts/{current.concept}, then submit it.",
        )


def _named(current: ConceptFile, locales: Iterable[str], who: Staff) -> list[str]:
    """The locales that somebody names, each once and theirs."""
    named = list(dict.fromkeys(locales))
    for locale in named:
        if locale not in current.terms:
            raise StaffProblem(
                "invalid-body",
                f"The concept has no terms in {locale}.",
                f"Submit one of {', '.join(current.terms)}, or add terms in {locale} first.",
            )
        who.require(EDIT, locale)
    return named


def approve(kept: Kept, locale: str, role: ReviewRole, reference: str | None, who: Staff, day: date) -> Kept:
    """One review of one locale, by somebody who changed nothing of it and gave no other review of it."""
    current = kept.current
    who.require(SCOPE_OF[role], locale)
    if locale not in current.terms:
        raise StaffProblem(
            "invalid-body",
            f"The concept has no terms in {locale}.",
            f"Review one of {', '.join(kept.submitted) or 'the languages that are submitted'}.",
        )
    for market in sorted(_markets_changed(kept.in_force, current, locale)):
        who.require(SCOPE_OF[role], locale, market)
    digest = current.meaning_digest(locale)
    given = [a for a in current.approvals if (a.locale, a.digest) == (locale, digest)]
    if any((a.role, a.actor) == (role, who.sub) for a in given):
        return kept
    if current.state != "in-review" or locale not in kept.submitted:
        raise StaffProblem(
            "not-in-this-state",
            f"{locale} is not submitted for review; the concept is {current.state}.",
            "Ask its author to submit it: "
            f'POST /v1/glossary/concepts/{current.concept}/submission {{"locales": ["{locale}"]}}.',
        )
    _independent(kept, locale, role, given, who)
    review = Approval(locale=locale, role=role, actor=who.sub, at=day, digest=digest, reference=reference)
    approvals = _matching(current, (*current.approvals, review))
    return settle(replace(kept, current=current.model_copy(update={"approvals": approvals})))


def _independent(kept: Kept, locale: str, role: ReviewRole, given: Iterable[Approval], who: Staff) -> None:
    """Nobody reviews what is reviewed in the role, what they wrote, or what they reviewed in the other role."""
    given = list(given)
    if any(a.role == role for a in given):
        raise StaffProblem(
            "conflict",
            f"The {role} has already reviewed {locale} as it stands.",
            "Nothing is left to do in this role; the missing reviews are listed under pending.",
            pending=kept.pending,
        )
    if who.sub in {*kept.authors.get(locale, ()), *kept.authors.get(EVERYWHERE, ())}:
        raise StaffProblem(
            "second-person-needed",
            f"You wrote this change of {locale} yourself.",
            f"Ask a colleague with the scope {SCOPE_OF[role]} to review it.",
        )
    if any(a.actor == who.sub for a in given):
        raise StaffProblem(
            "second-person-needed",
            f"You have already reviewed {locale} in another role; the two reviews come from two people.",
            f"Ask a colleague with the scope {SCOPE_OF[role]} for the second one.",
        )


def retire(kept: Kept, who: Staff) -> Kept:
    """Take a concept out of use. One that is enforced is retired by a medical reviewer; a draft by its editor."""
    scope = APPROVE if kept.in_force is not None else EDIT
    who.require(scope)
    for locale in kept.current.terms:
        who.require(scope, locale)
    for market in sorted(_markets(kept.current) | _markets(kept.in_force)):
        who.require(scope, None, market)
    if kept.current.state == "retired":
        return kept
    version = kept.current.version + (kept.current.state == "approved")
    return Kept(kept.current.model_copy(update={"state": "retired", "version": version}), None, kept.authors)


def reopen(kept: Kept, who: Staff) -> Kept:
    """Back to draft: a retired concept is taken up again, one in review is given back. Reviews given so far lapse."""
    current = kept.current
    if current.state == "in-review":
        if not any(who.has(scope) for scope in (EDIT, REVIEW, APPROVE)):
            who.require(EDIT)
        if not any(who.may_locale(locale) for locale in kept.submitted):
            who.require(next(iter(who.scopes & {EDIT, REVIEW, APPROVE})), kept.submitted[0])
        given = kept.in_force.approvals if kept.in_force is not None else ()
        draft = current.model_copy(update={"state": "draft", "approvals": _matching(current, given)})
        return replace(kept, current=draft, submitted=())
    if current.state == "retired":
        who.require(EDIT, SOURCE)
        draft = current.model_copy(update={"state": "draft", "version": current.version + 1, "approvals": ()})
        everywhere = tuple(dict.fromkeys((*kept.authors.get(EVERYWHERE, ()), who.sub)))
        return Kept(draft, None, {**kept.authors, EVERYWHERE: everywhere})
    raise StaffProblem(
        "not-in-this-state",
        f"The concept is {current.state}; there is nothing to take back.",
        "Change it with PUT; what is in force stays in force until the change is approved.",
    )


def as_if_approved(kept: Kept, locales: Iterable[str] | None = None) -> tuple[ConceptFile, frozenset[str]]:
    """What would be enforced if the reviews went well, and where: in ``locales`` and the locales already in force.

    Left out: those submitted; before a submission, those that differ from what is in force.
    """
    before = kept.in_force.terms if kept.in_force is not None else {}
    changed = [locale for locale, terms in kept.current.terms.items() if terms != before.get(locale)]
    wanted = locales if locales is not None else kept.submitted or changed
    return kept.current, frozenset({*_enforced(kept.in_force), *wanted} & set(kept.current.terms))


def settle(kept: Kept) -> Kept:
    """What is in force after a review, and whether the current text is all of it."""
    current, before = kept.current, kept.in_force
    reviewed = {locale for locale in current.terms if not current.missing_reviews(locale)}
    enforced = _enforced(before)
    left = tuple(locale for locale in kept.submitted if locale not in reviewed)
    state: State = "in-review" if left else "draft"
    alike = before is not None and _shared(current) == _shared(before)
    # A new concept waits for its English, a change of what holds for every locale for all that are enforced.
    ready = alike or (SOURCE in reviewed if before is None else enforced <= reviewed)
    if not ready:
        return replace(kept, current=current.model_copy(update={"state": state}))
    done = all(locale in reviewed for locale in (*kept.submitted, *enforced) if locale in current.terms)
    in_force = current if done or before is None or not alike else _merged(current, before, reviewed, enforced)
    in_force = in_force.model_copy(update={"state": "approved", "version": current.version})
    given = (*current.approvals, *(before.approvals if before is not None else ()))
    in_force = in_force.model_copy(update={"approvals": _matching(in_force, given)})
    if before is not None and _same(in_force, before):
        in_force = before
    if done:
        return Kept(in_force, in_force, _not_reviewed(in_force, kept.authors))
    still = current.model_copy(update={"state": state, "version": in_force.version + 1})
    authors = {key: subs for key, subs in kept.authors.items() if key == EVERYWHERE or key not in reviewed}
    return Kept(still, in_force, authors, left)


def add_form(kept: Kept, locale: str, market: str | None, term: str, form: str, actor: str) -> Kept:
    """``form`` as an approved form of the entry ``term``, in what is current and in what is in force."""
    entry = FormEntry(text=form, origin="learnt", approved_by=actor)

    def with_form(file: ConceptFile, *, needed: bool) -> ConceptFile:
        at = entry_of(file, locale, market, term)
        if at is None:
            if needed:
                raise no_entry(file, locale, market, term)
            return file
        tag, number = at
        held = file.terms[tag][number]
        if any(known.text == form for known in held.forms):
            return file
        return _replaced(file, tag, number, held.model_copy(update={"forms": (*held.forms, entry)}))

    return _both(kept, with_form)


def drop_form(kept: Kept, locale: str, market: str | None, term: str, form: str) -> Kept:
    """Undo ``add_form``; a form that is no longer there is no fault."""

    def without(file: ConceptFile, *, needed: bool) -> ConceptFile:
        at = entry_of(file, locale, market, term)
        if at is None:
            return file
        held = file.terms[at[0]][at[1]]
        left = tuple(known for known in held.forms if (known.text, known.origin) != (form, "learnt"))
        return _replaced(file, *at, held.model_copy(update={"forms": left})) if needed or left != held.forms else file

    return _both(kept, without)


def admit_term(
    kept: Kept, locale: str, market: str | None, text: str, proposer: str, accepter: str, reference: str, day: date
) -> Kept:
    """``text`` as an admitted term of ``locale``, which stays approved: one proposed it, another one accepted it."""
    in_force = kept.in_force
    if in_force is None or locale not in _enforced(in_force):
        raise StaffProblem(
            "not-in-this-state",
            f"{locale} of this concept is not in force; its terms can simply be changed.",
            f"Add the term with PUT /v1/glossary/concepts/{kept.current.concept} and submit it.",
        )
    entry = TermEntry(text=text, status="admitted", market=market)
    reviews: dict[str, Approval] = {}
    people: tuple[tuple[ReviewRole, str], ...] = (("terminologist", proposer), ("medical-reviewer", accepter))

    def with_term(file: ConceptFile, *, needed: bool) -> ConceptFile:
        held = file.terms.get(locale, ())
        if any((term.text, term.market) == (text, market) for term in held):
            if needed:
                raise StaffProblem(
                    "conflict",
                    f"“{text}” is already an entry of {locale}.",
                    f"Change its status with PUT /v1/glossary/concepts/{file.concept}; that is reviewed.",
                )
            return file
        was_whole = not file.missing_reviews(locale) if locale in file.terms else False
        grown = file.model_copy(update={"terms": {**file.terms, locale: (*held, entry)}})
        digest = grown.meaning_digest(locale)
        for role, actor in people:
            reviews[role] = Approval(
                locale=locale, role=role, actor=actor, at=day, digest=digest, reference=reference
            )  # fmt: skip
        given = (*file.approvals, *reviews.values()) if was_whole else file.approvals
        return grown.model_copy(update={"approvals": _matching(grown, given)})

    return _both(kept, with_term)


def drop_term(kept: Kept, locale: str, market: str | None, text: str, approvals: Iterable[Approval]) -> Kept:
    """Undo ``admit_term``: the terms as they were approved before, with those ``approvals``."""
    in_force = kept.in_force
    given = tuple(approvals)

    def without(file: ConceptFile, *, needed: bool) -> ConceptFile:
        held = file.terms.get(locale, ())
        left = tuple(term for term in held if (term.text, term.market, term.status) != (text, market, "admitted"))
        if left == held:
            return file
        less = file.model_copy(update={"terms": {**file.terms, locale: left}})
        less = less.model_copy(update={"approvals": _matching(less, (*file.approvals, *given))})
        if needed and less.missing_reviews(locale):
            raise StaffProblem(
                "not-in-this-state",
                f"Other terms of {locale} were approved since, so the earlier approval cannot come back.",
                f"Take the term out with PUT /v1/glossary/concepts/{file.concept} and have it reviewed.",
            )
        return less

    return _both(kept, without) if in_force is not None else kept


def entry_of(file: ConceptFile, locale: str, market: str | None, text: str) -> tuple[str, int] | None:
    """Where the preferred or admitted entry ``text`` stands that holds in ``locale`` and ``market``."""
    places = {None, *chain(market)} if market is not None else {None}
    for tag in reversed(chain(locale)):
        for number, term in enumerate(file.terms.get(tag, ())):
            if term.text == text and term.status in APPROVED and term.market in places:
                return tag, number
    return None


def no_entry(file: ConceptFile, locale: str, market: str | None, text: str) -> StaffProblem:
    """The refusal where ``entry_of`` finds nothing."""
    places = {None, *chain(market)} if market is not None else {None}
    known = [
        t.text for tag in chain(locale) for t in file.terms.get(tag, ()) if t.status in APPROVED and t.market in places
    ]
    return StaffProblem(
        "invalid-body",
        f"“{text}” is no approved term of {file.concept} in {locale}.",
        f'Name one in "term": {", ".join(known) or "there is none yet; propose one with kind term"}.',
    )


def _both(kept: Kept, change: _Change) -> Kept:
    """``change`` in what is in force and in what is current; the version counts what came into force."""
    if kept.in_force is None:
        raise StaffProblem(
            "not-in-this-state",
            "Nothing of this concept is in force yet.",
            f"Change it with PUT /v1/glossary/concepts/{kept.current.concept}.",
        )
    in_force = change(kept.in_force, needed=True)
    if in_force == kept.in_force:
        return replace(kept, current=change(kept.current, needed=False))
    in_force = in_force.model_copy(update={"version": kept.in_force.version + 1})
    if kept.current.state == "approved":
        return replace(kept, current=in_force, in_force=in_force)
    current = change(kept.current, needed=False).model_copy(update={"version": in_force.version + 1})
    return replace(kept, current=current, in_force=in_force)


def _replaced(file: ConceptFile, tag: str, number: int, entry: TermEntry) -> ConceptFile:
    entries = file.terms[tag]
    return file.model_copy(update={"terms": {**file.terms, tag: (*entries[:number], entry, *entries[number + 1 :])}})


def _enforced(file: ConceptFile | None) -> frozenset[str]:
    return file.approved_locales() if file is not None else frozenset()


def _merged(current: ConceptFile, before: ConceptFile, reviewed: set[str], enforced: frozenset[str]) -> ConceptFile:
    """Reviewed locales as they now read; those in force without a new review as they were; drafts as drafts."""
    terms = {
        locale: before.terms[locale] if locale in enforced and locale not in reviewed else current.terms[locale]
        for locale in current.terms
    }
    return before.model_copy(update={"terms": terms})


def _matching(file: ConceptFile, approvals: Iterable[Approval]) -> tuple[Approval, ...]:
    """Those of ``approvals`` that speak about the terms as they stand, one per locale and role."""
    digests = {locale: file.meaning_digest(locale) for locale in file.terms}
    found: dict[tuple[str, str], Approval] = {}
    for approval in approvals:
        if digests.get(approval.locale) == approval.digest:
            found.setdefault((approval.locale, approval.role), approval)
    order = list(file.terms)
    return tuple(sorted(found.values(), key=lambda a: (order.index(a.locale), a.role != "terminologist")))


def _same(file: ConceptFile, before: ConceptFile) -> bool:
    """Whether nothing differs but the version and the order of the approvals, which files have as they were written."""
    approvals = [sorted(each.approvals, key=lambda a: (a.locale, a.role)) for each in (file, before)]
    return approvals[0] == approvals[1] and before == file.model_copy(
        update={"version": before.version, "approvals": before.approvals}
    )


def _shared(file: ConceptFile) -> tuple[Any, ...]:
    return tuple(getattr(file, name) for name in SHARED)


def _unreviewed(file: ConceptFile) -> tuple[Any, ...]:
    return tuple(getattr(file, name) for name in UNREVIEWED)


def same(one: ConceptFile, other: ConceptFile) -> bool:
    """Whether two texts of a concept say the same, whatever their states and reviews."""
    return (one.terms, _shared(one), _unreviewed(one)) == (other.terms, _shared(other), _unreviewed(other))


def _changed(before: ConceptFile, after: ConceptFile) -> list[str]:
    return [locale for locale in {**before.terms, **after.terms} if before.terms.get(locale) != after.terms.get(locale)]


def _not_reviewed(file: ConceptFile, authors: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Authors of locales that still lack a review: they do not give it later either."""
    return {key: subs for key, subs in authors.items() if key in file.terms and file.missing_reviews(key)}


def _markets(file: ConceptFile | None) -> set[str]:
    """Markets that have terms of their own."""
    entries = file.terms.values() if file is not None else ()
    return {term.market for terms in entries for term in terms if term.market is not None}


def _markets_changed(before: ConceptFile | None, after: ConceptFile, locale: str) -> set[str]:
    """Markets whose own terms differ."""
    old = set((before.terms.get(locale, ())) if before is not None else ())
    new = set(after.terms.get(locale, ()))
    return {term.market for term in old ^ new if term.market is not None}


def _allowed(before: ConceptFile | None, after: ConceptFile, who: Staff) -> None:
    """Languages and markets of whoever changes something cover everything that changes."""
    for locale in _changed(before, after) if before is not None else after.terms:
        who.require(EDIT, locale)
        for market in sorted(_markets_changed(before, after, locale)):
            who.require(EDIT, locale, market)
    everywhere = before is None or _shared(before) != _shared(after) or _unreviewed(before) != _unreviewed(after)
    if everywhere and not who.may_locale(SOURCE):
        raise StaffProblem(
            "locale-not-yours",
            f"The definition and the rules hold for every language, and you may change only {listed(who.locales)}.",
            "Change terms of your languages alone, or ask a colleague whose languages include English.",
            locale=SOURCE,
        )


def _managed(before: ConceptFile, said: ConceptFile) -> None:
    for name in MANAGED:
        if name in said.model_fields_set and getattr(said, name) != getattr(before, name):
            ways = {
                "state": "it follows from submission, reviews, retirement",
                "version": "it counts what came into force",
                "approvals": "reviews are given with POST …/approvals",
                "sample": "it marks demonstration content",
            }
            raise StaffProblem(
                "invalid-body",
                f"“{name}” is not changed by editing: {ways[name]}.",
                f"Leave out “{name}”, or send it as it was read.",
                errors=[wrong(f"/concept/{name}", "not-editable", f"{ways[name]}.")],
            )


def _source_needed(file: ConceptFile) -> None:
    if not file.terms.get(SOURCE):
        raise StaffProblem(
            "invalid-body",
            "The concept has no English term.",
            'Add one under "terms": {"en": [{"text": "…", "status": "preferred"}]}; texts are translated from English.',
        )


def _nothing_lost(before: ConceptFile, said: ConceptFile) -> None:
    for locale in sorted(_enforced(before)):
        if locale not in said.terms:
            raise StaffProblem(
                "invalid-body",
                f"{locale} is in force and missing from what you sent.",
                f'Send it as it is; to give up its terms send "{locale}": [] and have that reviewed.',
                errors=[wrong(f"/concept/terms/{locale}", "required", "This language is in force.")],
            )


def _sound(before: ConceptFile | None, said: ConceptFile) -> None:
    """New entries are words, spelt with the letters they seem to have; their forms are nobody's approvals."""
    errors: list[dict[str, Any]] = []
    for locale, entries in said.terms.items():
        known = set(before.terms.get(locale, ())) if before is not None else set()
        for number, term in enumerate(entries):
            if term not in known:
                errors += _unsound_entry(f"/concept/terms/{locale}/{number}", term, locale)
    if errors:
        raise invalid_body("Some terms are not what they look like.", *errors)


def _unsound_entry(at: str, term: TermEntry, locale: str) -> Iterator[dict[str, Any]]:
    for detail in unsound(term.text, locale):
        yield wrong(f"{at}/text", "unsound-term", detail)
    for index, form in enumerate(term.forms):
        if form.origin == "learnt" or form.approved_by is not None:
            detail = "A form of a new term was approved by nobody: leave out origin and approved_by."
            yield wrong(f"{at}/forms/{index}", "not-editable", detail)
        for detail in unsound(form.text, locale):
            yield wrong(f"{at}/forms/{index}", "unsound-term", detail)


def unsound(text: str, locale: str) -> list[str]:
    """What is wrong with the letters of a term, in whole sentences."""
    found = [f"Remove {mark}: nobody sees it." for mark in clean(text, locale).dropped]
    if not found and clean(text, locale).text != text:
        found.append("Write it with single blanks, none at the ends, in NFC.")
    if not has_word(text, locale):
        found.append("Write a word: there is no letter or digit in it.")
    return found + [f"{each.reason[:1].upper()}{each.reason[1:]}." for each in look_alikes(text, chain(locale)[0])]


def _forms_kept(before: ConceptFile, said: ConceptFile) -> None:
    """Forms are approved one by one (judgements of the kind ``form``), never along with something else."""
    for locale, entries in before.terms.items():
        known = {(term.text, term.market, term.status): term.forms for term in entries}
        for number, term in enumerate(said.terms.get(locale, ())):
            forms = known.get((term.text, term.market, term.status))
            if forms is not None and forms != term.forms:
                raise StaffProblem(
                    "invalid-body",
                    f"The forms of “{term.text}” ({locale}) differ from those that were approved.",
                    "Leave them as they were read; a form is added by POST /v1/glossary/judgements with kind form, and "
                    "taken away by reversing that judgement.",
                    errors=[
                        wrong(
                            f"/concept/terms/{locale}/{number}/forms", "not-editable", "Forms are approved one by one."
                        )
                    ],
                )


def _json_list(words: Iterable[str]) -> str:
    return "[" + ", ".join(f'"{word}"' for word in words) + "]"
