"""The glossary's documents as the API shows them. Pure."""

from collections.abc import Iterable
from typing import Any

from consentry.base.documents import Document
from consentry.base.staff_problems import StaffProblem
from consentry.glossary.decisions import DUTIES, Violation
from consentry.glossary.matching.match import Judgement
from consentry.glossary.matching.model import chain
from consentry.glossary.workflow import Kept

_MAX_CHANGES = 200


def concept(document: Document, kept: Kept) -> dict[str, Any]:
    """Everything about a concept; ``digests`` are what a review of a locale binds."""
    current = kept.current
    body = document.body
    return {
        "concept": body["current"],
        "in_force": body["in_force"],
        "in_force_locales": sorted(kept.in_force.approved_locales()) if kept.in_force is not None else [],
        "submitted": list(kept.submitted),
        "pending": kept.pending,
        "authors": {key: list(subs) for key, subs in kept.authors.items()},
        "digests": {locale: current.meaning_digest(locale) for locale in current.terms},
        **stamp(document),
    }


def summary(document: Document, locale: str | None) -> dict[str, Any]:
    """One line of a list: what is worked on, and its preferred terms (of one locale, or of all)."""
    current = document.body["current"]
    in_force = document.body["in_force"]
    preferred = {
        tag: next((term["text"] for term in entries if term["status"] == "preferred"), None)
        for tag, entries in current["terms"].items()
        if locale is None or tag in ("en", *chain(locale))
    }
    return {
        "concept": current["concept"],
        "state": current["state"],
        "version": current["version"],
        "enforced": in_force is not None,
        "subject": current["subject"],
        "definition": current["definition"],
        "terms": preferred,
        "submitted": document.body.get("submitted", []) if current["state"] == "in-review" else [],
        **stamp(document),
    }


def stamp(document: Document) -> dict[str, Any]:
    """Who wrote this version, when and why."""
    return {
        "number": document.number,
        "at": document.at,
        "actor": document.actor,
        "action": document.action,
        "reason": document.reason,
    }


def matches(
    body: dict[str, Any], state: str | None, locale: str | None, subject: str | None, words: str | None
) -> bool:
    """Whether a concept is among those asked for; ``words`` in its name, definition or any term, capitals or not."""
    current = body["current"]
    if state is not None and current["state"] != state:
        return False
    if subject is not None and current["subject"] != subject:
        return False
    if locale is not None and not any(current["terms"].get(tag) for tag in chain(locale)):
        return False
    if words is None:
        return True
    wanted = words.casefold()
    texts = (term["text"] for entries in current["terms"].values() for term in entries)
    return any(wanted in text.casefold() for text in (current["concept"], current["definition"], *texts))


def version(after: Document, before: Document | None) -> dict[str, Any]:
    """One entry of a history: who, when, why, and every value that changed, old and new."""
    changes = list(_differences("", before.body if before is not None else {}, after.body))
    return {
        **stamp(after),
        "changes": changes[:_MAX_CHANGES],
        "more_changes": max(0, len(changes) - _MAX_CHANGES),
    }


def _differences(pointer: str, old: Any, new: Any) -> Iterable[dict[str, Any]]:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            name = key.replace("~", "~0").replace("/", "~1")
            yield from _differences(f"{pointer}/{name}", old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _differences(f"{pointer}/{index}", one, other)
    elif isinstance(old, list) and isinstance(new, list):
        gone = [item for item in old if item not in new]
        come = [item for item in new if item not in old]
        yield {"pointer": pointer, "old": gone, "new": come}
    else:
        yield {"pointer": pointer, "old": old, "new": new}


def judgement(found: Judgement) -> dict[str, Any]:
    """One judgement of the matcher; positions count code points."""
    return {
        "concept": found.concept or None,
        "outcome": found.outcome,
        "rule": found.rule,
        "side": found.side,
        "start": found.start,
        "end": found.end,
        "found": found.found,
        "reason": found.reason,
        "suggestions": list(found.suggestions),
    }


def violation(held: Violation) -> dict[str, Any]:
    """One published text that does not pass, with who would mend it and how."""
    segment = held.segment
    duty = DUTIES[segment.kind]
    return {
        "key": segment.key,
        "kind": segment.kind,
        "file": segment.file,
        "line": segment.line,
        "locale": segment.locale,
        "markets": list(held.markets),
        "units": list(held.units),
        "source": segment.source,
        "target": segment.target,
        "source_digest": segment.source_digest,
        "target_digest": segment.target_digest,
        **judgement(held.judgement),
        "proposed": held.proposed or None,
        "owner": duty.owner,
        "due_days": duty.days,
    }


def invalid(error: Any, prefix: str = "") -> StaffProblem:
    """A pydantic ``ValidationError`` with a JSON Pointer for each fault."""
    errors = []
    for fault in error.errors(include_url=False, include_input=False, include_context=False)[:100]:
        place = "/".join(str(part).replace("~", "~0").replace("/", "~1") for part in fault["loc"])
        errors.append(
            {
                "pointer": f"{prefix}/{place}" if place else prefix,
                "code": fault["type"].replace("_", "-"),
                "detail": f"{fault['msg']}.",
            }
        )
    return StaffProblem(
        "invalid-body",
        f"{len(errors)} {'part does' if len(errors) == 1 else 'parts do'} not fit the schema.",
        "Mend what is listed under errors.",
        errors=errors,
    )
