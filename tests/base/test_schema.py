"""The schema validator against a complete one, on schemas of the kinds forms use and on hostile values."""

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consentry.base.schema import LIMIT, Fault, Validator
from consentry.submissions.body import BODY_SCHEMA

STAGE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["email", "hcp"],
    "properties": {
        "email": {"type": "string", "minLength": 3, "maxLength": 12, "pattern": "^[a-z]{1,9}@[a-z.]{1,9}$"},
        "hcp": {"type": "boolean", "enum": [True]},
        "role": {"type": "string", "enum": ["a", "b", "1"]},
        "areas": {
            "type": "array",
            "items": {"type": "string", "enum": ["x", "y", "z"]},
            "maxItems": 2,
            "minItems": 1,
            "uniqueItems": True,
        },
        "count": {"type": "integer", "minimum": 1, "maximum": 9},
        "nested": {"type": "object", "maxProperties": 1},
        "either": {"type": ["string", "null"]},
        "fixed": {"const": 1},
    },
}
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 12),
    st.sampled_from(["", "a", "b", "1", "x", "y", "a@b", "a@b\n", "abcdefghij@klm"]),
    st.text(max_size=14),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from([*STAGE["properties"], "other"]), inner, max_size=4),
    ),
    max_leaves=8,
)
STAGES = st.one_of(VALUES, st.fixed_dictionaries({}, optional=dict.fromkeys([*STAGE["properties"], "other"], VALUES)))


def told(validator: Any, value: Any) -> Any:
    """What the complete validator refuses, in our terms."""
    faults = set()
    for error in validator.iter_errors(value):
        keyword, path = error.kind.name, tuple(error.instance_path)
        if keyword == "required":
            faults.add(Fault(path, keyword, error.kind.property))
        elif keyword == "additionalProperties":
            faults |= {Fault(path, keyword, name) for name in error.kind.unexpected}
        else:
            faults.add(Fault(path, keyword, limit=getattr(error.kind, "limit", None)))
    # The one intended difference: an over-long string is not matched against its pattern.
    long = {fault.path for fault in faults if fault.keyword == "maxLength"}
    return {fault for fault in faults if not (fault.keyword == "pattern" and fault.path in long)}


@settings(max_examples=400, deadline=None)
@given(STAGES)
def test_it_refuses_exactly_what_a_complete_validator_refuses(value: Any) -> None:
    assert set(Validator(STAGE).faults(value)) == told(jsonschema_rs.validator_for(STAGE), value)


@settings(max_examples=200, deadline=None)
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(BODY_SCHEMA["properties"], VALUES)))
def test_bodies_are_judged_as_a_complete_validator_judges_them(value: Any) -> None:
    assert set(Validator(BODY_SCHEMA).faults(value)) == told(jsonschema_rs.validator_for(BODY_SCHEMA), value)


@pytest.mark.parametrize("value", [True, 1, "1", 1.0])
def test_true_is_not_one(value: Any) -> None:
    assert bool(Validator({"enum": [True]}).faults(value)) is (value is not True)


def test_a_final_line_break_does_not_pass_an_anchored_pattern() -> None:
    assert Validator({"pattern": "^a$"}).faults("a\n") == [Fault((), "pattern")]


def test_matching_never_runs_on_more_than_the_field_may_hold() -> None:
    slow = {"type": "string", "maxLength": 20, "pattern": "^(?:a+)+$"}
    assert Validator(slow).faults("a" * 60_000 + "!") == [Fault((), "maxLength", limit=20)]


@pytest.mark.parametrize(
    "schema",
    [
        {"oneOf": []},
        {"$ref": "#"},
        {"type": "number"},
        {"pattern": "a"},
        {"pattern": "^\\w$"},
        {"pattern": "^(?=a)a$"},
        {"properties": {}, "additionalProperties": {"type": "string"}},
        {"additionalProperties": False},
        {"enum": [1.5]},
    ],
)
def test_what_it_does_not_know_it_refuses_to_compile(schema: Any) -> None:
    with pytest.raises(ValueError, match=r"support|portable|additionalProperties|without"):
        Validator(schema)


def test_a_hostile_value_gets_a_short_answer() -> None:
    assert (
        len(Validator({"properties": {}, "additionalProperties": False}).faults(dict.fromkeys(map(str, range(9999)))))
        == LIMIT
    )
