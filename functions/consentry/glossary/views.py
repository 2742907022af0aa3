"""The glossary's documents as the API shows them. Pure."""

from typing import Any

from consentry.base.documents import Document
from consentry.base.staff_documents import stamp
from consentry.glossary.decisions import DUTIES, Violation
from consentry.glossary.matching.model import chain
from consentry.glossary.workflow import Kept


def concept(document: Document, kept: Kept) -> dict[str, Any]:
    """Everything about a concept; ``digests`` are of what a reviewer of a locale reads here."""
    current = kept.current
    body = document.body
    return {
        "concept": body["current"],
        "in_force": body["in_force"],
        "in_force_locales": sorted(kept.in_force.approved_locales()) if kept.in_force is not None else [],
        "submitted": list(kept.submitted),
        "pending": kept.pending,
        "authors": {key: list(subs) for key, subs in kept.authors.items()},
        "digests": {locale: current.read_digest(locale) for locale in current.terms},
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
        **held.judgement.as_json(),
        "proposed": held.proposed or None,
        "owner": duty.owner,
        "due_days": duty.days,
    }
