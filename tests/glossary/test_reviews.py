"""Who may review what."""

from datetime import date
from typing import Any

import pytest

from consentry.glossary.concept import Approval, ConceptFile
from consentry.glossary.reviews import refusal


def file(**other: Any) -> ConceptFile:
    said = {
        "concept": "c",
        "state": "draft",
        "subject": "test",
        "definition": "Whatever the test needs.",
        "source": {"kind": "house", "text": "Test"},
        "terms": {"en": [{"text": "card"}], "de": [{"text": "Karte"}]},
    }
    return ConceptFile.model_validate({**said, **other})


def reviewed(actor: str, role: str = "terminologist", digest: str | None = None) -> ConceptFile:
    plain = file()
    approval = Approval.model_validate(
        {
            "locale": "de",
            "role": role,
            "actor": actor,
            "at": date(2026, 1, 1),
            "digest": digest or plain.meaning_digest("de"),
        }
    )
    return plain.model_copy(update={"approvals": (approval,)})


def test_two_people() -> None:
    assert refusal(file(), "de", "terminologist", "a") is None
    assert refusal(reviewed("a"), "de", "medical-reviewer", "b") is None
    why = refusal(reviewed("a"), "de", "medical-reviewer", "a")
    assert why is not None
    assert "a reviewed de of c already" in why[0]
    assert "ask somebody else" in why[1]


def test_a_review_of_other_words_is_none_of_these() -> None:
    assert refusal(reviewed("a", digest="sha256-" + "0" * 64), "de", "medical-reviewer", "a") is None


def test_not_the_author() -> None:
    why = refusal(file(), "de", "terminologist", "a", author="a")
    assert why is not None
    assert "a wrote these terms" in why[0]
    assert refusal(file(), "de", "terminologist", "a", author="b") is None


def test_samples_alone_are_signed_as_samples() -> None:
    assert refusal(file(sample=True), "de", "medical-reviewer", "sample", author="sample") is None
    why = refusal(file(), "de", "medical-reviewer", "sample")
    assert why is not None
    assert "no sample" in why[0]


@pytest.mark.parametrize(("changed", "said"), [({"state": "retired"}, "is retired"), ({}, "has no terms in fr")])
def test_what_is_not_there_is_not_reviewed(changed: dict[str, Any], said: str) -> None:
    why = refusal(file(**changed), "fr", "terminologist", "a")
    assert why is not None
    assert said in why[0]
