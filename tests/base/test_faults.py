"""What is wrong with a value is told in plain words, with its place and how to mend it."""

from datetime import date
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from consentry.base.faults import faults
from consentry.base.names import DIGEST, LOCALE, MARKET, MEANT, NAME, NAME_OR_NONE
from consentry.base.staff_problems import invalid_shape


class Inner(BaseModel):
    day: date


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(pattern=NAME)] = "a"
    text: Annotated[str, Field(min_length=2, max_length=4)] = "abc"
    kind: Literal["one", "two", "three"] = "one"
    count: Annotated[int, Field(ge=1)] = 1
    sure: bool = True
    parts: tuple[Inner, ...] = ()
    named: dict[Annotated[str, Field(pattern=LOCALE)], str] = {}
    other: Annotated[str, Field(pattern="^x+$")] = "x"

    @model_validator(mode="after")
    def _own(self) -> "Model":
        if self.text == "no":
            raise ValueError("de: “no” is no text")
        return self


def refused(**said: Any) -> ValidationError:
    with pytest.raises(ValidationError) as raised:
        Model.model_validate(said)
    return raised.value


@pytest.mark.parametrize(
    ("said", "pointer", "key", "sentence"),
    [
        ({"name": "A b"}, "/name", "name", "It is no name of small letters, digits and hyphens; write one such as "),
        ({"text": "a"}, "/text", "text", "It has 1 character; write at least 2 characters."),
        ({"text": ""}, "/text", "text", "It is empty; write at least 2 characters."),
        ({"text": "abcde"}, "/text", "text", "It has 5 characters; write at most 4 characters."),
        ({"text": 1}, "/text", "text", "It is no text; write a text."),
        ({"text": "no"}, "", "", "de: “no” is no text; correct it."),
        ({"kind": "four"}, "/kind", "kind", "It is none of what is known here; write one, two or three."),
        ({"count": 0}, "/count", "count", "It is less than 1; write 1 or more."),
        ({"count": "x"}, "/count", "count", "It is no whole number; write one."),
        ({"sure": "perhaps"}, "/sure", "sure", "It is neither true nor false; write true or false."),
        ({"parts": "x"}, "/parts", "parts", "It is no list; write a list."),
        ({"parts": [{}]}, "/parts/0/day", "parts[0].day", "It is missing; add it."),
        ({"parts": [{"day": "soon"}]}, "/parts/0/day", "parts[0].day", "It is no day; write one such as 2026-11-22."),
        ({"parts": ["x"]}, "/parts/0", "parts[0]", "It has no members; write names with their values."),
        ({"named": {"de_~/X": "x"}}, "/named/de_~0~1X", "named.de_~/X", "It is no language tag; write one such as "),
        ({"colour": 1}, "/colour", "colour", "Nothing has this name here; take it out, or correct its spelling."),
        ({"other": "y"}, "/other", "other", "It is not written as it has to be; match ^x+$."),
    ],
)
def test_faults_say_where_what_and_how(said: dict[str, Any], pointer: str, key: str, sentence: str) -> None:
    (fault,) = faults(refused(**said))
    assert (fault.pointer, fault.key) == (pointer, key)
    assert fault.sentence.startswith(sentence)
    assert fault.sentence.endswith(".")


def test_staff_are_told_every_fault_at_its_pointer() -> None:
    problem = invalid_shape(refused(text="", count=0), "/concept")
    assert (problem.status, problem.detail) == (422, "2 parts do not fit the schema.")
    assert [(each["pointer"], each["code"]) for each in problem.errors] == [
        ("/concept/text", "string-too-short"),
        ("/concept/count", "greater-than-equal"),
    ]
    assert all(each["detail"].endswith(".") for each in problem.errors)


def test_every_kind_of_name_has_words() -> None:
    assert set(MEANT) == {NAME, NAME_OR_NONE, LOCALE, MARKET, DIGEST}
