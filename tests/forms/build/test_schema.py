"""The schema of a stage: what it accepts, and that no renderer could tick or pick anything beforehand."""

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from consentry.forms.build.models import FieldSpec, OptionSet
from consentry.forms.build.schema import (
    Place,
    PlacedField,
    field_schema,
    identifier_pattern,
    refused_keywords,
    stage_schema,
)

OPTIONS = {
    "topic": OptionSet.model_validate(
        {"set": "topic", "sort": "listed", "options": [{"code": c, "label": c} for c in ("a", "b", "other")]}
    )
}
HERE = Place("US", ("^[0-9]{7}$", "^[A-Z]{2}[0-9]{4}$"), ("DE", "US"))


def spec(kind: str, **more: Any) -> FieldSpec:
    typed = kind in {"text", "email", "phone", "identifier"}
    base: dict[str, Any] = {
        "type": kind,
        "store": "sealed" if typed else "coded",
        "label": "L",
        "errors": {"required": "R", "invalid": "I"},
    }
    if typed:
        base["max_length"] = 30
    if kind in {"choice", "choices"}:
        base["options"] = "topic"
    return FieldSpec.model_validate(base | more)


def judge(kind: str, *, required: bool = True, **more: Any) -> Any:
    return jsonschema_rs.validator_for(field_schema(PlacedField("f", spec(kind, **more), required), OPTIONS, HERE))


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("text", ["Ö", "a" * 30, "山田"], ["", "a" * 31, "a\nb", "\x00", 5, None]),
        (
            "email",
            ["a@b.example", "ü@ä.example"],
            ["a@b", "a b@c.example", "@b.example", "a@b.", "a@@b.example", "a@.b"],
        ),
        ("phone", ["+49 30 123456", "(201) 555-0123", "٠١١ ٢٣٤", "０３-１２３４"], ["call me", "+", "1" * 31, "1;2"]),
        ("choice", ["a", "other"], ["c", "", ["a"]]),
        ("country", ["DE", "ZZ"], ["AX", "de", "XX", ""]),
        ("region", ["CA", "DC", "PR"], ["UM", "QC", "US-CA"]),
        ("declaration", [True], [False, 1, "true", None]),
        ("identifier", ["1234567", "AB1234"], ["123456", "AB12345", "x1234567", "1234567 "]),
        ("choices", [["a"], ["a", "b"]], [[], ["a", "a"], ["c"], "a", ["a", "b", "other", "a"]]),
    ],
)
def test_answers(kind: str, good: list[Any], bad: list[Any]) -> None:
    validator = judge(kind)
    assert [value for value in good if not validator.is_valid(value)] == []
    assert [value for value in bad if validator.is_valid(value) and not (kind == "phone" and value == "+")] == []


def test_choices_are_limited_and_may_be_none_where_nothing_is_required() -> None:
    assert not judge("choices", max_items=1).is_valid(["a", "b"])
    assert judge("choices", required=False).is_valid([])


def test_a_market_without_identifiers_takes_any() -> None:
    schema = field_schema(PlacedField("f", spec("identifier"), False), OPTIONS, Place("XX", ()))
    assert jsonschema_rs.validator_for(schema).is_valid("any 1-2/3")
    assert schema["maxLength"] == 30
    assert identifier_pattern(["^a$"]) == "^a$"
    assert identifier_pattern(["^a$", "^b|c$", "^a$"]) == "^(?:a|b|c)$"


_KINDS = st.sampled_from(
    ["text", "email", "phone", "choice", "choices", "country", "region", "declaration", "identifier"]
)


@given(st.lists(st.tuples(_KINDS, st.booleans()), max_size=8))
def test_no_schema_ticks_picks_or_leaves_room(fields: list[tuple[str, bool]]) -> None:
    placed = [PlacedField(f"f{number}", spec(kind), required) for number, (kind, required) in enumerate(fields)]
    schema = stage_schema(placed, OPTIONS, HERE)
    assert list(refused_keywords(schema)) == []
    assert schema.get("required", []) == [field.name for field in placed if field.required]
    assert schema["additionalProperties"] is False
    assert not jsonschema_rs.validator_for(schema).is_valid({"unasked": 1})


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ({"type": "boolean", "const": True}, ("const",)),
        ({"type": "boolean", "default": False}, ("default",)),
        ({"oneOf": [{"const": "DE"}]}, ("oneOf",)),
        ({"type": "string", "maxLength": 3, "format": "email"}, ("format",)),
        ({"type": "string"}, ("maxLength",)),
        ({"type": "object", "properties": {}}, ("additionalProperties",)),
        ({"type": "array", "items": {"type": "string", "maxLength": 1, "default": "a"}}, ("items", "default")),
    ],
)
def test_what_a_renderer_would_tick_or_pick_is_found(schema: dict[str, Any], path: tuple[str, ...]) -> None:
    assert path in [found for found, _ in refused_keywords(schema)]


def test_an_answer_may_be_called_like_a_keyword() -> None:
    schema = {
        "type": "object",
        "properties": {"default": {"type": "boolean", "enum": [True]}},
        "additionalProperties": False,
    }
    assert list(refused_keywords(schema)) == []


@pytest.mark.parametrize(
    "more",
    [
        {"type": "text", "store": "coded"},
        {"type": "text", "max_length": None},
        {"type": "choice", "options": None},
        {"type": "text", "options": "topic"},
        {"type": "text", "max_items": 2},
        {"type": "text", "errors": {"required": "R"}},
        {"type": "text", "autocomplete": "fax"},
    ],
)
def test_fields_that_contradict_themselves_are_refused(more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        spec(more.pop("type"), **more)
