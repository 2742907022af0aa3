"""Answers of one stage: judged by the stage's compiled schema, then brought into the form that is kept."""

from typing import TYPE_CHECKING, Any, NamedTuple

import phonenumbers

from consentry.base.problems import Problem
from consentry.base.schema import Validator
from consentry.submissions.body import pointer, schema_errors

if TYPE_CHECKING:
    from consentry.content.rules import StageRules

_validators: dict[int, tuple[Any, Validator]] = {}


class Answers(NamedTuple):
    """``sealed`` is personal and leaves only encrypted; ``coded`` holds option codes."""

    sealed: dict[str, Any]
    coded: dict[str, Any]


def _validator(stage: "StageRules") -> Validator:
    """The stage's validator, compiled on first use; keyed by identity, the stage itself kept so that holds."""
    held = _validators.get(id(stage))
    if held is None:
        held = _validators[id(stage)] = (stage, Validator(stage["schema"]))
    return held[1]


def normal_email(text: str) -> str:
    """The address as it is kept: local part as typed, domain in lower case."""
    local, _, domain = text.rpartition("@")
    return f"{local}@{domain.lower()}"


def normal_phone(text: str, country: str) -> str:
    """The number in E.164.

    Raises:
        ValueError: not a possible number in ``country`` or with an international prefix.
    """
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        raise ValueError("phone") from None
    # Stricter than "possible" (a local number nobody abroad could call), kinder than "valid" (lists of ranges age).
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise ValueError("phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def judge(stage: "StageRules", given: dict[str, Any], country: str, texts: dict[str, dict[str, str]]) -> Answers:
    """The answers in the form that is kept.

    ``texts`` are the field's own error sentences in the visitor's language.

    Raises:
        Problem: ``invalid-answers`` with a JSON Pointer, a code and, where the field has one, its sentence.
    """
    answers = dict(given)
    errors = schema_errors(_validator(stage), answers, "answers")
    if not errors:
        for name, value in answers.items():
            try:
                match stage["fields"][name]["type"]:
                    case "email":
                        answers[name] = normal_email(value)
                    case "phone":
                        answers[name] = normal_phone(value, country)
            except ValueError:
                errors.append({"pointer": pointer("answers", name), "code": "invalid"})
    if errors:
        raise Problem("invalid-answers", errors=[_worded(error, texts) for error in errors])
    fields = stage["fields"]
    return Answers(
        sealed={name: value for name, value in answers.items() if fields[name]["store"] == "sealed"},
        coded={name: value for name, value in answers.items() if fields[name]["store"] != "sealed"},
    )


def _worded(error: dict[str, Any], texts: dict[str, dict[str, str]]) -> dict[str, Any]:
    words = texts.get(error["pointer"].split("/")[2] if error["pointer"].count("/") >= 2 else "", {})
    sentence = words.get(error["code"])
    return {**error, "detail": sentence} if sentence else error
