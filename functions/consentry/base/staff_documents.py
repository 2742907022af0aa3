"""Editors' documents and their history as every staff API shows them. Pure."""

from collections.abc import Iterator
from typing import Any

from consentry.base.documents import Document

_MAX_CHANGES = 200


def stamp(document: Document) -> dict[str, Any]:
    """Who wrote this version, when and why."""
    return {
        "number": document.number,
        "at": document.at,
        "actor": document.actor,
        "action": document.action,
        "reason": document.reason,
    }


def described(document: Document) -> dict[str, Any]:
    """A version with its stamp."""
    return {**stamp(document), "body": document.body}


def version(after: Document, before: Document | None) -> dict[str, Any]:
    """One entry of a history: the stamp, and every value that changed, old and new."""
    changes = list(_differences("", before.body if before is not None else {}, after.body))
    return {
        **stamp(after),
        "changes": changes[:_MAX_CHANGES],
        "more_changes": max(0, len(changes) - _MAX_CHANGES),
    }


def _differences(pointer: str, old: Any, new: Any) -> Iterator[dict[str, Any]]:
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
