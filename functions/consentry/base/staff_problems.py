"""Refusals that staff read: RFC 9457 in English, each with what to do next (``mend``).

Not in ``forms/messages.yaml``: those words are for visitors, and translated.
"""

from typing import Any

from consentry.base.faults import faults

TITLES: dict[str, tuple[int, str]] = {
    "malformed-json": (400, "The body is not JSON"),
    "bad-encoding": (400, "The body is not UTF-8"),
    "too-deep": (400, "The body is nested too deeply"),
    "invalid-parameter": (400, "A parameter cannot be used"),
    "not-signed-in": (401, "Not signed in"),
    "scope-missing": (403, "Not allowed with your scopes"),
    "locale-not-yours": (403, "Not one of your languages"),
    "market-not-yours": (403, "Not one of your markets"),
    "second-person-needed": (403, "Another person has to do this"),
    "not-found": (404, "Not found"),
    "method-not-allowed": (405, "Not done by this method"),
    "not-in-this-state": (409, "Not possible in this state"),
    "conflict": (409, "In conflict with what is there"),
    "does-not-pass": (409, "The words do not pass as they stand"),
    "changed-meanwhile": (412, "Somebody else changed it first"),
    "body-too-large": (413, "Too much at once"),
    "unsupported-media-type": (415, "Not a type this takes"),
    "invalid-body": (422, "The content cannot be used"),
    "precondition-required": (428, "Say which version you changed"),
    "internal": (500, "Our fault"),
    "try-again": (503, "Try again in a moment"),
}
"""Code → status and title. The problem type is ``urn:consentry:problem:<code>``."""
MAX_ERRORS = 100
"""Told at once."""


class StaffProblem(Exception):
    """A refusal to staff.

    ``detail`` says what was refused and why, ``mend`` what to do next, both whole sentences. ``errors`` are
    ``{"pointer", "code", "detail"}`` per JSON Pointer (RFC 6901); ``extra`` are extension members such as ``current``;
    ``headers`` go with the response.
    """

    def __init__(
        self,
        code: str,
        detail: str,
        mend: str,
        *,
        errors: list[dict[str, Any]] | None = None,
        headers: dict[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.status = TITLES[code][0]
        self.detail = detail
        self.mend = mend
        self.errors = errors or []
        self.headers = headers or {}
        self.extra = extra

    def body(self) -> dict[str, Any]:
        """The problem document."""
        said: dict[str, Any] = {
            "type": f"urn:consentry:problem:{self.code}",
            "title": TITLES[self.code][1],
            "status": self.status,
            "detail": self.detail,
            "mend": self.mend,
        }
        if self.errors:
            said["errors"] = self.errors
        return {**said, **self.extra}


def wrong(pointer: str, code: str, detail: str) -> dict[str, Any]:
    """One of a problem's ``errors``."""
    return {"pointer": pointer, "code": code, "detail": detail}


def invalid_body(detail: str, *errors: dict[str, Any]) -> StaffProblem:
    """422 with everything that is wrong in the body."""
    return StaffProblem("invalid-body", detail, "Mend what is listed under errors.", errors=list(errors))


def cannot_use(pointer: str, code: str, detail: str) -> StaffProblem:
    """422 for one value of the body; ``detail`` says what it has to be."""
    errors = [wrong(pointer, code, detail)]
    return StaffProblem("invalid-body", f"{pointer} cannot be used.", f"Mend {pointer}: {detail}", errors=errors)


def invalid_shape(error: Any, prefix: str = "") -> StaffProblem:
    """422 for a ``pydantic.ValidationError`` about the value at the pointer ``prefix``."""
    found = [wrong(prefix + fault.pointer, fault.code, fault.sentence) for fault in faults(error)[:MAX_ERRORS]]
    return invalid_body(f"{len(found)} {'part does' if len(found) == 1 else 'parts do'} not fit the schema.", *found)


def not_found(what: str, mend: str) -> StaffProblem:
    """404 for something that is not there."""
    return StaffProblem("not-found", what, mend)


def method_not_allowed(method: str, allowed: str) -> StaffProblem:
    """405 with the methods that would do (RFC 9110 §15.5.6)."""
    return StaffProblem(
        "method-not-allowed",
        f"{method} does nothing here.",
        f"Use {allowed}.",
        headers={"allow": allowed},
    )
