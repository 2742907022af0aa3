"""Who may review the terms of a concept: two people, and not the one who wrote them. Pure."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from consentry.glossary.concept import ConceptFile, ReviewRole

SAMPLE = "sample"
"""The actor of demonstration content, who stands for both reviewers."""


def refusal(
    file: "ConceptFile", locale: str, role: "ReviewRole", actor: str, author: str | None = None
) -> tuple[str, str] | None:
    """Why ``actor`` may not review ``locale`` of the concept as it stands, and what to do instead; None if they may.

    ``author``: who last changed it, where that is known.
    """
    if file.state == "retired":
        return f"{file.concept} is retired", "write `state: draft` first, if it is to come back"
    if locale not in file.terms:
        known = ", ".join(sorted(file.terms))
        return f"{file.concept} has no terms in {locale}", f"name one of {known}, or add its terms first"
    if actor == SAMPLE:
        if file.sample:
            return None
        return f"{file.concept} is no sample", "have it reviewed by a terminologist and a medical reviewer"
    if author is not None and actor == author:
        return f"{actor} wrote these terms of {file.concept}", "ask somebody else to review them"
    digest = file.meaning_digest(locale)
    for given in file.approvals:
        if (given.locale, given.digest) == (locale, digest) and given.actor == actor and given.role != role:
            message = f"{actor} reviewed {locale} of {file.concept} already, as {given.role}"
            return message, f"ask somebody else for the review as {role}: the two are independent"
    return None
