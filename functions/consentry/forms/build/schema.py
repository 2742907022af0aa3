"""The JSON Schema of a stage's answers, the same in every language and for every judge.

In the intersection of draft-07 and 2020-12; ``format`` is never relied upon; patterns read alike in ECMA-262,
Python and Rust; nothing is pre-ticked or pre-selected: no ``default``, ``const`` or ``oneOf`` anywhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from consentry.forms.build.models import FieldSpec, OptionSet
from consentry.locales.build.names import region_codes

# One @, a local part without quoting, a domain of at least two labels. Whether mail arrives is proven by mail.
_LABEL = r'[^@.\x00-\x20\x7f-\xa0<>(),;:"\[\]\\]+'
EMAIL = rf'^[^@\x00-\x20\x7f-\xa0<>(),;:"\[\]\\]{{1,64}}@{_LABEL}([.]{_LABEL})+$'
# Anything that can be seen: no control characters, no line breaks.
TEXT = r"^[^\x00-\x1f\x7f-\x9f]+$"
# Digits as people type them (ASCII, Arabic-Indic, Persian, full width) and the marks they put between.
PHONE = "^[+＋]?[0-9٠-٩۰-۹０-９ ()（）./‐－-]+$"

ELSEWHERE = "ZZ"
"""Any country that hosts no market of the form: of the codes ISO 3166-1 leaves to users, CLDR's for an unknown one."""

_REFUSED = {
    "default": "a value filled in beforehand",
    "const": "renderers tick or select it beforehand",
    "oneOf": "renderers select its first branch",
    "anyOf": "renderers select its first branch",
    "$ref": "renderers without references could not judge it",
    "format": "judges disagree about it",
}


@dataclass(frozen=True)
class PlacedField:
    """A field of the library in a stage of a market."""

    name: str
    spec: FieldSpec
    required: bool


@dataclass(frozen=True)
class Place:
    """What the market says about the answers: its country, and the patterns of its professional identifiers.

    ``countries`` are those of all the form's markets: where else somebody practises, no answer is recorded.
    """

    country: str
    identifiers: tuple[str, ...]
    countries: tuple[str, ...] = ()

    @property
    def regions(self) -> tuple[str, ...]:
        """Codes of the country's regions (ISO 3166-2 after the hyphen) where a form may ask for them."""
        return region_codes(self.country)


def identifier_pattern(patterns: Sequence[str]) -> str | None:
    """One pattern for every identifier of the market; a profession is only known when the answer is judged."""
    bodies = list(dict.fromkeys(pattern.removeprefix("^").removesuffix("$") for pattern in patterns))
    if not bodies:
        return None
    return f"^(?:{'|'.join(bodies)})$" if len(bodies) > 1 else f"^{bodies[0]}$"


def codes(field: PlacedField, options: Mapping[str, OptionSet], place: Place) -> list[str]:
    """The option codes of a choice, country or region field, in listed order; else nothing."""
    if field.spec.type == "country":
        return [*place.countries, ELSEWHERE]
    if field.spec.type == "region":
        return list(place.regions)
    if field.spec.options is not None:
        return [option.code for option in options[field.spec.options].options]
    return []


def _string(spec: FieldSpec, pattern: str) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": spec.max_length, "pattern": pattern}


def field_schema(field: PlacedField, options: Mapping[str, OptionSet], place: Place) -> dict[str, Any]:
    """The schema of one answer."""
    spec = field.spec
    match spec.type:
        case "email":
            return _string(spec, spec.pattern or EMAIL)
        case "phone":
            return _string(spec, spec.pattern or PHONE)
        case "identifier":
            return _string(spec, identifier_pattern(place.identifiers) or spec.pattern or TEXT)
        case "text":
            return _string(spec, spec.pattern or TEXT)
        case "declaration":
            return {"type": "boolean", "enum": [True]}
        case "choices":
            allowed = codes(field, options, place)
            array: dict[str, Any] = {"type": "array", "items": {"type": "string", "enum": allowed}}
            if field.required:
                array["minItems"] = 1
            return {**array, "uniqueItems": True, "maxItems": min(spec.max_items or len(allowed), len(allowed))}
        case _:
            return {"type": "string", "enum": codes(field, options, place)}


def stage_schema(fields: Sequence[PlacedField], options: Mapping[str, OptionSet], place: Place) -> dict[str, Any]:
    """The schema of ``answers``. Consents are answered beside it and required by nothing."""
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {field.name: field_schema(field, options, place) for field in fields},
    }
    required = [field.name for field in fields if field.required]
    if required:
        schema["required"] = required
    schema["additionalProperties"] = False
    return schema


def refused_keywords(schema: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Keywords that pre-tick, pre-select or divide judges, with the reason. The gate over every compiled schema."""
    if isinstance(schema, dict):
        for key, value in schema.items():
            # Under ``properties`` the keys are names of answers, not keywords.
            if key in _REFUSED and not (path and path[-1] == "properties"):
                yield (*path, key), _REFUSED[key]
            yield from refused_keywords(value, (*path, key))
        kind = schema.get("type")
        if kind == "string" and "enum" not in schema and "maxLength" not in schema:
            yield (*path, "maxLength"), "an answer without a limit"
        if kind == "object" and schema.get("additionalProperties") is not False:
            yield (*path, "additionalProperties"), "answers nobody asked for"
    elif isinstance(schema, list):
        for index, value in enumerate(schema):
            yield from refused_keywords(value, (*path, index))
